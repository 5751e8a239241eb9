"""Passages read once more by words, and which of them come last for a question."""

from __future__ import annotations

import pytest

from knowledge.finding.leaning import comes_last
from knowledge.finding.rereading import by_words
from knowledge.finding.tokens import Tokenizer
from knowledge.store.passages import StoredPassage


def passage(number: int, title: str, text: str) -> StoredPassage:
    return StoredPassage(number, 1, "doc", "docs/lamps.md", 1, 9, title, "", text, "", None, "")


def test_words_side_by_side_under_their_title_are_closer_than_the_same_words_anywhere():
    terms = Tokenizer().terms
    weights = {"trim": 4.0, "wick": 4.0}
    apart = "Trim the hedge first.\n\n" + "Nothing else grows here in winter. " * 20 + "\n\nA wick is made of wool."
    found = by_words(
        "how do I trim a wick", weights, 0,
        {1: passage(1, "Gardens", apart), 2: passage(2, "Lamps › Trim a wick", "Trim a wick with shears.")}, terms,
    )  # fmt: skip
    assert found[2] == 1.0
    assert found[1] == pytest.approx(0.2)  # half of the words in any four lines, no neighbours, nothing in the title


def test_an_unknown_word_is_held_by_nothing():
    found = by_words("wick frobnicate", {"wick": 8.0}, 1, {1: passage(1, "Wick", "A wick.")}, Tokenizer().terms)
    assert found[1] == pytest.approx(0.4 * 0.5 + 0.2 * 0.5)


@pytest.mark.parametrize(
    ("question", "path", "last"),
    [
        ("how do I trim a wick", "docs/glossary.md", True), ("what is a wick", "docs/glossary.md", False),
        ("how do I trim a wick", "docs/changelog-2.0.rst", True), ("when was the wick added", "CHANGES.md", False),
        ("how do I trim a wick", "rfcs/0012-wicks.md", True), ("how do I write an rfc", "handbook/rfcs/index.md", False),
        ("how do I trim a wick", "t/unit/test_wick.py", True), ("where is the wick tested", "tests/test_wick.py", False),
        ("how do I test a wick", "tests/test_wick.py", True), ("how do I trim a wick", "docs/lamps.md", False),
        ("who can merge into master?", "src/urls.py", True),
        ("who can merge into master?", "CONTRIBUTING.md", False),
        ("who merges urls?", "src/urls.py", False),
    ],
)  # fmt: skip
def test_what_says_something_else_than_how_things_are_comes_last(question, path, last):
    assert comes_last(question)(path) is last
