"""Nudges as they are stored: rounds, decisions, who is in them, and every change a compare-and-set on the version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from knowledge.store.database import Database, Row, Transaction
from knowledge.store.outbox import Entry, put
from knowledge.store.parts import parts_of

COLUMNS = (
    "id, week, repo_id, kind, area, state, version, created_time, state_time, expires_time, meet_time,"
    " later_time, facts"
)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a nudge, and what they said."""

    person: int
    role: str  # shows, learns, asked
    answer: str = ""  # yes, later, other, no (of a page: confirm, edit, not-mine, retire); empty until they say
    happened: str = ""  # yes, no; empty until they say
    note: str = ""  # what should be written down
    time: int | None = None  # when they last said something


@dataclass(frozen=True, slots=True)
class Nudge:
    """A decision to bring people together (or to ask one) about an area, and how far it has come."""

    id: str
    week: str  # of the round: 2026-W47
    repo_id: int
    kind: str  # bot.nudging.kinds.Kind
    area: str  # path, or a topic where there is none
    parties: tuple[Party, ...]
    created: int
    expires: int  # of the proposal: unanswered after this, it was ignored
    state: str = "proposed"  # bot.nudging.states.State
    state_time: int = 0
    meet_time: int | None = None
    later_time: int | None = None
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)  # what its words are made of, and why it was chosen

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody in it, whoever shows first."""
        return tuple(one.person for one in self.parties)

    def party(self, person: int) -> Party | None:
        """This person's part."""
        return next((one for one in self.parties if one.person == person), None)


class Round(NamedTuple):
    """One decision of whom to bring together; `approved` is None while a lead has yet to look at it."""

    week: str
    time: int
    approved: int | None
    by: str


def nudge_id(kind: str, repo_id: int, area: str, people: Iterable[int], week: str) -> str:
    """The name of a decision, the same on every copy of the bot: 12 hexadecimal digits."""
    said = "\0".join((kind, str(repo_id), area, ",".join(map(str, sorted(people))), week))
    return blake2b(said.encode(errors="surrogateescape"), digest_size=6).hexdigest()


class Nudges:
    """The tables `rounds`, `nudges` and `nudge_people`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def open_round(
        self, week: str, now: int, *, approved: bool, nudges: Sequence[Nudge], entries: Sequence[Entry]
    ) -> bool:
        """Store a whole round; False, and nothing is stored, when this week's was decided before."""
        with self.db.transaction() as tx:
            if not tx.run(
                "INSERT INTO rounds (week, time, approved_time) VALUES (:week, :now, :approved)"
                " ON CONFLICT (week) DO NOTHING RETURNING week",
                week=week,
                now=now,
                approved=now if approved else None,
            ):
                return False
            for one in nudges:
                put_one(tx, one)
            put(tx, entries)
        return True

    def rounds(self) -> list[Round]:
        """All rounds, the oldest first."""
        return [
            Round(*row) for row in self.db.read("SELECT week, time, approved_time, approved_by FROM rounds ORDER BY 1")
        ]

    def round(self, week: str) -> Round | None:
        """The round of a week; None where it was not decided yet."""
        rows = self.db.read("SELECT week, time, approved_time, approved_by FROM rounds WHERE week = :week", week=week)
        return Round(*rows[0]) if rows else None

    def approve(self, by: str, now: int) -> list[Round]:
        """Let go what was held for a lead's look; returns the rounds that were."""
        with self.db.transaction() as tx:
            rows = tx.run(
                "UPDATE rounds SET approved_time = :now, approved_by = :by WHERE approved_time IS NULL"
                " RETURNING week, time, approved_time, approved_by",
                now=now,
                by=by,
            )
            tx.run(
                "UPDATE outbox SET not_before = created_time WHERE state = 'waiting' AND not_before > :now"
                " AND about IN (SELECT id FROM nudges WHERE state = 'proposed')",
                now=now,
            )
        return sorted(Round(*row) for row in rows)

    def get(self, number: str) -> Nudge | None:
        """The nudge of an id."""
        return next(iter(self._read("WHERE id = :id", id=number)), None)

    def in_states(self, states: Iterable[str]) -> list[Nudge]:
        """Those in these states, the oldest first."""
        listed = sorted(states)
        marks = ", ".join(f":s{n}" for n in range(len(listed)))
        return self._read(
            f"WHERE state IN ({marks}) ORDER BY created_time, id", **{f"s{n}": s for n, s in enumerate(listed)}
        )

    def since(self, time: int) -> list[Nudge]:
        """Those decided from `time` on, the oldest first."""
        return self._read("WHERE created_time >= :time ORDER BY created_time, id", time=time)

    def save(self, tx: Transaction, nudge: Nudge) -> bool:
        """Store a change; False when somebody else changed it since it was read, and nothing is stored."""
        if not tx.run(
            "UPDATE nudges SET state = :state, version = version + 1, state_time = :state_time,"
            " expires_time = :expires, meet_time = :meet, later_time = :later, facts = :facts"
            " WHERE id = :id AND version = :version RETURNING id",
            id=nudge.id,
            state=nudge.state,
            state_time=nudge.state_time,
            expires=nudge.expires,
            meet=nudge.meet_time,
            later=nudge.later_time,
            facts=json.dumps(dict(nudge.facts), sort_keys=True),
            version=nudge.version,
        ):
            return False
        for one in nudge.parties:
            tx.run(
                "UPDATE nudge_people SET answer = :answer, happened = :happened, note = :note, time = :time"
                " WHERE nudge_id = :id AND person_id = :person",
                id=nudge.id,
                person=one.person,
                answer=one.answer,
                happened=one.happened,
                note=one.note,
                time=one.time,
            )
        return True

    def _read(self, where: str, **params: Any) -> list[Nudge]:
        rows = self.db.read(f"SELECT {COLUMNS} FROM nudges {where}", **params)
        people = "SELECT nudge_id, person_id, role, answer, happened, note, time"
        select = f"{people} FROM nudge_people WHERE nudge_id"
        held = parts_of(self.db, select, [row[0] for row in rows], "role DESC, person_id")
        return [_nudge(row, tuple(Party(*one) for one in held[row[0]])) for row in rows]


def put_one(tx: Transaction, one: Nudge) -> bool:
    """Store a nudge beside those of its round; False, and nothing is stored, where it is there."""
    rows = tx.run(
        "INSERT INTO nudges (id, week, repo_id, kind, area, state, created_time, state_time, expires_time, facts)"
        " VALUES (:id, :week, :repo, :kind, :area, :state, :created, :created, :expires, :facts)"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        id=one.id,
        week=one.week,
        repo=one.repo_id,
        kind=one.kind,
        area=one.area,
        state=one.state,
        created=one.created,
        expires=one.expires,
        facts=json.dumps(dict(one.facts), sort_keys=True),
    )
    if rows:
        parties = [(one.id, party.person, party.role) for party in one.parties]
        tx.insert("nudge_people", "nudge_id, person_id, role", parties)
    return bool(rows)


def _nudge(row: Row, parties: tuple[Party, ...]) -> Nudge:
    number, week, repo_id, kind, area, state, version, created, state_time, expires, meet, later, facts = row
    return Nudge(
        number, week, repo_id, kind, area, parties, created, expires, state, state_time, meet, later, version,
        json.loads(facts),
    )  # fmt: skip
