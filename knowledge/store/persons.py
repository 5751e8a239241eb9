"""Reads people by their ids; apart from `people.py`, which maps them, so that a question imports little."""

from __future__ import annotations

from knowledge.person import Person

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.store.database import Database, Row

PERSON_COLUMNS = "p.id, p.name, p.email, p.is_bot, p.has_left, p.opted_out, p.left_time"
AT_ONCE = 400  # parameters of one query


def people_by_id(db: Database, ids: Iterable[int]) -> dict[int, Person]:
    """Those of the store's people who have these ids, with their absences."""
    wanted = sorted(set(ids))
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        marks = ", ".join(f":p{n}" for n in range(len(part)))
        named = {f"p{n}": i for n, i in enumerate(part)}
        away = _absences(db, marks, named)
        rows = db.read(f"SELECT {PERSON_COLUMNS} FROM people p WHERE p.id IN ({marks})", **named)
        found.update((row[0], _person(row, away.get(row[0], ()))) for row in rows)
    return found


def people_of_rows(db: Database, rows: Iterable[Row]) -> list[Person]:
    """The people whose id is the first column of these rows, in their order, each once."""
    ids = list(dict.fromkeys(int(row[0]) for row in rows))
    found = people_by_id(db, ids)
    return [found[number] for number in ids if number in found]


def _absences(db: Database, marks: str, named: dict[str, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    rows = db.read(
        f"SELECT person_id, from_time, until_time FROM absences WHERE person_id IN ({marks}) ORDER BY from_time, id",
        **named,
    )
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for person_id, begins, ends in rows:
        found[person_id] = (*found.get(person_id, ()), (begins, ends))
    return found


def _person(row: Row, absences: tuple[tuple[int, int], ...]) -> Person:
    number, name, email, is_bot, left, opted_out, left_time = row
    return Person(number, name, email, bool(is_bot), bool(left), bool(opted_out), left_time, absences)
