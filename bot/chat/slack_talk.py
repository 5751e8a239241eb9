"""What the bot does in Slack, as the `Platform` that `once.py` answers through: think, send, find, settle."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat import slack_blocks as render
from bot.chat.flows.base import Pressed
from bot.chat.once import Reply, fault, mark
from bot.chat.slack_api import EVENT_TYPE, TOO_LONG, Pace, error_code, is_ambiguous, post_once
from bot.chat.slack_desk import Desk, bears
from bot.chat.slack_events import Heard, Own, clean, from_receipt, mentioned
from bot.chat.slack_flows import Flows, whisper
from bot.chat.slack_people import Directory, Standing, refusal
from bot.chat.slack_status import Status, tried
from bot.message import Asker, Incoming, Message, Note, Text
from knowledge.store.receipts import Receipt

log = logging.getLogger(__name__)

ReplyTo = Callable[[Incoming], Message]
Greeting = Callable[[Asker, str], object]  # somebody joined, in this time zone: what is to be said to them is kept
TakeFeedback = Callable[[int, Asker, str, str], Message | None]  # what to say to it; None: thanks

THANKS = {
    "helpful": "Thank you, noted as helpful.",
    "not": "Thank you, noted as not helpful. Asking again in other words may find more.",
    "person": "Noted that this question wants a person. I don't pass questions on here: nobody has been asked.",
}
CANNOT_POST = (
    "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_thread_locked",
    "restricted_action_non_threadable_channel", "restricted_action_read_only_channel", "cannot_reply_to_message",
    "thread_not_found", "message_not_found", "team_access_not_granted", "user_not_in_channel", "no_permission",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """Who besides the team's members is answered."""

    allow_guests: bool = False
    allow_external: bool = False
    allow_bots: bool = False


