"""What a person does wrong at the prompt: no index yet, a wrong number, a file that is not there, no git, Ctrl-C."""

import json
import signal
import subprocess
import sys
import time

import pytest

from bot.cli import main
from tests.teams import team

NOTHING = "lamp: nothing is indexed here yet. Run `lamp index` in a repository, or `lamp chat`.\n"
WITHOUT_INDEX = (
    "ask hi", "last a.py", "who a.py", "search x", "stale", "away Ann", "refresh .", "tour", "report", "people",
    "people suggest", "nudge", "nudge inbox", "nudge deliver", "nudge approve", "wiki", "requests", "backtest",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Where a small repository is indexed, and we stand in it."""
    shop = team(tmp_path, "2024-01-02 | Ada | Add the login page | app/login.py README.md docs/login.md")
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(shop.path)
    assert main(["index", "--only", "history"]) == 0
    return shop


def told(capsys, *args):
    """The exit code, stdout and stderr of a command."""
    capsys.readouterr()
    try:
        code = main(list(args))
    except SystemExit as ended:
        code = ended.code
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("command", WITHOUT_INDEX)
def test_without_an_index_all_say_the_same_and_leave_nothing_behind(command, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LAMPLIGHTER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert told(capsys, *command.split()) == (1, "", NOTHING)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["index", "chat", "doctor"])
def test_no_home_is_made_where_there_is_no_repository(command, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LAMPLIGHTER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    code, out, err = told(capsys, command)
    assert (code, err) == (0, "") if command == "doctor" else (code, out) == (1, "")
    assert "none yet: nothing is indexed here" in out or err.startswith("lamp: . is no git repository.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("who app --top 7", "argument --top: '7' is no whole number from 1 to 3"),
        ("who app --top x", "argument --top: 'x' is no whole number from 1 to 3"),
        ("search login -k 0", "argument -k: '0' is no whole number from 1 to 1000"),
        ("search login -k -5", "argument -k: '-5' is no whole number from 1 to 1000"),
        ("last app/login.py:0", "app/login.py:0 names no line. Lines begin with 1: lamp last src/app.py:120\n"),
        ("last app/login.py:1x", "app/login.py:1x names no line. Lines begin with 1"),
        ("last app/login.py:-3", "app/login.py:-3 names no line. Lines begin with 1"),
        ("report --picture map.gif", "map.gif is no picture I can draw. Let it end in .png.\n"),
        (
            "away Ada --from 2020-01-01 --to 2020-01-14",
            "2020-01-14 is past. Give days ahead, or look from an earlier one",
        ),
        ("away Nobody Atall --for-good", "I know nobody by the name of Nobody Atall. `lamp people` lists everybody.\n"),
        ("requests claim", "there is no id to claim. Say which: lamp requests claim ID"),
        ("people opt-out", "whom do you mean? Name a number of `lamp people`"),
        ("wiki new --title T --text /nope", "/nope cannot be read (No such file or directory). Name a text file"),
        ("who --batch /nope", "/nope cannot be read (No such file or directory). Name a file of JSON lines"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(shop, capsys, command, said):
    code, out, err = told(capsys, *command.split())
    assert (code, out) == (1, "")
    assert err.startswith(f"lamp: {said}")
    assert err.count("\n") == 1


def test_a_config_with_nonsense_of_people_is_told_before_anything_is_read(shop, capsys, monkeypatch, tmp_path):
    home = tmp_path / "untouched"
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(home))
    (shop.path / "config.yaml").write_text(
        "# Lamplighter\npeople:\n  - {name: Ada, timezone: Mars}\n  - {name: Bo, hours: x}\n"
    )
    code, out, err = told(capsys, "index")
    assert (code, out, home.exists()) == (1, "", False)
    assert [line.partition(" is ")[0].partition(" are ")[0] for line in err.splitlines()] == [
        "lamp: config.yaml:3: people[0].timezone: 'Mars'", "config.yaml:4: people[1].hours: 'x'"
    ]  # fmt: skip


def test_nothing_to_look_up(shop, capsys):
    assert told(capsys, "last", "") == (1, "", "lamp: there is nothing to look up. Try: lamp last src/app.py\n")


def test_a_backtest_of_a_short_history_is_json_too(shop, capsys):
    code, out, _ = told(capsys, "backtest", "--json")
    found = json.loads(out)
    assert (code, found["half_years"], found["text"][:29]) == (2, 0, "There is too little history: ")


def test_a_batch_comes_from_stdin(shop):
    asked = '{"path": "app/login.py", "as_of": "2024-02-01"}\n'
    done = subprocess.run([sys.executable, "-m", "bot.cli", "who", "--batch", "-"], input=asked, capture_output=True, text=True, check=True)  # fmt: skip
    assert json.loads(done.stdout)["ranking"][0]["name"] == "Ada Example"


@pytest.mark.parametrize("question", ["tour", "refresh app"])
def test_an_answer_that_needs_git_says_so(shop, monkeypatch, question):
    monkeypatch.setenv("PATH", "/nonexistent")
    done = subprocess.run([sys.executable, "-m", "bot.cli", *question.split()], capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "lamp: git is not found. Install git, or put it on the PATH."
    assert "Traceback" not in done.stderr


def test_serving_once_ends_as_its_sync_did(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LAMPLIGHTER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--once"]) == 1


def test_a_wiki_that_was_never_reached_is_not_an_empty_one(shop, capsys, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"# Lamplighter\nwiki:\n  repo: file://{tmp_path}/nowhere.git\n")
    code, out, err = told(capsys, "wiki", "--config", str(config))
    assert (code, out) == (1, "")
    assert err.startswith("lamp: the wiki cannot be read (")
    assert err.endswith("). Check wiki.repo, or that git can clone it.\n")


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
def test_ctrl_c_never_shows_a_traceback(shop, seconds):
    process = subprocess.Popen([sys.executable, "-m", "bot.cli", "index", "--only", "history"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (0, 130, -signal.SIGINT)
    if process.returncode != -signal.SIGINT:  # Python itself was still starting
        assert "Traceback" not in err
