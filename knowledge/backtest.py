"""How right the model is, on a repository's own past: the protocol of ranking, and the calibration of retention.

At cut-off dates half a year apart, for every file and directory that is touched in the next 180 days, everybody is
ranked from nothing but the history up to the date; right are those who touch it in the window. Left out: what only
people without any earlier activity touched, bots, the root. *Hard* are cases whose last toucher is not among the right.

Baselines see the same history, with renames followed: last toucher, most commits, Avelino's degree of authorship
(DOA = 3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC); Avelino et al. 2016, "A novel approach for estimating truck
factors"), AKB (the model without presence). Needs numpy.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log
from typing import NamedTuple

import numpy as np

from knowledge.memory import DAY, HORIZON_DAYS, features, retention
from knowledge.replay import Replay, Step, Vector

STEP_DAYS = 182.6
FIRST_CUT_DAYS = 365  # of history before the first cut-off
MODELS = ("last toucher", "most commits", "DOA", "AKB", "ours")


class Trial(NamedTuple):
    """One file or directory at one cut-off; `ranks` of the best right person by MODELS, 0 where nobody was ranked."""

    cut: int
    node: int
    is_dir: bool
    hard: bool
    is_new: bool  # nobody had touched it before
    ranks: tuple[float, ...]


class Case(NamedTuple):
    """One person in one area at one cut-off, and whether they work there within HORIZON_DAYS."""

    area: int
    features: tuple[float, ...]
    active: bool


class Authors:
    """What the baselines count: per file and directory, each worker's commits and last time; and who created it."""

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


def cuts(replay: Replay) -> list[int]:
    """Cut-offs half a year apart, each with a full window after it; outliers of the clock are not believed."""
    times = [step.at.time for step in replay.steps]
    if not times:
        return []
    first, last = (int(np.percentile(times, at)) for at in (0.5, 99.9))
    count = (last - HORIZON_DAYS * DAY - first - FIRST_CUT_DAYS * DAY) / (STEP_DAYS * DAY)
    return [first + round((FIRST_CUT_DAYS + n * STEP_DAYS) * DAY) for n in range(int(count) + 1)] if count >= 0 else []


