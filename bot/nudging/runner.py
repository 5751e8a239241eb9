"""The thin shell that speaks: takes what is due from the outbox, asks the etiquette, sends it, and says that it did.

Several copies may run at once and any may die at any line: see `knowledge.store.outbox`. Times are wall-clock seconds
UTC and may jump; `tick` is monotonic seconds of this process and only tells whether another copy is still alive.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.etiquette import Approach, Drop, Hold, Recipient, Send, judge
from bot.message import Message
from bot.nudging import states, times
from bot.nudging.flow import TRIES, Flow
from bot.nudging.people import ANSWER_DAYS, DAY, Team, recipients
from bot.nudging.sender import Channels, LimitedError, PartlyError, Posted, Quiet, Sender, Settles, UnreachableError
from bot.nudging.session import card, times_told, to_see, with_invitation
from bot.nudging.states import moved
from bot.nudging.texts import Texts
from bot.nudging.voice import SHARED, Voice
from bot.nudging.wording import Spoken, compose, local_times, preview
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge
from knowledge.store.outbox import LEASE_SECONDS, Entry, Outbox

log = logging.getLogger("lamplighter.nudges")

SENDING = 1 / 3  # of a lease; a send that takes longer is given up, and looked for when the lease is over
RUN_SECONDS = 60.0  # what is due beyond it waits for the next run, which asks again who wants to be left alone
SETTLE_LEASES = 4  # so long does a copy that spoke too late wait for the one that took over
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
        lease: float = LEASE_SECONDS,
    ) -> None:
        """The parts; `voices` are what else speaks through the outbox, `channels` where there are some to speak in.

        `lease`: seconds without a sign of life after which a copy counts as dead, and that a copy may rely on.
        """
        self.flow = Flow(db)
        self.outbox = Outbox(db, holder, only=("nudge ", "round ", *(f"{one.kind} " for one in voices)))
        self._db = db
        self._sender = sender
        self._team = team
        self._texts = texts
        self._voices = {one.kind: one for one in voices}
        self._channels = channels
        self._lease = lease
        self._watched: dict[str, Watched] = {}
        self._quiet: Mapping[int, int] = {}  # of this run: who does not want to be disturbed, and until when

    async def run(self, now: Callable[[], int], tick: float) -> int:
        """Let time go by, finish what died, say what is due; returns how many messages were posted."""
        await asyncio.to_thread(self.flow.tick, now())
        for voice in self._voices.values():
            await asyncio.to_thread(voice.tick, now(), self._sender.reaches)
        for entry in await asyncio.to_thread(self._orphans, tick):  # each is finished before the next is taken over
            taken = await asyncio.to_thread(self.outbox.take_over, entry)
            if taken is not None:
                await self._finish(taken, now())
        due = await asyncio.to_thread(self.outbox.due, now())
        began = time.monotonic()
        try:
            self._quiet = await self._undisturbed(due, now())
        except LimitedError as limited:
            log.info("nothing is said this minute: %s", limited)
            return 0
        posted = 0
        for entry in due:
            if time.monotonic() - began < RUN_SECONDS:
                posted += await self._say(entry, now)
        return posted

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
        """What is being sent by who gave no sign of life for a lease of our own time, the longest silent first."""
        found = self.outbox.posting()
        seen = {one.mark: self._watched.get(one.mark) for one in found}
        self._watched = {
            one.mark: last if last and (last.holder, last.beat) == (one.holder, one.beat) else
            Watched(one.holder, one.beat, tick)
            for one in found for last in [seen[one.mark]]
        }  # fmt: skip
        silent = [one for one in found if tick - self._watched[one.mark].since >= self._lease]
        return sorted(silent, key=lambda one: self._watched[one.mark].since)

    async def _finish(self, entry: Entry, now: int) -> None:
        """Somebody died while sending: look for the message; where it is not there, let it wait its turn again."""
        try:
            found = await self._find(entry)
        except UnreachableError as error:  # they are gone by now: whether it reached them makes no difference
            await asyncio.to_thread(self._drop, entry, error.why, now, entry.people)
            return
        except PartlyError as error:
            why = "its sender stopped before all had it"
            await asyncio.to_thread(self.outbox.put_back, entry, now, why, error.heard)
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

    async def _say(self, entry: Entry, now: Callable[[], int]) -> int:
        began = time.monotonic()  # before the clock is read that it is judged by: a copy may stand still at any line
        taken = await asyncio.to_thread(self._take, entry, now())
        if taken is None:
            return 0
        ours, message = taken
        left = began + self._lease * SENDING - time.monotonic()
        if left <= 0:
            await asyncio.to_thread(self.outbox.put_back, ours, now(), "its sender stood still")
            return 0
        try:
            async with asyncio.timeout(left):
                posted = await self._send(ours, message)
        except UnreachableError as error:
            log.warning("%s: cannot be said: %s", ours.mark, error.why)
            await asyncio.to_thread(self._drop, ours, error.why, now(), error.heard)
            return 0
        except Exception:
            log.exception("%s: not known whether it was said; it is looked for later", ours.mark)
            await self._settle(ours, now)  # a copy that stood still hears of its own time limit before of its post
            return 0
        if await asyncio.to_thread(self._posted, ours, posted, now()):
            return 1
        await self._settle(ours, now)
        return 0

    async def _settle(self, entry: Entry, now: Callable[[], int]) -> None:
        """We spoke after another copy had taken over: what stands there is made one message, or none, again."""
        if not isinstance(self._sender, Settles) or "edit" in entry.payload:
            return
        until = time.monotonic() + SETTLE_LEASES * self._lease
        while time.monotonic() < until:
            there = await asyncio.to_thread(self.outbox.get, entry.mark)
            if there is None or (there.state == "posting" and there.holder == self.outbox.holder):
                return  # it is looked for when the lease is over
            if there.state == "posting":  # whoever has it may be looking at this very moment
                await asyncio.sleep(self._lease / 10)
                continue
            began = time.monotonic()
            ours = await asyncio.to_thread(self.outbox.claim, there) if there.state == "waiting" else None
            if there.state == "waiting" and ours is None:
                continue
            log.warning("%s: its copy had stood still; what it said too late is taken back", entry.mark)
            try:  # within the lease of a claim: nobody may find what is about to be deleted
                async with asyncio.timeout(began + self._lease * SENDING - time.monotonic()):
                    kept = await self._taken_back(entry, keep=there.state == "posted")
            except Exception:  # it is tried again here, or looked for by whoever finds the claim when its lease is over
                log.exception("%s: could not be taken back yet", entry.mark)
                await asyncio.sleep(self._lease / 2)
                continue
            if ours is not None:
                await asyncio.to_thread(self.outbox.put_back, ours, now(), "it was said too late, and taken back")
            elif kept is not None and kept.ts != there.ts:
                await asyncio.to_thread(self.outbox.stands_at, entry.mark, kept.channel, kept.ts)
            return
        log.error("%s: may stand there twice: nobody settled it in time", entry.mark)

    async def _taken_back(self, entry: Entry, *, keep: bool) -> Posted | None:
        assert isinstance(self._sender, Settles)  # noqa: S101
        channel, thread = "", ""
        if entry.place == "channel":
            channel, thread = str(entry.payload["channel"]), str(entry.payload.get("thread", ""))
        return await self._sender.settle(entry.mark, entry.people, channel, thread, keep=keep)

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

    def _drop(self, entry: Entry, why: str, now: int, heard: Sequence[int] = ()) -> None:
        """Never say it (more); a proposal takes its nudge along. Those who `heard` it have it counted."""
        with self._db.transaction() as tx:
            dropped = self.outbox.drop(tx, entry, why, heard)
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
