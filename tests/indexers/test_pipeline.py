"""One run of the indexers: what a team made ends in the store, once, wherever a run is killed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from bot.config import Settings
from bot.senses.reading import CATCHING_UP
from bot.wiring import House
from indexers.pipeline import Silent, Tally, read_source
from indexers.repository import Repository
from indexers.sources.docs import DocsSource
from indexers.sources.git import GitSource
from knowledge.store.locks import held
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos, get_meta
from tests.teams import team

NOW = 1_767_000_000  # after every commit below
STEPS = ("history", "docs", "code")

STORY = """
    2024-01-02 | Ada          | Add the login page  | app/login.py README.md
    2024-02-03 | Bob + Cleo   | Pair on the timeout | app/login.py
    2024-03-01 | Ada / Dan    | Split out tokens    | app/login.py > app/auth.py
"""


@pytest.fixture
def shop(tmp_path):
    shop = team(tmp_path, STORY)
    shop.commit(
        "Ada",
        "2024-04-01",
        "Write things down",
        files={"docs/deploy.md": "# Deploying\n\n## Rolling back\n\nRun it.\n"},
    )
    return shop


@pytest.fixture
def house(tmp_path):
    return House(Settings(folder=tmp_path), None)


def index(house, shop, steps=STEPS):
    return house.senses.index(locations=[str(shop.path)], steps=steps, progress=Silent(), now=NOW)


def count(db, table):
    return db.read(f"SELECT COUNT(*) FROM {table}")[0][0]


def test_a_first_run_reads_everything_and_a_second_nothing(house, shop):
    first = index(house, shop)
    assert first.commits == 4
    assert first.events == 2 + 2 + 2 + 1  # authors, co-authors and reviewers × paths
    assert first.passages == count(house.db, "passages") > 0
    second = index(house, shop)
    assert (second.commits, second.events, second.passages) == (0, 0, 0)


def test_the_next_run_reads_only_what_is_new(house, shop):
    index(house, shop)
    before = {p.id for p in Passages(house.db).of_path(1, "docs/deploy.md")}
    shop.commit("Bob", "2024-05-01", "Explain", files={"docs/pairing.md": "# Pairing\n\nTwo heads.\n"})
    again = index(house, shop)
    assert (again.commits, again.passages) == (1, 1)
    assert {p.id for p in Passages(house.db).of_path(1, "docs/deploy.md")} == before
    assert Repos(house.db).all()[0].head == shop.head()


def test_a_deleted_page_is_gone_from_search_at_the_next_run(house, shop):
    index(house, shop)
    assert [e.path for e in house.search().pages("rolling back", 1)] == ["docs/deploy.md"]
    shop.commit("Ada", "2024-06-01", "Drop it", files={"docs/deploy.md": None})
    index(house, shop)
    assert "docs/deploy.md" not in [e.path for e in house.search().pages("rolling back", 10)]


def test_two_repositories_live_in_one_home(house, shop, tmp_path):
    other = team(tmp_path / "other", "2024-01-01 | Eve | Begin | main.go")
    house.senses.index(locations=[str(shop.path), str(other.path)], steps=STEPS, progress=Silent(), now=NOW)
    assert [r.location for r in Repos(house.db).all()] == [str(shop.path), str(other.path)]
    assert len({r.name for r in Repos(house.db).all()}) == 2


def test_a_failure_in_the_middle_keeps_what_was_complete_and_the_next_run_goes_on(house, shop):
    """The docs source breaks after its first record: nothing half is kept, and the run after it is whole."""
    repository = Repository.open(str(shop.path), house.home)
    repo_id = Repos(house.db).register("shop", str(shop.path))

    class Breaks(DocsSource):
        def read(self, cursor):
            yield next(iter(super().read(cursor)))
            raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        read_source(house.db, repo_id, Breaks(repository), Tally(), now=NOW)
    assert Repos(house.db).cursor("docs", repo_id) is None
    tally = Tally()
    read_source(house.db, repo_id, DocsSource(repository), tally, now=NOW)
    assert {p for (p,) in house.db.read("SELECT path FROM documents")} == {"README.md", "docs/deploy.md"}


def test_kill_9_at_any_moment_loses_nothing_and_doubles_nothing(house, shop, tmp_path):
    """Indexing is killed after 0.2, 0.3, 0.4 … seconds until it survives; the store then equals an undisturbed one."""
    shop.tell("\n".join(f"2025-01-{d:02} | Ada | Day {d} | app/day{d}.py docs/day{d}.md" for d in range(1, 29)))
    env = {**os.environ, "LAMPLIGHTER_HOME": str(tmp_path / "killed")}
    command = [sys.executable, "-m", "bot.cli", "index", "--repo", str(shop.path)]
    patience = 0.2
    for step in ("history", "docs", "code"):
        while True:
            process = subprocess.Popen([*command, "--only", step], env=env, stdout=subprocess.DEVNULL)
            time.sleep(patience)
            if process.poll() is not None:
                assert process.returncode == 0
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            patience += 0.1
    index(house, shop)
    killed = House(Settings(folder=tmp_path), None, tmp_path / "killed")
    for table in ("commits", "touches", "roles", "nodes", "identities", "documents", "passages"):
        assert count(killed.db, table) == count(house.db, table), table
    sums = "SELECT event_count, work FROM activations ORDER BY event_count, work"
    for (events, work), (same_events, same_work) in zip(killed.db.read(sums), house.db.read(sums), strict=True):
        assert (events, work) == (same_events, pytest.approx(same_work))


DYING = """
import os, signal, sys
from pathlib import Path
from bot.config import Settings
from bot.senses.reading import Senses
from bot.wiring import House
from indexers.sources.code import CodeSource
from indexers.sources.docs import DocsSource

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

