"""Who should review a change here: the back-off of `knowledge/memory.py` over reviews instead of work.

    A_n(p) = ¹⁄₁₀ work + reviews (trailers) + merges of others' work          score = P_n(p) · presence(p)

Reviews are scarcer than work, so a place's own reviews weigh more against its surroundings than work does. Merges of
others' work stand for reviews where a team writes no trailers; where it does, whoever merges is mostly the integrator,
and a merge counts a twentieth.
Weights were tuned on git, pytest and prometheus and are measured by `bench/experts_reviews.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from knowledge.activation import reasons
from knowledge.activation.standing import POOL, Place, find_place, people_of, read_traces
from knowledge.memory import DAY, HORIZON_DAYS, Level, Trace, presence, share_of_commit, shares
from knowledge.model import Knower, WhoKnows
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN, Doing, read_doings

WORK = 0.1
FILE = Level(120.0, 0.5, 2.0)
NAMED_FILE = Level(120.0, 0.3, 1.2)  # where trailers name reviewers: they say more about a file than merges do
DIRECTORY = Level(120.0, 2.5, 2.0)
ROOT = Level(120.0, 0.0, 0.0)
LOOK_BACK_DAYS = 730
TRAILERS = 0.1  # where reviews by trailer are at least this share of merges, a merge counts INTEGRATING only
INTEGRATING = 0.05
MOST_PATHS = 50  # a merge of more paths is a release or a sync, no review


class Merge(NamedTuple):
    """A merge into the main line, as git tells it: who, when, the commit that came in, and the paths it changed."""

    name: str
    email: str
    time: int
    tip: str
    paths: tuple[str, ...]


class Taken(NamedTuple):
    """Somebody merged the work of another."""

    person: int
    time: int
    paths: tuple[str, ...]

    def under(self, path: str) -> int:
        """How many of its paths are this one or lie below it."""
        return sum(not path or one == path or one.startswith(f"{path}/") for one in self.paths)


def taken_in(db: Database, repo_id: int, merges: Sequence[Merge], now: int) -> list[Taken]:
    """The merges of others' work by humans, none later than `now`; one's own work and syncs are left out."""
    merges = [one for one in merges if one.time <= now and 0 < len(one.paths) <= MOST_PATHS]
    if not merges:
        return []
    people = {
        (name, email): person
        for name, email, person in db.read(
            f"SELECT i.name, i.email, {HUMAN} FROM identities i LEFT JOIN people p ON p.id = i.person_id"
            " WHERE i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0"
        )
    }
    writers = _writers(db, repo_id, sorted({one.tip for one in merges}))
    named = [(people.get((one.name, one.email)), one) for one in merges]
    return [Taken(p, one.time, one.paths) for p, one in named if p is not None and p != writers.get(one.tip)]


def _writers(db: Database, repo_id: int, shas: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(shas), 500):
        some = shas[at : at + 500]
        marks = ", ".join(f":s{n}" for n in range(len(some)))
        rows = db.read(
            f"SELECT c.sha, {HUMAN} FROM commits c JOIN roles r ON r.commit_id = c.id AND r.kind = 'authored'"
            f" JOIN identities i ON i.id = r.identity_id WHERE c.repo_id = :repo AND c.sha IN ({marks})",
            repo=repo_id,
            **{f"s{n}": sha for n, sha in enumerate(some)},
        )
        found.update((sha, person) for sha, person in rows)
    return found


# -- the ranking, pure ------------------------------------------------------------------------------------------------


def evidence(
    traces: Mapping[int, Trace], taken: Sequence[Taken], path: str, level: Level, now: int, merge: float = 1.0
) -> dict[int, float]:
    """A_n(p) of everybody at one place of the tree; `merge` is what a merge is worth, in reviews."""
    found: dict[int, float] = defaultdict(float)
    for person, trace in traces.items():
        found[person] += WORK * trace.work + trace.review
    for one in taken:
        if count := one.under(path):
            fade = 2.0 ** (-max(0, now - one.time) / DAY / level.half_life_days)
            found[one.person] += merge * count * share_of_commit(1.0, len(one.paths)) * fade
    return found


def are_named(everywhere: Mapping[int, Trace], taken: Sequence[Taken], now: int) -> bool:
    """Whether the team writes its reviewers down; then whoever merges is mostly the integrator."""
    told = sum(trace.review for trace in everywhere.values())
    merged = sum(evidence({}, taken, "", ROOT, now).values())
    return told > TRAILERS * merged


def rank_reviewers(
    chain: Sequence[tuple[str, Mapping[int, Trace]]], taken: Sequence[Taken], now: int, *, is_dir: bool
) -> dict[int, float]:
    """Everybody's score as a reviewer.

    Args:
        chain: the paths from the root ("") down to the place, each with what everybody left there by `now`.
        taken: merges of others' work by then.
        now: seconds UTC.
        is_dir: whether the last of the chain is a directory.
    """
    everywhere = chain[0][1]
    merge, file = (INTEGRATING, NAMED_FILE) if are_named(everywhere, taken, now) else (1.0, FILE)
    levels = [ROOT, *(DIRECTORY for _ in chain[1:-1]), DIRECTORY if is_dir else file][: len(chain)]
    found = [evidence(traces, taken, path, lv, now, merge) for (path, traces), lv in zip(chain, levels, strict=True)]
    believed = shares(found, levels)
    last: dict[int, int] = {}
    for one in taken:
        last[one.person] = max(one.time, last.get(one.person, 0))
    return {p: share * _present(everywhere.get(p), last.get(p, 0), now) for p, share in believed.items()}


def _present(trace: Trace | None, merged: int, now: int) -> float:
    if trace is None:
        return presence(merged, merged, 1, now)
    return presence(trace.first, max(trace.last, merged), max(1, trace.events), now)


# -- the answer -------------------------------------------------------------------------------------------------------


def who_reviews(
    db: Database,
    repo_id: int,
    path: str,
    now: int,
    top: int = 3,
    *,
    merges: Sequence[Merge] = (),
    without: Collection[int] = (),
) -> WhoKnows:
    """The people to ask for a review of a change to a file or directory at `now`; at most `top`, and a backup.

    Args:
        db: the store.
        repo_id: the repository.
        path: repository-relative, "" for all of it; an unknown one is answered for the nearest known directory above.
        now: seconds since 1970, UTC.
        top: how many people at most.
        merges: of the last LOOK_BACK_DAYS, as git tells them; none where git cannot be asked.
        without: people who are never named: the author who asks.
    """
    place = find_place(db, repo_id, path)
    if place is None:
        return WhoKnows(path, (), nobody="no history of this repository has been read yet.")
    traces = read_traces(db, repo_id, list(zip(place.nodes, place.levels, strict=True)), now)
    chain = [(one, traces[node]) for one, node in zip(_paths(place), place.nodes, strict=True)]
    taken = taken_in(db, repo_id, merges, now)
    scores = rank_reviewers(chain, taken, now, is_dir=place.is_dir)
    best = sorted(scores, key=lambda person: (-scores[person], person))[:POOL]
    people = people_of(db, best)
    doings = read_doings(db, repo_id, place, now, now - LOOK_BACK_DAYS * DAY)
    found = []
    for person in best:
        here, anywhere = chain[-1][1].get(person), chain[0][1].get(person)
        mine = [one for one in taken if one.person == person]
        seen = max(anywhere.last if anywhere else 0, max((one.time for one in mine), default=0))
        askable = people[person].reachable(now) and person not in without and seen > now - HORIZON_DAYS * DAY
        if askable:
            said, last = _why(place.path, doings.by_person.get(person, ()), mine, here, now)
            if last:
                found.append(Knower(people[person], scores[person], -1.0, -1.0, last, said))
    if found:
        return WhoKnows(place.path, tuple(found[:top]), backup=found[top] if len(found) > top else None)
    what = place.path or "this repository"
    return WhoKnows(place.path, (), f"nobody who is around has reviewed or changed {what}.")


def _paths(place: Place) -> list[str]:
    """The paths of a place's nodes, the root first; directories that history does not know are not among them."""
    parts = place.path.split("/") if place.path else []
    above = ["", *("/".join(parts[: n + 1]) for n in range(len(parts)))]
    return [*above[: len(place.nodes) - 1], place.path]


def _why(path: str, doings: Sequence[Doing], taken: Sequence[Taken], here: Trace | None, now: int) -> tuple[str, int]:
    """The reason in words and the time of their last event it rests on; 0 where there is no reason at all."""
    reviews = [one.time for one in doings if not one.is_work]
    merged = [one.time for one in taken if one.under(path)]
    parts = []
    if reviews:
        parts.append(f"reviewed {reasons.count(len(reviews), 'change')} to it, last {reasons.ago(max(reviews), now)}")
    if merged:
        parts.append(
            f"merged {reasons.count(len(merged), 'change')} of others to it, last {reasons.ago(max(merged), now)}"
        )
    work = [one.time for one in doings if one.is_work]
    if work or (here and here.work):
        last = max(work) if work else here.last if here else 0
        times = f"{reasons.count(len(work), 'change')} of their own" if work else "worked on it"
        parts.append(f"{times}, last {reasons.ago(last, now)}")
        merged = [*merged, last]
    if not parts and taken:
        parts.append(f"merges the work of others around it, last {reasons.ago(max(one.time for one in taken), now)}")
        merged = [one.time for one in taken]
    return "; ".join(parts), max([*reviews, *merged], default=0)
