"""The same flow in a terminal: what was said to somebody and waits for their word, and what they say to it.

    lamp nudge inbox                     what waits for you, and how to answer
    lamp nudge yes|later|other|no ID     of a page: confirm, edit, not-mine, retire; later may say week, month or a day
    lamp nudge hand ID NAME              of a page that is not yours: who is asked instead
    lamp nudge at ID N|DAY TIME          which of the times, or one of your own
    lamp nudge told ID yes|no [WORDS]    did it happen, and what should be written down
    lamp nudge never ID [KIND|all]       don't ask again
    lamp nudge card ID                   the session's card; with --ics FILE its invitation

An id may be cut short. Where no chat brings messages, `lamp nudge deliver` (by cron) says what is due into inboxes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.message import Message
from bot.nudging import replying, times
from bot.nudging.answering import Answering, Said
from bot.nudging.flow import proposal, question, session_card, time_asked
from bot.nudging.kinds import FEWEST_OF_AN_ID, KINDS, Answer
from bot.nudging.people import recipients
from bot.nudging.sender import Posted
from bot.nudging.session import card, times_told, to_see, with_invitation
from bot.nudging.states import HEARD, SAID
from bot.nudging.wording import LABELS, Spoken, compose, local_time
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Nudges
from knowledge.store.outbox import Entry

if TYPE_CHECKING:
    from bot.nudging.rounds import Nudging

WORDS = frozenset({*LABELS, "at", "told", "never", "card", "hand"})
_ID = re.compile(r"[0-9a-f]{3,12}")


class Waiting(NamedTuple):
    """Something that waits for somebody's word: its text, and what can be said to it."""

    id: str
    kind: str
    state: str
    text: str
    says: tuple[str, ...]


class Terminal:
    """Inboxes as a `bot.nudging.sender.Sender`: what is said is read there, so nothing goes anywhere."""

    def reaches(self, person: int) -> bool:  # noqa: ARG002
        """Everybody has an inbox."""
        return True

    async def find_posted(self, mark: str, people: Sequence[int], since: int) -> Posted | None:  # noqa: ARG002
        """It stands in the outbox, or nowhere."""
        return None

    async def send(self, mark: str, people: Sequence[int], message: Message) -> Posted:  # noqa: ARG002
        """The outbox itself is where it is read."""
        return Posted("terminal", mark)


def is_answer(words: Sequence[str]) -> bool:
    """Whether words answer something in the inbox ("no interest in x" does not)."""
    return len(words) > 1 and words[0] in WORDS and bool(_ID.fullmatch(words[1]))


