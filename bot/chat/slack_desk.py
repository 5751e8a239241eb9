"""What flows and whatever speaks first do in Slack: forms, posts that are found again by their mark, rooms, files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat import slack_blocks as render
from bot.chat.flows.base import Pressed
from bot.chat.flows.parse import packed
from bot.chat.slack_api import EVENT_TYPE, Pace, error_code, post_once
from bot.chat.slack_events import Own
from bot.chat.slack_people import Directory
from bot.chat.slack_status import tried
from bot.message import Message

log = logging.getLogger(__name__)

Block = dict[str, Any]

PAGE = 200
PAGES = 10  # of a conversation's history that are looked through for a mark, from its end
ROWS_COST = 2500  # characters that rows of buttons may take beside a message


@dataclass
class Desk:
    """Slack, as far as a flow needs it. `posts` is the client without retries of its own, `client` the one with.

    Whatever is not caught here is an `SlackApiError` (Slack will not have it) or an `Unreachable` (it does not answer).
    """

    client: AsyncWebClient
    posts: AsyncWebClient
    own: Own
    directory: Directory
    pace: Pace
    _rooms: dict[str, str] = field(default_factory=dict)

    async def open(self, pressed: Pressed, view: Block) -> str:
        """Open a form over what somebody pressed; returns its id. Within three seconds of the press."""
        meta = packed(str(view.get("private_metadata") or ""), pressed)
        made = await self.posts.views_open(trigger_id=pressed.trigger, view={**view, "private_metadata": meta})
        return str(made["view"]["id"])

    async def refill(self, pressed: Pressed, view_id: str, view: Block) -> None:
        """Show something else in an open form."""
        meta = packed(str(view.get("private_metadata") or ""), pressed)
        await self.client.views_update(view_id=view_id, view={**view, "private_metadata": meta})

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        mark: str,
        buttons: Sequence[Block] = (),
        thread: str = "",
        look: bool = False,
    ) -> str:
        """Post once; returns the ts. The mark (255 characters at most) goes along, and finds it again.

        Args:
            channel: an id of a channel, a room or a user.
            message: what is said.
            mark: its name, the same whenever this is tried.
            buttons: rows of `forms.row` below it.
            thread: the ts of the message that it answers.
            look: first see whether it stands there already: somebody who tried before may have died.
        """

        async def find() -> list[str]:
            return await self.marked(channel, mark, thread)

        if look and (found := await find()):
            return found[0]

        async def send(budget: int) -> str:
            shown = self.shown(message, buttons, mark, budget)
            marked = {"event_type": EVENT_TYPE, "event_payload": {"receipt": mark}}
            in_thread: dict[str, Any] = {"thread_ts": thread} if thread else {}
            posted = await self.posts.chat_postMessage(channel=channel, metadata=marked, **in_thread, **shown)
            return str(posted["ts"])

        kept, extra = await post_once(send, find, self.pace)
        for other in extra:
            await tried(self.client.chat_delete(channel=channel, ts=other))
        return kept

    async def update(
        self, channel: str, ts: str, message: Message, *, buttons: Sequence[Block] = (), mark: str = ""
    ) -> bool:
        """Let a message of ours say something else; False where it cannot (it is gone, or too old to be edited)."""
        return await tried(
            self.client.chat_update(channel=channel, ts=ts, **self.shown(message, buttons, mark, render.BUDGET))
        )

    async def replace(
        self, pressed: Pressed, message: Message, *, buttons: Sequence[Block] = (), mark: str = ""
    ) -> bool:
        """Let the message that somebody pressed something on say something else, also where only they see it."""
        if not pressed.ephemeral:
            return await self.update(pressed.channel, pressed.ts, message, buttons=buttons, mark=mark)
        hook = AsyncWebhookClient(
            pressed.response_url, timeout=self.pace.api_timeout, retry_handlers=self.client.retry_handlers
        )
        said = self.shown(message, buttons, mark, render.BUDGET)
        try:
            answer = await hook.send(replace_original=True, text=said["text"], blocks=said["blocks"])
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("left undone: %r", error)
            return False
        return answer.status_code == 200

    async def settle(self, pressed: Pressed, note: str) -> bool:
        """Take the buttons off the message that somebody pressed one of, and say why below it."""
        kept = [block for block in pressed.message.get("blocks") or () if block.get("type") != "actions"]
        if not kept:
            return False
        blocks = [*kept[: render.BLOCKS - 1], render.context(note)]
        text = str(pressed.message.get("text") or note)
        return await tried(self.client.chat_update(channel=pressed.channel, ts=pressed.ts, text=text, blocks=blocks))

    async def marked(self, channel: str, mark: str, thread: str = "") -> list[str]:
        """The messages of ours that bear a mark in a channel or thread, oldest first, of its last 2,000."""
        found: list[str] = []
        cursor = ""
        for _ in range(PAGES):
            asked: dict[str, Any] = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
            asked |= {"cursor": cursor} if cursor else {}
            try:
                page = (
                    await self.client.conversations_replies(ts=thread, **asked)
                    if thread
                    else await self.client.conversations_history(**asked)
                )
            except SlackApiError as error:
                if error_code(error) == "thread_not_found":
                    return []
                raise
            found += [str(one["ts"]) for one in page["messages"] if self._is_ours(one) and bears(one, mark)]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return sorted(found, key=float)

    async def room(self, users: Sequence[str]) -> str:
        """The conversation of the bot with these people alone: a direct message, or a group's.

        Raises:
            SlackApiError: there can be none (a scope is missing, somebody is gone).
        """
        name = ",".join(sorted(set(users)))
        if name not in self._rooms:
            number = str((await self.client.conversations_open(users=name))["channel"]["id"])
            if "," in name and number.startswith("D"):  # a server that knows no groups gives the first one's own
                refused: Any = {"ok": False, "error": "not_implemented"}
                raise SlackApiError("no room for several", refused)  # type: ignore[no-untyped-call]
            self._rooms[name] = number
        return self._rooms[name]

    async def upload(self, channel: str, name: str, content: bytes, *, title: str, thread: str = "") -> bool:
        """Show a file in a channel or thread; False where the app may not, or Slack does not answer."""
        upload = self.client.files_upload_v2(
            channel=channel, thread_ts=thread or None, content=content, filename=name, title=title
        )
        try:
            await upload
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning(
                "%s was not uploaded (%s)", name, error_code(error) if isinstance(error, SlackApiError) else error
            )
            return False
        return True

    def shown(self, message: Message, buttons: Sequence[Block], mark: str, budget: int) -> dict[str, Any]:
        """A message as `chat.postMessage` takes it."""
        flat: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
        if not budget:
            return {**flat, "text": render.plain_text(message)}
        room = max(1000, budget - (ROWS_COST if buttons else 0))
        blocks = render.blocks(message, marker=mark[:255], budget=room)[: render.BLOCKS - len(buttons)]
        return {**flat, "text": render.notice(message), "blocks": [*blocks, *buttons]}

    def _is_ours(self, message: Any) -> bool:
        return not self.own.bot or message.get("bot_id") == self.own.bot


def bears(message: Any, mark: str) -> bool:
    """Whether a message of Slack's history bears a mark; some servers keep no metadata, hence the block's id."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return payload.get("receipt") == mark or any(b.get("block_id") == mark[:255] for b in message.get("blocks") or ())
