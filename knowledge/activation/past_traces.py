"""What people had left in some nodes by a moment in the past: read for these nodes alone, without playing history.

The sums are those of `replay.py` (tests hold the two against each other): the commits that count, each path of them at
its worth, a renamed file with all that it lived through before under its older names. Read are the commits up to the
moment, the touches below the directories asked for, and the older names of files that moved in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from knowledge.activation.ledger import AGENT
from knowledge.memory import (
    AGENT_SHARE,
    MOST_PATHS,
    REVIEW_KINDS,
    WORK_KINDS,
    Level,
    Trace,
    backward,
    clamp,
    forward,
    share_of_commit,
)
from knowledge.store.database import Database, Row

_AT_ONCE = 500


class Part(NamedTuple):
    """Who took part in a commit how much; people without a person yet stand under minus their identity's id."""

    person: int
    work: float
    review: float


class Counted(NamedTuple):
    """A commit that counts."""

    id: int
    time: int
    share: float  # what one path of it is worth, at its time
    parts: tuple[Part, ...]


class Touch(NamedTuple):
    """A file in a commit, and the file that it was renamed from."""

    commit: int
    node: int
    path: str
    source: int | None
    source_path: str | None


def traces_then(
    db: Database, repo_id: int, nodes: Sequence[tuple[int, Level]], now: int
) -> dict[int, dict[int, Trace]]:
    """What every human left in these nodes by `now` in commits, decayed to `now`, by node and person.

    Like `knowledge.store.traces.traces`, for any moment.
    """
    then = _Then(db, repo_id, now)
    listed = ", ".join(str(node) for node, _ in nodes)
    places = {row[0]: row[1:] for row in db.read(f"SELECT id, path, is_dir FROM nodes WHERE id IN ({listed})")}
    directories = {places[node][0]: node for node, _ in nodes if places[node][1] and places[node][0]}
    below = then.below(directories)
    found = {}
    for node, level in nodes:
        path, is_dir = places[node]
        sums = _Sums(level)
        if not path:
            then.add_all(sums)
        elif is_dir:
            for commit, count in below[node]:
                sums.add(then.commits[commit], count)
        else:
            for commit in then.life(node):
                sums.add(then.commits[commit], 1)
        found[node] = sums.traces(now)
    return found


class _Sums:
    """What people left in one node, as `knowledge/activation/ledger.py` adds it up."""

    def __init__(self, level: Level) -> None:
        self._half_life_days = level.half_life_days
        self._by_person: dict[int, list[float]] = {}  # work, review, events, first, last, paths

    def add(self, commit: Counted, count: int) -> None:
        """A commit that touched `count` files of the node."""
        _, time, share, parts = commit
        paths = min(MOST_PATHS, count)
        worth = share * forward(time, self._half_life_days) * count
        for person, work, review in parts:
            sums = self._by_person.get(person)
            if sums is None:
                self._by_person[person] = [work * worth, review * worth, 1, time, time, paths]
                continue
            sums[0] += work * worth
            sums[1] += review * worth
            sums[2] += 1
            sums[5] += paths
            if time > sums[4]:
                sums[4] = time
            elif time < sums[3]:
                sums[3] = time

    def traces(self, now: int) -> dict[int, Trace]:
        """Decayed to `now`."""
        fade = backward(now, self._half_life_days)
        return {
            person: Trace(sums[0] * fade, sums[1] * fade, *map(int, sums[2:]))
            for person, sums in self._by_person.items()
        }


