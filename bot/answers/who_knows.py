"""Who knows a file, directory or topic now: at most three people who are around, why, and a backup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from bot.answer import (
    Answer,
    Asked,
    Ground,
    about,
    ask_back,
    called,
    catch_up_note,
    code,
    coverage_note,
    join,
    not_known,
    person_line,
    reachable,
    sentence,
    taken_to_mean,
)
from bot.message import Note, Part, People, Source, Sources, Text, plain
from bot.telling import reviewing
from bot.telling.citing import by_id, commit_evidence, commit_source, dated, page_source, whole
from bot.telling.one_person import of_person
from knowledge.activation.past import PastCommit
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.model import Evidence, Knower, WhoKnows

SAY = "who knows {}?"
MOSTLY = 0.5  # of a place changed by others since: then most of it is new to whoever knew it
READ_COMMITS = 30  # of those that words found are held against the topic; the rest only weighs in


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "who knows …"."""
    subject = asked.meaning.subject
    if not subject and asked.before is None:
        return Answer((Text("Who knows what? Name a file, a directory or a topic, such as “the json provider”."),))
    found = ground.resolver.subject(subject) if subject else asked.before
    assert found is not None  # noqa: S101
    if isinstance(found, Unknown):
        return not_known(found, SAY)
    if isinstance(found, Several) and not found.loose:
        return ask_back(found, SAY)
    if isinstance(found, Several):  # "blueprints" fits several files: all of them together are the topic
        found = Target("topic", topic=subject, paths=named_apart(found))
    if found.kind == "person":
        return of_person(ground, found)
    told = set(asked.before_people) if asked.meaning.more else set()
    if found.kind == "topic":
        return of_topic(ground, found, told)
    if reviewing.asks_for_review(asked.meaning.text):
        return reviewing.of_place(ground, found, asked, told)
    return of_place(ground, found, told)


def of_place(ground: Ground, target: Target, told: AbstractSet[str] = frozenset()) -> Answer:
    """Who knows a file, directory or repository; `told` are names that were said already."""
    from knowledge.insight import who_knows

    knows = who_knows(ground.db, target.repo_id, target.path, ground.now, top=ground.options.people + len(told))
    past = ground.past(target.repo_id)
    if target.kind in {"file", "symbol", "line"}:
        latest = past.of_file(target.path, 1)
    else:
        latest = past.of_directory(target.path, 1)
    sources = tuple(commit_source(ground, c) for c in latest)
    evidence = tuple(commit_evidence(c, target.path) for c in latest)
    return told_people(ground, target, knows, sources, evidence, told)


def told_people(
    ground: Ground,
    target: Target,
    knows: WhoKnows,
    sources: Sequence[Source],
    evidence: Sequence[Evidence],
    told: Iterable[str] = (),
) -> Answer:
    """People as an answer, or the sentence that nobody active knows it."""
    said = set(told)
    people = tuple(k for k in reachable(ground, knows) if k.person.name not in said)
    parts: list[Part] = []
    meant = taken_to_mean(target)
    if people:
        who = knows_now(people, about(target))
        if said:
            who = f"Besides {join([plain(n) for n in sorted(said)])}:"
        parts += [Text(f"{meant} {who}".strip()), People(tuple(person_line(ground, k) for k in people))]
    elif said and knows.backup is not None and knows.backup.person.name not in said:
        people = (knows.backup,)
        parts += [Text("The next one to ask:"), People((person_line(ground, knows.backup),))]
    elif said:
        parts.append(Text(f"Nobody else who is around knows {about(target)} well enough to be named."))
    else:
        nobody = sentence(knows.nobody) or f"Nobody active knows {about(target)} now."
        parts.append(Text(f"{meant} {nobody}".strip()))
    backup = knows.backup if people else None  # the sentence that nobody knows it names the way back in
    if (
        backup is not None
        and backup.person.reachable(ground.now)
        and backup.person.name not in said | {k.person.name for k in people}
    ):
        parts.append(Note(f"If they are busy: {plain(backup.person.name)} ({backup.why})."))
    named = people or tuple(k for k in (knows.backup,) if k is not None and not said)
    parts += catch_up_note(target, named)
    if sources:
        parts.append(Sources(tuple(sources)))
    return Answer(tuple(parts), target, people, tuple(evidence), abstained=not people, extra=as_extra(knows))


def knows_now(people: Sequence[Knower], place: str) -> str:
    """Who of these knows a place as it is now, and to whom most of it is new, in a sentence."""
    holds = [called(one.person.name) for one in people if one.staleness < MOSTLY]
    new_to = join([called(one.person.name) for one in people if one.staleness >= MOSTLY])
    if not holds:
        which = "comes" if len(people) == 1 else "come"
        return f"{new_to} {which} closest to knowing {place} now, though most of it changed since."
    if new_to:
        return f"{join(holds)} {'knows' if len(holds) == 1 else 'know'} {place} now; most of it is new to {new_to}."
    return (
        f"{holds[0]} knows {place} best now."
        if len(holds) == 1
        else f"These know {place} now; ask the first one first."
    )


