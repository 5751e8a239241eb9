"""The outbox: everything the bot says first, each exactly once, whatever dies or runs twice.

    waiting ──take──▶ posting ──posted──▶ posted
       ▲  ╲              │
       │   ╲──drop──▶ dropped
       └──hold / put back─┘

A copy that stood still while it was sending, and spoke after another had taken over, finds its lease gone: it claims
the entry back before it takes its message away, so that nobody finds that message in between.

An entry is put in the transaction that decided it. One copy of the bot takes it (which also books it against the
budget of everybody it goes to, in the same transaction), sends it with its `mark` as metadata, and says so. A copy that
died in between leaves it `posting`; another takes over and *looks* for the mark before it speaks.

Whether a copy is dead is not read from a clock, which may jump: its `beat` stands still while we watch for
LEASE_SECONDS of our own monotonic time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from knowledge.store.database import Database, Row, Transaction

State = Literal["waiting", "posting", "posted", "dropped"]

LEASE_SECONDS = 30
WEEK = 7 * 86_400
LATER_SECONDS = 2 * LEASE_SECONDS  # a message may arrive so long after it was booked, and still begins its seven days
COLUMNS = (
    "o.mark, o.kind, o.what, o.about, o.place, o.agreed, o.created_time, o.not_before, o.expires_time, o.state,"
    " o.why, o.holder, o.beat, o.posted_time, o.channel, o.ts, o.payload"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be said first; `mark` is its name everywhere, made from what it says and to whom."""

    mark: str
    kind: str
    what: str
    people: tuple[int, ...]
    created: int
    not_before: int
    expires: int
    about: str = ""
    place: str = "person"
    agreed: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)
    state: State = "waiting"
    why: str = ""
    holder: str = ""
    beat: int = 0
    posted_time: int | None = None
    channel: str = ""
    ts: str = ""


class Contact(NamedTuple):
    """That somebody was approached."""

    mark: str
    person: int
    time: int
    agreed: bool
    introduced: bool
    answered: bool
    kind: str


def put(tx: Transaction, entries: Iterable[Entry]) -> int:
    """Store entries that are not stored yet; returns how many were new."""
    new = 0
    for one in entries:
        rows = tx.run(
            "INSERT INTO outbox (mark, kind, what, about, place, agreed, created_time, not_before, expires_time, state,"
            " payload) VALUES (:mark, :kind, :what, :about, :place, :agreed, :created, :not_before, :expires,"
            " 'waiting', :payload) ON CONFLICT (mark) DO NOTHING RETURNING mark",
            mark=one.mark,
            kind=one.kind,
            what=one.what,
            about=one.about,
            place=one.place,
            agreed=int(one.agreed),
            created=one.created,
            not_before=one.not_before,
            expires=one.expires,
            payload=json.dumps(dict(one.payload), sort_keys=True),
        )
        if rows:
            new += 1
            people = [(one.mark, person, int(one.agreed)) for person in dict.fromkeys(one.people)]
            tx.insert("outbox_people", "mark, person_id, agreed", people)
    return new


