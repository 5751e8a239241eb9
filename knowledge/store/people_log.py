"""Every change that somebody made to people by hand: what, when, of whom and by whom; a lead reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from knowledge.store.database import Database, Transaction

_COLUMNS = "l.id, l.time, l.said_by, l.action, l.person_id, l.words, l.detail, l.undone_time"


class Entry(NamedTuple):
    """A change. `words` says it for people; `detail` holds what undoing needs."""

    id: int
    time: int  # seconds UTC
    said_by: str
    action: str
    person_id: int | None
    words: str
    detail: Mapping[str, Any]
    undone_time: int | None


def note(
    tx: Transaction,
    action: str,
    person_id: int,
    words: str,
    *,
    time: int,
    by: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write a change down; returns its number."""
    rows = tx.run(
        "INSERT INTO people_log (time, said_by, action, person_id, words, detail)"
        " VALUES (:t, :b, :a, :p, :w, :d) RETURNING id",
        t=time, b=by, a=action, p=person_id, w=words, d=json.dumps(detail or {}),
    )  # fmt: skip
    return int(rows[0][0])


def entries(db: Database, limit: int = 50) -> list[Entry]:
    """The changes, the newest first; of people who opted out only that they did."""
    rows = db.read(
        f"SELECT {_COLUMNS} FROM people_log l LEFT JOIN people p ON p.id = l.person_id"
        " WHERE COALESCE(p.opted_out, 0) = 0 OR l.action IN ('opt-out', 'opt-in') ORDER BY l.id DESC LIMIT :n",
        n=limit,
    )
    return [_entry(row) for row in rows]


def last_to_undo(db: Database, number: int | None = None) -> Entry | None:
    """The merge or split of that number, else the newest one, that was not undone yet."""
    rows = db.read(
        f"SELECT {_COLUMNS} FROM people_log l WHERE l.action IN ('merge', 'split') AND l.undone_time IS NULL"
        " AND (:n = 0 OR l.id = :n) ORDER BY l.id DESC LIMIT 1",
        n=number or 0,
    )
    return _entry(rows[0]) if rows else None


def mark_undone(tx: Transaction, number: int, time: int) -> None:
    """Remember that a change was undone."""
    tx.run("UPDATE people_log SET undone_time = :t WHERE id = :id", t=time, id=number)


def _entry(row: tuple[Any, ...]) -> Entry:
    number, time, by, action, person_id, words, detail, undone = row
    return Entry(number, time, by, action, person_id, words, json.loads(detail), undone)
