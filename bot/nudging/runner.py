"""The thin shell that speaks: takes what is due from the outbox, asks the etiquette, sends it, and says that it did.

Several copies may run at once and any may die at any line: see `knowledge.store.outbox`. Times are wall-clock seconds
UTC and may jump; `tick` is monotonic seconds of this process and only tells whether another copy is still alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.etiquette import Approach, Drop, Hold, Recipient, Send, judge
from bot.message import Message
from bot.nudging import states, times
from bot.nudging.flow import TRIES, Flow
from bot.nudging.people import ANSWER_DAYS, DAY, Team, recipients
from bot.nudging.sender import Channels, LimitedError, Posted, Quiet, Sender, UnreachableError
from bot.nudging.session import card, times_told, to_see, with_invitation
from bot.nudging.states import moved
from bot.nudging.texts import Texts
from bot.nudging.voice import SHARED, Voice
from bot.nudging.wording import Spoken, compose, local_times, preview
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge
from knowledge.store.outbox import LEASE_SECONDS, Entry, Outbox

log = logging.getLogger("lamplighter.nudges")

SEND_SECONDS = LEASE_SECONDS / 3  # a send that takes longer is given up, and looked for when the lease is over
RETRY_SECONDS = 900
FITS = {  # an entry is only said while its nudge is in one of these states
    "proposal": {"proposed"},
    "time": {"accepted"},
    "card": {"scheduled", "reminded"},
    "reminder": {"scheduled"},
    "question": {"accepted", "scheduled", "reminded", "asked"},
    "courtesy": {"declined", "passed", "ignored", "expired"},
}
_POSTED: Mapping[str, states.Happening] = {"reminder": states.Reminded(), "question": states.AskedAfter()}


@dataclass(frozen=True, slots=True)
class Watched:
    """The last sign of life of an entry's sender, and since when (monotonic) we see it unchanged."""

    holder: str
    beat: int
    since: float


