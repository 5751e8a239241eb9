"""Sketches from what is stored: a question and its answer, a session and what its people wanted written down."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.dates import day
from bot.nudging.kinds import FEWEST_OF_AN_ID
from bot.wiki.drafting import Sketch, from_question, from_session, from_thread, title_of
from knowledge.errors import Mistake
from knowledge.store.asked import CHATTER
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Nudges
from knowledge.store.requests import Requests

LOOKED_BACK = 200  # questions among which the latest that can become a page is looked for


def last_question(db: Database) -> int:
    """The latest question whose answer can become a page.

    Raises:
        Mistake: there is none.
    """
    rows = db.read(
        "SELECT id, intent, answer FROM questions WHERE abstained = 0 ORDER BY id DESC LIMIT :n", n=LOOKED_BACK
    )
    for number, intent, answer in rows:
        if intent not in CHATTER and not _is_about_asker(json.loads(answer or "{}")):
            return int(number)
    raise Mistake("there is no question yet whose answer could be a page", "Ask one first: `lamp ask`.")


def can_be_page(db: Database, number: int) -> bool:
    """Whether a question's answer is of use to others than who asked."""
    rows = db.read("SELECT answer FROM questions WHERE id = :id", id=number)
    return bool(rows) and not _is_about_asker(json.loads(rows[0][0] or "{}"))


def _is_about_asker(told: dict[str, Any]) -> bool:
    """Whether an answer is about whoever asked alone: a tour, the way back, what they said of themselves."""
    is_own = told.get("intent") == "person" and not told.get("target") and not told.get("people")
    return bool(told.get("tour") or told.get("refresh") or is_own)


def of_question(db: Database, number: int) -> Sketch:
    """What an answer would be as a page; where a person answered it after all, theirs.

    Raises:
        Mistake: there is no such question, or its answer is about who asked.
    """
    rows = db.read("SELECT text, answer FROM questions WHERE id = :id", id=number)
    if not rows:
        raise Mistake(f"there is no question {number}", "`lamp ask --json` tells the number of a question.")
    if answered := next((one for one in Requests(db).of_question(number) if one.state == "answered"), None):
        return of_request(db, answered.id)
    text, answer = rows[0]
    told = json.loads(answer or "{}")
    if _is_about_asker(told):
        raise Mistake(f"the answer to question {number} is about who asked it", "Name another, or write it yourself.")
    return from_question(number, text, told)


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
    wrote = (one.holder,) if one.holder is not None else ()
    return replace(said, links=tuple(dict.fromkeys([*sketch.links, *links])), wrote=wrote)


def of_session(db: Database, number: str) -> Sketch:
    """The notes of a session as a page; "last" is the latest that has any.

    Raises:
        Mistake: there is no such session, or nobody wrote anything down.
    """
    nudge = _session(db, number)
    wrote = [one for one in nudge.parties if one.note.strip()]
    if not wrote:
        cure = f'`lamp nudge told {nudge.id[:4]} yes "…"` does, or “Write it down…” in chat.'
        raise Mistake("nobody has written anything down about that session yet", cure)
    sketch = from_session(nudge.id, nudge.area, [one.note for one in wrote])
    when = f" on {day(nudge.meet_time)}" if nudge.meet_time else ""
    sources = tuple(f"{source}{when}" for source in sketch.sources)
    return replace(sketch, sources=sources, wrote=tuple(one.person for one in wrote))


def _session(db: Database, said: str) -> Nudge:
    """The one of an id, which may be cut short, or the last that somebody wrote something down about."""
    every = Nudges(db).since(0)
    if said == "last":
        noted = [one for one in every if any(party.note.strip() for party in one.parties)]
        found = sorted(noted, key=lambda one: one.meet_time or one.state_time)[-1:]
    else:
        found = [one for one in every if one.id.startswith(said)] if len(said) >= FEWEST_OF_AN_ID else []
    if len(found) == 1:
        return found[0]
    if found:
        raise Mistake(f"{said} could be {' or '.join(one.id for one in found)}", "Write more of it.")
    raise Mistake(f"there is no session {said!r}", "`lamp nudge inbox` shows yours; `last` is the latest with notes.")
