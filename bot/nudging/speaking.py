"""When the bot speaks first: this week's round once its time has come, and whatever is due, minute by minute.

Nothing is remembered between minutes but what stands in the store: a round that was due while the bot was down is held
when it comes back, once, by whichever copy is first; what it leaves to say goes out as the etiquette lets it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.calendars import zone
from bot.nudging.rounds import Nudging, hold_round
from bot.nudging.runner import Runner
from bot.nudging.sender import Channels, Sender
from bot.nudging.voice import Voice
from knowledge.errors import Mistake
from knowledge.store.database import Database

log = logging.getLogger("lamplighter.nudges")

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Speaking:
    """One copy of the bot that speaks first through a `Sender`.

    `clock` tells seconds UTC and may jump; `tick` tells monotonic seconds, by which the life of other copies is judged.
    """

    def __init__(
        self,
        db: Database,
        nudging: Nudging,
        sender: Sender,
        holder: str,
        clock: Callable[[], float] | None = None,
        voices: Sequence[Voice] = (),
        channels: Channels | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        is_due(nudging.settings.when, nudging.settings.timezone, 0)  # what is no timetable is told at once
        self._db = db
        self._nudging = nudging
        told = clock or time.time
        self._clock: Callable[[], int] = lambda: int(told())
        self._tick = tick
        self.runner = Runner(db, holder, sender, nudging.team, nudging.texts, voices, channels)

    async def run(self) -> int:
        """One minute's work; returns how many messages were posted."""
        said = self._nudging.settings
        now = self._clock()
        if said.a_round and is_due(said.when, said.timezone, now):
            made = await asyncio.to_thread(hold_round, self._db, self._nudging, now)
            if made is not None:
                log.info("round %s: %d proposals, %d held back", made.week, len(made.proposals), len(made.held))
        return await self.runner.run(self._clock, self._tick())


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
