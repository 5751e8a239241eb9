"""What a platform must be able to do so that the bot may speak first there; Slack and the terminal implement it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from bot.message import Message


class Posted(NamedTuple):
    """Where a message stands: a channel (or group DM) and the platform's id of it."""

    channel: str
    ts: str


class UnreachableError(Exception):
    """It certainly did not and will not reach somebody (no account, deactivated, refused); `why` in a few words."""

    def __init__(self, why: str, person: int = 0, heard: Sequence[int] = ()) -> None:
        self.why = why
        self.person = person
        self.heard = tuple(heard)  # got theirs all the same, before it was refused to `person`
        super().__init__(why)


class PartlyError(Exception):
    """Where each of several has a message of their own: it reached those who `heard` and certainly no others."""

    def __init__(self, heard: Sequence[int]) -> None:
        self.heard = tuple(heard)
        super().__init__(f"it reached {len(self.heard)} of its people")


class LimitedError(Exception):
    """The platform wants us to wait before anything more is asked or said."""


@runtime_checkable
class Quiet(Protocol):
    """Knows who does not want to be disturbed now, as the platform lets them say it."""

    async def quiet(self, people: Sequence[int], now: int) -> Mapping[int, int]:
        """Until when (seconds UTC), of those who do not want to be disturbed at `now`; nobody is ever told why.

        Raises:
            LimitedError: nothing may be asked for a while; nothing is said meanwhile.
            Exception: it could not be found out; what is due is said.
        """
        ...


@runtime_checkable
class Channels(Protocol):
    """Says things in a channel or thread: what is nobody's alone; `channel` may be somebody's id on the platform."""

    async def find_in(self, mark: str, channel: str, thread: str, since: int) -> Posted | None:
        """As `Sender.find_posted`."""
        ...

    async def say_in(self, mark: str, channel: str, thread: str, message: Message) -> Posted:
        """As `Sender.send`."""
        ...

    async def edit(self, at: Posted, message: Message) -> None:
        """Put these words in place of a message's; the same edit again changes nothing."""
        ...


@runtime_checkable
class Settles(Protocol):
    """Can take messages back: for a copy that stood still and spoke after another had taken over."""

    async def settle(self, mark: str, people: Sequence[int], channel: str, thread: str, *, keep: bool) -> Posted | None:
        """Of several messages of this mark the oldest stays, or none where `keep` is not set; returns the one that did.

        `channel` and `thread` are those of `Channels`; without a channel it is where `people` are written to.

        Raises:
            Exception: it could not be seen to.
        """
        ...


class Sender(Protocol):
    """Says things first, to one person or to a few together (a group DM), never in a channel.

    `people` are ids of the store. `mark` goes along as the message's metadata, so that a message whose sender died can
    be found again. Buttons follow from `message.data["nudge"]` (see `bot.nudging.wording.compose`).
    """

    def reaches(self, person: int) -> bool:
        """Whether this person has an account here."""
        ...

    async def find_posted(self, mark: str, people: Sequence[int], since: int) -> Posted | None:
        """The message of this mark where it was posted at or after `since`; None when it certainly was not.

        Raises:
            PartlyError: it was posted to some of them; sending it again reaches the others alone.
            Exception: it could not be looked up; it is tried again later, and nothing is sent meanwhile.
        """
        ...

    async def send(self, mark: str, people: Sequence[int], message: Message) -> Posted:
        """Post it to all of `people` together.

        Raises:
            UnreachableError: it certainly was not posted, and never will be.
            Exception: whether it was posted is not known.
        """
        ...
