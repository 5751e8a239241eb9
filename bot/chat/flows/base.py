"""What a flow is, and what it hears.

    class Greeting:
        name, opens, words = "greet", frozenset({"form"}), frozenset({"greet"})

        async def open(self, pressed, asker, desk):           # "greet:form" was pressed: a form, within three seconds
            await desk.open(pressed, form("greet:done", "Greet", text("whom", "Whom?")))

        async def mistakes(self, pressed):                    # of a form: field → sentence; empty lets it through
            return {} if pressed.fields["whom"] else {"whom": "Who shall it be?"}

        async def heard(self, pressed, asker, desk):          # once for each press, also over a restart
            return say(f"Hello {pressed.fields['whom']}.")    # only they see it; None says nothing

What opens a form needs no receipt: its trigger can be used once. Everything else is heard under a receipt. A copy that
dies in `heard` has it heard again by the next (`pressed.again`), so what is stored there must be a compare-and-set, and
what is posted there carries a mark (`Desk.post(…, look=pressed.again)`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bot.message import Asker, Message, Text

if TYPE_CHECKING:
    from bot.chat.slack_desk import Desk

How = Literal["button", "form", "shortcut", "command"]


@dataclass(frozen=True, slots=True)
class Pressed:
    """Something that somebody pressed, chose, sent in or picked from a message's menu. Its id is `flow:what:about`.

    `channel`, `ts` and `thread` are the message's that it was pressed on; a form has those of the message that it was
    opened from, empty where it was opened from none.
    """

    how: How
    flow: str
    what: str
    user: str
    team: str
    once: str  # what makes it this press and no other: its key among the receipts
    about: str = ""  # the rest of the id, for menus and dates, which carry no value of their own
    channel: str = ""
    ts: str = ""
    thread: str = ""  # empty where the message stands in none
    value: str = ""  # of the button; what was chosen; a date as 2026-05-04; the words after a command
    fields: Mapping[str, str] = field(default_factory=dict)  # of a form, by the names of its fields
    meta: str = ""  # what `form(…, meta=…)` was given
    trigger: str = ""  # opens a form, for three seconds
    view: str = ""  # the id of the form
    response_url: str = ""
    ephemeral: bool = False  # the message is only theirs to see
    message: Mapping[str, Any] = field(default_factory=dict)  # as Slack shows it: user, text, blocks, …
    again: bool = False  # another copy began with this and died

    @property
    def id(self) -> str:
        """The whole id."""
        return ":".join(part for part in (self.flow, self.what, self.about) if part)


class Flow(Protocol):
    """One file of `bot/chat/flows/`."""

    name: str  # the first part of all its ids; no colon
    opens: frozenset[str]  # which `what` open a form: buttons, shortcuts and words after /lamp
    words: frozenset[str]  # words after /lamp that are this flow's

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:
        """Open a form, with `desk.open`, within three seconds: what takes longer comes by `desk.refill`."""
        ...

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:
        """What is wrong with a form, by field; told beside the fields, and the form stays. Within two seconds."""
        ...

    async def heard(self, pressed: Pressed, asker: Asker, desk: Desk) -> Message | None:
        """Do it, and say so to who pressed; None for nothing to say. An exception is told with an id."""
        ...


def say(*lines: str, rows: Sequence[Mapping[str, Any]] = ()) -> Message:
    """A message of paragraphs, with rows of buttons (`forms.row`) below."""
    return Message(tuple(Text(line) for line in lines), data={"rows": tuple(rows)})
