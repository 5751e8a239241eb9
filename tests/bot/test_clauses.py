"""A situation told before a question is what the question is about."""

import pytest

from bot.understanding.clauses import Told, about, told
from tests.bot.test_intent import read


@pytest.mark.parametrize(
    ("text", "intent", "subject"),
    [
        ("I'm stuck with blueprints, whom may I ask?", "who_knows", "blueprints"),
        ("i see a weird thing in helpers.py, who changed it last time?", "last_touched", "helpers.py"),
        ("the makefile broke this morning. who touched it?", "last_touched", "makefile"),
        ("our signals are a mystery to me, who knows them?", "who_knows", "signals"),
        ("We want to refactor the router. Who could pair with me?", "who_knows", "router"),
        ("thanks, who knows the cli?", "who_knows", "cli"),
        ("need somebody for billing questions, who would that be?", "who_knows", "billing questions"),
        ("the router: who knows it?", "who_knows", "router"),
        ("my question is about timezones, not sure who to bug", "who_knows", "timezones"),
        ("got a weird importer crash, anyone around who gets that thing?", "who_knows", "importer"),
        ("app.py - who touched last?", "last_touched", "app.py"),
        ("src/app.py:88 whos this from", "last_touched", "src/app.py:88"),
        ("src/app.py who is good with this file", "who_knows", "src/app.py"),
        ("hi! my PR changes the config loader, who should look at it?", "who_knows", "config loader"),
    ],
)
def test_who_and_when_find_their_subject_in_the_situation(text: str, intent: str, subject: str) -> None:
    meaning = read(text)
    assert (meaning.intent, meaning.subject) == (intent, subject)
    assert not meaning.follow_up


@pytest.mark.parametrize(
    "text",
    [
        "what if Bob leaves, who takes over?",
        "where is the parser, who wrote it and why?",
        "session cookie not being set, any docs on it",
        "I get RuntimeError working outside of application context, why?",
    ],
)
def test_what_asks_from_its_start_or_is_looked_for_stays_whole(text: str) -> None:
    assert read(text).intent in {"what_if", "knowledge"}


def test_a_question_alone_tells_nothing() -> None:
    assert told("who knows app.py?") == Told("", "who knows app.py?")
    assert about("I have no idea") == ""
