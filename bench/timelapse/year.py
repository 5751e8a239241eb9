"""One simulated year on a copy of a store: the clock goes on in steps, two copies of the bot look, people answer."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.timelapse import people
from bench.timelapse.copies import Mortal, Together
from bench.timelapse.crowd import Crowd
from bench.timelapse.server import Post, Server
from bot.config import NudgeSettings
from bot.nudging.gather import gather
from bot.nudging.rounds import Nudging, nudging_of
from knowledge.store.database import Database, open_database

DAY = 86_400
QUIET = 3600  # seconds between two looks while nothing is due


@dataclass(slots=True)
class Year:
    """A finished year: its store (still open), what stands on the server, what really was."""

    folder: Path
    db: Database
    nudging: Nudging
    repo_id: int
    start: int
    end: int
    posts: list[Post]
    truth: people.Truth
    everybody: dict[int, people.Human]
    deaths: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def index(location: Path, home: Path) -> Path:
    """Read a repository's history into a store of its own; returns the store's file."""
    from bot.config import Settings
    from bot.wiring import House
    from indexers.pipeline import Silent

    house = House(Settings(folder=home), None, home=home)
    house.senses.index(locations=(str(location),), steps=("history",), progress=Silent(), now=1 << 40)
    house.db.close()
    return home / "lamplighter.sqlite"


def last_commit(store: Path) -> int:
    """The time of the last commit of its first repository, seconds UTC."""
    with sqlite3.connect(store) as db:
        return int(db.execute("SELECT MAX(commit_time) FROM commits WHERE reachable = 1").fetchone()[0])


class Setting:
    """What is needed to play: a store to copy, when, and how fine the clock is."""

    def __init__(
        self, store: Path, work: Path, *, weeks: int = 52, step: int = 20 * 60, end: int | None = None
    ) -> None:
        self.store, self.work, self.step = store, work, step
        self.end = end or last_commit(store)
        self.start = self.end - weeks * 7 * DAY

    def play(self, seed: int, *, mortal: bool = False) -> Year:
        """A year with the people of this seed; `mortal`: in processes that are killed."""
        folder = Path(tempfile.mkdtemp(prefix=f"year-{seed}-", dir=self.work))
        with sqlite3.connect(self.store) as source:
            source.execute("VACUUM INTO ?", (str(folder / "store.db"),))
        db = open_database(f"sqlite:///{folder}/store.db")
        repo_id = int(db.read("SELECT MIN(id) FROM repos")[0][0])
        everybody = people.humans(db, repo_id, seed, self.start, self.end)
        nudging = self._nudging(db, everybody, folder)
        spots = gather(db, nudging.team, self.start).spots
        titles = {at: spot.health.path for at, spot in enumerate(spots) if spot.health.path}
        truth = people.settle(db, everybody, seed, self.start, titles)
        crowd = Crowd(db, nudging.team, everybody, truth, seed)
        server = Server(folder / "server.db")
        dice = random.Random(f"{seed} deaths")
        copies = Mortal(folder, nudging, dice) if mortal else Together(folder, nudging)
        year = Year(
            folder, db, nudging, repo_id, self.start, self.end, [], truth, {one.person: one for one in everybody}
        )
        try:
            self._run(year, copies, crowd, server)
        finally:
            copies.close()
        if isinstance(copies, Mortal):
            year.deaths, year.faults = copies.deaths, copies.faults
        return year

    def _run(self, year: Year, copies: Mortal | Together, crowd: Crowd, server: Server) -> None:
        known: set[str] = set()
        for now in range(self.start, self.end, self.step):
            act = partial(crowd.act, now)
            busy = is_busy(year.db, now)
            if busy or now % QUIET < self.step:  # where nothing is due, to look once an hour is enough
                copies.step(now, busy=busy, meanwhile=act)
            else:
                act()
            for one in server.posts(year.posts[-1].ts if year.posts else 0):
                year.posts.append(one)
                if one.mark not in known:
                    known.add(one.mark)
                    crowd.read([one])

    def _nudging(self, db: Database, everybody: list[people.Human], folder: Path) -> Nudging:
        """The defaults of config.yaml; the lead is whoever committed most of late."""
        rows = db.read(
            "SELECT p.email FROM people p JOIN identities i ON i.person_id = p.id JOIN roles r ON r.identity_id = i.id"
            " JOIN commits c ON c.id = r.commit_id WHERE c.commit_time > :since AND c.commit_time <= :now"
            " AND p.is_bot = 0 GROUP BY p.id, p.email ORDER BY COUNT(*) DESC, p.id LIMIT 1",
            since=self.start - 180 * DAY,
            now=self.start,
        )
        leads = tuple(row[0] for row in rows)
        return nudging_of(NudgeSettings(preview_to=leads), people.settings_of(everybody), folder)


def is_busy(db: Database, now: int) -> bool:
    """Whether something is due or under way."""
    return bool(
        db.read(
            "SELECT 1 FROM outbox WHERE (state = 'waiting' AND not_before <= :now) OR state = 'posting' LIMIT 1",
            now=now,
        )
    )
