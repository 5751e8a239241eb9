"""History played forward: who ranked where at any date in the past, from nothing later than that date.

Holds a repository's commits in memory in the order of their times and moves forward through them; at each stop the
shares of `knowledge/memory.py` are read off for many nodes at once, as vectors over all people. Used for questions
about the past, for batches and for measuring the model. Needs numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.activation.ledger import AGENT, Ledger, Moment, Tree, moment, renamed_nodes
from knowledge.activation.movement import Counts, Movement
from knowledge.cycles import no_collections
from knowledge.memory import (
    DEFAULT,
    LATEST,
    LEVELS,
    NO_TRACE,
    PRESENCE,
    REVIEW_SHARE,
    Level,
    Levels,
    Params,
    Trace,
    backward,
    breadth,
    presence,
    settled,
)
from knowledge.store.database import Database

Vector = npt.NDArray[np.float64]


class Step(NamedTuple):
    """A commit and its touches: (node, node it was renamed from, change), and for each what was counted."""

    at: Moment
    weight: float
    touches: list[tuple[int, int | None, str]]
    counts: list[Counts]


class Replay:
    """One repository, from its first commit to a present that only moves forward.

    Humans are numbered 0..n-1 in `people` (person ids, or minus an identity's id where it is not mapped yet); bots do
    not take part. `params` are those of the present: who plays a history through its years sets them on the way.
    """

    def __init__(self, db: Database, repo_id: int, until: int = LATEST, levels: Levels = LEVELS) -> None:
        self.levels = levels
        self.params = DEFAULT
        self.people, self.number = _humans(db)
        rows = db.read("SELECT id, parent_id, path, is_dir FROM nodes WHERE repo_id = :repo", repo=repo_id)
        self.tree = Tree({row[0]: row[1] for row in rows})
        self.node_of: dict[str, int] = {row[2]: row[0] for row in rows}
        self.path_of: dict[int, str] = {row[0]: row[2] for row in rows}
        self.is_dir = {row[0] for row in rows if row[3] or row[1] is None}
        self.root = next((row[0] for row in rows if row[1] is None), 0)
        with no_collections():
            self.steps = _steps(db, repo_id, until, self.number, levels)
        pairs = ((node, source) for step in self.steps for node, source, _ in step.touches)
        self.ledger = Ledger(self.tree, {node: {} for node in renamed_nodes(pairs)})
        self.movement = Movement(db, repo_id, self.tree, self.is_dir)
        self.changes = self.movement.changes  # by file and directory, the oldest first
        self.living = self.movement.living  # files
        self.now = 0
        self.position = 0
        self._root = np.zeros((len(self.people), 6))  # the sums of the root once more, as a table
        self._shares: dict[int, Vector] = {}
        self._turnout: tuple[Params, Vector] | None = None

    def advance(self, now: int) -> None:
        """Take in every commit up to and including `now`; times never go back."""
        if now < self.now:
            raise ValueError(f"a replay cannot go back from {self.now} to {now}")
        with no_collections():
            while self.position < len(self.steps) and self.steps[self.position].at.time <= now:
                self._take_in(self.steps[self.position])
                self.position += 1
        self.now = now
        self._shares.clear()
        self._turnout = None

    def _take_in(self, step: Step) -> None:
        self.ledger.add(step.at, [touch[:2] for touch in step.touches])
        everywhere = self.ledger.sums[self.root]
        for number, _, _ in step.at.parts:
            self._root[number] = everywhere[number]
        workers = frozenset(number for number, work, _ in step.at.parts if work)
        self.movement.note(step.at.id, step.at.time, step.weight, workers, step.touches, step.counts)

    def staleness(self, node: int, number: int, last: int) -> float:
        """The share in [0, 1] of a file or directory that others changed after `last` (activation/staleness.py)."""
        return self.movement.staleness(node, number, last)

    def everybody(self, node: int) -> float:
        """Σ_q A_n(q) of a node at the present."""
        fade = backward(self.now, self.level(node).half_life_days)
        return fade * sum(sums[0] + REVIEW_SHARE * sums[1] for sums in self.ledger.sums.get(node, {}).values())

    def nearest(self, path: str) -> int:
        """The node of a path, or of the nearest directory above it that the history knows."""
        while path and path not in self.node_of:
            path = path.rpartition("/")[0]
        return self.node_of.get(path, self.root)

    def level(self, node: int) -> Level:
        """What the node's place in the tree believes."""
        known = self.levels
        return known.root if node == self.root else known.directory if node in self.is_dir else known.file

    def shares(self, node: int) -> Vector:
        """P_n(p) of every human at the present."""
        found = self._shares.get(node)
        if found is None:
            parent = self.tree.parents.get(node)
            believed = np.zeros(len(self.people)) if parent is None else self.shares(parent)
            found = self._shares[node] = self._mix(node, believed)
        return found

    def _mix(self, node: int, believed: Vector) -> Vector:
        sums, level = self.ledger.sums.get(node), self.level(node)
        if not sums:
            return believed
        table = self._root if node == self.root else np.array(list(sums.values()))
        here = (table[:, 0] + REVIEW_SHARE * table[:, 1]) * backward(self.now, level.half_life_days)
        total = float(here.sum())
        prior = level.base + level.slope * total
        if total + prior <= 0.0:
            return believed
        if node == self.root:
            return here / total
        mixed = believed * (prior / (total + prior))
        mixed[list(sums)] += here / (total + prior)
        return mixed

    def turnout(self, params: Params | None = None) -> Vector:
        """`memory.turnout` of every human; 0 for who has not been seen yet."""
        wanted = params or self.params
        if self._turnout is None or self._turnout[0] != wanted:
            _, _, events, first, last, paths = self._root.T
            seen = np.maximum(events, 1)
            around = presence(first, last, seen, self.now, wanted.presence)
            factor = around * breadth(seen, np.maximum(paths, seen), wanted.breadth)
            factor *= settled(first, last, wanted.settled)
            self._turnout = wanted, np.where(events > 0, factor, 0.0)
        return self._turnout[1]

    def presence(self) -> Vector:
        """Presence of every human; 0 for who has not been seen yet."""
        return self.turnout(Params(PRESENCE, 0.0, 0.0))

    def scores(self, node: int) -> Vector:
        """P_n(p) × turnout of every human."""
        return self.shares(node) * self.turnout()

    def trace(self, node: int, number: int) -> Trace:
        """What a human left in a node so far."""
        sums = self.ledger.sums.get(node, {}).get(number)
        if sums is None:
            return NO_TRACE
        fade = backward(self.now, self.level(node).half_life_days)
        return Trace(sums[0] * fade, sums[1] * fade, *map(int, sums[2:]))

    def traces(self, nodes: Iterable[int]) -> dict[int, dict[int, Trace]]:
        """Like `store.traces.traces`: by node and person id, decayed to the present."""
        return {node: {self.people[n]: self.trace(node, n) for n in self.ledger.sums.get(node, ())} for node in nodes}

    def top(self, node: int, count: int) -> list[int]:
        """The numbers of the humans with the highest scores above 0, the highest first."""
        scores = self.scores(node)
        best = np.argpartition(-scores, count)[:count] if count < len(scores) else np.arange(len(scores))
        return [int(n) for n in best[np.argsort(-scores[best], kind="stable")] if scores[n] > 0.0]


def _humans(db: Database) -> tuple[list[int], dict[int, int]]:
    rows = db.read(
        "SELECT i.id, COALESCE(i.person_id, -i.id) FROM identities i LEFT JOIN people p ON p.id = i.person_id"
        " WHERE i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0 ORDER BY i.id"
    )
    people = list(dict.fromkeys(person for _, person in rows))
    number = {person: n for n, person in enumerate(people)}
    return people, {identity: number[person] for identity, person in rows}


def _steps(db: Database, repo_id: int, until: int, number: dict[int, int], levels: Levels) -> list[Step]:
    touches: dict[int, tuple[list[tuple[int, int | None, str]], list[Counts]]] = {}
    for commit_id, node, source, change, *counts in db.read(
        "SELECT t.commit_id, t.node_id, CASE WHEN t.change = 'R' THEN t.from_node_id END, t.change,"
        " t.added, t.removed, t.lines FROM touches t"
        " JOIN commits c ON c.id = t.commit_id WHERE c.repo_id = :repo AND c.commit_time <= :until",
        repo=repo_id,
        until=until,
    ):
        found = touches.setdefault(commit_id, ([], []))
        found[0].append((node, source, change))
        found[1].append(tuple(counts))
    moments = _moments(db, repo_id, until, number, levels)
    return [Step(at, weight, *touches[at.id]) for at, weight in moments if at.id in touches]


def _moments(
    db: Database, repo_id: int, until: int, number: dict[int, int], levels: Levels
) -> Iterator[tuple[Moment, float]]:
    rows = db.read(
        "SELECT c.id, c.commit_time, c.weight, c.path_count, r.identity_id, r.kind, i.why FROM commits c"
        " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
        " WHERE c.repo_id = :repo AND c.commit_time <= :until AND c.reachable = 1"
        " AND c.weight > 0 AND c.path_count > 0 ORDER BY c.commit_time, c.id",
        repo=repo_id,
        until=until,
    )
    for _, group in groupby(rows, itemgetter(0)):
        parts = list(group)
        kinds = [(number[row[4]], row[5]) for row in parts if row[4] in number]
        if kinds:
            agent = any(row[6] == AGENT for row in parts)
            yield moment(parts[0][:4], kinds, levels=levels, with_agent=agent), parts[0][2]
