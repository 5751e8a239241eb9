"""What else may speak through the outbox besides nudges: found by the `kind` of an entry, with a budget of its own.

The runner sees to exactly once and to the etiquette; a voice knows whether its words are still wanted, finds them, and
hears what became of them. Everything here is synchronous and runs in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.etiquette import Recipient, Send
from bot.message import Message
from bot.nudging.sender import Posted
from knowledge.store.database import Transaction
from knowledge.store.outbox import Entry

SHARED = -1  # the budget of a voice that speaks within that of nudges, together with everything else that has none


class Voice(Protocol):
    """Somebody else who speaks first."""

    @property
    def kind(self) -> str:
        """The kind of its entries, which is also what people opt out of."""
        ...

    @property
    def budget(self) -> int:
        """Unasked messages of this kind that a person gets in any seven days, at most; or `SHARED`."""
        ...

    def tick(self, now: int, reaches: Callable[[int], bool]) -> object:
        """Time went by; `reaches` says whether a person has an account where the bot runs."""
        ...

    def wanted(self, entry: Entry) -> bool:
        """Whether an entry is still worth saying."""
        ...

    def message(self, entry: Entry, known: Mapping[int, Recipient], verdict: Send, now: int) -> Message:
        """Its words."""
        ...

    def posted(self, tx: Transaction, entry: Entry, posted: Posted, now: int) -> bool:
        """It was said; False, and nothing kept, when somebody else was quicker: then it is asked again."""
        ...

    def dropped(self, entry: Entry, now: int) -> None:
        """It was not said and never will be."""
        ...


class Plain:
    """What most voices have in common: nothing happens to them but being said."""

    budget = SHARED

    def tick(self, now: int, reaches: Callable[[int], bool]) -> None:
        """Nothing: something else than the clock puts their entries into the outbox."""

    def posted(self, tx: Transaction, entry: Entry, posted: Posted, now: int) -> bool:  # noqa: ARG002
        """It was said, and nothing follows."""
        return True

    def dropped(self, entry: Entry, now: int) -> None:
        """It was not, and nothing follows."""
