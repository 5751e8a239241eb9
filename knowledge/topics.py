"""Who to ask about a topic that is not a path: commits that speak of it, who is active, and the files found.

    P(p) = norm Σ_commits score² · 2^(−age/180 d) · part(p)  +  norm A_root(p)  +  norm Σ_files P_file(p)

each part normalised to 1 over all people, then × presence (EXPERIMENTS: "who to ask about a topic").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from knowledge import fitted, reasons
from knowledge.memory import DAY, FILE, NO_TRACE, REVIEW_KINDS, REVIEW_SHARE, WORK_KINDS, presence
from knowledge.model import Knower, Person, WhoKnows
from knowledge.standing import POOL, Place, Standing, find_place, stand, with_people
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN

MOST_PLACES = 5


class CommitHit(Protocol):
    """What a search for commits yields: the row's id in `commits`, and how well it fits (any scale, above 0)."""

    @property
    def id(self) -> int: ...

    @property
    def score(self) -> float: ...


class Spoken(NamedTuple):
    """A person's part in the commits found."""

    worth: float
    commits: int
    last: int


def spoken(db: Database, hits: Sequence[CommitHit], now: int) -> dict[int, Spoken]:
    """Each human's decayed share of the commits found; none later than `now`."""
    scores = {hit.id: hit.score for hit in hits if hit.score > 0}
    if not scores:
        return {}
    best = max(scores.values())
    rows = db.read(
        f"SELECT c.id, c.commit_time, {HUMAN}, r.kind FROM commits c JOIN roles r ON r.commit_id = c.id"
        " JOIN identities i ON i.id = r.identity_id LEFT JOIN people p ON p.id = i.person_id"
        f" WHERE c.id IN ({', '.join(map(str, scores))}) AND c.commit_time <= :now AND c.reachable = 1"
        " AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0",
        now=now,
    )
    found: dict[int, Spoken] = {}
    for commit, time, person, kind in rows:
        part = WORK_KINDS.get(kind) or REVIEW_SHARE * REVIEW_KINDS.get(kind, 0.0)
        worth = part * (scores[commit] / best) ** 2 * 2.0 ** (-max(0, now - time) / DAY / FILE.half_life_days)
        had = found.get(person, Spoken(0.0, 0, 0))
        found[person] = Spoken(had.worth + worth, had.commits + 1, max(had.last, time))
    return found


