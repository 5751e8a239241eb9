"""Finding a time for two: picks, whose turn it is, agreement, and another time instead."""

import pytest

from bot.nudging.times import agreed, offered, others_picks, picks
from knowledge.store.outbox import Outbox
from tests.bot.nudging.talking import DAY, TUESDAY, people
from tests.bot.nudging.test_flow import HOUR, sent, waiting

T1, T2, T3 = (TUESDAY + n * DAY + 4 * HOUR for n in (1, 2, 3))  # 14:00 on Wednesday, Thursday, Friday


@pytest.fixture
def db(both_stores):
    people(both_stores)
    return both_stores


async def test_one_picks_the_other_agrees(db):
    copy, flow, number = await sent(db)
    flow.answer(number, 1, "yes", TUESDAY + HOUR)
    one = flow.offer(number, (T1, T2, T3), TUESDAY + HOUR)
    assert offered(one, TUESDAY) == (T1, T2, T3)
    one = flow.pick(number, 1, T2, TUESDAY + HOUR)
    assert (one.state, picks(one, 1), others_picks(one, 2)) == ("sent", {T2}, (T2,))
    assert waiting(db, number) == []  # Bob has the proposal; nothing more is said to him
    one = flow.pick(number, 2, T2, TUESDAY + 2 * HOUR)
    assert (one.state, one.meet_time, [p.answer for p in one.parties]) == ("scheduled", T2, ["yes", "yes"])
    assert await copy.run(TUESDAY + 2 * HOUR, 0) == 1
    mark, to, text = copy.sender.server.posted[-1]
    assert (mark.split()[2], to) == ("card", (1, 2))
    assert "**25 minutes on `src/auth`**, Thursday 13 June, 14:00 (UTC)" in text


async def test_whoever_has_to_say_when_is_asked_and_what_was_said_is_told(db):
    copy, flow, number = await sent(db)
    flow.offer(number, (T1, T2, T3), TUESDAY + HOUR)
    flow.pick(number, 1, T1, TUESDAY + HOUR)
    one = flow.answer(number, 2, "yes", TUESDAY + HOUR)
    assert one.state == "accepted"
    assert await copy.run(TUESDAY + HOUR, 0) == 0  # Bob sees the times before him
    one = flow.pick(number, 2, T3, TUESDAY + HOUR + 60)
    assert (one.state, agreed(one, TUESDAY)) == ("accepted", None)
    assert waiting(db, number) == [("time", (1,))]
    assert await copy.run(TUESDAY + HOUR + 120, 0) == 1
    _, to, text = copy.sender.server.posted[-1]
    assert to == (1,)
    assert text == "Bob would like to look at `src/auth` together. Friday 14 June, 14:00 (UTC): would that suit you?"
    assert flow.pick(number, 1, T3, TUESDAY + 2 * HOUR).meet_time == T3


async def test_two_who_only_said_yes_are_asked_an_hour_later(db):
    copy, flow, number = await sent(db)
    flow.offer(number, (T1, T2), TUESDAY)
    flow.answer(number, 1, "yes", TUESDAY + 60)
    flow.answer(number, 2, "yes", TUESDAY + 120)
    assert await copy.run(TUESDAY + 600, 0) == 0
    assert await copy.run(TUESDAY + 120 + HOUR, 0) == 2
    texts = {to: text for _, to, text in copy.sender.server.posted[-2:]}
    assert texts[(1,)] == "Bob and you on `src/auth`, 25 minutes: which of these times would suit you?"
    assert flow.pick(number, 1, T2, TUESDAY + 2 * HOUR).state == "accepted"
    assert waiting(db, number) == [("time", (2,))]


async def test_another_time_instead_of_an_agreed_one(db):
    copy, flow, number = await sent(db)
    flow.offer(number, (T1, T2, T3), TUESDAY)
    flow.pick(number, 1, T1, TUESDAY + 60)
    flow.pick(number, 2, T1, TUESDAY + 120)
    assert await copy.run(TUESDAY + 180, 0) == 1  # the card
    assert flow.pick(number, 2, T1, TUESDAY + 240).state == "scheduled"  # once more the same: nothing changes
    one = flow.pick(number, 2, T3, TUESDAY + HOUR)
    assert (one.state, one.meet_time, picks(one, 1), picks(one, 2)) == ("accepted", None, frozenset(), {T3})
    assert waiting(db, number) == [("time", (1,))]
    one = flow.pick(number, 1, T3, TUESDAY + 2 * HOUR)
    assert (one.state, one.meet_time) == ("scheduled", T3)
    assert waiting(db, number) == [("card", (1, 2)), ("question", (1,)), ("question", (2,)), ("reminder", (1, 2))]
    one = flow.pick(number, 1, T1, TUESDAY + 3 * HOUR)
    flow.pick(number, 2, T1, TUESDAY + 3 * HOUR)
    reminders = [e.state for e in Outbox(db, "x").about(number) if e.what == "reminder"]
    assert sorted(reminders) == ["dropped", "dropped", "waiting"]  # back to the first time: reminded all the same


async def test_picks_that_mean_nothing(db):
    _, flow, number = await sent(db)
    flow.offer(number, (T1,), TUESDAY)
    before = flow.nudges.get(number)
    assert flow.pick(number, 1, TUESDAY - HOUR, TUESDAY) == before  # over
    assert flow.pick(number, 6, T1, TUESDAY) == before  # somebody else
    flow.answer(number, 2, "no", TUESDAY)
    assert flow.pick(number, 1, T1, TUESDAY).state == "declined"


async def test_later_may_be_made_precise_and_begins_anew(db):
    _, flow, number = await sent(db)
    flow.offer(number, (T1,), TUESDAY)
    flow.pick(number, 1, T1, TUESDAY)
    assert flow.answer(number, 2, "later", TUESDAY).later_time == TUESDAY + 14 * DAY
    assert flow.answer(number, 2, "later", TUESDAY, TUESDAY + 30 * DAY).later_time == TUESDAY + 30 * DAY
    flow.tick(TUESDAY + 30 * DAY)
    one = flow.nudges.get(number)
    assert (one.state, offered(one, 0), picks(one, 1)) == ("proposed", (), frozenset())
