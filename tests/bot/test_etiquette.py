"""Manners: examples by their values, and what must never happen whatever the facts and the clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import Hours, Place, both_open, common_minutes, hours, next_open
from bot.etiquette import ALL, DAY, UNAVAILABLE, WEEK, Approach, Drop, Hold, Manners, Recipient, Send, Span, judge
from knowledge.errors import Mistake
from tests.teams import seconds

TUESDAY = seconds("2024-06-11 10:00")


def at(text, zone="UTC"):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def approach(**kw):
    return Approach(**{"kind": "share", "not_before": TUESDAY - DAY, "expires": TUESDAY + 60 * DAY, **kw})


def said(recipient, now, **kw):
    return judge(approach(**kw), [recipient], Manners(), now)


def test_an_ordinary_tuesday_is_fine_and_the_first_message_introduces():
    assert said(Recipient(1), TUESDAY) == Send(introduce=(1,))
    assert said(Recipient(1, met=True), TUESDAY) == Send()
    assert said(Recipient(1, met=True, ignored=2), TUESDAY) == Send(last_call=(1,))


@pytest.mark.parametrize(
    ("recipient", "now", "verdict"),
    [
        (Recipient(1, "Ada"), at("2024-06-11 08:59"), Hold(at("2024-06-11 09:00"), "it is outside Ada's working hours")),
        (Recipient(1, "Ada"), at("2024-06-14 17:00"), Hold(at("2024-06-17 09:00"), "it is outside Ada's working hours")),
        # New York works from 15:00 in Berlin, and not on the nineteenth of June.
        (Recipient(1, "Ada", zone="America/New_York", country="US"), at("2024-06-18 22:30"),
         Hold(at("2024-06-20 09:00", "America/New_York"), "it is outside Ada's working hours")),
        (Recipient(1, "Ada", hours=Hours(14 * 60, 16 * 60)), TUESDAY, Hold(at("2024-06-11 14:00"), "it is outside Ada's working hours")),
        (Recipient(1, "Ada", country="DE"), at("2024-12-24 17:30"), Hold(at("2024-12-27 09:00"), "it is outside Ada's working hours")),
        (Recipient(1, "Ada", country="IL"), at("2024-06-14 10:00"), Hold(at("2024-06-16 09:00"), "it is outside Ada's working hours")),
        (Recipient(1, "Ada", away=(Span(TUESDAY - DAY, at("2024-06-13 00:00")),)), TUESDAY, Hold(at("2024-06-13 09:00"), "Ada is away")),
        (Recipient(1, "Ada", away=(Span(TUESDAY - DAY),)), TUESDAY, Drop("Ada is away")),
        # Seven days after is a Sunday: Monday it is.
        (Recipient(1, "Ada", unasked=(TUESDAY - 2 * DAY,)), TUESDAY, Hold(at("2024-06-17 09:00"), "Ada has heard enough this week")),
        (Recipient(1, "Ada", unasked=(TUESDAY - WEEK,)), TUESDAY, Send((1,))),
        (Recipient(1, "Ada", snoozed_until=TUESDAY + 60), TUESDAY, Hold(TUESDAY + 60, f"Ada {UNAVAILABLE}")),
        (Recipient(1, "Ada", quiet_until=TUESDAY + 60), TUESDAY, Hold(TUESDAY + 60, f"Ada {UNAVAILABLE}")),
        (Recipient(1, "Ada", opted_out=frozenset({"share"})), TUESDAY, Drop(f"Ada {UNAVAILABLE}", 1)),
        (Recipient(1, "Ada", opted_out=frozenset({ALL})), TUESDAY, Drop(f"Ada {UNAVAILABLE}", 1)),
        (Recipient(1, "Ada", opted_out=frozenset({"page"})), TUESDAY, Send((1,))),
        (Recipient(1, "Ada", ignored=3), TUESDAY, Drop(f"Ada {UNAVAILABLE}", 1)),
        (Recipient(1, "Ada", left=True), TUESDAY, Drop("Ada has left", 1)),
    ],
)  # fmt: skip
def test_each_rule_by_its_value(recipient, now, verdict):
    manners = Manners(zone=recipient.zone or "UTC")
    got = judge(approach(expires=now + 60 * DAY, not_before=now), [recipient], manners, now)
    assert got == verdict


def test_what_is_late_expires_and_what_was_agreed_costs_no_budget():
    assert said(Recipient(1), TUESDAY, not_before=TUESDAY, expires=TUESDAY) == Drop("it expired")
    late = said(Recipient(1, "Ada"), at("2024-06-14 18:00"), expires=at("2024-06-17 08:00"))
    assert late == Drop("it would come too late: it is outside Ada's working hours")
    full = Recipient(1, unasked=(TUESDAY - 60,), met=True, ignored=9)
    assert said(full, TUESDAY, agreed=True) == Send()


def test_an_unapproved_round_waits_and_a_channel_never_hears_of_a_person():
    assert said(Recipient(1), TUESDAY, approved=False) == Hold(
        TUESDAY + DAY, "a lead has yet to approve the team's first round"
    )
    assert said(Recipient(1), TUESDAY, where="channel") == Drop("what somebody knows is never told in a channel")
    assert judge(approach(), [], Manners(), TUESDAY) == Drop("nobody is left to say it to")


def test_two_people_hear_it_when_both_work():
    ada, kei = Recipient(1, "Ada", zone="Europe/Berlin"), Recipient(2, "Kei", zone="Asia/Tokyo", hours=Hours(600, 1140))
    verdict = judge(approach(), [ada, kei], Manners(), at("2024-06-11 10:00", "UTC"))
    assert verdict == Hold(at("2024-06-12 09:00", "Europe/Berlin"), "it is outside Ada's working hours")
    far = Recipient(3, "Sam", zone="America/Los_Angeles")
    assert isinstance(judge(approach(), [kei, far], Manners(), TUESDAY), Drop)


def test_hours_are_read_and_refused_in_one_sentence():
    assert hours("9-17") == Hours(540, 1020)
    assert hours("08:30–16:45") == Hours(510, 1005)
    for wrong in ("17-9", "nine to five", "9", "9-25", ""):
        with pytest.raises(Mistake, match="are no working hours"):
            hours(wrong)
    with pytest.raises(Mistake, match="there is no time zone"):
        next_open(Place("Middle/Earth"), TUESDAY)
    with pytest.raises(Mistake, match="no holidays are known"):
        next_open(Place("UTC", "ZZ"), TUESDAY)


def test_common_hours_and_the_first_half_hour_for_both_across_a_clock_change():
    berlin, york = Place("Europe/Berlin"), Place("America/New_York")
    assert common_minutes(berlin, york, TUESDAY) == 120
    # In the weeks in which only one of both has changed its clocks, they share an hour more.
    assert common_minutes(berlin, york, at("2024-03-20 12:00")) == 180
    first = both_open([berlin, york], at("2024-03-29 17:00", "Europe/Berlin"), 1500, at("2024-04-30 00:00"))
    assert datetime.fromtimestamp(first, UTC).isoformat() == "2024-04-01T13:00:00+00:00"  # summer time in both


ZONES = st.sampled_from(
    ["", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Asia/Tokyo"]
)
COUNTRIES = st.sampled_from(["", "DE-BY", "US", "IL", "NZ", "CN"])
TIMES = st.integers(seconds("2023-01-01"), seconds("2026-12-31"))
spans = st.builds(lambda a, n: Span(a, None if n is None else a + n), TIMES, st.none() | st.integers(0, 90 * DAY))
recipients = st.builds(
    Recipient,
    person=st.just(1), zone=ZONES, country=COUNTRIES,
    hours=st.none() | st.builds(lambda a, n: Hours(a, min(1440, a + n)), st.integers(0, 1380), st.integers(30, 600)),
    left=st.sampled_from([False] * 9 + [True]),
    away=st.lists(spans, max_size=3).map(tuple),
    quiet_until=st.none() | TIMES, snoozed_until=st.none() | TIMES,
    opted_out=st.frozensets(st.sampled_from(["share", "page", ALL]), max_size=1),
    ignored=st.integers(0, 4), met=st.booleans(),
)  # fmt: skip
jumps = st.lists(st.integers(-30 * DAY, 30 * DAY) | st.integers(-3600, 8 * 3600), min_size=5, max_size=25)


@settings(max_examples=150, deadline=None)
@given(
    recipient=recipients,
    start=TIMES,
    jumps=jumps,
    budget=st.integers(0, 3),
    agreed=st.booleans(),
    kind=st.sampled_from(["share", "page"]),
)
def test_whatever_the_facts_and_the_clock(recipient, start, jumps, budget, agreed, kind):
    from dataclasses import replace

    manners = Manners(budget=budget, zone="Europe/London", country="GB")
    now, sent = start, []
    for jump in jumps:
        now += jump
        asked = Approach(kind, start, start + 40 * DAY, agreed=agreed)
        verdict = judge(asked, [replace(recipient, unasked=tuple(sent))], manners, now)
        if isinstance(verdict, Hold):
            assert verdict.until > now
            now = verdict.until
            verdict = judge(asked, [replace(recipient, unasked=tuple(sent))], manners, now)
            assert isinstance(verdict, Send)  # a promise that holds while nothing changes
        if not isinstance(verdict, Send):
            continue
        local = datetime.fromtimestamp(now, ZoneInfo(recipient.zone or "Europe/London"))
        works = recipient.hours or Hours()
        assert works.start <= local.hour * 60 + local.minute < works.end
        code, _, part = (recipient.country or "GB").partition("-")
        assert holidays.country_holidays(code, subdiv=part or None).is_working_day(local.date())
        assert not any(span.holds(now) for span in recipient.away)
        assert now >= max(recipient.quiet_until or 0, recipient.snoozed_until or 0)
        assert not recipient.left
        assert not recipient.opted_out & {ALL, kind}
        assert start <= now < start + 40 * DAY
        if not agreed:
            assert recipient.ignored < 3
            sent.append(now)
    for time in sent:
        assert sum(time <= other < time + WEEK for other in sent) <= budget
