"""Saying in Slack that one is glad to help newcomers: when a tour would send one, or after a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.chat.flows.base import Pressed, say
from bot.chat.flows.forms import Block, button, row
from bot.message import Asker, Message
from bot.nudging.replying import UNKNOWN
from bot.people import helping
from knowledge.store import willing
from knowledge.store.database import Database
from knowledge.store.finding import by_chat

if TYPE_CHECKING:
    from bot.chat.slack_desk import Desk

LABELS = {"yes": "Gladly, there", "all": "Gladly, anywhere I know", "no": "Rather not"}


class WillingFlow:
    """See the module."""

    name = "willing"
    opens: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def __init__(self, db: Database, clock: Callable[[], int]) -> None:
        self._db, self._clock = db, clock

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:
        """Nothing opens here."""

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:  # noqa: ARG002
        """There is no form."""
        return {}

    async def heard(self, pressed: Pressed, asker: Asker, desk: Desk) -> Message | None:
        """A yes, here or everywhere, or a no."""
        text, over = await asyncio.to_thread(self._said, pressed, asker)
        if over and not pressed.ephemeral:
            await desk.settle(pressed, f"You said: {LABELS.get(pressed.what, 'yes')}.")
        return say(text)

    def _said(self, pressed: Pressed, asker: Asker) -> tuple[str, bool]:
        person, now = by_chat(self._db, "slack", asker.id, asker.email), self._clock()
        if person is None:
            return UNKNOWN, False
        if pressed.what == "there":  # after a session
            willing.agree(self._db, person.id, [pressed.value], now)
            return "Thank you! Newcomers hear that; `no newcomers` ends it at any time.", False
        told = helping.answered(self._db, pressed.value, person.id, pressed.what, now)
        return told, not told.startswith("This was written")


def rows(said: Mapping[str, Any]) -> tuple[Block, ...]:
    """The buttons of the question, by its `data["willing"]`."""
    mark = str(said.get("mark", ""))
    return (row(*(button(f"willing:{word}", label, mark) for word, label in LABELS.items())),) if mark else ()


def offer(place: str) -> Block:
    """A button for whoever has just shown a place."""
    return button("willing:there", "Newcomers may ask me there", place)
