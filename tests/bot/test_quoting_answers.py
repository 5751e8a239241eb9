"""What a knowledge answer quotes and cites: the lines that are shown, the page that introduces, never a test's rules."""

import pytest

from bot.config import Settings
from bot.telling.quoted import in_context
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.model import Evidence
from knowledge.store.passages import StoredPassage
from tests.bot.house import NOW, Talk
from tests.teams import Team

GUIDE = """\
# Harbour guide

This guide tells who may enter the harbour with which boat, and what it costs to stay there for a night.

## Item pipelines

Lanterns are carried through item pipelines. To activate item pipelines, item pipelines are listed in the settings of
the harbour, and every item of an item pipeline is weighed.
"""
PIPELINE = """\
# Item pipeline

An item goes from the boat to the shed through a row of hands, and each pair of hands may keep it or pass it on to the
next one.

## Activating an item pipeline

Name the item pipeline in the settings; item pipelines that nobody names never see an item, whatever the pipeline does.
"""
TEST = """\
def test_the_password_of_the_wifi():
    \"\"\"What is our wifi password? The wifi password is the password of the wifi.\"\"\"
    assert wifi.password == "wifi password"
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    path = tmp_path_factory.mktemp("quoting")
    team = Team(path / "harbour")
    files = {"docs/guide.md": GUIDE, "docs/item-pipeline.md": PIPELINE, "tests/test_wifi.py": TEST}
    team.commit("Ada", "2024-01-10", "Guide the boats", files=files)
    house = House(Settings(folder=path), None)
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    return house


def test_what_something_is_stands_at_the_head_of_the_page_that_is_called_so(house: House) -> None:
    told = Talk(house)("what is an item pipeline?").data["evidence"][0]
    assert (told["path"], told["title"]) == ("docs/item-pipeline.md", "Item pipeline")
    assert told["quote"].startswith("An item goes from the boat to the shed")


def test_a_test_never_answers_what_a_teams_rules_are(house: House) -> None:
    """The words are all there, but only in a test; without the model, words are all there is."""
    assert Talk(house)("what's our wifi password?").abstained
    told = Talk(house)("where is the wifi password tested?")
    assert (told.abstained, told.data["target"]["path"]) == (False, "tests/test_wifi.py")


def passage(number: int, first: int, last: int, text: str, title: str = "Guide") -> StoredPassage:
    return StoredPassage(number, 1, "doc", "guide.md", first, last, title, "", text, "", None, "c0ffee")


def place(first: int, last: int, quote: str, number: int) -> Evidence:
    return Evidence("doc", "guide.md", first, last, "Guide", quote, "c0ffee", None, passage_id=number)


def test_all_of_a_short_place_is_shown_with_all_of_its_lines() -> None:
    passages = [passage(1, 1, 4, "# Guide\n\nOil is kept in the shed."), passage(2, 5, 6, "Wicks come by mail.")]
    shown = in_context(place(1, 6, "Wicks come by mail.", 2), passages)
    assert shown == ("Oil is kept in the shed.\n\nWicks come by mail.", 1, 6)


def test_of_a_long_place_the_lines_are_cited_that_are_shown() -> None:
    """Forty paragraphs of two lines each, from line 3 on as the heading is no part of the text."""
    text = "\n\n".join(f"paragraph {n} of many\nhas words" for n in range(40))
    shown = in_context(place(1, 121, "paragraph 20 of many", 1), [passage(1, 1, 121, text)], most=200)
    first = 3 + 20 * 3
    assert shown.text.startswith("paragraph 20 of many")
    assert shown.line_start <= first
    assert first + shown.text.count("\n") <= shown.line_end <= first + shown.text.count("\n") + 2  # the heading's
