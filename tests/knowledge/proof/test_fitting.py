"""Learning from a repository's own past: what half-years teach, what is kept, and that nobody looks ahead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.activation.replay import Replay
from knowledge.insight import who_knows
from knowledge.memory import DAY, DEFAULT, Params
from knowledge.proof import backtest, fitting, lessons
from knowledge.proof.due import checkpoints
from knowledge.proof.lessons import GRID, USUAL, Lesson, learn, sigmoid
from knowledge.proof.protocol import cuts
from knowledge.store import activations, fits, people
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from knowledge.store.traces import params_at, read_params, write_params
from tests.knowledge.histories import fill, seconds

PEOPLE = ("Ada", "Bob", "Cleo", "Dan")
NOW = seconds("2024-08-01")


def story(until: int = 2024) -> str:
    """Six years: everybody has a corner of five files, every month a change in each; Dan leaves in 2021."""
    lines = []
    for month in range(12 * (until - 2018)):
        date = f"{2018 + month // 12}-{month % 12 + 1:02}-05"
        for at, who in enumerate(PEOPLE):
            if who != "Dan" or month < 36:
                lines.append(f"{date} | {who} | c{at}/f{month % 5}.py c{at}/g{month % 3}.py")
    return "\n".join(lines)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    yield store
    store.close()


def ready(db: Database, lines: str) -> Database:
    fill(db, lines)
    people.sync(db)
    with db.transaction() as tx:
        activations.fold(tx, 1)
    return db


def lesson(cut: int, gains: dict[int, float], odds: np.ndarray, active: np.ndarray) -> Lesson:
    by = [0.5 + gains.get(at, 0.0) for at in range(len(GRID))]
    return Lesson(cut, 200, tuple(by), odds, active)


def test_too_few_half_years_leave_the_defaults() -> None:
    odds, active = np.zeros(400), np.ones(400)
    assert learn([]) is DEFAULT
    assert learn([lesson(n, {}, odds, active) for n in range(lessons.LEAST_HALVES - 1)]) is DEFAULT
    assert learn([lesson(n, {}, odds, 0 * active) for n in range(9)]) is DEFAULT  # nobody was ever active


def test_retention_is_moved_towards_what_came_true_but_not_beyond() -> None:
    """The pooled model says 12 % on average; here it was 35 %."""
    draw = np.random.default_rng(0)
    odds = draw.normal(-2, 1, 4000)
    truth = sigmoid(odds + 1.5)
    told = [lesson(n, {}, odds, (draw.random(4000) < truth).astype(float)) for n in range(12)]
    learnt = learn(told)
    slope = learnt.retention[1] / DEFAULT.retention[1]
    shift = learnt.retention[0] - slope * DEFAULT.retention[0]
    assert 1.0 < shift < 1.5  # drawn to 0
    assert 0.85 < slope < 1.1
    few = learn(told[: lessons.LEAST_HALVES])
    assert 0 < few.retention[0] - DEFAULT.retention[0] < learnt.retention[0] - DEFAULT.retention[0]


def test_exponents_change_only_when_another_pair_was_surely_better() -> None:
    odds, active, other = np.zeros(100), np.ones(100), GRID.index((1.0, 0.0))
    steady = [lesson(n, {other: 0.02 + 0.001 * (n % 2)}, odds, active) for n in range(10)]
    assert learn(steady)[:2] == (1.0, 0.0)
    assert learn(steady[:7])[:2] == GRID[USUAL] == DEFAULT[:2]  # too few
    shaky = [lesson(n, {other: 0.2 * (-1) ** n + 0.02}, odds, active) for n in range(10)]
    assert learn(shaky)[:2] == DEFAULT[:2]


def test_a_fit_of_retention_stays_near_what_it_knew_where_the_pooled_model_was_sure_and_wrong() -> None:
    """The pooled model says next to never of almost everybody, and half of them came."""
    odds = np.concatenate([np.full(1000, -30.0), np.full(10, 25.0)])
    active = np.concatenate([np.arange(1000) % 2 == 0, np.zeros(10, dtype=bool)]).astype(float)
    learnt = learn([lesson(n, {}, odds, active) for n in range(8)])
    slope = learnt.retention[1] / DEFAULT.retention[1]
    assert -0.1 < slope < 0.3  # the odds say little here
    assert abs(learnt.retention[0] - slope * DEFAULT.retention[0]) < 1.0


def test_parameters_survive_the_store_as_text() -> None:
    some = Params(0.75, 0.2, 0.4, tuple(n / 7 for n in range(len(DEFAULT.retention))))
    back = read_params(write_params(some))
    assert back[:3] == some[:3]
    assert back.retention == pytest.approx(some.retention, rel=1e-5)
    assert read_params("0.5 0.3 1 2 3") is DEFAULT  # of an older form


def test_checkpoints_are_the_firsts_of_january_and_july() -> None:
    noon = 12 * 3600
    found = checkpoints(seconds("2020-03-01"), seconds("2021-08-01"))
    assert found == [seconds(day) - noon for day in ("2020-07-01", "2021-01-01", "2021-07-01")]


def test_a_fit_is_kept_with_its_date_and_made_again_only_when_due(db: Database) -> None:
    ready(db, story())
    assert fitting.stored_fit(db, 1) is None
    assert fitting.fit_if_due(db, 1, NOW)
    found = fitting.stored_fit(db, 1)
    assert found is not None
    assert found.is_own
    assert found.until == seconds("2024-07-01") - 12 * 3600
    assert found.since == seconds("2021-07-01") - 12 * 3600  # four half-years from 2019-07 on came before
    assert (found.hit1, found.mrr) == (1.0, 1.0)  # everybody keeps to their corner
    assert found.brier_skill > 0.5
    assert sum(one.cases for one in found.curve) > 100
    assert not fitting.fit_if_due(db, 1, NOW + DAY)
    assert not fitting.fit_if_due(db, 1, NOW + 60 * DAY)  # no half-year was completed
    with db.transaction() as tx:
        tx.run("UPDATE fits SET params = '0.5 0.3 1 2 3'")
    assert fitting.fit_if_due(db, 1, NOW + 60 * DAY)  # an older model learnt that
    assert fitting.fit_if_due(db, 1, seconds("2025-01-02"))
    fill(
        db,
        "\n".join(f"2024-06-{d:02} | Ada | c0/f1.py" for d in range(1, 29))
        + "\n"
        + "\n".join(story().splitlines()[:60]),
    )
    assert fitting.fit_if_due(db, 1, seconds("2025-01-03"))  # a fifth more history


def test_a_question_about_the_past_uses_what_was_learnt_by_then(db: Database) -> None:
    ready(db, story())
    fitting.fit_now(db, 1, NOW)
    assert params_at(db, 1, seconds("2020-06-01")) == DEFAULT
    by_then, by_now = params_at(db, 1, seconds("2022-02-01")), params_at(db, 1, NOW)
    assert by_then.retention not in (DEFAULT.retention, by_now.retention)
    assert params_at(db, 2, NOW) == DEFAULT


def test_what_was_learnt_by_a_date_does_not_depend_on_the_future(tmp_path: Path, db: Database) -> None:
    """The same history up to 2022; after that, in one store, Dan comes back and does everything."""
    poison = "\n".join(
        f"2022-{m:02}-{d:02} | Dan | c0/f1.py c1/f1.py new{d}/x.py" for m in range(1, 13) for d in (7, 9)
    )
    ready(db, story())
    other = ready(open_store(f"sqlite:///{tmp_path}/other.db"), story(2022) + "\n" + poison)
    for one in (db, other):
        fitting.fit_now(one, 1, NOW)
    then = seconds("2022-01-02")
    kept = [[learnt.params for learnt in fits.kept(one, 1) if learnt.until <= then] for one in (db, other)]
    assert len(kept[0]) >= 4
    assert kept[0] == kept[1]
    assert fits.kept(db, 1)[-1].params != fits.kept(other, 1)[-1].params
    other.close()


def test_a_backtest_tells_the_later_part_beside_the_baselines(db: Database) -> None:
    """Blame by a hand-written count: who wrote a corner's lines is who lives there."""
    ready(db, story())
    first = dict(db.read("SELECT n.path, MIN(c.sha) FROM touches t JOIN commits c ON c.id = t.commit_id"
                         " JOIN nodes n ON n.id = t.node_id GROUP BY n.path"))  # fmt: skip
    found = backtest.run(db, 1, NOW, lambda path, _: {first[path]: 10}, most=20)
    assert found is not None
    assert found.halves == len([c for c in cuts(Replay(db, 1, NOW)) if c >= found.since])
    rows = {row.model: row for row in found.files}
    assert rows["ours"].mrr == rows["last toucher"].mrr == 1.0
    assert found.lines is not None
    assert found.lines.files == 20
    assert found.lines.lines.mrr == 1.0
    assert found.calibration is not None
    assert found.calibration.skill_low <= found.calibration.skill <= found.calibration.skill_high
    assert backtest.run(db, 2, NOW) is None


