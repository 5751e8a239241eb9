"""Golden trajectories: a history in the docstring, and what somebody knows of `app/login.py` day by day.

`DAY WHO knows ACTIVATION FADING STALENESS`, at noon. One commit of one file is worth 1 and half as much after 180 days;
lines were not counted, so staleness is, of the changes the file saw, the share that others made since.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.activation.standing import find_place, read_traces
from knowledge.insight import how_somebody_knows, who_knows
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


SAID = re.compile(r"(?P<day>[0-9-]{10}) (?P<who>\w+) knows (?P<what>[0-9. ]+)")


def told(db: Database, test: object) -> int:
    """The history of a test's docstring, read."""
    lines = "\n".join(line for line in (inspect.getdoc(test) or "").splitlines() if " | " in line)
    repo = fill(db, lines)
    sync(db)
    with db.transaction() as tx:
        activations.fold(tx, repo)
    return repo


def numbers(db: Database, repo: int, who: str, day: str) -> tuple[float, float, float]:
    """(activation, fading, staleness) of somebody at `app/login.py` at noon of a day, rounded."""
    (person,) = (row[0] for row in db.read("SELECT id FROM people WHERE name LIKE :who", who=f"{who}%"))
    place = find_place(db, repo, "app/login.py")
    assert place is not None
    left = read_traces(db, repo, [(place.nodes[-1], FILE)], seconds(day))[place.nodes[-1]]
    found = how_somebody_knows(db, repo, "app/login.py", person, seconds(day))
    assert found is not None
    return round(left[person].activation, 2), round(found.fading, 2), round(found.staleness, 2)


def play(db: Database, test: object) -> int:
    """Reads the history of a test's docstring and holds every line `DAY WHO knows ACTIVATION FADING STALENESS` to it."""
    repo = told(db, test)
    said = [(one["day"], one["who"], one["what"]) for one in SAID.finditer(inspect.getdoc(test) or "")]
    assert said
    seen = [(day, who, " ".join(f"{n:.2f}" for n in numbers(db, repo, who, day))) for day, who, _ in said]
    assert seen == said
    return repo


def test_fresh_but_stale(db: Database) -> None:
    """Ada is on holiday for three weeks while Bob rewrites what she knew: time took little, others changed half of it.

    2024-03-01 | Ada | app/login.py
    2024-04-01 | Ada | app/login.py
    2024-05-01 | Ada | app/login.py
    2024-05-10 | Bob | app/login.py
    2024-05-14 | Bob | app/login.py
    2024-05-18 | Bob | app/login.py

    2024-05-01 Ada knows 2.68 0.00 0.00
    2024-05-11 Ada knows 2.58 0.04 0.25
    2024-05-15 Ada knows 2.54 0.05 0.40
    2024-05-22 Ada knows 2.47 0.08 0.50
    2024-05-22 Bob knows 2.91 0.02 0.00
    """
    play(db, test_fresh_but_stale)


def test_faded_but_not_stale(db: Database) -> None:
    """A corner that nobody touched for two years: activation halves every 180 days, and nothing became stale.

    2022-03-01 | Ada | app/login.py
    2022-04-01 | Ada | app/login.py
    2022-05-01 | Ada | app/login.py

    2022-05-01 Ada knows 2.68 0.00 0.00
    2022-08-01 Ada knows 1.88 0.30 0.00
    2022-10-28 Ada knows 1.34 0.50 0.00
    2023-05-01 Ada knows 0.66 0.75 0.00
    2024-05-01 Ada knows 0.16 0.94 0.00
    """
    play(db, test_faded_but_not_stale)


def test_what_others_do_elsewhere_is_not_times_doing(db: Database) -> None:
    """The same corner, while Bob works on something else all the time: as faded as without him.

    2022-03-01 | Ada | app/login.py
    2022-04-01 | Ada | app/login.py
    2022-05-01 | Ada | app/login.py
    2023-04-01 | Bob | lib/mail.py
    2023-04-11 | Bob | lib/mail.py
    2023-04-21 | Bob | lib/mail.py
    2024-04-01 | Bob | lib/mail.py
    2024-04-11 | Bob | lib/mail.py
    2024-04-21 | Bob | lib/mail.py

    2022-08-01 Ada knows 1.88 0.30 0.00
    2023-05-01 Ada knows 0.66 0.75 0.00
    2024-05-01 Ada knows 0.16 0.94 0.00
    """
    play(db, test_what_others_do_elsewhere_is_not_times_doing)


def test_coming_back_lights_it_again(db: Database) -> None:
    """Ada was gone for a year, Bob changed the file twice, and then she worked on it once more.

    2023-01-01 | Ada | app/login.py
    2023-02-01 | Ada | app/login.py
    2023-06-01 | Bob | app/login.py
    2023-09-01 | Bob | app/login.py
    2024-02-01 | Ada | app/login.py

    2024-01-31 Ada knows 0.46 0.75 0.50
    2024-02-01 Ada knows 1.46 0.00 0.00
    2024-02-01 Bob knows 0.94 0.45 0.20
    """
    play(db, test_coming_back_lights_it_again)


def test_who_committed_with_an_agent_learnt_half_and_the_agent_nothing(db: Database) -> None:
    """Ada commits alone, Bob with an AI agent beside him.

    2024-03-01 | Ada | app/login.py
    2024-03-01 | Bob + Claude <noreply@anthropic.com> | app/login.py

    2024-03-01 Ada knows 1.00 0.00 0.00
    2024-03-01 Bob knows 0.50 0.00 0.00
    2024-08-28 Ada knows 0.50 0.50 0.00
    2024-08-28 Bob knows 0.25 0.50 0.00
    """
    repo = play(db, test_who_committed_with_an_agent_learnt_half_and_the_agent_nothing)
    known = who_knows(db, repo, "app/login.py", seconds("2024-03-02"))
    assert "Claude" not in str(known)


def test_who_opted_out_counts_as_someone(db: Database) -> None:
    """Bob rewrote the file and opted out: what he did makes Ada's knowledge stale all the same, but nobody names him.

    2024-03-01 | Ada | app/login.py
    2024-05-10 | Bob | app/login.py
    2024-05-14 | Bob | app/login.py

    2024-05-22 Ada knows 0.73 0.27 0.67
    """
    repo = play(db, test_who_opted_out_counts_as_someone)
    with db.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 1 WHERE name LIKE 'Bob%'")
    assert numbers(db, repo, "Ada", "2024-05-22") == (0.73, 0.27, 0.67)
    known = who_knows(db, repo, "app/login.py", seconds("2024-05-22"))
    assert "Bob" not in str(known)
    assert [one.person.name for one in known.people] == []


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
