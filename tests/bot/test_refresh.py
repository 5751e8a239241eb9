"""Getting back into a place, as the person who comes back: what changed since their last work there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import PersonSettings, Settings
from bot.message import Message
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import NOW, Talk
from tests.teams import Team

OLD = '''def read(path):
    """Read the whole file and give it back as a list of lines, without their ends."""
    return open(path).read().splitlines()


def drop(path): ...
'''
NEW = OLD.replace("def read", "def lines_of").replace("def drop(path): ...", "def watch(path): ...")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Ada wrote the reader and went on leave in January; Bob, Cleo and Finn went on."""
    path: Path = tmp_path_factory.mktemp("refresh")
    team = Team(path / "service")
    team.commit(
        "Ada", "2024-01-02", "Read files", files={"src/reader.py": OLD, "src/util.py": "X = 1\n", "docs/a.md": "# A\n"}
    )
    team.tell("2024-01-10 | Bob | Elsewhere | other/x.py")
    team.commit("Bob", "2024-02-02", "Watch files", files={"src/reader.py": NEW}, body="Polling was slow.\n" * 5)
    team.commit("Cleo", "2024-02-10", "Watch files on Windows", files={"src/watch.py": "def loop(): ...\n"})
    team.tell("""
        2024-02-20 | Finn | Watch files in containers | src/watch.py
        2024-03-01 | Bob  | Give utilities a better name | src/util.py > src/tools.py
        2024-03-02 | renovate[bot] <bot@renovate.example> | Update the headers | src/tools.py
        2024-03-05 | Cleo | Fix typo | src/tools.py
    """)
    team.commit(
        "Cleo",
        "2024-03-10",
        "Tell how to watch",
        files={
            "docs/watching.md": "# Watching files\n\nCall `src/reader.py`, which polls what it cannot watch, once a second.\n"
        },
    )
    people = (PersonSettings(name="Finn Example", emails=("finn@example.org",), opted_out=True),)
    house = House(Settings(folder=path, people=people), None)
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    yield house
    house.db.close()


@pytest.fixture
def ada(house: House) -> Message:
    return Talk(house, email="ada@example.org")("catch me up on src")


def test_it_says_since_when_and_how_much_is_new(ada: Message) -> None:
    assert ada.text.startswith(
        "You last worked on `src/` on 2024-01-02 (5 months ago). 5 changes by 2 people since: nearly all"
    )
    assert ada.data["intent"] == "history"
    assert ada.data["refresh"] is True
    assert ada.data["since"] == {"time": "2024-01-02", "why": "last"}
    assert 0.3 < ada.data["new_to_you"] <= 1.0


def test_commits_come_in_groups_with_upkeep_last(ada: Message) -> None:
    groups = [(group["name"], group["count"]) for group in ada.data["groups"]]
    assert groups[0] == ("Watch", 3)
    assert groups[-1] == ("upkeep", 1)
    assert "1 commit by bots or over the whole tree left out" in ada.text


def test_symbols_and_files_that_moved_came_or_went(ada: Message) -> None:
    assert ada.data["symbols"] == {
        "added": [{"path": "src/reader.py", "name": "watch"}, {"path": "src/watch.py", "name": "loop"}],
        "removed": [{"path": "src/reader.py", "name": "drop"}],
        "renamed": [
            {"then": {"path": "src/reader.py", "name": "read"}, "now": {"path": "src/reader.py", "name": "lines_of"}}
        ],
        "moved": [],
        "changed": 0,
    }
    assert ada.data["files"] == [
        {"path": "src/reader.py", "change": "M", "old": None},
        {"path": "src/tools.py", "change": "R", "old": "src/util.py"},
        {"path": "src/watch.py", "change": "A", "old": None},
    ]
    assert "Renamed: `read` → `lines_of`." in ada.text
    assert "Files moved: `src/util.py` → `src/tools.py`." in ada.text


def test_what_to_read_first_and_whom_to_thank(ada: Message) -> None:
    assert "Read first: “Watch files”, then the page `docs/watching.md`." in ada.text
    assert ada.data["pages"] == [{"path": "docs/watching.md", "title": "Watching files", "is_new": True}]
    assert ada.data["thanks"] == ["Bob Example", "Cleo Example"]
    assert "Thanks to Bob Example and Cleo Example." in ada.text
    assert "Finn" not in json.dumps(dict(ada.data))  # who opted out is neither thanked nor named


def test_whoever_is_up_to_date_hears_so(house: House) -> None:
    said = Talk(house, email="cleo@example.org")("catch me up on src/tools.py")
    assert "Nothing has changed there that you would have to catch up on." in said.text
    assert said.data["changes"] == 0


def test_who_never_worked_there_hears_from_when_on_it_is(house: House) -> None:
    said = Talk(house, email="dan@example.org")("catch me up on src/watch.py")
    assert said.text.startswith("I know nobody with the address dan@example.org, so this is `src/watch.py` since")
    said = Talk(house, email="ada@example.org")("catch me up on src/watch.py")
    assert said.text.startswith("You have not worked on `src/watch.py` before, so this is since 2023-06-")
    assert said.data["since"]["why"] == "default"


@pytest.mark.parametrize(
    "question",
    [
        "what changed in src/reader.py since I last worked on it?",
        "I'm back from leave, what happened to src/reader.py?",
        "I was away, what changed in src/reader.py?",
        "what did I miss in src/reader.py?",
        "bring me up to speed on src/reader.py",
        "getting back into src/reader.py",
    ],
)
def test_it_is_asked_in_many_ways(house: House, question: str) -> None:
    said = Talk(house, email="ada@example.org")(question)
    assert said.text.startswith("You last worked on `src/reader.py` on 2024-01-02 (5 months ago). 1 change by 1 person")


def test_what_changed_since_a_date_is_no_refresh(house: House) -> None:
    said = Talk(house, email="ada@example.org")("what changed in src since March?")
    assert "refresh" not in said.data


def test_the_past_knows_nothing_later(house: House) -> None:
    said = Talk(house, email="ada@example.org")("catch me up on src", time=NOW - 115 * 86_400)
    assert [group["count"] for group in said.data["groups"]] == [3]
    assert "docs/watching.md" not in said.text
