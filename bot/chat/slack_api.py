"""Slack's Web API as we use it: clients that keep to the limits, and a post that never becomes two.

`chat.postMessage` has no idempotency key. So a post whose outcome is unknown (time-out, lost connection, a 5xx) is
looked up by its mark before it is tried again, and of two that both arrived the later is deleted. Everything else that
is retried here may be repeated without harm. 429 is waited out by the SDK's handler, as long as Retry-After says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.once import Unreachable
from bot.chat.slack_blocks import BUDGET
from bot.chat.slack_events import Own
from knowledge.errors import Mistake

log = logging.getLogger(__name__)

EVENT_TYPE = "lamplighter_reply"
TOO_LONG = ("msg_blocks_too_long", "msg_too_long", "invalid_blocks", "invalid_blocks_format")
BUDGETS = (BUDGET, 8000, 4000, 2000, 0)  # characters of all blocks, one step down a refusal; 0: text alone
NOT_SAID = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org")


@dataclass(frozen=True, slots=True)
class Pace:
    """Waits and limits, in seconds."""

    api_timeout: int = 15
    retry_pause: float = 1.0  # doubles up to 20 s
    give_up: float = 180.0  # a reply that could not be posted for so long is tried again later
    status_after: float = 0.7  # thinking longer than this is shown
    take: float = 1.5  # at most this long is waited for the store before Slack gets its acknowledgement
    lease: int = 30
    sweep: float = 10.0
    ping: float = 10.0
    reconnect: float = 25.0  # a socket without life for so long is replaced


def web_client(token: str, api_url: str, pace: Pace, *, posts: bool = False) -> AsyncWebClient:
    """A client that waits out 429s; unless it `posts`, it also repeats calls after lost connections and 5xx.

    What posts, and what is repeated by a loop of ours, must not be repeated by the client.
    """
    waits: list[Any] = [AsyncRateLimitErrorRetryHandler(max_retry_count=10)]
    if not posts:
        waits += [AsyncConnectionErrorRetryHandler(max_retry_count=3), AsyncServerErrorRetryHandler(max_retry_count=3)]
    return AsyncWebClient(token=token, base_url=api_url, timeout=pace.api_timeout, retry_handlers=waits)


async def identify(client: AsyncWebClient) -> Own:
    """Who we are.

    Raises:
        Mistake: the token is wrong.
        Unreachable: Slack does not answer.
    """
    try:
        who = await client.auth_test()
    except SlackApiError as error:
        code = error_code(error)
        if is_ambiguous(error) or code == "ratelimited":
            raise Unreachable(code) from error
        raise Mistake(
            f"Slack refuses SLACK_BOT_TOKEN ({code})",
            "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of the app (docs/slack.md, step 3).",
        ) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    return Own(
        str(who["team_id"]), str(who["user_id"]), str(who.get("bot_id") or ""), str(who.get("enterprise_id") or "")
    )


def error_code(error: SlackApiError) -> str:
    """Slack's word for what is wrong, or the HTTP status."""
    response: Any = error.response
    data = response.data if isinstance(response, AsyncSlackResponse) else response
    found = data.get("error") if isinstance(data, Mapping) else None
    return str(found) if found else f"http_{_status(error)}"


def is_ambiguous(error: BaseException) -> bool:
    """Whether the call may or may not have been carried out."""
    if isinstance(error, SlackApiError):
        if not isinstance(error.response, (AsyncSlackResponse, Mapping)):
            return True  # no JSON came back
        return _status(error) >= 500 or error_code(error) in NOT_SAID
    return isinstance(error, (aiohttp.ClientError, TimeoutError, ConnectionError))


async def post_once(
    send: Callable[[int], Awaitable[str]],
    find: Callable[[], Awaitable[list[str] | None]],
    pace: Pace,
    *,
    answered_means_no: bool = False,
) -> tuple[str, list[str]]:
    """Post with retries, so that one message stays.

    Args:
        send: posts within that many characters of blocks and returns the id.
        find: ids of what was posted for the same receipt, oldest first; None when nobody can know.
        pace: how long to wait and when to give up.
        answered_means_no: a server error counts as not posted, where nobody could find out.

    Returns:
        The id of the message that stays, and the ids of others that have to be taken back.

    Raises:
        Unreachable: for `pace.give_up` seconds nothing could be posted.
        SlackApiError: Slack will not have it: archived channel, missing scope, …
    """
    end = asyncio.get_running_loop().time() + pace.give_up
    budgets = iter(BUDGETS)
    budget, pause, doubtful = next(budgets), pace.retry_pause, False
    while True:
        try:
            posted = await send(budget)
        except Exception as error:
            if isinstance(error, SlackApiError) and error_code(error) in TOO_LONG:
                if budget == BUDGETS[-1]:
                    raise
                budget = next(budgets)
                log.info("Slack finds the reply too long; trying %d characters", budget)
                continue
            if not is_ambiguous(error):
                raise
            log.warning("posting failed (%s); looking whether it arrived", _short(error))
            if _never_arrived(error) or (answered_means_no and isinstance(error, SlackApiError)):
                await _pause(pause, end)
                pause = min(pause * 2, 20.0)
                continue
            if not (found := await _found_later(find, pause, end)):
                pause, doubtful = min(pause * 2, 20.0), True
                continue
            return found[0], found[1:]
        # Of a doubtful first try and the second, both may have arrived.
        every = (await find() or [posted]) if doubtful else [posted]
        return every[0], [other for other in every[1:] if other != every[0]]


async def _found_later(find: Callable[[], Awaitable[list[str] | None]], pause: float, end: float) -> list[str]:
    """What arrived after all, [] when a look that worked found nothing."""
    while True:
        await _pause(pause, end)
        try:
            found = await find()
        except Exception as error:
            if not is_ambiguous(error):
                raise
            log.warning("looking failed as well (%s)", _short(error))
            continue
        if found is None:
            raise Unreachable("it cannot be known whether the reply arrived")
        return found


async def _pause(seconds: float, end: float) -> None:
    await asyncio.sleep(seconds)
    if asyncio.get_running_loop().time() > end:
        raise Unreachable("Slack does not answer")


def _never_arrived(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError)


def _status(error: SlackApiError) -> int:
    response: Any = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _short(error: BaseException) -> str:
    return error_code(error) if isinstance(error, SlackApiError) else repr(error)[:200]
