"""When people are away: whole days in their own time zone, said in config.yaml, by a lead or by themselves.

The days are what was said; the seconds beside them follow from the person's time zone (`sayings.settle`). Several spans
may overlap: somebody is away when any of them holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from knowledge import zones
from knowledge.model import FOREVER
from knowledge.store.database import Database, Transaction
from knowledge.store.sayings import Source

_COLUMNS = "id, person_id, first_day, last_day, from_time, until_time, source"


class Absence(NamedTuple):
    """A span [from_time, until_time) in seconds UTC; both days are days away, `last_day` is "" where nobody knows."""

    id: int
    person_id: int
    first_day: str
    last_day: str
    from_time: int
    until_time: int
    source: str


def absences(db: Database, person_id: int, start: int = 0, end: int = FOREVER) -> list[Absence]:
    """Somebody's absences that touch [start, end), in order of time."""
    rows = db.read(
        f"SELECT {_COLUMNS} FROM absences WHERE person_id = :p AND until_time > :start AND from_time < :end"
        " ORDER BY from_time, id",
        p=person_id,
        start=start,
        end=end,
    )
    return [Absence(*row) for row in rows]


def everybody_away(db: Database, start: int, end: int = FOREVER) -> dict[int, list[Absence]]:
    """By person, the absences of everybody that touch [start, end), in order of time."""
    rows = db.read(
        f"SELECT {_COLUMNS} FROM absences WHERE until_time > :start AND from_time < :end ORDER BY from_time, id",
        start=start,
        end=end,
    )
    found: dict[int, list[Absence]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(Absence(*row))
    return found


def add(tx: Transaction, person_id: int, first_day: str, last_day: str, source: Source = "hand") -> Absence:
    """Keep an absence; the same one twice is kept once.

    Raises:
        Mistake: these are no days, or the last comes before the first.
    """
    zone = _zone(tx, person_id)
    begins, ends = zones.span(first_day, last_day, zone)
    same = tx.run(
        f"SELECT {_COLUMNS} FROM absences WHERE person_id = :p AND first_day = :f AND last_day = :l AND source = :s",
        p=person_id, f=first_day, l=last_day, s=source,
    )  # fmt: skip
    if same:
        return Absence(*same[0])
    made = tx.run(
        "INSERT INTO absences (person_id, first_day, last_day, from_time, until_time, source)"
        " VALUES (:p, :f, :l, :b, :e, :s) RETURNING id",
        p=person_id, f=first_day, l=last_day, b=begins, e=ends, s=source,
    )  # fmt: skip
    return Absence(made[0][0], person_id, first_day, last_day, begins, ends, source)


def come_back(tx: Transaction, person_id: int, now: int) -> int:
    """End what was said by hand and holds at `now`: it ends yesterday, or never was; returns how many it were."""
    today = zones.today(now, _zone(tx, person_id))
    rows = tx.run(
        "SELECT id, first_day FROM absences WHERE person_id = :p AND source = 'hand' AND from_time <= :now"
        " AND until_time > :now",
        p=person_id,
        now=now,
    )
    for number, first_day in rows:
        if date.fromisoformat(first_day) >= today:
            tx.run("DELETE FROM absences WHERE id = :id", id=number)
        else:
            yesterday = (today - timedelta(days=1)).isoformat()
            _, ends = zones.span(first_day, yesterday, _zone(tx, person_id))
            tx.run("UPDATE absences SET last_day = :l, until_time = :u WHERE id = :id", l=yesterday, u=ends, id=number)
    return len(rows)


def remove(tx: Transaction, person_id: int, first_day: str, now: int) -> int:
    """Take back what was said by hand: the absences from that day on, else ("") all that have not ended; how many."""
    rows = tx.run(
        "DELETE FROM absences WHERE person_id = :p AND source = 'hand' AND until_time > :now"
        " AND (:first = '' OR first_day = :first) RETURNING id",
        p=person_id,
        now=now,
        first=first_day,
    )
    return len(rows)


def from_config(tx: Transaction, said: Iterable[tuple[int, str, str]]) -> None:
    """Replace config.yaml's absences by these (person, first day, last day)."""
    wanted = set(said)
    rows = tx.run("SELECT id, person_id, first_day, last_day FROM absences WHERE source = 'config'")
    for number, *known in rows:
        if tuple(known) not in wanted:
            tx.run("DELETE FROM absences WHERE id = :id", id=number)
    for person_id, first_day, last_day in sorted(wanted - {tuple(row[1:]) for row in rows}):
        add(tx, person_id, first_day, last_day, "config")


def _zone(tx: Transaction, person_id: int) -> str:
    rows = tx.run("SELECT timezone FROM people WHERE id = :p", p=person_id)
    return str(rows[0][0]) if rows else ""