class _Then:
    """The history of a repository up to a moment, as far as somebody asks for it."""

    def __init__(self, db: Database, repo_id: int, now: int) -> None:
        self._db = db
        self._repo_id = repo_id
        self._now = now
        self.commits = {one.id: one for one in _counted(db, repo_id, now)}
        self._touches: dict[int, list[tuple[int, int | None]]] = {}  # of a file: (commit, source), in their order
        self._lives: dict[tuple[int, tuple[int, int]], frozenset[int]] = {}

    def add_all(self, sums: _Sums) -> None:
        """Every commit, for the root: nothing is renamed into it."""
        counts = self._path_counts
        for number, commit in self.commits.items():
            if number in counts:
                sums.add(commit, counts[number])

    @cached_property
    def _path_counts(self) -> dict[int, int]:
        rows = self._db.read(
            "SELECT t.commit_id, COUNT(*) FROM touches t JOIN commits c ON c.id = t.commit_id"
            " WHERE c.repo_id = :repo AND c.commit_time <= :now GROUP BY t.commit_id",
            repo=self._repo_id,
            now=self._now,
        )
        return {row[0]: row[1] for row in rows}

    # -- directories --------------------------------------------------------------------------------------------------

    def below(self, directories: Mapping[str, int]) -> dict[int, list[tuple[int, int]]]:
        """By directory (node by path): its commits, each with how many files of it they touched or brought along."""
        found: dict[int, list[tuple[int, int]]] = {node: [] for node in directories.values()}
        counts: Counter[tuple[int, int]] = Counter()
        above: dict[str, set[int]] = {}
        moved: defaultdict[int, list[tuple[Touch, set[int]]]] = defaultdict(list)  # by commit, into which directories
        for top in directories:
            if any(top.startswith(f"{other}/") for other in directories):
                continue
            for touch in self._touches_below(top):
                if touch.path not in above:
                    above[touch.path] = _above(touch.path, directories)
                for node in above[touch.path]:
                    counts[node, touch.commit] += 1
                if touch.source is not None:
                    fresh = above[touch.path] - _above(touch.source_path or "", directories)
                    if fresh:
                        moved[touch.commit].append((touch, fresh))
        for (node, commit), count in counts.items():
            found[node].append((commit, count))
        self._load({one for moves in moved.values() for touch, _ in moves for one in (touch.node, touch.source or 0)})
        for commit, moves in moved.items():
            for (node, then), count in self._brought(commit, moves).items():
                found[node].append((then, count))
        return found

    def _brought(self, commit: int, moves: Iterable[tuple[Touch, set[int]]]) -> Counter[tuple[int, int]]:
        """(directory, commit before) → how many files came in with it."""
        brought: Counter[tuple[int, int]] = Counter()
        before = self._position(commit)
        for touch, fresh in moves:
            past = self._life(touch.source or 0, before) - self._life(touch.node, before)
            brought.update((node, then) for then in past for node in fresh)
        return brought

    def _touches_below(self, path: str) -> Iterator[Touch]:
        rows = self._db.read(
            "SELECT t.commit_id, t.node_id, n.path, CASE WHEN t.change = 'R' THEN t.from_node_id END, f.path"
            " FROM nodes n JOIN touches t ON t.node_id = n.id LEFT JOIN nodes f ON f.id = t.from_node_id"
            " WHERE n.repo_id = :repo AND n.path >= :low AND n.path < :high AND n.is_dir = 0",
            repo=self._repo_id,
            low=f"{path}/",
            high=f"{path}0",  # "0" follows "/" in ASCII
        )
        return (Touch(*row) for row in rows if row[0] in self.commits)

    # -- files --------------------------------------------------------------------------------------------------------

    def life(self, node: int) -> frozenset[int]:
        """The commits that a file lived through, under its older names too."""
        self._load({node})
        return self._life(node, (self._now + 1, 0))

    def _life(self, node: int, before: tuple[int, int]) -> frozenset[int]:
        known = self._lives.get((node, before))
        if known is None:
            found: set[int] = set()
            for commit, source in self._touches.get(node, ()):
                position = self._position(commit)
                if position >= before:
                    break
                found.add(commit)
                if source is not None:
                    found |= self._life(source, position)
            known = self._lives[node, before] = frozenset(found)
        return known

    def _position(self, commit: int) -> tuple[int, int]:
        return self.commits[commit].time, commit

    def _load(self, nodes: set[int]) -> None:
        """Read what touched these files, and those that they were renamed from."""
        wanted = nodes - self._touches.keys()
        while wanted:
            sources: set[int] = set()
            for some in _portions(sorted(wanted)):
                self._touches.update({node: [] for node in some})
                rows = self._db.read(
                    "SELECT node_id, commit_id, CASE WHEN change = 'R' THEN from_node_id END FROM touches"
                    f" WHERE node_id IN ({', '.join(map(str, some))})"
                )
                for node, commit, source in rows:
                    if commit in self.commits:
                        self._touches[node].append((commit, source))
                        sources |= {source} if source is not None else set()
                for node in some:
                    self._touches[node].sort(key=lambda touch: self._position(touch[0]))
            wanted = sources - self._touches.keys()


def _above(path: str, directories: Mapping[str, int]) -> set[int]:
    return {node for directory, node in directories.items() if path.startswith(f"{directory}/")}


def _portions(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))


def _counted(db: Database, repo_id: int, now: int) -> Iterator[Counted]:
    """The commits up to `now` that count."""
    agents = {row[0] for row in db.read(
        "SELECT r.commit_id FROM identities i JOIN roles r ON r.identity_id = i.id WHERE i.why = :agent", agent=AGENT
    )}  # fmt: skip
    rows = db.read(
        "SELECT c.id, c.commit_time, c.weight, c.path_count, COALESCE(i.person_id, -i.id), r.kind FROM commits c"
        " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
        " LEFT JOIN people p ON p.id = i.person_id"
        " WHERE c.repo_id = :repo AND c.commit_time <= :now AND c.reachable = 1 AND c.weight > 0 AND c.path_count > 0"
        " AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0 ORDER BY c.id",
        repo=repo_id,
        now=now,
    )
    for number, group in groupby(rows, itemgetter(0)):
        taking = list(group)
        _, time, weight, paths, person, kind = taking[0]
        own = AGENT_SHARE if number in agents else 1.0
        alone = len(taking) == 1 and kind in WORK_KINDS
        parts = (Part(person, own * WORK_KINDS[kind], 0.0),) if alone else _parts(taking, own)
        yield Counted(number, clamp(time), share_of_commit(weight, paths), parts)


def _parts(taking: Iterable[Row], own: float) -> tuple[Part, ...]:
    """Whoever worked on it does not count as its reviewer too."""
    work: dict[int, float] = {}
    review: dict[int, float] = {}
    for *_, person, kind in taking:
        kinds, kept = (WORK_KINDS, work) if kind in WORK_KINDS else (REVIEW_KINDS, review)
        kept[person] = max(kinds.get(kind, 0.0), kept.get(person, 0.0))
    worked = [Part(person, own * value, 0.0) for person, value in work.items()]
    return (*worked, *(Part(person, 0.0, value) for person, value in review.items() if person not in work))
