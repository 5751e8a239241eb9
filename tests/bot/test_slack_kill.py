"""kill -9 of a real process at every point of an answer's life: there is one reply, and it is never none."""

import asyncio
import contextlib
import os
import signal
import sys
from contextlib import asynccontextmanager

import pytest

from knowledge.store.schema import open_store
from tests.bot.fake_slack import BOT, FakeSlack, Fault, words


class Copies:
    """Starts copies of the bot and ends them all."""

    def __init__(self, slack, url):
        self.slack, self.url, self.running = slack, url, []

    async def start(self, point=""):
        before = self.slack.connections
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bot.slack_copy",
            self.url,
            point,
            env={**os.environ, **self.slack.environment()},
        )
        self.running.append(process)
        await self.slack.until(lambda: self.slack.connections > before, 20, "a copy to connect")
        return process

    async def settled(self):
        """Nothing is open any more, and nothing more comes."""
        db = open_store(self.url)
        async with asyncio.timeout(10):
            while db.read("SELECT ts FROM receipts WHERE state IN ('taken', 'posting')"):
                await asyncio.sleep(0.05)
        db.close()
        await self.slack.quiet(0.3)

    async def end(self):
        for process in self.running:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def world(path):
    """A Slack, a store, and copies of the bot to start in it."""
    url = f"sqlite:///{path}/store.db"
    open_store(url).close()
    async with FakeSlack() as slack:
        copies = Copies(slack, url)
        try:
            yield slack, copies
        finally:
            await copies.end()


@pytest.fixture
async def there(tmp_path):
    async with world(tmp_path) as there:
        yield there


async def test_killed_at_any_point_there_is_one_reply(tmp_path):
    points = ("take", "taken", "think", "posting", "sent", "closed")
    outcomes = await asyncio.gather(*(killed_at(point, tmp_path / point) for point in points))
    assert dict(zip(points, outcomes, strict=True)) == dict.fromkeys(points, 1)


async def killed_at(point, path):
    """How many replies there are in the end."""
    path.mkdir()
    async with world(path) as (slack, copies):
        doomed = await copies.start(point)
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        assert await asyncio.wait_for(doomed.wait(), 20) == -signal.SIGKILL
        await slack.until(lambda: not slack.connections, 5)
        await copies.start()
        if not slack.acks:  # what was not acknowledged, Slack delivers again
            await slack.announce(slack.message(ts), retry=1)
        reply = await slack.reply_to(ts, seconds=20)
        assert "who knows app.py?" in words(reply)
        assert "docs/a.md:1" in words(reply)
        await copies.settled()
        return len(slack.replies(ts))


async def test_killed_while_the_post_is_under_way(there):
    """Slack has the reply, the bot died before it heard so, and never marked it."""
    slack, copies = there
    doomed = await copies.start()
    slack.fail("chat.postMessage", Fault("slow", seconds=1.0))
    ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
    await slack.reply_to(ts)
    doomed.kill()
    await slack.until(lambda: not slack.connections)
    await copies.start()
    await copies.settled()
    assert len(slack.replies(ts)) == 1


async def test_a_second_copy_takes_over_without_a_restart(there):
    slack, copies = there
    slack.to_all = True
    doomed = await copies.start("think")
    await copies.start()
    asked = []
    while doomed.returncode is None:  # until it was the quicker one to take a question, and died of it
        asked.append(await slack.say("U1ANA", "C1DEV", f"<@{BOT}> question {len(asked)}?"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(doomed.wait(), 0.2)
    for ts in asked:
        await slack.reply_to(ts, seconds=10)
    await copies.settled()
    assert {len(slack.replies(ts)) for ts in asked} == {1}


async def test_a_frozen_copy_that_wakes_up_late_does_not_speak_twice(there):
    """Stopped between its decision to post and the post; the other takes over; the first wakes and finds it out."""
    slack, copies = there
    slack.to_all = True
    slow = await copies.start()
    slack.fail("chat.postMessage", Fault("429", seconds=1))
    ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
    await slack.until(lambda: slack.called("chat.postMessage"))
    await asyncio.sleep(0.3)  # it waits to post again; just now it may have had the store to itself
    os.kill(slow.pid, signal.SIGSTOP)
    await copies.start()
    await slack.reply_to(ts, seconds=30)
    os.kill(slow.pid, signal.SIGCONT)
    await slack.until(lambda: slack.called("chat.delete"), 10, "the late reply to be taken back")
    await slack.quiet()
    assert len(slack.replies(ts)) == 1


async def test_a_frozen_copy_whose_reply_was_found_leaves_it_there(there):
    """Stopped between the post and the mark; the other finds the reply and marks it; the first must not take it back."""
    slack, copies = there
    slack.to_all = True
    slow = await copies.start()
    slack.fail("chat.postMessage", Fault("slow", seconds=1))
    ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
    await slack.reply_to(ts)
    os.kill(slow.pid, signal.SIGSTOP)
    await copies.start()
    await copies.settled()
    os.kill(slow.pid, signal.SIGCONT)
    await slack.quiet(1.5)
    assert slack.called("chat.delete") == []
    assert len(slack.replies(ts)) == 1
