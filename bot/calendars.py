"""Working days and working hours where somebody lives: time zones, weekends and public holidays.

Countries are ISO 3166 codes, with a subdivision where it matters: "DE", "DE-BY", "US-CA". The library `holidays` knows
which days are off, which weekend a country has, and which weekends are worked instead.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from knowledge.errors import Mistake

SATURDAY = 5
FARTHEST_DAYS = 400  # how far ahead an open hour is looked for


class Hours(NamedTuple):
    """When somebody works, in minutes after local midnight; the end is outside."""

    start: int = 9 * 60
    end: int = 17 * 60


OFFICE = Hours()


def hours(text: str) -> Hours:
    """Hours from words such as "9-17" or "08:30-16:45".

    Raises:
        Mistake: it is none.
    """
    try:
        start, end = (_minutes(part) for part in text.replace("–", "-").split("-"))
        if 0 <= start < end <= 24 * 60:
            return Hours(start, end)
    except ValueError:
        pass
    raise Mistake(f"{text!r} are no working hours", "Write them as 9-17 or 08:30-16:45.")


def _minutes(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    return int(hour) * 60 + int(minute or 0)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; UTC for none.

    Raises:
        Mistake: nobody has heard of it.
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake(f"there is no time zone {name!r}", "Name it as Europe/Berlin or America/New_York.") from None


def works_on(country: str, day: date) -> bool:
    """Whether people of `country` work on that day; without one, Saturday and Sunday are off.

    Raises:
        Mistake: there is no such country or subdivision.
    """
    if not country:
        return day.weekday() < SATURDAY
    return bool(_calendar(country).is_working_day(day))


@lru_cache(maxsize=64)
def _calendar(country: str) -> Any:
    import holidays

    code, _, part = country.upper().partition("-")
    try:
        return holidays.country_holidays(code, subdiv=part or None)
    except NotImplementedError:
        raise Mistake(f"no holidays are known for {country!r}", "Use a code such as DE, DE-BY or US-CA.") from None


class Place(NamedTuple):
    """Where and when somebody works."""

    zone: str = "UTC"
    country: str = ""
    hours: Hours = OFFICE


def is_open(place: Place, time: int) -> bool:
    """Whether `time` (seconds UTC) lies within the working hours of a working day there."""
    local = datetime.fromtimestamp(time, zone(place.zone))
    minute = local.hour * 60 + local.minute
    return place.hours.start <= minute < place.hours.end and works_on(place.country, local.date())


def next_open(place: Place, time: int) -> int | None:
    """The first moment from `time` on that is open there; None when there is none within FARTHEST_DAYS."""
    if is_open(place, time):
        return time
    where = zone(place.zone)
    first = datetime.fromtimestamp(time, where).date()
    for ahead in range(FARTHEST_DAYS):
        day = first + timedelta(days=ahead)
        if not works_on(place.country, day):
            continue
        hour, minute = divmod(place.hours.start, 60)
        begins = int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=where).timestamp())
        for moment in (begins, begins + 3600):  # an hour later where the clocks skip the beginning
            if moment >= time and is_open(place, moment):
                return moment
    return None


def both_open(places: list[Place], time: int, seconds: int, until: int, step: int = 1800) -> int | None:
    """The first half hour from `time` on at which all are open for `seconds`; None when there is none by `until`."""
    at = -(-time // step) * step
    while at + seconds <= until:
        latest = at
        for place in places:
            opened = next_open(place, at)
            if opened is None:
                return None
            latest = max(latest, opened)
        if latest == at and all(_open_for(place, at, seconds) for place in places):
            return at
        at = max(at + step, -(-latest // step) * step)
    return None


def _open_for(place: Place, time: int, seconds: int) -> bool:
    return is_open(place, time) and is_open(place, time + seconds - 1)


def common_minutes(first: Place, second: Place, time: int) -> int:
    """Minutes of an ordinary day (that of `time`) which both work, in steps of a quarter of an hour."""
    return 15 * sum(all(_within(place, time + 900 * quarter) for place in (first, second)) for quarter in range(4 * 24))


def _within(place: Place, time: int) -> bool:
    local = datetime.fromtimestamp(time, zone(place.zone))
    return place.hours.start <= local.hour * 60 + local.minute < place.hours.end
