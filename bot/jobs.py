"""The timetable: what `lamp serve` does by the clock, on APScheduler."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

if TYPE_CHECKING:
    from bot.nudging.speaking import Speaking

log = logging.getLogger("lamplighter.jobs")


class Sync:
    """Indexing in a process of its own: it can be ended at any moment, and what it needs of memory goes with it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], ahead: Sequence[str] | None = None
    ) -> None:
        """`ahead` works out what the first question would wait for: after a run that read something, and once a day."""
        self._command = command
        self._ahead = ahead
        self._ahead_day = ""
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> int:
        """Index once; returns the exit code, and logs what was read or why it failed."""
        if self._ending:
            return 0
        self._idle.clear()
        try:
            code, told = await self._run(self._command, "synced")
            today = datetime.now(UTC).date().isoformat()
            if self._ahead and not code and not self._ending and (_read_something(told) or today != self._ahead_day):
                self._ahead_day = today
                await self._run(self._ahead, "worked out ahead")
            return code
        finally:
            self._idle.set()

    async def _run(self, command: Sequence[str], done: str) -> tuple[int, str]:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *command, env=dict(self._environment), stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
        if self._ending:
            self._terminate()
        out, err = await self._process.communicate()
        code = self._process.returncode or 0
        if self._ending:
            log.info("the sync was stopped; the next one goes on where it was")
        elif code:
            log.error("the sync ended with %d: %s", code, err.decode(errors="replace").strip()[-2000:])
        else:
            log.info("%s: %s", done, out.decode(errors="replace").strip()[:300])
        return code, out.decode(errors="replace")

    async def end(self) -> None:
        """End the run under way, if there is one, and begin no other; the next process goes on where it was."""
        self._ending = True
        self._terminate()
        await self._idle.wait()

    def _terminate(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()


def _read_something(told: str) -> bool:
    """Whether the object that `lamp index --json` printed tells of anything new."""
    try:
        found = json.loads(told)
    except ValueError:
        return False
    return isinstance(found, dict) and any(found.get(what) for what in ("commits", "passages"))


TICK_SECONDS = 60


def _every(scheduler: AsyncIOScheduler, run: Callable[[], Awaitable[object]], seconds: int, name: str) -> None:
    """Run something at once and by the clock; a long run swallows the next, and after downtime there is one run."""
    scheduler.add_job(
        run,
        IntervalTrigger(seconds=seconds, timezone=UTC),
        id=name,
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )


def add_report(scheduler: AsyncIOScheduler, tick: Callable[[], Awaitable[None]]) -> None:
    """Ask every minute, and at once, whether the week's report is due: a missed moment is caught up with once.

    What is due when is the courier's to know (`bot/reports/courier.py`), also after downtime and clock changes.
    """
    _every(scheduler, tick, TICK_SECONDS, "report")


WIKI_MINUTES = 5


def keep_wiki(scheduler: AsyncIOScheduler, tick: Callable[[], int]) -> None:
    """Carry what waits for the wiki into git at once and every few minutes, in a thread: git may take its time."""

    async def run() -> None:
        if moved := await asyncio.to_thread(tick):
            log.info("wiki: %d changes or messages went on", moved)

    _every(scheduler, run, 60 * WIKI_MINUTES, "wiki")


def timetable(sync: Sync, sync_minutes: int) -> AsyncIOScheduler:
    """A scheduler, not yet started, that syncs at once and then every `sync_minutes`.

    A run that is still going on when the next is due swallows it; after downtime there is one run, not a burst.
    """
    scheduler = AsyncIOScheduler(timezone=UTC)
    _every(scheduler, sync.run, 60 * sync_minutes, "sync")
    return scheduler


def speak_first(scheduler: AsyncIOScheduler, speaking: Speaking) -> None:
    """Let the bot look every minute whether something is due to be said first.

    A minute that is still at work swallows the next; after downtime there is one run, not a burst.
    """
    _every(scheduler, speaking.run, TICK_SECONDS, "nudges")
