"""The session: times for both, across a change of the clocks; the card; the invitation as a calendar reads it."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.etiquette import Manners, Recipient, Span
from bot.nudging.session import Seen, ToSee, card, invitation, propose_times, to_see
from bot.timetable import is_due
from knowledge.errors import Mistake
from tests.bot.nudging.talking import DAY, TUESDAY, nudge
from tests.bot.nudging.test_deciding import house as house
from tests.teams import seconds

NAMES = {1: "Ada", 2: "Bob"}


def local(time, zone):
    return datetime.fromtimestamp(time, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def test_times_lie_within_both_peoples_hours_on_different_days_and_outside_absences():
    ada, sam = Recipient(1, zone="Europe/Berlin", country="DE"), Recipient(2, zone="America/New_York", country="US")
    # From Thursday before Easter: Friday and Monday are holidays in Germany; the clocks change on Sunday in Berlin.
    offered = propose_times([ada, sam], Manners(), seconds("2024-03-28 16:30"))
    assert [local(time, "Europe/Berlin") for time in offered] == [
        "2024-04-02 15:30",
        "2024-04-03 15:30",
        "2024-04-04 15:30",
    ]
    away = replace(sam, away=(Span(offered[0] - 3600, offered[0] + DAY),))
    assert propose_times([ada, away], Manners(), seconds("2024-03-28 16:30"))[0] == offered[1]
    nowhere = replace(sam, zone="Asia/Tokyo")
    assert propose_times([replace(nowhere), replace(sam)], Manners(), TUESDAY) == ()


def test_the_invitation_is_read_back_by_a_calendar_before_and_after_the_clocks_change():
    for date in ("2024-03-29 13:00", "2024-04-02 12:00"):  # both 14:00 in Berlin
        meet = seconds(date)
        one = replace(nudge(), meet_time=meet, version=4)
        raw = invitation(
            one,
            "Ada and Bob: src/auth",
            "what to look at; bring, questions\nand tea",
            {"ada@example.org": "Ada"},
            TUESDAY,
        )
        (event,) = Calendar.from_ical(raw).walk("VEVENT")
        assert event["dtstart"].dt.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "14:00"
        assert event["dtstart"].dt == datetime.fromtimestamp(meet, UTC)
        assert (event["dtend"].dt - event["dtstart"].dt).seconds == 25 * 60
        assert event["description"] == "what to look at; bring, questions\nand tea"
        assert (event["uid"], event["sequence"], "organizer" in event) == (f"nudge-{one.id}@lamplighter", 4, False)
        assert str(event["attendee"]) == "MAILTO:ada@example.org"
    bare = invitation(replace(nudge(), meet_time=TUESDAY), "x", "y", {}, TUESDAY)
    assert b"ATTENDEE" not in bare
    assert b"METHOD:PUBLISH" in bare
    with pytest.raises(ValueError, match="has no time yet"):
        invitation(nudge(), "x", "y", {}, TUESDAY)


def test_the_card_says_who_drives_and_what_to_look_at():
    seen = ToSee((Seen("a" * 40, TUESDAY, "Fix `it`"),), "docs/auth.md")
    told = card(nudge(), NAMES, seen, "Tuesday 14:00").text
    assert "**25 minutes on `src/auth`**, Tuesday 14:00" in told
    assert "first 12 minutes: Bob drives (has the keyboard), Ada navigates" in told
    assert "`aaaaaaaaa` 2024-06-11 Fix 'it'" in told
    assert "`docs/auth.md`" in told
    assert "first 12 minutes: Ada drives (has the keyboard), Bob navigates" in card(nudge("newcomer"), NAMES, seen).text
    assert "What to look at" not in card(nudge(), NAMES, ToSee((), "")).text


def test_the_three_commits_that_matter_come_from_the_history(house):
    cleo = house.db.read("SELECT id FROM people WHERE name LIKE 'Cleo%'")[0][0]
    seen = to_see(house.db, nudge(pair=(cleo, 1), area="search"), seconds("2024-06-11"))
    assert [one.subject for one in seen.commits] == ["Explain hits", "Forget stop words", "Start search"]
    assert seen.page == ""


@pytest.mark.parametrize(
    ("words", "zone", "now", "due"),
    [
        ("0 10 * * tue", "UTC", "2024-06-11 09:59", False),
        ("0 10 * * tue", "UTC", "2024-06-11 10:00", True),
        ("0 10 * * 2", "UTC", "2024-06-14 23:00", True),  # the bot was down on Tuesday
        ("0 10 * * 2", "UTC", "2024-06-17 09:00", False),  # a new week
        ("0 10 * * 0", "UTC", "2024-06-15 10:00", False),  # in cron, 0 is Sunday
        ("0 10 * * 7", "UTC", "2024-06-16 10:00", True),
        ("0 10 * * tue", "America/New_York", "2024-06-11 13:59", False),
        ("0 10 * * tue", "America/New_York", "2024-06-11 14:00", True),
        ("30 9 1 * *", "UTC", "2024-06-11 10:00", False),  # the first of a month, in another week
    ],
)
def test_a_round_is_due_from_its_moment_to_the_end_of_the_week(words, zone, now, due):
    assert is_due(words, zone, seconds(now)) is due


def test_a_timetable_that_is_none_is_told_in_a_sentence():
    for words in ("weekly", "0 10 * * someday", "0 99 * * tue"):
        with pytest.raises(Mistake, match="are no cron words"):
            is_due(words, "UTC", TUESDAY)
