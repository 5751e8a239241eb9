"""Wishes said in chat: done, told to whoever said it alone, and recorded as no question."""

import pytest

from bot.conversation import Conversation
from bot.message import Asker, Incoming
from knowledge.store.wishes import Wishes
from tests.bot.nudging.talking import TUESDAY, people


@pytest.fixture
def say(both_stores):
    people(both_stores)
    talk = Conversation(both_stores, lambda: None, lambda *_: None)

    def said(text, email="ada@example.org"):
        return talk.reply(Incoming(text, Asker("slack", "U1", "Ada", email), "T/D1", "D1", TUESDAY))

    said.db = both_stores
    return said


@pytest.mark.parametrize(
    ("text", "answer", "wish"),
    [
        ("snooze 2 weeks", "Quiet until Tuesday 25 June 2024.", ("snooze", "")),
        ("Stop.", "I will not write to you about anything of my own accord any more.", ("opt-out", "all")),
        ("stop share", "I will not write to you about “show what is fresh”", ("opt-out", "share")),
        ("never pair me with Bob", "I will not propose anything to you together with Bob.", ("never-pair", "2")),
        ("I'm interested in the parser", "I keep in mind that you would like", ("interest", "the parser")),
    ],
)
def test_a_wish_is_kept_and_no_question_is(say, text, answer, wish):
    told = say(text)
    assert told.text.startswith(answer)
    assert told.private
    assert [(one.word, one.subject) for one in Wishes(say.db).of(1)] == [wish]
    assert say.db.read("SELECT COUNT(*) FROM questions") == [(0,)]


def test_mistakes_and_strangers_hear_a_sentence(say):
    assert say("never pair me with Zoe").text.startswith("nobody is called 'Zoe' here")
    assert say("snooze", "new@example.org").text.startswith("I do not know which of the people")
    assert say("wishes").text == "You have told me nothing so far."
    assert say.db.read("SELECT COUNT(*) FROM questions") == [(0,)]


@pytest.mark.parametrize("text", ["stop words", "resume the import?", "interest rates?", "never", "pair programming"])
def test_what_may_be_a_question_stays_one(say, text):
    told = say(text)
    assert "no kind" not in told.text
    assert say.db.read("SELECT COUNT(*) FROM questions, wishes") in ([(0,)], [(1,)])
    assert say.db.read("SELECT COUNT(*) FROM wishes") == [(0,)]
