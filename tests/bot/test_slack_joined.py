"""Who joins the workspace hears one private hello that offers the tour, whatever Slack delivers twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.chat.slack_events import Own, from_event
from bot.message import Asker
from bot.newcomers import greeting_of
from knowledge.store.newcomers import new_since
from knowledge.store.schema import open_store
from tests.bot.fake_slack import FakeSlack, user, words
from tests.bot.test_slack import PACE, Brain

OWN = Own("T1TEAM", "U0BOT", "B0BOT")


def test_a_bot_that_joins_is_nobody_new() -> None:
    assert from_event({"type": "team_join", "user": {"id": "U9", "is_bot": True}}, OWN) is None
    heard = from_event({"type": "team_join", "user": {"id": "U9"}}, OWN)
    assert heard is not None
    assert (heard.kind, heard.channel, heard.ts, heard.user) == ("joined", "U9", "joined:U9", "U9")


@pytest.mark.parametrize(("guest", "hellos"), [(False, 1), (True, 0)])
async def test_one_hello_in_private(tmp_path, guest: bool, hellos: int) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    async with FakeSlack() as slack:
        new = user("U9NEW", "Nia Novak", is_restricted=guest)
        slack.users["U9NEW"] = new
        tokens = Tokens.from_environment("socket", slack.environment())
        brain, settings = Brain(), SlackSettings(pace=PACE)
        bot = SlackBot(settings, tokens, brain.reply, brain.feedback, db, (), lambda asker: greeting_of(db, asker))
        stop = asyncio.Event()
        task = asyncio.create_task(bot.run(stop))
        async with asyncio.timeout(5):
            while not bot.healthy() or not slack.connections:
                await asyncio.sleep(0.01)
        for retry in range(2):
            await slack.event({"type": "team_join", "user": new}, retry)
        if hellos:
            await slack.until(lambda: len(slack.messages) >= hellos)
        await slack.quiet()
        stop.set()
        await task
        assert [(m["channel"], "Welcome, Nia!" in words(m), "Show me around" in words(m)) for m in slack.messages] == [
            ("D9NEW", True, True)
        ] * hellos
    since = new_since(db, 1 << 40)
    assert list(since) == ["slack/U9NEW"]
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
