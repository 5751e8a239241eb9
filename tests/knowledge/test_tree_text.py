"""Paths in one text: what it finds is what the store finds, name by name, and what came since."""

import pytest

from bot.wiring import House
from knowledge.asking.paths import Paths
from knowledge.asking.tree_text import TreeText
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from tests.bot.house import opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("resolve"))


def told(db: Database) -> Paths:
    text = TreeText(db)
    assert not text.ready()  # the first question of a process asks the store
    return Paths(db, text=text)


@pytest.mark.parametrize(
    "tail",
    ["provider.py", "PROVIDER.py", "json/provider.py", "provider.", "app/json", "json", "sessions.", "s", "on/p", "a_b",
     "app", "docs/deploy.", "py", ".", "100%", "readme.md"],
)  # fmt: skip
def test_endings_are_those_of_the_store(house: House, tail: str) -> None:
    repos = Paths(house.db).repos()
    assert told(house.db).ending(tail, repos) == Paths(house.db).ending(tail, repos)


@pytest.mark.parametrize("words", [["json", "provider"], ["sessions"], ["deploy"], ["moon"], ["app", "s"], ["%"]])
def test_words_of_paths_are_found_as_in_the_store(house: House, words: list[str]) -> None:
    repos = Paths(house.db).repos()
    assert told(house.db).made_of(words, repos) == Paths(house.db).made_of(words, repos)


def test_what_comes_and_goes_is_followed(tmp_path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")

    def add(*paths: str, repo: int = 1) -> None:
        with db.transaction() as tx:
            tx.insert("nodes", "repo_id, path, alive", [(repo, path, 1) for path in paths])

    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('harbour')")
    add("src/tide.py", "src/high tide.py", "a\nb.py")
    tree, text = told(db), TreeText(db)
    assert [n.path for n in tree.ending("tide.py", tree.repos())] == ["src/tide.py"]
    add("lib/Tide.py", "tide.pyc/x")
    assert [n.path for n in tree.ending("tide.py", tree.repos())] == ["lib/Tide.py", "src/tide.py"]
    assert len(text.holding(["tide"])) == 4
    with db.transaction() as tx:
        tx.run("DELETE FROM nodes WHERE path LIKE '%ide.py'")
        tx.run("INSERT INTO repos (name) VALUES ('quay')")
    assert tree.ending("tide.py", tree.repos()) == []
    add("boats/tide.py", repo=2)
    assert [(n.repo_id, n.path) for n in tree.ending("tide.py", tree.repos())] == [(2, "boats/tide.py")]
