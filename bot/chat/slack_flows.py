"""What people press, handed to the flow whose it is: forms opened at once, the rest heard once, failures told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.chat.flows.base import Flow, Pressed, say
from bot.chat.once import Reply, fault
from bot.chat.slack_api import error_code
from bot.chat.slack_desk import Desk
from bot.chat.slack_events import Heard
from bot.chat.slack_status import tried
from bot.message import Asker, Message

log = logging.getLogger(__name__)

MISTAKES_SECONDS = 2.0  # Slack waits three for what is wrong with a form
OPEN_SECONDS = 10.0  # with what `refill` brings later
TOO_LATE = "Slack did not wait for my form: please press it again."
GONE = "This button is of another version of me, and does nothing any more."
OPENED = ("exchanged_trigger_id", "trigger_exchanged")  # Slack delivered the press twice; the form is open


class Flows:
    """The flows of one copy of the bot, by the names in their ids and by the words after `/lamp`."""

    def __init__(self, flows: Sequence[Flow] = ()) -> None:
        self.by_name = {one.name: one for one in flows}
        self.by_word = {word: one for one in flows for word in one.words}

    def opens_form(self, pressed: Pressed) -> bool:
        """Whether a press opens a form, and needs no receipt."""
        flow = self.by_name.get(pressed.flow)
        return flow is not None and pressed.how != "form" and pressed.what in flow.opens

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:
        """Open the form; never raises: whoever pressed hears what went wrong."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self.by_name[pressed.flow].open(pressed, asker, desk)
        except Exception as error:  # noqa: BLE001  (whatever it is, they hear a sentence)
            code = error_code(error) if isinstance(error, SlackApiError) else ""
            if code in OPENED:
                return
            told = say(TOO_LATE) if code == "expired_trigger_id" else fault(error, "opening a form")
            await whisper(desk, pressed, told)

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:
        """What is wrong with a form, by field; a failure stands beside its first field."""
        flow = self.by_name.get(pressed.flow)
        if flow is None:
            return {}
        try:
            async with asyncio.timeout(MISTAKES_SECONDS):
                return await flow.mistakes(pressed)
        except TimeoutError:
            log.warning("%s took too long to look through a form", pressed.id)
            return {}
        except Exception as error:  # noqa: BLE001  (told beside a field, with its id)
            first = next(iter(pressed.fields), "")
            return {first: fault(error, "looking through this form").text} if first else {}

    async def think(self, heard: Heard, asker: Asker, desk: Desk, *, again: bool) -> Reply | None:
        """What the flow says to whoever pressed; None for nothing."""
        pressed = replace(Pressed(**heard.pressed), again=again)
        flow = self.by_name.get(pressed.flow)
        message = await flow.heard(pressed, asker, desk) if flow else say(GONE)
        return None if message is None else Reply(message, private=True)


async def whisper(desk: Desk, pressed: Pressed, message: Message) -> None:
    """Say something to whoever pressed, where they did; it is not looked whether it arrived."""
    shown = desk.shown(message, (), "", 4000)
    if not pressed.channel:
        await tried(desk.client.chat_postMessage(channel=pressed.user, **shown))
        return
    thread: dict[str, Any] = {"thread_ts": pressed.thread} if pressed.thread else {}
    await tried(
        desk.client.chat_postEphemeral(
            channel=pressed.channel, user=pressed.user, text=shown["text"], blocks=shown["blocks"], **thread
        )
    )


def as_heard(pressed: Pressed) -> Heard:
    """A press as something that a receipt is taken for."""
    return Heard(
        "pressed",
        pressed.channel or pressed.user,
        pressed.once,
        pressed.user,
        reply_to=pressed.thread,
        response_url=pressed.response_url,
        ephemeral=pressed.ephemeral,
        pressed=asdict(pressed),
    )
