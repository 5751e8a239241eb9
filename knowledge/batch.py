"""Rankings for many places at many dates in one pass over history (`lamp who --batch`).

Input: a path or topic and a moment each. Output: the people of each by score, from nothing later than its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from knowledge.memory import features, retention
from knowledge.model import Person
from knowledge.replay import Replay
from knowledge.standing import POOL, people_of
from knowledge.store.database import Database
from knowledge.topics import CommitHit, blend, spoken

MOST_PEOPLE = 10


class Wanted(NamedTuple):
    """One line: a path, or a topic when `topic` is given. `as_of` comes back as it was."""

    now: int
    path: str = ""
    topic: str = ""
    as_of: str = ""


def rank_batch(
    db: Database,
    repo_id: int,
    wanted: Iterable[Wanted],
    *,
    search: Callable[[str], Sequence[CommitHit]] | None = None,
    most: int = MOST_PEOPLE,
) -> Iterator[dict[str, Any]]:
    """A ranking for each line, in the order of the lines (DESIGN §4).

    Args:
        db: the store.
        repo_id: the repository.
        wanted: the lines; all are read before the first ranking comes.
        search: finds the commits of a topic; those later than the line's moment are left out here.
        most: people per ranking.
    """
    lines = list(wanted)
    if not lines:
        return
    replay = Replay(db, repo_id, max(line.now for line in lines))
    people = people_of(db, replay.people)
    rankings: dict[Wanted, list[dict[str, Any]]] = {}
    for line in sorted(set(lines), key=attrgetter("now")):
        replay.advance(line.now)
        ranking = _topic(db, replay, line, search, most) if line.topic else _path(replay, line, most)
        rankings[line] = [_entry(people[person], values) for person, values in _named(ranking, people)][:most]
    for line in lines:
        key = "topic" if line.topic else "path"
        yield {key: getattr(line, key), "as_of": line.as_of, "ranking": rankings[line]}


Ranking = list[tuple[int, tuple[float, float, float]]]  # person, (score, retention, staleness)


def _path(replay: Replay, line: Wanted, most: int) -> Ranking:
    node = replay.nearest(line.path.strip("/"))
    scores = replay.scores(node)
    return [_values(replay, node, number, float(scores[number])) for number in replay.top(node, most + POOL)]


def _values(replay: Replay, node: int, number: int, score: float) -> tuple[int, tuple[float, float, float]]:
    here, anywhere = replay.trace(node, number), replay.trace(replay.root, number)
    everybody, is_dir = replay.everybody(node), node in replay.is_dir
    values = features(here, anywhere, replay.now, everybody=everybody, score=score, is_dir=is_dir)
    stale = replay.staleness(node, number, here.last) if here.events else 1.0
    return replay.people[number], (score, retention(values), stale)


def _topic(
    db: Database, replay: Replay, line: Wanted, search: Callable[[str], Sequence[CommitHit]] | None, most: int
) -> Ranking:
    said = spoken(db, search(line.topic) if search else [], line.now)
    everywhere = replay.shares(replay.root)
    present = dict(zip(replay.people, replay.presence(), strict=True))
    active = {person: float(share) for person, share in zip(replay.people, everywhere, strict=True) if share > 0}
    score = blend(({person: one.worth for person, one in said.items()}, active))
    ranked = {person: value * float(present.get(person, 0.0)) / 2 for person, value in score.items()}
    best = sorted(ranked, key=lambda person: (-ranked[person], person))[: most + POOL]
    number = {person: n for n, person in enumerate(replay.people)}
    root = replay.root
    return [(p, (ranked[p], *_values(replay, root, number[p], ranked[p])[1][1:])) for p in best if p in number]


def _named(ranking: Ranking, people: Mapping[int, Person]) -> Iterator[tuple[int, tuple[float, float, float]]]:
    """Without those who opted out; who left or is away today may have been there then."""
    return ((person, values) for person, values in ranking if not people[person].opted_out)


def _entry(person: Person, values: tuple[float, float, float]) -> dict[str, Any]:
    score, retained, stale = values
    return {
        "name": person.name,
        "email": person.email,
        "score": round(score, 6),
        "retention": round(retained, 4),
        "staleness": round(stale, 4),
    }
