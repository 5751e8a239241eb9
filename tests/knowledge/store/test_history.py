"""The store of a history by itself: commits in, rows out."""

from pathlib import Path
from typing import Any

import pytest

from knowledge.model import Commit, Role, Touch
from knowledge.store.database import Database
from knowledge.store.history import History
from knowledge.store.schema import open_store

ADA, BOB = Role("authored", "Ada", "ada@x"), Role("authored", "Bob", "bob@x")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'shop'), (2, 'other')")
    return db


def commit(sha: str, *touches: Touch, roles: tuple[Role, ...] = (ADA,), **more: Any) -> Commit:
    return Commit(sha, 10, 10, f"Commit {sha}", "", roles, touches, **more)


def add(db: Database, *commits: Commit, repo_id: int = 1) -> int:
    with db.transaction() as tx:
        return History(db, repo_id).add(tx, commits)


def tree(
    db: Database, files: dict[str, frozenset[str]], gone: frozenset[str] | None, last: dict[str, str] | None = None
) -> None:
    with db.transaction() as tx:
        History(db, 1).set_tree(tx, files, gone, last or {})


def living(db: Database) -> list[tuple[str, int]]:
    return db.read("SELECT path, is_dir FROM nodes WHERE alive = 1 ORDER BY path")


PLAIN: frozenset[str] = frozenset()


def test_commits_become_a_tree_of_nodes(db: Database) -> None:
    events = add(
        db, commit("a", Touch("src/app/x.py", "A"), Touch("y.py", "A"), roles=(ADA, Role("reviewed", "Bob", "bob@x")))
    )
    assert events == 4
    nodes = db.read(
        "SELECT n.path, p.path, n.is_dir FROM nodes n LEFT JOIN nodes p ON p.id = n.parent_id ORDER BY n.path"
    )
    assert nodes == [
        ("", None, 1),
        ("src", "", 1),
        ("src/app", "src", 1),
        ("src/app/x.py", "src/app", 0),
        ("y.py", "", 0),
    ]
    assert db.read("SELECT name, email FROM identities ORDER BY name") == [("Ada", "ada@x"), ("Bob", "bob@x")]
    assert db.read("SELECT path_count, seq, reachable FROM commits") == [(2, 1, 1)]


def test_ids_go_on_from_what_is_there_and_repositories_keep_apart(db: Database) -> None:
    add(db, commit("a", Touch("x", "A")))
    add(db, commit("a", Touch("x", "A"), roles=(BOB,)), repo_id=2)
    add(db, commit("b", Touch("x", "M"), Touch("z", "A"), roles=(BOB,)))
    assert db.read("SELECT id, repo_id, seq, sha FROM commits ORDER BY id") == [
        (1, 1, 1, "a"),
        (2, 2, 1, "a"),
        (3, 1, 2, "b"),
    ]
    assert db.read("SELECT COUNT(*) FROM identities") == [(2,)]
    assert db.read("SELECT COUNT(*) FROM nodes WHERE path = 'x'") == [(2,)]


def test_a_known_commit_is_judged_anew_in_its_place(db: Database) -> None:
    add(db, commit("a", Touch("x", "A")), commit("b", Touch("x", "M")))
    with db.transaction() as tx:
        tx.run("INSERT INTO cursors (source, repo_id, time) VALUES ('activations', 1, 0)")
    add(db, commit("a", Touch("x", "A")), commit("c", Touch("x", "M")))
    assert db.read("SELECT 1 FROM cursors") == [(1,)]
    add(db, commit("a", Touch("x", "A"), weight=0.0, why="listed"))
    assert db.read("SELECT sha, seq, weight, why FROM commits ORDER BY seq")[0] == ("a", 1, 0.0, "listed")
    assert db.read("SELECT COUNT(*) FROM touches") == [(3,)]
    assert db.read("SELECT 1 FROM cursors") == []  # the sums that counted it fully have to be made again


def test_what_was_lost_stays_and_comes_back_as_the_newest(db: Database) -> None:
    add(db, commit("a", Touch("x", "A")), commit("b", Touch("x", "M")), commit("c", Touch("x", "M")))
    with db.transaction() as tx:
        History(db, 1).unreachable(tx, ["b", "nobody"])
    add(db, commit("d", Touch("x", "M")), commit("b", Touch("x", "M")))
    assert db.read("SELECT sha FROM commits WHERE reachable = 1 ORDER BY seq") == [("a",), ("c",), ("d",), ("b",)]
    with db.transaction() as tx:
        History(db, 1).unreachable(tx, None)
    assert db.read("SELECT COUNT(*) FROM commits WHERE reachable = 1") == [(0,)]


def test_the_living_tree(db: Database) -> None:
    add(db, commit("a", Touch("src/x", "A"), Touch("src/lib/y", "A"), Touch("z", "A")))
    tree(db, {"src/x": PLAIN, "src/lib/y": frozenset({"vendored", "binary"}), "z": PLAIN}, None)
    assert living(db) == [("", 1), ("src", 1), ("src/lib", 1), ("src/lib/y", 0), ("src/x", 0), ("z", 0)]
    assert db.read("SELECT traits FROM nodes WHERE path = 'src/lib/y'") == [("binary vendored",)]
    tree(db, {"n/new": PLAIN}, frozenset({"src/lib/y", "never/there"}))
    assert living(db) == [("", 1), ("n", 1), ("n/new", 0), ("src", 1), ("src/x", 0), ("z", 0)]
    tree(db, {"only": PLAIN}, None)
    assert living(db) == [("", 1), ("only", 0)]
    tree(db, {}, frozenset({"only"}))
    assert living(db) == []


def test_a_file_becomes_a_directory_and_back(db: Database) -> None:
    add(db, commit("a", Touch("sub", "A")))
    tree(db, {"sub": PLAIN}, None)
    tree(db, {"sub/x": PLAIN}, frozenset({"sub"}))
    assert living(db) == [("", 1), ("sub", 1), ("sub/x", 0)]
    tree(db, {"sub": PLAIN}, frozenset({"sub/x"}))
    assert living(db) == [("", 1), ("sub", 0)]


def test_the_last_touch_that_git_names(db: Database) -> None:
    add(db, commit("a", Touch("x", "A")), commit("b", Touch("x", "M")), commit("m", is_merge=True))
    tree(db, {"x": PLAIN, "y": PLAIN}, None, {"x": "a", "y": "m"})
    named = "SELECT n.path, c.sha FROM nodes n JOIN commits c ON c.id = n.git_last_commit_id ORDER BY n.path"
    assert db.read(named) == [("x", "a"), ("y", "m")]
    assert db.read("SELECT n.path, t.change FROM touches t JOIN nodes n ON n.id = t.node_id WHERE commit_id = 3") == [
        ("y", "M")
    ]
    add(db, commit("c", Touch("x", "M")))
    assert db.read(named) == [("y", "m")]


def test_many_commits_at_once(db: Database) -> None:
    commits = [
        commit(f"{n:040x}", Touch(f"d{n % 7}/f{n}", "A"), roles=(Role("authored", f"A{n % 900}", f"a{n}@x"),))
        for n in range(3000)
    ]
    add(db, *commits[:1500])
    add(db, *commits[1000:])
    assert db.read("SELECT COUNT(*), MAX(seq) FROM commits")[0] == (3000, 3500)
    assert db.read("SELECT COUNT(*) FROM touches") == [(3000,)]
    assert db.read("SELECT COUNT(*) FROM identities") == [(3000,)]
