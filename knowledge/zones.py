"""Whole days in somebody's time zone as seconds since 1970 UTC, and back; pure.

Input: ISO days and an IANA name ("Europe/Berlin"; "" is UTC). A day begins at its local midnight, so that a day of a
change to summer time is 23 hours long.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from knowledge.errors import Mistake
from knowledge.model import FOREVER


def zone(name: str) -> tzinfo:
    """The time zone of that name.

    Raises:
        Mistake: there is no such zone.
    """
    if not name:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Mistake(f"{name!r} is no time zone", "Write it as Europe/Berlin or America/New_York.") from None


def day(text: str) -> date:
    """An ISO day.

    Raises:
        Mistake: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake(f"{text!r} is no day", "Write it as 2026-08-03.") from None


def begin(text: str, name: str = "") -> int:
    """When an ISO day begins in a time zone."""
    return _midnight(day(text), zone(name))


def span(first_day: str, last_day: str, name: str = "") -> tuple[int, int]:
    """From the beginning of the first day until the end of the last; without a last day, FOREVER.

    Raises:
        Mistake: no days, no time zone, or the last comes before the first.
    """
    first, where = day(first_day), zone(name)
    if not last_day:
        return _midnight(first, where), FOREVER
    if (last := day(last_day)) < first:
        raise Mistake(f"{last_day} comes before {first_day}", "Give the first day first.")
    return _midnight(first, where), _midnight(last + timedelta(days=1), where)


def today(now: int, name: str = "") -> date:
    """The day that it is at `now` in a time zone."""
    return datetime.fromtimestamp(now, zone(name)).date()


def _midnight(at: date, where: tzinfo) -> int:
    return int(datetime(at.year, at.month, at.day, tzinfo=where).timestamp())
