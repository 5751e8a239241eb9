"""What a path means that is typed in a shell: `.`, `./x`, `../x` as seen from where one stands, `/x` from the root."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable

_EVERYTHING = "the whole repository"
_OF_THE_SHELL = re.compile(r"\.{1,2}(?:/.*)?|/.+", re.DOTALL)


def from_here(typed: str, locations: Iterable[str], stands: str) -> str:
    """A path as answers know it: from the top of the repository in which it lies, "the whole repository" for that top.

    Args:
        typed: a word of the command line, perhaps with `:LINE`; any other than such a path stays as it is.
        locations: folders of the repositories that were read.
        stands: the folder in which it was typed.
    """
    if not _OF_THE_SHELL.fullmatch(typed):
        return typed
    whole = os.path.normpath(os.path.join(stands, typed))  # noqa: PTH118  (the words alone decide, no links)
    for location in sorted(locations, key=len, reverse=True):
        if whole == location:
            return _EVERYTHING
        if whole.startswith(f"{location}/"):
            return whole[len(location) + 1 :]
    return typed


def is_everything(place: str) -> bool:
    """Whether a path that went through `from_here` is no place in a repository, but all of it."""
    return place == _EVERYTHING or not place.strip("./")
