"""Who should review a change to a place: at most three people who are around, and why; never the one who asks."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from bot.answer import Answer, Asked, Ground, about, called, code, join, person_line, reachable, sentence, taken_to_mean
from bot.message import Note, Part, People, Sources, Text, plain
from bot.people.asker import person_of
from bot.telling.citing import commit_evidence, commit_source
from knowledge.activation.reviewers import LOOK_BACK_DAYS
from knowledge.activation.reviewing_people import who_reviews
from knowledge.activation.taking import Merge
from knowledge.asking.targets import Target
from knowledge.errors import Mistake
from knowledge.insight import who_knows
from knowledge.memory import DAY
from knowledge.model import Knower

_REVIEW = re.compile(r"\b(?:reviews?|reviewers?|reviewing|approves?|approvers?|sign(?:s)? off)\b", re.IGNORECASE)
_CANDIDATES = 4  # so many are looked for beyond those who were named already


def asks_for_review(text: str) -> bool:
    """Whether a question is for somebody to review: "who can review src/auth?", not "who reviewed it?"."""
    return _REVIEW.search(text) is not None


def of_place(ground: Ground, target: Target, asked: Asked, told: AbstractSet[str] = frozenset()) -> Answer:
    """The people to ask for a review of a change to a file, directory or repository."""
    since = ground.now - LOOK_BACK_DAYS * DAY
    trouble = ""
    merges: tuple[Merge, ...] = ()
    try:
        merges = tuple(ground.git.merges(target.repo_id, since, ground.now)) if ground.git else ()
    except Mistake as mistake:  # the repository is not where it was indexed
        trouble = f"Merges are not counted: {mistake}"
    asker = person_of(ground, asked.incoming.asker, target.repo_id)
    knows = who_reviews(
        ground.db, target.repo_id, target.path, ground.now, _CANDIDATES + len(told),
        merges=merges, author=asker.id if asker else None,
    )  # fmt: skip
    left = [knower for knower in (*knows.people, *filter(None, [knows.backup])) if knower.person.name not in told]
    people = reachable(ground, knows._replace(people=tuple(left)))
    backup = next((knower for knower in left if knower not in people), None)
    parts: list[Part] = []
    if people:
        first = f"Ask {called(people[0].person.name)} to review a change to {about(target)}"
        others = join([called(knower.person.name) for knower in people[1:]])
        lead = (
            f"Besides {join([plain(name) for name in sorted(told)])}: {first[0].lower()}{first[1:]}" if told else first
        )
        parts.append(Text(f"{taken_to_mean(target)} {lead}{f', else {others}' if others else ''}.".strip()))
        parts.append(People(tuple(person_line(ground, knower) for knower in people)))
        if backup is not None:
            parts.append(Note(f"If they are busy: {plain(backup.person.name)} ({backup.why})."))
    else:
        said = knows.nobody or f"nobody else who is around has reviewed or changed {target.path or target.repo}."
        if asker is not None and _is_alone(ground, target, merges, asker.id):
            said = f"nobody but you, of those who are around, has reviewed or changed {target.path or target.repo}."
        near = ""
        if (around := _next_door(ground, target, told | {asker.name} if asker else told)) is not None:
            backup, folder = around
            where = code(f"{folder}/") if folder else "the rest"
            near = f" Next door, {called(backup.person.name)} knows {where}: {backup.why}."
        parts.append(Text(f"{taken_to_mean(target)} {sentence(said)}{near}".strip()))
    latest = ground.past(target.repo_id).of_file(target.path, 1) if target.kind in {"file", "symbol", "line"} else (
        ground.past(target.repo_id).of_directory(target.path, 1)
    )  # fmt: skip
    if trouble:
        parts.append(Note(trouble))
    parts.append(Sources(tuple(commit_source(ground, commit) for commit in latest)))
    extra: dict[str, object] = {
        "review": True,
        "nobody": knows.nobody,
        "backup": {"name": backup.person.name, "email": backup.person.email, "why": backup.why} if backup else None,
    }
    evidence = tuple(commit_evidence(commit, target.path) for commit in latest)
    return Answer(tuple(parts), target, people, evidence, abstained=not people, extra=extra)


def _is_alone(ground: Ground, target: Target, merges: tuple[Merge, ...], asker: int) -> bool:
    """Whether the one who asks is all there is."""
    knows = who_reviews(ground.db, target.repo_id, target.path, ground.now, 2, merges=merges)
    return [knower.person.id for knower in knows.people] == [asker]


def _next_door(ground: Ground, target: Target, without: AbstractSet[str]) -> tuple[Knower, str] | None:
    """Whoever knows best what is around a place where nobody reviews it, and that directory ("" for the top)."""
    path = target.path
    while path:
        path = path.rpartition("/")[0]
        knows = who_knows(ground.db, target.repo_id, path, ground.now, top=1 + len(without))
        for one in reachable(ground, knows):
            if one.person.name not in without:
                return one, path
    return None
