"""Reads people by their ids; apart from `people.py`, which maps them, so that a question imports little."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import Person
from knowledge.store.database import Database, Row

PERSON_COLUMNS = "p.id, p.name, p.email, p.is_bot, p.has_left, p.opted_out, p.away_from, p.away_until"


def person(row: Row) -> Person:
    """A `Person` from a row of PERSON_COLUMNS."""
    number, name, email, is_bot, left, opted_out, away_from, away_until = row
    return Person(number, name, email, bool(is_bot), bool(left), bool(opted_out), away_from, away_until)


def people_by_id(db: Database, ids: Iterable[int]) -> dict[int, Person]:
    """Those of the store's people who have these ids."""
    wanted = sorted(set(ids))
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), 400):
        part = wanted[start : start + 400]
        marks = ", ".join(f":p{n}" for n in range(len(part)))
        rows = db.read(
            f"SELECT {PERSON_COLUMNS} FROM people p WHERE p.id IN ({marks})", **{f"p{n}": i for n, i in enumerate(part)}
        )
        found.update((row[0], person(row)) for row in rows)
    return found
