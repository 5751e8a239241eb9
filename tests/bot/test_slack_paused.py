"""SIGSTOP of a real process whose post is on its way to Slack: another copy says it, and in the end one message stands."""

import asyncio
import os
import signal
import time

from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace
from bot.chat.slack_sender import SlackSender
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from knowledge.store.outbox import Outbox
from knowledge.store.schema import open_store
from tests.bot.fake_slack import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack
from tests.bot.nudging.talking import TEAM, TUESDAY, decided, nudge

LEASE = 0.75  # seconds
PACE = Pace(api_timeout=20, retry_pause=0.02, give_up=5)


class Stalling(FakeSlack):
    """The first post is heard, and carried out when `go_on` is set."""

    async def __aenter__(self):
        self.heard, self.go_on = asyncio.Event(), asyncio.Event()
        return await super().__aenter__()

    async def _api(self, request):
        if request.match_info["method"] == "chat.postMessage" and not self.heard.is_set():
            self.heard.set()
            await self.go_on.wait()
        return await super()._api(request)


def copy(store, holder, api_url):
    """A copy of the bot, as far as it speaks first in Slack."""
    names = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    tokens = Tokens.from_environment("socket", {**names, "SLACK_API_URL": api_url})
    db = open_store(store)
    sender = SlackSender(db, tokens, lambda: TUESDAY, PACE)
    return Runner(db, holder, sender, TEAM, load_texts(), lease=LEASE)


async def speak(runner, until=lambda: False):
    while not until():
        await runner.run(lambda: TUESDAY, time.monotonic())
        await asyncio.sleep(0.02)


def other_process(store):
    """A copy in a process of its own, which begins when it is told Slack's address; gives its id and where to tell."""
    read, write = os.pipe()
    if child := os.fork():
        os.close(read)
        return child, write
    try:
        asyncio.run(speak(copy(store, "paused", os.read(read, 1000).decode())))
    finally:
        os._exit(1)


async def story(store, mark, child, address):
    """The messages that stand there in the end."""
    async with Stalling() as slack:
        os.write(address, slack.api_url.encode())
        await asyncio.wait_for(slack.heard.wait(), 10)  # taken, and not posted yet
        os.kill(child, signal.SIGSTOP)
        outbox = Outbox(open_store(store), "")
        async with asyncio.timeout(10):
            await speak(copy(store, "other", slack.api_url), lambda: outbox.get(mark).state == "posted")
        assert len(slack.messages) == 1
        assert outbox.get(mark).holder == "other"
        slack.go_on.set()
        await slack.until(lambda: len(slack.messages) == 2, what="the late message")
        os.kill(child, signal.SIGCONT)
        await slack.until(lambda: slack.called("chat.delete"), 5, "the late message to be taken back")
        await slack.quiet(0.2)
        return slack.messages


def test_a_copy_that_stood_still_while_it_posted_leaves_one_message(tmp_path):
    store = f"sqlite:///{tmp_path}/store.db"
    db = open_store(store)
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
        for name, account in (("Ana Ruiz", "U1ANA"), ("Bob Stone", "U2BOB")):
            tx.run("INSERT INTO people (name, slack_id) VALUES (:name, :account)", name=name, account=account)
    decided(db, one := nudge())
    db.close()
    mark = f"nudge {one.id} proposal"
    child, address = other_process(store)
    try:
        messages = asyncio.run(story(store, mark, child, address))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    kept = Outbox(open_store(store), "").get(mark)
    assert [(m["channel"], m["ts"]) for m in messages] == [(kept.channel, kept.ts)]
    assert (kept.state, kept.holder) == ("posted", "other")
