"""What half-years of a repository teach: exponents of the ranking, and how its retention differs from the pooled one.

Retention: z = log-odds of the pooled logistic becomes a + b·z (Platt 1999) with priors a ~ N(0, 0.5²), b ~ N(1, 0.2²),
each half-year counting as HALF_CASES independent cases (its cases are anything but independent), fading by half in
FADING_HALVES half-years. Exponents: the pair of the grid whose gain in MRR over the defaults is surest (mean − 2
standard errors over half-years), and only if that is above 0. Measured on the repositories that parameters were fitted
on, freer choices lost: one repository's past is a noisy guide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from knowledge.activation.replay import Replay, Vector
from knowledge.memory import DEFAULT, Params, retention
from knowledge.proof.baselines import rank_of
from knowledge.proof.protocol import Case, cases_at, drawn, judged

GRID = tuple(
    (presence, breadth) for presence in (0.0, 0.25, 0.5, 0.65, 0.8, 1.0) for breadth in (0.0, 0.2, 0.3, 0.4, 0.5)
)
USUAL = GRID.index((DEFAULT.presence, DEFAULT.breadth))
FILES_A_CUT = 200
LEAST_HALVES = 4
LEAST_ACTIVE = 100  # cases in which somebody was active
SURE_HALVES = 8  # before exponents may change
SURE = 2.0  # standard errors
HALF_CASES = 100
FADING_HALVES = 8.0
SPREAD = (0.5, 0.2)  # of the priors of a and b


class Lesson(NamedTuple):
    """What one half-year showed: the mean reciprocal rank by exponents, and what became of the pooled log-odds."""

    cut: int
    files: int
    by_exponents: tuple[float, ...]  # as GRID
    odds: Vector
    active: Vector


def lesson_at(replay: Replay, right: dict[int, set[int]]) -> Lesson:
    """The lesson of the half-year after the replay's present, under the default parameters."""
    replay.params = DEFAULT
    wanted = {node: who for node, who in judged(replay, right).items() if node not in replay.is_dir}
    files = drawn(replay, wanted, FILES_A_CUT)
    factors = [replay.turnout(Params(*pair)) for pair in GRID]
    sums = np.zeros(len(GRID))
    for node in files:
        shares = replay.shares(node)
        ranks = [rank_of(one, one[wanted[node]]) for one in (shares * factor for factor in factors)]
        sums += [1 / rank if rank else 0.0 for rank in ranks]
    sample = cases_at(replay, right)
    table = np.array([case.features for case in sample]).reshape(len(sample), -1)
    odds = table @ np.array(DEFAULT.retention) if sample else np.zeros(0)
    active = np.array([case.active for case in sample], dtype=float)
    return Lesson(replay.now, len(files), tuple(float(s) for s in sums / max(1, len(files))), odds, active)


def is_enough(lessons: Sequence[Lesson]) -> bool:
    """Whether there is history enough to learn from."""
    return len(lessons) >= LEAST_HALVES and sum(float(one.active.sum()) for one in lessons) >= LEAST_ACTIVE


def learn(lessons: Sequence[Lesson]) -> Params:
    """The parameters after these half-years, the oldest first; the defaults while there are too few."""
    if not is_enough(lessons):
        return DEFAULT
    presence, breadth = GRID[_surest(lessons)]
    shift, slope = _platt(lessons)
    weights = [slope * weight for weight in DEFAULT.retention]
    weights[0] += shift
    return DEFAULT._replace(presence=presence, breadth=breadth, retention=tuple(float(weight) for weight in weights))


def _surest(lessons: Sequence[Lesson]) -> int:
    told = [one for one in lessons if one.files]
    if len(told) < SURE_HALVES:
        return USUAL
    weight = np.array([min(one.files, FILES_A_CUT) for one in told], dtype=float)
    weight /= weight.sum()
    table = np.array([one.by_exponents for one in told])
    gains = table - table[:, [USUAL]]
    mean = weight @ gains
    error = np.sqrt(weight @ (gains - mean) ** 2 * (weight**2).sum()) + 1e-4
    sure = mean - SURE * error
    best = int(np.argmax(sure))
    return best if sure[best] > 0 else USUAL


def _platt(lessons: Sequence[Lesson], rounds: int = 25) -> tuple[float, float]:
    told = [one for one in lessons if len(one.odds)]
    ages = range(len(told) - 1, -1, -1)
    parts = [HALF_CASES / len(one.odds) * 0.5 ** (age / FADING_HALVES) for one, age in zip(told, ages, strict=True)]
    weight = np.concatenate([np.full(len(one.odds), part) for one, part in zip(told, parts, strict=True)])
    odds = np.concatenate([one.odds for one in told])
    active = np.concatenate([one.active for one in told])
    table = np.column_stack([np.ones_like(odds), odds])
    prior, strength = np.array([0.0, 1.0]), np.array([1 / spread**2 for spread in SPREAD])
    found = prior.copy()

    def loss(at: Vector) -> float:
        said = table @ at
        return float((weight * (np.logaddexp(0.0, said) - active * said)).sum() + strength @ (at - prior) ** 2 / 2)

    for _ in range(rounds):
        chance = sigmoid(table @ found)
        slope = table.T @ (weight * (chance - active)) + strength * (found - prior)
        curve = (table * (weight * chance * (1 - chance))[:, None]).T @ table + np.diag(strength)
        step = np.linalg.solve(curve, slope)
        before = loss(found)
        while loss(found - step) > before + 1e-9:  # Newton's step leaps too far where the start says nearly 0 or 1
            step /= 2
        found -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return float(found[0]), float(found[1])


def sigmoid(odds: Vector) -> Vector:
    """Log-odds as chances."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -700, 700))))


def chances(sample: Sequence[Case], weights: Sequence[float]) -> Vector:
    """The retention of every case."""
    return np.array([retention(case.features, weights) for case in sample])


def pooled(samples: Mapping[str, Sequence[Case]], ridge: float = 1e-3, rounds: int = 30) -> list[float]:
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
        chance = sigmoid(scaled @ found)
        slope = scaled.T @ (weight * (chance - active)) + penalty * found
        curve = (scaled * (weight * chance * (1 - chance))[:, None]).T @ scaled + np.diag(penalty + 1e-12)
        found -= np.linalg.solve(curve, slope)
    plain = found / spread
    plain[0] = found[0] - float((found * mean / spread)[1:].sum())
    return [float(value) for value in plain]
