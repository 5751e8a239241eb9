"""Answering in Slack what the bot said first: yes, later until when, a time for two, did it happen, what to write down.

Whoever presses hears it alone. What others see changes only when nothing can be pressed there any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.chat.flows import nudge_rows
from bot.chat.flows.base import Pressed, say
from bot.chat.flows.forms import day, form, paragraph, select, text
from bot.chat.flows.wiki import keep_row
from bot.message import Asker, Message
from bot.nudging import replying
from bot.nudging.answering import MOST_NOTE, Answering, Said
from bot.nudging.kinds import Answer
from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.store.database import Database
from knowledge.store.finding import by_chat
from knowledge.store.nudges import Nudges
from knowledge.store.people import find

if TYPE_CHECKING:
    from bot.chat.slack_desk import Desk
    from bot.nudging.rounds import Nudging

ANSWERS: Mapping[str, Answer] = {
    "yes": "yes", "later": "later", "other": "other", "no": "no",
    "confirm": "confirm", "edit": "edit", "not-mine": "not-mine", "retire": "retire",
}  # fmt: skip
HALF_HOURS = {f"{n // 2:02}:{n % 2 * 30:02}": f"{n // 2:02}:{n % 2 * 30:02}" for n in range(14, 40)}
CLOSED = "This is no longer open."
LATE = frozenset({replying.OVER, replying.MET_ALREADY, replying.GONE})


class NudgeFlow:
    """See the module."""

    name = "nudge"
    opens = frozenset({"note", "when", "whom"})
    words: frozenset[str] = frozenset()

    def __init__(self, db: Database, nudging: Nudging, clock: Callable[[], int]) -> None:
        self._db, self._nudging, self._clock = db, nudging, clock
        self._answering = Answering(db, nudging.team, clock)

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:  # noqa: ARG002
        """The form for a note, or for a time of one's own."""
        if pressed.what == "note":
            field = text("note", "A sentence or two", lines=True, most=MOST_NOTE,
                         hint="What would have helped you to know before?")  # fmt: skip
            await desk.open(pressed, form(f"nudge:note:{pressed.value}", "For the next one", field, submit="Keep it"))
            return
        if pressed.what == "whom":
            who = text("who", "Who?", hint="A whole name, or an address.", most=100)
            await desk.open(pressed, form(f"nudge:whom:{pressed.value}", "Who would know?", who, submit="Ask them"))
            return
        view = form(
            f"nudge:when:{pressed.value}",
            "Another time",
            paragraph("A time that would suit you; the other one is asked."),
            day("day", "Which day?"),
            select("time", "When, where you are?", HALF_HOURS, initial="10:00"),
            submit="Suggest it",
        )
        await desk.open(pressed, view)

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:
        """A note needs words, a time must lie ahead."""
        if pressed.what == "note":
            return {} if pressed.fields.get("note", "").strip() else {"note": "A sentence or two, please."}
        if pressed.what == "whom":
            return {} if pressed.fields.get("who", "").strip() else {"who": "A name, please."}
        try:
            # Where they live is looked up when it is heard; a day that is over everywhere is told at once.
            await asyncio.to_thread(self._answering.moment, 0, pressed.fields.get("day", ""), "23:59")
        except Mistake as mistake:
            return {"day": str(mistake)}
        return {}

    async def heard(self, pressed: Pressed, asker: Asker, desk: Desk) -> Message | None:
        """Everything else that can be pressed."""
        return await self._tell(pressed, desk, await asyncio.to_thread(self._said, pressed, asker))

    async def _tell(self, pressed: Pressed, desk: Desk, said: Said) -> Message | None:
        shown = _shown(said)
        if pressed.ephemeral:  # it answers the question that only they see
            return None if await desk.replace(pressed, shown, buttons=shown.data["rows"]) else shown
        mine = said.nudge is not None and said.text != replying.NOT_YOURS
        if said.over and mine and pressed.how == "button":
            await desk.settle(pressed, CLOSED if said.text in LATE else _closing(pressed))
        return shown

    def _said(self, pressed: Pressed, asker: Asker) -> Said:
        person = by_chat(self._db, "slack", asker.id, asker.email)
        if person is None:
            return Said(replying.UNKNOWN)
        if pressed.how == "form":
            return self._sent_in(pressed, person)
        number, answering = pressed.value, self._answering
        match pressed.what:
            case what if what in ANSWERS:
                return answering.answer(number, person.id, ANSWERS[what])
            case "until" | "day":
                until = answering.later(person.id, pressed.value)
                return answering.answer(pressed.about, person.id, "later", until)
            case "pick":
                return answering.pick(number, person.id, int(pressed.about))
            case "did" | "didnt":
                return answering.told(number, person.id, happened=pressed.what == "did")
            case "hand":
                return answering.hand(number, person.id, int(pressed.about))
            case "never":
                return answering.never(number, person.id)
            case "stop":
                return answering.stop(number, person.id, pressed.about)
            case "approve":
                return self._approved(person)
        return Said(replying.GONE)

    def _sent_in(self, pressed: Pressed, person: Person) -> Said:
        if pressed.what == "note":
            return self._answering.note(pressed.about, person.id, pressed.fields["note"])
        if pressed.what == "whom":
            try:
                return self._answering.hand_to(pressed.about, person.id, pressed.fields["who"])
            except Mistake as mistake:
                return Said(str(mistake))
        at = self._answering.moment(person.id, pressed.fields["day"], pressed.fields["time"])
        return self._answering.pick(pressed.about, person.id, at)

    def _approved(self, person: Person) -> Said:
        leads = {one.id for words in self._nudging.settings.preview_to for one in find(self._db, words)[:1]}
        if person.id not in leads:
            return Said("Only those whom config.yaml names in `nudges.preview_to` let a first round go.")
        let_go = Nudges(self._db).approve(person.name, self._clock())
        sent = "They go out now, in everybody's working hours; those of later weeks do without asking you."
        return Said(sent if let_go else "They went out before; nothing waits for a look.")


def _closing(pressed: Pressed) -> str:
    """What stands in place of the buttons: in one's own conversation what one said, where others see it nothing."""
    found = [e for b in pressed.message.get("blocks") or () for e in b.get("elements") or () if isinstance(e, dict)]
    label = next((e["text"]["text"] for e in found if e.get("action_id") == pressed.id), "")
    return f"You said: {label}." if label and pressed.channel.startswith("D") else CLOSED


def _shown(said: Said) -> Message:
    number = said.nudge.id if said.nudge else ""
    rows: tuple[dict[str, object], ...] = ()
    if said.name_one:
        rows = nudge_rows.times(number, said.times)
    elif said.ask_until:
        rows = nudge_rows.until(number)
    elif said.ask_which and said.nudge:
        rows = nudge_rows.which(number, said.nudge.kind)
    elif said.ask_whom:
        found = said.next_one
        rows = nudge_rows.hand_on(number, found.person if found else 0, found.name if found else "")
    elif said.ask_note:
        rows = nudge_rows.write_down(number, said.may_help)
    elif said.text == replying.NOTE_KEPT:
        rows = keep_row("session", number)
    return say(said.text, rows=rows)
