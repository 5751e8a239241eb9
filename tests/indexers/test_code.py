"""Code is found by symbol; other text in pieces; what nobody wrote is skipped with a reason."""

import itertools
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import symbols
from indexers.apart import outline
from indexers.languages import LANGUAGES, language_of, language_of_script
from indexers.repository import Repository
from indexers.rules import Rules
from indexers.sources.code import CodeSource, module_of
from knowledge.model import Document, Gone, Skipped
from tests.teams import Team


@pytest.fixture
def repo(tmp_path):
    return Team(tmp_path / "team")


def read(repo, files=None, cursor=None, rules=None, docs=None):
    if files is not None:
        repo.commit("Ada", "2024-01-02", "Change", files=files)
    return list(CodeSource(Repository.open(str(repo.path), repo.path / "home"), rules, docs).read(cursor))


def passages(records):
    return [p for r in records if isinstance(r, Document) for p in r.passages]


def spans(records):
    return [(p.title, p.line_start, p.line_end) for p in passages(records)]


PYTHON = '''\
# Copyright Ada. All rights reserved.
"""What a session is."""

import os
from app import g

TIMEOUT = 60  # seconds; the proxy gives up after that


@cache
def create_logger(app):
    """Get the logger of the app."""
    return app.logger


class Session(dict):
    """Cookies, signed."""

    permanent = False

    # Only once per request.
    @property
    def new(self):
        return not self

    def clear(self): self.data = {}

    limit = property(lambda self: 3)
'''


def test_python_symbols_have_their_comments_decorators_and_places(repo):
    records = read(repo, {"src/app/sessions.py": PYTHON})
    assert spans(records) == [
        ("app/sessions", 1, 2),
        ("app/sessions", 7, 7),
        ("app/sessions › create_logger", 10, 13),
        ("app/sessions › Session", 16, 19),
        ("app/sessions › Session.new", 21, 24),
        ("app/sessions › Session.clear", 26, 26),
        ("app/sessions › Session", 28, 28),
    ]
    found = {p.symbol: p for p in passages(records)}
    assert found["Session.new"].text == "# Only once per request.\n@property\ndef new(self):\n    return not self"
    assert {p.kind for p in passages(records)} == {"code"}


def test_imports_and_closing_braces_are_no_passages(repo):
    source = "#include <stdio.h>\n#include <x.h>\n\nint f(void)\n{\n\treturn 1;\n}\n\n}\n"
    assert spans(read(repo, {"f.c": source})) == [("f › f", 4, 7)]


def test_a_long_body_goes_on_in_passages_of_the_same_symbol(repo):
    body = "".join(f"    total += price_of(items[{n}])  # {'x' * 40}\n" for n in range(60))
    records = read(repo, {"shop.py": f"def total(items):\n{body}    return total\n"})
    found = passages(records)
    assert {p.symbol for p in found} == {"total"}
    assert [len(p.text) <= 1500 for p in found] == [True] * 4
    assert (found[0].line_start, found[-1].line_end) == (1, 62)
    assert all(one.line_end + 1 == other.line_start for one, other in itertools.pairwise(found))


def test_overloads_are_one_symbol(repo):
    source = "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a):\n    return a\n"
    assert spans(read(repo, {"f.py": source})) == [("f › f", 1, 6)]


