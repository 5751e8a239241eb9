"""Reads what was asked in a span of time, and which pages the answers rested on."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from knowledge.asking.asked import Asked
from knowledge.store.database import Database
from knowledge.store.newcomers import new_since, was_new

CHATTER = ("none", "help", "report")  # what is no question about the team's work

# Questions that a person answered after all.
_MET = "SELECT question_id FROM requests WHERE state = 'answered' AND state_time <= :until AND question_id IS NOT NULL"


class Asking(NamedTuple):
    """The questions of a span, oldest first, and how many answers rested on each page."""

    questions: tuple[Asked, ...]
    rests_on: Counter[str]  # path → answers
    platforms: frozenset[str]


def read_asked(db: Database, since: int, until: int) -> Asking:
    """What was asked after `since` and by `until`, both seconds UTC."""
    verdicts: dict[int, set[str]] = {}
    for number, verdict in db.read("SELECT question_id, verdict FROM feedback WHERE time <= :until", until=until):
        verdicts.setdefault(number, set()).add(verdict)
    met = {row[0] for row in db.read(_MET, until=until)}
    rows = db.read(
        "SELECT id, time, platform, place, asker, text, intent, abstained, answer FROM questions"
        " WHERE time > :since AND time <= :until ORDER BY time, id",
        since=since,
        until=until,
    )
    since_when = new_since(db, until)
    questions, rests_on, platforms = [], Counter[str](), set()
    for number, time, platform, place, asker, text, intent, abstained, answer in rows:
        told = json.loads(answer) if answer else {}
        if intent in CHATTER or told.get("mistake") or told.get("fault") or "request" in told:
            continue
        platforms.add(platform)
        said = frozenset(verdicts.get(number, ()) if number not in met else {"helpful"})
        private = place.rpartition("/")[2].startswith("D") and platform != "terminal"
        who = f"{platform}/{asker}"
        one = Asked(
            number, time, " ".join(text.split()), not abstained, said, private, who, was_new(since_when, who, time)
        )
        questions.append(one)
        if one.answered:
            pages = {e["path"] for e in told.get("evidence", ()) if e.get("kind") in {"doc", "wiki"}}
            rests_on.update(pages)
    return Asking(tuple(questions), rests_on, frozenset(platforms))