class Runner:
    """One copy of the bot, as far as it speaks first."""

    def __init__(
        self,
        db: Database,
        holder: str,
        sender: Sender,
        team: Team,
        texts: Texts,
        voices: Sequence[Voice] = (),
        channels: Channels | None = None,
    ) -> None:
        """The parts; `voices` are what else speaks through the outbox, `channels` where there are some to speak in."""
        self.flow = Flow(db)
        self.outbox = Outbox(db, holder, only=("nudge ", "round ", *(f"{one.kind} " for one in voices)))
        self._db = db
        self._sender = sender
        self._team = team
        self._texts = texts
        self._voices = {one.kind: one for one in voices}
        self._channels = channels
        self._watched: dict[str, Watched] = {}
        self._quiet: Mapping[int, int] = {}  # of this run: who does not want to be disturbed, and until when

    async def run(self, now: Callable[[], int], tick: float) -> int:
        """Let time go by, finish what died, say what is due; returns how many messages were posted."""
        await asyncio.to_thread(self.flow.tick, now())
        for voice in self._voices.values():
            await asyncio.to_thread(voice.tick, now(), self._sender.reaches)
        for entry in await asyncio.to_thread(self._orphans, tick):
            await self._finish(entry, now())
        due = await asyncio.to_thread(self.outbox.due, now())
        try:
            self._quiet = await self._undisturbed(due, now())
        except LimitedError as limited:
            log.info("nothing is said this minute: %s", limited)
            return 0
        return sum([await self._say(entry, now()) for entry in due])

    async def _undisturbed(self, due: Sequence[Entry], now: int) -> Mapping[int, int]:
        """Who of those that something is due for does not want to be disturbed, asked of the platform at once."""
        people = sorted({person for entry in due for person in entry.people})
        if not people or not isinstance(self._sender, Quiet):
            return {}
        try:
            return await self._sender.quiet(people, now)
        except LimitedError:
            raise
        except Exception:  # an unknown is no reason for silence: hours, absences and wishes are known without it
            log.exception("who does not want to be disturbed could not be found out")
            return {}

    def _known(self, people: Iterable[int], now: int, mark: str, only: str = "") -> dict[int, Recipient]:
        """What the etiquette knows of them, with what the platform said in this run."""
        found = recipients(self._db, self._team, people, now, but=mark, only=only)
        return {number: replace(one, quiet_until=self._quiet.get(number)) for number, one in found.items()}

    def _orphans(self, tick: float) -> list[Entry]:
        """What is being sent by somebody who gave no sign of life for LEASE_SECONDS of our own time, now ours."""
        found = self.outbox.posting()
        seen = {one.mark: self._watched.get(one.mark) for one in found}
        self._watched = {
            one.mark: last if last and (last.holder, last.beat) == (one.holder, one.beat) else
            Watched(one.holder, one.beat, tick)
            for one in found for last in [seen[one.mark]]
        }  # fmt: skip
        silent = [one for one in found if tick - self._watched[one.mark].since >= LEASE_SECONDS]
        return [taken for one in silent if (taken := self.outbox.take_over(one))]

    async def _finish(self, entry: Entry, now: int) -> None:
        """Somebody died while sending: look for the message; where it is not there, let it wait its turn again."""
        try:
            found = await self._find(entry)
        except UnreachableError as error:  # they are gone by now: whether it reached them makes no difference
            await asyncio.to_thread(self._drop, entry, error.why, now)
            return
        except Exception:  # what is said to others goes on; this is looked for again when the lease is over
            log.exception("%s: could not be looked for", entry.mark)
            return
        if found is not None:
            await asyncio.to_thread(self._posted, entry, found, now)
        else:
            await asyncio.to_thread(self.outbox.put_back, entry, now, "its sender stopped before it was said")

    async def _find(self, entry: Entry) -> Posted | None:
        if entry.place != "channel":
            return await self._sender.find_posted(entry.mark, entry.people, entry.created)
        if self._channels is None or "edit" in entry.payload:
            return None  # an edit is simply made again
        channel, thread = str(entry.payload["channel"]), str(entry.payload.get("thread", ""))
        return await self._channels.find_in(entry.mark, channel, thread, entry.created)

    async def _send(self, entry: Entry, message: Message) -> Posted:
        if entry.place != "channel":
            return await self._sender.send(entry.mark, entry.people, message)
        if self._channels is None:
            raise UnreachableError("there are no channels here")
        channel = str(entry.payload["channel"])
        if ts := str(entry.payload.get("edit", "")):
            await self._channels.edit(Posted(channel, ts), message)
            return Posted(channel, ts)
        return await self._channels.say_in(entry.mark, channel, str(entry.payload.get("thread", "")), message)

    async def _say(self, entry: Entry, now: int) -> int:
        taken = await asyncio.to_thread(self._take, entry, now)
        if taken is None:
            return 0
        ours, message = taken
        try:
            async with asyncio.timeout(SEND_SECONDS):
                posted = await self._send(ours, message)
        except UnreachableError as error:
            log.warning("%s: cannot be said: %s", ours.mark, error.why)
            await asyncio.to_thread(self._drop, ours, error.why, now)
            return 0
        except Exception:
            log.exception("%s: not known whether it was said; it is looked for later", ours.mark)
            return 0
        return int(await asyncio.to_thread(self._posted, ours, posted, now))

    def _take(self, entry: Entry, now: int) -> tuple[Entry, Message] | None:
        """The entry, ours and booked, with its words; None when it is held, dropped or somebody else's."""
        if (voice := self._voices.get(entry.kind)) is not None:
            return self._take_for(voice, entry, now)
        nudge = self.flow.nudges.get(entry.about)
        if entry.what == "preview":
            waiting = [one for one in self.flow.nudges.in_states({"proposed"}) if one.week == entry.about]
            wanted = bool(waiting) and not self._approved(entry.about)
        else:
            waiting = [nudge] if nudge is not None else []
            wanted = nudge is not None and nudge.state in FITS.get(entry.what, set())
        if not wanted:
            self._drop(entry, "no longer wanted", now)
            return None
        involved = {*entry.people, *(person for one in waiting for person in one.people)}
        known = self._known(involved, now, entry.mark)
        to = [known[one] for one in entry.people if one in known]
        verdict = judge(approach(entry, approved=self._approved(waiting[0].week)), to, self._team.manners, now)
        match verdict:
            case Hold(until, why):
                self.outbox.hold(entry, until, why)
            case Drop(why, _):
                self._drop(entry, why, now)
            case Send(introduce, _):
                ours = self.outbox.take(entry, now, self._team.manners.budget, introduce)
                if ours is None:
                    self.outbox.hold(entry, now + RETRY_SECONDS, "somebody was written to at this moment")
                    return None
                return ours, self._words(waiting, ours, known, verdict, now)
        return None

    def _take_for(self, voice: Voice, entry: Entry, now: int) -> tuple[Entry, Message] | None:
        """The same for an entry of another voice, which has a budget of its own."""
        if not voice.wanted(entry):
            self._drop(entry, "no longer wanted", now)
            return None
        own = voice.kind if voice.budget != SHARED else ""
        budget = voice.budget if own else self._team.manners.budget
        known = self._known(entry.people, now, entry.mark, own)
        zone = str(entry.payload.get("zone", ""))  # where the platform says that they are
        nobodys = [Recipient(0, "the team", zone=zone)] if not entry.people else []
        to = nobodys or [replace(known[one], zone=known[one].zone or zone) for one in entry.people if one in known]
        manners = replace(self._team.manners, budget=budget)
        asked = replace(approach(entry, approved=True), personal=bool(entry.people))
        verdict = Send() if "edit" in entry.payload else judge(asked, to, manners, now)  # an edit rings nobody's phone
        match verdict:
            case Hold(until, why):
                self.outbox.hold(entry, until, why)
            case Drop(why, _):
                self._drop(entry, why, now)
            case Send():
                introduce = tuple(one for one in verdict.introduce if one)
                ours = self.outbox.take(entry, now, budget, introduce, own)
                if ours is not None:
                    return ours, voice.message(ours, known, verdict._replace(introduce=introduce), now)
                self.outbox.hold(entry, now + RETRY_SECONDS, "somebody was written to at this moment")
        return None

    def _words(
        self, about: Sequence[Nudge], entry: Entry, known: dict[int, Recipient], verdict: Send, now: int
    ) -> Message:
        if entry.what == "preview":
            return preview(about, {number: one.name for number, one in known.items()})
        nudge = about[0]
        names = {number: one.name for number, one in known.items()}
        zones = [known[one].zone or self._team.manners.zone for one in entry.people if one in known]
        told = times_told(nudge, entry.people[0], zones[0]) if entry.what == "time" else ()
        first = times.others_picks(nudge, entry.people[0])[:1] if entry.what == "time" else ()
        meet = first[0] if first else nudge.meet_time
        when = local_times(meet, zones) if meet else ""
        spoken = Spoken(names, verdict.introduce, verdict.last_call, self._team.manners.budget, when, told)
        if entry.what == "card":
            return with_invitation(self._db, nudge, self._card(nudge, names, when), names, now)
        return compose(self._texts, nudge, entry, spoken)

    def _card(self, nudge: Nudge, names: Mapping[int, str], when: str = "") -> Message:
        return card(nudge, names, to_see(self._db, nudge, nudge.meet_time or 0), when)

    def _approved(self, week: str) -> bool:
        return any(one.week == week and one.approved is not None for one in self.flow.nudges.rounds())

    def _drop(self, entry: Entry, why: str, now: int) -> None:
        """Never say it; a proposal takes its nudge along."""
        with self._db.transaction() as tx:
            dropped = self.outbox.drop(tx, entry, why)
        if dropped and (voice := self._voices.get(entry.kind)) is not None:
            voice.dropped(entry, now)
            return
        if dropped and entry.what == "proposal":
            self.flow.change(entry.about, states.Dropped(), now)

    def _posted(self, entry: Entry, posted: Posted, now: int) -> bool:
        """It was said: the entry and its nudge go on in one transaction; False when another copy had taken over."""
        for _ in range(TRIES):
            with suppress(_OvertakenError):
                return self._keep(entry, posted, now)
        log.error("%s: said, and its nudge changes too fast to keep up; it is looked for later", entry.mark)
        return False

    def _keep(self, entry: Entry, posted: Posted, now: int) -> bool:
        happening = states.Sent(now + ANSWER_DAYS * DAY) if entry.what == "proposal" else _POSTED.get(entry.what)
        nudge = self.flow.nudges.get(entry.about)
        with self._db.transaction() as tx:
            if not self.outbox.posted(tx, entry, now, posted.channel, posted.ts):
                return False
            if (voice := self._voices.get(entry.kind)) is not None:
                if not voice.posted(tx, entry, posted, now):
                    raise _OvertakenError
                return True
            if nudge is not None and happening is not None:
                after = moved(nudge, happening, now)
                if after is not nudge and not self.flow.apply(tx, nudge, after, now):
                    raise _OvertakenError
        return True


class _OvertakenError(Exception):
    """Somebody pressed a button meanwhile: read again."""


def approach(entry: Entry, *, approved: bool) -> Approach:
    """An outbox entry in the words of the etiquette; what people agreed to needs nobody's approval."""
    where = "group" if entry.place == "group" else "channel" if entry.place == "channel" else "person"
    return Approach(
        kind=entry.kind,
        not_before=entry.not_before,
        expires=entry.expires,
        agreed=entry.agreed,
        approved=approved or entry.agreed,
        where=where,  # type: ignore[arg-type]
    )
