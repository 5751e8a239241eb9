"""What people did outside of commits: paired, taught, attended, answered, documented, confirmed. Each fact once."""

from __future__ import annotations

from typing import NamedTuple

from knowledge.model import Event
from knowledge.store.database import Database, Transaction


class Where(NamedTuple):
    """The place of an event: a node of the tree (None where there is none) and a topic in words."""

    node_id: int | None = None
    topic: str = ""


def node_of(db: Database | Transaction, repo_id: int, path: str) -> int | None:
    """The id of a path, or of the nearest directory above it that history knows; None before any history."""
    read = db.read if isinstance(db, Database) else db.run
    path = path.strip("/")
    while True:
        rows = read("SELECT id FROM nodes WHERE repo_id = :repo AND path = :path", repo=repo_id, path=path)
        if rows:
            return int(rows[0][0])
        if not path:
            return None
        path = path.rpartition("/")[0]


def record(tx: Transaction, event: Event, where: Where) -> bool:
    """Store a fact unless it is stored: one event of a kind per person and `reference` (which must not be empty).

    `event.path` is not looked at: `where` says the place. Returns False where the fact was known.
    """
    if not event.reference:
        raise ValueError("an event that may be told twice needs a reference")
    # Two copies may record at once: the person's row is held until the end of the transaction.
    tx.run("UPDATE people SET name = name WHERE id = :person", person=event.person_id)
    if tx.run(
        "SELECT 1 FROM events WHERE kind = :kind AND person_id = :person AND reference = :reference",
        kind=event.kind,
        person=event.person_id,
        reference=event.reference,
    ):
        return False
    tx.run(
        "INSERT INTO events (kind, person_id, node_id, topic, time, weight, reference)"
        " VALUES (:kind, :person, :node, :topic, :time, :weight, :reference)",
        kind=event.kind,
        person=event.person_id,
        node=where.node_id,
        topic=where.topic,
        time=event.time,
        weight=event.weight,
        reference=event.reference,
    )
    return True


def by_reference(db: Database, reference: str) -> list[Event]:
    """The events that one thing left behind, in the order they were told."""
    rows = db.read(
        "SELECT e.kind, e.person_id, COALESCE(n.path, ''), e.time, e.weight, e.reference FROM events e"
        " LEFT JOIN nodes n ON n.id = e.node_id WHERE e.reference = :reference ORDER BY e.id",
        reference=reference,
    )
    return [Event(*row) for row in rows]


def confirmations(db: Database, until: int) -> dict[str, int]:
    """By page, when somebody last said up to `until` (seconds UTC) that it is right."""
    rows = db.read(
        "SELECT topic, MAX(time) FROM events WHERE kind = 'confirmed' AND reference LIKE 'page %' AND time <= :until"
        " GROUP BY topic",
        until=until,
    )
    return {path: int(time) for path, time in rows}
