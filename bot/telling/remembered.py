"""What people answered when they were asked, as evidence: who said it when, in their own words, still right or not."""

from __future__ import annotations

from typing import NamedTuple

from bot.dates import day
from bot.message import Source, plain
from bot.phrases import called, code, count, join
from knowledge.model import SOMEONE, Evidence, Freshness
from knowledge.store.database import Database
from knowledge.store.requests import Request, Requests

FOLDER = "answers/"
MOST_QUOTED = 1800  # characters


class Said(NamedTuple):
    """An answer as it is quoted."""

    lead: str
    question: str
    answer: str
    source: str


def said(db: Database, evidence: Evidence, text: str) -> Said:
    """The answer behind a passage: whole where it is short, else the piece that was found."""
    one = request_of(db, evidence)
    if one is None:
        return Said("This was answered before:", evidence.title, text, evidence.path)
    name, when = who(db, one), day(one.state_time)
    whole = one.answer if len(one.answer) <= MOST_QUOTED else text.removeprefix(one.text).strip()
    lead = f"{called(name)} answered this on {when}, when somebody asked “{plain(_short(one.text))}”:"
    return Said(lead, one.text, whole, f"answer of {plain(name)}, {when}")


def since(verdict: Freshness) -> str:
    """How far what the answer names has moved since it was given."""
    if verdict.missing:
        gone = join([code(name) for name in verdict.missing[:2]])
        return f"It names {gone}, which {'is' if len(verdict.missing) == 1 else 'are'} no longer there."
    if verdict.drift:
        return f"Since then {count(verdict.drift, 'commit')} changed what it names: worth a second look."
    return "Nothing that it names has changed since." if verdict.named else "It was said in answer to a colleague."


def source(db: Database, evidence: Evidence) -> Source:
    """A citation of an answer."""
    one = request_of(db, evidence)
    return Source(f"answer of {plain(who(db, one))} · {day(one.state_time)} · {one.id}" if one else evidence.path)


def dated(db: Database, evidence: Evidence) -> Evidence:
    """The evidence with the day on which it was said."""
    one = request_of(db, evidence)
    return evidence._replace(date=one.state_time) if one else evidence


def request_of(db: Database, evidence: Evidence) -> Request | None:
    """The request whose answer a passage is."""
    return Requests(db).get(evidence.path.removeprefix(FOLDER))


def who(db: Database, one: Request) -> str:
    """Who answered; "someone" for whom does not want to be named."""
    rows = db.read("SELECT name, opted_out FROM people WHERE id = :id", id=one.holder) if one.holder else []
    if rows:
        return SOMEONE if rows[0][1] else str(rows[0][0])
    return one.holder_name or SOMEONE


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:119].rstrip() + "…"
