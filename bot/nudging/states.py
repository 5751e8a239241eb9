"""What becomes of a nudge: a pure step from (nudge, happening, now) to the nudge after it.

    proposed ─sent─▶ sent ─answers─▶ accepted ──a time──▶ scheduled ─▶ reminded ─▶ asked
        │             ├▶ later ──(when it is later)──▶ proposed                      ├▶ did-not | unknown
        ▼             ├▶ passed    (somebody else, please)                           ▼
     expired          ├▶ declined                                                happened ─▶ followed-up
                      └▶ ignored   (nobody said anything in time;                    └───────┴▶ outcome-6 ─▶ outcome-12
                                    who presses a button late is still heard)

Thanks, and word that nobody was found, ask nothing that must be answered: proposed ─sent─▶ told.

A happening that does not fit the state leaves the nudge as it is: the same object comes back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from bot.nudging import times
from bot.nudging.kinds import KINDS, Answer
from knowledge.store.nudges import Nudge, Party

State = Literal[
    "proposed", "sent", "accepted", "later", "passed", "declined", "ignored", "expired", "scheduled", "reminded",
    "asked", "told", "happened", "did-not", "unknown", "followed-up", "outcome-6", "outcome-12",
]  # fmt: skip

DAY = 86_400
LATER_DAYS = 14  # what "later" means where nobody says until when
WAIT_DAYS = 3  # after somebody said whether it happened, the others are waited for
ANSWER_DAYS = 7  # for the question after a meeting
SOLO_DAYS = 7  # after which somebody who said yes to a page is asked what became of it
OUTCOME_DAYS: dict[Literal["outcome-6", "outcome-12"], int] = {"outcome-6": 42, "outcome-12": 84}

SAID = frozenset({"thanks", "unmatched"})
UNSCHEDULED_DAYS = 30  # a yes that never found a time
OPEN: frozenset[str] = frozenset({"proposed", "sent", "later", "accepted", "scheduled", "reminded", "asked"})
MET: frozenset[str] = frozenset({"happened", "followed-up", "outcome-6", "outcome-12"})
HEARD: frozenset[str] = frozenset(
    {"sent", "later", "ignored", "accepted", "scheduled", "reminded"}
)  # an answer is taken in these


class Sent(NamedTuple):
    """The proposal reached its people; `expires` is until when an answer is waited for."""

    expires: int


class Answered(NamedTuple):
    """Somebody said yes, later (until when), other (somebody else, please) or no; or what a page needs."""

    person: int
    answer: Answer
    until: int | None = None


class Dropped(NamedTuple):
    """The proposal was never said."""


class Offered(NamedTuple):
    """Times at which all of them could."""

    times: tuple[int, ...]


class Picked(NamedTuple):
    """A time would suit somebody, which is a yes; agreed when it suits everybody."""

    person: int
    time: int


class Scheduled(NamedTuple):
    """A time was found."""

    time: int


class Reminded(NamedTuple):
    """The one reminder went out."""


class AskedAfter(NamedTuple):
    """The question afterwards went out."""


class Told(NamedTuple):
    """Somebody said whether it happened, and perhaps what should be written down."""

    person: int
    happened: bool
    note: str = ""


class Ticked(NamedTuple):
    """Time went by."""


class Measured(NamedTuple):
    """The outcome after six or twelve weeks was looked at."""

    state: Literal["outcome-6", "outcome-12"]


Happening = Sent | Answered | Dropped | Offered | Picked | Scheduled | Reminded | AskedAfter | Told | Ticked | Measured


def moved(nudge: Nudge, happening: Happening, now: int) -> Nudge:
    """The nudge after `happening` at `now`; the same object where it does not fit."""
    match happening:
        case Sent(expires):
            sent: State = "told" if nudge.kind in SAID else "sent"
            return _to(replace(nudge, expires=expires), sent, now) if nudge.state == "proposed" else nudge
        case Dropped():
            return _to(nudge, "expired", now) if nudge.state == "proposed" else nudge
        case Answered(person, answer, until):
            return _answered(nudge, person, answer, until, now)
        case Offered(offer):
            fits = nudge.state in HEARD and KINDS[nudge.kind].meets  # type: ignore[index]
            return times.with_offer(nudge, offer) if fits and offer != times.offered(nudge, now) else nudge
        case Picked(person, time):
            return _picked(nudge, person, time, now)
        case Scheduled(time):
            fits = nudge.state in {"accepted", "scheduled", "reminded"} and time > now
            return _to(replace(nudge, meet_time=time), "scheduled", now) if fits else nudge
        case Reminded():
            return _to(nudge, "reminded", now) if nudge.state == "scheduled" else nudge
        case AskedAfter():
            return _to(nudge, "asked", now) if nudge.state in {"accepted", "scheduled", "reminded"} else nudge
        case Told(person, happened, note):
            return _told(nudge, person, happened=happened, note=note, now=now)
        case Measured(state):
            before = {"outcome-6": {"followed-up", "happened"}, "outcome-12": {"outcome-6"}}[state]
            return _to(nudge, state, now) if nudge.state in before else nudge
        case Ticked():
            return _ticked(nudge, now)


def _to(nudge: Nudge, state: State, now: int) -> Nudge:
    return replace(nudge, state=state, state_time=now)


def _said(nudge: Nudge, party: Party) -> Nudge:
    return replace(nudge, parties=tuple(party if one.person == party.person else one for one in nudge.parties))


def _answered(nudge: Nudge, person: int, answer: Answer, until: int | None, now: int) -> Nudge:
    party = nudge.party(person)
    allowed = KINDS[nudge.kind].answers  # type: ignore[index]
    if nudge.state not in HEARD or party is None or answer not in allowed or (party.answer == answer and not until):
        return nudge
    nudge = _said(nudge, replace(party, answer=answer, time=now))
    answers = {one.answer for one in nudge.parties}
    if answers & {"no", "retire"}:
        return _to(nudge, "declined", now) if "no" in answers else _to(nudge, "accepted", now)
    if answers & {"other", "not-mine"}:
        return _to(nudge, "passed", now)
    if "later" in answers:
        kept = nudge.later_time if answer != "later" else None  # a yes of the other does not put it off again
        return _to(replace(nudge, later_time=kept or until or now + LATER_DAYS * DAY), "later", now)
    if "confirm" in answers:
        return _to(_said(nudge, replace(party, answer=answer, happened="yes", time=now)), "followed-up", now)
    return _to(nudge, "accepted", now) if "" not in answers else nudge


def _picked(nudge: Nudge, person: int, time: int, now: int) -> Nudge:
    """One more time that would suit; of an agreed one, another instead."""
    party = nudge.party(person)
    fits = nudge.state in HEARD - {"later"} and party is not None and KINDS[nudge.kind].meets  # type: ignore[index]
    if not fits or party is None or time <= now or time == nudge.meet_time or party.answer not in {"", "yes"}:
        return nudge
    booked = nudge.state in {"scheduled", "reminded"}
    if not booked and time in times.picks(nudge, person):
        return nudge
    after = _said(times.with_pick(nudge, person, time, anew=booked), replace(party, answer="yes", time=now))
    if booked:
        return _to(replace(after, meet_time=None), "accepted", now)
    if "" in {one.answer for one in after.parties}:
        return after
    meet = times.agreed(after, now)
    if meet is not None:
        return _to(replace(after, meet_time=meet), "scheduled", now)
    return after if after.state == "accepted" else _to(after, "accepted", now)


def _told(nudge: Nudge, person: int, *, happened: bool, note: str, now: int) -> Nudge:
    party = nudge.party(person)
    if party is None or nudge.state not in {"scheduled", "reminded", "asked", "unknown", "happened", "followed-up"}:
        return nudge
    said = party.happened if nudge.state in {"happened", "followed-up"} else "yes" if happened else "no"
    told = replace(party, happened=said, note=note or party.note, time=now)
    if replace(told, time=party.time) == party:
        return nudge
    nudge = _said(nudge, told)
    if nudge.state in {"happened", "followed-up"}:  # only a note can still come
        return _to(nudge, "followed-up", now) if note else nudge
    return _settled(nudge, now) if all(one.happened for one in nudge.parties) else _asked(nudge, now)


def _asked(nudge: Nudge, now: int) -> Nudge:
    return nudge if nudge.state == "asked" else _to(nudge, "asked", now)


def _settled(nudge: Nudge, now: int) -> Nudge:
    """By what they said; one "no" is enough, for who was there knows."""
    said = {one.happened for one in nudge.parties} - {""}
    if not said:
        return _to(nudge, "unknown", now)
    if "no" in said:
        return _to(nudge, "did-not", now)
    return _to(nudge, "followed-up" if any(one.note for one in nudge.parties) else "happened", now)


def _ticked(nudge: Nudge, now: int) -> Nudge:
    if nudge.state == "proposed" and now >= nudge.expires:
        return _to(nudge, "expired", now)
    if nudge.state == "sent" and now >= nudge.expires:
        return _to(nudge, "ignored", now)
    if nudge.state == "later" and nudge.later_time is not None and now >= nudge.later_time:
        fresh = tuple(replace(one, answer="") for one in nudge.parties)
        return _to(
            replace(times.without(nudge), parties=fresh, later_time=None, expires=now + 14 * DAY), "proposed", now
        )
    if nudge.state in {"scheduled", "reminded"} and now >= (nudge.meet_time or now) + ANSWER_DAYS * DAY:
        return _to(nudge, "unknown", now)
    if nudge.state == "accepted" and now >= nudge.state_time + UNSCHEDULED_DAYS * DAY:
        return _to(nudge, "unknown", now)
    if nudge.state == "asked":
        heard = [one.time or 0 for one in nudge.parties if one.happened]
        over = now >= max(heard) + WAIT_DAYS * DAY if heard else now >= nudge.state_time + ANSWER_DAYS * DAY
        return _settled(nudge, now) if over else nudge
    return nudge
