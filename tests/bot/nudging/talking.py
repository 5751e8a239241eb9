"""A chat server as far as a Sender needs one, with faults by order; and a store with a few people and a nudge."""

from __future__ import annotations

import itertools

from bot.nudging.flow import proposal
from bot.nudging.people import Team
from bot.nudging.sender import Posted, UnreachableError
from knowledge.store.nudges import Nudge, Nudges, Party, nudge_id
from tests.teams import seconds

TUESDAY = seconds("2024-06-11 10:00")
WEEK = "2024-W24"
DAY = 86_400


class Killed(BaseException):
    """The process died here."""


class Server:
    """What every copy of the bot talks to: keeps what was posted, under its mark."""

    def __init__(self):
        self.posted = []  # (mark, people, text)

    def marks(self):
        return [mark for mark, _, _ in self.posted]


class FakeSender:
    """One copy's way to the server; `fault` says what goes wrong at the next send, and where."""

    def __init__(self, server, fault=""):
        self.server = server
        self.fault = fault
        self.deaf = False

    def reaches(self, person):
        return True

    async def find_posted(self, mark, people, since):
        if self.deaf:
            raise ConnectionError("the server does not answer")
        places = (Posted("D1", str(n)) for n, one in enumerate(self.server.posted) if one[0] == mark)
        return next(places, None)

    async def send(self, mark, people, message):
        fault, self.fault = self.fault, ""
        if fault == "refused":
            raise UnreachableError("no account", people[0])
        if fault == "killed before":
            raise Killed
        if fault == "lost before":
            raise ConnectionError("lost")
        self.server.posted.append((mark, tuple(people), message.text))
        if fault == "killed after":
            raise Killed
        if fault == "lost after":
            raise ConnectionError("lost")
        return Posted("D1", str(len(self.server.posted) - 1))


NAMES = ("Ada", "Bob", "Cleo", "Dan", "Eve", "Fay")


def people(db, names=NAMES):
    """People 1, 2, … by name, and the repository 1."""
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
        for name in names:
            tx.run("INSERT INTO people (name, email) VALUES (:n, :e)", n=name, e=f"{name.lower()}@example.org")


FACTS = {"why": "{shows} worked on it in 5 of the last 8 weeks", "now": "12 changes came in this month",
         "gain": "{learns} could go on there, too"}  # fmt: skip


def nudge(kind="share", pair=(1, 2), area="src/auth", week=WEEK, now=TUESDAY):
    roles = ("shows", "learns") if len(pair) == 2 else ("asked",)
    parties = tuple(Party(person, role) for person, role in zip(pair, roles, strict=True))
    number = nudge_id(kind, 1, area, pair, week)
    return Nudge(number, week, 1, kind, area, parties, now, now + 10 * DAY, state_time=now, facts=FACTS)


def decided(db, *nudges, week=WEEK, now=TUESDAY, approved=True):
    """Open a round with these nudges."""
    entries = [proposal(one, now) for one in nudges]
    return Nudges(db).open_round(week, now, approved=approved, nudges=nudges, entries=entries)


TEAM = Team()
COPIES = itertools.count(1)
