"""A house in Slack: the bot that answers there, what people can do beside asking, and what speaks first."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from bot.chat.flows.base import Flow
    from bot.chat.slack import SlackBot
    from bot.message import Asker, Message
    from bot.nudging.sender import Sender
    from bot.wiring import House


class SlackSide:
    """What of a house is in Slack, each part made at its first use."""

    def __init__(self, house: House) -> None:
        self._house = house

    @cached_property
    def _bot(self) -> SlackBot:
        from bot.chat.flows.wiki import kept_as_page
        from bot.chat.slack import SlackBot, SlackSettings, Tokens
        from bot.message import Incoming
        from bot.people.hello import welcome
        from bot.wiki.sources import can_be_page

        said = self._house.settings.slack
        settings = SlackSettings(
            mode=said.mode,
            port=said.port,
            allow_guests=said.allow_guests,
            allow_external=said.allow_external,
            allow_bots=said.allow_bots,
        )
        tokens, conversation = Tokens.from_environment(said.mode), self._house.conversation()

        def feedback(question_id: int, asker: Asker, verdict: str, note: str) -> Message | None:
            conversation.feedback(question_id, asker, verdict, note)
            if verdict == "person":
                return conversation.bring_question(question_id, Incoming("", asker, ""))
            is_page = verdict == "helpful" and can_be_page(self._house.db, question_id)
            return kept_as_page(question_id) if is_page else None

        def greet(asker: Asker, zone: str) -> object:
            return welcome(self._house.db, asker, zone, int(time.time()))

        greeting = greet if said.greet else None
        return SlackBot(settings, tokens, conversation.reply, feedback, self._house.db, self._flows(), greeting)

    def _flows(self) -> list[Flow]:
        """What people do in Slack besides asking, one file each in `bot/chat/flows/`."""
        from bot.chat.flows.nudge import NudgeFlow
        from bot.chat.flows.request import RequestFlow
        from bot.chat.flows.wiki import WikiFlow
        from bot.chat.flows.willing import WillingFlow

        def clock() -> int:
            return int(time.time())

        requests = RequestFlow(self._house.asking, self._house.conversation().bring, clock)
        wiki, willing = WikiFlow(self._house.db, lambda: self._house.wiki, clock), WillingFlow(self._house.db, clock)
        return [NudgeFlow(self._house.db, self._house.nudging(), clock), requests, wiki, willing]

    def sender(self) -> Sender:
        """What says things first in Slack.

        Raises:
            Mistake: a token is missing, or of the wrong kind.
        """
        from bot.chat.slack import Tokens
        from bot.chat.slack_sender import SlackSender

        return SlackSender(
            self._house.db, Tokens.from_environment(self._house.settings.slack.mode), lambda: int(time.time())
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Run the bot in Slack until `stop`.

        Raises:
            Mistake: a token is missing, of the wrong kind, or refused.
        """
        await self._bot.run(stop)

    def healthy(self) -> bool:
        """Whether Slack reaches us."""
        return self._bot.healthy()
