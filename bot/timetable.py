"""Cron words: when they come true in a zone, and whether this week's first moment of theirs has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.calendars import zone
from knowledge.errors import Mistake

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_due(words: str, zone_name: str, now: int) -> bool:
    """Whether the week's first moment of these cron words, in that zone, has come; a week begins on Monday there.

    Raises:
        Mistake: the words are none.
    """
    where = zone(zone_name)
    local = datetime.fromtimestamp(now, where)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    first = cron(words, zone_name).get_next_fire_time(None, monday)
    return first is not None and first <= local


def cron(words: str, zone_name: str) -> Any:
    """The trigger of cron words ("0 10 * * tue"); weekdays are those of cron, where 0 and 7 are Sunday.

    Raises:
        Mistake: the words are none.
    """
    from apscheduler.triggers.cron import CronTrigger

    parts = words.lower().split()
    cure = "Write minute, hour, day, month and weekday, such as 0 10 * * tue."
    if len(parts) != 5:
        raise Mistake(f"{words!r} are no cron words", cure)
    minute, hour, month_day, month, weekday = parts
    if "/" not in weekday:
        weekday = "".join(_DAYS[int(letter)] if letter in "01234567" else letter for letter in weekday)
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=month_day, month=month, day_of_week=weekday, timezone=zone(zone_name)
        )
    except ValueError as error:
        raise Mistake(f"{words!r} are no cron words ({error})", cure) from error
