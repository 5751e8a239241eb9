"""Who joins the workspace hears one private hello that offers the tour, whatever Slack delivers twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.chat.slack_events import Own, from_event
from bot.chat.slack_sender import SlackSender
from bot.etiquette import within_budget
from bot.message import Asker
from bot.nudging.people import Team
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from bot.people.hello import Hello, welcome
from bot.people.newcomers import greeting_of
from knowledge.store.newcomers import new_since
from knowledge.store.schema import open_store
from knowledge.store.wishes import Wish, Wishes
from tests.bot.fake_slack import FakeSlack, user, words
from tests.bot.nudging.talking import COPIES, DAY
from tests.bot.test_slack import PACE, Brain
from tests.teams import seconds

OWN = Own("T1TEAM", "U0BOT", "B0BOT")
TUESDAY = seconds("2024-06-11 10:00")


def runner(db, slack) -> Runner:
    """One copy of the bot that says hello."""
    sender = SlackSender(db, Tokens.from_environment("socket", slack.environment()), lambda: TUESDAY)
    return Runner(db, f"copy {next(COPIES)}", sender, Team(), load_texts(), (Hello(db),), sender)


def test_a_bot_that_joins_is_nobody_new() -> None:
    assert from_event({"type": "team_join", "user": {"id": "U9", "is_bot": True}}, OWN) is None
    heard = from_event({"type": "team_join", "user": {"id": "U9"}}, OWN)
    assert heard is not None
    assert (heard.kind, heard.channel, heard.ts, heard.user) == ("joined", "U9", "joined:U9", "U9")


@pytest.mark.parametrize(("guest", "hellos"), [(False, 1), (True, 0)])
async def test_one_hello_in_private_in_their_working_hours(tmp_path, guest: bool, hellos: int) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    async with FakeSlack() as slack:
        new = user("U9NEW", "Nia Novak", is_restricted=guest, tz="America/New_York")
        slack.users["U9NEW"] = new
        tokens = Tokens.from_environment("socket", slack.environment())
        brain, settings = Brain(), SlackSettings(pace=PACE)
        bot = SlackBot(
            settings, tokens, brain.reply, brain.feedback, db, (),
            lambda asker, zone: welcome(db, asker, zone, TUESDAY),
        )  # fmt: skip
        stop = asyncio.Event()
        task = asyncio.create_task(bot.run(stop))
        async with asyncio.timeout(5):
            while not bot.healthy() or not slack.connections:
                await asyncio.sleep(0.01)
        for retry in range(2):
            await slack.event({"type": "team_join", "user": new}, retry)
        async with asyncio.timeout(5):
            while db.read("SELECT state FROM receipts") != [("refused",)]:
                await asyncio.sleep(0.01)
        copies = [runner(db, slack), runner(db, slack)]
        assert [await one.run(lambda: TUESDAY, 0) for one in copies] == [0, 0]  # six in the morning in New York
        for hour in (2, 3, 4):
            await asyncio.gather(*(one.run(lambda at=hour: TUESDAY + at * 3600, at) for at, one in enumerate(copies)))
            assert len(slack.messages) == hellos * (hour > 2)
        stop.set()
        await task
        assert [(m["channel"], "Welcome, Nia!" in words(m), "Show me around" in words(m)) for m in slack.messages] == [
            ("D9NEW", True, True)
        ] * hellos
    assert list(new_since(db, 1 << 40)) == ["slack/U9NEW"]
    db.close()


async def test_a_copy_that_dies_while_greeting_leaves_one_hello(tmp_path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    async with FakeSlack() as slack:
        slack.users["U9NEW"] = user("U9NEW", "Nia Novak")
        assert welcome(db, Asker("slack", "U9NEW", "Nia Novak", ""), "", TUESDAY)
        assert not welcome(db, Asker("slack", "U9NEW", "Nia Novak", ""), "", TUESDAY + 60)
        first, second = runner(db, slack), runner(db, slack)
        first._posted = lambda *_: False  # dies right after Slack took it
        await first.run(lambda: TUESDAY, 0)
        for tick in (1, 100, 200):
            await second.run(lambda: TUESDAY + 60, tick)
        assert [m["channel"] for m in slack.messages] == ["D9NEW"]
        assert db.read("SELECT state FROM outbox") == [("posted",)]
    db.close()


async def test_a_hello_is_within_the_budget_and_stops_with_an_opt_out(tmp_path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        for name in ("Ana", "Bob"):
            tx.run("INSERT INTO people (name, email) VALUES (:n, :e)", n=name, e=f"{name.lower()}@example.org")
    async with FakeSlack() as slack:
        for number, name in (("U1ANA", "Ana"), ("U2BOB", "Bob")):
            assert welcome(db, Asker("slack", number, name, f"{name.lower()}@example.org"), "", TUESDAY)
        Wishes(db).wish(2, Wish("opt-out", "all"), TUESDAY)
        copy = runner(db, slack)
        assert await copy.run(lambda: TUESDAY, 0) == 1
        assert [m["channel"] for m in slack.messages] == ["D1ANA"]
        assert [(c.person, c.agreed, c.introduced, c.kind) for c in copy.outbox.contacts(0)] == [
            (1, False, True, "hello")
        ]
        assert not within_budget([c.time for c in copy.outbox.contacts(0)], 1, TUESDAY + DAY)
    db.close()


def test_who_opted_out_is_left_alone(tmp_path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        tx.run("INSERT INTO people (name, email, opted_out) VALUES ('Ada', 'ada@example.org', 1)")
    assert greeting_of(db, Asker("slack", "U1", "Ada", "ada@example.org")) is None
    hello = greeting_of(db, Asker("slack", "U2", "", "new@example.org"))
    assert hello is not None
    assert hello.text.startswith("Welcome! Ask me who knows something here")
    db.close()
