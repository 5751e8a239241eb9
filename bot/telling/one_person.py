"""One person as the histories show them: their areas, whether they are around, their last work, what they missed."""

from __future__ import annotations

from collections import Counter

from bot.answer import Answer, Ground, called, code, join
from bot.dates import DAY, day, when
from bot.message import Part, Sources, Text
from bot.telling.citing import commit_evidence, commit_source, titled
from bot.understanding.when import Window
from knowledge.activation.past import OPEN_END, PastCommit
from knowledge.asking.targets import Target
from knowledge.model import FOREVER, Knower, Person

QUIET_DAYS = 90
STILL_DAYS = 30  # a repository without any commit for longer says nothing about who is around
LOOK_BACK = 200  # commits of somebody are looked through for their areas


def of_person(ground: Ground, target: Target, window: Window | None = None) -> Answer:
    """A person's areas, presence and last work."""
    since, until = ((window.since or 0), (window.until or OPEN_END)) if window else (0, OPEN_END)
    commits = [
        c
        for repo in ground.resolver.repos()
        for c in ground.past(repo.id).of_person(target.person_id, LOOK_BACK, since=since, until=until)
    ]
    commits.sort(key=lambda c: -c.time)
    person = next(iter(_people(ground, [target.person_id])), None)
    if person is None:
        return Answer((Text("I know nobody by that name."),), target, abstained=True)
    if not commits:
        span = f" {window.words}" if window else ""
        nothing = f"{called(person.name)} did nothing{span} in the histories that I read."
        return Answer((Text(nothing),), target, (_knower(person, 0),))
    own = [c for c in commits if c.author.person_id == person.id]
    latest, shown = (own or commits)[0], (own or commits)[:3]
    areas = join([code(a) for a in _areas(ground, [c for c in commits if not c.is_mass])])
    lead = f"Worked {window.words} on" if window else "Knows best from recent work:"
    parts: list[Part] = [Text(f"{called(person.name)} {_presence(ground, person, commits[0].time)}")]
    if areas:
        parts.append(Text(f"{lead} {areas}."))
    parts.append(Text(f"{'Last wrote' if own else 'Last took part in'}: “{titled(latest)}”."))
    parts.append(Sources(tuple(commit_source(ground, c) for c in shown)))
    about_them = Target("person", topic=person.name, person_id=person.id)
    evidence = tuple(commit_evidence(c, "") for c in shown)
    return Answer(tuple(parts), about_them, (_knower(person, commits[0].time),), evidence)


def _presence(ground: Ground, person: Person, last: int) -> str:
    if person.has_left(ground.now):
        return f"is no longer on the team; their last commit was {when(last, ground.now)}."
    if (away := person.away(ground.now)) is not None:
        back = f", back {day(away[1])}" if away[1] < FOREVER else ""
        return f"is away{back}; their last commit was {when(last, ground.now)}."
    newest = max((c.time for r in ground.resolver.repos() for c in ground.past(r.id).of_directory("", 1)), default=last)
    if newest - last > QUIET_DAYS * DAY:
        return f"has not been active for some time: their last commit was {when(last, ground.now)}."
    if ground.now - newest > STILL_DAYS * DAY:
        return (
            f"was around when the history that I have read ends: their last commit was {when(last, ground.now)}, "
            f"the newest of all is of {day(newest)}."
        )
    return f"is around: their last commit was {when(last, ground.now)}."


def _areas(ground: Ground, commits: list[PastCommit]) -> list[str]:
    """The directories that somebody's recent commits went to most, newer ones counting more."""
    counts: Counter[str] = Counter()
    for at, commit in enumerate(commits[:120]):
        folders = {_folder(path) for path in ground.past(0).paths_of(commit.id, 20)}
        for folder in folders:
            counts[folder] += 1 if at >= 40 else 2
    # The lock file and the pipeline's settings change with everything, and are nobody's knowledge.
    told = [folder for folder, _ in counts.most_common() if folder and not folder.startswith(".")]
    return (told or [folder for folder in counts if folder])[:4]


def _folder(path: str) -> str:
    parts = path.split("/")[:-1]
    return "/".join(parts[:3]) + "/" if parts else ""


def what_they_know_of(ground: Ground, target: Target, person: Person) -> Knower | None:
    """What they know of a place all the same."""
    from knowledge.insight import how_somebody_knows

    if target.kind not in {"file", "directory"}:
        return None
    return how_somebody_knows(ground.db, target.repo_id, target.path, person.id, ground.now)


def areas_to_catch_up(ground: Ground, person: Person) -> list[Target]:
    """Where somebody worked most of late and others changed something since: what to offer who comes back."""
    found = []
    for repo in ground.resolver.repos():
        commits = [c for c in ground.past(repo.id).of_person(person.id, LOOK_BACK) if not c.is_mass]
        for path in _areas(ground, commits):
            place = ground.resolver.place(f"{repo.name}:{path}")
            some = what_they_know_of(ground, place, person) if isinstance(place, Target) else None
            if isinstance(place, Target) and some is not None and some.staleness > 0:
                found.append(place)
    return found


def _people(ground: Ground, ids: list[int]) -> list[Person]:
    from knowledge.store.people import people_by_id

    return [p for p in people_by_id(ground.db, ids).values() if not p.opted_out]


def _knower(person: Person, last: int) -> Knower:
    return Knower(person, 0.0, -1.0, -1.0, last, "asked about")
