"""The whole way (history, docs, code, lines, then questions) on repositories that are not as one expects."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.cli import main
from tests.teams import Team, seconds, team

STEPS = [word for step in ("history", "docs", "code", "lines") for word in ("--only", step)]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 12345\n"


@pytest.fixture
def shop(tmp_path) -> Team:
    shop = team(tmp_path, "2024-01-02 | Ada | Add the login page | app/login.py README.md")
    shop.commit("Bob", "2024-02-01", "Tell of it", files={"docs/login.md": "# Login\n\nPeople log in with a card.\n"})
    return shop


def empty(shop: Team, tmp_path: Path) -> Path:
    return team(tmp_path / "empty").path


def empty_tree(shop: Team, tmp_path: Path) -> Path:
    nothing = team(tmp_path / "nothing")
    nothing.commit("Ada", "2024-01-01", "Nothing")
    return nothing.path


def bare(shop: Team, tmp_path: Path) -> Path:
    shop.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    return tmp_path / "bare.git"


def shallow(shop: Team, tmp_path: Path) -> Path:
    clone = Team(tmp_path / "shallow")
    clone.git("fetch", "-q", "--depth=1", f"file://{shop.path}", "main")
    clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    return clone.path


def detached(shop: Team, tmp_path: Path) -> Path:
    shop.git("checkout", "-q", "--detach", "HEAD")
    return shop.path


def with_submodule(shop: Team, tmp_path: Path) -> Path:
    other = team(tmp_path / "other", "2024-01-01 | Cleo | Begin | lib.py")
    shop.git("submodule", "add", "-q", str(other.path), "lib")
    shop.commit("Ada", "2024-03-01", "A submodule")
    return shop.path


def with_odd_files(shop: Team, tmp_path: Path) -> Path:
    (shop.path / "link.md").symlink_to("docs/login.md")
    (shop.path / "loop").symlink_to("loop")
    odd = os.fsdecode(b"caf\xe9\n.md")
    files = {
        ".gitattributes": "gen.py linguist-generated\nthird/* linguist-vendored\n", "gen.py": "x = 1\n",
        "third/party.py": "y = 1\n", "logo.png": b"\x89PNG\r\n\x1a\n\0", "model.bin": POINTER, "latin.md": b"# Caf\xe9\n",
        odd: "# Odd\n", "none.py": "", "nul.md": b"# a\0b\n",
    }  # fmt: skip
    shop.commit("Ada", "2024-03-01", "Odd files", files=files)
    return shop.path


def with_impossible_dates(shop: Team, tmp_path: Path) -> Path:
    shop.commit("Ada", 0, "Long ago", changes="app/login.py")
    shop.commit("Ada", seconds("2099-12-31"), "Far ahead", changes="app/login.py")
    return shop.path


def with_100_megabytes(shop: Team, tmp_path: Path) -> Path:
    shop.git("config", "core.compression", "0")
    big = b"# Big\n\n" + b"all work and no play\n" * 5_000_000
    shop.commit("Ada", "2024-03-01", "Big", files={"docs/big.md": big})
    return shop.path


ODD = (
    empty, empty_tree, bare, shallow, detached, with_submodule, with_odd_files, with_impossible_dates,
    with_100_megabytes,
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda make: make.__name__)
def test_it_is_read_or_said_why_not_and_questions_have_answers(odd, shop, tmp_path, capsys, monkeypatch):
    place = odd(shop, tmp_path)
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(place)
    began = time.process_time()
    assert main(["index", *STEPS, "--json"]) == 0
    assert time.process_time() - began < 10
    first = json.loads(capsys.readouterr().out)
    assert main(["index", *STEPS, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["commits"], again["passages"]) == (0, 0)
    for question in ("who knows app/login.py?", "how do people log in?", "what's going stale?", "what changed lately?"):
        assert main(["ask", question, "--json"]) in (0, 2)
        answer = json.loads(capsys.readouterr().out)
        assert answer["text"]
        assert not {"fault", "mistake"} & set(answer)
    for command in (["last", "app/login.py"], ["stale"], ["tour"], ["report"], ["nudge"], ["people"], ["doctor"]):
        assert main(command) in (0, 2), command
    said = capsys.readouterr()
    assert "broke" not in said.out
    assert "Traceback" not in said.err
    whys = {one["why"].split(":")[0] for one in first["skipped"]}
    expected = {
        empty: {"branch main has no commits yet"}, shallow: {"a shallow clone"}, with_submodule: {"a submodule"},
        with_100_megabytes: {"larger than "}, with_odd_files: {"a symlink", "generated", "vendored"},
    }  # fmt: skip
    assert {known for known in expected.get(odd, set()) if not any(why.startswith(known) for why in whys)} == set()


def test_a_branch_that_was_deleted_is_told_with_those_there_are(shop, tmp_path, capsys):
    shop.git("branch", "work")
    config = tmp_path / "config.yaml"
    config.write_text("# Lamplighter\nrepos: [{location: team, branch: work}]\n")
    assert main(["index", "--config", str(config), "--only", "history"]) == 0
    shop.git("branch", "-D", "work")
    capsys.readouterr()
    assert main(["index", "--config", str(config), "--only", "history"]) == 1
    assert capsys.readouterr().err == f"lamp: {shop.path} has no branch work. Choose one of main.\n"
    assert main(["last", "README.md", "--config", str(config)]) == 0  # what was read is still known


def test_ctrl_c_anywhere_loses_nothing(shop, tmp_path, monkeypatch, capsys):
    for day in range(1, 29):
        files = {
            f"docs/page{day}.md": f"# Page {day}\n\nWords of {day}.\n",
            f"app/m{day}.py": f"def f{day}():\n    pass\n",
        }
        shop.commit("Ada", f"2024-03-{day:02}", f"Day {day}", files=files)
    monkeypatch.chdir(shop.path)
    command = [sys.executable, "-m", "bot.cli", "index", *STEPS]
    stopped = {**os.environ, "LAMPLIGHTER_HOME": str(tmp_path / "stopped")}
    for seconds_in in (0.5, 1.0):
        process = subprocess.Popen(command, env=stopped, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds_in)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode in (0, 130, -signal.SIGINT)  # by the signal itself where Python had hardly begun
        assert "fault" not in err
    found = []
    for home in ("stopped", "straight"):
        monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / home))
        assert main(["index", *STEPS]) == 0
        capsys.readouterr()
        assert main(["who", "docs", "--json", "--as-of", "2024-04-01"]) == 0
        who = json.loads(capsys.readouterr().out)
        assert main(["doctor", "--json"]) == 0
        told = {f["what"]: f["state"] for f in json.loads(capsys.readouterr().out)["findings"]}
        found.append((who["people"][0]["why"], told["holds"].rpartition(",")[0], told["words"], told["lines"]))
    assert found[0] == found[1]


def test_a_line_is_looked_at_through_bots_and_what_the_team_listed(tmp_path, monkeypatch, capsys):
    """Ada writes two lines; a bot changes one of them, Rob reformats the other, and the team lists his commit."""
    shop = team(tmp_path / "lines")
    ada = shop.commit(
        "Ada", "2024-01-02", "Tell how", files={"how.md": "Run make release and wait.\n\nUse version 1.2.\n"}
    )
    bot = shop.commit(
        "renovate[bot] <bot@renovate.example>", "2024-02-01", "Bump", files={"how.md": "Run make release and wait.\n\nUse version 1.3.\n"}
    )  # fmt: skip
    rob = shop.commit(
        "Rob", "2024-03-01", "Format", files={"how.md": "Run make  release and wait.\n\nUse version 1.3.\n"}
    )
    shop.commit("Rob", "2024-03-02", "List it", files={".git-blame-ignore-revs": f"{rob}\n"})
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(shop.path)
    assert main(["index", "--only", "history"]) == 0
    capsys.readouterr()
    for line, left, why in ((1, rob, "listed in .git-blame-ignore-revs"), (3, bot, "by a bot, renovate[bot]")):
        assert main(["last", f"how.md:{line}", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["commit"], told["person"]["name"]) == (ada, "Ada Example")
        assert [(one["commit"], one["why"]) for one in told["skipped"]] == [(left, why)]


def test_where_a_shallow_clone_begins_nobody_is_said_to_have_added_anything(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(shallow(shop, tmp_path))
    assert main(["index", "--only", "history"]) == 0
    capsys.readouterr()
    for asked in ("README.md", "README.md:1"):
        assert main(["last", asked]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Who last touched {asked} is not known: the clone is shallow, and its history begins")
        assert "Bob" not in said
        assert "git fetch --unshallow" in said


def test_a_name_that_is_no_utf8_is_found_as_the_shell_gives_it(shop, tmp_path, monkeypatch, capsys):
    odd = os.fsdecode(b"caf\xe9.md")
    shop.commit("Cleo", "2024-04-01", "Coffee", files={odd: "# Coffee\n"})
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(shop.path)
    assert main(["index", "--only", "history"]) == 0
    capsys.readouterr()
    for typed in (odd, r"caf\xe9.md"):
        assert main(["last", typed, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["person"]["name"] == "Cleo Example"
    assert main(["last", os.fsdecode(b"n\xf6.md")]) == 2


def test_an_index_of_words_that_is_gone_is_made_again_by_the_next_question(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(shop.path)
    assert main(["index", "--only", "history", "--only", "docs"]) == 0
    shutil.rmtree(tmp_path / "home" / "words")
    capsys.readouterr()
    assert main(["ask", "how do people log in with a card?"]) == 0
    assert "People log in with a card." in capsys.readouterr().out