class Outbox:
    """The outbox as one copy of the bot sees it. `holder` must differ between any two copies that ever ran.

    `only` are the beginnings of the marks that its owner sends; what others put there is theirs to look at.
    """

    def __init__(self, db: Database, holder: str, only: Sequence[str] = ()) -> None:
        self.db = db
        self.holder = holder
        self._only = {f"o{at}": f"{start}%" for at, start in enumerate(only)}
        told = " OR ".join(f"o.mark LIKE :{name}" for name in self._only)
        self._mine = f" AND ({told})" if told else ""

    def due(self, now: int, limit: int = 50) -> list[Entry]:
        """What waits and may be looked at now, the oldest first."""
        return self._read(
            f"WHERE o.state = 'waiting' AND o.not_before <= :now{self._mine} ORDER BY o.created_time, o.mark"
            " LIMIT :limit",
            now=now,
            limit=limit,
            **self._only,
        )

    def posting(self) -> list[Entry]:
        """What somebody is sending, or died sending."""
        return self._read(f"WHERE o.state = 'posting'{self._mine} ORDER BY o.mark", **self._only)

    def get(self, mark: str) -> Entry | None:
        """The entry of a mark."""
        return next(iter(self._read("WHERE o.mark = :mark", mark=mark)), None)

    def about(self, about: str) -> list[Entry]:
        """Everything said or to be said about something, in the order it was decided."""
        return self._read("WHERE o.about = :about ORDER BY o.created_time, o.mark", about=about)

    def take(self, entry: Entry, now: int, budget: int, introduce: Sequence[int] = (), kind: str = "") -> Entry | None:
        """The entry, ours to send and booked; None when another copy was quicker or somebody's budget is used up.

        The budget is over everything unasked, or, with `kind`, over that kind alone.
        """
        with self.db.transaction() as tx:
            for person in sorted(entry.people):  # their rows are held to the end: two copies book one after the other
                tx.run("UPDATE people SET name = name WHERE id = :person", person=person)
            if not entry.agreed and any(
                _booked(tx, person, now, entry.mark, kind) >= budget for person in entry.people
            ):
                return None
            rows = tx.run(
                "UPDATE outbox SET state = 'posting', holder = :holder, beat = beat + 1, why = '' WHERE mark = :mark"
                " AND state = 'waiting' RETURNING beat",
                mark=entry.mark,
                holder=self.holder,
            )
            if not rows:
                return None
            for person in entry.people:
                tx.run(
                    "UPDATE outbox_people SET time = :now, introduced = :met"
                    " WHERE mark = :mark AND person_id = :person",
                    mark=entry.mark,
                    person=person,
                    now=now,
                    met=int(person in introduce),
                )
        return _with(entry, "posting", self.holder, int(rows[0][0]))

    def take_over(self, entry: Entry) -> Entry | None:
        """The entry, ours to look for and to finish; None when its holder lives or another copy was quicker."""
        with self.db.transaction() as tx:
            rows = tx.run(
                "UPDATE outbox SET holder = :holder, beat = beat + 1 WHERE mark = :mark AND state = 'posting'"
                " AND holder = :old AND beat = :beat RETURNING beat",
                mark=entry.mark,
                holder=self.holder,
                old=entry.holder,
                beat=entry.beat,
            )
        return _with(entry, "posting", self.holder, int(rows[0][0])) if rows else None

    def claim(self, entry: Entry) -> Entry | None:
        """A waiting entry, ours to put right and not to send, without a booking; None when it has moved on."""
        with self.db.transaction() as tx:
            rows = tx.run(
                "UPDATE outbox SET state = 'posting', holder = :holder, beat = beat + 1 WHERE mark = :mark"
                " AND state = 'waiting' AND beat = :beat RETURNING beat",
                mark=entry.mark,
                holder=self.holder,
                beat=entry.beat,
            )
        return _with(entry, "posting", self.holder, int(rows[0][0])) if rows else None

    def stands_at(self, mark: str, channel: str, ts: str) -> None:
        """Of two messages the other one stayed: that is where it stands."""
        with self.db.transaction() as tx:
            tx.run(
                "UPDATE outbox SET channel = :channel, ts = :ts WHERE mark = :mark AND state = 'posted'",
                mark=mark,
                channel=channel,
                ts=ts,
            )

    def posted(self, tx: Transaction, entry: Entry, now: int, channel: str, ts: str) -> bool:
        """It was said, and counts as that to all of its people; False when another copy had taken over."""
        rows = tx.run(
            "UPDATE outbox SET state = 'posted', posted_time = :now, channel = :channel, ts = :ts WHERE"
            " mark = :mark AND state = 'posting' AND holder = :holder AND beat = :beat RETURNING mark",
            mark=entry.mark,
            now=now,
            channel=channel,
            ts=ts,
            holder=entry.holder,
            beat=entry.beat,
        )
        if rows:
            tx.run("UPDATE outbox_people SET time = :now WHERE mark = :mark AND time IS NULL", mark=entry.mark, now=now)
        return bool(rows)

    def put_back(self, entry: Entry, until: int, why: str, heard: Sequence[int] = ()) -> bool:
        """It was certainly not said, but to those who `heard`: let it wait again, the booking of others taken back."""
        with self.db.transaction() as tx:
            rows = tx.run(
                "UPDATE outbox SET state = 'waiting', not_before = :until, why = :why WHERE mark = :mark AND"
                " state = 'posting' AND holder = :holder AND beat = :beat RETURNING mark",
                mark=entry.mark,
                until=until,
                why=why,
                holder=entry.holder,
                beat=entry.beat,
            )
            if rows:
                _unbook(tx, entry, heard)
        return bool(rows)

    def hold(self, entry: Entry, until: int, why: str) -> bool:
        """Look at it again at `until`; False when it no longer waits."""
        with self.db.transaction() as tx:
            return bool(
                tx.run(
                    "UPDATE outbox SET not_before = :until, why = :why WHERE mark = :mark AND state = 'waiting'"
                    " RETURNING mark",
                    mark=entry.mark,
                    until=until,
                    why=why,
                )
            )

    def drop(self, tx: Transaction, entry: Entry, why: str, heard: Sequence[int] = ()) -> bool:
        """Never say it: from waiting, or from posting where it is ours and was certainly not said but to some."""
        ours = tx.run(
            "UPDATE outbox SET state = 'dropped', why = :why WHERE mark = :mark AND state = 'posting'"
            " AND holder = :holder AND beat = :beat RETURNING mark",
            mark=entry.mark,
            why=why,
            holder=entry.holder,
            beat=entry.beat,
        )
        if ours:
            _unbook(tx, entry, heard)
            return True
        return bool(  # whoever is booked while it waits has heard it, and goes on counting
            tx.run(
                "UPDATE outbox SET state = 'dropped', why = :why WHERE mark = :mark AND state = 'waiting'"
                " RETURNING mark",
                mark=entry.mark,
                why=why,
            )
        )

    def contacts(self, since: int) -> list[Contact]:
        """Everybody approached since then (the clock may have been set back: later than now, too), the oldest first."""
        return contacts(self.db, since)

    def _read(self, where: str, **params: Any) -> list[Entry]:
        rows = self.db.read(f"SELECT {COLUMNS} FROM outbox o {where}", **params)
        return [_entry(row, self._people(row[0])) for row in rows]

    def _people(self, mark: str) -> tuple[int, ...]:
        rows = self.db.read("SELECT person_id FROM outbox_people WHERE mark = :mark ORDER BY person_id", mark=mark)
        return tuple(row[0] for row in rows)


