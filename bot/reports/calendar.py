"""When the report is due: words of config.yaml to moments, right in any time zone and over clock changes; pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Any

from knowledge.errors import Mistake

GRACE_SECONDS = 24 * 3600  # after downtime, a report that was due within this is still sent; an older one is not
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_AND_HOUR = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+([01]?\d|2[0-3]):([0-5]\d)", re.IGNORECASE)


def trigger(when: str, zone: tzinfo) -> Any:
    """APScheduler's trigger for "mon 09:00" or five words of cron (in which 0 and 7 are Sunday, as everywhere).

    Raises:
        Mistake: it is neither.
    """
    from apscheduler.triggers.cron import CronTrigger

    plain = DAY_AND_HOUR.fullmatch(when.strip())
    if plain is not None:
        day, hour, minute = plain.groups()
        return CronTrigger(day_of_week=day.lower(), hour=int(hour), minute=int(minute), timezone=zone)
    parts = when.split()
    try:
        first, days = parts[:4], "|".join(parts[4:])  # of too few or too many words, no day
        # APScheduler counts days of the week from Monday; names say the same everywhere.
        days = re.sub(r"(?<![/\d])[0-7](?!\d)", lambda m: _DAYS[int(m[0])], days)
        return CronTrigger.from_crontab(" ".join([*first, days]), timezone=zone)
    except ValueError:
        cure = 'Write it as "mon 09:00", or as five words of cron such as "0 9 * * mon".'
        raise Mistake(f"report.when: {when!r} is no time", cure) from None


def last_due(when: Any, now: int, zone: tzinfo) -> int | None:
    """The latest moment of a trigger that is not after `now` and within GRACE_SECONDS of it; None: there is none."""
    present = datetime.fromtimestamp(now, zone)
    at, due = when.get_next_fire_time(None, present - timedelta(seconds=GRACE_SECONDS)), None
    while at is not None and at.timestamp() <= now:
        due = int(at.timestamp())
        at = when.get_next_fire_time(at, at + timedelta(seconds=1))
    return due
