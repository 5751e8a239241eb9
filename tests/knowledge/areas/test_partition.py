"""Areas that a team would recognise: by the names it gives, by CODEOWNERS, and by the tree."""

from __future__ import annotations

import pytest

from knowledge.areas.codeowners import parse
from knowledge.areas.partition import AreaRules, NamedArea, find_areas
from knowledge.paths import glob, is_chronicle, is_page, is_test, is_written

SERVICE = [
    *(f"src/app/auth/{n}.py" for n in range(30)),
    *(f"src/app/billing/{n}.py" for n in range(30)),
    *(f"src/app/{n}.py" for n in range(4)),
    *("docs/one.md", "docs/two.md", "docs/invoices.md", "docs/deep/three.md"),
    *("README.md", "setup.py", "LICENSE", "tools/x.sh"),
]


def keys(paths: list[str], rules: AreaRules | None = None) -> list[tuple[str, int]]:
    return [(area.key, len(area.files)) for area in find_areas(paths, rules or AreaRules())]


def test_the_tree_gives_directories_that_are_one_thing_each() -> None:
    assert keys(SERVICE) == [(".", 4), ("docs", 4), ("src/app/.", 4), ("src/app/auth", 30), ("src/app/billing", 30)]
    assert keys([]) == []
    assert keys(["one.py", "two.py"]) == []


def test_pictures_and_fixtures_belong_to_what_is_around_them() -> None:
    files = [f"lib/{n}.rb" for n in range(60)] + [f"lib/icons/{n}.png" for n in range(9)]
    files += [f"tests/test_{n}.py" for n in range(30)] + [f"tests/data/{n}.py" for n in range(9)]
    files += [f"tests/unit/test_{n}.py" for n in range(9)] + [f"lib/testdata/{n}.rb" for n in range(9)]
    assert keys(files) == [("lib", 78), ("tests/.", 39), ("tests/unit", 9)]


def test_a_flat_directory_that_is_too_big_is_split_by_the_names() -> None:
    """As in git, where pack-*.c is as much a part as a directory is."""
    files = [f"pack-{word}.c" for word in ("write", "read", "check", "bitmap", "revindex")]
    files += [f"file{n}.c" for n in range(45)] + [f"doc/git-{n}.txt" for n in range(60)]
    assert keys(files) == [(".", 45), ("pack-*", 5), ("doc", 60)]


def test_names_of_the_team_come_first_and_take_their_files() -> None:
    billing = NamedArea("billing", ("src/app/billing", "docs/invoices.md"), critical=True, holders_wanted=3)
    found = find_areas(SERVICE, AreaRules((billing, NamedArea("nothing", ("gone",)))))
    sizes = {area.key: len(area.files) for area in found}
    assert sizes == {"name:billing": 31, ".": 4, "docs/.": 3, "src/app/.": 4, "src/app/auth": 30}
    named = next(area for area in found if area.name)
    assert (named.kind, named.critical, named.holders_wanted, named.path) == ("named", True, 3, "")
    assert not named.whole  # a directory of it and a page from elsewhere
    (one,) = (a for a in find_areas(SERVICE, AreaRules((NamedArea("auth", ("src/app/auth",)),))) if a.name)
    assert one.whole


def test_codeowners_make_areas_and_declare_owners() -> None:
    rules = AreaRules(owners=parse("* @org/all\n/src/app/*.py @ann\n/docs/ @bo docs@example.org\n"))
    found = {area.key: area for area in find_areas(SERVICE, rules)}
    assert found["src/app/."].kind == "owned"
    assert found["src/app/."].owners == ("@ann",)
    assert (found["docs"].kind, found["docs"].owners) == ("owned", ("@bo", "docs@example.org"))
    assert (found["src/app/auth"].kind, found["src/app/auth"].owners) == ("tree", ("@org/all",))


@pytest.mark.parametrize(
    ("said", "path", "belongs"),
    [
        ("src/auth", "src/auth/a.py", True),
        ("src/auth/", "src/auth/deep/a.py", True),
        ("src/auth/**", "src/auth/deep/a.py", True),
        ("src/auth", "src/authority/a.py", False),
        ("docs/*.md", "docs/a.md", True),
        ("src/**/invoice_*.py", "src/app/billing/invoice_lines.py", True),
        ("src/**/invoice_*.py", "src/app/billing/lines.py", False),
        ("README.md", "README.md", True),
    ],
)
def test_globs_of_the_config(said: str, path: str, belongs: bool) -> None:
    assert glob(said)(path) is belongs


def test_what_a_path_says() -> None:
    assert [p for p in ("a.py", "a.png", "Makefile", "data.csv", "noext", ".gitignore", "po/de.po") if is_written(p)] == [
        "a.py", "Makefile",
    ]  # fmt: skip
    tests = ("test_a.py", "a_test.go", "a.spec.ts", "t1234-fetch.sh", "LoginTest.java", "attest.py", "latest.js")
    assert [p for p in tests if is_test(p)] == list(tests[:5])
    chronicles = ("CHANGES.rst", "docs/changes.rst", "RelNotes/2.1.txt", "doc/adr/0001-x.md", "docs/exchange.md")
    assert [p for p in chronicles if is_chronicle(p)] == list(chronicles[:4])
    assert is_page("docs/a.html.md.erb")
    assert not is_page("a.c")
