"""Who last touched a file, directory, symbol, line or topic; what was left out of that; and who knows it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.answer import (
    Answer,
    Asked,
    Ground,
    about,
    ask_back,
    code,
    coverage_note,
    hand_as_json,
    not_known,
    person_line,
    reachable,
    taken_to_mean,
)
from bot.dates import day
from bot.message import Note, Part, People, Sources, Text, plain
from bot.telling.citing import commit_evidence, commit_source
from bot.telling.one_person import of_person
from bot.touches import Last, last_of, nobody_now, notes, sentence, why_skipped
from knowledge.activation.past import PastCommit
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.model import Knower, Person, WhoKnows

LOOK_BACK = 60  # touches are looked through for one that counts
LOOK_THROUGH = 5  # times git is asked again, without the commits that do not count
SAY = "who last touched {}?"


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "who last touched …"."""
    subject = asked.meaning.subject
    if not subject and asked.before is None:
        return Answer(
            (Text("Who last touched what? Name a file, a directory, a symbol or a line, such as `src/app.py:120`."),)
        )
    found = ground.resolver.subject(subject) if subject else asked.before
    assert found is not None  # noqa: S101
    if isinstance(found, Several):
        return ask_back(found, SAY)
    if isinstance(found, Unknown):
        return not_known(found, SAY)
    return of_target(ground, found)


def of_target(ground: Ground, target: Target) -> Answer:
    """Answer for a place that is known."""
    if target.kind == "person":
        return of_person(ground, target)
    if target.kind == "topic":
        return _of_topic(ground, target)
    if target.kind in {"line", "symbol"} and (blamed := _blamed(ground, target)) is not None:
        return blamed
    limit = LOOK_BACK
    past = ground.past(target.repo_id)
    touches = (
        past.of_file(target.path, limit)
        if target.kind in {"file", "line", "symbol"}
        else past.of_directory(target.path, limit)
    )
    last = last_of(touches)
    if last is None:
        return Answer(
            (Text(f"Nothing in the history touches {about(target)}{_by_then(ground)}."),), target, abstained=True
        )
    return _told(ground, target, last, _file_level(target))


def _told(ground: Ground, target: Target, last: Last, level: str = "") -> Answer:
    commit = last.commit
    told = sentence(last, about(target), ground.now, alive=target.alive)
    parts: list[Part] = [Text(f"{taken_to_mean(target)} {told}".strip())]
    knows = knows_now(ground, target)
    now_people = reachable(ground, knows) if knows else ()
    others_now = tuple(k for k in now_people if k.person.id != commit.author.person_id)
    if target.alive and knows is not None:
        parts += _who_now(ground, now_people, others_now, commit, knows.backup)
    parts.append(Sources((commit_source(ground, commit),)))
    parts += _notes(target, last, level)
    toucher = Knower(
        Person(commit.author.person_id, commit.author.name, commit.author.email),
        0.0,
        -1.0,
        -1.0,
        commit.time,
        "last touched it",
    )
    known = next((k for k in (knows.people if knows else ()) if k.person.id == commit.author.person_id), None)
    people = (known or toucher, *(k for k in others_now))
    return Answer(
        tuple(parts),
        target,
        people,
        (commit_evidence(commit, target.path or commit.path),),
        extra={"last": as_json(target, last, now_people)},
    )


def _who_now(
    ground: Ground, people: Sequence[Knower], others: Sequence[Knower], commit: PastCommit, spare: Knower | None
) -> list[Part]:
    if not people:
        told = nobody_now(commit, spare, ground.now)
        return [Text(told)] if told else []
    if people[0].person.id == commit.author.person_id:
        return []
    return [Text("Who knows it now:"), People(tuple(person_line(ground, k) for k in others[:2]))]


def _notes(target: Target, last: Last, level: str) -> list[Part]:
    is_file = target.kind in {"file", "line", "symbol"}
    return [Note(said) for said in (level, *notes(last, target.path if is_file else "")) if said]


def knows_now(ground: Ground, target: Target) -> WhoKnows | None:
    """Who knows a place now."""
    from knowledge.insight import who_knows

    return who_knows(ground.db, target.repo_id, target.path, ground.now)


