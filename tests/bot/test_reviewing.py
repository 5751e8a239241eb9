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
from knowledge.errors import Mistake
from knowledge.memory import DAY
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
    ((location, head),) = house.db.read("SELECT location, head FROM repos")
    try:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = '/nowhere/at/all', head = 'of another day'")  # merges are kept by head
        said = Talk(house)("who should review src/parser.py?").text
        missed = Talk(house, email="bob@example.org")("catch me up on src/io.py").text
    finally:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = :location, head = :head", location=location, head=head)
    assert "Ask **Bob Example** to review" in said
    assert "Merges are not counted:" in said
    assert "Symbols are not compared:" in missed


def test_git_is_asked_for_merges_once_a_day_and_after_each_sync(house: House) -> None:
    """Without the repository, what was asked before still answers; another head or day asks git again."""
    first = house.git.merges(1, 0, NOW)
    assert [(one.name, one.writer[0], one.paths) for one in first] == [
        ("Mel Example", "Ada Example", ("src/io.py",)),
        ("Mel Example", "Bob Example", ("src/parser.py",)),
        ("Mel Example", "Bob Example", ("src/parser.py",)),
    ]
    assert house.git.merges(1, first[1].time, NOW) == first[:2]
    assert house.git.merges(1, first[1].time + 1, first[0].time) == first[:1]
    assert house.git.merges(1, first[1].time + 1, first[0].time - 1) == []
    ((location, head),) = house.db.read("SELECT location, head FROM repos")
    try:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = '/nowhere/at/all'")
        assert house.git.merges(1, 1, NOW - 1) == first
        with pytest.raises(Mistake):
            house.git.merges(1, 0, NOW + DAY)
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET head = 'of a sync'")
        with pytest.raises(Mistake):
            house.git.merges(1, 0, NOW)
    finally:
        with house.db.transaction() as tx:
            tx.run("UPDATE repos SET location = :location, head = :head", location=location, head=head)


def test_i_is_nobodys_name() -> None:
    meaning = understand("I need a reviewer for src/app.py", NOW, lambda word: word == "I")
    assert (meaning.intent, meaning.subject) == ("who_knows", "src/app.py")


def test_where_nobody_reviews_whoever_knows_what_is_next_door_is_named(tmp_path: Path) -> None:
    team = Team(path := tmp_path / "service").tell("2018-03-01 | Old | Start | src/old.py")
    team.tell("\n".join(f"2024-05-{day:02} | Ada | Work | src/new.py src/io.py" for day in range(1, 20, 3)))
    house = House(Settings(folder=tmp_path), None)
    house.senses.index(locations=(str(path),), steps=("history",), progress=Silent(), now=NOW)
    said = Talk(house)("who should review src/old.py?")
    assert said.text.startswith(
        "Nobody who is around has reviewed or changed src/old.py. Next door, **Ada Example** knows `src/`: worked on it"
    )
    assert said.abstained
    assert said.data["backup"]["name"] == "Ada Example"
    house.db.close()
