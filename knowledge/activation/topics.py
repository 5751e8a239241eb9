"""Who to ask about a topic that is not a path: commits that speak of it, who is active, and the files found.

    P(p) = ½ norm Σ_commits score² · 2^(−age/180 d) · part(p)  +  ¼ norm A_root(p)  +  ¼ norm Σ_files w_file · P_file(p)
    score = P(p) · presence(p)^1.5

each part normalised to 1 over all people. The files are those that pages about it name, else those that the commits
touched. What each part is worth was tuned on public histories and is measured by `bench/experts_topics.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from knowledge import fitted
from knowledge.activation import topic_people
from knowledge.activation.standing import POOL, Standing, find_place, rank, read_traces, with_people
from knowledge.activation.topic_people import FoundPlace, Spoken
from knowledge.memory import DAY, FILE, NO_TRACE, REVIEW_KINDS, REVIEW_SHARE, ROOT, WORK_KINDS, Trace, presence
from knowledge.model import WhoKnows
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN

SEARCHED = 300  # commits to ask a search for, some of which are merges
COMMITS = 200  # of those, the best are counted
MOST_PLACES = 5  # of the pages found
MOST_FILES = 10  # of the commits found
FILES_OF = 50  # commits, the best ones
CLOSE = 0.5  # a commit speaks of the topic itself when it fits at least so well as the best one, times this
AROUND_DAYS = 365  # who did nothing anywhere for longer is not named for what they said
SAID, ACTIVE, FOUND = 0.5, 0.25, 0.25
PRESENT = 1.5


class CommitHit(Protocol):
    """What a search for commits yields: the row's id in `commits`, and how well it fits (any scale, above 0)."""

    @property
    def id(self) -> int: ...

    @property
    def score(self) -> float: ...


Hit = TypeVar("Hit", bound=CommitHit)


# -- the ranking, pure ------------------------------------------------------------------------------------------------


def blend(
    said: Mapping[int, float], active: Mapping[int, float], found: Mapping[int, float], present: Mapping[int, float]
) -> dict[int, float]:
    """The score of everybody in [0, 1]: the parts, each normalised to 1 and weighed, × presence; see the module.

    Args:
        said: what everybody's part in the commits found is worth.
        active: activation in the repository.
        found: shares in the files found; where any part is empty, the others stand for it.
        present: presence in [0, 1], 0 for who is not there.
    """
    whole: dict[int, float] = defaultdict(float)
    parts = [(weight, part) for weight, part in ((SAID, said), (ACTIVE, active), (FOUND, found)) if sum(part.values())]
    weights = sum(weight for weight, _ in parts)
    for weight, part in parts:
        share = weight / weights / sum(part.values())
        for person, value in part.items():
            whole[person] += share * value
    return {person: value * present.get(person, 0.0) ** PRESENT for person, value in whole.items()}


# -- what is read -----------------------------------------------------------------------------------------------------


def work_among(db: Database, hits: Sequence[Hit], now: int) -> list[Hit]:
    """The hits that are somebody's work by `now`, the best COMMITS of them: whoever merges has not written it."""
    listed = ", ".join(str(hit.id) for hit in hits if hit.score > 0)
    if not listed:
        return []
    rows = db.read(
        f"SELECT id FROM commits WHERE id IN ({listed}) AND is_merge = 0 AND reachable = 1 AND commit_time <= :now",
        now=now,
    )
    there = {row[0] for row in rows}
    return sorted((hit for hit in hits if hit.id in there), key=lambda hit: (-hit.score, hit.id))[:COMMITS]


def spoken(db: Database, hits: Sequence[CommitHit], now: int) -> dict[int, Spoken]:
    """Each human's decayed share of the work found; `hits` as `work_among` gives them."""
    scores = {hit.id: hit.score for hit in hits}
    if not scores:
        return {}
    best = max(scores.values())
    rows = db.read(
        f"SELECT c.id, c.commit_time, c.weight, {HUMAN}, r.kind FROM commits c JOIN roles r ON r.commit_id = c.id"
        " JOIN identities i ON i.id = r.identity_id LEFT JOIN people p ON p.id = i.person_id"
        f" WHERE c.id IN ({', '.join(map(str, scores))})"
        " AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0 ORDER BY c.id, r.identity_id"
    )
    found: dict[int, Spoken] = {}
    seen: set[tuple[int, int]] = set()
    for commit, time, weight, person, kind in rows:
        part = WORK_KINDS.get(kind) or REVIEW_SHARE * REVIEW_KINDS.get(kind, 0.0)
        fit = scores[commit] / best
        worth = weight * part * fit**2 * 2.0 ** (-max(0, now - time) / DAY / FILE.half_life_days)
        had = found.get(person, Spoken(0.0, 0, 0))
        fresh = fit >= CLOSE and (commit, person) not in seen
        seen.add((commit, person))
        last = max(had.last, time) if fit >= CLOSE else had.last
        found[person] = Spoken(had.worth + worth, had.commits + fresh, last)
    return found


def files_of(db: Database, hits: Sequence[CommitHit]) -> dict[tuple[int, str], float]:
    """(repository, path) of the files that the work found touched most, and their weight; `hits` as for `spoken`."""
    scores = {hit.id: hit.score for hit in hits[:FILES_OF]}
    if not scores:
        return {}
    rows = db.read(
        "SELECT n.repo_id, n.path, c.id, c.path_count FROM touches t JOIN nodes n ON n.id = t.node_id"
        " JOIN commits c ON c.id = t.commit_id"
        f" WHERE c.id IN ({', '.join(map(str, scores))})"
    )
    best = max(scores.values())
    worth: dict[tuple[int, str], float] = defaultdict(float)
    for repo, path, commit, count in rows:
        worth[repo, path] += (scores[commit] / best) ** 2 * max(1, count) ** -0.5
    return {key: worth[key] for key in sorted(worth, key=lambda key: (-worth[key], key))[:MOST_FILES]}


