"""Landmarks: by which symbol a file is entered, what a page speaks of, and what code says of itself."""

from __future__ import annotations

import pytest

from knowledge.ways_in.landmarks import Piece, landmarks, opens
from knowledge.ways_in.one_line import says

STORE = '''@dataclass
class Store:
    """Where sessions live.

    Between requests.
    """

    def open(self): ...'''
CODE = [
    Piece("app/store.py", 10, "Store", STORE),
    Piece("app/store.py", 30, "helper", "def helper():\n    return 1"),
    Piece("app/web.py", 1, "serve", "def serve():\n    store = Store()\n    return store"),
    Piece("app/cli.py", 1, "run", "def run():\n    return Store(), serve()"),
    Piece("tests/test_store.py", 1, "test_it", "def test_it():\n    helper()\n    helper()"),
]
PAGES = [
    Piece("docs/index.md", 1, "Home", "Read [sessions](sessions.md) and `app/web.py` first."),
    Piece("docs/sessions.md", 1, "Sessions", "They live in `Store` and nowhere else."),
    Piece("docs/sessions.md", 9, "Sessions › Signing", "See `Store.open`, `app/store.py` and `app/cli.py`."),
]
PATHS = ["app/store.py", "app/web.py", "app/cli.py", "tests/test_store.py", "docs/index.md", "docs/sessions.md"]


def test_a_file_is_entered_by_the_symbol_that_others_name() -> None:
    found = landmarks(CODE, PAGES, PATHS).files
    store = found["app/store.py"]
    assert (store.symbol, store.line, store.users) == ("Store", 11, 2)  # not the line of the decorator
    assert store.says == "Where sessions live"
    assert store.others == ("helper",)  # tests that name it do not count
    assert "tests/test_store.py" not in found


def test_who_builds_on_what() -> None:
    assert landmarks(CODE, PAGES, PATHS).uses["app/cli.py"] == ("app/store.py", "app/web.py")


def test_a_page_speaks_of_files_where_it_names_them_most() -> None:
    guide = landmarks(CODE, PAGES, PATHS).guides["docs/sessions.md"]
    assert (guide.title, guide.line, guide.links) == ("Sessions", 1, 1)
    first = guide.about[0]
    assert (first.path, first.times, first.line, first.title) == ("app/store.py", 3, 9, "Signing")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class A:\n    limit: int\n    '''\n    The limit of it all.'''", ""),
        ("/* Reads the index of objects. It is big. */\nint x;", "Reads the index of objects"),
        ("# Copyright 2020 by us all\ndef f(): ...", ""),
        ('def f():\n    """Uses :class:`~a.b.Store` to keep ``it``."""', "Uses Store to keep it"),
        ("int f() {\n  /* variables to be filled */\n}", ""),
        (
            'def f():\n    """Raised by a :ref:`component <topics-components>` of ours."""',
            "Raised by a component of ours",
        ),
        ("// Serve answers one request.\nfunc Serve() {}", "Serve answers one request"),
    ],
)
def test_what_code_says_of_itself(text: str, said: str) -> None:
    assert says(text) == said


@pytest.mark.parametrize(("path", "begins"), [("src/app.py", True), ("refs/refs.c", True), ("src/url.py", False)])
def test_where_things_begin(path: str, begins: bool) -> None:
    assert opens(path) is begins
