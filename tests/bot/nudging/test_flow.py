"""What people and the clock do to a nudge, with everything that follows; on both engines."""

from dataclasses import replace

import pytest

from bot.nudging import states
from bot.nudging.flow import Flow
from bot.nudging.people import recipients
from bot.nudging.states import moved
from bot.nudging.texts import load_texts
from knowledge.store import outbox
from knowledge.store.events import by_reference
from knowledge.store.nudges import Nudges
from knowledge.store.wishes import Wish, Wishes
from tests.bot.nudging.talking import DAY, TEAM, TUESDAY, FakeSender, Server, decided, nudge, people
from tests.bot.nudging.test_runner import Copy

HOUR = 3600


@pytest.fixture
def db(both_stores):
    people(both_stores)
    with both_stores.transaction() as tx:
        tx.run("INSERT INTO nodes (repo_id, path, is_dir) VALUES (1, '', 1), (1, 'src', 1)")
    return both_stores


async def sent(db, one=None, now=TUESDAY):
    one = one or nudge()
    decided(db, one, week=one.week, now=now)
    copy = Copy(db, Server())
    await copy.run(now, 0)
    return copy, copy.runner.flow, one.id


def waiting(db, number):
    return sorted((e.what, e.people) for e in outbox.Outbox(db, "x").about(number) if e.state == "waiting")


async def test_the_whole_story_of_a_session(db):
    copy, flow, number = await sent(db)
    assert flow.answer(number, 1, "yes", TUESDAY + HOUR).state == "sent"
    assert flow.answer(number, 2, "yes", TUESDAY + HOUR).state == "accepted"
    meet = TUESDAY + DAY + 4 * HOUR
    assert flow.schedule(number, meet, TUESDAY + 2 * HOUR).meet_time == meet
    assert waiting(db, number) == [("card", (1, 2)), ("question", (1,)), ("question", (2,)), ("reminder", (1, 2))]
    assert await copy.run(TUESDAY + 3 * HOUR, 0) == 1
    assert await copy.run(meet - 3 * HOUR, 0) == 0
    assert await copy.run(meet - 2 * HOUR, 0) == 1
    assert flow.nudges.get(number).state == "reminded"
    reminder = copy.sender.server.posted[-1][2]
    assert "Wednesday 12 June, 14:00 (UTC): Ada and Bob on `src/auth`" in reminder
    assert "The card has what to look at" in reminder
    assert await copy.run(meet + 2 * HOUR, 0) == 2
    assert {to for _, to, _ in copy.sender.server.posted[-2:]} == {(1,), (2,)}
    assert "Did you and" in copy.sender.server.posted[-1][2]
    assert flow.told(number, 1, happened=True, note="", now=meet + 3 * HOUR).state == "asked"
    assert by_reference(db, f"nudge {number}") == []
    assert flow.told(number, 2, happened=True, note="write down the key", now=meet + DAY).state == "followed-up"
    facts = [(e.kind, e.person_id, e.path, e.time) for e in by_reference(db, f"nudge {number}")]
    assert facts == [("taught", 1, "src", meet), ("attended", 2, "src", meet)]
    flow.told(number, 2, happened=True, note="and the other key", now=meet + 2 * DAY)
    assert len(by_reference(db, f"nudge {number}")) == 2
    flow.tick(meet + 42 * DAY)
    assert flow.nudges.get(number).state == "outcome-6"
    flow.tick(meet + 84 * DAY)
    assert flow.nudges.get(number).state == "outcome-12"
    assert len(copy.sender.server.marks()) == 5


async def test_one_no_ends_it_kindly(db):
    copy, flow, number = await sent(db)
    flow.answer(number, 1, "yes", TUESDAY + HOUR)
    assert flow.answer(number, 2, "no", TUESDAY + 2 * HOUR).state == "declined"
    assert await copy.run(TUESDAY + 3 * HOUR, 0) == 1
    assert copy.sender.server.posted[-1][1] == (1,)
    assert "for now. Thank you for being up for it" in copy.sender.server.posted[-1][2]


async def test_later_is_asked_again_then_and_not_before(db):
    copy, flow, number = await sent(db)
    flow.answer(number, 2, "later", TUESDAY + HOUR, until=TUESDAY + 20 * DAY)
    for day in range(1, 20):
        assert await copy.run(TUESDAY + day * DAY, 0) == 0
    assert await copy.run(TUESDAY + 20 * DAY, 0) == 1
    assert [one.answer for one in flow.nudges.get(number).parties] == ["", ""]
    assert len(set(copy.sender.server.marks())) == 2


