"""Who asks, as Slack knows them, and whether they may: members of the team do; guests and strangers by setting only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack_api import error_code
from bot.chat.slack_events import Own

KEPT_SECONDS = 900  # a person who becomes a guest or leaves is seen as such after at most this
KEPT_PEOPLE = 5000


@dataclass(frozen=True, slots=True)
class Standing:
    """A Slack user as far as it matters here."""

    id: str
    name: str = ""
    email: str = ""
    guest: bool = False
    external: bool = False
    bot: bool = False
    zone: str = ""  # IANA, as they set it; "" for unknown


class Directory:
    """The users of a workspace, looked up one by one and kept for a quarter of an hour."""

    def __init__(self, client: AsyncWebClient, own: Own) -> None:
        self._client = client
        self._own = own
        self._known: dict[str, tuple[float, Standing]] = {}

    async def who(self, user: str) -> Standing:
        """The user of that id; one that Slack will not show to us counts as external."""
        kept = self._known.get(user)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            found = standing((await self._client.users_info(user=user))["user"], self._own)
        except SlackApiError as error:
            if error_code(error) not in ("user_not_found", "user_not_visible"):
                raise
            found = Standing(user, external=True)
        if len(self._known) >= KEPT_PEOPLE:
            self._known.clear()
        self._known[user] = (time.monotonic() + KEPT_SECONDS, found)
        return found

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Their names by id."""
        wanted = list(users)
        found = await asyncio.gather(*(self.who(user) for user in wanted))
        return {user: who.name for user, who in zip(wanted, found, strict=True) if who.name}


def standing(user: Any, own: Own) -> Standing:
    """A `user` object of Slack's, judged from our workspace."""
    profile = user.get("profile") or {}
    enterprise = str((user.get("enterprise_user") or {}).get("enterprise_id") or "")
    home = str(user.get("team_id") or profile.get("team") or own.team)
    same_house = home == own.team or bool(own.enterprise and enterprise == own.enterprise)
    return Standing(
        str(user["id"]),
        str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        str(profile.get("email") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        external=bool(user.get("is_stranger") or user.get("deleted") or not same_house),
        bot=bool(user.get("is_bot")),
        zone=str(user.get("tz") or ""),
    )


def refusal(who: Standing, *, allow_guests: bool, allow_external: bool) -> str:
    """Why this person gets no answer, in a polite sentence; "" for somebody who does."""
    if who.external and not allow_external:
        return "Sorry, I only answer members of this workspace: what I know is this team's."
    if who.guest and not allow_guests:
        return "Sorry, I don't answer guest accounts here: please ask a member of the team, who can ask me."
    return ""
