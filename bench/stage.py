"""What the demos in a real local Slack have in common: their folder, the bot in this process, people and a transcript."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.local_slack import LocalSlack, binary, enter_namespace
from bot.chat.slack import SlackBot
from knowledge.errors import Mistake

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".demo"
PROFILE = FOLDER / "browser"
UP_SECONDS = 20

Clock = Callable[[], int]  # seconds UTC


def perform(module: str, doc: str | None, demo: Callable[[argparse.Namespace], Awaitable[None]], *options: str) -> int:
    """A demo's command line: the server is fetched while there is a network, all else runs in a namespace of its own.

    Args:
        module: where to begin again inside.
        doc: what --help says.
        demo: the demo, told its options.
        options: names of its own positional arguments, which may be left out.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in options:
        parser.add_argument(name, nargs="?", default=str(ROOT))
    parser.add_argument("--no-picture", action="store_true")
    args = parser.parse_args()
    try:
        binary(FOLDER)
        enter_namespace(module)
        asyncio.run(_awaited(demo(args)))
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        return 1
    return 0


async def _awaited(demo: Awaitable[None]) -> None:
    await demo


@asynccontextmanager
async def in_slack(bot: SlackBot) -> AsyncIterator[None]:
    """A bot of this process, connected for the time of the block."""
    stop = asyncio.Event()
    running = asyncio.create_task(bot.run(stop))
    try:
        async with asyncio.timeout(UP_SECONDS):
            while not bot.healthy() and not running.done():
                await asyncio.sleep(0.05)
        yield
    finally:
        stop.set()
        await running


def words(message: Mapping[str, Any]) -> str:
    """What a message shows, as text."""
    lines = []
    for block in message.get("blocks") or ():
        if "text" in block:
            lines.append(block["text"]["text"])
        shown = [_element(e) for e in block.get("elements", ())]
        lines.append("  ".join(shown))
    text = "\n".join(line for line in lines if line) or str(message.get("text"))
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    files = [
        f"(a file: {one.get('title') or one.get('name')}, {one.get('name')})" for one in message.get("files") or ()
    ]
    return "\n".join([*([text] if text.strip() else []), *files])


def _element(element: Mapping[str, Any]) -> str:
    said = element.get("text") or element.get("placeholder") or ""
    return said if isinstance(said, str) and said else f"[{said['text']}]" if said else ""


def fields_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of a form: label → text."""
    found = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            chosen = (element.get("initial_option") or {}).get("text", {}).get("text", "")
            found[block["label"]["text"]] = str(element.get("initial_value") or chosen)
    return found


class Play:
    """People who press and write things in their conversations with the bot, and what they see, as a transcript."""

    def __init__(
        self,
        slack: LocalSlack,
        people: Mapping[str, str],
        clock: Clock,
        tell: Callable[[str], None] = print,
        patience: float = 10.0,
    ) -> None:
        """The parts.

        Args:
            slack: the server.
            people: name → account.
            clock: the time of the story, seconds UTC.
            tell: takes the transcript.
            patience: seconds in which what is waited for comes.
        """
        self.slack, self.people, self.clock, self.tell, self.patience = slack, people, clock, tell, patience
        self.seen: dict[str, set[str]] = {}
        self.rooms: dict[str, str] = {}

    async def open_rooms(self) -> None:
        """The conversation of each with the bot."""
        self.rooms = {name: await self.slack.direct_channel(number) for name, number in self.people.items()}
        self.seen = {name: set() for name in self.people}

    async def news(self, name: str, seconds: float = 0.0, *, show: bool = True) -> dict[str, Any]:
        """The next thing that somebody sees, new or changed; in their own conversation, or a channel of that name."""
        room = self.rooms.get(name, name)
        seen = self.seen.setdefault(name, set())
        async with asyncio.timeout(seconds or self.patience):
            while True:
                for message in await self.slack.messages(room):
                    state = f"{message['ts']} {message.get('text')} {message.get('blocks')}"
                    if message.get("bot_id") and state not in seen:
                        seen.add(state)
                        if show:
                            self.show(name, message)
                        return message
                await asyncio.sleep(0.05)

    async def skip(self, name: str, *, show: bool = True) -> None:
        """Whatever else changed meanwhile, such as buttons taken off."""
        with suppress(TimeoutError):
            while True:
                await self.news(name, 0.7, show=show)

    async def press(self, name: str, message: dict[str, Any], button: str) -> dict[str, Any]:
        """A button; returns what only they see then."""
        label = await self.slack.click(self.people[name], message, button)
        self.tell(f"\n{name} presses [{label}]")
        return await self.told(name)

    async def told(self, name: str) -> dict[str, Any]:
        """The next thing that only they see."""
        while True:
            seen = await self.news(name, show=False)
            if seen.get("ephemeral_to"):
                self.show(name, seen)
                return seen

    async def opens(self, name: str, message: dict[str, Any], button: str, form: str) -> dict[str, Any]:
        """A button that opens a form."""
        label = await self.slack.click(self.people[name], message, button)
        view = await self.slack.form(form)
        self.tell(f"\n{name} presses [{label}], and a form opens: {view['title']['text']}")
        for block in view["blocks"]:
            if block["type"] == "section":
                self.tell(indented(block["text"]["text"]))
        for field, text in fields_of(view).items():
            self.tell(indented(f"{field}: {text}" if text else f"{field}: …"))
        return view

    async def sends(self, name: str, view: Mapping[str, Any], **fields: str) -> None:
        """The form, filled in.

        Raises:
            RuntimeError: the bot found something wrong with it.
        """
        told = "\n".join(indented(f"{field}: {text}") for field, text in fields.items())
        self.tell(f"\n{name} sends it" + (f" with\n{told}" if told else ", as it is"))
        if wrong := await self.slack.submit(self.people[name], view, fields):
            raise RuntimeError(f"{name} is told {wrong}")

    async def says(self, name: str, text: str) -> dict[str, Any]:
        """Somebody writes to the bot; returns its answer."""
        await self.slack.say(self.people[name], self.rooms[name], text)
        self.tell(f"\n{self._when()}  {name} to Lamplighter: {text}")
        return await self.news(name)

    async def commands(self, name: str, text: str) -> dict[str, Any]:
        """Somebody types `/lamp text`; returns the answer."""
        await self.slack.command(self.people[name], self.rooms[name], text)
        self.tell(f"\n{self._when()}  {name}: /lamp {text}")
        return await self.news(name)

    def _when(self) -> str:
        return f"{datetime.fromtimestamp(self.clock(), UTC):%a %d %b %H:%M}"

    def show(self, name: str, message: Mapping[str, Any]) -> None:
        """What somebody sees, in the transcript."""
        only = ", only to them" if message.get("ephemeral_to") else ""
        where = f"to {name}{only}" if name in self.rooms else "in the channel"
        self.tell(f"\n{self._when()}  Lamplighter {where}:\n{indented(words(message))}")


def indented(text: str) -> str:
    """Every line of it, four spaces in."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
