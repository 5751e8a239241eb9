"""What people say of themselves in chat: understood, done at once, for their eyes only, and of nobody else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.message import Asker, Choices, Incoming, Message
from bot.understanding.days_ahead import days_ahead
from bot.understanding.oneself import Wish, wish
from bot.wiring import House
from knowledge.store.absences import absences
from knowledge.store.choosing import choose
from tests.bot.house import NOW, opened
from tests.bot.test_intent import phrasings
from tests.teams import seconds

TODAY = date(2026, 7, 15)  # a Wednesday


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("from 3 to 14 August", "2026-08-03 2026-08-14"),
        ("3–14 Aug", "2026-08-03 2026-08-14"),
        ("August 3 to 14", "2026-08-03 2026-08-14"),
        ("from the 3rd of August until the 14th of August", "2026-08-03 2026-08-14"),
        ("from Aug 3 to Aug 14, 2027", "2027-08-03 2027-08-14"),
        ("2026-08-03 to 2026-08-14", "2026-08-03 2026-08-14"),
        ("3.8. - 14.8.", "2026-08-03 2026-08-14"),
        ("from 13 to 17 July", "2026-07-13 2026-07-17"),
        ("from 20 December to 4 January", "2026-12-20 2027-01-04"),
        ("from 2 March to 6 March", "2027-03-02 2027-03-06"),
        ("from Monday to Friday", "2026-07-20 2026-07-24"),
        ("from tomorrow until Friday", "2026-07-16 2026-07-17"),
        ("until Friday", "2026-07-15 2026-07-17"),
        ("till 14 August", "2026-07-15 2026-08-14"),
        ("on Monday", "2026-07-20 2026-07-20"),
        ("tomorrow", "2026-07-16 2026-07-16"),
        ("next week", "2026-07-20 2026-07-26"),
        ("this week", "2026-07-15 2026-07-19"),
        ("next month", "2026-08-01 2026-08-31"),
        ("in August", "2026-08-01 2026-08-31"),
        ("in May", "2027-05-01 2027-05-31"),
        ("the week of 3 August", "2026-08-03 2026-08-09"),
        ("for two weeks", "2026-07-15 2026-07-28"),
        ("for 3 days from Monday", "2026-07-20 2026-07-22"),
        ("from 3 August for a week", "2026-08-03 2026-08-09"),
        ("from 3 August on", "2026-08-03 None"),
        ("from 14 to 3 August", "None"),
        ("31 February", "None"),
        ("soon", "None"),
        ("from the office", "None"),
    ],
)
def test_days_to_come(said: str, days: str) -> None:
    found = days_ahead(said, TODAY)
    assert (" ".join(map(str, found)) if found else "None") == days


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("forget me", Wish("opt_out")),
        ("Please opt me out.", Wish("opt_out")),
        ("don't name me", Wish("opt_out")),
        ("Hey, please don't mention me anymore, thanks!", Wish("opt_out")),
        ("I don't want to be ranked", Wish("opt_out")),
        ("name me again", Wish("opt_in")),
        ("opt me back in", Wish("opt_in")),
        ("I'm away from 3 to 14 August", Wish("away", "2026-08-03", "2026-08-14")),
        ("I’m on leave next week", Wish("away", "2026-07-20", "2026-07-26")),
        ("I'll be out of office tomorrow", Wish("away", "2026-07-16", "2026-07-16")),
        ("I'm off on Friday", Wish("away", "2026-07-17", "2026-07-17")),
        ("I'm taking next week off", Wish("away", "2026-07-20", "2026-07-26")),
        ("my vacation is from 3 to 14 August", Wish("away", "2026-08-03", "2026-08-14")),
        ("OOO until Friday", Wish("away", "2026-07-15", "2026-07-17")),
        ("I'm sick", Wish("away", "2026-07-15")),
        ("I'm away some days in autumn", Wish("which_days")),
        ("I'm back", Wish("back")),
        ("i am back from holiday", Wish("back")),
        ("I'm no longer away", Wish("back")),
        ("cancel my absence from 2026-08-03", Wish("cancel", "2026-08-03")),
        ("I am ann@example.org", Wish("link", address="ann@example.org")),
        ("opt Ann out", Wish("somebody_else")),
        ("Ann is on leave next week", Wish("somebody_else")),
        ("I'm out", None),
        ("I'm new here", None),
        ("forget it", None),
        ("what if I'm away next week?", None),
        ("who is away next week", None),
        ("is Ann away next week?", None),
        ("I'm away from my desk, how do I deploy?", None),
        ("how do I opt out of the cache", None),
    ],
)
def test_what_people_want_of_themselves(said: str, wanted: Wish | None) -> None:
    assert wish(said, TODAY) == wanted


def test_no_question_is_taken_for_a_wish() -> None:
    files = ("phrasings.txt", "phrasings_unseen.txt")
    asked = [phrase for file in files for _, phrase, _ in phrasings(file)]
    assert {phrase for phrase in asked if wish(phrase, TODAY)} <= {"I'm back", "i'm back"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return opened(tmp_path)


def say(house: House, text: str, asker: Asker) -> Message:
    conversation = house.conversation()
    conversation._clock = lambda: float(NOW)
    return conversation.reply(Incoming(text, asker, "T1/C1", "t1", NOW))


BOB = Asker("slack", "U0BOB", "Bob", "bob@example.org")
NOBODY = Asker("slack", "U0X", "X", "x@elsewhere.example")


def undo(message: Message) -> str:
    return next(part.choices[0].say for part in message.parts if isinstance(part, Choices))


def test_who_opts_out_is_named_nowhere_at_once_and_can_take_it_back(house: House) -> None:
    assert "Bob Example" in say(house, "who knows app/json/provider.py?", NOBODY).text
    told = say(house, "forget me", BOB)
    assert (told.intent, told.private, told.abstained, told.question_id) == ("person", True, False, None)
    assert "neither named nor ranked" in told.text
    assert "Bob" not in say(house, "who knows app/json/provider.py?", NOBODY).text
    back = say(house, undo(told), BOB)
    assert back.private
    assert "may be named again" in back.text
    assert "Bob Example" in say(house, "who knows app/json/provider.py?", NOBODY).text


def test_an_absence_of_ones_own_is_kept_and_can_be_taken_back(house: House) -> None:
    told = say(house, "I'm away from 3 to 14 August", BOB)
    assert told.private
    assert "from Saturday, 3 August 2024 to Wednesday, 14 August 2024" in told.text
    bob = choose(house.db, "bob@example.org")
    assert not bob.reachable(seconds("2024-08-14"))
    assert "taken back" in say(house, undo(told), BOB).text
    assert absences(house.db, bob.id) == []
    say(house, "I'm sick", BOB)
    assert "Bob" not in say(house, "who knows app/json/provider.py?", NOBODY).text
    assert "Welcome back" in say(house, "I'm back", BOB).text
    assert choose(house.db, "bob@example.org").reachable(NOW)


def test_who_is_back_is_asked_which_of_their_areas_to_catch_up_on(house: House) -> None:
    """Ada worked in app/, where others went on, and in docs/, where nobody did; nobody but a bot followed Bob."""
    ada = Asker("slack", "U0ADA", "Ada", "ada@example.org")
    told = say(house, "I'm back from holiday", ada)
    offered = [choice for part in told.parts if isinstance(part, Choices) for choice in part.choices]
    assert [choice.label for choice in offered] == ["app/"]
    assert "You last worked on `app/` on 2023-11-10" in say(house, offered[0].say, ada).text
    assert "nothing to catch up on" in say(house, "I'm back", BOB).text
    nobody = say(house, "I'm back from holiday", NOBODY)
    (offer,) = [choice for part in nobody.parts if isinstance(part, Choices) for choice in part.choices]
    assert offer.say == f"catch me up on `{house.subject()}`"
    assert f"the repository `{house.subject()}`" in say(house, offer.say, NOBODY).text


def test_who_is_unknown_hears_how_to_be_linked_and_changes_nothing(house: House) -> None:
    for said in ("forget me", "I'm away next week", "I'm back"):
        told = say(house, said, NOBODY)
        assert (told.private, told.abstained) == (True, True)
        assert "`lamp people link PERSON --slack U0X`" in told.text
    assert house.db.read("SELECT COUNT(*) FROM people WHERE opted_out = 1") == [(0,)]
    assert house.db.read("SELECT COUNT(*) FROM absences") == [(0,)]


def test_an_address_links_only_where_slack_vouches_for_it(house: House) -> None:
    assert "cannot take your word" in say(house, "I am ada@example.org", BOB).text
    assert "cannot take your word" in say(house, "I am bob@example.org", Asker("discord", "7", "Bob")).text
    assert "nobody to link" in say(house, "I am x@elsewhere.example", NOBODY).text
    assert "I know you by this account" in say(house, "I am bob@example.org", BOB).text
    assert "Noted" in say(house, "I'm away next week", Asker("slack", "U0BOB", "Bob", "")).text


def test_nobody_says_it_of_somebody_else(house: House) -> None:
    for said in ("opt Ada out", "Ada is on leave next week"):
        assert "only from themselves" in say(house, said, BOB).text
    assert house.db.read("SELECT COUNT(*) FROM sayings") == [(0,)]


@pytest.mark.parametrize(
    "said",
    [
        "I'm back from leave, what did I miss in the parser",
        "I'm off next week, what breaks without me",
        "I am on holiday from Monday and who takes over the cli",
        "I'm back. catch me up on app.py",
    ],
)
def test_what_goes_on_with_a_question_is_one(said: str) -> None:
    assert wish(said, TODAY) is None