def blend(parts: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """The sum of the parts, each normalised to 1; an empty part counts nothing."""
    whole: dict[int, float] = defaultdict(float)
    for part in parts:
        total = sum(part.values())
        for person, value in part.items():
            if total > 0:
                whole[person] += value / total
    return dict(whole)


def who_knows_topic(
    db: Database, hits: Sequence[CommitHit], paths: Sequence[str], now: int, top: int = 3, repo_id: int | None = None
) -> WhoKnows:
    """The people to ask about a topic at `now`, from nothing later; `target` is left empty for the caller.

    Retention is the best one among the files found, or, where none were, among the files that the commits touched.

    Args:
        db: the store.
        hits: commits found for the topic, of any repository.
        paths: files or directories found for it; those that no repository knows are passed over.
        now: seconds since 1970, UTC.
        top: how many people at most.
        repo_id: only this repository; None for all.
    """
    said = spoken(db, hits, now)
    places = _places(db, list(paths)[:MOST_PLACES] or _paths_of(db, hits, now), repo_id)
    repos = sorted({repo for repo, _ in places} | _repos_of(db, hits)) or [
        row[0] for row in db.read("SELECT id FROM repos")
    ]
    found = [standing for repo, place in places for standing in stand(db, repo, place, now)]
    roots = [(repo, find_place(db, repo, "")) for repo in repos if repo_id in (None, repo)]
    everywhere = [one for repo, root in roots if root for one in stand(db, repo, root, now, pool=1 << 30)]
    activity = {one.person: one.here for one in everywhere}
    score = blend(
        (
            {person: one.worth for person, one in said.items()},
            {one.person: one.here.activation for one in everywhere},
            _sum((one.person, one.score) for one in found) if paths else {},
        )
    )
    for person in score:
        seen = activity.get(person, NO_TRACE)
        score[person] *= presence(seen.first, seen.last, max(1, seen.events), now) / 3
    best = sorted(score, key=lambda person: (-score[person], person))[:POOL]
    retained = {person: max((o.retention for o in found if o.person == person), default=0.0) for person in best}
    standings = [Standing(p, score[p], retained[p], activity.get(p, NO_TRACE), activity.get(p, NO_TRACE)) for p in best]
    askable = [pair for pair in with_people(db, standings) if pair[1].reachable(now)]
    knows = [pair for pair in askable if _knows(pair[0], said, found)]
    knowers = [_knower(one, person, said, found, now) for one, person in knows[: top + 1]]
    people = tuple(knowers[:top])
    if people:
        return WhoKnows("", people, backup=knowers[top] if len(knowers) > top else None)
    spare = [_knower(one, person, said, found, now) for one, person in askable[:1]]
    door = f"{spare[0].person.name}, who is the most active here." if spare else ""
    return WhoKnows("", (), reasons.nobody("what was found about it", (), door, now), next(iter(spare), None))


def _knows(one: Standing, said: Mapping[int, Spoken], found: Iterable[Standing]) -> bool:
    """Whether somebody left a trace in the topic, and is above the bar in it or spoke of it lately."""
    if one.retention >= fitted.BAR and any(o.person == one.person and o.here.events for o in found):
        return True
    return one.person in said and one.score >= fitted.BAR / 3


def _knower(one: Standing, person: Person, said: Mapping[int, Spoken], found: Iterable[Standing], now: int) -> Knower:
    mine = said.get(one.person)
    here = max((o.here for o in found if o.person == one.person and o.here.events), key=lambda t: t.last, default=None)
    parts = []
    if mine:
        parts.append(
            f"took part in {reasons.count(mine.commits, 'change')} about it, last {reasons.ago(mine.last, now)}"
        )
    if here:
        times = "once" if here.events == 1 else f"{here.events} times"
        parts.append(f"worked on the files about it {times}, last {reasons.ago(here.last, now)}")
    if not parts:
        parts.append(f"has not worked on it, but was last active here {reasons.ago(one.anywhere.last, now)}")
    last = max(mine.last if mine else 0, here.last if here else 0) or one.anywhere.last
    return Knower(person, one.score, one.retention, 0.0 if mine or here else 1.0, last, ", ".join(parts))


def _sum(pairs: Iterable[tuple[int, float]]) -> dict[int, float]:
    whole: dict[int, float] = defaultdict(float)
    for person, value in pairs:
        whole[person] += value
    return whole


def _paths_of(db: Database, hits: Sequence[CommitHit], now: int) -> list[str]:
    """The living files that the commits found touched most, by their scores."""
    scores = {hit.id: hit.score for hit in hits if hit.score > 0}
    if not scores:
        return []
    rows = db.read(
        "SELECT n.path, c.id, c.path_count FROM touches t JOIN nodes n ON n.id = t.node_id"
        " JOIN commits c ON c.id = t.commit_id"
        f" WHERE c.id IN ({', '.join(map(str, scores))}) AND n.alive = 1 AND c.commit_time <= :now",
        now=now,
    )
    worth = _sum_text((path, scores[commit] ** 2 / max(1, count) ** 0.5) for path, commit, count in rows)
    return sorted(worth, key=lambda path: (-worth[path], path))[:MOST_PLACES]


def _sum_text(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    whole: dict[str, float] = defaultdict(float)
    for path, value in pairs:
        whole[path] += value
    return whole


def _places(db: Database, paths: Sequence[str], repo_id: int | None) -> list[tuple[int, Place]]:
    if not paths:
        return []
    marks = ", ".join(f":p{n}" for n in range(len(paths)))
    rows = db.read(
        f"SELECT repo_id, path FROM nodes WHERE path IN ({marks})", **{f"p{n}": path for n, path in enumerate(paths)}
    )
    found = [(repo, find_place(db, repo, path)) for repo, path in rows if repo_id in (None, repo)]
    return [(repo, place) for repo, place in found if place is not None]


def _repos_of(db: Database, hits: Sequence[CommitHit]) -> set[int]:
    if not hits:
        return set()
    listed = ", ".join(str(hit.id) for hit in hits)
    return {row[0] for row in db.read(f"SELECT DISTINCT repo_id FROM commits WHERE id IN ({listed})")}
