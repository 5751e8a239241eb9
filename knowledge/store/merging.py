"""Two people become one by hand, a name becomes somebody of its own, and the way back from both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.errors import Mistake
from knowledge.people import MERGED, SPLIT
from knowledge.store import people_log
from knowledge.store.carrying import carry, carry_back
from knowledge.store.database import Database, Transaction
from knowledge.store.sayings import settle

_PERSON = "id, name, email, is_bot, has_left, opted_out, timezone, slack_id, discord_id, left_time"


def merge(db: Database, into: int, other: int, *, now: int = 0, by: str = "") -> int:
    """Join two people by hand; every later mapping run keeps it. Returns the number in the log.

    Everything that pointed at `other` points at `into` afterwards; an opt-out of either holds for both.

    Raises:
        Mistake: one of them is not there, or both are the same.
    """
    with db.transaction() as tx:
        people = {row[0]: row for row in tx.run(f"SELECT {_PERSON} FROM people WHERE id IN (:a, :b)", a=into, b=other)}
        if set(people) != {into, other} or into == other:
            raise Mistake(f"there are no two people {into} and {other}", "`lamp people` lists them with their numbers.")
        rows = tx.run("SELECT id, why FROM identities WHERE person_id = :b ORDER BY id", b=other)
        silenced = _opt_out_both(tx, into, other) if people[into][5] or people[other][5] else []
        detail = {
            "person": dict(zip(_PERSON.split(", "), people[other], strict=True)),
            "identities": [list(row) for row in rows],
            "silenced": silenced,
            "moved": carry(tx, into, other),
        }
        _keep_apart(tx, into, other)
        tx.run(f"UPDATE identities SET why = :why WHERE id IN ({_listed(rows)})", why=MERGED)
        tx.run("DELETE FROM people WHERE id = :b", b=other)
        settle(tx, [into])
        words = f"{_called(people[other])} is {_called(people[into])}"
        return people_log.note(tx, "merge", into, words, time=now, by=by, detail=detail)


def _keep_apart(tx: Transaction, now: int, before: int) -> None:
    """Whoever did not want to be paired with `before` is not paired with `now`, either; undoing keeps that.

    What `before` wished is not copied: after a split they are two, and confidential is what either of them said.
    """
    tx.run(
        "INSERT INTO wishes (person_id, wish, subject, until_time, time) SELECT w.person_id, w.wish, :now,"
        " w.until_time, w.time FROM wishes w WHERE w.wish = 'never-pair' AND w.subject = :before"
        " AND w.person_id <> :self ON CONFLICT (person_id, wish, subject) DO NOTHING",
        now=str(now), before=str(before), self=now,
    )  # fmt: skip


def _opt_out_both(tx: Transaction, into: int, other: int) -> list[int]:
    """The names of both that were not opted out before, and are now."""
    rows = tx.run("SELECT id FROM identities WHERE person_id IN (:a, :b) AND opted_out = 0", a=into, b=other)
    tx.run(f"UPDATE identities SET opted_out = 1 WHERE id IN ({_listed(rows)})")
    return [row[0] for row in rows]


def split(db: Database, identity_id: int, *, now: int = 0, by: str = "") -> int:
    """Take an identity out of its person for good, into a person of its own; returns that person's id.

    An opt-out holds for both: it was said of this name, too.

    Raises:
        Mistake: there is no such identity, or it is all that its person has.
    """
    with db.transaction() as tx:
        rows = tx.run("SELECT name, email, person_id, why FROM identities WHERE id = :id", id=identity_id)
        if not rows:
            raise Mistake(f"there is no identity {identity_id}", "`lamp people` lists them with their numbers.")
        name, email, before, why = rows[0]
        if before is not None and tx.run("SELECT COUNT(*) FROM identities WHERE person_id = :p", p=before)[0][0] < 2:
            raise Mistake(f"identity {identity_id} is all that person {before} has", "There is nothing to split off.")
        made = int(tx.run("INSERT INTO people (name, email) VALUES (:n, :e) RETURNING id", n=name, e=email)[0][0])
        tx.run("UPDATE identities SET person_id = :p, why = :why WHERE id = :id", p=made, why=SPLIT, id=identity_id)
        settle(tx, [made])
        if before is not None:
            _keep_apart(tx, made, before)
        detail = {"identity": identity_id, "why": why, "made": made, "before": before}
        people_log.note(tx, "split", made, f"{name} <{email}> is somebody else", time=now, by=by, detail=detail)
        return made


def undo(db: Database, number: int | None = None, *, now: int = 0, by: str = "") -> people_log.Entry:
    """Undo a merge or a split: that of this number of the log, else the newest.

    Raises:
        Mistake: there is none.
    """
    entry = people_log.last_to_undo(db, number)
    if entry is None:
        which = f"change {number} is no merge or split that still holds" if number else "no merge or split to undo"
        raise Mistake(which, "`lamp people log` lists the changes; the other kinds have commands for their way back.")
    with db.transaction() as tx:
        kept = _unmerge(tx, entry.detail) if entry.action == "merge" else _unsplit(tx, entry.detail)
        people_log.mark_undone(tx, entry.id, now)
        settle(tx)
        people_log.note(tx, "undo", kept, f"not so: {entry.words}", time=now, by=by)
    return entry


def _unmerge(tx: Transaction, detail: Mapping[str, Any]) -> int:
    person = detail["person"]
    tx.insert("people", _PERSON, [tuple(person[name] for name in _PERSON.split(", "))])
    carry_back(tx, person["id"], detail["moved"])
    tx.run(f"UPDATE identities SET opted_out = 0 WHERE id IN ({', '.join(map(str, detail['silenced'])) or '0'})")
    for number, why in detail["identities"]:
        tx.run("UPDATE identities SET person_id = :p, why = :w WHERE id = :id", p=person["id"], w=why, id=number)
    return int(person["id"])


def _unsplit(tx: Transaction, detail: Mapping[str, Any]) -> int:
    there = tx.run("SELECT person_id FROM identities WHERE id = :id", id=detail["identity"])[0][0]
    before = detail["before"]
    if not tx.run("SELECT 1 FROM people WHERE id = :p", p=before):
        raise Mistake("whom it was split from is somebody else by now", "Use `lamp people merge` instead.")
    tx.run("UPDATE identities SET why = :w WHERE id = :id", w=detail["why"], id=detail["identity"])
    carry(tx, before, there)
    tx.run("DELETE FROM wishes WHERE wish = 'never-pair' AND subject = :gone", gone=str(there))
    tx.run("DELETE FROM people WHERE id = :p", p=there)
    return int(before)


def _called(row: tuple[Any, ...]) -> str:
    return f"{row[1]} <{row[2]}>"


def _listed(rows: list[tuple[Any, ...]]) -> str:
    return ", ".join(str(row[0]) for row in rows) or "0"
