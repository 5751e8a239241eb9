"""Copies that stand still at any line and go on after another took over: SIGSTOP in place of SIGKILL, with real clocks."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from bench.timelapse.copies import FragileDatabase
from bench.timelapse.server import RecordingSender, Server
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from knowledge.store.outbox import Outbox
from knowledge.store.schema import open_store
from tests.bot.nudging.talking import TEAM, TUESDAY, decided, nudge, people

LEASE = 0.3  # seconds
PEOPLE = 24


@pytest.fixture
def folder(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    people(store, tuple(f"P{number}" for number in range(PEOPLE)))
    dice = random.Random(5)
    pairs = [tuple(dice.sample(range(1, PEOPLE + 1), 2)) for _ in range(60)]
    decided(store, *(nudge(pair=pair, area=f"src/{number}") for number, pair in enumerate(pairs)))
    store.close()
    Server(tmp_path / "server.db").close()
    return tmp_path


def copy(folder: Path, number: int, stops) -> int:
    """A process that speaks until it is killed; it stops itself at the points whose numbers (from 1) are in `stops`."""
    if child := os.fork():
        return child
    count, began = [0], time.monotonic()

    def here(point: str) -> None:
        if point in {"posting", "sent", "send", "committed"}:
            count[0] += 1
            if count[0] in stops or (stops and point == "posting" and count[0] % 2):
                os.kill(os.getpid(), signal.SIGSTOP)

    try:
        db = FragileDatabase(str(folder / "store.db"), here)
        clock = lambda: TUESDAY + int(time.monotonic() - began)  # noqa: E731
        sender = RecordingSender(Server(folder / "server.db"), clock, here)
        runner = Runner(db, f"copy {number}", sender, TEAM, load_texts(), lease=LEASE)

        async def speak() -> None:
            while True:
                await runner.run(clock, time.monotonic())
                await asyncio.sleep(0.01)

        asyncio.run(speak())
    finally:
        os._exit(1)


def play(folder: Path, seed: int, seconds: float) -> int:
    """Three copies, one of which never stands still and takes over; the others go on some leases later. How often."""
    dice, stood, asleep = random.Random(seed), 0, {}
    stops = [set(), *(set(range(dice.randint(2, 5), 400, dice.randint(5, 9))) for _ in range(2))]  # one lives on
    copies = [copy(folder, number, stops[number]) for number in range(3)]
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(dice.uniform(0.0, 0.02))
            if dice.random() < 0.05:
                os.kill(dice.choice(copies[1:]), signal.SIGSTOP)
            for one in copies:
                pid, _ = os.waitpid(one, os.WNOHANG | os.WUNTRACED)
                if pid and one not in asleep:
                    asleep[one], stood = time.monotonic() + dice.choice([0.5, 2.5, 4.0]) * LEASE, stood + 1
                elif one in asleep and asleep[one] < time.monotonic():
                    del asleep[one]
                    os.kill(one, signal.SIGCONT)
        calm = time.monotonic() + 8 * LEASE  # whoever still stands goes on, and what is left is settled
        while time.monotonic() < calm:
            for one in copies:
                os.kill(one, signal.SIGCONT)
            time.sleep(0.02)
    finally:
        for one in copies:
            os.kill(one, signal.SIGKILL)
            os.kill(one, signal.SIGCONT)
            os.waitpid(one, 0)
    return stood


@pytest.mark.parametrize("seed", [1, 2])
def test_a_copy_that_stood_still_leaves_no_double_and_nobody_over_budget(folder, seed):
    """Each of them may hear one thing in these minutes; what stands there is what the store says stands there."""
    stood = play(folder, seed, 3.0)
    assert stood >= 3
    posts = Server(folder / "server.db").posts()
    assert [mark for mark, times in Counter(one.mark for one in posts).items() if times > 1] == []
    assert max(Counter(person for one in posts for person in one.people).values()) == 1
    outbox = Outbox(open_store(f"sqlite:///{folder}/store.db"), "audit")
    kept = {one.mark: outbox.get(one.mark) for one in posts}
    assert {mark: one.state for mark, one in kept.items()} == dict.fromkeys(kept, "posted")
    assert {one.mark: str(one.ts) for one in posts} == {mark: one.ts for mark, one in kept.items()}
    assert outbox.posting() == []
    assert len(posts) >= PEOPLE // 4
