"""Socket Mode that stays connected: the SDK's aiohttp client, watched, and replaced when it cannot help itself.

The SDK reconnects on its own in most cases. In one it does not: `connect()` that fails goes on with the same URL, whose
ticket a server may have forgotten. So a socket that shows no life for a while is closed and made anew.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.once import wait
from bot.chat.slack_api import Pace, error_code, is_ambiguous
from knowledge.errors import Mistake

log = logging.getLogger(__name__)


class Socket:
    """The connection of one app; `connected` is true while Slack's events reach us."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, pace: Pace) -> None:
        self.app = app
        self.client = client  # authenticated by the app-level token
        self.pace = pace
        self.connected = False

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`.

        Raises:
            Mistake: Slack refuses the app-level token.
        """
        pause = self.pace.retry_pause
        while not stop.is_set():
            try:
                lived = await self._one(await self._url(), stop)
                pause = self.pace.retry_pause if lived else min(pause * 2, 30.0)
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                log.warning("no socket to Slack (%s); next try in %.0f s", error, pause)
                pause = min(pause * 2, 30.0)
            self.connected = False
            await wait(stop, pause)

    async def _url(self) -> str:
        try:
            return str((await self.client.apps_connections_open(app_token=str(self.client.token)))["url"])
        except SlackApiError as error:
            if is_ambiguous(error) or error_code(error) == "ratelimited":
                raise
            raise Mistake(
                f"Slack refuses SLACK_APP_TOKEN ({error_code(error)})",
                "Make an app-level token (xapp-…) with connections:write and switch Socket Mode on "
                "(docs/slack.md, step 2).",
            ) from error

    async def _one(self, url: str, stop: asyncio.Event) -> bool:
        """One handler's life; whether it ever was connected."""
        handler = AsyncSocketModeHandler(
            self.app, str(self.client.token), web_client=self.client, ping_interval=self.pace.ping
        )
        socket: Any = handler.client
        socket.wss_uri = url  # asked for already, once a minute is what Slack allows
        lived = False
        try:
            await asyncio.wait_for(socket.connect(), self.pace.reconnect)
            last_seen = asyncio.get_running_loop().time()
            while not stop.is_set():
                self.connected = await socket.is_connected()
                now = asyncio.get_running_loop().time()
                last_seen = now if self.connected else last_seen
                lived = lived or self.connected
                if now - last_seen > self.pace.reconnect:
                    log.warning("the socket to Slack shows no life; making a new one")
                    break
                await wait(stop, 0.5)
        finally:
            self.connected = False
            await socket.close()
        return lived
