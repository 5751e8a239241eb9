"""A question → a request: what it is about, what was found so far, and who may know it, best first."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.answer import Ground
from bot.answers.who_knows import knowers
from bot.message import Asker
from knowledge.asking.targets import Target
from knowledge.model import Evidence, Knower
from knowledge.store.finding import by_chat
from knowledge.store.questions import Turn
from knowledge.store.requests import Candidate, Request, request_id

MOST = 6  # candidates
MOST_EVIDENCE = 3


def of_turn(ground: Ground, asker: Asker, turn: Turn, place: str, thread: str) -> Request:
    """From a question of the conversation, with what its answer found."""
    kept = {key: value for key, value in turn.target.items() if key in Target.__dataclass_fields__}
    kept["paths"] = tuple(kept.get("paths", ()))
    target = Target(**kept) if kept.get("kind") else None
    request = of_words(ground, asker, turn.text, place, thread, target)
    shown = evidence(turn.answer.get("evidence") or ())
    # One request for a question of somebody, however often the button is pressed.
    number = request_id(asker.platform, asker.id, turn.text, turn.id)
    facts = {**request.facts, "evidence": shown or request.facts["evidence"]}
    return replace(request, id=number, question_id=turn.id, facts=facts)


def of_words(ground: Ground, asker: Asker, text: str, place: str, thread: str, target: Target | None = None) -> Request:
    """From bare words; `target` is what they are about, where that is known."""
    if target is None or target.kind in {"person", "repository"}:
        target = Target("topic", topic=text)
    people, area, repo_id, found = _who(ground, target)
    person = by_chat(ground.db, asker.platform, asker.id, asker.email)
    candidates = tuple(Candidate(one.person.id, round(one.retention, 3), one.why) for one in people)
    zone = ground.db.read("SELECT timezone FROM people WHERE id = :id", id=person.id) if person else []
    return Request(
        request_id(asker.platform, asker.id, text, ground.now // 86_400),
        text,
        ground.now,
        platform=asker.platform,
        place=place,
        thread=thread,
        asker=asker.id,
        asker_name=asker.name or asker.email,
        asker_id=person.id if person else None,
        private=is_private(asker.platform, place, thread),
        repo_id=repo_id,
        area=area,
        topic=target.topic if target.kind == "topic" else "",
        facts={"evidence": evidence(one._asdict() for one in found), "zone": str(zone[0][0]) if zone else ""},
        candidates=candidates,
    )


def is_private(platform: str, place: str, thread: str) -> bool:
    """Whether only the asker read the question: a direct message, or an answer that only they were shown."""
    return platform == "slack" and (
        place.rpartition("/")[2].startswith("D") or thread.startswith(("lamp:", "pressed:"))
    )


def _who(ground: Ground, target: Target) -> tuple[list[Knower], str, int | None, Sequence[Evidence]]:
    """Who may know it, the place it is about, its repository, and what was found of it."""
    from knowledge.insight import who_knows

    if target.kind != "topic" and target.repo_id:
        knows = who_knows(ground.db, target.repo_id, target.path, ground.now, top=MOST)
        people = [*knows.people, *([knows.backup] if knows.backup else [])]
        return _each(people), target.path, target.repo_id, ()
    wide = replace(ground, options=replace(ground.options, people=MOST))
    knows, commits, pages = knowers(wide, target)
    people = _each([*knows.people, *([knows.backup] if knows.backup else [])])
    places = [(one.repo_id, one.path) for one in commits if one.path]
    repos = Counter(repo_id for repo_id, _ in places)
    repo_id = repos.most_common(1)[0][0] if repos else None
    area = _common([path for repo, path in places if repo == repo_id])
    return people, area, repo_id, pages


def _common(paths: Sequence[str]) -> str:
    """The directory that the paths share; "" where they share none."""
    return posixpath.commonpath([posixpath.dirname(path) for path in paths]) if paths else ""


def _each(people: Iterable[Knower]) -> list[Knower]:
    return list({one.person.id: one for one in people}.values())[:MOST]


def evidence(found: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What whoever is asked is shown of it: a label, and the words themselves."""
    shown = []
    for one in list(found)[:MOST_EVIDENCE]:
        first, last = one.get("line_start") or 0, one.get("line_end") or 0
        lines = f":{first}-{last}" if last > first else f":{first}" if first else ""
        commit = str(one.get("commit") or "")[:9]
        label = f"{one.get('path', '')}{lines}" if one.get("kind") != "commit" else f"{commit} · {one.get('title', '')}"
        shown.append({"label": label, "quote": str(one.get("quote") or "")[:600]})
    return shown
