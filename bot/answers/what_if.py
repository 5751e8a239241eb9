"""What would go dark while somebody is away or when they leave, who could hold it, and in which order to hand over."""

from __future__ import annotations

import re
from typing import Any

from bot.answer import Answer, Asked, Ground, called, count, join
from bot.answers.person import whom
from bot.dates import day
from bot.message import Note, Part, Text, plain
from bot.people.asker import person_of
from bot.telling.area_words import as_json, name_of
from bot.understanding.absence import Absence, absence
from knowledge.areas.away import SESSION_MINUTES, Gap, Handover, while_away
from knowledge.asking.targets import Target
from knowledge.memory import DAY
from knowledge.model import Knower, Person

MOST_AREAS = 7
SAY = "what if {} is away?"
_MYSELF = re.compile(
    r"\b(?:if|when|while|once)\s+I(?:\b|['’]m\b)|^I(?:['’](?:m|ll)| am| will)\b|\bwithout (?:me|myself)\b",
    re.IGNORECASE,
)


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what if Ann is away next week?", "what would go dark if Ann leaves?"."""
    if not asked.meaning.subject and _MYSELF.search(asked.meaning.text):
        return _of_myself(ground, asked)
    said = asked.meaning.subject or (asked.before_people[0] if asked.before_people else "")
    if not said or said.lower() in {"someone", "somebody", "i"}:
        return Answer((Text("If who is away? Name somebody, such as “what if Ann is away next week?”."),))
    person = whom(ground, said, SAY)
    return person if isinstance(person, Answer) else _of_person(ground, asked, person)


def _of_myself(ground: Ground, asked: Asked) -> Answer:
    """Answer "what goes dark if I am away next week?"."""
    known = (person_of(ground, asked.incoming.asker, repo.id) for repo in ground.resolver.repos())
    person = next(filter(None, known), None)
    if person is None or person.opted_out:
        return Answer((Text("I cannot tell who you are in the history. Ask by name: “what if Ann is away?”."),))
    return _of_person(ground, asked, person)


def _of_person(ground: Ground, asked: Asked, person: Person) -> Answer:
    span = absence(asked.meaning.text, ground.now)
    gaps = [
        (repo.name, while_away(ground.db, repo.id, person.id, ground.now, span.since, span.until))
        for repo in ground.resolver.repos()
    ]
    return _told(ground, person, span, gaps)


def _told(ground: Ground, person: Person, span: Absence, gaps: list[tuple[str, Gap]]) -> Answer:
    several = len(gaps) > 1
    target = Target("person", topic=person.name, person_id=person.id)
    knower = Knower(person, 0.0, -1.0, -1.0, 0, "asked about")
    plan = [(repo if several else "", one) for repo, gap in gaps for one in gap.handovers]
    plan.sort(key=lambda one: (-one[1].risk, one[1].loss != "dark"))
    extra = {
        "away": {"since": day(span.since), "until": _last_day(span), "for_good": span.for_good},
        "handovers": [_as_json(repo, one) for repo, one in plan],
    }
    when = _when(span, ground.now)
    if not plan:
        if person.has_left(ground.now):
            when_left = f", on {day(person.left_time)}" if person.left_time else ""
            return Answer(
                (Text(f"{called(person.name)} has left already{when_left}."),), target, (knower,), extra=extra
            )
        held = sum(gap.held for _, gap in gaps)
        said = f"Nothing would be left with fewer than two active people if {called(person.name)} {when}"
        beside = f"; others are active in all {held} areas that they share" if held > 1 else ""
        return Answer((Text(f"{said}{beside}."),), target, (knower,), extra=extra)
    dark = sum(one.loss == "dark" for _, one in plan)
    parts: list[Part] = [Text(_opening(person, when, dark, len(plan) - dark))]
    shown = plan[:MOST_AREAS]
    lines = (f"{n}. {_line(repo, one, span.since)}" for n, (repo, one) in enumerate(shown, 1))
    parts.append(Text("\n".join(lines)))
    if len(plan) > len(shown):
        parts.append(Note(f"{count(len(plan) - len(shown), 'more area')} at less risk: {_names(plan[len(shown) :])}."))
    parts.append(
        Note(f"By what is at risk. A session is {SESSION_MINUTES} minutes together; their number is an estimate.")
    )
    return Answer(tuple(parts), target, (knower,), extra=extra)


def _when(span: Absence, now: int) -> str:
    if span.for_good:
        return "left" if span.since <= now else f"left on {day(span.since)}"
    if span.until is None:
        return "were away" if span.since <= now else f"were away from {day(span.since)} on"
    return f"were away from {day(span.since)} to {_last_day(span)}"


def _last_day(span: Absence) -> str | None:
    return None if span.until is None else day(max(span.since, span.until - DAY))


def _opening(person: Person, when: str, dark: int, alone: int) -> str:
    losses = []
    if dark:
        losses.append(f"{count(dark, 'area')} would have nobody active")
    if alone:
        losses.append(f"{count(alone, 'area')} would hang on one head")
    return f"If {called(person.name)} {when}, {join(losses)}. To hand over first:"


def _line(repo: str, one: Handover, since: int) -> str:
    where = f"{plain(repo)}: {name_of(one.area)}" if repo else name_of(one.area)
    state = "nobody left" if one.loss == "dark" else f"only {called(one.left[0].name)} left{_back(one.left[0], since)}"
    if not one.heirs:
        return f"{where} ({state}): nobody near it yet; write down what a newcomer needs."
    heir = one.heirs[0]
    sessions = count(heir.sessions, "session")
    back = _back(heir.person, since)
    return (
        f"{where} ({state}): {called(heir.person.name)} could hold it after about {sessions} ({plain(heir.why)}{back})."
    )


def _back(person: Person, since: int) -> str:
    """From when on somebody is there who is away when it begins."""
    span = person.away(since)
    return "" if span is None else f", back on {day(span[1])}"


def _names(plan: list[tuple[str, Handover]], most: int = 5) -> str:
    names = [name_of(one.area) for _, one in plan]
    return join([*names[:most], f"{len(names) - most} more"] if len(names) > most else names)


def _as_json(repo: str, one: Handover) -> dict[str, Any]:
    return {
        "area": as_json(one.area, repo),
        "loss": one.loss,
        "left": [person.name for person in one.left],
        "risk": round(one.risk, 3),
        "heirs": [
            {
                "name": heir.person.name, "email": heir.person.email, "sessions": heir.sessions,
                "staleness": round(heir.staleness, 3), "last_date": day(heir.last_time) if heir.last_time else None,
                "why": heir.why,
            }
            for heir in one.heirs
        ],
    }  # fmt: skip
