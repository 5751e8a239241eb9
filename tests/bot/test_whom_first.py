"""Whom to ask first of several who know a place."""

from __future__ import annotations

import pytest

from bot.answers.who_knows import ask_first
from knowledge.model import Knower, Person


def knower(name: str, staleness: float) -> Knower:
    return Knower(Person(1, name, ""), 0.5, 0.5, staleness, 0, "worked on it")


@pytest.mark.parametrize(
    ("staleness", "said"),
    [
        ((0.0, 0.0), "ask the first one first"),
        ((0.4, 0.0), "ask the first one first"),
        ((0.9, 0.8, 0.1), "ask **C** first, to whom little of it is new"),
        ((0.5, 0.29), "ask **B** first, to whom little of it is new"),
        ((0.9, 0.3), "ask the first one first"),
        ((0.9, -1.0), "ask the first one first"),  # of whom it was not worked out
    ],
)
def test_whose_knowledge_holds_is_asked_before_whom_most_of_it_is_new_to(
    staleness: tuple[float, ...], said: str
) -> None:
    assert ask_first([knower(name, share) for name, share in zip("ABC", staleness, strict=False)]) == said
