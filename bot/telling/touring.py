"""The tour as an answer: what to know first and where to begin, ten questions that have an answer, a first small place.

For the eyes of whoever asks: nobody else needs to see who is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.answer import Answer, Asked, Ground, about, called, code, count, join, not_known
from bot.dates import ago, day
from bot.message import Choice, Choices, Note, Part, Sources, Text, plain
from bot.people import helping
from bot.people.asker import person_of
from bot.telling.citing import commit_source
from bot.telling.tour_asking import questions
from bot.telling.tour_questions import Question
from knowledge.areas.health import AreaHealth
from knowledge.areas.partition import Area
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.memory import DAY
from knowledge.model import Evidence, Knower, Person
from knowledge.store.newcomers import NEW_DAYS
from knowledge.store.touring import read_tour
from knowledge.ways_in.tour import Stop, Tour, TourFacts, central, stop_of, tour
from knowledge.ways_in.tour_places import Entry, FirstPlace, Reading, story

MOST_QUESTIONS, OF_AN_AREA = 10, 5
LOOKED_BACK = (
    "As of {day}, pages and files stand here by their names alone: what they said, which of them were small, and who"
    " had time is not kept, so lines, titles and a first small place are left out."
)


def answer(ground: Ground, asked: Asked, where: str) -> Answer:
    """A tour of an area or, with `where` empty, of the repository."""
    found: Target | Several | Unknown | None = ground.resolver.subject(where) if where else None
    if isinstance(found, Unknown):
        return not_known(found, "show me around {}")
    if isinstance(found, Several):
        directory = ground.resolver.place(f"{where.strip('`')}/")
        found = directory if isinstance(directory, Target) and directory.kind == "directory" else found.choices[0]
    repos = ground.resolver.repos()
    if not repos:
        return Answer((Text("I have read no repository yet."),), abstained=True)
    repo_id = found.repo_id if found is not None and found.repo_id else repos[0].id
    newcomer = person_of(ground, asked.incoming.asker, repo_id)
    team = _team(ground, newcomer, asked.incoming.asker.email)
    facts = read_tour(ground.db, repo_id, ground.now, newcomer, team, looks_back=ground.as_of is not None)
    if found is not None and found.kind != "repository":
        area = _area(facts, found, where)
        if area is None:
            said = f"{about(found)} belongs to no area that I could show you around; `tour` alone shows where to begin."
            return Answer((Text(said[0].upper() + said[1:]),), found, abstained=True, private=True)
        return _of_area(ground, facts, found, *area)
    repo = next(repo for repo in repos if repo.id == repo_id)
    return _whole(ground, asked, facts, Target("repository", repo.id, repo.name))


# -- whole ------------------------------------------------------------------------------------------------------------


def _whole(ground: Ground, asked: Asked, facts: TourFacts, target: Target) -> Answer:
    made = tour(facts)
    if not made.stops:
        said = "I know too little of this repository for a tour: no area of it was worked on within a year."
        return Answer((Text(said),), target, abstained=True, private=True)
    asking = questions(ground, facts, made.stops, MOST_QUESTIONS)
    number = _AREAS[len(made.stops) - 1]
    order = ", in the order to learn them:" if len(made.stops) > 1 else ":"
    door = f"Begin with {code(made.front.path)}. " if made.front is not None else ""
    parts: list[Part] = [Text(f"Welcome to **{plain(target.repo)}**! {door}{number} to know first{order}")]
    parts += [Text(_stop(stop, at, facts)) for at, stop in enumerate(made.stops, 1)]
    if made.first is not None:
        parts.append(Text(f"{_first_place(made.first, facts.now)} {_welcome(ground, asked, facts, made.first)}"))
    parts += _asking(asking)
    parts.append(Note(_commit_note(ground, target)))
    return Answer(
        tuple(parts), target, tuple(_knowers(made.stops)), _evidence(ground, target, made.stops), private=True,
        extra={"tour": True, **as_json(made, asking)},
    )  # fmt: skip


def _stop(stop: Stop, at: int, facts: TourFacts) -> str:
    whose = "by your team within a year" if stop.of_team else "within a year"
    said = [f"{count(stop.changes, 'change')} {whose}"]
    if stop.needs:
        said.append(f"builds on {join([_title(name) for name in stop.needs[:2]])}")
    lines = [f"**{at}.** {name_of(stop.area)} ({'; '.join(said)})"]
    return "\n".join([*lines, *_begin(stop, facts)])


def _begin(stop: Stop, facts: TourFacts) -> list[str]:
    lines = []
    if stop.page is not None:
        lines.append(f"- read {_page(stop.page, facts.now)}")
    if stop.entry is not None:
        lines.append(f"- open {_entry(stop.entry)}")
    if stop.person is not None:
        lines.append(f"- ask {called(stop.person.name)}")
    else:
        lines.append(f"- {_nobody(stop.area, facts)}; ask me, and I say what is written")
    return lines


def _nobody(health: AreaHealth, facts: TourFacts) -> str:
    if [one.id for one in health.holders] == [facts.newcomer]:
        return "you yourself are the one who is active here"
    return "nobody who is active here can be asked at the moment"


def _page(page: Reading, now: int) -> str:
    where = f"{code(page.path)}:{page.line}" if page.line > 1 else code(page.path)
    if not page.own:
        return f"{where}; no page is about this area alone"
    old = f", last changed {ago(page.changed, now)}" if page.changed and now - page.changed > 365 * 86_400 else ""
    return f"“{plain(page.title)}” ({where}{old})" if page.title else f"{where}{old}"


def _entry(entry: Entry) -> str:
    where = code(f"{entry.path}:{entry.line}") if entry.symbol else code(entry.path)
    named = f", {code(entry.symbol)}" if entry.symbol else ""
    return f"{where}{named}" + (f": {plain(entry.says)}" if entry.says else "")


def _first_place(place: FirstPlace, now: int) -> str:
    beside = f", tests beside it in {code(place.test)}" if place.test else ""
    return (
        f"**A first small place:** {code(place.path)} ({count(place.lines, 'line')}{beside}). A change of the size to"
        f" begin with: “{plain(place.gentle.subject)}”, {ago(place.gentle.time, now)}."
    )


def _welcome(ground: Ground, asked: Asked, facts: TourFacts, place: FirstPlace) -> str:
    """Who would look at it: somebody who said so; else they are asked first, and nobody is sent to them unasked."""
    name = called(place.person.name)
    if place.glad:
        return f"{name} is active there and said they are glad to help."
    active = f"{name} is active there and has not been asked yet whether that suits"
    asker = asked.incoming.asker
    if ground.reached is None or not ground.reached() or not _is_new(ground, asker.platform, facts.newcomer):
        return f"{active}: ask before you count on it."
    helping.ask(ground.db, place, asker, facts.newcomer, ground.now)
    return f"{active}: I ask first, and you hear from me when there is a yes."


def _is_new(ground: Ground, platform: str, newcomer: int) -> bool:
    """Whether a tour is for somebody new, and not tried out by somebody who has been here for long."""
    if not newcomer:
        return platform == "slack"
    rows = ground.db.read(
        "SELECT MIN(a.first_time) FROM activations a JOIN identities i ON i.id = a.identity_id WHERE i.person_id = :p",
        p=newcomer,
    )
    first = rows[0][0] if rows else None
    return first is None or ground.now - int(first) <= NEW_DAYS * DAY


def name_of(area: AreaHealth) -> str:
    """What to call an area in a tour."""
    return f"**{plain(area.name)}**" if area.name else _title(area.title)


def _title(title: str) -> str:
    if title.endswith(" (its own files)"):
        return f"{code(title.removesuffix(' (its own files)'))} itself"
    return title if " " in title else code(title)


def _asking(asking: Sequence[Question]) -> list[Part]:
    if not asking:
        return []
    prompt = f"{_NUMBERS.get(len(asking), str(len(asking)))} worth asking (I know an answer to each):"
    return [Choices(prompt, tuple(Choice(one.text, one.text) for one in asking))]


_AREAS = ("One area", "Two areas", "Three areas", "Four areas", "Five areas")
_NUMBERS = {1: "A question", 10: "Ten questions"} | {
    n: f"{word} questions" for n, word in enumerate("Two Three Four Five Six Seven Eight Nine".split(), 2)
}


def _commit_note(ground: Ground, target: Target) -> str:
    if ground.as_of is not None:
        return LOOKED_BACK.format(day=day(ground.as_of))
    head = ground.db.read("SELECT head FROM repos WHERE id = :repo", repo=target.repo_id)[0][0]
    return f"Lines are those of commit {head[:9]}. `tour AREA` shows one area. Ask me in private whatever you like."


# -- one area ---------------------------------------------------------------------------------------------------------


def _area(facts: TourFacts, target: Target, where: str) -> tuple[Area, AreaHealth] | None:
    """The area that a target means: its own, the nearest around it, or the one that is called so."""
    low = where.strip("`/ ").lower()
    paths = [target.path] if target.path else list(target.paths)
    for path in paths:
        exact = [pair for pair in facts.areas if pair[0].path == path]
        if exact:
            return max(exact, key=lambda pair: (pair[0].whole, len(pair[0].files)))
        held = next((pair for pair in facts.areas if path in pair[0].files), None)
        if held is not None:
            return held
        below = [pair for pair in facts.areas if pair[0].path.startswith(f"{path}/")]
        inside = [pair for pair in facts.areas if any(file.startswith(f"{path}/") for file in pair[0].files)]
        if below or inside:
            return max(below or inside, key=lambda pair: len(pair[0].files))
    named = [pair for pair in facts.areas if low in {pair[0].name.lower(), pair[0].path.rpartition("/")[2].lower()}]
    return named[0] if named and low else None


def _of_area(ground: Ground, facts: TourFacts, target: Target, area: Area, health: AreaHealth) -> Answer:
    stop = stop_of(facts, area, health)
    files = central(facts, area)
    told = story(facts.work, area, facts.now)
    title = f"**{plain(health.name)}**" if health.name else _title(health.title)
    parts: list[Part] = [
        Text(f"Around {title}: {count(health.files, 'file')}, {count(health.demand.changes, 'change')} within a year.")
    ]
    if stop.page is not None:
        parts.append(Text(f"**Read** {_page(stop.page, facts.now)}."))
    if files:
        parts.append(Text("\n".join(["**Open**", *(f"- {_entry(one)}" for one in files)])))
    if told:
        commits = ground.past(target.repo_id or 1).by_sha([one.sha for one in told])
        parts += [Text("**What happened lately**, the changes that say most:"),
                  Sources(tuple(commit_source(ground, one) for one in commits))]  # fmt: skip
    people = [one for one in health.holders if one.id not in facts.unwilling and one.id != facts.newcomer][:3]
    if people:
        who = join([called(one.name) for one in people])
        parts.append(Text(f"**Ask** {who}, who {'is' if len(people) == 1 else 'are'} active here."))
    else:
        said = _nobody(health, facts)
        parts.append(Text(f"{said[0].upper()}{said[1:]}; ask me, and I say what is written."))
    asking = questions(ground, facts, (stop,), OF_AN_AREA)
    parts += _asking(asking)
    if ground.as_of is not None:
        parts.append(Note(LOOKED_BACK.format(day=day(ground.as_of))))
    evidence = _evidence(ground, target, (stop,))
    extra = {
        "tour": True, "area": _stop_json(stop), "files": [one._asdict() for one in files],
        "story": [{"commit": one.sha, "subject": one.subject, "time": one.time} for one in told],
        "questions": [one._asdict() for one in asking],
    }  # fmt: skip
    knowers = tuple(_knower(one, f"is active in {health.title}") for one in people)
    return Answer(tuple(parts), target, knowers, evidence, private=True, extra=extra)


# -- who is new -------------------------------------------------------------------------------------------------------


def _team(ground: Ground, newcomer: Person | None, email: str) -> frozenset[int]:
    """The people somebody works with: of their team by config.yaml, and whom they were brought together with."""
    mates = {key.lower() for key in ground.options.teams.get((newcomer.email if newcomer else email).lower(), ())}
    if email:
        mates |= {key.lower() for key in ground.options.teams.get(email.lower(), ())}
    marks = {f"m{n}": one for n, one in enumerate(sorted(mates))}
    found: set[int] = set()
    if marks:
        listed = ", ".join(f":{name}" for name in marks)
        sql = f"SELECT DISTINCT person_id FROM identities WHERE LOWER(email) IN ({listed}) AND person_id IS NOT NULL"
        found |= {int(row[0]) for row in ground.db.read(sql, **marks)}
    if newcomer is not None:
        rows = ground.db.read(
            "SELECT DISTINCT o.person_id FROM nudge_people p JOIN nudge_people o ON o.nudge_id = p.nudge_id"
            " JOIN nudges n ON n.id = p.nudge_id WHERE p.person_id = :me AND o.person_id <> :me"
            " AND n.created_time <= :now",
            me=newcomer.id,
            now=ground.now,
        )
        found |= {int(row[0]) for row in rows}
    return frozenset(found)


# -- JSON -------------------------------------------------------------------------------------------------------------


def as_json(made: Tour, asking: Sequence[Question]) -> dict[str, Any]:
    """What `lamp tour --json` adds."""
    first = made.first
    return {
        "areas": [_stop_json(stop) for stop in made.stops],
        "front": made.front._asdict() if made.front else None,
        "questions": [one._asdict() for one in asking],
        "first_place": {
            "area": first.area.key, "path": first.path, "lines": first.lines, "test": first.test,
            "commit": first.gentle.sha, "glad": first.glad,
            "person": {"name": first.person.name, "email": first.person.email},
        } if first else None,
    }  # fmt: skip


def _stop_json(stop: Stop) -> Mapping[str, Any]:
    return {
        "key": stop.area.key, "title": stop.area.title, "state": stop.area.state, "changes": stop.changes,
        "of_team": stop.of_team, "needs": list(stop.needs),
        "page": stop.page._asdict() if stop.page else None, "entry": stop.entry._asdict() if stop.entry else None,
        "person": {"name": stop.person.name, "email": stop.person.email} if stop.person else None,
    }  # fmt: skip


def _knowers(stops: Sequence[Stop]) -> list[Knower]:
    found: dict[int, tuple[Person, list[str]]] = {}
    for stop in stops:
        if stop.person is not None:
            found.setdefault(stop.person.id, (stop.person, []))[1].append(stop.area.title)
    return [_knower(person, f"is active in {join(areas)}") for person, areas in found.values()]


def _knower(person: Person, why: str) -> Knower:
    return Knower(person, 0.0, -1.0, -1.0, 0, why)


def _evidence(ground: Ground, target: Target, stops: Sequence[Stop]) -> tuple[Evidence, ...]:
    head = ground.db.read("SELECT head FROM repos WHERE id = :repo", repo=target.repo_id or 1)
    sha = head[0][0] if head and ground.as_of is None else ""
    found = []
    for stop in stops:
        if stop.page is not None:
            page = stop.page
            found.append(Evidence("doc", page.path, page.line, page.line, page.title, "", sha, page.changed or None))
        if stop.entry is not None and stop.entry.symbol:
            entry = stop.entry
            found.append(Evidence("code", entry.path, entry.line, entry.line, entry.symbol, "", sha, None))
    return tuple(found)
