"""What the model is measured against: the same history, with renames followed.

Last toucher; most commits; Avelino's degree of authorship (DOA = 3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC);
Avelino et al. 2016, "A novel approach for estimating truck factors"); and AKB+, the model as it was before it knew
breadth: shares with half-lives of 180, 120 and 90 days × presence, mixed with the shares of the files that changed
together with a file before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import log

import numpy as np

from knowledge.activation.replay import Replay, Step, Vector
from knowledge.memory import DAY, DIRECTORY, FILE, PRESENCE, Level, Levels, Params

AKB_LEVELS = Levels(FILE, DIRECTORY, Level(90.0, 0.0, 0.0))
AKB_PARAMS = Params(PRESENCE, 0.0, 0.0)
NEIGHBOUR_SHARE = 0.1  # of the mix; the best of 0.1, 0.2 and 0.3 on the repositories that parameters were fitted on
MOST_NEIGHBOURS = 10
MOST_TOGETHER = 30  # paths of a commit that still says something about each other
LAST_CHANGES = 30


class Authors:
    """Per file and directory, each worker's commits and last time; and who created it."""

    def __init__(self) -> None:
        self.counts: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
        self.creator: dict[int, int] = {}

    def add(self, step: Step, above: Callable[[int], tuple[int, ...]]) -> None:
        """One commit."""
        workers = [number for number, work, _ in step.at.parts if work]
        if not workers:
            return
        places: set[int] = set()
        for node, source, letter in step.touches:
            if source is not None:
                self._take_over(node, source)
            if letter == "A":
                self.creator.setdefault(node, workers[0])
            places.update((node, *above(node)))
        for place in places:
            for number in workers:
                counted = self.counts[place].setdefault(number, [0, 0])
                counted[0] += 1
                counted[1] = step.at.time

    def _take_over(self, node: int, source: int) -> None:
        for number, (commits, last) in self.counts.get(source, {}).items():
            counted = self.counts[node].setdefault(number, [0, 0])
            counted[0] += commits
            counted[1] = max(counted[1], last)
        if source in self.creator:
            self.creator.setdefault(node, self.creator[source])

    def last(self, node: int) -> int | None:
        """Who worked there last; None where nobody did."""
        found = self.counts.get(node, {})
        return max(found, key=lambda number: found[number][1], default=None)

    def scores(self, node: int) -> Iterator[dict[int, float]]:
        """Of last toucher, most commits and DOA, above 0."""
        found = self.counts.get(node, {})
        whole = sum(commits for commits, _ in found.values())
        first = self.creator.get(node)
        yield {number: float(last) for number, (_, last) in found.items()}
        yield {number: float(commits) for number, (commits, _) in found.items()}
        yield {
            number: 100 + 3.293 + 1.098 * (number == first) + 0.164 * commits - 0.321 * log(1 + whole - commits)
            for number, (commits, _) in found.items()
        }


class Akb:
    """AKB+ on a replay of its own."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self._together = {step.at.id: [touch[0] for touch in step.touches] for step in replay.steps}

    def advance(self, now: int) -> None:
        """As `Replay.advance`."""
        self.replay.advance(now)

    def scores(self, node: int) -> Vector:
        """Of every human."""
        own = self.replay.shares(node)
        near = self._neighbours(node)
        if near:
            whole = sum(near.values())
            beside = sum((self.replay.shares(other) * (worth / whole) for other, worth in near.items()), np.zeros(1))
            own = (1 - NEIGHBOUR_SHARE) * own + NEIGHBOUR_SHARE * beside
        return own * self.replay.turnout(AKB_PARAMS)

    def _neighbours(self, node: int) -> dict[int, float]:
        """The files that changed together with a file most and latest, and how much; none of a directory."""
        if node in self.replay.is_dir:
            return {}
        worth: defaultdict[int, float] = defaultdict(float)
        for change in self.replay.changes[node][-LAST_CHANGES:]:
            paths = self._together.get(change.commit, ())
            if 1 < len(paths) <= MOST_TOGETHER:
                value = 2.0 ** (-(self.replay.now - change.time) / DAY / FILE.half_life_days) / len(paths)
                for other in paths:
                    if other != node:
                        worth[other] += value
        best = sorted(worth, key=lambda other: (-worth[other], other))[:MOST_NEIGHBOURS]
        return {other: worth[other] for other in best}


def rank_of(scores: Vector | Sequence[float], right: Vector | Sequence[float]) -> float:
    """Of the best right one, in the middle of those who tie with it; 0 when none has a score."""
    best = max(right, default=0.0)
    if best <= 0.0:
        return 0.0
    values = np.asarray(scores)
    return float(1 + np.count_nonzero(values > best) + (np.count_nonzero(values == best) - 1) / 2)