class Inbox:
    """One person's."""

    def __init__(self, db: Database, nudging: Nudging, person: int, now: int) -> None:
        self._db, self._nudging, self._person, self._now = db, nudging, person, now
        self._answering = Answering(db, nudging.team, lambda: now)
        self._zone = self._answering.zone_of(person, now)

    def waiting(self) -> list[Waiting]:
        """What was said and waits for their word, the oldest first."""
        mine = [one for one in Nudges(self._db).in_states({*HEARD, "asked"}) if one.party(self._person)]
        return [found for one in mine if (found := self._one(one)) is not None]

    def say(self, words: Sequence[str]) -> Said:
        """What somebody says to one of them.

        Raises:
            Mistake: it cannot be understood.
        """
        word, number, rest = words[0], self._number(words[1]), list(words[2:])
        me, answering = self._person, self._answering
        match word:
            case "at":
                return answering.pick(number, me, self._time(number, rest))
            case "told":
                return self._told(number, rest)
            case "hand":
                return answering.hand_to(number, me, " ".join(rest))
            case "never":
                return answering.stop(number, me, rest[0]) if rest else answering.never(number, me)
            case "later" if rest:
                return answering.answer(number, me, "later", answering.later(me, rest[0]))
            case _:
                return answering.answer(number, me, _answer(word))

    def card(self, number: str) -> Message:
        """The card of a session that has its time; its invitation is `data["files"]`.

        Raises:
            Mistake: it has none, or is not theirs.
        """
        nudge = Nudges(self._db).get(self._number(number))
        if nudge is None or nudge.party(self._person) is None or nudge.meet_time is None:
            raise Mistake(f"{number} has no time yet", "`lamp nudge inbox` shows what waits.")
        names = self._names(nudge)
        shown = card(nudge, names, to_see(self._db, nudge, nudge.meet_time), local_time(nudge.meet_time, self._zone))
        return with_invitation(self._db, nudge, shown, names, self._now)

    def _number(self, said: str) -> str:
        found = [one.id for one in Nudges(self._db).since(0) if one.id.startswith(said)]
        mine = [one for one in found if self._is_mine(one)]
        if len(mine or found) > 1:
            raise Mistake(f"{said} could be {' or '.join(mine or found)}", "Write more of it.")
        return (mine or found or [said])[0]

    def _is_mine(self, number: str) -> bool:
        nudge = Nudges(self._db).get(number)
        return nudge is not None and nudge.party(self._person) is not None

    def _one(self, nudge: Nudge) -> Waiting | None:
        entry, says = self._turn(nudge)
        if entry is None:
            return None
        told = times_told(nudge, self._person, self._zone, self._now) if entry.what == "time" else ()
        if entry.what == "card":
            text = self.card(nudge.id).text
        else:
            first = times.others_picks(nudge, self._person, self._now)
            when = local_time(first[0], self._zone) if first else ""
            spoken = Spoken(self._names(nudge), budget=self._nudging.team.manners.budget, when=when, times=told)
            text = compose(self._nudging.texts, nudge, entry, spoken).text
        lines = [f"  {number}. {words}" for number, (_, words) in enumerate(told, 1)]
        return Waiting(nudge.id, nudge.kind, nudge.state, "\n".join([text, *lines]), says)

    def _turn(self, nudge: Nudge) -> tuple[Entry | None, tuple[str, ...]]:
        """What to show of a nudge, as the outbox entry with its words, and what can be said."""
        short, party = nudge.id[: FEWEST_OF_AN_ID + 1], nudge.party(self._person)
        if party is None or nudge.kind in SAID:
            return None, ()
        met = nudge.meet_time is not None and nudge.meet_time <= self._now
        if nudge.state == "asked" or (nudge.state in {"scheduled", "reminded"} and met):
            asks = (f"told {short} yes", f"told {short} no", f'told {short} yes "…"')
            return (None, ()) if party.happened else (question(nudge, party, self._now), asks)
        if nudge.state in {"scheduled", "reminded"}:
            return session_card(nudge, self._now), (f"at {short} DAY TIME", f"card {short} --ics FILE")
        meets = KINDS[nudge.kind].meets  # type: ignore[index]
        if party.answer in {"yes", "edit"}:
            if not meets or (times.picks(nudge, self._person) and not times.others_picks(nudge, self._person)):
                return None, ()
            return time_asked(nudge, self._person, self._now), (f"at {short} NUMBER", f"at {short} DAY TIME")
        if party.answer:
            return None, ()
        answers = tuple(f"{one} {short}" for one in KINDS[nudge.kind].answers)  # type: ignore[index]
        return proposal(nudge, self._now), (*answers, f"never {short}")

    def _time(self, number: str, rest: Sequence[str]) -> int:
        nudge = Nudges(self._db).get(number)
        told = times_told(nudge, self._person, self._zone, self._now) if nudge else ()
        if len(rest) == 1 and rest[0].isdecimal():
            if 1 <= int(rest[0]) <= len(told):
                return told[int(rest[0]) - 1][0]
            raise Mistake(f"there is no time {rest[0]}", f"Say yes first: `lamp nudge yes {number}` lists them.")
        if not rest:
            raise Mistake("at which time?", "Write its number, or 2026-05-04 14:30.")
        return self._answering.moment(self._person, rest[0], rest[1] if len(rest) > 1 else "")

    def _told(self, number: str, rest: Sequence[str]) -> Said:
        if not rest or rest[0] not in {"yes", "no"}:
            raise Mistake("did it happen?", "Write `lamp nudge told ID yes` or `no`, and what should be written down.")
        said = self._answering.told(number, self._person, happened=rest[0] == "yes")
        if rest[0] == "yes" and len(rest) > 1:
            return self._answering.note(number, self._person, " ".join(rest[1:]))
        return said

    def _names(self, nudge: Nudge) -> dict[int, str]:
        known = recipients(self._db, self._nudging.team, nudge.people, self._now)
        return {number: one.name for number, one in known.items()}


def _answer(word: str) -> Answer:
    if word not in LABELS:
        raise Mistake(f"{word!r} is no answer", f"Say one of {', '.join(LABELS)}.")
    return word  # type: ignore[return-value]


def next_words(said: Said) -> list[str]:
    """What may be said next, in the words of the terminal."""
    short = said.nudge.id[: FEWEST_OF_AN_ID + 1] if said.nudge else "ID"
    lines = [f"  {number}. {words}" for number, (_, words) in enumerate(said.times, 1)]
    if said.name_one:
        lines.append(f"`lamp nudge at {short} NUMBER`, or `lamp nudge at {short} DAY TIME`")
    if said.ask_until:
        lines.append(f"Another day: `lamp nudge later {short} week`, `month` or a day")
    if said.ask_whom:
        lines.append(f"`lamp nudge hand {short} {said.next_one.name if said.next_one else 'NAME'}`")
    if said.ask_which and said.nudge:
        lines.append(f"`lamp nudge never {short} {said.nudge.kind}`, or `lamp nudge never {short} all`")
    if said.ask_note:
        lines.append(f'`lamp nudge told {short} yes "what should be written down"`')
    if said.text == replying.NOTE_KEPT:
        lines.append(f"`lamp wiki new --from-session {short}` makes a page of it.")
    return lines
