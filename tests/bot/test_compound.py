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
        ("who runs deploys, and is the process documented?", ["who runs deploys", "is the process documented?"]),
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


def test_what_says_it_asks_of_what_the_thread_speaks(talk: Talk) -> None:
    talk("who knows the session store")
    told = talk("which key is it signed with")
    assert told.intent == "knowledge"
    assert not told.abstained
    assert told.data["evidence"][0]["path"] in {"docs/deploy.md", "app/sessions.py"}


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("anyone up for lunch?", "Enjoy! I stay here with the code."),
        ("shut up bot", "I am sorry. Say it in other words, or name a file, and I look again."),
        ("you didnt answer my question", "I am sorry. Say it in other words, or name a file, and I look again."),
        ("thank you so much", "You're welcome."),
        ("im in a meeting till 3", "I have no answer to that. Ask me who, how, where or why; `help` shows examples."),
    ],
)
def test_small_talk_gets_a_short_word_and_no_search(talk: Talk, said: str, back: str) -> None:
    message = talk(said)
    assert (message.intent, message.text) == ("none", back)
    assert not message.data["evidence"]


def test_he_is_whom_the_last_question_was_about_whoever_else_was_named(talk: Talk) -> None:
    assert talk("does Ada know app/json/provider.py?").data["person"]["name"] == "Ada Example"
    assert talk("is she still around?").data["people"][0]["name"] == "Ada Example"


def test_it_is_at_risk_or_not(talk: Talk) -> None:
    talk("who last touched app/json/provider.py")
    told = talk("is it at risk?")
    assert (told.intent, told.data["target"]["path"]) == ("stale", "app/json/provider.py")


def test_what_all_this_is_about_stands_in_the_readme(talk: Talk) -> None:
    told = talk("hey bot, what is this repo about?")
    assert told.data["evidence"][0]["path"] == "README.md"
    assert "A service that keeps" in told.text
