"""Counted lines: what each change added and removed, how long files are, and where a killed run goes on."""

import pytest

from bot.config import Settings
from bot.wiring import House
from indexers import lines
from indexers.lines import numstats, read_lines
from indexers.pipeline import Silent, Tally, read_source
from indexers.repository import Repository
from indexers.sources.git import GitSource
from knowledge.store.lines import is_counted
from knowledge.store.repos import Repos
from knowledge.store.schema import open_store
from tests.teams import seconds, team

STORY = """
    2024-01-02 | Ada          | Add the login page  | app/login.py README.md
    2024-02-03 | Bob + Cleo   | Mend it             | app/login.py
    2024-03-01 | Ada          | Move it             | app/login.py > app/auth.py
    2024-04-01 | Bob          | Drop the notes      | -README.md
"""
TABLE = """SELECT c.subject, n.path, t.added, t.removed, t.lines FROM touches t JOIN commits c ON c.id = t.commit_id
           JOIN nodes n ON n.id = t.node_id ORDER BY c.id, n.path"""


class Shelf:
    """A store and a repository, read by hand."""

    def __init__(self, db, shop, home):
        self.db, self.shop, self.home = db, shop, home
        self.repo_id = Repos(db).register("team", str(shop.path))

    def read(self, days=1100, progress=None):
        """History, then lines; returns what was skipped."""
        repository = Repository.open(str(self.shop.path), self.home)
        read_source(self.db, self.repo_id, GitSource(repository), Tally(), now=0)
        with self.db.transaction() as tx:
            Repos(self.db).set_head(tx, self.repo_id, repository.head(), "main")
        tally = Tally()
        read_lines(self.db, self.repo_id, repository, days, tally, progress or Silent(), now=0)
        return [skipped.why for skipped in tally.skipped]

    def counts(self):
        return self.db.read(TABLE)

    def lengths(self):
        return dict(self.db.read("SELECT path, lines FROM nodes WHERE is_dir = 0 AND alive = 1"))


@pytest.fixture
def shelf(tmp_path):
    return Shelf(open_store(f"sqlite:///{tmp_path}/store.db"), team(tmp_path, STORY), tmp_path / "home")


def test_every_change_has_its_lines_and_every_file_its_length(both_stores, tmp_path):
    shelf = Shelf(both_stores, team(tmp_path, STORY), tmp_path / "home")
    shelf.shop.commit("Ada", "2024-05-01", "A picture", files={"logo.png": b"\0\1\2", "empty.txt": ""})
    shelf.shop.commit("Ada", "2024-06-01", "Rewrite", files={"app/auth.py": "one\ntwo\n"})
    assert shelf.read() == []
    assert shelf.counts() == [
        ("Add the login page", "README.md", 9, 0, 9),
        ("Add the login page", "app/login.py", 9, 0, 9),
        ("Mend it", "app/login.py", 1, 0, 10),
        ("Move it", "app/auth.py", 0, 0, 10),
        ("Drop the notes", "README.md", 0, 9, 0),
        ("A picture", "empty.txt", 0, 0, 0),
        ("A picture", "logo.png", None, None, None),  # binary: not zero
        ("Rewrite", "app/auth.py", 2, 10, 2),
    ]
    assert shelf.lengths() == {"app/auth.py": 2, "empty.txt": 0, "logo.png": None}
    assert is_counted(shelf.db)


def test_the_next_run_counts_only_what_is_new(shelf, monkeypatch):
    shelf.read()
    before = shelf.counts()
    shelf.shop.commit("Bob", "2024-05-01", "More", changes="app/auth.py new.py")
    asked = []
    monkeypatch.setattr(lines, "numstats", lambda repository, shas: asked.extend(shas) or numstats(repository, shas))
    shelf.read()
    assert asked == [shelf.shop.head()]
    assert shelf.counts() == [*before, ("More", "app/auth.py", 1, 0, 11), ("More", "new.py", 9, 0, 9)]
    assert shelf.lengths() == {"app/auth.py": 11, "new.py": 9}
    asked.clear()
    shelf.read()
    assert asked == []


