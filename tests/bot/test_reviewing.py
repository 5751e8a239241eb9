"""Asking for a reviewer: who reviews and merges here, never the one who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.message import People
from bot.understanding.intent import understand
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import NOW, Talk
from tests.teams import Team


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Mel merges what Bob and Ada write; Bob wrote the parser."""
    path: Path = tmp_path_factory.mktemp("reviewing")
    team = Team(path / "service").tell("2024-03-01 | Ada | Start | README.md src/io.py")
    for day, who, file in (("02", "Bob", "src/parser.py"), ("12", "Bob", "src/parser.py"), ("22", "Ada", "src/io.py")):
        team.git("checkout", "-q", "-b", f"b{day}")
        team.tell(f"2024-05-{day} | {who} | Work of {day} | {file}")
        team.git("checkout", "-q", "main")
        team.merge(f"b{day}", "Mel", f"2024-05-{day} 18:00")
    house = House(Settings(folder=path), None)
    house.senses.index(locations=(str(team.path),), steps=("history",), progress=Silent(), now=NOW)
    yield house
    house.db.close()


@pytest.mark.parametrize(
    "question", ["who should review src/parser.py?", "who can review a change to the parser", "reviewer for parser.py?"]
)
def test_a_reviewer_is_named_with_the_reason(house: House, question: str) -> None:
    said = Talk(house)(question)
    (people,) = [part for part in said.parts if isinstance(part, People)]
    assert [person.name for person in people.people] == ["Mel Example", "Bob Example"]
    assert people.people[0].why == "merged 2 changes of others to it, last 4 weeks ago"
    assert said.data["review"] is True
    assert said.data["people"][0]["retention"] is None


def test_whoever_asks_is_not_asked(house: House) -> None:
    said = Talk(house, email="bob@example.org")("who should review src/parser.py?")
    assert "Bob" not in said.text
    assert said.data["people"][0]["name"] == "Mel Example"


def test_without_the_repository_it_says_what_it_does_not_count(house: House) -> None:
    location = house.db.read("SELECT location FROM repos")[0][0]
    try:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = '/nowhere/at/all'")
        said = Talk(house)("who should review src/parser.py?").text
        missed = Talk(house, email="bob@example.org")("catch me up on src/io.py").text
    finally:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = :location", location=location)
    assert "Ask **Bob Example** to review" in said
    assert "Merges are not counted:" in said
    assert "Symbols are not compared:" in missed


def test_i_is_nobodys_name() -> None:
    meaning = understand("I need a reviewer for src/app.py", NOW, lambda word: word == "I")
    assert (meaning.intent, meaning.subject) == ("who_knows", "src/app.py")