def _file_level(target: Target) -> str:
    if target.kind == "line":
        return "This is about the whole file: the line itself could not be asked of git."
    if target.kind == "symbol":
        return f"This is about the whole file {target.path}, not {target.symbol} alone."
    return ""


def _by_then(ground: Ground) -> str:
    return f" up to {day(ground.as_of)}" if ground.as_of is not None else ""


# -- lines ------------------------------------------------------------------------------------------------------------


def _blamed(ground: Ground, target: Target) -> Answer | None:
    """The newest of the commits that last changed these lines; None where git cannot be asked."""
    if ground.blame is None or ground.as_of is not None:
        return None
    past, span = ground.past(target.repo_id), (target.path, target.line, target.line_end)
    seen: dict[str, PastCommit] = {}  # those that say nothing of who worked here; git looks through them
    for _ in range(LOOK_THROUGH):
        shas = ground.blame(target.repo_id, *span, list(seen))
        if not shas:
            if target.kind == "symbol":
                return None
            return Answer((Text(f"{code(target.path)} has no line {target.line}."),), target, abstained=True)
        commits = past.by_sha(list(dict.fromkeys(shas)))
        more = {c.sha: c for c in commits if c.sha not in seen and why_skipped(c) and not c.is_cut_off}
        if not more:
            break
        seen |= more
    last = last_of(sorted({**seen, **{c.sha: c for c in commits}}.values(), key=lambda c: -c.seq))
    return replace(_told(ground, target, last), target=target) if last is not None else None


# -- topics -----------------------------------------------------------------------------------------------------------


def _of_topic(ground: Ground, target: Target) -> Answer:
    """The last touch of the file that the words are found in, which is named."""
    if target.paths:
        return _of_paths(ground, target, target.paths)
    search = ground.search()
    found = search.pages(target.topic, 5) if search else []
    if not search or not found or search.confidence(target.topic, found) < ground.options.confidence:
        nowhere = f"I know no place called “{plain(target.topic)}”, and found none that is surely about it."
        return Answer(
            (Text(nowhere + " Which file or directory is it?"), *coverage_note(ground)), target, abstained=True
        )
    best = found[0]
    place = ground.resolver.place(best.path)
    if not isinstance(place, Target):
        place = replace(target, kind="file", path=best.path)
    answered = of_target(ground, replace(place, meant=target.topic))
    return replace(answered, parts=(*answered.parts, *coverage_note(ground)))


def _of_paths(ground: Ground, target: Target, paths: Sequence[str]) -> Answer:
    from bot.answers.who_knows import places

    newest: tuple[PastCommit, Target] | None = None
    skipped: list[tuple[PastCommit, str]] = []
    for place in places(ground, paths):
        past = ground.past(place.repo_id)
        touches = past.of_file(place.path, 20) if place.kind == "file" else past.of_directory(place.path, 20)
        last = last_of(touches)
        if last is None:
            continue
        skipped += last.skipped
        if newest is None or last.commit.time > newest[0].time:
            newest = (last.commit, place)
    if newest is None:
        return Answer((Text(f"Nothing in the history touches {about(target)}."),), target, abstained=True)
    return _told(ground, replace(newest[1], meant=target.meant or target.topic), Last(newest[0], tuple(skipped)))


# -- JSON -------------------------------------------------------------------------------------------------------------


def as_json(target: Target, last: Last, now_people: Sequence[Knower]) -> dict[str, Any]:
    """The object of `lamp last --json`."""
    from datetime import UTC, datetime

    commit = last.commit
    return {
        "path": target.path,
        "person": hand_as_json(commit.author),
        "commit": commit.sha,
        "date": datetime.fromtimestamp(commit.time, UTC).isoformat(),
        "subject": commit.subject,
        "skipped": [{"commit": c.sha, "why": why, "person": hand_as_json(c.author)} for c, why in last.skipped],
        "knows_now": [{"name": k.person.name, "email": k.person.email, "why": k.why} for k in now_people],
    }
