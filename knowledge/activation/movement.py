"""What moved in every file and directory while history is played forward: staleness at any moment of the past.

The numbers are those of `knowledge/store/doings.py`, for many questions in one pass and from nothing later than the
present of the replay.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from knowledge.activation.ledger import Tree
from knowledge.activation.staleness import Survival, survival, together, uncounted
from knowledge.store.database import Database

Touch = tuple[int, int | None, str]  # of a commit: node, the node it was renamed from, git's letter
Counts = tuple[int | None, int | None, int | None]  # lines added, removed and there afterwards, where they were counted


class Change(NamedTuple):
    """What one commit did to one file; `left` is None where its lines were not counted."""

    commit: int
    time: int
    node: int
    weight: float
    workers: frozenset[int]
    left: Survival | None


class Movement:
    """The changes of one repository so far, by file and directory, the oldest first."""

    def __init__(self, db: Database, repo_id: int, tree: Tree, is_dir: set[int]) -> None:
        self._tree = tree
        self._is_dir = is_dir
        self._somebodys, self._lengths = _first_lengths(db, repo_id)
        self.changes: defaultdict[int, list[Change]] = defaultdict(list)
        self.living: set[int] = set()  # files
        self._files: Counter[int] = Counter()  # of a directory: files that somebody here writes,
        self._counted: Counter[int] = Counter()  # of them, those whose length is known,
        self._lines: Counter[int] = Counter()  # and how long these are together
        self._became: dict[int, int] = {}

    def note(
        self,
        commit: int,
        time: int,
        weight: float,
        workers: frozenset[int],
        touches: Sequence[Touch],
        counts: Sequence[Counts],
    ) -> None:
        """One commit, later than those before."""
        before = [(node, source, list(self.changes[source])) for node, source, _ in touches if source is not None]
        for node, source, changes in before:
            here = {change.commit for change in self.changes[node]}
            older = [change for change in changes if change.commit not in here]
            self.changes[node] = sorted([*older, *self.changes[node]], key=_time)
            self._became[source] = node
            self._live(source, there=False)
        for (node, _, letter), (added, removed, lines) in zip(touches, counts, strict=True):
            if lines is not None and lines != self._lengths.get(node):
                self._live(node, there=False)
                self._lengths[node] = lines
            self._live(node, there=letter != "D")
            change = Change(commit, time, node, weight, workers, survival(weight, added, removed, lines))
            for place in (node, *self._tree.above(node)):
                self.changes[place].append(change)

    def _live(self, node: int, *, there: bool) -> None:
        if there == (node in self.living):
            return
        (self.living.add if there else self.living.discard)(node)
        if node not in self._somebodys:
            return
        sign, lines = 1 if there else -1, self._lengths.get(node)
        for directory in self._tree.above(node):
            self._files[directory] += sign
            if lines is not None:
                self._counted[directory] += sign
                self._lines[directory] += sign * lines

    def staleness(self, node: int, number: int, last: int) -> float:
        """The share in [0, 1] of a file or directory that others than `number` changed after `last`."""
        changes = self.changes[node]
        since = bisect_right(changes, last, key=_time)
        if not any(number not in change.workers for change in changes[since:]):
            return 0.0
        return self._of_directory(node, number, since) if node in self._is_dir else self._of_file(node, number, since)

    def _of_file(self, node: int, number: int, since: int) -> float:
        changes = self.changes[node]
        whole = sum(change.weight for change in changes[:since])
        left = []
        for change in changes[since:]:
            whole += change.weight
            if number not in change.workers:
                left.append(change.left or uncounted(change.weight, whole))
        return together(left).staleness

    def _of_directory(self, node: int, number: int, since: int) -> float:
        left: dict[int, Survival] = {}
        for change in self.changes[node][since:]:
            if number not in change.workers:
                file = self._now(change.node)
                if file is not None:
                    one = change.left or uncounted(change.weight, 1.0)
                    had = left.get(file)
                    left[file] = one if had is None else had.then(one)
        mean = self._lines[node] / self._counted[node] if self._counted[node] else 1.0
        whole = self._lines[node] + mean * (self._files[node] - self._counted[node])
        stale = sum(self._lengths.get(file, mean) * one.staleness for file, one in left.items())
        return min(1.0, stale / whole) if whole else 0.0

    def _now(self, node: int) -> int | None:
        """The file that a changed one is at present; None where it is gone or nobody's."""
        seen = set()
        while node not in self.living:
            seen.add(node)
            node = self._became.get(node, 0)
            if node in seen or not node:
                return None
        return node if node in self._somebodys else None


_time = attrgetter("time")


def _first_lengths(db: Database, repo_id: int) -> tuple[set[int], dict[int, int]]:
    """The files that somebody here writes, and how long each was before its first counted change."""
    somebodys, lengths = set(), {}
    for node, lines, traits in db.read(
        "SELECT id, lines, traits FROM nodes WHERE repo_id = :repo AND is_dir = 0", repo=repo_id
    ):
        if "generated" not in traits and "vendored" not in traits:
            somebodys.add(node)
        if lines is not None:
            lengths[node] = lines
    rows = db.read(
        "SELECT t.node_id, t.change, t.from_node_id, t.lines - t.added + t.removed FROM commits c"
        " JOIN touches t ON t.commit_id = c.id WHERE c.repo_id = :repo AND c.is_counted = 1 AND c.reachable = 1"
        " AND t.lines IS NOT NULL ORDER BY c.commit_time DESC, c.id DESC",
        repo=repo_id,
    )
    for node, change, source, before in rows:  # the earliest wins
        if change == "R":
            lengths[source] = before
        if change not in {"A", "R"}:
            lengths[node] = before
    return somebodys, lengths
