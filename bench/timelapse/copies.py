"""Two copies of the bot on one store: in this process, or as processes that are killed at any point and started anew.

A copy runs `bot.nudging.speaking.Speaking`, the very object of `lamp serve`, once a step of the simulated clock. Both run
at the same time. A process dies by SIGKILL, which it sends itself at a point (before and after every commit, inside a
transaction, around looking and sending) or which we send it at a moment of the wall clock.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from bench.timelapse.server import RecordingSender, Server
from bot.nudging.rounds import Nudging
from bot.nudging.speaking import Speaking
from knowledge.store.database import SqliteDatabase, Transaction

SLOWEST = 0.02  # seconds of wall time after which a step that is to be killed from outside is killed


def nowhere(point: str) -> None:
    """Nobody dies."""


class FragileDatabase(SqliteDatabase):
    """A store that says where it is: in a transaction, before its commit, after it."""

    def __init__(self, path: str, here: Callable[[str], None]) -> None:
        super().__init__(path)
        self._here = here

    def transaction(self) -> AbstractContextManager[Transaction]:
        """As ever, with points."""
        return self._pointed()

    @contextmanager
    def _pointed(self) -> Iterator[Transaction]:
        self._here("begin")
        with super().transaction() as tx:
            self._here("within")
            yield tx
            self._here("before commit")
        self._here("committed")


class Bot:
    """One copy, in the process that makes it."""

    def __init__(self, folder: Path, nudging: Nudging, holder: str, here: Callable[[str], None] = nowhere) -> None:
        self.now = 0
        self._began = 0
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(1))
        server = Server(folder / "server.db")
        sender = RecordingSender(server, lambda: self.now, here)
        db = FragileDatabase(str(folder / "store.db"), here)
        self._speaking = Speaking(db, nudging, sender, holder, clock=lambda: self.now, tick=lambda: self.now)

    def step(self, now: int) -> None:
        """One look at whether something is due, at `now`."""
        self.now = now
        self._loop.run_until_complete(self._speaking.run())

    def close(self) -> None:
        """End its threads."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


class Together:
    """Copies in this process, one after the other: the same seed gives the same year.

    Both look when something is due, else each in its turn.
    """

    def __init__(self, folder: Path, nudging: Nudging, number: int = 2) -> None:
        self._bots = [Bot(folder, nudging, f"copy {n}") for n in range(number)]
        self._turn = 0

    def step(self, now: int, *, busy: bool, meanwhile: Callable[[], None]) -> None:
        """One step, then what people do."""
        self._turn = (self._turn + 1) % len(self._bots)
        for one in self._bots if busy else [self._bots[self._turn]]:
            one.step(now)
        meanwhile()

    def close(self) -> None:
        """End all."""
        for one in self._bots:
            one.close()


class Child:
    """A copy in a process of its own."""

    def __init__(self, folder: Path, nudging: Nudging, number: int, lives: int) -> None:
        self.number = number
        self._asked: BinaryIO
        there, asked = os.pipe()
        told, back = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(asked)
            os.close(told)
            _live(folder, nudging, number, lives, there, back)
        os.close(there)
        os.close(back)
        os.set_inheritable(asked, False)
        self._asked, self._told = os.fdopen(asked, "wb", 0), os.fdopen(told, "rb", 0)

    def ask(self, now: int) -> None:
        """Begin a step."""
        try:
            self._asked.write(f"{now}\n".encode())
        except BrokenPipeError:
            return

    def heard(self) -> str:
        """How the step ended: "" as it should; else where it was killed, or what went wrong."""
        said = b""
        while not said.endswith(b"\n"):
            more = self._told.read(4096)
            if not more:
                return (said.decode() or "anywhere").strip()
            said += more
        return said.decode().strip()

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        finally:
            self.buried()

    def buried(self) -> None:
        """Wait for its end."""
        os.waitpid(self.pid, 0)
        self._asked.close()
        self._told.close()


class Mortal:
    """Copies as processes of their own, at the same time; killed `axe` of busy steps from outside, and by their fate."""

    def __init__(self, folder: Path, nudging: Nudging, dice: random.Random, number: int = 2, axe: float = 0.5) -> None:
        self._folder, self._nudging, self._dice, self._axe = folder, nudging, dice, axe
        self._made = 0
        self.deaths: Counter[str] = Counter()
        self.faults: list[str] = []
        self._children = [self._born() for _ in range(number)]

    def _born(self) -> Child:
        self._made += 1
        return Child(self._folder, self._nudging, self._made, self._dice.randint(1, 14))

    def step(self, now: int, *, busy: bool, meanwhile: Callable[[], None]) -> None:
        """One step of every copy while people do what they do; whoever died is started anew."""
        for one in self._children:
            one.ask(now)
        doomed = self._dice.randrange(len(self._children)) if busy and self._dice.random() < self._axe else -1
        if doomed >= 0:
            time.sleep(self._dice.uniform(0.0, SLOWEST))
            self._children[doomed].kill()
            self.deaths["anywhere"] += 1
        else:
            meanwhile()
        for at, one in enumerate(self._children):
            if at != doomed:
                said = one.heard()
                if not said:
                    continue
                if said.startswith("fault"):
                    self.faults.append(said)
                    continue
                one.buried()
                self.deaths[said] += 1
            self._children[at] = self._born()
        if doomed >= 0:
            meanwhile()

    def close(self) -> None:
        """End all."""
        for one in self._children:
            one.kill()


def _live(folder: Path, nudging: Nudging, number: int, lives: int, asked: int, told: int) -> None:
    """What a child does until it is killed; it never returns."""
    left = [lives]

    def here(point: str) -> None:
        left[0] -= 1
        if not left[0]:
            os.write(told, point.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        bot = Bot(folder, nudging, f"copy {number}", here)
        for line in os.fdopen(asked, "rb", 0):
            try:
                bot.step(int(line))
                os.write(told, b"\n")
            except Exception:  # noqa: BLE001  (it is told, and counted)
                os.write(told, f"fault {traceback.format_exc()!r}\n".encode())
    finally:
        os._exit(0)