SAMPLES = {
    "javascript": (
        (
            "/** Adds. */\nexport function add(a) {\n  return a\n}\nexport default class Cart extends Base {\n"
            "  total() {\n    return 1\n  }\n  pay = () => 2\n}\nconst sum = (a) => {\n  return a\n}\nmodule.exports.go = function () {}\n"
        ),
        {"add": (1, 4), "Cart": (5, 10), "Cart.total": (6, 8), "Cart.pay": (9, 9), "sum": (11, 13), "go": (14, 14)},
    ),
    "typescript": (
        (
            "export interface Item {\n  name: string\n}\ntype Id = string\nexport abstract class Shop {\n  @Input() open(): void {\n  }\n"
            "}\nexport const load = async () => {\n}\nnamespace N {\n  export function q() {}\n}\n"
        ),
        {
            "Item": (1, 3),
            "Id": (4, 4),
            "Shop": (5, 8),
            "Shop.open": (6, 7),
            "load": (9, 10),
            "N": (11, 13),
            "N.q": (12, 12),
        },
    ),
    "tsx": ("export function App() {\n  return <p>Hi</p>\n}\n", {"App": (1, 3)}),
    "go": (
        "package a\n\n// Serve listens.\nfunc Serve() {\n}\n\nfunc (s *Server[T]) Close() error {\n}\n\ntype Server struct {\n\tport int\n}\n",
        {"Serve": (3, 5), "Server.Close": (7, 8), "Server": (10, 12)},
    ),
    "rust": (
        "/// A cart.\n#[derive(Debug)]\npub struct Cart {\n    n: u8,\n}\n\nimpl Total for Cart<T> {\n    fn sum(&self) -> u8 {\n        1\n    }\n}\n",
        {"Cart": (7, 11), "Cart::sum": (8, 10)},
    ),
    "java": (
        "package a;\nimport b.C;\n\n/** A cart. */\npublic class Cart {\n    int n;\n\n    Cart() {\n    }\n\n    @Override\n    public int sum() {\n        return 1;\n    }\n}\n",
        {"Cart": (4, 15), "Cart.Cart": (8, 9), "Cart.sum": (11, 14)},
    ),
    "c": (
        "/* Adds. */\nstatic int add(int a)\n{\n\treturn a;\n}\n\n#ifdef X\nchar *name(void)\n{\n}\n#endif\nstruct item;\nstruct cart {\n\tint n;\n};\n#define MAX(a) \\\n\t(a)\n",
        {"add": (1, 5), "name": (8, 10), "cart": (13, 15), "MAX": (16, 17)},
    ),
    "cpp": (
        "namespace shop {\nclass Cart {\n public:\n  int sum() {\n    return 1;\n  }\n};\ntemplate <class T>\nT add(T a) {\n  return a;\n}\n}\nint Cart::total() {\n  return 2;\n}\n",
        {
            "shop": (1, 12),
            "shop::Cart": (2, 7),
            "shop::Cart::sum": (4, 6),
            "shop::add": (8, 11),
            "Cart::total": (13, 15),
        },
    ),
    "csharp": (
        "namespace Shop {\n  /// <summary>A cart.</summary>\n  public class Cart {\n    public int N { get; set; }\n    void Sum() {\n    }\n  }\n}\n",
        {"Shop": (1, 8), "Shop.Cart": (2, 7), "Shop.Cart.N": (4, 4), "Shop.Cart.Sum": (5, 6)},
    ),
    "ruby": (
        "# A shop.\nmodule Shop\n  class Cart < Base\n    # Sums.\n    def sum\n      1\n    end\n\n    def self.load\n    end\n  end\nend\n",
        {"Shop": (1, 12), "Shop.Cart": (3, 11), "Shop.Cart.sum": (4, 7), "Shop.Cart.load": (9, 10)},
    ),
    "php": (
        "<?php\nnamespace Shop;\n\n/** Adds. */\nfunction add($a) {\n}\n\nclass Cart {\n    public function sum() {\n    }\n}\n",
        {"add": (4, 6), "Cart": (8, 11), "Cart.sum": (9, 10)},
    ),
    "bash": ("#!/bin/sh\n\n# Rolls back.\nrollback() {\n  make rollback\n}\n", {"rollback": (3, 6)}),
    "kotlin": (
        "package a\n\n/** A cart. */\nclass Cart(val n: Int) {\n    fun sum(): Int {\n        return n\n    }\n}\n\nfun add(a: Int) = a\n",
        {"Cart": (3, 8), "Cart.sum": (5, 7), "add": (10, 10)},
    ),
    "scala": (
        "package a\n\nobject Shop {\n  def add(a: Int) = a\n}\n\ncase class Cart(n: Int)\n\ntrait Total {\n  def sum: Int\n}\n",
        {"Shop": (3, 5), "Shop.add": (4, 4), "Cart": (7, 7), "Total": (9, 11), "Total.sum": (10, 10)},
    ),
    "swift": (
        "struct Cart {\n    var n: Int\n    func sum() -> Int {\n        return n\n    }\n}\n\nfunc add(a: Int) -> Int {\n    return a\n}\n",
        {"Cart": (1, 6), "Cart.sum": (3, 5), "add": (8, 10)},
    ),
    "lua": (
        "-- Adds.\nlocal function add(a)\n  return a\nend\n\nfunction M:sum()\nend\n\nM.go = function()\nend\n",
        {"add": (1, 4), "M:sum": (6, 7), "M.go": (9, 10)},
    ),
    "perl": ("package Shop;\nuse strict;\n\n# Sums.\nsub sum {\n  1\n}\n", {"sum": (4, 7)}),
    "elixir": (
        'defmodule Shop do\n  @doc "Sums."\n  def sum(a) do\n    a\n  end\n\n  defp one, do: 1\nend\n',
        {"Shop": (1, 8), "Shop.sum": (2, 5), "Shop.one": (7, 7)},
    ),
}


