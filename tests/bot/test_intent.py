"""Understanding is measured on phrases that people type, kept as data; the ways of follow-ups are told one by one."""

import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Intent
from bot.understanding.intent import Meaning, understand
from bot.understanding.wording import correct
from tests.teams import seconds

INTENTS = get_args(Intent)

NOW = seconds("2026-03-15")
TEAM = {"ann", "bob", "david", "mei"}


def read(text: str) -> Meaning:
    return understand(text, NOW, lambda word: word.lower() in TEAM)


def phrasings(file: str = "phrasings.txt") -> list[tuple[str, str, str]]:
    rows, intent = [], ""
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            intent = line.strip("[]")
        elif line and not line.startswith("#"):
            phrase, _, subject = line.partition(" => ")
            rows.append((intent, phrase, subject))
    return rows


def test_the_intent_of_nearly_every_phrase_is_understood() -> None:
    rows = phrasings()
    assert len(rows) >= 150
    wrong = [
        f"{phrase!r}: {read(phrase).intent}, not {intent}"
        for intent, phrase, _ in rows
        if read(phrase).intent != intent
    ]
    assert len(wrong) <= 0.03 * len(rows), "\n".join(wrong)


def test_the_subject_is_what_the_asker_named() -> None:
    rows = [row for row in phrasings() if row[2]]
    wrong = [
        f"{phrase!r}: {read(phrase).subject!r}, not {subject!r}"
        for _, phrase, subject in rows
        if read(phrase).subject != subject
    ]
    assert len(wrong) <= 0.05 * len(rows), "\n".join(wrong)


def test_who_did_it_is_not_what_is_asked_about() -> None:
    assert [read(f"when did {who} drop react?").subject for who in ("we", "they", "you guys", "somebody")] == [
        "react"
    ] * 4
    assert (read("when did we?").subject, read("when did we?").follow_up) == ("", True)


@given(st.text(max_size=120))
def test_any_text_is_understood_as_something(text: str) -> None:
    assert read(text).intent in INTENTS


@pytest.mark.parametrize(
    "text", ["who " * 500, "what is " * 300, "the " * 1000 + "?", "who knows " + "a/" * 400, "`" * 900]
)
def test_long_nonsense_costs_little(text: str) -> None:
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("text", "intent", "follow_up", "same_intent"),
    [
        ("and who knows it?", "who_knows", True, False),
        ("why?", "history", True, False),
        ("when?", "history", True, False),
        ("who?", "who_knows", True, False),
        ("and app.py?", "last_touched", False, True),
        ("what about app.py?", "knowledge", False, True),
        ("app.py", "last_touched", False, True),
        ("how does it work?", "knowledge", True, False),
        ("who last touched it", "last_touched", True, False),
        ("and who last touched sessions.py?", "last_touched", False, False),
        ("what changed there last week?", "history", True, False),
        ("what changed last week?", "history", False, False),
    ],
)
def test_follow_ups(text: str, intent: str, follow_up: bool, same_intent: bool) -> None:
    meaning = read(text)
    assert (meaning.intent, meaning.follow_up, meaning.same_intent) == (intent, follow_up, same_intent)


def test_numbers_choose_and_spans_are_read() -> None:
    assert read("2").choice == 2
    assert read("the second one please").choice == 2
    span = read("what changed in src/flask last month").window
    assert span is not None
    assert (span.words, span.since) == ("last month", seconds("2026-02-01 00:00"))
    assert read("who else knows it?").more
    assert read("does Ann know the json provider?").about == "json provider"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("konws", "knows"), ("tuched", "touched"), ("chnaged", "changed"), ("waht", "what"), ("documantation", "documentation"),
     ("lost", "lost"), ("show", "show"), ("code", "code"), ("then", "then"), ("touches", "touches"), ("stale", "stale")],
)  # fmt: skip
def test_only_slips_of_cue_words_are_corrected(typed: str, meant: str) -> None:
    assert correct(typed) == meant


def test_phrases_that_the_book_was_not_written_against() -> None:
    rows = phrasings("phrasings_unseen.txt")
    right = sum(read(phrase).intent == intent for intent, phrase, _ in rows)
    assert right / len(rows) >= 0.8


def test_colleagues_called_like_words_of_a_question_make_no_names_of_them() -> None:
    """In Flask's history there are an I. Initial and people called Still, Stuff and Land."""
    team = {"i", "still", "stuff", "land", "may", "bob"}

    def heard(text: str) -> tuple[str, str, str]:
        meaning = understand(text, NOW, lambda word: word.lower() in team)
        return meaning.intent, meaning.subject, meaning.about

    assert heard("can I bother Bob about the parser?") == ("person", "Bob", "parser")
    assert heard("is anybody still familiar with signals?") == ("who_knows", "signals", "")
    assert heard("what stuff does Bob do?") == ("person", "Bob", "")
    assert heard("I'm stuck with blueprints, whom may I ask?") == ("who_knows", "blueprints", "")


@pytest.mark.parametrize(
    ("typed", "text", "subject"),
    [
        ("hwo do i run teh tests", "how do i run the tests", ""),
        ("who wroet the wheel cache", "who wrote the wheel cache", "wheel cache"),
        ("why wsa distutils replaced", "why was distutils replaced", "distutils"),
        ("how does the worker start", "how does the worker start", ""),
        ("who last touched teh.py", "who last touched teh.py", "teh.py"),
    ],
)
def test_slips_of_the_pen_are_not_looked_for(typed: str, text: str, subject: str) -> None:
    meaning = understand(typed, NOW, lambda _: False)
    assert meaning.text == text
    if subject:
        assert meaning.subject == subject
