"""Adds commits up into forward-decayed sums per node and holder; pure, and the same for the table and for a replay.

Input, one commit at a time: a `Moment` (when, what a path of it is worth, who took part how) and the nodes it touched,
each with the node it was renamed from. A renamed file takes its past along: to its new place, and to those directories
above it that were not above it before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from knowledge.memory import (
    AGENT_SHARE,
    LATEST,
    LEVELS,
    MOST_PATHS,
    REVIEW_KINDS,
    WORK_KINDS,
    Levels,
    clamp,
    forward,
    share_of_commit,
)

Sums = list[float]  # work, review, events, first, last, paths
AGENT = "AI agent"  # the `why` of identities that are one


class Moment(NamedTuple):
    """A commit as the ledger needs it."""

    id: int
    time: int
    parts: tuple[tuple[int, float, float], ...]  # holder, work, review
    file: float  # what one path of it is worth, forward-decayed at each level
    directory: float
    root: float


def moment(
    row: Sequence[Any],
    kinds: Iterable[Sequence[Any]],
    latest: int = LATEST,
    *,
    levels: Levels = LEVELS,
    with_agent: bool = False,
) -> Moment:
    """A commit from its row (id, time, weight, path count) and its (holder, kind) pairs.

    Whoever worked on it does not count as its reviewer too; a time after `latest` is drawn to it. `with_agent`: an AI
    agent took part, and those who worked on it with it learnt less (AGENT_SHARE).
    """
    number, time, weight, path_count = row
    time = min(clamp(time), latest)
    worth = share_of_commit(weight, path_count)
    f, d, r = (worth * forward(time, level.half_life_days) for level in levels)
    return Moment(number, time, _shares(tuple(kinds), with_agent=with_agent), f, d, r)


@lru_cache(maxsize=20_000)  # the same few people make most commits
def _shares(kinds: tuple[Sequence[Any], ...], *, with_agent: bool) -> tuple[tuple[int, float, float], ...]:
    """Holder, work and review of everybody who took part."""
    work: dict[int, float] = {}
    review: dict[int, float] = {}
    for holder, kind in kinds:
        if kind in WORK_KINDS:
            work[holder] = max(WORK_KINDS[kind], work.get(holder, 0.0))
        else:
            review[holder] = max(REVIEW_KINDS.get(kind, 0.0), review.get(holder, 0.0))
    own = AGENT_SHARE if with_agent else 1.0
    shares = [(holder, own * value, 0.0) for holder, value in work.items()]
    shares += [(holder, 0.0, value) for holder, value in review.items() if holder not in work]
    return tuple(shares)


class Tree:
    """The directories above each node of a repository."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        self.parents = parents
        self._above: dict[int, tuple[int, ...]] = {}

    def above(self, node: int) -> tuple[int, ...]:
        """The nearest first, the root last."""
        found = self._above.get(node)
        if found is None:
            parent = self.parents[node]
            found = self._above[node] = () if parent is None else (parent, *self.above(parent))
        return found


class Ledger:
    """Sums by node and holder.

    `past` holds, for each file that is ever renamed to or from, the moments that it lived through, by id: none counts
    twice for a file, however often it comes and goes.
    """

    def __init__(self, tree: Tree, past: Mapping[int, dict[int, Moment]]) -> None:
        self.tree = tree
        self.past = past
        self.sums: defaultdict[int, dict[int, Sums]] = defaultdict(dict)

    def add(self, at: Moment, touches: Sequence[tuple[int, int | None]]) -> None:
        """One commit: (node, the node it was renamed from) of each path."""
        sums, past = self.sums, self.past
        counts: dict[int, int] = {}
        renamed = False
        for node, source in touches:
            _add(sums[node], at, at.file, 1)
            for directory in self.tree.above(node):
                counts[directory] = counts.get(directory, 0) + 1
            renamed = renamed or source is not None
        for directory, count in counts.items():
            worth = at.root if self.tree.parents[directory] is None else at.directory
            _add(sums[directory], at, worth * count, min(count, MOST_PATHS))
        if renamed:
            self._carry((node, source) for node, source in touches if source is not None)
        if past:
            for node, _ in touches:
                if node in past:
                    past[node][at.id] = at

    def _carry(self, renames: Iterable[tuple[int, int]]) -> None:
        """As the files were before this commit, in whatever order it names them."""
        carried: dict[tuple[int, int], int] = {}
        moments: dict[int, Moment] = {}
        for node, source, before in [(node, source, list(self.past[source].values())) for node, source in renames]:
            here = self.past[node]
            fresh = set(self.tree.above(node)).difference(self.tree.above(source))
            for then in before:
                if then.id in here:
                    continue
                here[then.id] = moments[then.id] = then
                _add(self.sums[node], then, then.file, 1)
                for directory in fresh:
                    carried[directory, then.id] = carried.get((directory, then.id), 0) + 1
        for (directory, number), count in carried.items():
            then = moments[number]
            _add(self.sums[directory], then, then.directory * count, min(count, MOST_PATHS))


def _add(found: dict[int, Sums], at: Moment, worth: float, paths: int) -> None:
    time = at.time
    for holder, work, review in at.parts:
        sums = found.get(holder)
        if sums is None:
            found[holder] = [work * worth, review * worth, 1, time, time, paths]
        else:
            sums[0] += work * worth
            sums[1] += review * worth
            sums[2] += 1
            sums[5] += paths
            if time > sums[4]:
                sums[4] = time
            elif time < sums[3]:
                sums[3] = time


def renamed_nodes(touches: Iterable[tuple[int, int | None]]) -> set[int]:
    """The nodes that some touch renames to or from."""
    return {end for node, source in touches if source is not None for end in (node, source)}
