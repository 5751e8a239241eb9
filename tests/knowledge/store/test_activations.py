"""The table of sums: folded as commits come, it always equals a rebuild, and both equal the definition."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.activation.past_traces import traces_then
from knowledge.activation.replay import Replay
from knowledge.memory import DAY, FILE, ROOT, backward, forward
from knowledge.store import activations
from knowledge.store.database import Database, open_database
from knowledge.store.history import History
from knowledge.store.schema import open_store
from knowledge.store.traces import folded_until, traces
from tests.knowledge.histories import fill, seconds


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    yield store
    store.close()


def fold(db: Database, repo_id: int, now: int | None = None) -> int:
    with db.transaction() as tx:
        return activations.fold(tx, repo_id, now)


def rows(db: Database) -> dict[tuple[str, str], tuple[float, float, int, int, int]]:
    """By path and name; the sums as logarithms-safe numbers at the newest commit."""
    found = db.read(
        "SELECT n.path, i.name, a.work, a.review, a.event_count, a.first_time, a.last_time FROM activations a"
        " JOIN nodes n ON n.id = a.node_id JOIN identities i ON i.id = a.identity_id"
    )
    return {(path, name.split()[0]): tuple(values) for path, name, *values in found}  # type: ignore[misc]


def same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for key, values in one.items():
        assert values == pytest.approx(other[key], rel=1e-9), key


def test_sums_are_the_definition(db: Database) -> None:
    """
    2024-01-01 | Ada       | app/a.py app/b.py README.md docs/x.md
    2024-03-01 | Ada / Bob | app/a.py
    """
    fill(db, test_sums_are_the_definition.__doc__ or "")
    fold(db, 1)
    found = rows(db)
    now = seconds("2024-03-01")
    first, second = seconds("2024-01-01"), now
    work, review, events, earliest, latest = found["app/a.py", "Ada"]
    expected = 0.5 * forward(first, FILE.half_life_days) + forward(second, FILE.half_life_days)
    assert work == pytest.approx(expected)
    assert (review, events, earliest, latest) == (0.0, 2, first, second)
    assert found["app/a.py", "Bob"][:2] == pytest.approx((0.0, forward(second, FILE.half_life_days)))
    at_root = found["", "Ada"]
    assert at_root[0] * backward(now, ROOT.half_life_days) == pytest.approx(4 * 0.5 * 2 ** (-60 / 130) + 1)
    assert at_root[2] == 2  # commits, not files
    assert found["app", "Ada"][2] == 2


HISTORY = """
    2024-01-01 | Ada       | app/a.py app/b.py README.md
    2024-02-01 | Bob + Ada | app/a.py
    2024-03-01 | Cleo      | app/a.py > lib/core/a.py
    2024-04-01 | Ada       | lib/core/a.py
    2024-05-01 | Bob / Ada | lib/core/a.py > lib/z.py app/b.py
    2024-06-01 | Ada *0.2  | lib/z.py app/b.py README.md
    2024-07-01 | Dan       | -app/b.py
"""


@pytest.mark.parametrize("many", [0, activations.MANY_NODES])
def test_folding_one_by_one_equals_a_rebuild(db: Database, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directories above are read with all others where many files were touched, else by themselves."""
    monkeypatch.setattr(activations, "MANY_NODES", many)
    for line in filter(None, map(str.strip, HISTORY.splitlines())):
        fill(db, line)
        assert fold(db, 1) == 1
    folded = rows(db)
    with db.transaction() as tx:
        assert activations.rebuild(tx, 1) == 7
    same(folded, rows(db))
    assert fold(db, 1) == 0