def contacts(db: Database, since: int) -> list[Contact]:
    """Everybody approached from `since` on, the oldest first; what is being sent at this moment counts."""
    rows = db.read(
        "SELECT p.mark, p.person_id, p.time, p.agreed, p.introduced, p.answered_time, o.kind FROM outbox_people p"
        " JOIN outbox o ON o.mark = p.mark WHERE p.time >= :since ORDER BY p.time, p.mark, p.person_id",
        since=since,
    )
    return [
        Contact(mark, person, at, bool(a), bool(i), said is not None, kind)
        for mark, person, at, a, i, said, kind in rows
    ]


def answered(tx: Transaction, about: str, person_id: int, now: int) -> None:
    """Somebody said something to what was said about a thing: none of it was ignored."""
    tx.run(
        "UPDATE outbox_people SET answered_time = :now WHERE person_id = :person AND answered_time IS NULL"
        " AND time IS NOT NULL AND mark IN (SELECT mark FROM outbox WHERE about = :about)",
        now=now,
        person=person_id,
        about=about,
    )


def cancel(tx: Transaction, about: str, why: str, what: str = "") -> int:
    """Drop what still waits about a thing (of one sort, or all); returns how many there were."""
    return len(
        tx.run(
            "UPDATE outbox SET state = 'dropped', why = :why WHERE about = :about AND state = 'waiting'"
            " AND (:what = '' OR what = :what) RETURNING mark",
            why=why,
            about=about,
            what=what,
        )
    )


def _booked(tx: Transaction, person: int, now: int, mark: str, kind: str) -> int:
    of_kind = " AND mark IN (SELECT mark FROM outbox WHERE kind = :kind)" if kind else ""
    rows = tx.run(
        "SELECT COUNT(*) FROM outbox_people WHERE person_id = :person AND agreed = 0 AND time > :low AND time < :high"
        f" AND mark <> :mark{of_kind}",
        **({"kind": kind} if kind else {}),
        person=person,
        low=now - WEEK - LATER_SECONDS,
        high=now + WEEK + LATER_SECONDS,
        mark=mark,
    )
    return int(rows[0][0])


def _unbook(tx: Transaction, entry: Entry, heard: Sequence[int]) -> None:
    for person in entry.people:
        if person not in heard:
            tx.run(
                "UPDATE outbox_people SET time = NULL, introduced = 0 WHERE mark = :mark AND person_id = :person",
                mark=entry.mark,
                person=person,
            )


def _with(entry: Entry, state: State, holder: str, beat: int) -> Entry:
    return replace(entry, state=state, holder=holder, beat=beat)


def _entry(row: Row, people: tuple[int, ...]) -> Entry:
    (
        mark,
        kind,
        what,
        about,
        place,
        agreed,
        created,
        not_before,
        expires,
        state,
        why,
        holder,
        beat,
        at,
        channel,
        ts,
        text,
    ) = row
    return Entry(
        mark=mark, kind=kind, what=what, people=people, created=created, not_before=not_before, expires=expires,
        about=about, place=place, agreed=bool(agreed), payload=json.loads(text), state=state, why=why, holder=holder,
        beat=beat, posted_time=at, channel=channel, ts=ts,
    )  # fmt: skip
