"""Who does not want to be disturbed now, as Slack knows it: "do not disturb", a snooze, a status that says so.

What somebody wrote into their status decides when we speak, and goes nowhere: it is not kept, logged or shown. Asked is
only when something is due, in batches; what the app may not read (no `dnd:read`) is left out: `lamp doctor` says so.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack_api import error_code
from bot.chat.slack_scopes import DND, note
from knowledge.store.database import Database

HOUR = 3600
TEAM_INFO = 50  # users that dnd.teamInfo takes at once
SINGLE = 20  # users whose snooze is asked for one by one in a run
OPEN_ENDED = 24 * HOUR  # a status without an end is looked at again after this
REFUSED = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "no_permission", "access_denied"})
AGAIN_SECONDS = HOUR  # after a refusal

_SIGNS = frozenset(
    """palm_tree beach_with_umbrella desert_island airplane airplane_departure face_with_thermometer hospital mask
    no_bell no_entry no_entry_sign spiral_calendar_pad bus train steam_locomotive car zzz sleeping
    breast-feeding headphones red_circle""".split()
)
_AT_WORK = re.compile(r"work(?:ing)? (?:from|remote)|wfh|remote|home ?office|back from", re.IGNORECASE)
_NOT_NOW = re.compile(
    r"\b(?:vacation\w*|holidays?|out of (?:the )?office|ooo|pto|on leave|(?:parental|sick|maternity|paternity) leave"
    r"|sick|ill|day off|off (?:today|until|till|this|work)|away|afk|do not disturb|dnd|focus\w*|deep work|heads[- ]down"
    r"|in a meeting|meetings?|presenting|interview\w*|travel(?:l?ing)?|commuting|lunch|urlaub|krank|abwesend"
    r"|im termin|en r[ée]union|en vacances|cong[ée]s?|vacaciones|ferie)\b",
    re.IGNORECASE,
)


class Quiets:
    """Asks Slack; remembers nothing but that it was refused."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._refused_until = 0.0  # monotonic

    async def of(self, client: AsyncWebClient, users: Sequence[str], now: int) -> dict[str, int]:
        """Until when (seconds UTC), of those who do not want to be disturbed at `now`.

        Raises:
            SlackApiError: Slack wants us to wait, or is broken.
        """
        found = {user: await self._status(client, user, now) for user in users}
        for user, until in (await self._dnd(client, users, now)).items():
            found[user] = max(found[user], until)
        return {user: until for user, until in found.items() if until > now}

    @staticmethod
    async def _status(client: AsyncWebClient, user: str, now: int) -> int:
        answer = await client.users_info(user=user)
        return status_until((answer.get("user") or {}).get("profile") or {}, now)

    async def _dnd(self, client: AsyncWebClient, users: Sequence[str], now: int) -> dict[str, int]:
        if not users or time.monotonic() < self._refused_until:
            return {}
        found: dict[str, int] = {}
        try:
            for at in range(0, len(users), TEAM_INFO):
                some = users[at : at + TEAM_INFO]
                told = (await client.dnd_teamInfo(users=list(some))).get("users") or {}
                found |= {user: dnd_until(told.get(user) or {}, now) for user in some}
            for user in [one for one in users if not found[one]][:SINGLE]:  # a snooze only shows one by one
                answer = await client.dnd_info(user=user)
                found[user] = dnd_until(answer.data if isinstance(answer.data, dict) else {}, now)
        except SlackApiError as error:
            if error_code(error) not in REFUSED:
                raise
            self._refused_until = time.monotonic() + AGAIN_SECONDS
            await asyncio.to_thread(note, self._db, DND)
            return found
        await asyncio.to_thread(note, self._db, "")
        return found


def dnd_until(info: Mapping[str, Any], now: int) -> int:
    """The end of somebody's "do not disturb" at `now` (seconds UTC), 0 where there is none: dnd.info or teamInfo."""
    snoozed = int(info.get("snooze_endtime") or 0) if info.get("snooze_enabled") else 0
    begins, ends = int(info.get("next_dnd_start_ts") or 0), int(info.get("next_dnd_end_ts") or 0)
    planned = ends if info.get("dnd_enabled") and begins <= now < ends else 0
    return max(snoozed if snoozed > now else 0, planned)


def status_until(profile: Mapping[str, Any], now: int) -> int:
    """Until when a profile's status means "not now", 0 where it does not; one without an end for a day at a time."""
    words, sign = str(profile.get("status_text") or ""), str(profile.get("status_emoji") or "").strip(":")
    ends = int(profile.get("status_expiration") or 0)
    if (ends and ends <= now) or _AT_WORK.search(words):
        return 0
    if not (_NOT_NOW.search(words) or (sign.partition("::")[0] in _SIGNS)):
        return 0
    return ends or now + OPEN_ENDED
