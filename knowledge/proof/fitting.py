"""Fits the model to a repository's own past, half-year by half-year, and keeps what came of it.

Each half-year is judged with what had been learnt from the ones before it (never from itself or later), and then
learnt from (`knowledge/proof/lessons.py`). What is kept carries the date up to which it has looked, so that a question
about the past uses what was learnt by then. Made anew when a half-year is complete or history grew by a fifth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from knowledge.activation.replay import Replay, Vector
from knowledge.cycles import no_collections
from knowledge.memory import DAY, DEFAULT, Params
from knowledge.proof.baselines import Authors, rank_of
from knowledge.proof.due import checkpoints, is_due
from knowledge.proof.figures import Bin, brier
from knowledge.proof.lessons import FILES_A_CUT, Lesson, chances, is_enough, learn, lesson_at, sigmoid
from knowledge.proof.protocol import cases_at, cuts, drawn, judged, truth
from knowledge.store import fits
from knowledge.store.database import Database

NEXT_DAYS = 185  # there is a checkpoint within so many days
CURVE_BINS = 10


class Half(NamedTuple):
    """A half-year: what had been learnt before it, who was right in it, and what it teaches."""

    cut: int
    params: Params
    right: dict[int, set[int]]
    lesson: Lesson


class Fit(NamedTuple):
    """What a repository's past has taught, and how right it was in the half-years that it was not learnt from."""

    until: int
    params: Params  # of now
    since: int  # the first half-year judged with parameters of the repository's own; 0 while there are none
    halves: int  # judged
    files: int  # judged, at most FILES_A_CUT a half-year
    hit1: float
    hit3: float
    mrr: float
    last_mrr: float  # of the last toucher, on the same files
    brier_skill: float
    curve: tuple[Bin, ...]

    @property
    def is_own(self) -> bool:
        """Whether there was history enough; else these are the defaults."""
        return self.since > 0


def walk(replay: Replay, now: int | None = None) -> Iterator[Half]:
    """Every half-year of a fresh replay in turn; the replay stands at its beginning, with what was learnt by then."""
    lessons: list[Lesson] = []
    for cut in cuts(replay, now):
        replay.advance(cut)
        params, right = learn(lessons), truth(replay)
        lesson = lesson_at(replay, right)
        replay.params = params
        yield Half(cut, params, right, lesson)
        lessons.append(lesson)


def fit_if_due(db: Database, repo_id: int, now: int) -> bool:
    """Fit a repository again if a half-year was completed or its history grew by a fifth; says whether it was done."""
    if not is_due(db, repo_id, now):
        return False
    fit_now(db, repo_id, now)
    return True


@no_collections()
def fit_now(db: Database, repo_id: int, now: int) -> None:
    """Play the whole history and keep what it teaches."""
    replay = Replay(db, repo_id, now)
    learnt, lessons = [], list[Lesson]()
    for half, figures in _judge(replay, now):
        learnt.append(fits.Learnt(half.cut, half.params, figures))
        lessons.append(half.lesson)
    last = learnt[-1].until if learnt else 0
    following = checkpoints(last + 1, min(now, last + NEXT_DAYS * DAY)) if last else []
    if following:
        learnt.append(fits.Learnt(following[0], learn(lessons), {}))
    elif not learnt:
        learnt.append(fits.Learnt(0, DEFAULT, {}))
    with db.transaction() as tx:
        fits.keep(tx, repo_id, learnt, now=now, commits=fits.count_commits(db, repo_id))


def _judge(replay: Replay, now: int) -> Iterator[tuple[Half, dict[str, Any]]]:
    authors, seen, lessons = Authors(), 0, list[Lesson]()
    for half in walk(replay, now):
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        own = is_enough(lessons)
        lessons.append(half.lesson)
        yield half, {"own": own, **_ranking(replay, authors, half), **_retention(replay, half)}


def _ranking(replay: Replay, authors: Authors, half: Half) -> dict[str, float]:
    wanted = {node: who for node, who in judged(replay, half.right).items() if node not in replay.is_dir}
    ours, last = [], []
    for node in drawn(replay, wanted, FILES_A_CUT):
        scores, times = replay.scores(node), next(authors.scores(node))
        ours.append(rank_of(scores, scores[wanted[node]]))
        last.append(rank_of(list(times.values()), [times.get(number, 0.0) for number in wanted[node]]))
    hits = {f"hit{most}": sum(0 < rank <= most for rank in ours) for most in (1, 3)}
    return {"files": len(ours), **hits, "rr": _sum(ours), "last_rr": _sum(last)}


def _sum(ranks: Sequence[float]) -> float:
    return sum(1 / rank for rank in ranks if rank)


def chances_of(replay: Replay, half: Half) -> tuple[Vector, Vector]:
    """The retention of the half-year's cases with what had been learnt before it, and whether they were active."""
    if half.params[:2] == DEFAULT[:2]:
        weights, usual = half.params.retention, DEFAULT.retention
        slope = weights[1] / usual[1]
        return sigmoid(weights[0] - slope * usual[0] + slope * half.lesson.odds), half.lesson.active
    sample = cases_at(replay, half.right)
    return chances(sample, half.params.retention), np.array([case.active for case in sample], dtype=float)


def _retention(replay: Replay, half: Half) -> dict[str, Any]:
    chance, active = chances_of(replay, half)
    which = np.clip((chance * CURVE_BINS).astype(int), 0, CURVE_BINS - 1)
    bins = [
        [int((which == at).sum()), float(chance[which == at].sum()), float(active[which == at].sum())]
        for at in range(CURVE_BINS)
    ]
    return (
        {
            "cases": len(active),
            "active": float(active.sum()),
            "squares": brier(chance, active) * len(active),
            "bins": bins,
        }
        if len(active)
        else {"cases": 0}
    )


def stored_fit(db: Database, repo_id: int) -> Fit | None:
    """What is kept of a repository; None before the first fit."""
    rows = fits.kept(db, repo_id)
    if not rows:
        return None
    told = [row.figures for row in rows if row.figures.get("files") and row.figures.get("own")]
    since = next((row.until for row in rows if row.figures.get("own")), 0)
    files = sum(one["files"] for one in told)
    sums = {key: sum(one[key] for one in told) / max(1, files) for key in ("hit1", "hit3", "rr", "last_rr")}
    cases = [one for one in told if one["cases"]]
    return Fit(
        rows[-1].until,
        rows[-1].params,
        since,
        len(told),
        files,
        sums["hit1"],
        sums["hit3"],
        sums["rr"],
        sums["last_rr"],
        _skill(cases),
        _curve(cases),
    )


def _skill(told: Sequence[dict[str, Any]]) -> float:
    cases, active, squares = (sum(one[key] for one in told) for key in ("cases", "active", "squares"))
    base = active / cases if cases else 0.0
    return float(1 - squares / cases / (base * (1 - base))) if 0 < base < 1 else float("nan")


def _curve(told: Sequence[dict[str, Any]]) -> tuple[Bin, ...]:
    if not told:
        return ()
    sums = np.sum([one["bins"] for one in told], axis=0)
    return tuple(Bin(int(n), float(said / n), float(seen / n)) for n, said, seen in sums if n)
