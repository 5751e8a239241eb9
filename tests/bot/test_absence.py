"""When somebody will be away, in the words of people; asked on Sunday, 2026-11-22, 10:00 UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.commands.away import question
from bot.understanding.absence import absence
from knowledge.errors import Mistake
from tests.teams import seconds

NOW = seconds("2026-11-22 10:00")


def day(time: int | None) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d") if time is not None else ""


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ("away next week", "2026-11-23", "2026-11-30"),
        ("away this week", "2026-11-22", "2026-11-23"),
        ("away in August", "2027-08-01", "2027-09-01"),
        ("away in December", "2026-12-01", "2027-01-01"),
        ("away in may", "2027-05-01", "2027-06-01"),
        ("away from 1 to 14 May", "2027-05-01", "2027-05-15"),
        ("away May 3-9", "2027-05-03", "2027-05-10"),
        ("away from 1 May to 14 June", "2027-05-01", "2027-06-15"),
        ("away between December 20 and January 3", "2026-12-20", "2027-01-04"),
        ("away from 2026-12-01 to 2026-12-14", "2026-12-01", "2026-12-15"),
        ("away for 3 weeks", "2026-11-22", "2026-12-13"),
        ("away for a couple of weeks", "2026-11-22", "2026-12-06"),
        ("away until Friday", "2026-11-22", "2026-11-28"),
        ("away until 5 December", "2026-11-22", "2026-12-06"),
        ("away tomorrow", "2026-11-23", "2026-11-24"),
        ("away next month", "2026-12-01", "2027-01-01"),
        ("away on 24 Dec", "2026-12-24", "2026-12-25"),
        ("away from 1 December", "2026-12-01", ""),
        ("away", "2026-11-22", ""),
        ("away from 31 February to 2 March", "2026-11-22", ""),
        ("if Ann may be away", "2026-11-22", ""),
    ],
)
def test_spans(said: str, since: str, until: str) -> None:
    found = absence(f"what would go dark if Ann is {said}?", NOW)
    assert (day(found.since), day(found.until), found.for_good) == (since, until, False)


@pytest.mark.parametrize("said", ["leaves", "leaves for good", "quits", "is hit by a bus"])
def test_for_good(said: str) -> None:
    assert absence(f"what if Ann {said}?", NOW) == (NOW, None, True)


def test_leaving_on_a_day_is_for_good_and_leaving_for_a_time_is_not() -> None:
    assert absence("what if Ann left tomorrow?", NOW) == (seconds("2026-11-23 00:00"), None, True)
    assert absence("what if Ann leaves in December?", NOW) == (seconds("2026-12-01 00:00"), None, True)
    assert absence("what if Ann leaves for 2 weeks?", NOW) == (NOW, NOW + 14 * 86_400, False)


def test_the_command_asks_in_words_that_are_understood() -> None:
    asked = question("Ann Lee", "2026-12-01", "2026-12-14")
    assert asked == "what if Ann Lee is away from 2026-12-01 to 2026-12-14?"
    assert day(absence(asked, NOW).until) == "2026-12-15"
    assert question("Ann", None, "2026-12-14") == "what if Ann is away until 2026-12-14?"
    assert question("Ann", "2026-12-01", None) == "what if Ann is away from 2026-12-01?"
    assert question("Ann", None, None) == "what if Ann is away?"
    assert absence(question("Ann", None, None, for_good=True), NOW).for_good
    for wrong in (("soon", None), ("2026-12-14", "2026-12-01")):
        with pytest.raises(Mistake):
            question("Ann", *wrong)
    with pytest.raises(Mistake, match="no last day"):
        question("Ann", None, "2026-12-14", for_good=True)
