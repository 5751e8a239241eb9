"""Showing that the bot is at it, where it takes long enough to be noticed; never in the way of the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack_api import error_code
from bot.chat.slack_events import Heard

log = logging.getLogger(__name__)

STATUS = "is looking it up…"
REACTION = "eyes"  # where a status cannot be shown
TRY_AGAIN_SECONDS = 3600  # where a status was refused


async def tried(call: Awaitable[object]) -> bool:
    """Whether a call that nothing depends on worked."""
    try:
        await call
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.info("left undone: %s", error_code(error) if isinstance(error, SlackApiError) else repr(error))
        return False
    return True


class Status:
    """The thread's status, which Slack itself takes away when the reply comes; else a reaction that is taken back."""

    def __init__(self, client: AsyncWebClient, after_seconds: float) -> None:
        self._client = client
        self._after_seconds = after_seconds
        self._refused: dict[str, float] = {}  # first letter of the channel (kind of it) → when it may be tried again
        self._clearing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def shown(self, heard: Heard) -> AsyncIterator[None]:
        """Show it while the block runs; what is shown is cleared behind the answer's back."""
        begun = asyncio.Event()
        showing = asyncio.create_task(self._show(heard, begun))
        try:
            yield
        finally:
            if not begun.is_set():
                showing.cancel()
            else:
                clearing = asyncio.create_task(self._clear(heard, showing, in_time=showing.done()))
                self._clearing.add(clearing)
                clearing.add_done_callback(self._clearing.discard)

    async def _show(self, heard: Heard, begun: asyncio.Event) -> str:
        await asyncio.sleep(self._after_seconds)
        begun.set()
        if heard.ephemeral:
            return ""
        kind = heard.channel[:1]
        if self._refused.get(kind, 0.0) < time.monotonic():
            if await self._set(heard, STATUS):
                return STATUS
            self._refused[kind] = time.monotonic() + TRY_AGAIN_SECONDS
        if heard.kind == "choice":
            return ""
        reaction = self._client.reactions_add(channel=heard.channel, timestamp=heard.ts, name=REACTION)
        return REACTION if await tried(reaction) else ""

    async def _clear(self, heard: Heard, showing: asyncio.Task[str], *, in_time: bool) -> None:
        shown = await showing
        if shown == REACTION:
            await tried(self._client.reactions_remove(channel=heard.channel, timestamp=heard.ts, name=REACTION))
        elif shown == STATUS and not in_time:  # the reply, which takes the status away, may have come before it
            await self._set(heard, "")

    async def _set(self, heard: Heard, status: str) -> bool:
        return await tried(
            self._client.assistant_threads_setStatus(channel_id=heard.channel, thread_ts=heard.reply_to, status=status)
        )
