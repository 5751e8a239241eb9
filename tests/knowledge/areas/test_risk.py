"""The risk of an area, factor by factor, with the numbers that docs/areas.md gives."""

from __future__ import annotations

import pytest

from knowledge.areas import risk
from knowledge.areas.health import Demand
from knowledge.areas.risk import Pages


@pytest.mark.parametrize(
    ("now", "ahead", "wanted", "value"),
    [(2, 2, 2, 0.0), (5, 2, 2, 0.0), (2, 1, 2, 0.25), (5, 0, 2, 0.5), (1, 1, 2, 0.5), (0, 0, 2, 1.0), (1, 1, 1, 0.0)],
)
def test_missing_holders(now: int, ahead: int, wanted: int, value: float) -> None:
    assert risk.holders_factor(now, ahead, wanted).value == value


def test_demand_is_half_at_a_change_a_month() -> None:
    assert risk.demand_factor(Demand(changes=12), critical=False).value == pytest.approx(0.5)
    assert risk.demand_factor(Demand(questions=3), critical=False).value == pytest.approx(0.5)
    assert risk.demand_factor(Demand(dependents=6), critical=False).value == pytest.approx(0.5)
    assert risk.demand_factor(Demand(), critical=False).value == 0.0
    critical = risk.demand_factor(Demand(changes=1, questions=1, dependents=1), critical=True)
    assert critical.value == 1.0
    assert critical.words == "critical; 1 change and 1 question in a year; 1 other area often changes with it"


def test_regeneration_is_the_mean_of_what_is_known() -> None:
    found, parts = risk.regeneration(2_000, 1.25, 0.5, Pages(4, 4))
    assert {part.name: part.value for part in parts} == {"size": 0.5, "complexity": 0.5, "tests": 0.5, "docs": 0.8}
    assert found.value == pytest.approx(0.3 * 0.5 + 0.2 * 0.5 + 0.25 * 0.5 + 0.25 * 0.8)
    unknown, parts = risk.regeneration(2_000, None, None, None)
    assert unknown.value == 0.5
    assert [part.name for part in parts] == ["size"]
    assert risk.regeneration(0, None, None, None)[0].value == 0.0


@pytest.mark.parametrize(
    ("pages", "value", "words"),
    [
        (Pages(0, 0), 1.0, "no page speaks of it"),
        (Pages(1, 0), 0.5, "1 page speaks of it"),
        (Pages(3, 1), 0.25, "3 pages speak of it, 1 behind the code"),
        (Pages(1, 1), 0.8, "1 page speaks of it, and it is behind the code"),
        (Pages(4, 3, own=True), 0.75, "3 of the 4 pages in it that name code are behind it"),
        (Pages(0, 0, own=True), 0.0, "no page in it names code"),
    ],
)
def test_pages_help_as_far_as_they_are_fresh(pages: Pages, value: float, words: str) -> None:
    (part,) = risk.regeneration(0, None, None, pages)[1]
    assert (part.value, part.words, part.of) == (value, words, "regeneration")


def test_risk_is_a_product_that_even_an_easy_area_can_have_half_of() -> None:
    found, parts = risk.regeneration(2_000, None, None, None)
    factors = (
        risk.holders_factor(0, 0, 2),
        risk.demand_factor(Demand(changes=12), critical=False),
        risk.regeneration_factor(found, parts),
        *parts,
    )
    assert risk.risk(factors) == pytest.approx(1.0 * 0.5 * (0.5 + 0.5 * 0.5))
    lit = (risk.holders_factor(2, 2, 2), *factors[1:])
    assert risk.risk(lit) == 0.0


def test_a_guessed_length_is_not_told_as_one() -> None:
    found, (size,) = risk.regeneration(240, None, None, None, guessed_of=4)
    assert (found.lines, size.words) == (240, "4 files of unknown length")
    assert size.value == pytest.approx(1 - 2 ** (-240 / 2000))
