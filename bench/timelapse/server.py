"""A chat server that outlives whoever talks to it: one SQLite file, and the bot's way to it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.message import Message
from bot.nudging.sender import Posted


class Post(NamedTuple):
    """A message as the server has it; `time` is the simulated one, seconds UTC."""

    ts: int
    mark: str
    people: tuple[int, ...]
    time: int
    data: dict[str, Any]  # the nudge as its buttons know it

    @property
    def what(self) -> str:
        """proposal, time, card, reminder, question, courtesy or preview."""
        return str(self.data.get("what", ""))

    @property
    def is_unasked(self) -> bool:
        """Whether nobody had asked for it or agreed to it."""
        return self.what == "proposal"


class Server:
    """Keeps what was posted, also twice."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing by it
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS posts (ts INTEGER PRIMARY KEY, mark TEXT, people TEXT, time INTEGER, data TEXT)"
        )

    def post(self, mark: str, people: Sequence[int], time: int, data: dict[str, Any]) -> int:
        """Keep a message; returns its id."""
        said = (mark, json.dumps(list(people)), time, json.dumps(data))
        made = self._db.execute("INSERT INTO posts (mark, people, time, data) VALUES (?, ?, ?, ?)", said)
        return int(made.lastrowid or 0)

    def find(self, mark: str) -> int | None:
        """The first message of a mark."""
        row = self._db.execute("SELECT MIN(ts) FROM posts WHERE mark = ?", (mark,)).fetchone()
        return None if row[0] is None else int(row[0])

    def take_back(self, ts: int) -> None:
        """Delete a message; that it was there is kept in `taken_back`."""
        self._db.execute("CREATE TABLE IF NOT EXISTS gone (ts INTEGER PRIMARY KEY)")
        self._db.execute("INSERT OR IGNORE INTO gone SELECT ts FROM posts WHERE ts = ?", (ts,))
        self._db.execute("DELETE FROM posts WHERE ts = ?", (ts,))

    def posts(self, after: int = 0) -> list[Post]:
        """Everything posted after an id, in its order."""
        rows = self._db.execute("SELECT ts, mark, people, time, data FROM posts WHERE ts > ? ORDER BY ts", (after,))
        return [Post(ts, mark, tuple(json.loads(who)), at, json.loads(data)) for ts, mark, who, at, data in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class RecordingSender:
    """One copy's way to the server; `here` is told every point at which the copy may be killed."""

    def __init__(self, server: Server, clock: Callable[[], float], here: Callable[[str], None]) -> None:
        self._server = server
        self._clock = clock
        self._here = here

    def reaches(self, person: int) -> bool:  # noqa: ARG002
        """Everybody has an account."""
        return True

    async def find_posted(self, mark: str, people: Sequence[int], since: int) -> Posted | None:  # noqa: ARG002
        """The message of this mark."""
        self._here("look")
        await asyncio.sleep(0)
        ts = self._server.find(mark)
        self._here("looked")
        return None if ts is None else Posted("D", str(ts))

    async def send(self, mark: str, people: Sequence[int], message: Message) -> Posted:
        """Post it."""
        self._here("send")
        await asyncio.sleep(0)
        self._here("posting")
        data = {key: value for key, value in dict(message.data.get("nudge", {})).items() if key != "mark"}
        ts = self._server.post(mark, people, int(self._clock()), data)
        self._here("sent")
        await asyncio.sleep(0)
        self._here("answered")
        return Posted("D", str(ts))

    async def settle(self, mark: str, people: Sequence[int], channel: str, thread: str, *, keep: bool) -> Posted | None:  # noqa: ARG002
        """The oldest message of this mark stays, or none."""
        found = [one.ts for one in self._server.posts() if one.mark == mark]
        for ts in found[keep:]:
            self._server.take_back(ts)
        return Posted("D", str(found[0])) if found and keep else None
