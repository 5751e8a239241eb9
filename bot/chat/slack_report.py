"""The weekly report in a Slack channel: one message, and in its thread the map of areas and the details.

The message carries its receipt's mark, so that a copy that takes over finds it in the channel's history instead of
posting it twice. Where the app may not upload files (scope `files:write`), the thread says so and the words stand
alone.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import slack_blocks as render
from bot.chat.once import Reply, Unreachable, mark
from bot.chat.slack_api import EVENT_TYPE, Pace, error_code, identify, is_ambiguous, post_once, web_client
from bot.chat.slack_desk import bears
from bot.chat.slack_status import tried
from bot.message import Message, Note
from bot.reports.courier import Edition, Make
from bot.reports.message import details, write
from knowledge.errors import Mistake
from knowledge.store.receipts import Key, Receipt

log = logging.getLogger(__name__)

API_URL = "https://slack.com/api/"
LOOK_BACK_SECONDS = 8 * 86_400  # a report of this week is not older
NO_SCOPE = "The map of areas needs the scope `files:write` (docs/slack.md)."


class Channel:
    """Slack channels as a platform that reports are delivered through."""

    name = "slack-report"

    def __init__(
        self,
        make: Make,
        clock: Callable[[], int],
        week: Callable[[int], str],
        veil: Callable[[Message], Message] = lambda message: message,
        environment: Mapping[str, str] = os.environ,
        pace: Pace | None = None,
    ) -> None:
        """Nothing is connected to before the first report; `veil` takes out of a message whoever opted out."""
        self._veil = veil
        self.trouble: dict[Key, str] = {}
        self._make, self._clock, self._week = make, clock, week
        self._environment, self._pace = environment, pace or Pace()
        self._editions: dict[Key, Edition] = {}

    async def think(self, receipt: Receipt) -> Reply | None:
        """The report; None for a week that is over."""
        now = self._clock()
        if receipt.key.ts != self._week(now):
            return None
        try:
            await identify(self._client(posts=True))  # before anything is said: is the token right, is Slack there
        except Mistake as mistake:
            raise self._later(receipt, str(mistake)) from mistake
        self._editions[receipt.key] = await asyncio.to_thread(self._make, now)
        return Reply(self._veil(write(self._editions[receipt.key].report)))

    async def send(self, receipt: Receipt, reply: Reply) -> str:
        channel, sign = receipt.key.channel, mark(receipt.key)
        edition = self._editions.pop(receipt.key, None)
        if edition is None:
            raise Mistake(f"the report to {channel} failed too often", "The log says why.")
        posts = self._client(posts=True)

        async def send(budget: int) -> str:
            shown: dict[str, Any] = {"text": render.plain_text(reply.message)}
            if budget:
                blocks = render.blocks(reply.message, marker=sign, budget=budget)
                shown = {"text": render.notice(reply.message), "blocks": blocks}
            marked = {"event_type": EVENT_TYPE, "event_payload": {"receipt": sign}}
            shown |= {"metadata": marked, "unfurl_links": False, "unfurl_media": False}
            return str((await posts.chat_postMessage(channel=channel, **shown))["ts"])

        try:
            kept, extra = await post_once(send, lambda: self._marked(receipt), self._pace)
        except SlackApiError as error:
            self.trouble[receipt.key] = _sentence(channel, error)
            raise Mistake(self.trouble[receipt.key]) from error
        for other in extra:
            await tried(self._client().chat_delete(channel=channel, ts=other))
        await self._thread(channel, kept, edition)
        return kept

    async def find(self, receipt: Receipt) -> str | None:
        found = await self._marked(receipt)
        return None if found is None else (found[0] if found else "")

    async def settle(self, receipt: Receipt, reply_id: str) -> str:
        marked = await self._marked(receipt)
        if not marked or reply_id not in marked[1:]:
            return reply_id
        await tried(self._client().chat_delete(channel=receipt.key.channel, ts=reply_id))
        return marked[0]

    # -- the thread ---------------------------------------------------------------------------------------------------

    async def _thread(self, channel: str, ts: str, edition: Edition) -> None:
        """The map and the details, below the message; the report stands without them."""
        client, said = self._client(), details(edition.report)
        notes: list[Note] = []
        try:
            await client.files_upload_v2(
                channel=channel,
                thread_ts=ts,
                content=edition.picture,
                filename=f"areas-{edition.report.week}.png",
                title=f"The areas of {edition.report.subject}, {edition.report.week}",
                alt_txt="A map of the areas, each lit, dim or dark",
            )
        except SlackApiError as error:
            log.warning("the map could not be uploaded (%s)", error_code(error))
            notes = [Note(NO_SCOPE)] if error_code(error) == "missing_scope" else []
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the map could not be uploaded (%r)", error)
        parts = (*(said.parts if said else ()), *notes)
        if parts:
            message = self._veil(Message(parts, "report"))
            shown: dict[str, Any] = {"text": render.notice(message), "blocks": render.blocks(message)}
            await tried(client.chat_postMessage(channel=channel, thread_ts=ts, **shown))

    # -- looking ------------------------------------------------------------------------------------------------------

    async def _marked(self, receipt: Receipt) -> list[str] | None:
        """Our messages in the channel that bear the receipt's mark, oldest first; None when nobody can know."""
        sign, found, cursor = mark(receipt.key), [], ""
        while True:
            try:
                page = await self._client().conversations_history(
                    channel=receipt.key.channel,
                    oldest=str(self._clock() - LOOK_BACK_SECONDS),
                    limit=200,
                    include_all_metadata=True,
                    cursor=cursor or None,
                )
            except SlackApiError as error:
                if is_ambiguous(error):
                    raise self._later(receipt, f"Slack does not answer ({error_code(error)}).") from error
                log.warning("cannot look for an earlier report: %s", error_code(error))
                return None
            found += [str(one["ts"]) for one in page["messages"] if bears(one, sign)]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return sorted(found)

    def _client(self, *, posts: bool = False) -> AsyncWebClient:
        token = self._environment.get("SLACK_BOT_TOKEN", "").strip()
        if not token:
            raise Mistake("SLACK_BOT_TOKEN is not set", "Set it, or leave report.channel empty (docs/slack.md).")
        url = self._environment.get("SLACK_API_URL", "").strip() or API_URL
        return web_client(token, url if url.endswith("/") else url + "/", self._pace, posts=posts)

    def _later(self, receipt: Receipt, why: str) -> Unreachable:
        self.trouble[receipt.key] = why
        return Unreachable(why)


def _sentence(channel: str, error: SlackApiError) -> str:
    code = error_code(error)
    if code in {"not_in_channel", "channel_not_found"}:
        return f"Slack finds no way into {channel} ({code}): invite Lamplighter there, and write the channel's id."
    return f"Slack refuses the report in {channel} ({code})."
