"""A copy of the bot that says one thing first and dies by its own kill -9 before the post, or right after it.

python -m tests.bot.sender_copy STORE_URL before|after NOW
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from bot.chat.slack import Tokens
from bot.chat.slack_sender import SlackSender
from bot.nudging.people import Team
from bot.nudging.runner import Runner
from bot.nudging.sender import Posted
from bot.nudging.texts import load_texts
from knowledge.store.schema import open_store


class Mortal(SlackSender):
    """Dies at its first message."""

    point = "before"

    async def send(self, mark, people, message) -> Posted:  # type: ignore[no-untyped-def]
        if self.point == "after":
            await super().send(mark, people, message)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


async def main(url: str, point: str, now: int) -> None:
    db = open_store(url)
    sender = Mortal(db, Tokens.from_environment("socket"), lambda: now)
    sender.point = point
    await Runner(db, "doomed", sender, Team(), load_texts()).run(lambda: now, 0.0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
