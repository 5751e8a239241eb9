"""Two questions in one are told apart, and both are answered; what says the same twice stays one."""

import pytest

from bot.message import Choices
from bot.understanding.compound import questions
from bot.wiring import House
from tests.bot.house import Talk, opened
from tests.bot.test_intent import read


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("who knows the cli and is it documented?", ["who knows the cli", "is it documented?"]),
        ("who last changed app.py and why?", ["who last changed app.py", "why?"]),
        ("who owns app.py, and when was it last changed?", ["who owns app.py", "when was it last changed?"]),
        ("how do signals work and who can i ask about them", ["how do signals work", "who can i ask about them"]),
        ("who knows the cli? where are the docs for it", ["who knows the cli", "where are the docs for it"]),
        ("who knows app.py and who knows cli.py", ["who knows app.py", "who knows cli.py"]),
        ("who knows app.py, who touched it last and is it documented?",
         ["who knows app.py", "who touched it last", "is it documented?"]),
    ],
)  # fmt: skip
def test_questions_side_by_side_are_told_apart(text: str, parts: list[str]) -> None:
    assert questions(text, read) == parts


@pytest.mark.parametrize(
    "text",
    [
        "who touched app.py and when",
        "when was the cli last changed and by whom",
        "how do I install it and how do I run it",
        "what if Bob leaves, who takes over?",
        "who knows uploads and downloads",
        "why was app.py split and renamed?",
        "need somebody for billing, who would that be?",
        "I get an error in app.py, who can help?",
        "what happens if a job fails and who gets notified",
        "thanks! who knows the cli?",
    ],
)
def test_one_question_stays_one(text: str) -> None:
    assert questions(text, read) == [text]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("compound"))


@pytest.fixture
def talk(house: House, request: pytest.FixtureRequest) -> Talk:
    return Talk(house, thread=request.node.name)


def test_the_second_is_answered_below_the_first_about_the_same(talk: Talk) -> None:
    message = talk("who knows app/json/provider.py and why was it changed?")
    assert (message.intent, message.data["target"]["path"]) == ("who_knows", "app/json/provider.py")
    assert [one["intent"] for one in message.data["also"]] == ["history"]
    first, _, second = message.text.partition("**Why was it changed?**")
    assert "Cleo Example" in first
    assert "Cache the encoder" in second


def test_where_the_first_asks_back_the_second_waits(talk: Talk) -> None:
    message = talk("who knows app.py and when was it last changed?")
    assert any(isinstance(part, Choices) for part in message.parts)
    assert "also" not in message.data


def test_they_are_whom_the_first_answer_named(talk: Talk) -> None:
    message = talk("who knows app/json/provider.py and what if they leave?")
    assert [one["intent"] for one in message.data["also"]] == ["what_if"]
    assert "**Cleo Example**" in message.text.partition("**What if they leave?**")[2]


def test_the_thread_goes_on_from_the_first(talk: Talk) -> None:
    talk("who knows app/json/provider.py and is it documented?")
    follow = talk("who last touched it?")
    assert follow.data["target"]["path"] == "app/json/provider.py"
