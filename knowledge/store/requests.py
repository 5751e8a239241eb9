"""Questions that want a person, as they are stored: every change a compare-and-set on the version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from knowledge.store.database import Database, Row, Transaction
from knowledge.store.parts import parts_of

COLUMNS = (
    "id, text, platform, place, thread, asker, asker_name, asker_id, private, urgent, question_id, repo_id, area,"
    " topic, state, version, created_time, state_time, look_time, holder_id, holder_name, channel, ts, answer, facts"
)
DONE = frozenset({"answered", "withdrawn"})  # nothing more is asked of anybody


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked, as they stood when the question came; and what came of asking them."""

    person: int
    retention: float = 0.0
    why: str = ""
    outcome: str = ""  # named, asked, claimed, passed, not-now, never, timed-out, unreached; empty until then
    asked_time: int | None = None  # when the question reached them
    due_time: int | None = None  # until when they are waited for


@dataclass(frozen=True, slots=True)
class Request:
    """A question that wants a person, and how far it has come."""

    id: str
    text: str
    created: int
    platform: str = "terminal"
    place: str = ""
    thread: str = ""
    asker: str = ""  # their id on the platform
    asker_name: str = ""
    asker_id: int | None = None  # who they are in the store, where that is known
    private: bool = False  # asked where only the asker could read it
    urgent: bool = False
    question_id: int | None = None
    repo_id: int | None = None
    area: str = ""  # the path it is about; "" with a repo_id: the whole repository
    topic: str = ""
    state: str = "open"  # bot.requesting.states.State
    state_time: int = 0
    look_time: int = 0  # when the clock looks at it again
    holder: int | None = None  # whom it is with: asked, taken or answered by
    holder_name: str = ""  # of a holder whom the store does not know
    channel: str = ""  # where it stands in a channel
    ts: str = ""
    answer: str = ""
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)  # evidence: what the holder is shown; links: of the answer
    candidates: tuple[Candidate, ...] = ()  # the first choice first

    def candidate(self, person: int) -> Candidate | None:
        """What is known of somebody as a candidate."""
        return next((one for one in self.candidates if one.person == person), None)


def request_id(platform: str, asker: str, text: str, time: int) -> str:
    """The name of a request, the same on every copy of the bot: 8 hexadecimal digits."""
    said = "\0".join((platform, asker, " ".join(text.split()), str(time)))
    return blake2b(said.encode(errors="surrogateescape"), digest_size=4).hexdigest()


