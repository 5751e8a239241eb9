"""The quick way of `lamp last` says what the full way says, word by word, or steps aside."""

import json
import subprocess
import sys

import pytest

from bot import quick
from bot.commands import run
from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from tests.teams import team

STORY = """
    2024-01-02 | Ada          | Add the login page      | app/login.py app/util.py README.md
    2026-09-03 | Bob          | Tidy the login page     | app/login.py
    2026-09-10 | Bob          | Cache it                | app/login.py app/cache.py
    2026-10-03 | Bob + Cleo   | Pair on the timeout     | app/util.py
    2026-10-04 | Ada          | Split out tokens        | app/cache.py > app/tokens.py
    2026-10-05 | dependabot[bot] <bot@example.org> | Bump | README.md
    2026-10-06 | Cleo         | Speed the cache up      | app/login.py
"""
PATHS = ["app/login.py", "app/util.py", "app/tokens.py", "README.md", "nowhere.py", "app", "app/", "README.md/"]
NOW = 1_795_000_000


@pytest.fixture
def shop(tmp_path, monkeypatch):
    shop = team(tmp_path, STORY)
    monkeypatch.chdir(shop.path)
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    house = House(Settings(folder=shop.path), None)
    house.senses.index(locations=[str(shop.path)], steps=("history",), progress=Silent(), now=NOW)
    return shop


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_both_ways_say_the_same_for_every_path(shop, capsys, form):
    answered = set()
    for path in PATHS:
        code = quick.last([path, *form])
        said = capsys.readouterr().out
        if code is None:
            assert said == ""
            continue
        answered.add(path)
        assert run("last", [path, *form]) == code == 0
        full = capsys.readouterr().out
        assert said == full if not form else json.loads(said) == json.loads(full)
    assert answered == set(PATHS) - {"nowhere.py", "README.md/"}, "others take the full way"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_both_ways_say_the_same_where_there_are_two_repositories(shop, capsys, form, tmp_path):
    other = team(tmp_path / "more", "2026-09-03 | Bob | Start | page.ts")
    house = House(Settings(folder=shop.path), None)
    both = [str(shop.path), str(other.path)]
    house.senses.index(locations=both, steps=("history",), progress=Silent(), now=NOW)
    assert quick.last(["app/login.py", *form]) == 0
    said = capsys.readouterr().out
    assert run("last", ["app/login.py", *form]) == 0
    assert said == capsys.readouterr().out
    assert form or said.endswith(f"In the repository {shop.path.name}.\n")


MORE = """
    2026-10-07 | Dora        | Look after the docs    | docs/a.md docs/b.md docs/deep/c.md
    2026-10-09 | Dora        | Write more of them     | docs/a.md docs/deep/c.md
    2026-10-12 | Dora        | And of the deep ones   | docs/deep/c.md docs/deep/d.md
    2026-10-20 | Eve         | Fix a typo             | docs/deep/c.md docs/b.md
    2026-10-22 | Ada         | Name them better       | docs/b.md > docs/begin.md
    2026-10-25 | Bob         | Cache the deep login   | app/login.py
    2026-10-26 | Eve         | Speed of the start     | docs/begin.md app/util.py
    2024-05-01 | Fay         | A tool of long ago     | tools/x/y.py
"""


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize("out", [(), ("Dora",), ("Ada", "Bob")])
def test_both_ways_say_the_same_of_every_place_and_whoever_else_knows_it(shop, capsys, form, out):
    shop.tell(MORE)
    house = House(Settings(folder=shop.path), None)
    house.senses.index(locations=[str(shop.path)], steps=("history",), progress=Silent(), now=NOW)
    with house.db.transaction() as tx:
        for name in out:
            tx.run("UPDATE people SET opted_out = 1 WHERE name LIKE :name", name=f"{name}%")
    rows = house.db.read("SELECT path, is_dir FROM nodes WHERE alive = 1 AND path <> ''")
    told = 0
    for path in [*(row[0] for row in rows), *(f"{row[0]}/" for row in rows if row[1])]:
        assert quick.last([path, *form]) == 0, path
        said = capsys.readouterr().out
        assert run("last", [path, *form]) == 0
        full = capsys.readouterr().out
        assert said == full if not form else json.loads(said) == json.loads(full)
        assert not any(name in said for name in out)
        told += "Who knows it now" in said
    assert len(rows) >= 12
    assert form or told >= 2


def test_a_path_is_meant_from_where_one_stands(shop, capsys, monkeypatch):
    monkeypatch.chdir(shop.path / "app")
    assert quick.last(["login.py"]) == 0
    assert "app/login.py" in capsys.readouterr().out


def test_a_word_that_is_a_path_means_the_path_both_ways(shop, capsys):
    shop.tell("2026-11-01 | Ada | Test it | tests/test_login.py docs/tests.md src/tests/a.py")
    house = House(Settings(folder=shop.path), None)
    house.senses.index(locations=[str(shop.path)], steps=("history",), progress=Silent(), now=NOW)
    assert quick.last(["tests"]) == 0
    said = capsys.readouterr().out
    assert "added tests/ " in said or "last touched tests/ " in said
    assert run("last", ["tests"]) == 0
    assert said == capsys.readouterr().out


def test_a_folder_is_meant_from_where_one_stands(shop, capsys, monkeypatch):
    monkeypatch.chdir(shop.path / "app")
    assert quick.last(["."]) == 0
    assert "last touched app/ " in capsys.readouterr().out


def test_it_steps_aside_when_the_repository_has_moved_on(shop):
    shop.tell("2026-11-01 | Ada | Go on | app/login.py")
    assert quick.last(["app/login.py"]) is None


def test_it_steps_aside_when_the_config_is_another(shop):
    (shop.path / "config.yaml").write_text("# Lamplighter\nanswers: {people: 1}\n")
    assert quick.last(["app/login.py"]) is None


def test_it_steps_aside_for_options_lines_and_an_empty_home(shop, monkeypatch, tmp_path):
    assert quick.last(["app/login.py", "--as-of", "2025-01-01"]) is None
    assert quick.last(["app/login.py:3"]) is None
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "empty"))
    assert quick.last(["app/login.py"]) is None


def test_it_imports_nothing_heavy(shop):
    heavy = {"numpy", "torch", "sqlalchemy", "git", "yaml", "argparse", "dataclasses", "rich", "faiss", "pathlib"}
    code = f"""
import sys
from bot.cli import main
assert main(["last", "app/login.py"]) == 0
print(sorted({heavy!r} & set(sys.modules)))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=shop.path).stdout
    assert out.splitlines()[-1] == "[]"
