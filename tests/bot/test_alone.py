"""A repository of one: who asks is known by the address that git commits under, and is the only one there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import NOW, Talk
from tests.teams import Team


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path: Path = tmp_path_factory.mktemp("alone")
    team = Team(path / "service")
    for day in range(1, 6):
        team.tell(f"2024-06-{day:02} | Ada | Work of {day} | src/parse.py src/io.py src/net.py src/cli.py README.md")
    team.git("config", "user.email", "ada@example.org")
    house = House(Settings(folder=path), None)
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    yield house
    house.db.close()


def test_there_is_nobody_else_to_review(house: House) -> None:
    said = Talk(house)("who should review src/parse.py?")
    assert said.text.startswith("Nobody but you, of those who are around, has reviewed or changed src/parse.py.")
    assert said.data["people"] == []


def test_there_is_nobody_else_to_ask(house: House) -> None:
    said = Talk(house)("show me around src").text
    assert "You yourself are the one who is active here; ask me, and I say what is written." in said


def test_my_own_absence_is_told_in_the_terminal(house: House) -> None:
    said = Talk(house)("what would go dark if I am away next week?").text
    assert said.startswith("If **Ada Example** were away from ")


def test_nothing_stands_beside_what_was_not_there_four_weeks_ago(house: House) -> None:
    said = Talk(house)("what is going stale?").text
    assert said.startswith(
        "One person works here, so it rests on one memory; where writing down helps most comes first:"
    )
    assert "4 weeks ago" not in said
    assert {area["trend"] for area in Talk(house)("what is going stale?").data["areas"]} == {""}
