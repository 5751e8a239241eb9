"""The terminal platform: a pipe gets one answer a line; a number picks from a question back."""

from dataclasses import replace

from bot.chat.terminal import answer_lines, pick, shown
from bot.message import Choice, Choices, Message, Text

ASKED_BACK = Message(
    (Choices("Which one?", (Choice("src/app.py", "who last touched src/app.py?"), Choice("b", "say b"))),)
)


def echo(incoming):
    return ASKED_BACK if incoming.text == "app.py" else Message((Text(f"heard: {incoming.text}"),))


def test_a_pipe_gets_an_answer_to_every_line_and_blank_lines_none():
    out = []
    assert answer_lines(["first\n", "\n", "  second  \n", "quit\n", "third\n"], echo, out.append) == 2
    assert [text.splitlines()[0] for text in out] == ["> first", "> second"]
    assert "heard: second" in out[1]


def test_a_number_after_a_question_back_says_that_choice():
    out = []
    answer_lines(["app.py", "1"], echo, out.append)
    assert "heard: who last touched src/app.py?" in out[1]


def test_a_number_that_is_no_choice_is_said_as_it_is():
    assert pick("7", ASKED_BACK) == "7"
    assert pick("1", None) == "1"
    assert pick("2", ASKED_BACK) == "say b"
    assert pick("two", ASKED_BACK) == "two"


def test_who_they_are_is_nothing_to_ask_somebody_else():
    nobody = Message((Text("I do not know who you are."),), "person", abstained=True, private=True)
    assert shown(replace(nobody, question_id=7)) == "I do not know who you are."
    assert "Shall I bring it" in shown(replace(nobody, question_id=7, private=False))