async def test_silence_is_told_to_who_said_yes_and_a_late_yes_is_heard(db):
    copy, flow, number = await sent(db)
    flow.answer(number, 1, "yes", TUESDAY + HOUR)
    assert await copy.run(TUESDAY + 7 * DAY, 0) == 1
    assert flow.nudges.get(number).state == "ignored"
    assert flow.answer(number, 2, "yes", TUESDAY + 8 * DAY).state == "accepted"


async def test_after_three_ignored_the_bot_is_quiet_until_it_is_told_to_go_on(db):
    copy = Copy(db, Server())
    for week in range(6):
        now = TUESDAY + 7 * week * DAY
        decided(db, nudge("page", (3,), f"docs/{week}.md", f"w{week}", now), week=f"w{week}", now=now)
        for hour in range(0, 96, 8):
            await copy.run(now + hour * HOUR, 0)
    texts = [text for _, _, text in copy.sender.server.posted]
    assert len(texts) == 3
    assert "I will be quiet after this one. Say “resume” whenever you like" in texts[-1]
    assert "quiet after this" not in texts[-2]
    now = TUESDAY + 50 * DAY
    assert recipients(db, TEAM, [3], now)[3].ignored == 3
    Wishes(db).wish(3, Wish("resume"), now)
    assert recipients(db, TEAM, [3], now)[3].ignored == 0


async def test_who_does_not_want_to_be_asked_again_is_not(db):
    _, flow, _ = await sent(db)
    flow.never_again(2, "share", TUESDAY)
    assert recipients(db, TEAM, [2], TUESDAY)[2].opted_out == {"share"}
    flow.never_again(2, "everything", TUESDAY)
    assert recipients(db, TEAM, [2], TUESDAY)[2].opted_out == {"share", "all"}


async def test_two_buttons_at_once_both_count(db):
    _, flow, number = await sent(db)
    other = Flow(db)
    stale = other.nudges.get(number)
    flow.answer(number, 1, "yes", TUESDAY + 1)
    with db.transaction() as tx:
        assert other.apply(tx, stale, moved(stale, states.Answered(2, "yes"), TUESDAY + 2), TUESDAY + 2) is False
    assert other.answer(number, 2, "yes", TUESDAY + 2).state == "accepted"


def test_steps_that_do_not_fit_change_nothing():
    one = nudge()
    for happening in (states.Answered(1, "yes"), states.Scheduled(TUESDAY + 1), states.Reminded(), states.AskedAfter(),
                      states.Told(1, True), states.Measured("outcome-6"), states.Ticked()):  # fmt: skip
        assert moved(one, happening, TUESDAY) is one
    told = replace(one, state="sent")
    assert moved(told, states.Answered(9, "yes"), TUESDAY) is told  # a stranger
    assert moved(told, states.Answered(1, "confirm"), TUESDAY) is told  # not an answer of this kind
    assert moved(replace(one, kind="thanks"), states.Sent(TUESDAY), TUESDAY).state == "told"


def test_whether_it_happened_is_settled_by_those_who_were_there():
    asked = replace(nudge(), state="asked", state_time=TUESDAY, meet_time=TUESDAY - HOUR)
    first = moved(asked, states.Told(1, True), TUESDAY + HOUR)
    assert moved(first, states.Ticked(), TUESDAY + 3 * DAY) is first
    assert moved(first, states.Ticked(), TUESDAY + 4 * DAY).state == "happened"
    assert moved(first, states.Told(2, False), TUESDAY + DAY).state == "did-not"
    assert moved(asked, states.Ticked(), TUESDAY + 7 * DAY).state == "unknown"
    page = replace(nudge("page", (3,)), state="sent")
    assert moved(page, states.Answered(3, "confirm"), TUESDAY).state == "followed-up"
    assert moved(page, states.Answered(3, "not-mine"), TUESDAY).state == "passed"


async def test_confirming_a_page_is_evidence(db):
    _, flow, number = await sent(db, nudge("page", (3,), "src/readme.md"))
    flow.answer(number, 3, "confirm", TUESDAY + HOUR)
    assert [(e.kind, e.person_id) for e in by_reference(db, f"nudge {number}")] == [("confirmed", 3)]


def test_texts_and_sender_of_this_test_are_whole():
    assert load_texts()["share"]
    assert FakeSender(Server()).reaches(1)
    assert Nudges