def flat(symbols):
    for symbol in symbols:
        yield symbol.name, (symbol.line_start, symbol.line_end)
        yield from flat(symbol.inner)


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_every_language_names_its_symbols(language):
    source, expected = SAMPLES[language]
    assert dict(flat(outline(language, source.encode()).symbols)) == expected


BLOCKS = {
    "javascript": "describe('Cart', () => {\n  it('sums', async () => {\n    x()\n  })\n  test.each([1])('n %s', (n) => { y() })\n})\n",
    "ruby": 'RSpec.describe Cart do\n  it "sums" do\n    x\n  end\n  it("n %s") { 1 }\nend\n',
    "elixir": 'describe "Cart" do\n  test "sums", %{a: 1} do\n    x\n  end\n  test "n %s", do: 1\nend\n',
}


@pytest.mark.parametrize("language", sorted(BLOCKS))
def test_tests_are_found_by_their_sentences(language):
    found = dict(flat(outline(language, BLOCKS[language].encode()).symbols))
    assert found == {"Cart": (1, 6), "Cart › sums": (2, 4), "Cart › n %s": (5, 5)}


def test_shell_tests_are_found_by_their_sentences(repo):
    source = (
        "test_expect_success 'log works' '\n\tgit log --follow\n'\n\ntest_expect_success MAC \"dies\" '\n\tfalse\n'\n"
    )
    (one, other) = passages(read(repo, {"t/log.sh": source}))
    assert (one.title, one.symbol, one.line_end) == ("t/log › log works", "", 3)
    assert (other.title, other.line_start) == ("t/log › dies", 5)


def test_every_language_has_a_sample():
    assert {*SAMPLES, "python"} == set(LANGUAGES)


def test_other_text_is_read_in_pieces_called_by_their_file(repo):
    job = "".join(f"  step_{n}:\n    run: make step_{n} --with={'x' * 60}\n" for n in range(30))
    records = read(
        repo, {".github/workflows/ci.yml": f"jobs:\n{job}", "Dockerfile": "FROM python:3.11\nRUN make all\n"}
    )
    assert spans(records)[-1] == ("Dockerfile", 1, 2)
    assert {p.title for p in passages(records)[:-1]} == {".github/workflows/ci.yml"}
    assert max(len(p.text) for p in passages(records)) <= 1500


def test_a_script_without_a_suffix_says_what_it_is(repo):
    source = "#!/usr/bin/env python3\ndef main():\n    print('hello there')\n"
    records = read(repo, {"bin/deploy": source, "notes": "no program at all\n"})
    assert [p.symbol for p in passages(records)] == ["main"]
    assert [r for r in records if isinstance(r, Skipped)] == [Skipped("notes", "no reader for this kind of file")]
    assert language_of_script("#!/bin/bash -e") == "bash"
    assert language_of_script("plain text") is None


def test_documents_are_left_to_the_documents(repo):
    records = read(repo, {"README.md": "# Hi\n\nText.\n", "docs/x.rst": "X\n=\n", "a.py": "TOTAL_COUNT = one_thing\n"})
    assert [r.path for r in records if isinstance(r, Document)] == ["a.py"]
    assert not [r for r in records if isinstance(r, Skipped)]


