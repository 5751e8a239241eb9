"""Rankings for many places at many dates in one pass over history (`lamp who --batch`).

Input: a path or topic and a moment each. Output: the people of each by score, from nothing later than its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from knowledge.activation.replay import Replay
from knowledge.activation.standing import POOL, people_of
from knowledge.activation.topic_people import Spoken
from knowledge.activation.topics import CommitHit, blend, files_of, spoken, work_among
from knowledge.cycles import no_collections
from knowledge.memory import features, retention
from knowledge.model import Person
from knowledge.store.database import Database
from knowledge.store.traces import params_at

MOST_PEOPLE = 10


class Wanted(NamedTuple):
    """One line: a path, or a topic when `topic` is given. `as_of` comes back as it was."""

    now: int
    path: str = ""
    topic: str = ""
    as_of: str = ""


Search = Callable[[str], Sequence[CommitHit]]
Values = tuple[float, float, float]  # score, retention, staleness
Ranking = list[tuple[int, Values]]  # by person


class Part(NamedTuple):
    """What one repository says of a line; `worth` of its commits for a topic, None for a place."""

    ranking: Ranking
    worth: float | None = None


def rank_batch(
    db: Database,
    repos: Mapping[str, int],
    wanted: Iterable[Wanted],
    *,
    search: Search | None = None,
) -> Iterator[dict[str, Any]]:
    """A ranking for each line, in the order of the lines (DESIGN §4).

    A path is looked up in every repository, unless it begins with the name of one (`api:src/app.py`); those that know
    the most of it count, and where several know as much, a person counts with their best place among them. A topic is
    about all: each repository weighs as much as its commits speak of it.

    Args:
        db: the store.
        repos: ids of repositories by name.
        wanted: the lines; all are read before the first ranking comes.
        search: finds the commits of a topic; those later than the line's moment are left out here.
    """
    lines = list(wanted)
    found: dict[Wanted, list[Part]] = {line: [] for line in lines}
    with no_collections():
        for repo_id, there in _by_repository(db, repos, found):
            for line, part in _of_repository(db, repo_id, there, search):
                found[line].append(part)
    people = people_of(db, {person for parts in found.values() for part in parts for person, _ in part.ranking})
    for line in lines:
        ranking = _named(_together(found[line]), people)
        key = "topic" if line.topic else "path"
        entries = [_entry(people[person], values) for person, values in islice(ranking, MOST_PEOPLE)]
        yield {key: getattr(line, key), "as_of": line.as_of, "ranking": entries}


def _by_repository(
    db: Database, repos: Mapping[str, int], wanted: Iterable[Wanted]
) -> Iterator[tuple[int, dict[Wanted, str]]]:
    """Each repository that is asked, with its lines in the order of their moments and their paths in it."""
    asked: dict[int, dict[Wanted, str]] = {repo_id: {} for repo_id in repos.values()}
    known = {repo_id: _paths(db, repo_id) for repo_id in asked} if len(asked) > 1 else {}
    for line in sorted(wanted, key=attrgetter("now")):
        name, colon, rest = line.path.partition(":")
        if colon and name in repos:
            asked[repos[name]][line] = rest.strip("/")
            continue
        path = line.path.strip("/")
        depth = {repo_id: 0 if line.topic else _depth(path, known.get(repo_id, frozenset())) for repo_id in asked}
        for repo_id, there in asked.items():
            if depth[repo_id] == max(depth.values()):
                there[line] = path
    yield from ((repo_id, lines) for repo_id, lines in asked.items() if lines)


def _paths(db: Database, repo_id: int) -> frozenset[str]:
    return frozenset(row[0] for row in db.read("SELECT path FROM nodes WHERE repo_id = :repo", repo=repo_id))


def _depth(path: str, known: frozenset[str]) -> int:
    """How many characters of a path a repository knows: all, or those of the nearest directory above it."""
    while path and path not in known:
        path = path.rpartition("/")[0]
    return len(path)


def _of_repository(
    db: Database, repo_id: int, lines: Mapping[Wanted, str], search: Search | None
) -> Iterator[tuple[Wanted, Part]]:
    """What one repository says of its lines, which are in the order of their moments."""
    replay = Replay(db, repo_id, max(line.now for line in lines))
    for line, path in lines.items():
        replay.advance(line.now)
        replay.params = params_at(db, repo_id, line.now)
        if line.topic:
            hits = search(line.topic) if search else ()
            hits = work_among(db, _here(db, repo_id, hits), line.now)
            said = spoken(db, hits, line.now)
            files = {path: weight for (_, path), weight in files_of(db, hits).items()}
            yield line, Part(_topic(replay, said, files), sum(one.worth for one in said.values()))
        else:
            yield line, Part(_path(replay, path))


def _here(db: Database, repo_id: int, hits: Sequence[CommitHit]) -> list[CommitHit]:
    listed = ", ".join(str(hit.id) for hit in hits)
    rows = db.read(f"SELECT id FROM commits WHERE repo_id = :repo AND id IN ({listed})", repo=repo_id) if hits else []
    mine = {row[0] for row in rows}
    return [hit for hit in hits if hit.id in mine]


def _together(parts: Sequence[Part]) -> Ranking:
    """The rankings of several repositories as one: shares of a topic add up, of two places the better one counts."""
    if len(parts) == 1:
        return parts[0].ranking
    whole = sum(part.worth or 0.0 for part in parts)
    best: dict[int, Values] = {}
    for part in parts:
        share = 1.0 if part.worth is None else part.worth / whole if whole else 1.0 / len(parts)
        for person, (score, *state) in part.ranking if share else ():
            mine: Values = (score * share, state[0], state[1])
            had = best.get(person, (0.0, 0.0, 1.0))
            top = max(had, mine)
            best[person] = top if part.worth is None else (had[0] + mine[0], *top[1:])
    return sorted(best.items(), key=lambda item: (-item[1][0], item[0]))


def _path(replay: Replay, path: str) -> Ranking:
    node = replay.nearest(path)
    scores = replay.scores(node)
    return [_values(replay, node, number, float(scores[number])) for number in replay.top(node, MOST_PEOPLE + POOL)]


def _values(replay: Replay, node: int, number: int, score: float) -> tuple[int, Values]:
    here, anywhere = replay.trace(node, number), replay.trace(replay.root, number)
    everybody, is_dir = replay.everybody(node), node in replay.is_dir
    values = features(here, anywhere, replay.now, everybody=everybody, score=score, is_dir=is_dir)
    stale = replay.staleness(node, number, here.last) if here.events else 1.0
    return replay.people[number], (score, retention(values, replay.params.retention), stale)


def _topic(replay: Replay, said: Mapping[int, Spoken], files: Mapping[str, float]) -> Ranking:
    ranked = topic_scores(replay, said, files)
    best = sorted(ranked, key=lambda person: (-ranked[person], person))[: MOST_PEOPLE + POOL]
    number = {person: n for n, person in enumerate(replay.people)}
    root = replay.root
    return [(p, (ranked[p], *_values(replay, root, number[p], ranked[p])[1][1:])) for p in best if p in number]


def topic_scores(replay: Replay, said: Mapping[int, Spoken], files: Mapping[str, float]) -> dict[int, float]:
    """Everybody's score for a topic at the replay's present, by person; what `who_knows_topic` ranks by.

    Args:
        replay: of the repository.
        said: what `topics.spoken` tells of the commits found.
        files: by path, the weights that `topics.files_of` gives them.
    """
    found = np.zeros(len(replay.people))
    for path, weight in files.items():
        found += weight * replay.shares(replay.nearest(path))
    people = replay.people
    return blend(
        {person: one.worth for person, one in said.items()},
        *(
            {people[n]: float(part[n]) for n in np.flatnonzero(part)}
            for part in (replay.shares(replay.root), found, replay.presence())
        ),
    )


def _named(ranking: Ranking, people: Mapping[int, Person]) -> Iterator[tuple[int, Values]]:
    """Without those who opted out; who left or is away today may have been there then."""
    return ((person, values) for person, values in ranking if not people[person].opted_out)


def _entry(person: Person, values: Values) -> dict[str, Any]:
    score, retained, stale = values
    return {
        "name": person.name,
        "email": person.email,
        "score": round(score, 6),
        "retention": round(retained, 4),
        "staleness": round(stale, 4),
    }
