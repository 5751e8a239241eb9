"""Which place a question asks for: its words with their weight, where, and as what."""

from __future__ import annotations

import pytest

from bot.understanding.whereabouts import about, sought
from knowledge.finding.wanting import Sought


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("where is the lamp scheduler implemented?", Sought((("lamp", 1.0), ("scheduler", 1.0)))),
        ("wher do we trim wicks", Sought((("trim", 0.5), ("wicks", 1.0)))),
        ("wich file trims the wicks of lamps", Sought((("trims", 0.5), ("wicks", 1.0), ("lamps", 0.7)), unit="file")),
        ("in which function do we read oil levels", Sought((("oil", 1.0), ("levels", 1.0)), unit="function")),
        ("what trims the wicks?", Sought((("trims", 0.5), ("wicks", 1.0)))),
        ("what handles an empty tank", Sought((("empty", 1.0), ("tank", 1.0)))),
        ("show me the code for lamps", Sought((("lamps", 1.0),))),
        ("where are lamps put out when it dawns", Sought((("lamps", 1.0), ("put", 1.0), ("dawns", 0.5)))),
        ("which directory holds the lamps", Sought((("lamps", 1.0),), unit="directory")),
        ("where is the trimming documented?", Sought((("trimming", 1.0),), "pages")),
        ("where do I configure the wick", Sought((("wick", 1.0),), "pages")),
        ("where can I read about oil", Sought((("oil", 1.0),), "pages")),
        ("where is the tank tested", Sought((("tank", 1.0),), "tests", "file")),
        ("which tests cover the tank", Sought((("tank", 1.0),), "tests", "file")),
        ("which page explains wicks", Sought((("wicks", 1.0),), "pages")),
        ("where can I find the tank", Sought((("tank", 1.0),))),
        ("where is `trim_wick` defined", Sought((("trim_wick", 1.0),))),
    ],
)
def test_the_place_that_is_asked_for(question, expected):
    assert sought(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "how do lamps burn?", "what is a wick", "what settings are there for wicks", "what signals does a lamp send",
        "where is trim_wick used?", "which class do I need to inherit from", "show me how to trim a wick", "where",
        "where is the release token kept?", "where can I find the password of the lamp", "where is it?",
        "where should I put the tank?", "where do I buy oil", "show me an example of a lamp", "where does the oil come from",
    ],
)  # fmt: skip
def test_other_questions_ask_for_no_place(question):
    assert sought(question) is None


def test_what_a_thread_speaks_of_is_put_where_the_question_points_at_it():
    assert about("where is it documented?", "lamp scheduler") == Sought((("lamp", 1.0), ("scheduler", 1.0)), "pages")
    assert about("how does it work?", "lamp scheduler") is None
