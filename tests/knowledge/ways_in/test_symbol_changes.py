"""Symbols then and now: added, removed, renamed in their file, moved to another."""

from __future__ import annotations

from pathlib import Path

from indexers.outlines import outlines_at
from indexers.repository import Repository
from knowledge.ways_in.symbol_changes import Pair, SymbolChanges, Where, compare
from tests.teams import team

THEN = '''
class Store:
    def open(self, request):
        """Read the cookie of this request and check how it was signed."""
        return request.cookies["session"]

    def close(self, response):
        """Write the cookie of this response, signed with the key of today."""
        response.cookies["session"] = self


def sign(value):
    """Sign a value with the key of today, so that nobody else can have written it."""
    return f"{value}.signed"


def lost(): ...
'''
NOW = THEN.replace("def sign(value)", "def seal(value)").replace("def lost(): ...", "def found(): ...").replace(
    'response.cookies["session"] = self', 'response.set("session", self)')  # fmt: skip


def test_what_became_of_the_symbols_of_real_files(tmp_path: Path) -> None:
    made = team(tmp_path)
    then = made.commit("Ada", "2024-01-02", "Start", files={"a.py": THEN, "notes.txt": "Store\n"})
    now = made.commit("Bob", "2024-02-02", "Rework", files={"a.py": NOW, "b.py": "def fresh(): ...\n"})
    repository = Repository.open(str(made.path), tmp_path)
    files = ["a.py", "b.py", "notes.txt", "never.py"]
    before, after = (outlines_at(repository, commit, files) for commit in (then, now))
    assert {path: sorted(names) for path, names in before.items()} == {
        "a.py": ["Store", "Store.close", "Store.open", "lost", "sign"]
    }
    assert compare(before, after, {}) == SymbolChanges(
        added=(Where("a.py", "found"), Where("b.py", "fresh")),
        removed=(Where("a.py", "lost"),),
        renamed=(Pair(Where("a.py", "sign"), Where("a.py", "seal")),),
        changed=2,  # Store and its close
    )


def test_a_class_that_moves_takes_its_methods_along_in_one_line() -> None:
    then = {"a.py": {"Store": "1", "Store.open": "2", "other": "3"}}
    now = {"a.py": {"other": "3"}, "b.py": {"Store": "1", "Store.open": "2"}}
    assert compare(then, now, {}).moved == (Pair(Where("a.py", "Store"), Where("b.py", "Store")),)
    assert compare(then, {"c.py": then["a.py"]}, {"c.py": "a.py"}) == SymbolChanges()  # the file was renamed


def test_a_method_that_another_class_has_now_went_there() -> None:
    then = {"a.py": {"App": "1", "App.run": "2"}}
    now = {"a.py": {"App": "9"}, "b.py": {"Base": "8", "Base.run": "7"}}
    found = compare(then, now, {})
    assert found.moved == (Pair(Where("a.py", "App.run"), Where("b.py", "Base.run")),)
    assert (found.added, found.removed) == ((Where("b.py", "Base"),), ())