def test_what_nobody_wrote_is_skipped_with_a_reason_that_groups(repo):
    files = {
        "logo.png": b"\x89PNG\0",
        "package-lock.json": "{}\n",
        "vendor/lib.js": "f()\n",
        "app.min.js": "f()\n",
        "api_pb2.py": "x = 1\n",
        "gen.go": "// Code generated by protoc. DO NOT EDIT.\npackage a\n",
        "wide.js": "x=1;" * 2000,
        "data.json": "[\n" + "1,\n" * 40_000 + "1]\n",
        "model.bin": b"\0",
        "a.xyz": "what is this\n",
        "broken.py": b"\0\0",
    }
    assert {r.where: r.why for r in read(repo, files) if isinstance(r, Skipped)} == {
        "logo.png": "binary",
        "package-lock.json": "a lock file",
        "vendor/lib.js": "vendored",
        "app.min.js": "generated",
        "api_pb2.py": "generated",
        "gen.go": "generated",
        "wide.js": "minified",
        "data.json": "data, not code",
        "model.bin": "binary",
        "a.xyz": "no reader for this kind of file",
        "broken.py": "binary",
    }


def test_a_team_can_leave_out_and_ask_for(repo):
    rules = Rules(include=("*.xyz",), exclude=("legacy",))
    records = read(repo, {"a.xyz": "what is this about\n", "legacy/b.py": "def f():\n    pass\n"}, rules=rules)
    assert [r.path for r in records if isinstance(r, Document)] == ["a.xyz"]


def test_what_becomes_a_document_by_a_rule_is_gone_from_code(repo):
    first = read(repo, {"notes/plan.yml": "what: the plan of this year\n"})
    assert [p.path for p in passages(first)] == ["notes/plan.yml"]
    rules = Rules(include=("notes/*",))
    second = read(repo, cursor=None, docs=rules)
    assert passages(second) == []


def test_only_changed_files_are_read_again(repo):
    first = read(repo, {"a.py": "def first_one():\n    pass\n", "b.py": "def second_one():\n    pass\n"})
    second = read(repo, {"b.py": None, "c.py": "def third_one():\n    pass\n"}, cursor=first[-1].value)
    assert [r.path for r in second if isinstance(r, Document)] == ["c.py"]
    assert [r.path for r in second if isinstance(r, Gone)] == ["b.py"]


def test_secrets_in_code_are_redacted(repo):
    (found,) = passages(read(repo, {"a.py": "API_KEY = '9f8a7b6c5d4e3f2a1b0c'  # of the test account\n"}))
    assert found.text == "API_KEY = '[redacted: secret]'  # of the test account"


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/flask/app.py", "flask/app"),
        ("src/flask/__init__.py", "flask"),
        ("lib/cart/index.ts", "cart"),
        ("builtin/log.c", "builtin/log"),
        ("Makefile", "Makefile"),
        ("web/templates/index.html", "web/templates/index.html"),
        ("index.js", "index"),
    ],
)
def test_a_file_of_code_is_called_as_people_call_it(path, module):
    assert module_of(path) == module


BITS = ["def f():", "    return 1", "class A:", "{", "}", "(", "function f() {", "struct s {", "/*", "*/", "#", "'''", "`",
        "module M", "end", "import x", "@d", "<?php", "\0", "é", "\t", "", "impl X for", "package a", "=> {", "do"]  # fmt: skip


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_anything_has_an_outline(language):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=10)), max_size=20).map("\n".join))
    def check(text):
        source = text.encode(errors="replace")
        last = source.count(b"\n") + 1
        for _, (start, end) in flat(outline(language, source).symbols):
            assert 1 <= start <= end <= last

    check()


PATHS = {name: suffix for suffix, name in ((".py", "python"), (".js", "javascript"), (".c", "c"), (".rb", "ruby"))}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PATHS)), st.lists(st.sampled_from(BITS), max_size=30).map("\n".join))
def test_the_passages_of_any_code_are_in_order_and_apart(language, text):
    from indexers.formats.page import lines_of
    from indexers.sources.code import _by_symbol

    lines = lines_of(text)
    found = list(_by_symbol(f"a{PATHS[language]}", lines, language))
    assert all(1 <= p.line_start <= p.line_end <= len(lines) for p in found)
    assert all(a.line_end < b.line_start for a, b in itertools.pairwise(found))
    assert language_of(f"a{PATHS[language]}") == language


def test_text_that_is_no_code_does_not_hold_up_the_run():
    """One grammar would try for half a minute."""
    start = process_time()
    assert symbols.outline("perl", b"<" * 100_000).symbols == ()
    assert process_time() - start < 10


def test_a_long_file_of_ordinary_code_has_its_outline():
    source = "".join(f"def function_{n}(value):\n    return value + {n}\n\n\n" for n in range(2000))
    assert len(source) > 100_000
    assert len(outline("python", source.encode()).symbols) == 2000
