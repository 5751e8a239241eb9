"""The protocol that measures the model, on histories small enough to be checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.activation.replay import Replay
from knowledge.memory import FEATURES
from knowledge.proof import figures, lessons, protocol
from knowledge.proof.baselines import AKB_LEVELS, Akb, Authors
from knowledge.proof.protocol import Case, Trial
from knowledge.store import people
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from tests.knowledge.histories import fill, seconds


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    yield store
    store.close()


def test_trials_rank_from_the_past_and_are_judged_by_the_window(db: Database) -> None:
    """
    2020-01-01 | Ada | core/a.py
    2020-02-01 | Ada | core/a.py
    2020-03-01 | Ada | core/a.py
    2020-12-01 | Bob | core/a.py
    2020-12-20 | Bob | core/b.py
    2021-01-20 | Ada | core/a.py
    2021-02-01 | New | core/c.py
    2021-02-02 | Bob | core/b.py
    2021-12-31 | Bob | core/b.py
    """
    fill(db, test_trials_rank_from_the_past_and_are_judged_by_the_window.__doc__ or "")
    people.sync(db)
    replay, akb, authors = Replay(db, 1), Akb(Replay(db, 1, levels=AKB_LEVELS)), Authors()
    first = protocol.cuts(replay)[0]
    assert first == seconds("2021-01-01") - 12 * 3600
    for player in (replay, akb):
        player.advance(first)
    for step in replay.steps[: replay.position]:
        authors.add(step, replay.tree.above)
    done = protocol.trials_at(replay, akb, authors, protocol.truth(replay))
    by_path = {replay.path_of[trial.node]: trial for trial in done}
    assert set(by_path) == {"core/a.py", "core/b.py", "core"}  # nobody known touched core/c.py
    a = dict(zip(protocol.MODELS, by_path["core/a.py"].ranks, strict=True))
    assert by_path["core/a.py"].hard  # Bob touched it last, Ada comes back
    assert (a["last toucher"], a["most commits"], a["DOA"]) == (2.0, 1.0, 1.0)
    assert by_path["core/b.py"].ranks == (1.0,) * len(protocol.MODELS)
    assert not by_path["core/b.py"].hard


def trial(*ranks: float, hard: bool = False, node: int = 1) -> Trial:
    return Trial(0, node, False, hard, False, ranks)


def test_figures() -> None:
    done = [trial(1, 2), trial(2, 1, hard=True), trial(0, 4, hard=True), trial(3, 1)]
    assert figures.figures(done, 0) == pytest.approx(
        {"mrr": (1 + 0.5 + 0 + 1 / 3) / 4, "hit1": 0.25, "hit3": 0.75, "hard": 0.25}
    )
    low, high = figures.interval([trial(1, 2, node=n) for n in range(20)], 0, 1)
    assert (low, high) == (0.5, 0.5)


def test_fitting_recovers_what_made_the_data() -> None:
    draw = np.random.default_rng(1)
    table = np.column_stack([np.ones(20_000), draw.normal(2, 3, (20_000, 2))])
    truth = 1 / (1 + np.exp(-(table @ [0.5, 0.8, -0.4])))
    active = draw.random(20_000) < truth
    sample = [Case(0, tuple(row), bool(a)) for row, a in zip(table, active, strict=True)]
    weights = lessons.pooled({"one": sample[:10_000], "two": sample[10_000:]}, ridge=1e-6)
    assert weights == pytest.approx([0.5, 0.8, -0.4], abs=0.06)
    chance = lessons.chances(sample, weights)
    seen = active.astype(float)
    assert figures.calibration_error(chance, seen) < 0.015
    assert figures.brier_skill(chance, seen) > 0.3
    assert figures.brier_skill(np.full(20_000, seen.mean()), seen) == pytest.approx(0.0)


def test_calibration_error_is_the_mean_gap() -> None:
    chance, active = np.array([0.9, 0.9, 0.1, 0.1]), np.array([1.0, 0.0, 0.0, 0.0])
    assert figures.calibration_error(chance, active) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)


def test_cases_hold_the_features_of_living_areas(db: Database) -> None:
    lines = [
        f"20{y}-{m:02}-01 | {who} | core/a.py x{m}.py"
        for y in (20, 21, 22)
        for m, who in enumerate(["Ada", "Bob"] * 6, 1)
    ]
    fill(db, "\n".join([*lines, "2022-12-30 | Ada | -core/a.py"]))
    people.sync(db)
    found = protocol.cases(Replay(db, 1))
    assert len(found) > 50
    assert {len(case.features) for case in found} == {len(FEATURES)}
    assert {case.active for case in found} == {True, False}


def test_how_many_times_better_and_how_sure_of_it() -> None:
    """Found at once against second, everywhere; against a mixture; against nobody found at all."""
    done = [trial(1.0, 2.0, node=node) for node in range(50)]
    assert figures.ratio_interval(done, 0, 1) == (2.0, 2.0)
    mixed = [trial(1.0, 1.0 if node % 2 else 2.0, node=node) for node in range(50)]
    low, high = figures.ratio_interval(mixed, 0, 1)
    assert 1.15 < low < 4 / 3 < high < 1.6
    assert figures.ratio_interval([trial(1.0, 0.0)], 0, 1) == (float("inf"), float("inf"))
