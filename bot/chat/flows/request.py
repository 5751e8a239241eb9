"""Questions that want a person, in Slack: taken, passed on, answered; asked by a form; a reply taken as the answer.

Whoever presses hears it alone. The one message in the channel is edited by the runner, as the question's state changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bot.chat.flows.base import Pressed, say
from bot.chat.flows.forms import FIELD, Block, button, form, paragraph, row, select, text, waiting
from bot.chat.slack_blocks import BLOCKS, context
from bot.chat.slack_status import tried
from bot.message import Asker, Incoming, Message, Text
from bot.phrases import plain
from bot.requesting import table, wording
from bot.requesting.flow import Asking
from knowledge.store.finding import by_chat
from knowledge.store.requests import DONE, Request

if TYPE_CHECKING:
    from bot.chat.slack_desk import Desk

FEWEST = 8  # characters of a question
SOON = {"": "When somebody has time", "urgent": "Today, something waits for it"}
WHOM = {"": "Somebody who knows it, then the channel", "channel": "The channel for questions, at once"}
UNKNOWN = "I do not know which of the people in the history you are, so I cannot pass it on for you; simply leave it."
NOT_YOURS = "That question is not with you (any more): nothing has changed."
ANSWERS = ("claim", "answer", "pass", "not-now", "never")


class Bring(Protocol):
    """`bot.conversation.Conversation.bring`."""

    def __call__(
        self, incoming: Incoming, about: str = "", *, urgent: bool = False, to_channel: bool = False
    ) -> Message:
        """Keep a question for a person, and say what happens next."""
        ...


class Said(NamedTuple):
    """What somebody hears, and what becomes of the message they pressed something on."""

    text: str
    note: str = ""  # below that message, its buttons gone; empty leaves it as it is
    rows: tuple[Block, ...] = ()


def rows(said: Mapping[str, Any]) -> tuple[Block, ...]:
    """The buttons of a message, by its `data["request"]` (`bot.requesting.wording`)."""
    number, names = str(said.get("id", "")), tuple(said.get("buttons", ()))
    first = [
        button(f"request:{one}", wording.LABELS[one] + "…" * (one == "answer"), number, "primary" if not at else "")
        for at, one in enumerate(one for one in names if one in {"claim", "answer", "pass", "withdraw"})
    ]
    second = [button(f"request:{one}", wording.LABELS[one], number) for one in names if one in {"not-now", "never"}]
    page = [button("wiki:page", f"{wording.LABELS['page']}…", f"r:{number}")] if "page" in names else []
    return tuple(row(*some) for some in (first, second, page) if some)


class RequestFlow:
    """See the module."""

    name = "request"
    opens = frozenset({"answer", "request", "new"})
    words = frozenset({"request", "requests"})

    def __init__(self, asking: Asking, bring: Bring, clock: Callable[[], int]) -> None:
        self._asking, self._bring, self._clock = asking, bring, clock

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:  # noqa: ARG002
        """The form for an answer, or for a question."""
        if pressed.what != "answer":
            await desk.open(pressed, self._intake(pressed.value))
            return
        one = await asyncio.to_thread(self._asking.store.get, pressed.value)
        if one is None or one.state in DONE:
            gone = "It is answered, thank you." if one and one.state == "answered" else "It is no longer needed."
            await desk.open(pressed, waiting("request:over", "Answer", gone))
            return
        view = form(
            f"request:answered:{one.id}",
            "Answer",
            paragraph(f"“{plain(table.short(one.text, 1500))}”"),
            text("answer", "Your answer", lines=True, hint="The next one who asks finds it, with your name."),
            text("links", "Links", optional=True, hint="Pages, commits or files, with spaces between."),
        )
        await desk.open(pressed, view)

    def _intake(self, initial: str) -> Block:
        fields = [
            text("text", "What do you need to know?", initial=initial, lines=True, most=FIELD),
            text("about", "Where in the code or docs?", optional=True, hint="A path or a topic, such as src/billing."),
            select("soon", "How soon?", {key or "soon": words for key, words in SOON.items()}, initial="soon"),
        ]
        if self._asking.settings.channel:
            fields.append(select("whom", "Ask whom?", {k or "who": w for k, w in WHOM.items()}, initial="who"))
        return form("request:asked", "Ask a person", *fields, submit="Ask")

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:
        """An answer and a question need words."""
        if pressed.what == "answered" and not pressed.fields.get("answer", "").strip():
            return {"answer": "A sentence or two, please."}
        if pressed.what == "asked" and len(pressed.fields.get("text", "").strip()) < FEWEST:
            return {"text": "In a whole sentence, please: somebody else reads it."}
        return {}

    async def heard(self, pressed: Pressed, asker: Asker, desk: Desk) -> Message | None:
        """Everything else that can be pressed."""
        if pressed.what == "asked":
            return await asyncio.to_thread(self._asked, pressed, asker)
        if pressed.what == "use":
            return say(await self._used(pressed, asker, desk))
        if pressed.what == "requests":
            return await asyncio.to_thread(self._listed)
        said = await asyncio.to_thread(self._said, pressed, asker)
        if said.note and pressed.how == "button":
            await _settle(desk, pressed, said)
        return say(said.text)

    # -- asking -------------------------------------------------------------------------------------------------------

    def _asked(self, pressed: Pressed, asker: Asker) -> Message:
        """A question by the form: the asker hears of it in a direct message, and is named to whoever is asked."""
        incoming = Incoming(pressed.fields["text"], asker, f"{pressed.team}/{asker.id}", "", self._clock())
        urgent, to_channel = pressed.fields.get("soon") == "urgent", pressed.fields.get("whom") == "channel"
        return self._bring(incoming, pressed.fields.get("about", ""), urgent=urgent, to_channel=to_channel)

    def _listed(self) -> Message:
        every = table.listed(self._asking, self._clock())
        lines = [f"- {plain(words)}: {plain(how)}" for words, how in table.lines(self._asking, every)]
        return Message((Text("\n".join(lines) or "Nobody has asked for a person lately."),))

    # -- answering ----------------------------------------------------------------------------------------------------

    def _said(self, pressed: Pressed, asker: Asker) -> Said:
        number, now = pressed.about or pressed.value, self._clock()
        one = self._asking.store.get(number)
        if one is None:
            return Said("I no longer know that question.")
        person = by_chat(self._asking.db, "slack", asker.id, asker.email)
        who = person.id if person else None
        match pressed.what:
            case "answered":
                return self._answered(pressed, one, who, asker, now)
            case "claim":
                return self._claimed(pressed, one, who, asker, now)
            case "withdraw":
                return self._withdrawn(one, asker, now)
            case "pass" | "not-now" | "never" if person is None:
                return Said(UNKNOWN)
            case "pass" | "not-now" | "never" if person is not None:
                return self._passed(pressed, one, person.id, now)
        return Said("This button is of another version of me, and does nothing any more.")

    def _claimed(self, pressed: Pressed, one: Request, who: int | None, asker: Asker, now: int) -> Said:
        if who is not None and who == one.asker_id:
            return Said("You asked it yourself; somebody else will take it.")
        after = self._asking.claim(one.id, who, now, asker.name) or one
        if after.state != "claimed" or not _is(after, who, asker.name):
            return Said(f"Thank you; it is {self._stands(after)}.", f"It is {self._stands(after)}.")
        mine = rows({"id": one.id, "buttons": ("answer", "pass") if who is not None else ("answer",)})
        in_channel = pressed.ts == one.ts  # the runner edits that one
        note = "" if in_channel else "You took it, thank you."
        how = (
            "answer in its thread, then “Use as the answer” in the menu of your message" if in_channel else "“Answer…”"
        )
        return Said(f"It is yours, thank you. {how[0].upper()}{how[1:]} brings it to whoever asked.", note, mine)

    def _passed(self, pressed: Pressed, one: Request, person: int, now: int) -> Said:
        how = "passed" if pressed.what == "pass" else pressed.what
        mine = one.holder == person and one.state in {"asked", "claimed"}
        self._asking.pass_on(one.id, person, now, how)  # type: ignore[arg-type]
        if how == "never":
            return Said(
                "I will not bring you such questions again. “resume” whenever you like. Only I see it.", "Closed."
            )
        if how == "not-now":
            return Said("I bring you no such questions for 30 days. Only I see it.", "Closed.")
        return Said("Passed on; thank you for saying so.", "Passed on.") if mine else Said(NOT_YOURS)

    def _withdrawn(self, one: Request, asker: Asker, now: int) -> Said:
        if one.asker != asker.id:
            return Said("Only whoever asked it can withdraw it.")
        after = self._asking.withdraw(one.id, now) or one
        if after.state != "withdrawn":
            return Said(f"It is {self._stands(after)}.")
        return Said("Withdrawn: nobody is asked any more.", "Withdrawn.")

    def _answered(self, pressed: Pressed, one: Request, who: int | None, asker: Asker, now: int) -> Said:
        links = tuple(pressed.fields.get("links", "").split())
        after = self._asking.answer(one.id, who, pressed.fields["answer"], now, asker.name, links) or one
        return self._told(after, who, asker.name)

    def _told(self, after: Request, who: int | None, name: str) -> Said:
        if after.state != "answered" or not _is(after, who, name):
            return Said(f"Thank you; it is {self._stands(after)}.")
        return Said("Thank you: whoever asked has your answer now, and the next one who asks finds it.", "Answered.")

    async def _used(self, pressed: Pressed, asker: Asker, desk: Desk) -> str:
        """A reply in the question's thread, picked as the answer by who wrote it, who took it or who asked."""
        author = str(pressed.message.get("user") or "")
        words = str(pressed.message.get("text") or "").strip()
        one = await asyncio.to_thread(self._asking.store.standing_at, pressed.channel, pressed.thread)
        if one is None or not words or author == desk.own.user:
            return "Pick it on a reply in the thread of a question that wants a person."
        wrote = await desk.directory.who(author)
        return await asyncio.to_thread(self._use, one, words, (author, wrote.email, wrote.name), asker)

    def _use(self, one: Request, words: str, author: tuple[str, str, str], asker: Asker) -> str:
        db = self._asking.db
        wrote = by_chat(db, "slack", author[0], author[1])
        presses = by_chat(db, "slack", asker.id, asker.email)
        took = presses is not None and presses.id == one.holder
        if not (took or asker.id in {author[0], one.asker}):
            return "Whoever wrote it, took the question or asked it can say that it is the answer."
        who = wrote.id if wrote else None
        after = self._asking.answer(one.id, who, words, self._clock(), author[2]) or one
        return self._told(after, who, author[2]).text

    def _stands(self, one: Request) -> str:
        return wording.stands(one, wording.names(self._asking.db, one), reached=True)


def _is(one: Request, who: int | None, name: str) -> bool:
    return one.holder == who and (who is not None or one.holder_name == name)


async def _settle(desk: Desk, pressed: Pressed, said: Said) -> None:
    """Say below the message what was pressed, with the buttons that are left."""
    kept = [block for block in pressed.message.get("blocks") or () if block.get("type") != "actions"]
    if kept:
        blocks = [*kept[: BLOCKS - 4], context(said.note), *said.rows]
        words = str(pressed.message.get("text") or said.note)
        await tried(desk.client.chat_update(channel=pressed.channel, ts=pressed.ts, text=words, blocks=blocks))
