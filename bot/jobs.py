"""The timetable: what `lamp serve` does by the clock, on APScheduler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger("lamplighter.jobs")


def timetable(sync: Callable[[], object], sync_minutes: int) -> AsyncIOScheduler:
    """A scheduler, not yet started, that syncs at once and then every `sync_minutes`.

    A run that is still going on when the next is due swallows it; after downtime there is one run, not a burst.
    """

    async def run() -> None:
        try:
            await asyncio.to_thread(sync)
        except Exception:
            log.exception("the sync failed; the next one is due in %d minutes", sync_minutes)

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        run,
        IntervalTrigger(minutes=sync_minutes, timezone=UTC),
        id="sync",
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    return scheduler
