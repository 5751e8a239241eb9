"""A nudge in a real local Slack, from the proposal to the note: who is told what, and a picture of it.

    make nudge-demo        or: python -m bench.nudge_demo [--no-picture]

A small made-up team with a history of eight months; its round is decided from that history, said, answered, met about
and asked after, with the clock set forward in between. Needs the local Slack server as `make slack-demo` does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.browser import picture_of_thread
from bench.local_slack import BASE, ENVIRONMENT, LocalSlack, binary, serving
from bench.stage import FOLDER, PROFILE, ROOT, Play, in_slack, perform
from bot.chat.flows.nudge import NudgeFlow
from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.chat.slack_sender import SlackSender
from bot.config import Settings
from bot.message import Message, Text
from bot.wiring import House
from knowledge.store.events import by_reference
from knowledge.store.nudges import Nudges

PICTURE = ROOT / "docs" / "nudge-conversation.png"
DAY, HOUR = 86_400, 3600
NOW = int(datetime(2026, 6, 9, 10, tzinfo=UTC).timestamp())  # a Tuesday
PEOPLE = {"Ada": "U01ADA", "Bob": "U02BOB", "Cleo": "U03CLEO"}
USERS = [
    {"id": number, "name": name.lower(), "real_name": f"{name} Example", "email": f"{name.lower()}@example.org"}
    for name, number in PEOPLE.items()
]
STORY = (  # days before now, who, what, where
    (250, "Ada", "Start billing", "billing"), (243, "Bob", "Start mail", "mail"), (236, "Cleo", "Start search", "search"),
    (215, "Bob", "Look into billing", "billing"), (145, "Ada", "Round prices", "billing"), (120, "Bob", "Queue mail", "mail"),
    (99, "Cleo", "Rank hits", "search"), (84, "Ada", "Mail invoices", "mail"), (57, "Cleo", "Search in mail", "mail"),
    (36, "Bob", "Send mail twice at most", "mail"), (29, "Ada", "Taxes", "billing"), (8, "Cleo", "Index by word", "search"),
    (7, "Cleo", "Index by stem", "search"), (6, "Cleo", "Forget stop words", "search"), (5, "Cleo", "Explain hits", "search"),
)  # fmt: skip


class Clock:
    """Now, and what is set forward."""

    def __init__(self) -> None:
        self._ahead = NOW - int(time.time())

    def __call__(self) -> int:
        return int(time.time()) + self._ahead

    def to(self, moment: int) -> None:
        """Set it forward."""
        self._ahead += moment - self()


def history(folder: Path) -> Path:
    """The team's repository."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plain = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True, env=plain)
    for days, who, subject, area in STORY:
        for name in ("one", "two", "three"):
            file = folder / area / f"{name}.py"
            file.parent.mkdir(exist_ok=True)
            with file.open("a") as out:
                out.write(f"# {subject}\n")
        at, mail = f"{NOW - days * DAY} +0000", f"{who.lower()}@example.org"
        stamp = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_NAME": f"{who} Example",
                 "GIT_COMMITTER_NAME": f"{who} Example", "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_EMAIL": mail}  # fmt: skip
        subprocess.run(["git", "add", "-A"], cwd=folder, check=True, env=plain)
        subprocess.run(["git", "commit", "-qm", subject], cwd=folder, check=True, env={**plain, **stamp})
    return folder


async def play(house: House, slack: LocalSlack, clock: Clock, tokens: Tokens) -> Play:
    """The story."""
    speaking = house.speaking(SlackSender(house.db, tokens, clock), clock)
    play = Play(slack, PEOPLE, clock)
    await play.open_rooms()
    await speaking.run()
    Nudges(house.db).approve("the lead", clock())
    print(f"said: {await speaking.run()}")
    one = next(n for n in Nudges(house.db).since(0) if n.state == "sent")
    names = dict(house.db.read("SELECT id, SUBSTR(name, 1, LENGTH(name) - 8) FROM people"))
    shows, learns = (names[person] for person in one.people)
    proposal = {name: await play.news(name) for name in (shows, learns)}
    mine = await play.press(shows, proposal[shows], "nudge:yes")
    await play.press(shows, mine, "nudge:pick")
    theirs = await play.press(learns, proposal[learns], "nudge:yes")
    await play.press(learns, theirs, "nudge:pick")
    await speaking.run()
    for name in (shows, learns):
        await play.news(name)
    meet = Nudges(house.db).get(one.id)
    at = (meet and meet.meet_time) or 0
    clock.to(at - 2 * HOUR + 60)
    await speaking.run()
    for name in (shows, learns):
        await play.skip(name)
    clock.to(at + HOUR)
    await speaking.run()
    asked = {name: await play.news(name) for name in (shows, learns)}
    good = await play.press(shows, asked[shows], "nudge:did")
    await play.skip(shows)
    form = await play.opens(shows, good, "nudge:note", "nudge:note")
    await play.sends(shows, form, note="Stop words are forgotten when the index is built, not when it is asked.")
    await play.news(shows)
    await play.press(learns, asked[learns], "nudge:did")
    await play.skip(learns)
    await told(house, one.id, names.items())
    await twice(play, learns, proposal[learns])
    return play


async def told(house: House, number: str, names: Iterable[tuple[int, str]]) -> None:
    """What is known now that was not known before."""
    called = dict(names)
    nudge = Nudges(house.db).get(number)
    print(f"\nstate: {nudge.state if nudge else 'gone'}")
    for event in by_reference(house.db, f"nudge {number}"):
        print(f"evidence: {called[event.person_id]} {event.kind} in {event.path or 'everything'}")


async def twice(play: Play, name: str, message: dict[str, Any]) -> None:
    """A button of the first message, days later."""
    await play.press(name, message, "nudge:later")


async def demo(args: argparse.Namespace) -> None:
    """All of it, inside the namespace."""
    from bot.progress import Bar

    home = FOLDER / "nudges"
    shutil.rmtree(home, ignore_errors=True)
    repo = history(home / "service")
    house = House(Settings(folder=home), None, home=home / "home")
    with Bar() as bar:
        house.senses.index(locations=(str(repo),), steps=("history", "docs"), progress=bar, now=NOW)
    tokens, clock = Tokens.from_environment("socket", ENVIRONMENT), Clock()
    flow = NudgeFlow(house.db, house.nudging(), clock)
    bot = SlackBot(SlackSettings(), tokens, lambda _: Message((Text("…"),)), lambda *_: None, house.db, [flow])
    async with serving(binary(FOLDER), FOLDER, "service team", USERS) as slack, in_slack(bot):
        played = await play(house, slack, clock, tokens)
        if not args.no_picture:
            room = f"{BASE}/archives/{played.rooms['Cleo']}"
            await picture_of_thread(room, PICTURE, PROFILE, thread_width=380, height=1380)
            print(f"The picture: {PICTURE}")


if __name__ == "__main__":
    sys.exit(perform("bench.nudge_demo", __doc__, demo))