class Ground(NamedTuple):
    """What the answer rests on: everybody's trace in the repositories, and who stands where in the files."""

    everywhere: dict[int, Trace]
    places: list[FoundPlace]

    def found(self) -> dict[int, float]:
        """Σ_files w_file · P_file(p)."""
        whole: dict[int, float] = defaultdict(float)
        for at in self.places:
            for one in at.standings:
                whole[one.person] += at.weight * one.share
        return whole

    def best(self, person: int) -> tuple[float, Trace | None]:
        """Somebody's highest retention among the files, and their latest trace in one of them."""
        theirs = [one for at in self.places for one in at.standings if one.person == person]
        traces = [one.here for one in theirs if one.here.events]
        return max((one.retention for one in theirs), default=0.0), max(traces, key=lambda t: t.last, default=None)


def read_ground(db: Database, weights: Mapping[tuple[int, str], float], repos: Iterable[int], now: int) -> Ground:
    """Traces in some repositories and the standings at some (repository, path), from nothing later than `now`."""
    everywhere: dict[int, Trace] = {}
    places: list[FoundPlace] = []
    for repo in sorted(set(repos)):
        root = find_place(db, repo, "")
        if root is None:
            continue
        here = [(weight, find_place(db, repo, path)) for (where, path), weight in weights.items() if where == repo]
        known = [(weight, place) for weight, place in here if place is not None]
        nodes = {node: level for _, place in known for node, level in zip(place.nodes, place.levels, strict=True)}
        traces = read_traces(db, repo, list({root.nodes[0]: ROOT, **nodes}.items()), now)
        for person, trace in traces[root.nodes[0]].items():
            had = everywhere.get(person)
            everywhere[person] = trace if had is None else had.joined(trace)
        places += [
            FoundPlace(weight, repo, place, rank(place, [traces[n] for n in place.nodes], now, POOL))
            for weight, place in known
        ]
    return Ground(everywhere, places)


def who_knows_topic(
    db: Database, hits: Sequence[CommitHit], paths: Sequence[str], now: int, top: int = 3, repo_id: int | None = None
) -> WhoKnows:
    """The people to ask about a topic at `now`, from nothing later; `target` is left empty for the caller.

    Args:
        db: the store.
        hits: commits found for the topic, of any repository; SEARCHED are enough.
        paths: files or directories found for it; those that no repository knows are passed over.
        now: seconds since 1970, UTC.
        top: how many people at most.
        repo_id: only this repository; None for all.
    """
    hits = work_among(db, hits, now)
    said = spoken(db, hits, now)
    weights = _of_pages(db, paths[:MOST_PLACES]) or files_of(db, hits)
    repos = {repo for repo, _ in weights} | _repos_of(db, hits) or {row[0] for row in db.read("SELECT id FROM repos")}
    ground = read_ground(db, weights, [repo for repo in repos if repo_id in (None, repo)], now)
    everywhere = ground.everywhere
    present = {p: presence(t.first, t.last, max(1, t.events), now) for p, t in everywhere.items()}
    score = blend(
        {person: one.worth for person, one in said.items()},
        {person: trace.activation for person, trace in everywhere.items()},
        ground.found(),
        present,
    )
    best = sorted((person for person in score if score[person] > 0), key=lambda person: (-score[person], person))[:POOL]
    standings = []
    for person in best:
        retained, here = ground.best(person)
        standings.append(Standing(person, score[person], retained, here or NO_TRACE, everywhere[person]))
    named = with_people(db, standings)
    askable = [pair for pair in named if pair[1].reachable(now)]
    knows = [pair for pair in askable if _knows(pair[0], said, now)]
    if knows:
        found = topic_people.knowers(db, knows[: top + 1], said, ground.places, now)
        return WhoKnows("", tuple(found[:top]), backup=found[top] if len(found) > top else None)
    near = [
        pair for pair in askable if pair[0].here.events or (pair[0].person in said and said[pair[0].person].commits)
    ]
    spare = next(iter(topic_people.knowers(db, (near or askable)[:1], said, ground.places, now)), None)
    return WhoKnows("", (), topic_people.nobody(db, named, said, ground.places, spare, now), spare)


def _knows(one: Standing, said: Mapping[int, Spoken], now: int) -> bool:
    """Whether somebody left a trace in the topic, and is above the bar in it or spoke of it and is still around."""
    if one.retention >= fitted.BAR and one.here.events:
        return True
    mine = said.get(one.person)
    spoke = mine is not None and mine.commits > 0 and one.score >= fitted.BAR / 3
    return spoke and now - one.anywhere.last < AROUND_DAYS * DAY


def _of_pages(db: Database, paths: Sequence[str]) -> dict[tuple[int, str], float]:
    """The repositories that know these paths."""
    if not paths:
        return {}
    marks = ", ".join(f":p{n}" for n in range(len(paths)))
    rows = db.read(
        f"SELECT repo_id, path FROM nodes WHERE path IN ({marks}) ORDER BY repo_id, path",
        **{f"p{n}": path for n, path in enumerate(paths)},
    )
    return dict.fromkeys(((repo, path) for repo, path in rows), 1.0)


def _repos_of(db: Database, hits: Sequence[CommitHit]) -> set[int]:
    if not hits:
        return set()
    listed = ", ".join(str(hit.id) for hit in hits)
    return {row[0] for row in db.read(f"SELECT DISTINCT repo_id FROM commits WHERE id IN ({listed})")}
