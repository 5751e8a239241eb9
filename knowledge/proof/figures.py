"""The figures that say how right rankings and probabilities were, with their uncertainty; pure numpy.

A rank of 0 means that nobody right was ranked. Intervals are 95 % bootstrap intervals, drawn by area, which repeat from
cut-off to cut-off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from knowledge.activation.replay import Vector
from knowledge.proof.protocol import Trial

BINS = 15  # of the calibration error


class Bin(NamedTuple):
    """A bar of the calibration curve: of `cases` that were said `said` on average, `seen` were active (shares)."""

    cases: int
    said: float
    seen: float


def figures(done: Sequence[Trial], model: int) -> dict[str, float]:
    """MRR, hit@1, hit@3 and MRR on hard cases of one of MODELS."""
    ranks = np.array([trial.ranks[model] for trial in done], dtype=float)
    hard = np.array([trial.hard for trial in done], dtype=bool)
    reciprocal = _reciprocal(ranks)
    return {
        "mrr": float(reciprocal.mean()),
        "hit1": float(((ranks > 0) & (ranks <= 1)).mean()),
        "hit3": float(((ranks > 0) & (ranks <= 3)).mean()),
        "hard": float(reciprocal[hard].mean()) if hard.any() else float("nan"),
    }


def interval(
    done: Sequence[Trial], model: int, other: int | None = None, *, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Of the MRR of `model`, or of its difference to that of `other`."""
    by_node: defaultdict[int, list[float]] = defaultdict(list)
    for trial in done:
        one, two = trial.ranks[model], trial.ranks[other] if other is not None else 0.0
        by_node[trial.node].append((1 / one if one else 0.0) - (1 / two if two else 0.0))
    return _bootstrap([(sum(values), len(values)) for values in by_node.values()], rounds, seed)


def ratio_interval(
    done: Sequence[Trial], model: int, other: int, *, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Of the MRR of `model` divided by that of `other`; infinite where that found nobody."""
    by_node: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for trial in done:
        one, two = trial.ranks[model], trial.ranks[other]
        by_node[trial.node].append((1 / one if one else 0.0, 1 / two if two else 0.0))
    sums = np.array([[sum(ends) for ends in zip(*values, strict=True)] for values in by_node.values()])
    draws = np.random.default_rng(seed)
    ratios = []
    for _ in range(rounds):
        mine, theirs = sums[draws.integers(0, len(sums), len(sums))].sum(0)
        ratios.append(mine / theirs if theirs else float("inf"))
    low, high = np.percentile(ratios, [2.5, 97.5], method="nearest")  # infinities have no middle
    return float(low), float(high)


def skill_interval(parts: Sequence[tuple[Vector, Vector]], *, rounds: int = 500, seed: int = 0) -> tuple[float, float]:
    """Of the Brier skill of (chance, active) parts, drawn by part: half-years are what a repository has few of."""
    sums = np.array([(((c - a) ** 2).sum(), a.sum(), len(a)) for c, a in parts])
    draws = np.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        squares, active, cases = sums[draws.integers(0, len(sums), len(sums))].sum(0)
        base = active / cases
        if 0 < base < 1:
            found.append(1 - squares / cases / (base * (1 - base)))
    if not found:
        return float("nan"), float("nan")
    return float(np.percentile(found, 2.5)), float(np.percentile(found, 97.5))


def _bootstrap(parts: Sequence[tuple[float, int]], rounds: int, seed: int) -> tuple[float, float]:
    sums = np.array(parts)
    draws = np.random.default_rng(seed)
    means = []
    for _ in range(rounds):
        drawn = sums[draws.integers(0, len(sums), len(sums))].sum(0)
        means.append(drawn[0] / drawn[1])
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


def _reciprocal(ranks: Vector) -> Vector:
    return np.divide(1.0, ranks, out=np.zeros_like(ranks), where=ranks > 0)


def brier(chance: Vector, active: Vector) -> float:
    """The mean squared distance between what was said and what came; 0 is perfect."""
    return float(((chance - active) ** 2).mean())


def brier_skill(chance: Vector, active: Vector) -> float:
    """1 − Brier score ÷ that of always saying the base rate; 0 knows nothing, 1 knows all."""
    return 1 - brier(chance, active) / brier(np.full(len(active), active.mean()), active)


def calibration_error(chance: Vector, active: Vector, bins: int = BINS) -> float:
    """ECE: by how much said and seen differ, over equally wide bins weighted by their cases."""
    found = curve(chance, active, bins)
    return sum(one.cases * abs(one.said - one.seen) for one in found) / max(1, len(chance))


def curve(chance: Vector, active: Vector, bins: int = 10) -> list[Bin]:
    """What was said against what came, in equally wide bins; those without cases are left out."""
    which = np.clip((chance * bins).astype(int), 0, bins - 1)
    parts = [which == at for at in range(bins)]
    return [Bin(int(p.sum()), float(chance[p].mean()), float(active[p].mean())) for p in parts if p.any()]


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