class Requests:
    """The tables `requests` and `request_people`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, request: Request) -> bool:
        """Keep a new request; False where one of this id is kept already, as for the same press heard twice."""
        with self.db.transaction() as tx:
            values = _values(request)
            names = list(values)
            rows = tx.run(
                f"INSERT INTO requests ({', '.join(names)}) VALUES ({', '.join(f':{n}' for n in names)})"
                " ON CONFLICT (id) DO NOTHING RETURNING id",
                **values,
            )
            if rows:
                self._put_candidates(tx, request)
        return bool(rows)

    def save(self, tx: Transaction, request: Request) -> bool:
        """Store a change; False when somebody else changed it since it was read, and nothing is stored."""
        values = _values(replace(request, version=request.version + 1))
        changed = ", ".join(f"{name} = :{name}" for name in values if name != "id")
        if not tx.run(
            f"UPDATE requests SET {changed} WHERE id = :id AND version = :before RETURNING id",
            **values,
            before=request.version,
        ):
            return False
        self._put_candidates(tx, request)
        return True

    def get(self, number: str) -> Request | None:
        """The request of an id, or of the beginning of one that is nobody else's."""
        found = self._read("WHERE id = :id", id=number)
        if not found and len(number) >= 3:
            found = self._read("WHERE id LIKE :part ORDER BY id", part=number.replace("%", "").replace("_", "") + "%")
        return found[0] if len(found) == 1 else None

    def of_question(self, question_id: int) -> list[Request]:
        """The requests that came from a question of the conversation, the oldest first."""
        return self._read("WHERE question_id = :q ORDER BY created_time, id", q=question_id)

    def of_asker(self, platform: str, asker: str, limit: int = 5) -> list[Request]:
        """What somebody asked, the latest first."""
        return self._read(
            "WHERE platform = :platform AND asker = :asker ORDER BY created_time DESC, id LIMIT :limit",
            platform=platform,
            asker=asker,
            limit=limit,
        )

    def unfinished(self) -> list[Request]:
        """Those that are neither answered nor withdrawn, the urgent first, then the oldest."""
        return self._read("WHERE state NOT IN ('answered', 'withdrawn') ORDER BY urgent DESC, created_time, id")

    def due(self, now: int) -> list[Request]:
        """Of those, the ones that the clock has to look at."""
        return [one for one in self.unfinished() if one.look_time <= now]

    def since(self, time: int) -> list[Request]:
        """Those that came from `time` on, and all that are unfinished, the oldest first."""
        return self._read(
            "WHERE created_time >= :time OR state NOT IN ('answered', 'withdrawn') ORDER BY created_time, id", time=time
        )

    def standing_at(self, channel: str, ts: str) -> Request | None:
        """The request whose message in a channel this is."""
        return next(iter(self._read("WHERE channel = :channel AND ts = :ts", channel=channel, ts=ts)), None)

    def loads(self, people: Iterable[int]) -> dict[int, int]:
        """How much is with each of these people at the moment: requests asked or taken, and sessions ahead."""
        load = dict.fromkeys(people, 0)
        rows = self.db.read(
            "SELECT holder_id, COUNT(*) FROM requests WHERE state IN ('asked', 'claimed') AND holder_id IS NOT NULL"
            " GROUP BY holder_id"
        )
        rows += self.db.read(
            "SELECT p.person_id, COUNT(*) FROM nudge_people p JOIN nudges n ON n.id = p.nudge_id"
            " WHERE n.state IN ('accepted', 'scheduled', 'reminded') GROUP BY p.person_id"
        )
        for person, number in rows:
            if person in load:
                load[person] += int(number)
        return load

    def was_asked(self, people: Iterable[int]) -> set[int]:
        """Those of these people who were ever sent a request."""
        rows = self.db.read("SELECT DISTINCT person_id FROM request_people WHERE asked_time IS NOT NULL")
        return set(people) & {int(row[0]) for row in rows}

    @staticmethod
    def _put_candidates(tx: Transaction, request: Request) -> None:
        rows = [
            (request.id, one.person, rank, one.retention, one.why, one.outcome, one.asked_time, one.due_time)
            for rank, one in enumerate(request.candidates)
        ]
        tx.insert(
            "request_people",
            "request_id, person_id, rank, retention, why, outcome, asked_time, due_time",
            rows,
            "ON CONFLICT (request_id, person_id) DO UPDATE SET rank = excluded.rank, outcome = excluded.outcome,"
            " asked_time = excluded.asked_time, due_time = excluded.due_time",
        )

    def _read(self, where: str, **params: Any) -> list[Request]:
        rows = self.db.read(f"SELECT {COLUMNS} FROM requests {where}", **params)
        people = "SELECT request_id, person_id, retention, why, outcome, asked_time, due_time"
        select = f"{people} FROM request_people WHERE request_id"
        held = parts_of(self.db, select, [row[0] for row in rows], "rank, person_id")
        return [_request(row, tuple(Candidate(*one) for one in held[row[0]])) for row in rows]


def _values(one: Request) -> dict[str, Any]:
    return {
        "id": one.id, "text": one.text, "platform": one.platform, "place": one.place, "thread": one.thread,
        "asker": one.asker, "asker_name": one.asker_name, "asker_id": one.asker_id, "private": int(one.private),
        "urgent": int(one.urgent), "question_id": one.question_id, "repo_id": one.repo_id, "area": one.area,
        "topic": one.topic, "state": one.state, "version": one.version, "created_time": one.created,
        "state_time": one.state_time, "look_time": one.look_time, "holder_id": one.holder,
        "holder_name": one.holder_name, "channel": one.channel, "ts": one.ts, "answer": one.answer,
        "facts": json.dumps(dict(one.facts), sort_keys=True),
    }  # fmt: skip


def _request(row: Row, candidates: tuple[Candidate, ...]) -> Request:
    (
        number, text, platform, place, thread, asker, asker_name, asker_id, private, urgent, question_id, repo_id,
        area, topic, state, version, created, state_time, look, holder, holder_name, channel, ts, answer, facts,
    ) = row  # fmt: skip
    return Request(
        number, text, created, platform, place, thread, asker, asker_name, asker_id, bool(private), bool(urgent),
        question_id, repo_id, area, topic, state, state_time, look, holder, holder_name, channel, ts, answer, version,
        json.loads(facts), candidates,
    )  # fmt: skip
