"""Sketches from what is stored: a question and its answer, a session and what its people wanted written down."""

from __future__ import annotations

import json

from bot.wiki.drafting import Sketch, from_question, from_session
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.nudges import Nudges


def of_question(db: Database, number: int) -> Sketch:
    """What an answer would be as a page.

    Raises:
        Mistake: there is no such question.
    """
    rows = db.read("SELECT text, answer FROM questions WHERE id = :id", id=number)
    if not rows:
        raise Mistake(f"there is no question {number}", "`lamp ask --json` tells the number of a question.")
    text, answer = rows[0]
    told = json.loads(answer or "{}")
    return from_question(number, text, told if isinstance(told, dict) else {})


def of_session(db: Database, number: str) -> tuple[Sketch, tuple[int, ...]]:
    """The notes of a session as a page, and its people.

    Raises:
        Mistake: there is no such session.
    """
    nudge = Nudges(db).get(number)
    if nudge is None:
        raise Mistake(f"there is no session {number}", "Its id stands in the message that proposed it.")
    notes = [one.note for one in nudge.parties]
    return from_session(nudge.id, nudge.area, notes), nudge.people
