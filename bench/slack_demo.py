"""A conversation with a real local Slack: ten questions about a repository, the transcript, and a picture of it.

    make slack-demo [REPO=path]        or: python -m bench.slack_demo [REPO] [--no-picture]

Indexes the repository, starts the server and the bot (Socket Mode, as in earnest) in a network namespace, asks as two
people would, checks that everything got exactly one reply, and writes docs/slack-conversation.png.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.browser import picture_of_thread
from bench.local_slack import BASE, BOT, ENVIRONMENT, LocalSlack, binary, serving
from bench.stage import FOLDER, PROFILE, ROOT, in_slack, perform, words
from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.message import Asker

PICTURE = ROOT / "docs" / "slack-conversation.png"
ANA, BOB, DEV, ASK = "U01ANA", "U02BOB", "C01DEV", "C02ASK"


class Transcript:
    """Says things as people, waits for the one reply, and prints both."""

    def __init__(self, slack: LocalSlack) -> None:
        self.slack = slack
        self.asked = 0
        self.threads: dict[str, int] = {}  # thread → replies that it should have
        self.whispers = 0

    async def ask(self, who: str, channel: str, text: str, thread: str = "") -> tuple[str, dict[str, Any]]:
        """A question in a channel, thread or direct message; returns its ts and the reply."""
        known = len(await self.slack.messages(channel))
        began = time.monotonic()
        ts = await self.slack.say(who, channel, text, thread)
        reply = await self.slack.answer(channel, known)
        self.threads[thread or ts] = self.threads.get(thread or ts, 0) + 1
        self._show(who, text, reply, began)
        return thread or ts, reply

    async def command(self, who: str, channel: str, text: str) -> dict[str, Any]:
        """`/lamp …`."""
        known, began = len(await self.slack.messages(channel)), time.monotonic()
        await self.slack.command(who, channel, text)
        return self._whispered(who, f"/lamp {text}", await self.slack.answer(channel, known), began)

    async def press(self, who: str, message: dict[str, Any], button: str, thread: str) -> dict[str, Any]:
        """A click, answered in the thread or, for feedback, in private."""
        channel = message["channel"]
        known, began = len(await self.slack.messages(channel)), time.monotonic()
        label = await self.slack.click(who, message, button)
        reply = await self.slack.answer(channel, known)
        if reply.get("subtype") == "ephemeral":
            return self._whispered(who, f"[presses {label}]", reply, began)
        self.threads[thread] += 1
        self._show(who, f"[presses {label}]", reply, began)
        return reply

    async def check(self) -> None:
        """Exactly one reply to everything."""
        await asyncio.sleep(2)
        every = [m for channel in (DEV, ASK) for m in await self.slack.messages(channel)]
        direct = await self.slack.messages(await self.slack.direct_channel(ANA))
        bots = [m for m in [*every, *direct] if m.get("bot_id")]
        seen = Counter(m.get("thread_ts") for m in bots if m.get("subtype") != "ephemeral")
        whispers = sum(m.get("subtype") == "ephemeral" for m in bots)
        if seen != Counter(self.threads) or whispers != self.whispers:
            raise SystemExit(f"not exactly one reply each: {seen} for {self.threads}, {whispers} for {self.whispers}")
        print(f"\n{self.asked} things said, {len(bots)} replies: exactly one each.")
        if broken := [words(m) for m in bots if "Something broke" in words(m)]:
            raise SystemExit(f"{len(broken)} of them failed: {broken}")

    def _whispered(self, who: str, text: str, reply: dict[str, Any], began: float) -> dict[str, Any]:
        self.whispers += 1
        self._show(who, text, reply, began, " (only to them)")
        return reply

    def _show(self, who: str, text: str, reply: dict[str, Any], began: float, how: str = "") -> None:
        self.asked += 1
        name = {ANA: "Ana", BOB: "Bob"}[who]
        print(f"\n{self.asked}. {name}: {text.replace(f'<@{BOT}>', '@Lamplighter')}")
        print(f"   Lamplighter, after {time.monotonic() - began:.2f} s{how}:")
        print(textwrap.indent(words(reply), "   | "))


def busy_file(repo: str) -> str:
    """The source file that the last thousand commits touched most."""
    log = ["git", "-C", repo, "log", "-1000", "--no-merges", "--name-only", "--pretty=format:", "HEAD"]
    touched = Counter(subprocess.run(log, check=True, capture_output=True, text=True).stdout.split("\n"))
    tree = ["git", "-C", repo, "ls-tree", "-r", "--name-only", "HEAD"]
    alive = set(subprocess.run(tree, check=True, capture_output=True, text=True).stdout.split("\n"))
    code = re.compile(r"\.(py|js|ts|go|rs|c|h|java|rb)$")
    found = [(n, path) for path, n in touched.items() if path in alive and code.search(path) and "test" not in path]
    return max(found, default=(0, "README.md"))[1]


async def converse(slack: LocalSlack, repo: str) -> tuple[str, Transcript]:
    """The ten questions; returns the thread for the picture."""
    file = busy_file(repo)
    folder = str(Path(file).parent)
    talk = Transcript(slack)
    me = f"<@{BOT}>"
    await talk.ask(BOB, DEV, f"{me} who last touched {file}?")
    thread, answer = await talk.ask(ANA, DEV, f"{me} who knows {file} now?")
    await talk.ask(ANA, DEV, "and why was it changed last?", thread)
    await talk.ask(BOB, DEV, "how do I deploy to production?", thread)
    await talk.press(ANA, answer, "lamplighter_feedback:helpful", thread)
    thread_where, _ = await talk.ask(BOB, DEV, f"{me} where is it documented how to configure logging?")
    await talk.ask(BOB, DEV, "and who knows about that?", thread_where)
    await talk.ask(ANA, ASK, f"{me} how do I run the tests?")
    thread_which, which = await talk.ask(ANA, ASK, f"{me} who knows __init__.py?")
    if any("choice" in e.get("action_id", "") for b in which.get("blocks", ()) for e in b.get("elements", ())):
        await talk.press(ANA, which, "lamplighter_choice", thread_which)
    await talk.command(BOB, DEV, f"who {folder}")
    await talk.command(ANA, ASK, f"last {file}:10")
    direct = await slack.direct_channel(ANA)
    await talk.ask(ANA, direct, "what changed here lately?")
    _, abstained = await talk.ask(ANA, direct, "what is the airspeed of an unladen swallow?")
    if any("person" in e.get("action_id", "") for b in abstained.get("blocks", ()) for e in b.get("elements", ())):
        await talk.press(ANA, abstained, "lamplighter_feedback:person", "")
    await talk.check()
    return thread, talk


async def demo(args: argparse.Namespace) -> None:
    """All of it, inside the namespace."""
    from bot.progress import Bar
    from bot.wiring import open_house

    repo = str(Path(args.repo).resolve())  # noqa: ASYNC240
    house = open_house(None, repo=repo)
    with Bar() as bar:
        house.senses.index(steps=("history", "docs", "code", "meaning"), progress=bar, now=int(time.time()))
    conversation = house.conversation()
    tokens = Tokens.from_environment("socket", ENVIRONMENT)

    def feedback(question_id: int, asker: Asker, verdict: str, note: str) -> None:
        conversation.feedback(question_id, asker, verdict, note)

    bot = SlackBot(SlackSettings(), tokens, conversation.reply, feedback, house.db)
    async with serving(binary(FOLDER), FOLDER, f"{Path(repo).name} team") as slack, in_slack(bot):
        thread, _ = await converse(slack, repo)
        if not args.no_picture:
            link = f"{BASE}/archives/{DEV}/p{thread.replace('.', '')}?thread_ts={thread}&cid={DEV}"
            await picture_of_thread(link, PICTURE, PROFILE, thread_width=860, height=1290)
            print(f"The picture: {PICTURE}")


if __name__ == "__main__":
    sys.exit(perform("bench.slack_demo", __doc__, demo, "repo"))
