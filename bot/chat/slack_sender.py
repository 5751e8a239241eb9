"""Slack as a `bot.nudging.sender.Sender`: a direct message to one, a room with several, each message once.

Where no room for several can be had, each gets their own message, which says who else did. Whom the store does not know
by a Slack account is looked for by their addresses (Slack vouches for those), and what was found is kept as a link.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.chat.flows.nudge_rows import rows
from bot.chat.flows.request import rows as request_rows
from bot.chat.flows.wiki import digest_rows
from bot.chat.flows.willing import rows as willing_rows
from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace, error_code, identify, web_client
from bot.chat.slack_desk import Desk
from bot.chat.slack_people import Directory
from bot.chat.slack_quiet import Quiets
from bot.chat.slack_status import tried
from bot.chat.slack_talk import CANNOT_POST
from bot.message import Message, Note
from bot.nudging.sender import LimitedError, PartlyError, Posted, UnreachableError
from bot.people.actions import link
from bot.phrases import plain
from knowledge.errors import Mistake
from knowledge.model import SOMEONE, Person
from knowledge.store.database import Database
from knowledge.store.persons import people_by_id

log = logging.getLogger(__name__)

PACE = Pace(api_timeout=8, give_up=8.0)  # the runner waits ten seconds; what is not known then is looked for later
MOST_ADDRESSES = 5  # of somebody's that are looked up
NO_ROOM = frozenset({
    "missing_scope", "unknown_method", "method_not_supported_for_channel_type", "restricted_action", "no_permission",
    "invalid_user_combination", "not_enough_users", "too_many_users", "not_implemented", "invalid_arguments",
})  # fmt: skip
NOBODY = frozenset({"user_disabled", "user_not_found", "user_not_visible", "cannot_dm_bot", "channel_not_found",
                    "account_inactive", "users_not_found", "is_inactive", "is_archived"})  # fmt: skip


class SlackSender:
    """One copy's way to say things first in Slack; connects at its first message."""

    def __init__(self, db: Database, tokens: Tokens, clock: Callable[[], int], pace: Pace = PACE) -> None:
        self._db, self._tokens, self._clock, self._pace = db, tokens, clock, pace
        self._made: Desk | None = None
        self._quiet_until = 0.0  # monotonic: what a 429 said
        self._quiets = Quiets(db)

    def reaches(self, person: int) -> bool:
        """Whether an account is known, or an address by which one may be found."""
        return bool(self._account(person) or self._addresses(person))

    async def quiet(self, people: Sequence[int], now: int) -> Mapping[int, int]:
        """Who set "do not disturb", or a status that says "not now", and until when."""
        if time.monotonic() < self._quiet_until:
            raise LimitedError("Slack still wants us to wait")
        try:
            desk = await self._desk()
            accounts = {}
            for person in people:
                with suppress(UnreachableError):  # told when something is sent to them
                    accounts[await self._user(person)] = person
            found = await self._quiets.of(desk.posts, list(accounts), now)
        except SlackApiError as error:
            raise self._limited(error) or error from error
        return {accounts[user]: until for user, until in found.items()}

    def _limited(self, error: SlackApiError) -> LimitedError | None:
        """What a 429 means for everything that follows; None for any other error."""
        if error_code(error) != "ratelimited":
            return None
        seconds = _retry_after(error)
        self._quiet_until = time.monotonic() + seconds
        return LimitedError(f"Slack wants us to wait for {seconds:.0f} s")

    async def find_posted(self, mark: str, people: Sequence[int], since: int) -> Posted | None:  # noqa: ARG002
        """The message of this mark: the clocks of two machines are not compared, so `since` is not looked at."""
        desk = await self._desk()
        found = [Posted(room, next(iter(await desk.marked(room, mark)), "")) for room in await self._rooms(people)]
        heard = [person for person, one in zip(people, found, strict=False) if one.ts]  # one room, or one for each
        if heard and not all(one.ts for one in found):
            raise PartlyError(heard)
        return found[0] if heard else None

    async def settle(self, mark: str, people: Sequence[int], channel: str, thread: str, *, keep: bool) -> Posted | None:
        """In each room the oldest message of this mark stays, or none; what cannot be deleted is told as it is."""
        desk = await self._desk()
        rooms = [await self._room(desk, channel)] if channel else await self._rooms(people)
        kept = []
        for room in rooms:
            found = await desk.marked(room, mark, thread)
            for ts in found[keep:]:
                await self._delete(desk, room, ts)
            kept += [Posted(room, ts) for ts in found[:keep]]
        return next(iter(kept), None)

    @staticmethod
    async def _delete(desk: Desk, room: str, ts: str) -> None:
        try:
            await desk.client.chat_delete(channel=room, ts=ts)
        except SlackApiError as error:
            if error_code(error) != "message_not_found":  # somebody else was quicker, or our first try arrived
                raise

    async def send(self, mark: str, people: Sequence[int], message: Message) -> Posted:
        """Post it to all of them together, or to each; a message that stands there already is not posted again."""
        if time.monotonic() < self._quiet_until:
            raise LimitedError("Slack still wants us to wait")
        try:
            return await self._send(mark, people, message)
        except SlackApiError as error:
            if (limited := self._limited(error)) is not None:
                raise limited from error
            code = error_code(error)
            if code in NOBODY:
                raise UnreachableError(f"Slack says {code}", people[0] if len(people) == 1 else 0) from error
            raise

    async def _send(self, mark: str, people: Sequence[int], message: Message) -> Posted:
        desk = await self._desk()
        rooms = await self._rooms(people)
        posted: list[Posted] = []
        for number, room in enumerate(rooms):
            mine = message if len(rooms) == 1 else self._alone(message, people, number)
            try:
                ts = await desk.post(room, mine, mark=mark, buttons=_buttons(mine), look=True)
            except SlackApiError as error:
                if posted and error_code(error) in NOBODY:
                    why = f"Slack says {error_code(error)}"
                    raise UnreachableError(why, people[number], people[:number]) from error
                raise
            await self._attach(desk, room, ts, mine)
            posted.append(Posted(room, ts))
        return posted[0]

    # -- in channels --------------------------------------------------------------------------------------------------

    async def find_in(self, mark: str, channel: str, thread: str, since: int) -> Posted | None:  # noqa: ARG002
        """The message of this mark in a channel or thread."""
        desk = await self._desk()
        room = await self._room(desk, channel)
        found = await desk.marked(room, mark, thread)
        return Posted(room, found[0]) if found else None

    async def say_in(self, mark: str, channel: str, thread: str, message: Message) -> Posted:
        """Post it in a channel or thread; a message that stands there already is not posted again."""
        if time.monotonic() < self._quiet_until:
            raise LimitedError("Slack still wants us to wait")
        desk = await self._desk()
        try:
            room = await self._room(desk, channel)
            ts = await desk.post(room, message, mark=mark, buttons=_buttons(message), thread=thread, look=True)
        except SlackApiError as error:
            if error_code(error) in NOBODY | set(CANNOT_POST):
                raise UnreachableError(f"Slack says {error_code(error)}") from error
            raise
        return Posted(room, ts)

    async def edit(self, at: Posted, message: Message) -> None:
        """Let a message of ours say something else; what is gone is left alone."""
        desk = await self._desk()
        await desk.update(at.channel, at.ts, message, buttons=_buttons(message))

    @staticmethod
    async def _room(desk: Desk, channel: str) -> str:
        """A channel's id; of somebody's own id, the conversation with them."""
        return await desk.room([channel]) if channel[:1] in {"U", "W"} else channel

    async def _attach(self, desk: Desk, room: str, ts: str, message: Message) -> None:
        """The files below it; where they cannot be, what they say in words (it stands in the message, too)."""
        for name, title, content in message.data.get("files", ()):
            if not await desk.upload(room, name, content, title=title, thread=ts):
                note = Message((Note(f"{plain(name)} could not be attached: please put it into your calendars."),))
                shown = desk.shown(note, (), "", 2000)
                await tried(desk.client.chat_postMessage(channel=room, thread_ts=ts, **shown))

    def _alone(self, message: Message, people: Sequence[int], number: int) -> Message:
        """For one of several who cannot be written to together."""
        names = people_by_id(self._db, people)
        others = [one for at, one in enumerate(people) if at != number and one in names]
        listed = " and ".join(SOMEONE if names[one].opted_out else plain(names[one].name) for one in others)
        return replace(message, parts=(*message.parts, Note(f"{listed} got this, too.")))

    # -- who is who ---------------------------------------------------------------------------------------------------

    async def _rooms(self, people: Sequence[int]) -> list[str]:
        """The one conversation with all of them; where there can be none, those with each."""
        desk = await self._desk()
        users = [await self._user(one) for one in people]
        try:
            return [await desk.room(users)]
        except SlackApiError as error:
            if error_code(error) not in NO_ROOM | NOBODY:
                raise
            if len(users) > 1:
                log.info("no room for several (%s): each gets their own message", error_code(error))
                return [await self._own_room(desk, user, one) for user, one in zip(users, people, strict=True)]
            raise UnreachableError(f"Slack says {error_code(error)}", people[0]) from error

    @staticmethod
    async def _own_room(desk: Desk, user: str, person: int) -> str:
        try:
            return await desk.room([user])
        except SlackApiError as error:
            if error_code(error) in NOBODY:
                raise UnreachableError(f"Slack says {error_code(error)}", person) from error
            raise

    async def _user(self, person: int) -> str:
        """Their Slack account.

        Raises:
            UnreachableError: they have none, or it is deactivated or a guest of another organisation.
        """
        desk = await self._desk()
        known = await asyncio.to_thread(self._account, person)
        user = known or await self._looked_up(desk, person)
        if not user:
            raise UnreachableError("no account in Slack has one of their addresses", person)
        who = await desk.directory.who(user)
        if who.external or who.bot:
            raise UnreachableError("their account is deactivated, or not of this workspace", person)
        return user

    async def _looked_up(self, desk: Desk, person: int) -> str:
        for address in await asyncio.to_thread(self._addresses, person):
            try:
                user = str((await desk.client.users_lookupByEmail(email=address))["user"]["id"])
            except SlackApiError as error:
                if error_code(error) != "users_not_found":
                    raise
                continue
            await asyncio.to_thread(self._link, person, user)
            return user
        return ""

    def _link(self, person: int, user: str) -> None:
        found = people_by_id(self._db, [person]).get(person)
        if isinstance(found, Person):
            try:
                link(self._db, found, "slack", user, self._clock(), "Slack, by their address")
            except Mistake as mistake:  # the account is linked to somebody else: it is not theirs to use
                raise UnreachableError(str(mistake), person) from mistake

    def _account(self, person: int) -> str:
        rows_ = self._db.read("SELECT slack_id FROM people WHERE id = :id AND is_bot = 0", id=person)
        return str(rows_[0][0]) if rows_ else ""

    def _addresses(self, person: int) -> list[str]:
        rows_ = self._db.read(
            "SELECT LOWER(email) FROM people WHERE id = :id UNION SELECT LOWER(email) FROM identities"
            " WHERE person_id = :id ORDER BY 1",
            id=person,
        )
        own = self._db.read("SELECT LOWER(email) FROM people WHERE id = :id", id=person)
        found = dict.fromkeys([*(row[0] for row in own), *(row[0] for row in rows_)])
        return [one for one in found if "@" in one and "noreply" not in one][:MOST_ADDRESSES]

    async def _desk(self) -> Desk:
        if self._made is None:
            client = web_client(self._tokens.bot, self._tokens.api_url, self._pace)
            posts = web_client(self._tokens.bot, self._tokens.api_url, self._pace, posts=True)
            posts.retry_handlers.clear()  # a 429 is heard here, and kept for all that follows
            own = await identify(posts)
            self._made = Desk(client, posts, own, Directory(client, own), self._pace)
        return self._made


def _buttons(message: Message) -> tuple[Any, ...]:
    """The rows of buttons below a message, by what it says of itself."""
    said = message.data
    found = said.get("rows") or rows(said.get("nudge") or {}) or request_rows(said.get("request") or {})
    return tuple(found or digest_rows(said.get("wiki") or {}) or willing_rows(said.get("willing") or {}))


def _retry_after(error: SlackApiError) -> float:
    response: Any = error.response
    headers = getattr(response, "headers", None) or {}
    try:
        return max(1.0, float(headers.get("Retry-After") or headers.get("retry-after") or 30))
    except (TypeError, ValueError):
        return 30.0
