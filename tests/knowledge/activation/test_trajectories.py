"""Golden trajectories over a store: a history in the docstring, and what is said of somebody day by day."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.activation.standing import find_place, read_traces
from knowledge.insight import how_somebody_knows
from knowledge.memory import DAY, FILE
from knowledge.store import activations
from knowledge.store.database import Database
from knowledge.store.people import sync
from knowledge.store.schema import open_store
from tests.knowledge.histories import fill, seconds


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


def told(db: Database, test: object) -> int:
    """The history of a test's docstring, read."""
    lines = "\n".join(line for line in (inspect.getdoc(test) or "").splitlines() if line.startswith("20"))
    repo = fill(db, lines)
    sync(db)
    with db.transaction() as tx:
        activations.fold(tx, repo)
    return repo


def numbers(db: Database, repo: int, who: str, day: str) -> tuple[float, float]:
    """(fading, staleness) of somebody at `app/login.py`, rounded."""
    (person,) = (row[0] for row in db.read("SELECT id FROM people WHERE name LIKE :who", who=f"{who}%"))
    found = how_somebody_knows(db, repo, "app/login.py", person, seconds(day))
    assert found is not None
    return round(found.fading, 2), round(found.staleness, 2)


def test_fresh_but_stale(db: Database) -> None:
    """Ada is on holiday for three weeks while Bob rewrites what she knew.

    2024-03-01 | Ada | app/login.py
    2024-04-01 | Ada | app/login.py
    2024-05-01 | Ada | app/login.py
    2024-05-10 | Bob | app/login.py
    2024-05-14 | Bob | app/login.py
    2024-05-18 | Bob | app/login.py
    """
    repo = told(db, test_fresh_but_stale)
    # Lines were not counted: of k changes, those that came since.
    days = {day: numbers(db, repo, "Ada", day) for day in ("2024-05-01", "2024-05-11", "2024-05-15", "2024-05-22")}
    assert [stale for _, stale in days.values()] == [0.0, 0.25, 0.4, 0.5]
    assert days["2024-05-22"][0] < 0.2


def test_faded_but_not_stale(db: Database) -> None:
    """A corner that nobody touched for two years, Ada no more than others.

    2022-03-01 | Ada | app/login.py
    2022-04-01 | Ada | app/login.py
    2022-05-01 | Ada | app/login.py
    """
    repo = told(db, test_faded_but_not_stale)
    fading = [numbers(db, repo, "Ada", day) for day in ("2022-05-01", "2022-08-01", "2023-05-01", "2024-05-01")]
    assert [stale for _, stale in fading] == [0.0, 0.0, 0.0, 0.0]
    assert [took for took, _ in fading] == sorted(took for took, _ in fading)
    assert fading[0][0] == 0.0
    assert fading[-1][0] > 0.1


@pytest.mark.parametrize(
    ("kind", "worth"), [("paired", 2.0), ("taught", 2.0), ("attended", 1.0), ("answered", 1.0), ("asked", 0.0)]
)
def test_what_is_done_outside_of_commits(db: Database, kind: str, worth: float) -> None:
    """On day 0 Bob did something at the file; it fades like a commit, by half in 180 days. Asking makes nobody know.

    2024-01-01 | Ada | app/login.py
    """
    repo = told(db, test_what_is_done_outside_of_commits)
    place = find_place(db, repo, "app/login.py")
    assert place is not None
    start = seconds("2024-02-01")
    with db.transaction() as tx:
        tx.run("INSERT INTO people (name, email) VALUES ('Bob', 'bob@example.org')")
        tx.run(
            "INSERT INTO events (kind, person_id, node_id, time, weight, reference)"
            " SELECT :kind, MAX(id), :node, :time, 1, 'r' FROM people",
            kind=kind, node=place.nodes[-1], time=start,
        )  # fmt: skip
    (bob,) = (row[0] for row in db.read("SELECT id FROM people WHERE name = 'Bob'"))
    for day, left in ((0, 1.0), (90, 2**-0.5), (180, 0.5), (360, 0.25)):
        found = read_traces(db, repo, [(place.nodes[-1], FILE)], start + day * DAY)[place.nodes[-1]]
        activation = found[bob].activation if bob in found else 0.0
        assert activation == pytest.approx(worth * left), day
