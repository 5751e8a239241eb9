"""Questions and what was said to them: threads that survive a restart, demand for reports, feedback, `asked` events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from knowledge.store.database import Database, Row


class Turn(NamedTuple):
    """A question of a thread and its answer; `target` and `answer` are the objects that were stored."""

    id: int
    time: int
    asker: str
    text: str
    intent: str
    target: dict[str, Any]
    abstained: bool
    answer: dict[str, Any]


class Questions:
    """The table `questions`, and what hangs on it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def thread(self, platform: str, place: str, thread: str, limit: int = 6) -> list[Turn]:
        """The latest turns of a thread, newest first."""
        rows = self._db.read(
            """SELECT id, time, asker, text, intent, target, abstained, answer FROM questions
               WHERE platform = :platform AND place = :place AND thread = :thread ORDER BY id DESC LIMIT :limit""",
            platform=platform, place=place, thread=thread, limit=limit,
        )  # fmt: skip
        return [_turn(row) for row in rows]

    def get(self, number: int) -> Turn | None:
        """The question of an id, with its answer."""
        rows = self._db.read(
            "SELECT id, time, asker, text, intent, target, abstained, answer FROM questions WHERE id = :id", id=number
        )
        return next((_turn(row) for row in rows), None)

    def where(self, number: int) -> tuple[str, str]:
        """The place and the thread in which a question was asked; empty for one that does not exist."""
        rows = self._db.read("SELECT place, thread FROM questions WHERE id = :id", id=number)
        return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")

    def record(
        self, *, time: int, platform: str, place: str, thread: str, asker: str, person_id: int | None,
        text: str, intent: str,
        target: Mapping[str, Any], abstained: bool, answer: Mapping[str, Any], took_ms: int,
        node_id: int | None = None, topic: str = "",
    ) -> int:  # fmt: skip
        """Keep a question, its answer and, where the asker is known, the event `asked`; returns the question's id."""
        with self._db.aside() as tx:  # what is remembered of the store rests on no question
            ((question_id,),) = tx.run(
                """INSERT INTO questions (time, platform, place, thread, person_id, asker, text, intent, target,
                                          abstained, answer, took_ms)
                   VALUES (:time, :platform, :place, :thread, :person, :asker, :text, :intent, :target, :abstained,
                           :answer, :took_ms) RETURNING id""",
                time=time, platform=platform, place=place, thread=thread, person=person_id, asker=asker, text=text,
                intent=intent, target=json.dumps(target), abstained=int(abstained), answer=json.dumps(answer),
                took_ms=took_ms,
            )  # fmt: skip
            if person_id is not None and (node_id is not None or topic):
                tx.run(
                    """INSERT INTO events (kind, person_id, node_id, topic, time, weight, reference)
                       VALUES ('asked', :person, :node, :topic, :time, 1, :reference)""",
                    person=person_id, node=node_id, topic=topic, time=time, reference=f"question {question_id}",
                )  # fmt: skip
        return int(question_id)

    def feedback(self, question_id: int, asker: str, verdict: str, note: str, time: int) -> bool:
        """Keep what somebody thought of an answer, the latest counting; False for a question that does not exist."""
        with self._db.transaction() as tx:
            if not tx.run("SELECT 1 FROM questions WHERE id = :id", id=question_id):
                return False
            tx.run(
                """INSERT INTO feedback (question_id, asker, verdict, note, time)
                   VALUES (:id, :asker, :verdict, :note, :time)
                   ON CONFLICT (question_id, asker)
                   DO UPDATE SET verdict = excluded.verdict, note = excluded.note, time = excluded.time""",
                id=question_id, asker=asker, verdict=verdict, note=note, time=time,
            )  # fmt: skip
        return True


def _turn(row: Row) -> Turn:
    number, at, asker, text, intent, target, abstained, answer = row
    return Turn(number, at, asker, text, intent, _object(target), bool(abstained), _object(answer))


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text) if text else {}
    return value if isinstance(value, dict) else {}
