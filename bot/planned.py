"""What the clock does: when each job comes next, and how its last run went."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.calendars import zone
from bot.dates import ago

if TYPE_CHECKING:
    from bot.config import Settings


class Planned(NamedTuple):
    """A job of `lamp serve`; `next` is seconds UTC, None where that depends on when it was started."""

    name: str  # its id in the timetable, or what it waits for
    when: str
    next: int | None = None
    zone: str = "UTC"
    job: str = ""  # the timetable's job that does it


def planned(settings: Settings, now: int) -> list[Planned]:
    """Everything that `lamp serve` does by the clock.

    Raises:
        Mistake: a timetable of the config is none.
    """
    from bot.reports.calendar import trigger
    from bot.reports.zone import zone_of
    from bot.timetable import cron

    report, nudges = settings.report, settings.nudges
    where = zone_of(settings)
    found = [
        Planned("sync", f"every {settings.index.sync_minutes} minutes", job="sync"),
        Planned("messages", "looked every minute whether any is due, and sent within people's hours", job="nudges"),
    ]
    found.append(Planned("wiki", "every 5 minutes what waits for git, once a day which pages are due", job="wiki"))
    if nudges.a_round:
        at = _after(cron(nudges.when, nudges.timezone), now, zone(nudges.timezone))
        found.append(Planned("round of nudges", nudges.when, at, nudges.timezone, "nudges"))
    found.append(
        Planned("report", report.when, _after(trigger(report.when, where), now, where), report.timezone, "report")
    )
    return found


def _after(when: Any, now: int, where: tzinfo) -> int | None:
    at = when.get_next_fire_time(None, datetime.fromtimestamp(now, where))
    return int(at.timestamp()) if at else None


def in_words(one: Planned, state: Mapping[str, Any] | None, now: int) -> str:
    """A job in a line; `state` is what the serving process wrote of it, None where nobody serves."""
    parts = [one.when]
    if one.next is not None:
        at = datetime.fromtimestamp(one.next, zone(one.zone))
        parts.append(f"next on {at:%A %Y-%m-%d %H:%M} ({one.zone})")
    if state is None:
        parts.append("while `lamp serve` runs")
    elif state.get("last"):
        parts.append(f"last run {ago(int(state['last']), now)}{'' if state.get('ok', True) else ', and it failed'}")
    else:
        parts.append("has not run yet")
    return "; ".join(parts)


class Runs:
    """How the jobs of a scheduler went; `state()` is what health tells of them."""

    def __init__(self, scheduler: Any) -> None:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED

        self._scheduler = scheduler
        self._last: dict[str, tuple[int, bool]] = {}
        scheduler.add_listener(self._ran, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    def _ran(self, event: Any) -> None:
        self._last[event.job_id] = (int(time.time()), event.exception is None)

    def state(self) -> dict[str, dict[str, Any]]:
        """Job → when it last ended, whether well, and when it comes next (seconds UTC)."""
        told: dict[str, dict[str, Any]] = {}
        for job in self._scheduler.get_jobs():
            last, ok = self._last.get(job.id, (None, True))
            coming = getattr(job, "next_run_time", None)
            told[job.id] = {"last": last, "ok": ok, "next": int(coming.timestamp()) if coming else None}
        return told
