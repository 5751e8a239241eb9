"""Whether somebody who said where they are glad to help newcomers helps at a place; pure."""

from __future__ import annotations

from collections.abc import Iterable

EVERYWHERE = "all"  # wherever they know their way


def helps(places: Iterable[str], area: Iterable[str], path: str) -> bool:
    """Whether somebody who named `places` helps at `path`, which lies in an area called by any of `area`."""
    names = {name.lower() for name in area if name}
    for place in places:
        if place == EVERYWHERE or place.lower() in names or path == place or path.startswith(f"{place}/"):
            return True
    return False