def truth(replay: Replay) -> dict[int, set[int]]:
    """Who touches what within HORIZON_DAYS after the replay's present."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    end = replay.now + HORIZON_DAYS * DAY
    for step in replay.steps[replay.position :]:
        if step.at.time > end:
            break
        workers = [number for number, work, _ in step.at.parts if work]
        for node, _, _ in step.touches:
            for place in (node, *replay.tree.above(node)):
                found[place].update(workers)
    return found


def trials(replay: Replay) -> list[Trial]:
    """Every trial of the protocol on a fresh replay."""
    authors, seen, done = Authors(), 0, []
    for cut in cuts(replay):
        replay.advance(cut)
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        known = set(replay.ledger.sums[replay.root])
        for node, right in truth(replay).items():
            if right & known and node != replay.root:
                done.append(_trial(replay, authors, node, right, sorted(right & known)))
    return done


def _trial(replay: Replay, authors: Authors, node: int, right: set[int], known: Sequence[int]) -> Trial:
    baselines = list(authors.scores(node))
    last = max(baselines[0], key=lambda number: baselines[0][number], default=None)
    shares = replay.shares(node)
    ranks = [_rank(list(scores.values()), [scores.get(number, 0.0) for number in right]) for scores in baselines]
    ranks += [_rank(scores, scores[known]) for scores in (shares, shares * replay.presence())]
    return Trial(replay.now, node, node in replay.is_dir, last not in right, last is None, tuple(ranks))


def _rank(scores: Vector | Sequence[float], right: Vector | Sequence[float]) -> float:
    """Of the best right one, in the middle of those who tie with it; 0 when none has a score."""
    best = max(right, default=0.0)
    if best <= 0.0:
        return 0.0
    values = np.asarray(scores)
    return float(1 + np.count_nonzero(values > best) + (np.count_nonzero(values == best) - 1) / 2)


# -- figures ----------------------------------------------------------------------------------------------------------


def figures(done: Sequence[Trial], model: int) -> dict[str, float]:
    """MRR, hit@1, hit@3 and MRR on hard cases of one of MODELS."""
    ranks = np.array([trial.ranks[model] for trial in done], dtype=float)
    hard = np.array([trial.hard for trial in done])
    reciprocal = np.divide(1.0, ranks, out=np.zeros_like(ranks), where=ranks > 0)
    return {
        "mrr": float(reciprocal.mean()),
        "hit1": float(((ranks > 0) & (ranks <= 1)).mean()),
        "hit3": float(((ranks > 0) & (ranks <= 3)).mean()),
        "hard": float(reciprocal[hard].mean()) if hard.any() else float("nan"),
    }


def interval(done: Sequence[Trial], model: int, other: int, *, rounds: int = 500, seed: int = 0) -> tuple[float, float]:
    """A 95 % bootstrap interval of the MRR of `model` minus that of `other`, drawn by node, which repeat."""
    by_node: defaultdict[int, list[float]] = defaultdict(list)
    for trial in done:
        one, two = trial.ranks[model], trial.ranks[other]
        by_node[trial.node].append((1 / one if one else 0.0) - (1 / two if two else 0.0))
    sums = np.array([(sum(values), len(values)) for values in by_node.values()])
    draws = np.random.default_rng(seed).integers(0, len(sums), (rounds, len(sums)))
    means = [sums[draw, 0].sum() / sums[draw, 1].sum() for draw in draws]
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


# -- calibration ------------------------------------------------------------------------------------------------------


def cases(replay: Replay, per_cut: int = 250, candidates: int = 20, seed: int = 0) -> list[Case]:
    """Living areas drawn at each cut-off of a fresh replay, and in each the candidates that an answer considers."""
    draw, found, area = random.Random(seed), list[Case](), 0  # noqa: S311  (a sample, not a secret)
    for cut in cuts(replay):
        replay.advance(cut)
        right = truth(replay)
        places = set(replay.living)
        for node in replay.living:
            places.update(replay.tree.above(node))
        listed = sorted(places)
        for node in listed if len(listed) <= per_cut else draw.sample(listed, per_cut):
            area += 1
            scores, everybody, is_dir = replay.scores(node), replay.everybody(node), node in replay.is_dir
            for number in replay.top(node, candidates):
                here, anywhere = replay.trace(node, number), replay.trace(replay.root, number)
                values = features(
                    here, anywhere, replay.now, everybody=everybody, score=float(scores[number]), is_dir=is_dir
                )
                found.append(Case(area, values, number in right.get(node, ())))
    return found


def fit(samples: Mapping[str, Sequence[Case]], ridge: float = 1e-3, rounds: int = 30) -> list[float]:
    """The weights of `memory.retention`: a ridge logistic by Newton's method, each repository weighing the same."""
    table = np.array([case.features for sample in samples.values() for case in sample])
    active = np.array([case.active for sample in samples.values() for case in sample], dtype=float)
    weight = np.concatenate([np.full(len(sample), 1 / len(sample) / len(samples)) for sample in samples.values()])
    mean, spread = table.mean(0), table.std(0) + 1e-9
    mean[0], spread[0] = 0.0, 1.0
    scaled = (table - mean) / spread
    found = np.zeros(scaled.shape[1])
    penalty = np.full(len(found), ridge)
    penalty[0] = 0.0
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (weight * (chance - active)) + penalty * found
        curve = (scaled * (weight * chance * (1 - chance))[:, None]).T @ scaled + np.diag(penalty + 1e-12)
        found -= np.linalg.solve(curve, slope)
    plain = found / spread
    plain[0] = found[0] - float((found * mean / spread)[1:].sum())
    return [float(value) for value in plain]


def chances(sample: Sequence[Case], weights: Sequence[float]) -> Vector:
    """The retention of every case."""
    return np.array([retention(case.features, weights) for case in sample])


def brier_skill(chance: Vector, active: Vector) -> float:
    """1 − Brier score ÷ that of always saying the base rate; 0 knows nothing, 1 knows all."""
    return float(1 - ((chance - active) ** 2).mean() / ((active.mean() - active) ** 2).mean())


def calibration_error(chance: Vector, active: Vector, bins: int = 15) -> float:
    """ECE: by how much said and seen differ, over equally wide bins weighted by their cases."""
    which = np.clip((chance * bins).astype(int), 0, bins - 1)
    parts = [which == at for at in range(bins)]
    return float(sum(part.mean() * abs(chance[part].mean() - active[part].mean()) for part in parts if part.any()))


def best_bar(chance: Vector, active: Vector, tolerance: float = 0.02) -> float:
    """The lowest retention whose F1 as "a holder" is within `tolerance` of the best, in steps of 0.05.

    The lowest, since naming one person too many is cheaper than sending somebody away with nobody.
    """
    scores = {}
    for step in range(1, 15):
        named = chance >= step / 20
        hits = float(active[named].sum())
        scores[step / 20] = 2 * hits / max(1.0, float(named.sum() + active.sum()))
    best = max(scores.values())
    return min(bar for bar, score in scores.items() if score >= best - tolerance)
