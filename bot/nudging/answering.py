"""Somebody answers what the bot said first, wherever they do: the same steps in Slack and in the terminal.

Synchronous; each returns what to say, and the times or words that may be chosen next. Who presses twice, late, after
the end, or what was written to somebody else, hears one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep

from bot.calendars import zone
from bot.etiquette import ALL
from bot.nudging import replying
from bot.nudging.flow import Flow
from bot.nudging.handing import Next, hand_on, next_one
from bot.nudging.kinds import KINDS, Answer
from bot.nudging.people import Team, recipients
from bot.nudging.session import propose_times, times_told
from bot.nudging.states import HEARD
from bot.nudging.times import offered, others_picks, picks
from knowledge.errors import Mistake
from knowledge.store import willing
from knowledge.store.database import Database
from knowledge.store.finding import find
from knowledge.store.nudges import Nudge

DAY = 86_400
MOST_NOTE = 3000
LOOKS, LOOK_SECONDS = 20, 0.1


@dataclass(frozen=True, slots=True)
class Said:
    """What to say to somebody, and what they may say next. `over`: nothing more can be pressed where they pressed."""

    text: str
    nudge: Nudge | None = None
    times: tuple[tuple[int, str], ...] = ()
    over: bool = False
    name_one: bool = False  # a time of their own
    ask_until: bool = False  # until when "later" is
    ask_note: bool = False  # what should be written down
    ask_which: bool = False  # of what to be left alone
    may_help: str = ""  # where whoever showed it may say that newcomers are welcome
    ask_whom: bool = False  # who is asked instead; `next_one` is who comes to mind
    next_one: Next | None = None


class Answering:
    """What people say to nudges, kept and answered."""

    def __init__(self, db: Database, team: Team, clock: Callable[[], int]) -> None:
        self.flow = Flow(db)
        self._db, self._team, self._clock = db, team, clock

    def answer(self, number: str, person: int, answer: Answer, until: int | None = None) -> Said:
        """Yes, later, somebody else, no; or what a page needs."""
        now = self._clock()
        before = self._once_said(number)
        after = self.flow.answer(number, person, answer, now, until)
        if before is None or after is None:
            return Said(replying.GONE, over=True)
        if answer == "yes" and after.party(person) and self._needs_time(after):
            return self._which_time(before, self._offered(after, now), person, now)
        text = replying.answered(before, after, person, answer, self.zone_of(person, now))
        if answer == "not-mine" and after != before:
            found = next_one(self._db, after, now)
            whom = replying.whom(found.name if found else "")
            return Said(whom, after, over=True, ask_whom=True, next_one=found)
        fresh = answer == "later" and after != before and until is None
        return Said(text, after, over=after.state not in HEARD, ask_until=fresh)

    def _once_said(self, number: str) -> Nudge | None:
        """The nudge; who presses at once may overtake the note that its proposal was said, and waits for it."""
        nudge = self.flow.nudges.get(number)
        for _ in range(LOOKS):
            if nudge is None or nudge.state != "proposed":
                break
            sleep(LOOK_SECONDS)
            nudge = self.flow.nudges.get(number)
        return nudge

    def _which_time(self, before: Nudge, after: Nudge, person: int, now: int) -> Said:
        """After a yes, also one that was said before."""
        names, zone_name = self._names(after, now), self.zone_of(person, now)
        if picks(after, person) and not others_picks(after, person, now):
            return Said(replying.waiting(after, person, names), after)
        times = times_told(after, person, zone_name, now)
        text = replying.which_time(after, person, names, zone_name) if times else replying.NO_TIME
        fresh = before.party(person) != after.party(person)
        return Said(f"Thank you! {text}" if fresh else text, after, times, name_one=True)

    def pick(self, number: str, person: int, time: int) -> Said:
        """This time would suit them."""
        now = self._clock()
        before = self.flow.nudges.get(number)
        after = self.flow.pick(number, person, time, now)
        if before is None or after is None:
            return Said(replying.GONE, over=True)
        names, zone_name = self._names(after, now), self.zone_of(person, now)
        text = replying.picked(before, after, person, time, names, zone_name)
        return Said(text, after, over=after.state not in HEARD)

    def told(self, number: str, person: int, *, happened: bool) -> Said:
        """Did it happen."""
        now = self._clock()
        before = self.flow.nudges.get(number)
        after = self.flow.told(number, person, happened=happened, note="", now=now)
        if before is None or after is None:
            return Said(replying.GONE, over=True)
        text = replying.told(before, after, person, happened=happened)
        mine = after.party(person)
        fresh = happened and mine is not None and after != before
        return Said(text, after, over=True, ask_note=fresh, may_help=self._may_help(after, person) if fresh else "")

    def _may_help(self, nudge: Nudge, person: int) -> str:
        """The place that somebody has just shown, unless they said yes or no to newcomers."""
        said = willing.read(self._db, self._clock())
        mine = nudge.party(person)
        shows = mine is not None and mine.role == "shows"
        return nudge.area if shows and person not in said.no and person not in said.yes else ""

    def note(self, number: str, person: int, words: str) -> Said:
        """What should be written down.

        Raises:
            Mistake: it is empty, or too long.
        """
        words = words.strip()
        if not words or len(words) > MOST_NOTE:
            raise Mistake("that is nothing to keep", f"Write a sentence or two, {MOST_NOTE} characters at most.")
        before = self.flow.nudges.get(number)
        after = self.flow.told(number, person, happened=True, note=words, now=self._clock())
        if before is None or after is None:
            return Said(replying.GONE, over=True)
        if after.party(person) is None:
            return Said(replying.NOT_YOURS, after)
        mine = after.party(person)
        return Said(replying.NOTE_KEPT if mine and mine.note == words else replying.OVER, after, over=True)

    def hand(self, number: str, person: int, to: int) -> Said:
        """Somebody else is asked about a page that is not theirs; whoever said so names them."""
        now = self._clock()
        nudge = self.flow.nudges.get(number)
        if nudge is None:
            return Said(replying.GONE, over=True)
        mine = nudge.party(person)
        if mine is None or mine.answer != "not-mine" or to == person:
            return Said(replying.NOT_YOURS if mine is None else replying.OVER, nudge)
        known = recipients(self._db, self._team, [to], now)
        if to not in known or known[to].left or known[to].opted_out & {ALL, nudge.kind}:
            return Said(replying.ANOTHER, nudge)
        asked = hand_on(self._db, nudge, to, now)
        return Said(replying.handed(known[to].name if asked else ""), nudge, over=True)

    def hand_to(self, number: str, person: int, words: str) -> Said:
        """The same, by name or address.

        Raises:
            Mistake: nobody, or more than one, is called that.
        """
        found = [one for one in find(self._db, words.strip()) if not one.opted_out] if words.strip() else []
        if len(found) != 1:
            what = f"{'more than one' if found else 'nobody'} is called {words.strip()!r} here"
            raise Mistake(what, "Write the whole name or the address.")
        return self.hand(number, person, found[0].id)

    def never(self, number: str, person: int) -> Said:
        """Do not ask me again: of what, it asks back."""
        nudge = self.flow.nudges.get(number)
        if nudge is None:
            return Said(replying.GONE, over=True)
        if nudge.party(person) is None:
            return Said(replying.NOT_YOURS, nudge)
        words = KINDS[nudge.kind].words  # type: ignore[index]
        return Said(f"Gladly. Only about this sort of thing (“{words}”), or of my own accord at all?",
                    nudge, ask_which=True)  # fmt: skip

    def stop(self, number: str, person: int, kind: str) -> Said:
        """Never again: a kind, or all; which is a no to this one, too."""
        now = self._clock()
        nudge = self.flow.nudges.get(number)
        if nudge is None:
            return Said(replying.GONE, over=True)
        if nudge.party(person) is None:
            return Said(replying.NOT_YOURS, nudge)
        self.flow.never_again(person, kind if kind in KINDS else ALL, now)
        answers = KINDS[nudge.kind].answers  # type: ignore[index]
        no: Answer = "no" if "no" in answers else "not-mine"
        after = self.flow.answer(number, person, no, now) if no in answers else nudge
        return Said(replying.STOPPED, after, over=True)

    def moment(self, person: int, day: str, clock_time: str = "") -> int:
        """A day (2026-05-04) and a time (14:30; nine in the morning without one) where somebody lives, as seconds UTC.

        Raises:
            Mistake: it is none, or not ahead.
        """
        now = self._clock()
        try:
            local = datetime.fromisoformat(f"{day}T{clock_time or '09:00'}")
        except ValueError:
            raise Mistake(f"{day} {clock_time} is no time".replace("  ", " "), "Write 2026-05-04 14:30.") from None
        at = int(local.replace(tzinfo=zone(self.zone_of(person, now))).timestamp())
        if at <= now:
            raise Mistake(f"{day} {clock_time} is not ahead of us".replace("  ", " "), "Name a later one.")
        return at

    def later(self, person: int, words: str) -> int:
        """The moment that "week" (Monday next), "month" or a day means."""
        now = self._clock()
        if words not in {"week", "month"}:
            return self.moment(person, words)
        local = datetime.fromtimestamp(now, zone(self.zone_of(person, now)))
        days = 7 - local.weekday() if words == "week" else 30
        nine = (local + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
        return int(nine.timestamp())

    def zone_of(self, person: int, now: int) -> str:
        """Where somebody lives, as far as it is known."""
        known = recipients(self._db, self._team, [person], now)
        return (known[person].zone if person in known else "") or self._team.manners.zone

    def _needs_time(self, nudge: Nudge) -> bool:
        return nudge.state in HEARD - {"later", "scheduled", "reminded"} and KINDS[nudge.kind].meets  # type: ignore[index]

    def _offered(self, nudge: Nudge, now: int) -> Nudge:
        """With times to pick from; what was offered before stays while any of it is ahead."""
        if offered(nudge, now):
            return nudge
        known = recipients(self._db, self._team, nudge.people, now)
        times = propose_times([known[one] for one in nudge.people if one in known], self._team.manners, now)
        return self.flow.offer(nudge.id, times, now) or nudge

    def _names(self, nudge: Nudge, now: int) -> Mapping[int, str]:
        return {number: one.name for number, one in recipients(self._db, self._team, nudge.people, now).items()}
