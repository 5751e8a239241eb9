"""Our NamedTuple is typing's in all that we use of it."""

import pickle
import subprocess
import sys
from typing import NamedTuple as Typings

import pytest

from knowledge.lean import NamedTuple


class Ours(NamedTuple):
    """A point."""

    x: int
    y: str = "a"
    z: tuple[int, ...] = ()

    @property
    def twice(self) -> int:
        return 2 * self.x

    @staticmethod
    def origin() -> "Ours":
        return Ours(0)


class Theirs(Typings):
    """A point."""

    x: int
    y: str = "a"
    z: tuple[int, ...] = ()


class Below(Ours):
    """A class of one of ours."""


@pytest.mark.parametrize(
    "made", [Ours(1, "b"), Ours(x=1, y="b"), Ours(1, y="b"), Ours._make([1, "b", ()]), Ours(7)._replace(x=1, y="b")]
)
def test_it_is_the_tuple_that_typing_makes(made):
    theirs = Theirs(1, "b")
    assert made == theirs == (1, "b", ())
    assert hash(made) == hash(theirs)
    assert made._asdict() == theirs._asdict()
    assert repr(made) == repr(theirs).replace("Theirs", "Ours")
    assert (made.x, made.y, made.z, made.twice) == (1, "b", (), 2)
    assert pickle.loads(pickle.dumps(made)) == made
    assert sorted([Ours(2), made]) == [made, Ours(2)]


def test_the_class_says_the_same_of_itself():
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__"):
        assert getattr(Ours, name) == getattr(Theirs, name)
    match Ours.origin():
        case Ours(x=0, y=letter):
            assert letter == "a"


def test_wrong_arguments_are_refused_as_typing_refuses_them():
    for wrong in ((), (1, "b", (), 4)):
        with pytest.raises(TypeError) as ours:
            Ours(*wrong)
        with pytest.raises(TypeError) as theirs:
            Theirs(*wrong)
        assert str(ours.value).split("__new__")[1].replace("<lambda>", "") == str(theirs.value).split("__new__")[1]
    with pytest.raises(TypeError):
        Ours(1, w=2)
    with pytest.raises(AttributeError):
        Ours(1).x = 2
    with pytest.raises(TypeError):
        Ours(1)._replace(w=2)


def test_a_class_of_one_of_ours_is_itself():
    assert type(Below(1)) is Below
    assert Below(1) == Ours(1)
    assert type(Below(1)._replace(x=2)) is Below


def test_the_quick_way_imports_nothing_that_costs():
    code = "import sys, bot.quick; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    dear = {"typing", "re", "datetime", "sqlite3", "contextlib", "dataclasses", "enum", "threading", "json", "pathlib"}
    assert "bot.quick" in loaded
    assert dear.isdisjoint(loaded), dear & set(loaded)


def test_sqlite_comes_without_functools_and_functools_is_whole_afterwards():
    code = """
import sys
from knowledge.lean import sqlite_connect
assert "functools" not in sys.modules
db = sqlite_connect(":memory:", cached_statements=2)
found = [db.execute(f"SELECT {n % 3}").fetchall()[0][0] for n in range(9)]
import functools, sqlite3
assert functools.wraps and sqlite3.connect is sqlite_connect
print(found, sqlite3.connect(":memory:").execute("SELECT 4").fetchall())
"""
    told = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[0, 1, 2, 0, 1, 2, 0, 1, 2] [(4,)]\n"