def as_extra(knows: WhoKnows) -> dict[str, object]:
    """What `lamp who --json` adds."""
    backup = knows.backup
    return {
        "nobody": knows.nobody,
        "backup": {"name": backup.person.name, "email": backup.person.email, "why": backup.why} if backup else None,
    }


# -- topics -----------------------------------------------------------------------------------------------------------


def of_topic(ground: Ground, target: Target, told: AbstractSet[str] = frozenset()) -> Answer:
    """Who knows a topic: from the commits and pages that speak of it, and the paths that belong to it."""
    knows, commits, pages = knowers(ground, target)
    if not target.paths and not commits and not pages:
        nothing = f"Nothing that I read speaks of “{plain(target.topic)}”, so I cannot tell who knows it."
        return Answer((Text(nothing), *coverage_note(ground)), target, abstained=True)
    sources = [commit_source(ground, c) for c in commits[:2]]
    sources += [page_source(ground, page) for page in pages[:1]]
    evidence = [commit_evidence(c, c.path) for c in commits[:2]] + pages[:1]
    if target.paths:
        target = replace(target, meant="")
    answered = told_people(ground, target, knows, sources, evidence, told)
    notes: list[Part] = list(coverage_note(ground))
    if target.paths:
        notes.insert(0, Note(f"Taken together: {join([code(p) for p in target.paths[:4]])}."))
    return replace(answered, parts=(*answered.parts, *notes))


def knowers(ground: Ground, target: Target) -> tuple[WhoKnows, list[PastCommit], list[Evidence]]:
    """The people for a topic, with the commits and pages that speak of it, best first."""
    from knowledge.activation.topics import SEARCHED, work_among
    from knowledge.insight import who_knows_topic

    search = ground.search()
    hits = work_among(ground.db, search.commits(target.topic, SEARCHED), ground.now) if search else []
    read = {c.id: c for c in by_id(ground, [hit.id for hit in hits[:READ_COMMITS]])}
    told = [h for h in hits if h.id in read and speaks_of(f"{read[h.id].subject} {read[h.id].body}", target.topic)]
    hits = [*told, *hits[READ_COMMITS:]] if told else []
    pages = search.pages(target.topic, 5) if search else []
    if (
        not target.paths
        and search
        and (not pages or search.confidence(target.topic, pages) < ground.options.confidence)
    ):
        pages = [e for e in pages if speaks_of(f"{e.path} {e.title} {whole(ground, e)}", target.topic)]
    paths = [p.path for p in places(ground, target.paths)] if target.paths else [e.path for e in pages]
    knows = who_knows_topic(ground.db, hits, paths, ground.now, top=ground.options.people)
    return knows._replace(target=target.topic), [read[h.id] for h in told[:3]], [dated(ground, e) for e in pages]


FEW_WORDS = 4  # "vacation policy" is not spoken of where only policies are
_LITTLE = frozenset(
    "the a an of in on for to and or how why what where when who is are do does we i it our my with about by".split()
)


def speaks_of(text: str, topic: str) -> bool:
    """Whether a text holds most of a topic's few words, in whatever form; of a long question's, at least half."""
    wanted = [w for w in re.findall(r"[a-z0-9]+", topic.lower()) if w not in _LITTLE]
    words = set(re.findall(r"[a-z0-9]+", text.lower()))
    held = sum(
        any(w == x or (len(w) > 3 and (x.startswith(w[:-1]) or (w.startswith(x) and len(x) > 3))) for x in words)
        for w in wanted
    )
    return bool(wanted) and (2 * held > len(wanted) or (len(wanted) > FEW_WORDS and 2 * held == len(wanted)))


def named_apart(several: Several) -> tuple[str, ...]:
    """Their paths, with the repository where a path alone does not tell them apart."""
    return tuple(f"{at.repo}:{at.path}" if several.mixed else at.path for at in several.choices)


def places(ground: Ground, paths: Sequence[str]) -> list[Target]:
    """The living places that a topic's paths name; a trailing `/**` or `*` means the directory."""
    found = []
    for path in paths:
        place = ground.resolver.place(path.rstrip("*").rstrip("/") or path)
        if isinstance(place, Target) and place.kind in {"file", "directory"}:
            found.append(place)
    return found


def first_to_ask(ground: Ground, topic: str) -> tuple[Knower, ...]:
    """The people to ask about something that no page answers."""
    knows, _, _ = knowers(ground, Target("topic", topic=topic))
    return reachable(ground, knows)
