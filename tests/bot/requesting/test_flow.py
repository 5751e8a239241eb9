"""What people and the clock do to a request, and what is said meanwhile; on both engines, whoever dies where."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.config import PersonSettings, RequestSettings
from bot.etiquette import Manners
from bot.nudging.people import Team
from bot.requesting.flow import Asking
from knowledge.store.absences import add
from knowledge.store.events import by_reference
from knowledge.store.outbox import LEASE_SECONDS, Outbox, contacts
from knowledge.store.passages import Passages
from knowledge.store.requests import Requests
from knowledge.store.wishes import Wish, Wishes
from tests.bot.nudging.talking import TUESDAY, Killed, Server, people
from tests.bot.requesting.asking import DAY, HOUR, NOBODY_AWAY, WITH_CHANNEL, Copy, dms, request
from tests.teams import seconds

FRIDAY = seconds("2024-06-14 15:00")
YES = Team(extra={f"{name}@example.org": PersonSettings(name, asks=True) for name in ("ada", "bob", "cleo")})


@pytest.fixture
def db(both_stores):
    people(both_stores)
    with both_stores.transaction() as tx:
        tx.run("INSERT INTO nodes (repo_id, path, is_dir) VALUES (1, '', 1), (1, 'src', 1), (1, 'src/auth', 1)")
    return both_stores


def state(db, one):
    return Requests(db).get(one.id).state


async def test_a_question_is_asked_taken_answered_and_kept(db):
    server = Server()
    copy = Copy(db, server, team=YES)
    one = copy.asking.open(request(), TUESDAY)
    assert copy.asking.open(request(), TUESDAY + 5).version == one.version  # the same press heard twice
    assert await copy.run(TUESDAY) == 1
    [(mark, to, text)] = server.posted
    assert (mark, to) == (f"request {one.id} ask 1", (1,))
    assert "**Fay** looks for somebody who knows `src/auth`. Why you: 12 commits in the last year." in text
    assert "How do I rotate the signing key?" in text
    assert "within 4 working hours" in text
    assert "first such question" not in text  # config.yaml said that Ada may be asked
    assert copy.asking.claim(one.id, 1, TUESDAY + HOUR).state == "claimed"
    assert copy.asking.claim(one.id, 2, TUESDAY + HOUR).holder == 1  # it is taken
    await copy.run(TUESDAY + HOUR + 60)
    after = copy.asking.answer(one.id, 1, 'Run `make rotate`; password = "hunter2-Kx9"', TUESDAY + 2 * HOUR)
    assert (after.state, after.holder) == ("answered", 1)
    copy.asking.answer(one.id, 2, "Something else", TUESDAY + 3 * HOUR)
    await copy.run(TUESDAY + 3 * HOUR)
    assert [(m.split()[2], c, t) for m, c, t, _ in server.board] == [("claimed", "C1", "t1"), ("answered", "C1", "t1")]
    assert "**Ada** answered your question" in server.board[1][3].text
    facts = [(e.kind, e.person_id, e.path) for e in by_reference(db, f"request {one.id}")]
    assert facts == [("answered", 1, "src/auth")]
    [kept] = Passages(db).of_path(1, f"answers/{one.id}")
    assert (kept.kind, kept.title) == ("chat", "How do I rotate the signing key?")
    assert kept.text.startswith("How do I rotate the signing key?\n\nRun `make rotate`")
    assert "Ada" not in kept.text
    assert len(server.posted) == 1


async def test_silence_goes_to_the_next_one_then_to_the_channel_then_to_the_report(db):
    server = Server()
    copy = Copy(db, server, WITH_CHANNEL, YES)
    one = copy.asking.open(request(now=FRIDAY), FRIDAY)
    await copy.run(FRIDAY)
    for hour in range(1, 66):  # the weekend, and until ten on Monday
        await copy.run(FRIDAY + hour * HOUR, hour * HOUR)
    assert dms(server) == [("ask", (1,))]
    assert Requests(db).get(one.id).look_time == seconds("2024-06-17 11:00")
    await copy.run(seconds("2024-06-17 11:00"), 66 * HOUR)
    assert dms(server) == [("ask", (1,)), ("ask", (2,))]
    await copy.run(seconds("2024-06-17 15:00"), 70 * HOUR)
    assert dms(server)[2:] == [("ask", (3,))]
    assert await copy.run(seconds("2024-06-18 11:00"), 90 * HOUR) == 1
    [[mark, channel, _, message]] = server.board
    assert (mark, channel) == (f"request {one.id} ping", "C-help")
    assert message.data["request"]["buttons"] == ("claim", "answer")
    assert "Ada" not in message.text  # who was asked is nobody else's matter
    await copy.run(seconds("2024-06-23 11:00"), 300 * HOUR)
    assert state(db, one) == "unanswered"
    await copy.run(seconds("2024-06-24 10:00"), 400 * HOUR)
    assert [m.split()[2] for m, *_ in server.board] == ["ping", "unanswered"]
    assert "It stays open: it stands in the weekly report" in server.board[1][3].text
    assert "Who can take it?" in server.board[0][3].text
    assert copy.asking.claim(one.id, 4, seconds("2024-06-24 12:00")).state == "claimed"
    await copy.run(seconds("2024-06-24 12:01"), 500 * HOUR)
    assert "Taken by **Dan**" in server.board[0][3].text


async def test_the_first_question_asks_for_leave_and_silence_is_no_yes(db):
    server = Server()
    copy = Copy(db, server)
    copy.asking.open(request(candidates=((1, 0.9),)), TUESDAY)
    await copy.run(TUESDAY)
    text = server.posted[0][2]
    assert text.startswith("Hello, I am Lamplighter.")
    assert "May I bring others, at most 2 questions a week" in text
    again = copy.asking.open(request("Another one?", candidates=((1, 0.9),), now=TUESDAY + 9 * DAY), TUESDAY + 9 * DAY)
    await copy.run(TUESDAY + 9 * DAY, 10.0)
    assert len(server.posted) == 1
    assert state(db, again) == "open"


def test_a_reason_is_said_to_the_person_themselves():
    from bot.requesting.wording import _to_you

    assert (
        _to_you("worked on it twice; what they knew still holds.")
        == "you worked on it twice; what you knew still holds"
    )
    assert _to_you("has not worked on it, but was last here") == "you have not worked on it, but were last here"


@pytest.mark.parametrize(("how", "after"), [("not-now", "unsaid"), ("never", "no")])
async def test_not_now_and_never_are_heard_and_never_told(db, how, after):
    from bot.requesting.gather import asks

    server = Server()
    copy = Copy(db, server, team=Team())
    one = copy.asking.open(request(), TUESDAY)
    await copy.run(TUESDAY)
    assert copy.asking.pass_on(one.id, 1, TUESDAY + HOUR, how).state == "open"
    await copy.run(TUESDAY + HOUR, 60)
    assert dms(server) == [("ask", (1,)), ("ask", (2,))]
    assert asks(db, Team(), [1], TUESDAY + 2 * HOUR) == {1: "no"}
    assert asks(db, Team(), [1], TUESDAY + 31 * DAY) == {1: after}
    found = copy.asking.routed(Requests(db).get(one.id), TUESDAY + HOUR, lambda _: True)
    assert {why for _, why in found.passed_over} == {"was asked already"}


async def test_passed_on_to_a_colleague(db):
    server = Server()
    copy = Copy(db, server)
    one = copy.asking.open(request(), TUESDAY)
    await copy.run(TUESDAY)
    copy.asking.pass_on(one.id, 2, TUESDAY + HOUR)
    assert state(db, one) == "asked"  # it is not Bob's to pass on
    copy.asking.pass_on(one.id, 1, TUESDAY + HOUR, to=5)
    await copy.run(TUESDAY + HOUR, 60)
    assert dms(server) == [("ask", (1,)), ("ask", (5,))]
    assert "Why you: a colleague named them" not in server.posted[1][2]
    assert "Why you: a colleague named you" in server.posted[1][2]


async def test_nobody_is_asked_more_than_their_budget(db):
    server = Server()
    copy = Copy(db, server, RequestSettings(budget=2), YES)
    for number in range(9):
        at = TUESDAY + number * HOUR // 4
        copy.asking.open(request(f"Question {number}?", candidates=((1, 0.9), (2, 0.9)), now=at), at)
        await copy.run(at, number)
    assert sorted(to for _, to in dms(server)) == [(1,), (1,), (2,), (2,)]
    assert {one.state for one in Requests(db).unfinished()} == {"asked", "open"}
    await copy.run(TUESDAY + 8 * DAY, 1e6)
    told = sorted((c.person, c.time) for c in contacts(db, 0))
    for person, time in told:
        assert sum(p == person and time <= t < time + 7 * DAY for p, t in told) <= 2


async def test_a_request_costs_the_nudge_of_that_week_and_not_the_other_way_round(db):
    from bot.nudging.people import recipients

    copy = Copy(db, Server(), team=YES)
    copy.asking.open(request(), TUESDAY)
    await copy.run(TUESDAY)
    assert recipients(db, YES, [1], TUESDAY)[1].unasked == (TUESDAY,)
    with db.transaction() as tx:
        tx.run("UPDATE outbox SET kind = 'share'")
    assert recipients(db, YES, [1], TUESDAY)[1].unasked == (TUESDAY,)
    assert recipients(db, YES, [1], TUESDAY, only="request")[1].unasked == ()


async def test_everybody_away_the_asker_alone_and_who_opted_out(db):
    with db.transaction() as tx:
        add(tx, 1, "2024-06-01", "2024-07-31")
        tx.run("UPDATE people SET opted_out = 1 WHERE id = 2")
        tx.run("UPDATE people SET has_left = 1 WHERE id = 3")
    server = Server()
    copy = Copy(db, server, team=YES)
    one = copy.asking.open(request(asker=6, candidates=((1, 0.9), (2, 0.9), (3, 0.9), (6, 0.9))), TUESDAY)
    for day in range(8):
        await copy.run(TUESDAY + day * DAY, day * 1e4)
    assert server.posted == []
    assert state(db, one) == "unanswered"
    found = copy.asking.routed(one, TUESDAY, lambda _: True)
    assert dict(found.passed_over) == {
        "Ada": "is away", "someone": "is not available for this at the moment", "Cleo": "has left", "Fay": "asked it"
    }  # fmt: skip


async def test_who_took_it_and_left_gives_it_back_and_is_reminded_once_before(db):
    server = Server()
    copy = Copy(db, server, team=YES)
    one = copy.asking.open(request(), TUESDAY)
    await copy.run(TUESDAY)
    copy.asking.claim(one.id, 1, TUESDAY + HOUR)
    await copy.run(TUESDAY + 2 * HOUR, 1)
    assert await copy.run(TUESDAY + DAY + 2 * HOUR, 2) == 1
    await copy.run(TUESDAY + 2 * DAY, 3)
    assert dms(server) == [("ask", (1,)), ("reminder", (1,))]
    with db.transaction() as tx:
        tx.run("UPDATE people SET has_left = 1, left_time = :t WHERE id = 1", t=TUESDAY + 3 * DAY)
    await copy.run(TUESDAY + 3 * DAY + 60, 4)
    assert dms(server)[2:] == [("ask", (2,))]
    assert [m.split()[2] for m, *_ in server.board] == ["claimed"]  # the asker is told once


async def test_withdrawn_is_told_to_who_took_it_and_nothing_is_asked_any_more(db):
    server = Server()
    copy = Copy(db, server, team=YES)
    one, other = copy.asking.open(request(), TUESDAY), copy.asking.open(request("Other?"), TUESDAY)
    await copy.run(TUESDAY)
    copy.asking.claim(one.id, 1, TUESDAY + HOUR)
    assert copy.asking.withdraw(one.id, TUESDAY + 2 * HOUR).state == "withdrawn"
    assert copy.asking.withdraw(other.id, TUESDAY + 2 * HOUR).state == "withdrawn"
    assert copy.asking.answer(one.id, 1, "Too late", TUESDAY + 3 * HOUR).state == "withdrawn"
    await copy.run(TUESDAY + 3 * HOUR, 1)
    await copy.run(TUESDAY + 3 * DAY, 2)
    assert sorted(what for what, _ in dms(server)) == ["ask", "ask", "withdrawn"]
    assert by_reference(db, f"request {one.id}") == []
    assert all(c.answered for c in contacts(db, 0) if not c.agreed)  # nobody ignored it


async def test_private_questions_stay_private(db):
    server = Server()
    copy = Copy(db, server, WITH_CHANNEL, YES)
    one = copy.asking.open(request(private=True, place="T1/D6", candidates=()), TUESDAY)
    await copy.run(TUESDAY)
    assert "Someone looks for somebody" in server.board[0][3].text
    assert "Fay" not in server.board[0][3].text
    copy.asking.answer(one.id, None, "Ask ops.", TUESDAY + HOUR, name="Gil of support")
    await copy.run(TUESDAY + HOUR, 1)
    assert [(m.split()[2], c, t) for m, c, t, _ in server.board[1:]] == [("answered", "U6", "")]
    assert "Answered by **Gil of support**" in server.board[0][3].text


async def test_nobody_in_reach_is_said_so_and_who_refuses_is_passed_over(db):
    server = Server()
    copy = Copy(db, server, team=YES, fault="refused")
    one = copy.asking.open(request(), TUESDAY)
    await copy.run(TUESDAY)
    await copy.run(TUESDAY + 60, 1)
    assert dms(server) == [("ask", (2,))]
    assert Requests(db).get(one.id).candidate(1).outcome == "unreached"


async def test_away_between_decision_and_sending(db):
    server = Server()
    copy = Copy(db, server, team=YES)
    one = copy.asking.open(request(now=TUESDAY - 5 * HOUR), TUESDAY - 5 * HOUR)
    await copy.run(TUESDAY - 5 * HOUR)  # five in the morning: Ada will be asked at nine
    with db.transaction() as tx:
        add(tx, 1, "2024-06-11", "2024-06-28")
    for minute in range(3):
        await copy.run(TUESDAY + 60 * minute, 100 + minute)
    assert dms(server) == [("ask", (2,))]
    assert state(db, one) == "asked"


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost after"])
async def test_a_copy_that_dies_while_asking_leaves_exactly_one_message(db, fault):
    server = Server()
    first, second = Copy(db, server, team=YES, fault=fault), Copy(db, server, team=YES)
    one = first.asking.open(request(), TUESDAY)
    with suppress(Killed):
        await first.run(TUESDAY)
    await second.run(TUESDAY, 100)
    for step in range(4):
        await second.run(TUESDAY + step, 100 + (1 + step) * LEASE_SECONDS)
    assert dms(server) == [("ask", (1,))]
    assert state(db, one) == "asked"
    asked = Requests(db).get(one.id).candidate(1)
    assert asked.due_time == asked.asked_time + 4 * HOUR


@pytest.mark.parametrize("fault", ["killed before", "killed after"])
async def test_a_copy_that_dies_while_pinging_leaves_one_message_in_the_channel(db, fault):
    server = Server()
    first = Copy(db, server, WITH_CHANNEL, YES, board_fault=fault)
    second = Copy(db, server, WITH_CHANNEL, YES)
    one = first.asking.open(request(candidates=()), TUESDAY)
    with suppress(Killed):
        await first.run(TUESDAY)
    for step in range(4):
        await second.run(TUESDAY + step, 100 + step * LEASE_SECONDS)
    assert len(server.board) == 1
    assert Requests(db).get(one.id).ts == "0"


async def test_a_hundred_kills_three_copies_and_a_jumping_clock(db):
    """180 questions, three copies that die anywhere: no question is asked twice of anybody, none is lost."""
    server, dice, kills = Server(), random.Random(11), 0
    settings = replace(WITH_CHANNEL, budget=3)
    copies = [Copy(db, server, settings, YES) for _ in range(3)]
    for number in range(180):
        start = TUESDAY + number * 4 * HOUR
        copies[0].asking.open(request(f"Question {number}?", now=start), start)
        for step in range(12):
            at = dice.randrange(3)
            copies[at].sender.fault = dice.choice(["", "killed before", "killed after", "lost after"])
            copies[at].channels.fault = dice.choice(["", "killed before", "killed after"])
            now = start + step * 1200 + dice.choice([0, 0, -3 * HOUR, 3 * HOUR])
            try:
                await copies[at].run(now, number * 1e5 + step * 20.0)
            except Killed:
                kills += 1
                copies[at] = Copy(db, server, settings, YES)
        for one in Requests(db).unfinished():
            if one.state == "asked" and one.holder and dice.random() < 0.3:
                copies[1].asking.answer(one.id, one.holder, "So it is.", start + 4 * HOUR)
    marks = [*server.marks(), *(mark for mark, *_ in server.board)]
    assert len(marks) == len(set(marks))
    assert kills >= 100
    assert {one.state for one in Requests(db).since(0)} <= {"open", "asked", "channel", "answered", "unanswered"}
    told = sorted((c.person, c.time) for c in contacts(db, 0) if not c.agreed)
    for person, time in told:
        assert sum(p == person and time <= t < time + 7 * DAY for p, t in told) <= 3
    assert len(Requests(db).since(0)) == 180


def test_two_people_at_once_only_one_takes_it(db):
    team = Team(Manners())
    first, second = Asking(db, WITH_CHANNEL, team), Asking(db, WITH_CHANNEL, team)
    one = first.open(request(), TUESDAY)
    stale = second.store.get(one.id)
    assert first.claim(one.id, 1, TUESDAY + 1).holder == 1
    from bot.requesting.states import Claimed, moved

    with db.transaction() as tx:
        assert second.store.save(tx, moved(stale, Claimed(2, TUESDAY), TUESDAY + 1)) is False
    assert second.claim(one.id, 2, TUESDAY + 2).holder == 1
    assert Outbox(db, "x").about(one.id)[0].what == "claimed"


def test_taking_one_is_a_yes_unless_they_said_no(db):
    asking = Asking(db, WITH_CHANNEL, Team())
    Wishes(db).wish(2, Wish("opt-out", "request"), TUESDAY)
    one, other = asking.open(request(), TUESDAY), asking.open(request("Other?"), TUESDAY)
    asking.claim(one.id, 1, TUESDAY + 1)
    asking.claim(other.id, 2, TUESDAY + 1)
    assert [(w.word, w.subject) for w in Wishes(db).of(1)] == [("opt-in", "request")]
    assert [(w.word, w.subject) for w in Wishes(db).of(2)] == [("opt-out", "request")]


async def test_what_was_asked_in_a_terminal_is_told_in_the_chat_that_runs(db):
    """The terminal writes into the store; another process serves, and the asker has an account there."""
    terminal, server = Asking(db, NOBODY_AWAY, Team()), Server()
    asked = terminal.open(request(platform="terminal", place="terminal", thread="", asker="fay", asker_id=6), TUESDAY)
    serving = Copy(db, server)
    await serving.run(TUESDAY)
    assert dms(server) == [("ask", (1,))]
    terminal.answer(asked.id, 1, "By the runbook.", TUESDAY + HOUR)
    await serving.run(TUESDAY + HOUR)
    await serving.run(TUESDAY + 2 * HOUR)
    assert dms(server) == [("ask", (1,)), ("answered", (6,))]
    assert "By the runbook." in server.posted[-1][2]