def test_a_rename_takes_the_past_along(db: Database) -> None:
    fill(db, HISTORY)
    fold(db, 1)
    found = rows(db)
    assert found["lib/z.py", "Cleo"][2:] == (1, seconds("2024-03-01"), seconds("2024-03-01"))
    assert found["lib/z.py", "Ada"][2:] == (5, seconds("2024-01-01"), seconds("2024-06-01"))
    # the directories that are new above it know its past; the root does not count it twice
    assert found["lib", "Ada"][3] == seconds("2024-01-01")
    assert found["", "Ada"][2] == 5


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("store") / "empty.db"
    open_store(f"sqlite:///{place}").close()
    return place


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 900),
            st.sampled_from(["Ada", "Bob", "Ada + Bob", "Cleo / Ada"]),
            st.sampled_from(["a/x", "a/x > b/x", "b/x > a/y", "a/x b/c/z", "a/y > b/c/w", "-b/x", "b/c/w"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_any_history_folds_to_what_a_replay_sees(template: Path, commits: list[tuple[int, str, str]], cut: int) -> None:
    """Whatever is renamed where, a fold in two steps, a rebuild and a replay in memory agree."""
    for file in template.parent.glob("copy.db*"):
        file.unlink()
    place = Path(shutil.copy(template, template.with_name("copy.db")))
    db = open_database(f"sqlite:///{place}")
    commits = sorted(commits, key=lambda commit: commit[0])
    base = seconds("2020-01-01")
    lines = [f"2020-01-01 | {who} | {paths}" for _, who, paths in commits]
    repo_id = 1
    for part in (lines[:cut], lines[cut:]):
        fill(db, "\n".join(part) or "")
        with db.transaction() as tx:
            for number, (day, _, _) in enumerate(commits, 1):
                tx.run("UPDATE commits SET commit_time = :t WHERE id = :i", t=base + day * DAY, i=number)
        fold(db, repo_id)
    folded = rows(db)
    with db.transaction() as tx:
        activations.rebuild(tx, repo_id)
    same(folded, rows(db))
    now = base + 1000 * DAY
    replay = Replay(db, repo_id)
    replay.advance(now)
    for node, path in replay.path_of.items():
        half_life = replay.level(node).half_life_days
        stored = traces(db, [(node, half_life)], now)[node]
        seen = replay.traces([node])[node]
        assert stored.keys() == seen.keys(), path
        for person, trace in stored.items():
            assert tuple(trace) == pytest.approx(tuple(seen[person])), path
    for day in (*(day for day, _, _ in commits[::3]), 1000):
        read_for_themselves(db, base + day * DAY)
    db.close()


def read_for_themselves(db: Database, now: int) -> None:
    """Read for a few nodes alone, what people had left by a moment is what a replay up to it sees."""
    replay = Replay(db, 1, now)
    replay.advance(now)
    every = [(node, replay.level(node)) for node in replay.path_of]
    for wanted in (every, every[::2], every[-1:]):
        found = traces_then(db, 1, wanted, now)
        for node, seen in replay.traces(node for node, _ in wanted).items():
            assert found[node].keys() == seen.keys(), replay.path_of[node]
            for person, trace in seen.items():
                assert tuple(found[node][person]) == pytest.approx(tuple(trace)), replay.path_of[node]


def test_the_past_of_reviews_agents_bots_and_two_names_of_one_person(db: Database) -> None:
    """Whoever reviews their own work is no reviewer of it; an agent beside somebody halves what they learnt."""
    fill(
        db,
        """
        2024-01-01 | Ada / Bob | app/a.py app/b.py
        2024-02-01 | Ada / Ada | app/a.py > lib/a.py
        2024-03-01 | Bob + Ada / Cleo | app/a.py
        2024-04-01 | Cleo / Bob | lib/a.py > app/deep/a.py
        2024-05-01 | Dan | app/deep/a.py lib/z.py
        """,
    )
    with db.transaction() as tx:
        tx.run("UPDATE identities SET is_bot = 1, why = 'AI agent' WHERE name LIKE 'Dan%'")
        tx.run(
            "INSERT INTO roles (commit_id, identity_id, kind) SELECT 4, id, 'coauthored' FROM identities"
            " WHERE name LIKE 'Dan%'"
        )
        tx.run("INSERT INTO people (name, email) VALUES ('Ada', 'ada@example.org')")
        tx.run("UPDATE identities SET person_id = 1 WHERE name LIKE 'Ada%' OR name LIKE 'Cleo%'")
    for day in ("2024-01-15", "2024-02-01", "2024-03-15", "2024-04-15", "2024-06-01"):
        read_for_themselves(db, seconds(day))


def test_commits_that_became_unreachable_no_longer_count(db: Database) -> None:
    fill(db, HISTORY)
    fold(db, 1)
    before = rows(db)
    with db.transaction() as tx:
        tx.run("UPDATE commits SET reachable = 0 WHERE id >= 6")
    assert fold(db, 1) == 5  # rebuilt without them
    assert ("app/b.py", "Dan") not in rows(db)
    with db.transaction() as tx:
        tx.run("UPDATE commits SET reachable = 1 WHERE id >= 6")
    assert fold(db, 1) == 7
    same(before, rows(db))


def test_a_history_that_is_read_again_is_counted_again(db: Database) -> None:
    """All commits come back, but the reader now sees another path in the last one."""
    fill(db, HISTORY)
    fold(db, 1)
    with db.transaction() as tx:
        History(db, 1).unreachable(tx, None)
        tx.run("UPDATE commits SET reachable = 1")
        tx.run("UPDATE touches SET node_id = (SELECT id FROM nodes WHERE path = 'README.md') WHERE commit_id = 7")
    assert fold(db, 1) == 7
    assert ("app/b.py", "Dan") not in rows(db)
    assert rows(db)["README.md", "Dan"][2] == 1


def test_commits_from_the_future_count_as_of_now(db: Database) -> None:
    """
    2024-01-01 | Ada | a.py
    2099-01-01 | Bob | a.py
    """
    fill(db, test_commits_from_the_future_count_as_of_now.__doc__ or "")
    now = seconds("2024-02-01")
    fold(db, 1, now)
    assert rows(db)["a.py", "Bob"][4] == now
    assert folded_until(db, 1) == now


def test_a_commit_that_counts_nothing_leaves_no_row(db: Database) -> None:
    """
    2024-01-01 | Ada *0 | a.py
    """
    fill(db, test_a_commit_that_counts_nothing_leaves_no_row.__doc__ or "")
    fold(db, 1)
    assert rows(db) == {}


def test_bots_and_several_identities_are_a_matter_of_reading(db: Database) -> None:
    """
    2024-01-01 | Ada <ada@a.example>  | a.py
    2024-01-02 | Ada <ada@b.example>  | a.py
    2024-01-03 | renovate             | a.py
    """
    fill(db, test_bots_and_several_identities_are_a_matter_of_reading.__doc__ or "")
    fold(db, 1)
    with db.transaction() as tx:
        tx.run("INSERT INTO people (id, name) VALUES (7, 'Ada')")
        tx.run("UPDATE identities SET person_id = 7 WHERE email LIKE 'ada@%'")
        tx.run("UPDATE identities SET is_bot = 1 WHERE email LIKE 'renovate@%'")
    node = db.read("SELECT id FROM nodes WHERE path = 'a.py'")[0][0]
    now = seconds("2024-01-03")
    found = traces(db, [(node, FILE.half_life_days)], now)[node]
    assert list(found) == [7]
    assert found[7].events == 2
    assert (found[7].first, found[7].last) == (seconds("2024-01-01"), seconds("2024-01-02"))
    assert found[7].work == pytest.approx(2 ** (-2 / 180) + 2 ** (-1 / 180))
