"""Sketches from what is stored: a question and its answer, a session and what its people wanted written down."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.wiki.drafting import Sketch, from_question, from_session, from_thread, title_of
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.nudges import Nudges
from knowledge.store.requests import Requests


def of_question(db: Database, number: int) -> Sketch:
    """What an answer would be as a page; where a person answered it after all, theirs.

    Raises:
        Mistake: there is no such question.
    """
    rows = db.read("SELECT text, answer FROM questions WHERE id = :id", id=number)
    if not rows:
        raise Mistake(f"there is no question {number}", "`lamp ask --json` tells the number of a question.")
    if answered := next((one for one in Requests(db).of_question(number) if one.state == "answered"), None):
        return of_request(db, answered.id)
    text, answer = rows[0]
    told = json.loads(answer or "{}")
    return from_question(number, text, told if isinstance(told, dict) else {})


def of_request(db: Database, number: str) -> Sketch:
    """What a person's answer to a colleague would be as a page.

    Raises:
        Mistake: there is no such request, or it has no answer.
    """
    one = Requests(db).get(number)
    if one is None or one.state != "answered":
        raise Mistake(f"there is no answered request {number!r}", "`lamp requests` lists them with their ids.")
    links = [*([one.area] if one.area else []), *(str(link) for link in one.facts.get("links", ()))]
    sketch = from_thread([one.text, one.answer], f"request {one.id}")
    said = replace(sketch, title=title_of(one.text), text=one.answer, question_id=one.question_id)
    return replace(said, links=tuple(dict.fromkeys([*sketch.links, *links])))


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
