"""Whom to ask of several who know a place: whose knowledge holds, before whom most of it is new to."""

from __future__ import annotations

import pytest

from bot.answers.who_knows import knows_now
from knowledge.model import Knower, Person


def knower(name: str, staleness: float) -> Knower:
    return Knower(Person(1, name, ""), 0.5, 0.5, staleness, 0, "worked on it")


@pytest.mark.parametrize(
    ("staleness", "said"),
    [
        ((0.0,), "**A** knows src/ best now."),
        ((0.9,), "**A** comes closest to knowing src/ now, though most of it changed since."),
        ((0.0, 0.0), "These know src/ now; ask the first one first."),
        ((0.4, -1.0), "These know src/ now; ask the first one first."),  # of B it was not worked out
        ((0.9, 0.8, 0.1), "**C** knows src/ now; most of it is new to **A** and **B**."),
        ((0.1, 0.5, 0.2), "**A** and **C** know src/ now; most of it is new to **B**."),
        ((0.9, 0.8), "**A** and **B** come closest to knowing src/ now, though most of it changed since."),
    ],
)
def test_whose_knowledge_holds_is_told_from_whom_most_of_it_is_new_to(staleness: tuple[float, ...], said: str) -> None:
    assert knows_now([knower(name, share) for name, share in zip("ABC", staleness, strict=False)], "src/") == said
