"""The team's time zone; apart from the rest of the report, because every conversation needs it."""

from __future__ import annotations

from datetime import UTC, tzinfo

from bot.config import Settings
from knowledge.errors import Mistake


def zone_of(settings: Settings) -> tzinfo:
    """The team's time zone.

    Raises:
        Mistake: there is no such zone.
    """
    name = settings.report.timezone or "UTC"
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Mistake(f"report.timezone: there is no {name!r}", "Write it as Europe/Berlin.") from None