class Cut(Silent):
    """Ends a run after so many commits."""

    def __init__(self, after):
        self.left = after

    def advance(self, count=1):
        self.left -= count
        if self.left <= 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_a_run_that_was_killed_anywhere_goes_on_to_the_same_table(shelf, tmp_path, monkeypatch, after):
    """Cut after some commits; then new commits come, one of which renames again; then it is read to the end."""
    monkeypatch.setattr(lines, "COMMITS_PER_TRANSACTION", 1)
    shelf.shop.tell("2024-05-01 | Cleo | Grow | app/auth.py\n 2024-05-02 | Cleo | Name it | app/auth.py > auth.py")
    with pytest.raises(KeyboardInterrupt):
        shelf.read(progress=Cut(after))
    assert sum(row[4] is not None for row in shelf.counts()) < 7
    assert not is_counted(shelf.db)
    shelf.shop.tell("2024-06-01 | Bob | Back | auth.py > app/login.py\n 2024-06-02 | Bob | Grow on | app/login.py")
    shelf.read()
    at_once = Shelf(open_store(f"sqlite:///{tmp_path}/other.db"), shelf.shop, tmp_path / "home")
    at_once.read()
    assert shelf.counts() == at_once.counts()
    assert [row[4] for row in shelf.counts()] == [9, 9, 10, 10, 0, 11, 11, 11, 12]
    assert shelf.lengths() == at_once.lengths()


def test_what_is_older_than_the_window_is_left_alone(shelf):
    shelf.read(days=45)  # before 2024-04-01
    assert [row[2] for row in shelf.counts()] == [None, None, None, 0, 0]
    shelf.read()  # a wider window reads the rest
    assert [row[4] for row in shelf.counts()] == [9, 9, 10, 10, 0]


def test_commits_that_are_judged_anew_are_counted_anew(shelf):
    shelf.read()
    listed = shelf.shop.sha("Mend it")
    shelf.shop.commit("Ada", "2024-05-01", "Ignore it", files={".git-blame-ignore-revs": f"{listed}\n"})
    shelf.read()
    assert shelf.counts()[2] == ("Mend it", "app/login.py", 1, 0, 10)
    assert shelf.db.read("SELECT weight, is_counted FROM commits WHERE sha = :s", s=listed) == [(0.0, 1)]


def test_a_partial_clone_is_left_in_peace(shelf, tmp_path):
    shelf.shop.git("config", "remote.origin.promisor", "true")
    assert shelf.read() == ["a partial clone: lines are not counted (git fetch --refetch, no filter)"]
    assert all(row[2] is None for row in shelf.counts())
    assert is_counted(shelf.db)  # there is nothing more to read


def test_odd_names_and_commits_without_files(shelf):
    shelf.shop.commit("Ada", "2024-05-01", "Odd", files={"a\tb\nc.txt": "one\n", "ü.txt": "x\ny"})
    shelf.shop.commit("Ada", "2024-05-02", "Nothing")
    shelf.read()
    assert shelf.lengths() == {"a\tb\nc.txt": 1, "app/auth.py": 10, "ü.txt": 2}
    found = dict(
        numstats(Repository.open(str(shelf.shop.path), shelf.home), shelf.shop.git("rev-list", "HEAD").split())
    )
    assert found[shelf.shop.sha("Nothing")] == {}
    assert found[shelf.shop.sha("Odd")] == {"a\tb\nc.txt": (1, 0), "ü.txt": (2, 0)}


def test_a_question_counts_the_few_new_lines_first_and_never_the_many(tmp_path):
    """Until the long first run is done, a question waits for nothing."""
    shop, house = team(tmp_path, STORY), House(Settings(folder=tmp_path), None)
    steps = ("history", "docs", "code")
    house.senses.index(locations=[str(shop.path)], steps=steps, progress=Silent(), now=seconds("2024-05-01"))
    shop.tell("2024-05-02 | Bob | Once more | app/auth.py")
    house.senses.catch_up()
    assert [row[2] for row in house.db.read(TABLE)] == [None] * 6
    house.senses.index(locations=[str(shop.path)], steps=("lines",), progress=Silent(), now=seconds("2024-05-03"))
    shop.tell("2024-05-04 | Bob | And again | app/auth.py")
    house.senses.catch_up()
    assert [row[2:] for row in house.db.read(TABLE)][-2:] == [(1, 0, 11), (1, 0, 12)]
