"""The people to ask for a review of a change, each with the reason in words; `reviewers.py` ranks them.

At the present only those are read one by one who might be named (LEADERS at each place of the path): everybody else
counts in sums alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from knowledge.activation.review_reasons import because
from knowledge.activation.reviewers import AUTHOR_DAYS, BY_TRAILERS, Author, Left, rank_reviewers
from knowledge.activation.standing import (
    POOL,
    Place,
    event_traces,
    find_place,
    join_traces,
    people_of,
    read_traces,
)
from knowledge.activation.taking import Merge, Taken, last_taken, taken_in
from knowledge.memory import DAY, HORIZON_DAYS, Trace
from knowledge.model import Knower, WhoKnows
from knowledge.store.database import Database
from knowledge.store.reviews import parts_here, reviews_of
from knowledge.store.traces import folded_until, reviewers_in, sums, traces

LEADERS = 40
FILE_DAYS = 730  # what somebody did to a file is counted so far back, to a directory for HORIZON_DAYS


def who_reviews(
    db: Database,
    repo_id: int,
    path: str,
    now: int,
    top: int = 3,
    *,
    merges: Sequence[Merge] = (),
    author: int | None = None,
) -> WhoKnows:
    """The people to ask for a review of a change to a file or directory at `now`; at most `top`, and a backup.

    Args:
        db: the store.
        repo_id: the repository.
        path: repository-relative, "" for all of it; an unknown one is answered for the nearest known directory above.
        now: seconds since 1970, UTC.
        top: how many people at most.
        merges: of the last LOOK_BACK_DAYS, as git tells them; none where git cannot be asked.
        author: whose change it is, where that is known; never named.
    """
    place = find_place(db, repo_id, path)
    if place is None:
        return WhoKnows(path, (), nobody="no history of this repository has been read yet.")
    taken = taken_in(db, merges, now)
    reviews = reviews_of(db, repo_id, author, now - AUTHOR_DAYS * DAY, now) if author is not None else []
    chain = _chain(db, repo_id, place, now, {one.person for one in taken} | {one.person for one in reviews})
    whose = Author(author, reviews) if author is not None else None
    scores = rank_reviewers(chain, taken, now, is_dir=place.is_dir, author=whose)
    best = _around(scores, chain[0].traces, taken, now)
    people = {one: person for one, person in people_of(db, best).items() if person.reachable(now)}
    named = [person for person in best if person in people]
    since = now - (HORIZON_DAYS if place.is_dir else FILE_DAYS) * DAY
    found: list[Knower] = []
    for start in range(0, len(named), top + 1):
        some = named[start : start + top + 1] if len(found) <= top else []
        done = parts_here(db, repo_id, place, some, since, now)
        for person in some:
            said, last = because(person, chain, done.get(person, ()), taken, reviews, now, is_dir=place.is_dir)
            if last:
                found.append(Knower(people[person], scores[person], -1.0, -1.0, last, said))
    if found:
        return WhoKnows(place.path, tuple(found[:top]), backup=found[top] if len(found) > top else None)
    what = place.path or "this repository"
    return WhoKnows(place.path, (), f"nobody who is around has reviewed or changed {what}.")


def _around(
    scores: Mapping[int, float], everywhere: Mapping[int, Trace], taken: Sequence[Taken], now: int
) -> list[int]:
    """The best of those who did anything anywhere within HORIZON_DAYS, the highest score first."""
    last = {person: trace.last for person, trace in everywhere.items()}
    for person, time in last_taken(taken).items():
        last[person] = max(time, last.get(person, 0))
    there = [person for person in scores if last.get(person, 0) > now - HORIZON_DAYS * DAY]
    return sorted(there, key=lambda person: (-scores[person], person))[:POOL]


def _chain(db: Database, repo_id: int, place: Place, now: int, takers: Collection[int]) -> list[Left]:
    """What was left at each place from the root down; before the newest commit, from the events up to then alone."""
    nodes = list(zip(place.nodes, place.levels, strict=True))
    paths = _paths(place)
    if now < folded_until(db, repo_id):
        found = read_traces(db, repo_id, nodes, now)
        return [Left.of(path, found[node]) for path, (node, _) in zip(paths, nodes, strict=True)]
    told = event_traces(db, repo_id, nodes, now)
    wanted = set(takers).union(*told.values())
    for node, _ in nodes:
        wanted.update(reviewers_in(db, node, BY_TRAILERS.work, LEADERS))
    halved = [(node, level.half_life_days) for node, level in nodes]
    found, whole = traces(db, halved, now, only=wanted), sums(db, halved, now)
    join_traces(found, told)
    chain = []
    for path, (node, _) in zip(paths, nodes, strict=True):
        work, review = whole.get(node, (0.0, 0.0))
        chain.append(Left(path, found[node], work + sum(one.work for one in told[node].values()), review))
    return chain


def _paths(place: Place) -> list[str]:
    """The paths of a place's nodes, the root first."""
    parts = place.path.split("/") if place.path else []
    above = ["", *("/".join(parts[: n + 1]) for n in range(len(parts)))]
    return [*above[: len(place.nodes) - 1], place.path]
