"""Times in the words of answers: on which day, and how long ago."""

from __future__ import annotations

from time import gmtime

DAY = 86_400  # seconds


def day(time: int) -> str:
    """An ISO date, UTC."""
    try:
        year, month, number, *_ = gmtime(time)
    except (ValueError, OverflowError, OSError):
        return "an impossible date"
    return f"{year:04}-{month:02}-{number:02}"


def ago(time: int, now: int) -> str:
    """How long ago, in the largest fitting unit: "3 days ago"."""
    seconds = now - time
    if seconds < 0:
        return "in the future, says its clock" if seconds < -DAY else "just now"
    for unit, length in (
        ("year", 365 * DAY),
        ("month", 30 * DAY),
        ("week", 7 * DAY),
        ("day", DAY),
        ("hour", 3600),
        ("minute", 60),
    ):
        count = seconds // length
        if count >= (2 if unit in {"week", "month"} and count < 2 else 1):
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def when(time: int, now: int) -> str:
    """How long ago and on which day."""
    return f"{ago(time, now)} ({day(time)})"