def test_agents_lower_what_the_human_beside_them_learnt(db: Database) -> None:
    """
    2024-01-02 | Ada                                    | a.py
    2024-01-02 | Bob + Claude <noreply@anthropic.com>   | a.py
    """
    fill(db, test_agents_lower_what_the_human_beside_them_learnt.__doc__ or "")
    people.sync(db)
    with db.transaction() as tx:
        activations.fold(tx, 1)
    replay = Replay(db, 1)
    replay.advance(NOW)
    (traces,) = replay.traces([replay.node_of["a.py"]]).values()
    ada, bob = sorted((trace.work for trace in traces.values()), reverse=True)
    assert bob == pytest.approx(0.5 * ada)
    stored = dict(db.read("SELECT i.name, a.work FROM activations a JOIN identities i ON i.id = a.identity_id"
                          " JOIN nodes n ON n.id = a.node_id WHERE n.path = 'a.py'"))  # fmt: skip
    assert stored["Bob Example"] == pytest.approx(0.5 * stored["Ada Example"])


def test_fading_is_seen_in_an_answer_and_grows_in_silence(db: Database) -> None:
    """Ada was in her corner every month up to December 2023."""
    ready(db, story())
    seen = []
    for day in ("2023-12-05", "2024-03-01", "2024-06-01"):
        knows = who_knows(db, 1, "c0", seconds(day))
        told = [*knows.people, *([knows.backup] if knows.backup else [])]
        seen.append(next(one.fading for one in told if one.person.name.startswith("Ada")))
    assert seen[0] == pytest.approx(0.0, abs=0.01)
    assert seen == sorted(seen)
    assert 0.05 < seen[-1] < 1.0


def test_fits_are_kept_on_both_engines(both_stores: Database) -> None:
    db = ready(both_stores, story())
    assert fitting.fit_if_due(db, 1, NOW)
    found = fitting.stored_fit(db, 1)
    assert found is not None
    assert (found.is_own, found.hit1) == (True, 1.0)
    assert params_at(db, 1, NOW).retention == found.params.retention
    assert not fitting.fit_if_due(db, 1, NOW + DAY)
