"""What people and the clock do to nudges: every change with everything that follows from it, in one transaction.

For whoever builds buttons or commands (synchronous: call it with `asyncio.to_thread`):

    flow.answer(number, person, answer, now)    an Answer of bot.nudging.kinds; "later" may say until when
    flow.offer(number, moments, now)            times to pick from (bot.nudging.session.propose_times)
    flow.pick(number, person, time, now)        a time would suit somebody; booked when it suits everybody
    flow.schedule(number, time, now)            books a time: one reminder, one question to each afterwards
    flow.told(number, person, …)                did it happen, what should be written down
    flow.never_again(person, kind, now)         "don't ask again" (a kind, or "all")

Each returns the nudge as it is afterwards (its `state` says what to reply), None where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.etiquette import ALL
from bot.nudging import states, times
from bot.nudging.kinds import KINDS, MEETING_SECONDS, Answer
from bot.nudging.states import Happening, moved
from bot.wiki import nudged
from knowledge.model import Event
from knowledge.store import events, outbox
from knowledge.store.database import Database, Transaction
from knowledge.store.nudges import Nudge, Nudges, Party
from knowledge.store.outbox import Entry
from knowledge.store.wishes import Wish, Wishes

DAY = 86_400
REMIND_SECONDS = 2 * 3600  # before the session
ASK_SECONDS = 1800  # after its end
PICK_SECONDS = 3600  # after a yes, before somebody is asked for a time again
PROPOSAL_DAYS = 10  # a proposal that could not be said within this is not worth saying
TRIES = 8  # of a change that others keep overtaking


class Flow:
    """Nudges as people and the clock change them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.nudges = Nudges(db)

    def answer(self, number: str, person: int, answer: Answer, now: int, until: int | None = None) -> Nudge | None:
        """Somebody pressed a button of a proposal; `until` belongs to "later"."""
        return self.change(number, states.Answered(person, answer, until), now)

    def offer(self, number: str, moments: tuple[int, ...], now: int) -> Nudge | None:
        """Times to pick from, instead of those before."""
        return self.change(number, states.Offered(moments), now)

    def pick(self, number: str, person: int, time: int, now: int) -> Nudge | None:
        """This time would suit somebody."""
        return self.change(number, states.Picked(person, time), now)

    def schedule(self, number: str, time: int, now: int) -> Nudge | None:
        """Both agreed on a time."""
        return self.change(number, states.Scheduled(time), now)

    def told(self, number: str, person: int, *, happened: bool, note: str, now: int) -> Nudge | None:
        """Somebody said whether it happened, and perhaps what should be written down."""
        return self.change(number, states.Told(person, happened, note), now)

    def never_again(self, person: int, kind: str, now: int) -> None:
        """Nobody is asked again what they do not want to be asked: a kind, or "all"."""
        Wishes(self.db).wish(person, Wish("opt-out", kind if kind in KINDS else ALL), now)

    def tick(self, now: int) -> int:
        """Let time go by; returns how many nudges changed."""
        changed = 0
        for one in self.nudges.in_states(states.OPEN | states.MET - {"outcome-12"}):
            for happening in _by_the_clock(one, now):
                if moved(one, happening, now) is not one:  # else nothing is written, minute by minute
                    changed += self.change(one.id, happening, now) != one
        return changed

    def change(self, number: str, happening: Happening, now: int) -> Nudge | None:
        """Apply one happening, with what follows from it; read again where somebody else was quicker."""
        for _ in range(TRIES):
            before = self.nudges.get(number)
            if before is None:
                return None
            with self.db.transaction() as tx:
                if isinstance(happening, states.Answered | states.Picked | states.Told):
                    outbox.answered(tx, number, happening.person, now)
                after = moved(before, happening, now)
                if after is before:
                    return before
                if self.apply(tx, before, after, now):
                    break
        return self.nudges.get(number)

    def apply(self, tx: Transaction, before: Nudge, after: Nudge, now: int) -> bool:
        """Store a change and what follows; False, and nothing stored, when somebody else was quicker."""
        if not self.nudges.save(tx, after):
            return False
        if after.kind == "page":
            nudged.follow(tx, before, after, now)
        if after.state != before.state:
            self._follow(tx, before, after, now)
        if after.state == "accepted" and len(after.parties) > 1:
            self._look_for_a_time(tx, before, after, now)
        return True

    @staticmethod
    def _look_for_a_time(tx: Transaction, before: Nudge, after: Nudge, now: int) -> None:
        """Whoever has to say when is asked; what was asked before is no longer."""
        outbox.cancel(tx, after.id, "the times have changed", what="time")
        turns = times.asked_next(after, times.moved_by(before, after))
        outbox.put(tx, [time_asked(after, person, now if at_once else now + PICK_SECONDS) for person, at_once in turns])

    def _follow(self, tx: Transaction, before: Nudge, after: Nudge, now: int) -> None:
        match after.state:
            case "declined" | "passed" | "ignored" | "expired":
                outbox.cancel(tx, after.id, f"the proposal was {after.state}")
                willing = [one for one in after.parties if one.answer == "yes"]
                outbox.put(tx, [courtesy(after, one, now) for one in willing])
            case "proposed":
                outbox.put(tx, [proposal(after, now)])
            case "later":
                outbox.cancel(tx, after.id, "later")
            case "accepted" if before.state in {"scheduled", "reminded"}:
                outbox.cancel(tx, after.id, "another time is looked for")
            case "accepted" if len(after.parties) == 1 and after.parties[0].answer != "retire":
                outbox.put(tx, [question(after, after.parties[0], now + states.SOLO_DAYS * DAY)])
            case "scheduled":
                outbox.cancel(tx, after.id, "another time was found")
                outbox.put(tx, self._around(after, now))
            case "happened" | "followed-up" if before.state not in states.MET:
                self._remember(tx, after, now)

    @staticmethod
    def _around(nudge: Nudge, now: int) -> list[Entry]:
        """The card, the one reminder and the questions of a session with a time."""
        meet = nudge.meet_time or now
        asks = [question(nudge, one, meet + MEETING_SECONDS + ASK_SECONDS) for one in nudge.parties]
        return [session_card(nudge, now), reminder(nudge, now), *asks]

    def _remember(self, tx: Transaction, nudge: Nudge, now: int) -> None:
        """What happened is evidence, once."""
        shown, learnt = KINDS[nudge.kind].events  # type: ignore[index]
        title = str(nudge.facts.get("title") or nudge.area)
        place = events.Where(events.node_of(tx, nudge.repo_id, nudge.area), title)
        at = min(nudge.meet_time or now, now)
        for one in nudge.parties:
            kind = learnt if one.role == "learns" else shown
            if kind:
                events.record(tx, Event(kind, one.person, nudge.area, at, 1.0, f"nudge {nudge.id}"), place)


