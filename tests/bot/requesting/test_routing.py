"""Whom to ask: pure decisions with their reasons, and the working hours that pass meanwhile."""

from dataclasses import replace

from bot.calendars import Hours, Place
from bot.etiquette import UNAVAILABLE, Drop, Hold, Send
from bot.requesting.clock import after_hours, next_day
from bot.requests import Ask, Holder, Nobody, Passed, Rules, ToChannel, route
from tests.bot.nudging.talking import TUESDAY
from tests.bot.requesting.asking import DAY, HOUR, request
from tests.teams import seconds

ADA = Holder(1, "Ada", 0.9, "12 commits", Send(), asks="yes")
BOB = Holder(2, "Bob", 0.85, "9 commits", Send(), asks="yes")
CLEO = Holder(3, "Cleo", 0.5, "2 commits", Send(), asks="yes")
ONE = request()
OUTSIDE = Hold(TUESDAY + 3 * HOUR, "it is outside Ada's working hours")


def asked(*holders, one=ONE, channel=False, now=TUESDAY):
    return route(one, holders, Rules(channel=channel), now)


def test_the_best_is_asked_and_of_equals_the_one_with_the_least_to_do():
    assert asked(CLEO, BOB, ADA) == Ask(1, TUESDAY, "knows it best of those who can be asked now", first=False)
    found = asked(replace(ADA, load=2), BOB, CLEO)
    assert found.person == 2
    assert found.why == "knows it about as well as the best, and has the least to do for others"
    assert asked(replace(ADA, load=2), CLEO).person == 1  # Cleo is not within the tolerance


def test_never_the_asker_nobody_twice_and_not_who_is_out_of_reach():
    mine = replace(ONE, asker_id=1)
    assert asked(ADA, BOB, one=mine).passed_over == (Passed("Ada", "asked it"),)
    found = asked(replace(ADA, outcome="passed"), replace(BOB, reached=False), CLEO)
    assert found.person == 3
    assert found.passed_over == (Passed("Ada", "was asked already"), Passed("Bob", "cannot be reached by me"))


def test_what_somebody_wished_looks_like_everything_else():
    opted_out = replace(ADA, verdict=Drop(f"Ada {UNAVAILABLE}", 1))
    snoozed = replace(ADA, verdict=Hold(TUESDAY + 20 * DAY, f"Ada {UNAVAILABLE}"))
    silent = replace(ADA, asks="unsaid", asked_before=True)
    said_no = replace(ADA, asks="no")
    for one in (opted_out, snoozed, silent, said_no):
        assert asked(one, BOB).passed_over == (Passed("Ada", UNAVAILABLE),)


def test_the_first_question_to_somebody_asks_for_leave():
    assert asked(replace(ADA, asks="unsaid")).first
    assert not asked(ADA).first


def test_quiet_hours_and_budget_hold_and_urgent_only_skips_the_queue():
    found = asked(replace(ADA, verdict=OUTSIDE), BOB)
    assert (found.person, found.at) == (2, TUESDAY)
    weary = replace(BOB, verdict=Hold(TUESDAY + DAY, "Bob has heard enough this week"))
    assert asked(weary, CLEO).person == 3
    assert asked(weary, CLEO).passed_over == (Passed("Bob", "has heard enough this week"),)
    urgent = replace(ONE, urgent=True)
    busy = replace(BOB, load=7)
    assert asked(replace(ADA, verdict=OUTSIDE), busy).person == 1  # the queue: who has the least to do
    assert asked(replace(ADA, verdict=OUTSIDE), busy, one=urgent).person == 2
    late = asked(replace(ADA, verdict=OUTSIDE), one=urgent)
    assert late.at == TUESDAY + 3 * HOUR  # and still not before their day begins


def test_after_three_the_channel_and_without_one_nobody():
    tried = [replace(one, outcome="timed-out") for one in (ADA, BOB, CLEO)]
    dan = replace(CLEO, person=4, name="Dan")
    assert isinstance(asked(*tried, dan, channel=True), ToChannel)
    found = asked(*tried, dan)
    assert isinstance(found, Nobody)
    assert found.why == "whoever knows it was asked"
    assert asked() == Nobody("nobody active knows it", TUESDAY + DAY)


def test_everybody_away_is_looked_at_again_and_who_was_named_comes_first():
    away = [replace(one, verdict=Hold(TUESDAY + 9 * DAY, f"{one.name} is away")) for one in (ADA, BOB)]
    found = asked(*away)
    assert found == Nobody("nobody who knows it can be asked now", TUESDAY + DAY,
                           (Passed("Ada", "is away"), Passed("Bob", "is away")))  # fmt: skip
    named = asked(ADA, replace(CLEO, outcome="named"))
    assert (named.person, named.why) == (3, "was named by a colleague who passed it on")


def test_working_hours_pass_where_somebody_works():
    utc = Place("UTC", "", Hours(9 * 60, 17 * 60))
    assert after_hours(utc, seconds("2024-06-11 10:00"), 4) == seconds("2024-06-11 14:00")
    assert after_hours(utc, seconds("2024-06-14 15:00"), 4) == seconds("2024-06-17 11:00")  # over a weekend
    assert after_hours(utc, seconds("2024-06-15 12:00"), 8) == seconds("2024-06-17 17:00")
    bavaria = Place("Europe/Berlin", "DE-BY", Hours(9 * 60, 17 * 60))
    before = seconds("2024-05-29 14:00")  # 16:00 in Munich, the day before Corpus Christi
    assert after_hours(bavaria, before, 4) == seconds("2024-05-31 10:00")
    berlin = replace_country(bavaria, "DE-BE")
    assert after_hours(berlin, before, 4) == seconds("2024-05-30 10:00")
    spring = Place("Europe/Berlin", "", Hours(0, 24 * 60))  # the night in which an hour is missing is a Sunday
    assert after_hours(spring, seconds("2024-03-29 22:00"), 2) == seconds("2024-03-31 23:00")
    assert next_day(utc, seconds("2024-06-14 16:59")) == seconds("2024-06-17 17:00")


def replace_country(place, country):
    return place._replace(country=country)
