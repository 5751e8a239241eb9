"""The people of a topic in words: what they did about it, what others changed in its files since, the way back in.

A topic's files are read as if they were one directory: whoever was at one of them last knew all of them then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knowledge.activation import reasons
from knowledge.activation.standing import Place, Standing
from knowledge.activation.way_back import MOST_PAGES, pages
from knowledge.memory import DAY, Trace
from knowledge.model import SOMEONE, Knower, Person
from knowledge.store.database import Database
from knowledge.store.doings import CERTAIN, Doings, Since, read_doings
from knowledge.store.traces import folded_until

LOOK_BACK_DAYS = 730  # changes of a directory are read no further back


class Spoken(NamedTuple):
    """A person's part in the commits found; `commits` and `last` are of those that are close to the topic."""

    worth: float
    commits: int
    last: int


class FoundPlace(NamedTuple):
    """A file or directory of a topic, what it weighs there, and who stands in it."""

    weight: float
    repo_id: int
    place: Place
    standings: list[Standing]


def knowers(
    db: Database,
    told: Sequence[tuple[Standing, Person]],
    said: Mapping[int, Spoken],
    places: Sequence[FoundPlace],
    now: int,
) -> list[Knower]:
    """The people with their reasons; their standings are those of the topic. Who did nothing there is fully stale."""
    lasts = [last for one, _ in told if (last := last_time(one, said))]
    since = max(now - LOOK_BACK_DAYS * DAY, min(lasts, default=now))
    read = [(at.weight, read_doings(db, at.repo_id, at.place, now, since)) for at in places] if lasts else []
    return [_knower(one, person, said.get(one.person), read, now) for one, person in told]


def since_then(read: Sequence[tuple[float, Doings]], person: int, time: int) -> Since:
    """What others changed in all of these places after `time`, each place counting by its weight; pure."""
    found = [(weight, one.of_others(person, time)) for weight, one in read]
    whole = sum(weight for weight, _ in found)
    commits = {c.commit for _, one in read for c in one.of_others_after(person, time) if c.weight >= CERTAIN}
    counted = [one.lines for _, one in found if one.lines is not None]
    return Since(
        len(commits),
        sum(weight * one.staleness for weight, one in found) / whole if whole else 0.0,
        tuple(dict.fromkeys(number for _, one in found for number in one.people)),
        sum(counted) if len(counted) == len(found) else None,
        max((one.read_from for _, one in found), default=0),
    )


def last_time(one: Standing, said: Mapping[int, Spoken]) -> int:
    """When somebody last did something about the topic; 0 for never."""
    mine = said.get(one.person)
    return max(one.here.last, mine.last if mine else 0)


def _knower(
    one: Standing, person: Person, mine: Spoken | None, read: Sequence[tuple[float, Doings]], now: int
) -> Knower:
    did: list[tuple[str, str]] = []  # what, and how long ago
    last, times = one.here.last, one.here.events
    if mine and mine.commits:
        did.append((f"took part in {reasons.count(mine.commits, 'change')} about it", reasons.ago(mine.last, now)))
        last, times = max(last, mine.last), max(times, mine.commits)
    if one.here.events:
        often = "once" if one.here.events == 1 else f"{one.here.events:,} times"
        did.append((f"worked on the files about it {often}", reasons.ago(one.here.last, now)))
    if not did:
        why = f"has not worked on it, but was last active here {reasons.ago(one.anywhere.last, now)}"
        return Knower(person, one.score, one.retention, 1.0, one.anywhere.last, why)
    if len({ago for _, ago in did}) == 1:
        said = f"{' and '.join(what for what, _ in did)}, last {did[0][1]}"
    else:
        said = ", ".join(f"{what}, last {ago}" for what, ago in did)
    if not read:
        return Knower(person, one.score, one.retention, 0.0, last, said)
    since = since_then(read, one.person, last)
    moved = reasons.since_then(since, Trace(1.0, 0.0, times, last, last), now)
    return Knower(person, one.score, one.retention, since.staleness, last, said + moved)


def nobody(
    db: Database,
    named: Sequence[tuple[Standing, Person]],
    said: Mapping[int, Spoken],
    places: Sequence[FoundPlace],
    spare: Knower | None,
    now: int,
) -> str:
    """That nobody active knows the topic, and every way back in: pages, the last who worked on it, who is next door."""
    lasts = [(last_time(one, said), one, person) for one, person in named if not person.is_bot]
    lasts = sorted((found for found in lasts if found[0]), key=lambda found: -found[0])
    told = [
        reasons.Worker(SOMEONE if person.opted_out else person.name, last, _times(one, said), person.reachable(now))
        for last, one, person in lasts
    ]
    ways = [f"read {' and '.join(read)}"] if (read := _pages(db, places, now)) else []
    if spare is not None and not (told and told[0].name == spare.person.name and reasons.is_fresh(told[0].last, now)):
        role = "the last who did" if lasts and lasts[0][2].id == spare.person.id else "who is closest to it now"
        ways.append(f"ask {spare.person.name}, {role} ({spare.why})")
    return reasons.nobody("what was found about it", told, "; ".join(ways) + "." if ways else "", now)


def _times(one: Standing, said: Mapping[int, Spoken]) -> int:
    """How often somebody took part, in the files or in words about it."""
    spoken = said.get(one.person)
    return max(one.here.events, spoken.commits if spoken else 0)


def _pages(db: Database, places: Sequence[FoundPlace], now: int) -> list[str]:
    """The pages among the places, else those that speak of them; none of the past, of which no page is kept."""
    places = [at for at in places if now >= folded_until(db, at.repo_id)]
    marks = ", ".join(f":p{n}" for n in range(len(places)))
    known = db.read(
        f"SELECT path FROM documents WHERE source = 'docs' AND path IN ({marks or 'NULL'})",
        **{f"p{n}": at.place.path for n, at in enumerate(places)},
    )
    there = {path for (path,) in known}
    found = [at.place.path for at in places if at.place.path in there]
    found += [page for at in places if not found for page in pages(db, at.repo_id, at.place, now)]
    return list(dict.fromkeys(found))[:MOST_PAGES]
