"""A channel of the chat server, people in a store, and a request; beside the fakes of `tests/bot/nudging`."""

from __future__ import annotations

import itertools

from bot.config import RequestSettings
from bot.nudging.people import Team
from bot.nudging.runner import Runner
from bot.nudging.sender import Posted
from bot.nudging.texts import load_texts
from bot.requesting.flow import Asking
from knowledge.store.requests import Candidate, Request, request_id
from tests.bot.nudging.talking import TUESDAY, FakeSender, Killed

HOUR = 3600
DAY = 86_400
COPIES = itertools.count(1)
NOBODY_AWAY = RequestSettings()
WITH_CHANNEL = RequestSettings(channel="C-help")


class FakeChannels:
    """One copy's way to the channels of the server: what stands there is `server.board`, by (channel, thread, mark)."""

    def __init__(self, server, fault=""):
        self.server = server
        self.fault = fault
        if not hasattr(server, "board"):
            server.board = []  # [mark, channel, thread, message]

    async def find_in(self, mark, channel, thread, since):
        held = (Posted(channel, str(n)) for n, one in enumerate(self.server.board) if one[0] == mark)
        return next(held, None)

    async def say_in(self, mark, channel, thread, message):
        fault, self.fault = self.fault, ""
        if fault == "killed before":
            raise Killed
        self.server.board.append([mark, channel, thread, message])
        if fault == "killed after":
            raise Killed
        return Posted(channel, str(len(self.server.board) - 1))

    async def edit(self, at, message):
        self.server.board[int(at.ts)][3] = message


class Copy:
    """One running copy of the bot, as far as it brings questions to people."""

    def __init__(self, db, server, settings=NOBODY_AWAY, team=None, fault="", board_fault=""):
        self.server = server
        self.sender = FakeSender(server, fault)
        self.channels = FakeChannels(server, board_fault)
        team = team or Team()
        self.asking = Asking(db, settings, team)
        holder = f"copy {next(COPIES)}"
        self.runner = Runner(db, holder, self.sender, team, load_texts(), [self.asking], self.channels)

    async def run(self, now, tick=0.0):
        return await self.runner.run(lambda: now, tick)


def request(text="How do I rotate the signing key?", asker=6, candidates=((1, 0.9), (2, 0.85), (3, 0.5)), now=TUESDAY,
            **more):  # fmt: skip
    told = {
        "platform": "slack", "place": "T1/C1", "thread": "t1", "asker": f"U{asker}", "asker_name": "Fay",
        "asker_id": asker, "repo_id": 1, "area": "src/auth",
    } | more  # fmt: skip
    people = tuple(Candidate(person, retention, "12 commits in the last year") for person, retention in candidates)
    return Request(request_id("slack", told["asker"], text, now), text, now, candidates=people, **told)


def dms(server):
    """Who was sent what kind of message."""
    return [(mark.split()[2], people) for mark, people, _ in server.posted]