def _by_the_clock(nudge: Nudge, now: int) -> list[Happening]:
    """What time alone may do to a nudge."""
    if nudge.state not in states.MET:
        return [states.Ticked()]
    since = nudge.meet_time or nudge.state_time
    return [states.Measured(state) for state, days in states.OUTCOME_DAYS.items() if now >= since + days * DAY]


def proposal(nudge: Nudge, now: int) -> Entry:
    """The first message of a nudge; a second one only after somebody said "later"."""
    again = f" {nudge.version}" if nudge.version else ""
    return Entry(
        mark=f"nudge {nudge.id} proposal{again}",
        kind=nudge.kind,
        what="proposal",
        people=nudge.people,
        created=now,
        not_before=now,
        expires=nudge.expires,
        about=nudge.id,
        place="group" if len(nudge.people) > 1 else "person",
    )


def previews(week: str, leads: Iterable[int], now: int) -> list[Entry]:
    """To each lead alone, before a team's first round: what would be said (`about` is the week)."""
    return [
        Entry(
            mark=f"round {week} preview {lead}",
            kind="preview",
            what="preview",
            people=(lead,),
            created=now,
            not_before=now,
            expires=now + PROPOSAL_DAYS * DAY,
            about=week,
            agreed=True,
        )
        for lead in leads
    ]


def time_asked(nudge: Nudge, person: int, at: int) -> Entry:
    """When would it suit, or does it suit what somebody else picked; to one alone."""
    said = times.others_picks(nudge, person)
    name = f"time {person} {nudge.version} {said[-1] if said else 0}"
    return _agreed(nudge, name, "time", (person,), at, at, at + 5 * DAY)


def session_card(nudge: Nudge, now: int) -> Entry:
    """As soon as there is a time, to both: what they need, with the invitation."""
    meet = nudge.meet_time or now
    return _agreed(nudge, f"card {meet} {nudge.version}", "card", nudge.people, now, now, meet)


def reminder(nudge: Nudge, now: int) -> Entry:
    """Before the session, to both."""
    meet = nudge.meet_time or now
    return _agreed(
        nudge, f"reminder {meet} {nudge.version}", "reminder", nudge.people, now, meet - REMIND_SECONDS, meet
    )


def question(nudge: Nudge, one: Party, at: int) -> Entry:
    """Afterwards, to each alone."""
    return _agreed(
        nudge, f"question {one.person} {at} {nudge.version}", "question", (one.person,), at, at, at + 5 * DAY
    )


def courtesy(nudge: Nudge, one: Party, now: int) -> Entry:
    """To whoever had said yes: it will not work out, and thank you."""
    return _agreed(nudge, f"courtesy {one.person}", "courtesy", (one.person,), now, now, now + 3 * DAY)


def _agreed(
    nudge: Nudge, name: str, what: str, people: tuple[int, ...], created: int, not_before: int, expires: int
) -> Entry:
    return Entry(
        mark=f"nudge {nudge.id} {name}",
        kind=nudge.kind,
        what=what,
        people=people,
        created=created,
        not_before=not_before,
        expires=expires,
        about=nudge.id,
        place="group" if len(people) > 1 else "person",
        agreed=True,
    )
