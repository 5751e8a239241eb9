"""Whatever is wrong around us is told in one sentence with its cure, exit code 1; only our own faults are exit 3."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cli import main
from bot.troubles import mistake_of
from tests.teams import team


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where a small repository is indexed, and we stand in it."""
    shop = team(tmp_path, "2024-01-02 | Ada | Add the login page | app/login.py README.md")
    home = tmp_path / "home with ? # and %"
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(home))
    monkeypatch.chdir(shop.path)
    assert main(["index", "--only", "history"]) == 0
    return home


def lamp(*args, **kw):
    """`lamp` in a process of its own."""
    env = {**os.environ, **kw.pop("env", {})}
    return subprocess.run([sys.executable, "-m", "bot.cli", *args], capture_output=True, text=True, env=env, check=False, **kw)  # fmt: skip


@pytest.mark.parametrize("command", [["last", "README.md"], ["who", "README.md"], ["ask", "who?"], ["index"]])
def test_a_damaged_store_is_told_with_its_cure(home, capsys, command):
    for file in home.glob("lamplighter.sqlite*"):
        file.unlink()
    (home / "lamplighter.sqlite").write_bytes(b"no database at all " * 100)
    capsys.readouterr()
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("lamp: the store is damaged. Put a backup of lamplighter.sqlite in its place, or move it")
    assert said.count("\n") == 1


def test_a_doctor_looks_on_where_the_store_is_damaged(home, capsys):
    for file in home.glob("lamplighter.sqlite*"):
        file.unlink()
    (home / "lamplighter.sqlite").write_bytes(b"no database at all " * 100)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "the store is damaged" in said
    assert "SLACK_BOT_TOKEN" in said


@pytest.mark.parametrize("place", ["README.md", "README.md/below", "/proc/nothing/here"])
def test_a_home_that_cannot_be_is_told(home, capsys, monkeypatch, place):
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(Path(place).absolute()))
    capsys.readouterr()
    assert main(["index", "--only", "history"]) == 1
    said = capsys.readouterr().err
    assert "cannot be used: " in said
    assert "LAMPLIGHTER_HOME" in said


def test_without_git_that_is_what_is_said(home):
    done = lamp("index", env={"PATH": "/nonexistent"})
    assert (done.returncode, done.stderr) == (1, "lamp: git is not found. Install git, or put it on the PATH.\n")
    assert lamp("last", "README.md", env={"PATH": "/nonexistent"}).returncode == 0  # the store knows


@pytest.mark.parametrize("command", ["last", "who"])
def test_a_terminal_without_our_letters_gets_question_marks(home, command):
    done = lamp(command, "README.md", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert done.stderr == ""
    assert "?" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.parametrize("command", ["last", "who"])
def test_a_full_disk_or_a_closed_pipe_behind_us(home, command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "bot.cli", command, "README.md"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr[:46]) == (1, "lamp: there is no space left on the disk. Free")
    closed = subprocess.run(f"{sys.executable} -m bot.cli {command} README.md >&- 2>&-", shell=True, check=False)
    assert closed.returncode in (0, 2)


def test_a_repository_that_moved_away(home, capsys, tmp_path, monkeypatch):
    (tmp_path / "team").rename(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert main(["last", "README.md"]) == 0
    capsys.readouterr()
    assert main(["index"]) == 1
    assert capsys.readouterr().err == f"lamp: there is no folder {tmp_path}/team. Give the path or the URL of a git repository.\n"  # fmt: skip


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (sqlite3.OperationalError("database or disk is full"), "there is no space left"),
        (sqlite3.OperationalError("database is locked"), "another program has held the store"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "the store cannot be written"),
        (sqlite3.DatabaseError("database disk image is malformed"), "the store is damaged"),
        (OSError(errno.ENOSPC, "No space left on device"), "there is no space left"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x cannot be used: permission denied"),
        (FileNotFoundError(errno.ENOENT, "No such file", "git"), "git is not found"),
    ],
)
def test_causes_have_sentences(error, start):
    assert str(mistake_of(error)).startswith(start)
    wrapped = RuntimeError("something")
    wrapped.__cause__ = error
    assert str(mistake_of(wrapped)).startswith(start)


def test_a_database_that_is_away():
    engine = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 2})
    with pytest.raises(sa.exc.OperationalError) as caught:
        engine.connect()
    assert str(mistake_of(caught.value)).startswith("the database of store.url cannot be reached (connection")


def test_our_own_faults_stay_faults():
    assert mistake_of(ZeroDivisionError()) is None
    assert mistake_of(sqlite3.OperationalError("near SELEC: syntax error")) is None
    assert mistake_of(OSError("no errno")) is None
