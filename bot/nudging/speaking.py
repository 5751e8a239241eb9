"""When the bot speaks first: this week's round once its time has come, and whatever is due, minute by minute.

Nothing is remembered between minutes but what stands in the store: a round that was due while the bot was down is held
when it comes back, once, by whichever copy is first; what it leaves to say goes out as the etiquette lets it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from bot.nudging.rounds import Nudging, hold_round
from bot.nudging.runner import Runner
from bot.nudging.sender import Channels, Sender
from bot.nudging.voice import Voice
from bot.timetable import is_due
from knowledge.store.database import Database
from knowledge.store.outbox import LEASE_SECONDS

log = logging.getLogger("lamplighter.nudges")


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
        lease: float = LEASE_SECONDS,
    ) -> None:
        is_due(nudging.settings.when, nudging.settings.timezone, 0)  # what is no timetable is told at once
        self._db = db
        self._nudging = nudging
        told = clock or time.time
        self._clock: Callable[[], int] = lambda: int(told())
        self._tick = tick
        self.runner = Runner(db, holder, sender, nudging.team, nudging.texts, voices, channels, lease)

    async def run(self) -> int:
        """One minute's work; returns how many messages were posted."""
        said = self._nudging.settings
        now = self._clock()
        if said.a_round and is_due(said.when, said.timezone, now):
            made = await asyncio.to_thread(hold_round, self._db, self._nudging, now)
            if made is not None:
                log.info("round %s: %d proposals, %d held back", made.week, len(made.proposals), len(made.held))
        return await self.runner.run(self._clock, self._tick())
