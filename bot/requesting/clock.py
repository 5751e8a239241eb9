"""Working hours as they pass where somebody works: when so many of them will be over. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.calendars import Place, next_open, zone

MOST_DAYS = 400


def after_hours(place: Place, start: int, hours: float) -> int:
    """The moment (seconds UTC) by which `hours` of working time have passed there since `start`.

    Where nobody ever works, that much ordinary time.
    """
    left = int(hours * 3600)
    at = start
    for _ in range(MOST_DAYS):
        opened = next_open(place, at)
        if opened is None:
            return start + int(hours * 3600)
        closes = _closes(place, opened)
        if left <= closes - opened:
            return opened + left
        left -= closes - opened
        at = closes
    return at


def next_day(place: Place, time: int) -> int:
    """The end of the first working day that begins after `time` there."""
    morning = next_open(place, _closes(place, time))
    return time + 4 * 86_400 if morning is None else _closes(place, morning)


def _closes(place: Place, time: int) -> int:
    """The end of the working hours on the day of `time` there; never before `time`."""
    where = zone(place.zone)
    local = datetime.fromtimestamp(time, where)
    midnight = datetime(local.year, local.month, local.day, tzinfo=where)
    end = midnight + timedelta(minutes=place.hours.end)  # wall clock: hours are hours of the day, whatever the season
    return max(time, int(end.timestamp()))
