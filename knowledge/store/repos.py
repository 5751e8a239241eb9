"""Repositories and how far each source has read them; small facts about the store itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from knowledge.store.database import Database, Transaction


class StoredRepo(NamedTuple):
    """A repository as the store knows it; `head` is the indexed commit, empty before the first run."""

    id: int
    name: str
    location: str
    head: str
    branch: str


class Repos:
    """The repositories of a store."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[StoredRepo]:
        """Every repository, in the order in which they came."""
        return [
            StoredRepo(*row) for row in self._db.read("SELECT id, name, location, head, branch FROM repos ORDER BY id")
        ]

    def register(self, name: str, location: str) -> int:
        """The id of the repository at `location`, new or known, called `name` now; a taken name gets a number."""
        known = self.all()
        mine = next((repo for repo in known if repo.location == location), None)
        names = {repo.name for repo in known if repo is not mine}
        free = next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(names) + 3))) if n not in names)
        if mine is not None and mine.name == free:
            return mine.id
        with self._db.transaction() as tx:
            if mine is not None:
                tx.run("UPDATE repos SET name = :name WHERE id = :id", name=free, id=mine.id)
                return mine.id
            ((repo_id,),) = tx.run(
                "INSERT INTO repos (name, location) VALUES (:name, :location) RETURNING id",
                name=free,
                location=location,
            )
        return int(repo_id)

    def set_head(self, tx: Transaction, repo_id: int, head: str, branch: str) -> None:
        """Record the commit that the index now stands at."""
        tx.run("UPDATE repos SET head = :head, branch = :branch WHERE id = :id", head=head, branch=branch, id=repo_id)

    def cursor(self, source: str, repo_id: int) -> dict[str, Any] | None:
        """How far `source` has read the repository; None before its first record."""
        rows = self._db.read(
            "SELECT value FROM cursors WHERE source = :source AND repo_id = :repo", source=source, repo=repo_id
        )
        return json.loads(rows[0][0]) if rows else None

    def set_cursor(self, tx: Transaction, source: str, repo_id: int, value: Mapping[str, Any], time: int) -> None:
        """Move the cursor of a source, in the transaction that holds what it read."""
        tx.run(
            """INSERT INTO cursors (source, repo_id, value, time) VALUES (:source, :repo, :value, :time)
               ON CONFLICT (source, repo_id) DO UPDATE SET value = excluded.value, time = excluded.time""",
            source=source, repo=repo_id, value=json.dumps(value), time=time,
        )  # fmt: skip


def get_meta(db: Database, key: str) -> str:
    """A small fact about the store, empty when it was never written."""
    rows = db.read("SELECT value FROM meta WHERE key = :key", key=key)
    return str(rows[0][0]) if rows else ""


def set_meta(tx: Transaction, key: str, value: str) -> None:
    """Remember a small fact about the store."""
    tx.run(
        "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key=key, value=value,
    )  # fmt: skip