what, name = {"docs": (DocsSource, "read"), "code": (CodeSource, "read"), "words": (Senses, "_follow_words")}[sys.argv[1]]
setattr(what, name, die)
House(Settings(folder=Path(sys.argv[2])), None).senses.catch_up()
"""


@pytest.mark.parametrize("where", ["docs", "code", "words"])
def test_a_question_that_is_killed_while_it_catches_up_leaves_that_to_the_next(house, shop, tmp_path, where):
    """The head has moved by then: what follows it is read all the same."""
    index(house, shop)
    shop.commit("Bob", "2024-05-01", "Say", files={"docs/where.md": "# Where\n\nLighthouses.\n", "app/lit.py": "def lantern(): 1\n"})  # fmt: skip
    killed = subprocess.run([sys.executable, "-c", DYING, where, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert house.search().pages("lighthouses", 1) == []
    house.senses.catch_up()
    assert [e.path for e in house.search().pages("lighthouses", 1)] == ["docs/where.md"]
    assert [e.path for e in house.search().pages("lantern", 1)] == ["app/lit.py"]
    assert get_meta(house.db, CATCHING_UP) == ""


def test_a_second_indexer_waits_and_says_so(house, shop):
    told = []
    with held(house.home, "reading"):
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "index", "--repo", str(shop.path), "--only", "history"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told.append(process.stderr.readline())
        assert process.poll() is None
    out, _ = process.communicate(timeout=60)
    assert told == ["Another Lamplighter is indexing here; waiting for it …\n"]
    assert out.startswith("Read 4 new commits")


def test_everything_reaches_either_engine(both_stores, shop, tmp_path):
    """History, people, sums and passages on SQLite and on PostgreSQL."""
    house = House(Settings(folder=tmp_path), None)
    house.__dict__["db"] = both_stores
    summary = index(house, shop)
    assert summary.commits == 4
    assert count(both_stores, "people") == 4
    assert [e.path for e in house.search().pages("rolling back", 1)] == ["docs/deploy.md"]
    shop.commit("Bob", "2024-05-01", "Change", changes="app/auth.py")
    assert index(house, shop).commits == 1
    cell = {"cell_type": "code", "source": "text = 'zero \0, half \ud800'"}  # JSON can say what a database cannot keep
    shop.commit("Bob", "2024-05-02", "Look", files={"docs/look.ipynb": json.dumps({"cells": [cell]})})
    index(house, shop)
    assert both_stores.read("SELECT text FROM passages WHERE text LIKE 'text =%'") == [("text = 'zero  , half ?'",)]


def test_a_second_machine_reads_nothing_twice_and_finds_the_same(both_stores, shop, tmp_path):
    """Two homes on one store: what one has read, the other only follows with files of its own."""
    homes = [House(Settings(folder=tmp_path), None, tmp_path / name) for name in ("first", "second")]
    for house in homes:
        house.__dict__["db"] = both_stores
    assert [index(house, shop).commits for house in homes] == [4, 0]
    assert [[e.path for e in h.search().pages("rolling back", 1)] for h in homes] == [["docs/deploy.md"]] * 2
    shop.commit("Bob", "2024-05-01", "Say where", files={"docs/where.md": "# Where\n\nLighthouses stand by the sea.\n"})
    assert [index(house, shop).passages for house in reversed(homes)] == [1, 0]
    assert [[e.path for e in h.search().pages("lighthouses", 1)] for h in homes] == [["docs/where.md"]] * 2


def test_history_alone_says_why_a_branch_without_commits_was_skipped(house, tmp_path):
    empty = team(tmp_path / "empty")
    summary = index(house, empty)
    assert summary.commits == 0
    assert "has no commits yet" in summary.skipped[0].why


def test_the_source_name_is_the_cursor_name(house, shop):
    index(house, shop)
    repo_id = Repos(house.db).all()[0].id
    assert Repos(house.db).cursor(GitSource.name, repo_id)["commit"] == shop.head()
    assert Repos(house.db).cursor(DocsSource.name, repo_id)["commit"] == shop.head()