@dataclass
class Talk:
    """The Slack side of answering. `posts` is the client without retries of its own, `client` the one with."""

    client: AsyncWebClient
    posts: AsyncWebClient
    own: Own
    reply: ReplyTo
    feedback: TakeFeedback
    access: Access
    pace: Pace
    flows: Flows = field(default_factory=Flows)
    greeting: Greeting | None = None
    name: str = "slack"

    def __post_init__(self) -> None:
        self.directory = Directory(self.client, self.own)
        self.status = Status(self.client, self.pace.status_after)
        self.desk = Desk(self.client, self.posts, self.own, self.directory, self.pace)

    # -- think --------------------------------------------------------------------------------------------------------

    async def think(self, receipt: Receipt) -> Reply | None:
        heard = from_receipt(receipt)
        who = await self._who(heard)
        if who is None:
            return None
        no = self._refusal(who)
        if no:
            silent = heard.kind in ("follow_up", "joined")
            return None if silent else Reply(Message((Text(no),)), private=True, state="refused")
        asker = Asker("slack", who.id, who.name, who.email)
        if heard.kind == "joined":
            if self.greeting:
                await asyncio.to_thread(self.greeting, asker, who.zone)
            return None  # the runner says it, when its time has come
        if heard.kind == "feedback":
            return await self._thank(heard, asker)
        if heard.kind == "pressed":
            return await self.flows.think(heard, asker, self.desk, again=receipt.resumed)
        names = await self.directory.names(mentioned(heard.text) - {self.own.user})
        incoming = Incoming(
            clean(heard.text, self.own, names) or "help",
            asker,
            place=f"{self.own.team}/{heard.channel}",
            thread=heard.thread,
            time=int(time.time()),
        )
        async with self.status.shown(heard):
            message = await asyncio.to_thread(self.reply, incoming)
        return Reply(message, private=heard.ephemeral or (message.private and heard.kind != "dm"))

    async def open_form(self, pressed: Pressed) -> None:
        """Open the form that somebody pressed for, unless they are nobody whom we answer."""
        who = await self.directory.who(pressed.user)
        if who.bot and not self.access.allow_bots:
            return
        if no := self._refusal(who):
            await whisper(self.desk, pressed, Message((Text(no),)))
            return
        await self.flows.open(pressed, Asker("slack", who.id, who.name, who.email), self.desk)

    def _refusal(self, who: Standing) -> str:
        return refusal(who, allow_guests=self.access.allow_guests, allow_external=self.access.allow_external)

    async def _who(self, heard: Heard) -> Standing | None:
        if heard.bot and (not self.access.allow_bots or heard.kind == "follow_up"):
            return None
        if not heard.user:
            return Standing(heard.bot, name=heard.bot, bot=True)
        who = await self.directory.who(heard.user)
        return None if who.bot and not self.access.allow_bots else who

    async def _thank(self, heard: Heard, asker: Asker) -> Reply:
        said = await asyncio.to_thread(self.feedback, heard.question_id, asker, heard.verdict, "")
        return Reply(said or Message((Text(THANKS.get(heard.verdict, "Noted.")),)), private=True)

    # -- send ---------------------------------------------------------------------------------------------------------

    async def send(self, receipt: Receipt, reply: Reply) -> str:
        heard = from_receipt(receipt)
        try:
            if reply.private or heard.kind in ("feedback", "pressed"):  # a failure, too
                return await self._whisper(heard, reply.message)
            return await self._say(receipt, heard, reply.message)
        except SlackApiError as error:
            if error_code(error) not in CANNOT_POST:
                raise
            return await self._in_private(heard, error)

    async def _say(self, receipt: Receipt, heard: Heard, message: Message) -> str:
        async def send(budget: int) -> str:
            posted = await self.posts.chat_postMessage(
                channel=heard.channel,
                thread_ts=heard.reply_to or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"receipt": mark(receipt.key)}},
                **self._shown(heard, message, budget, mark(receipt.key)),
            )
            return str(posted["ts"])

        kept, extra = await post_once(send, lambda: self._marked(receipt), self.pace)
        for other in extra:
            await tried(self.client.chat_delete(channel=heard.channel, ts=other))
        return kept

    async def _whisper(self, heard: Heard, message: Message) -> str:
        hooks = [heard.response_url] if heard.response_url and heard.ephemeral else []

        async def send(budget: int) -> str:
            shown = self._shown(heard, message, budget)
            if hooks:
                try:
                    return await self._respond(hooks[0], shown)
                except SlackApiError as error:
                    if is_ambiguous(error) or error_code(error) in TOO_LONG:
                        raise
                    log.info("the response URL is used up (%s)", error_code(error))
                    hooks.clear()
            if heard.channel == heard.user:  # a form that was opened from no message
                return str((await self.posts.chat_postMessage(channel=heard.user, **shown))["ts"])
            in_thread: dict[str, Any] = {} if heard.reply_to == heard.ts else {"thread_ts": heard.reply_to or None}
            posted = await self.posts.chat_postEphemeral(channel=heard.channel, user=heard.user, **in_thread, **shown)
            return str(posted["message_ts"])

        async def nobody_knows() -> None:
            return None

        return (await post_once(send, nobody_knows, self.pace, answered_means_no=True))[0]

    async def _respond(self, url: str, shown: dict[str, Any]) -> str:
        # The clients' 429 handler counts for this one, too; a lost connection may mean that it was said.
        webhook = AsyncWebhookClient(url, timeout=self.pace.api_timeout, retry_handlers=self.posts.retry_handlers)
        said = {key: shown[key] for key in ("text", "blocks") if key in shown}
        answer = await webhook.send(response_type="ephemeral", replace_original=False, **said)
        if answer.status_code != 200:
            code = (
                "msg_blocks_too_long" if "too_long" in answer.body or "invalid_blocks" in answer.body else answer.body
            )
            error = "internal_error" if answer.status_code >= 500 else code or "refused"
            failed: Any = {"ok": False, "error": error}
            raise SlackApiError(answer.body, failed)  # type: ignore[no-untyped-call]
        return "ephemeral"

    def _shown(self, heard: Heard, message: Message, budget: int, marker: str = "") -> dict[str, Any]:
        flat: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
        if not budget:
            return {**flat, "text": render.plain_text(message)}
        blocks = render.blocks(message, marker=marker, echo=heard.echo, budget=budget)
        blocks += message.data.get("rows", ())  # of a flow
        if heard.verdict == "person" and heard.person and "request" not in message.data:
            # Only the one who pressed sees this, so the mention calls nobody.
            blocks.append(render.context(f"The one to ask is <@{heard.person}>."))
        return {**flat, "text": render.notice(message), "blocks": blocks}

    async def _in_private(self, heard: Heard, error: SlackApiError) -> str:
        """Say in a direct message that the reply may not be said where it was asked for."""
        sorry = fault(error, "posting my reply there")
        note = Note(f"Slack says `{error_code(error)}`: invite me to the channel, or ask me here.")
        shown = self._shown(heard, Message((*sorry.parts, note)), render.BUDGET)
        posted = await self.client.chat_postMessage(channel=heard.user, **shown)
        return str(posted["ts"])

    # -- find and settle ----------------------------------------------------------------------------------------------

    async def find(self, receipt: Receipt) -> str | None:
        heard = from_receipt(receipt)
        if heard.ephemeral or heard.kind in ("feedback", "pressed", "joined"):
            return None
        found = await self._marked(receipt)
        return None if found is None else (found[0] if found else "")

    async def settle(self, receipt: Receipt, reply_id: str) -> str:
        heard = from_receipt(receipt)
        if heard.ephemeral or heard.kind in ("feedback", "pressed", "joined"):
            return reply_id
        try:
            marked = await self._marked(receipt)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("could not look for another reply to %s: %r", receipt.key, error)
            return reply_id
        if not marked or reply_id not in marked[1:]:
            return reply_id
        log.warning("another copy answered %s as well; taking ours back", receipt.key)
        await tried(self.client.chat_delete(channel=heard.channel, ts=reply_id))
        return marked[0]

    async def _marked(self, receipt: Receipt) -> list[str] | None:
        """The ids of our messages in the thread that bear the receipt's mark, oldest first."""
        heard = from_receipt(receipt)
        sign, found, cursor = mark(receipt.key), [], ""
        since = heard.ts if heard.kind in ("mention", "dm", "follow_up") else heard.reply_to
        while True:
            try:
                page = await self.client.conversations_replies(
                    channel=heard.channel,
                    ts=heard.reply_to,
                    oldest=since,
                    limit=200,
                    include_all_metadata=True,
                    cursor=cursor or None,
                )
            except SlackApiError as error:
                if error_code(error) in ("missing_scope", "not_in_channel", "channel_not_found"):
                    log.warning("cannot look for earlier replies: %s", error_code(error))
                    return None
                if error_code(error) == "thread_not_found":
                    return []
                raise
            found += [str(m["ts"]) for m in page["messages"] if m.get("bot_id") == self.own.bot and bears(m, sign)]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return sorted(found)
