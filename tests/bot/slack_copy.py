"""A copy of the bot in a process of its own, which can be told where to die by its own kill -9.

    python -m tests.bot.slack_copy STORE_URL [take|think|posting|sent|closed]

It dies once, at that point: when the receipt is taken, while thinking, before the post, after the post, after the mark.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.chat.slack_api import Pace
from bot.message import Message, Source, Sources, Text
from knowledge.store.database import Database, Transaction
from knowledge.store.schema import open_store

PACE = Pace(api_timeout=2, retry_pause=0.05, give_up=5, status_after=0.2, take=0.5, lease=1, sweep=0.2, ping=0.3)

# Where a statement of the receipts' life stands for a point of it: (text, whether it is carried out before death).
POINTS = {
    "take": ("INSERT INTO receipts", False),
    "taken": ("INSERT INTO receipts", True),
    "posting": ("state = 'posting', taken_time", True),
    "sent": ("SET state = :state", False),
    "closed": ("SET state = :state", True),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Database):
    """A database whose process dies at one statement."""

    def __init__(self, inner: Database, point: str) -> None:
        self.inner, self.url = inner, inner.url
        self.statement, self.after = POINTS.get(point, ("", False))

    def read(self, sql: str, /, **params: Any) -> Any:
        return self.inner.read(sql, **params)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        hit: list[str] = []
        with self.inner.transaction() as tx:
            yield _MortalTransaction(tx, self, hit)
        if hit:
            die()

    def close(self) -> None:
        self.inner.close()


class _MortalTransaction:
    def __init__(self, inner: Transaction, db: Mortal, hit: list[str]) -> None:
        self.inner, self.db, self.hit = inner, db, hit

    def run(self, sql: str, /, **params: Any) -> Any:
        if self.db.statement and self.db.statement in sql:
            if not self.db.after:
                die()
            self.hit.append(sql)
        return self.inner.run(sql, **params)


async def main(url: str, point: str) -> None:
    def reply(incoming: Any) -> Message:
        if point == "think":
            die()
        return Message((Text(f"pid {os.getpid()}: {incoming.text}"), Sources((Source("docs/a.md:1"),))))

    tokens = Tokens.from_environment("socket")
    db = Mortal(open_store(url), point)
    await SlackBot(SlackSettings(pace=PACE), tokens, reply, lambda *_: None, db).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
