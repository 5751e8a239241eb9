"""Who may be one person, and who is not even suggested; pairs seen in public histories, with names of our own."""

import pytest

from knowledge.alike import suggestions
from knowledge.people import SPLIT, Identity, group


def pairs(*people: str, why: str = "") -> list[str]:
    identities = [
        Identity(n, pair.partition(" <")[0], pair.partition(" <")[2].rstrip(">"), n, why, commits=100 - n)
        for n, pair in enumerate(people, 1)
    ]
    return [s.why for s in suggestions(group(identities))]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Jürgen Groß <jg@work.example>", "Juergen Gross <x@home.example>", "the same name in another spelling"),
        ("Ada Lovelace <al@work.example>", "Lovelace Ada <x@home.example>", "the same name, turned around"),
        ("Ada Lovelace <al@work.example>", "Lovelace, Ada <x@home.example>", "the same name in another spelling"),
        ("Ada B. Lovelace <al@work.example>", "Ada Lovelace <x@home.example>", "the same name, once with “b” in it"),
        ("Ada Lovelace <al@work.example>", "A. Lovelace <x@home.example>", "“A. Lovelace” may be short for the other name"),
        ("Ada Lovelace <al@work.example>", "AdaLovelace <x@home.example>", "“AdaLovelace” is written like the other name"),
        ("Ada Lovelace <al@work.example>", "al <7+alovelace@users.noreply.github.com>", "“alovelace” is written like the other name"),
        ("Ada Lovelace <alove@work.example>", "ada <7+alove@users.noreply.github.com>", "both write as alove@…"),
        ("Dan Stone <dan.stone@work.example>", "Daniel Stone <dan.stone@home.example>", "both write as dan.stone@…"),
        ("countess <a@work.example>", "countess <b@home.example>", "both call themselves countess"),
    ],
)  # fmt: skip
def test_what_is_suggested_and_why(one: str, other: str, why: str) -> None:
    assert pairs(one, other) == [why]


@pytest.mark.parametrize(
    "people",
    [
        ["David Barker <david@one.example>", "David <david@two.example>"],  # a first name is nobody's own
        ["David Lord <dlord@one.example>", "Dora Lord <dlord@two.example>"],  # two first names
        ["Stephen Boyd <sb@one.example>", "Stephen Berg <be@two.example>", "StephenB <x@three.example>"],  # fits both
        ["James Y. Knight <jk@one.example>", "James D. Knight <dk@two.example>"],
        ["Horst H. von Brand <v@one.example>", "H.Merijn Brand <m@two.example>"],
        ["Kevin Ray <kr@one.example>", "Kevin <a@two.example>", "Kevin <b@three.example>"],
        ["Ada Lovelace <info@one.example>", "Bob <info@two.example>"],
        ["Ada Lovelace <al@work.example>", "renovate[bot] <al@bots.example>"],
    ],
)
def test_what_is_not(people: list[str]) -> None:
    assert pairs(*people) == []


def test_who_was_split_by_hand_is_not_suggested_again() -> None:
    assert pairs("Jürgen Groß <jg@work.example>", "Juergen Gross <x@home.example>", why=SPLIT) == []
