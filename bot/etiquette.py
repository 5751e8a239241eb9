"""The manners of everything the bot says first: one engine, pure. May this be said to these people now?

    judge(approach, recipients, manners, now) → Send | Hold(until, why) | Drop(why)

Whoever is about to speak unasked (a nudge, a request to answer something, a digest to an owner) asks here first and
again at the moment of sending. What people agreed to (the reminder of their own session, the question after it) is
`agreed`: it costs no budget, and everything else holds for it too.

Reasons may be read by leads: what somebody wished (a snooze, an opt-out) is never told apart from what is plain to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.calendars import OFFICE, Hours, Place, next_open

DAY = 86_400
WEEK = 7 * DAY
ALL = "all"  # the opt-out of every kind
UNAVAILABLE = "is not available for this at the moment"
HOURS = "it is outside"  # the reason that gives way to any other
STEPS = 50  # rules that put each other off are asked in turn, at most this often


class Span(NamedTuple):
    """From a time until another, the end outside; None is for ever."""

    start: int
    end: int | None = None

    def holds(self, time: int) -> bool:
        """Whether `time` lies within."""
        return self.start <= time and (self.end is None or time < self.end)


@dataclass(frozen=True, slots=True)
class Manners:
    """What the team agreed on; the defaults are those of config.yaml."""

    budget: int = 1  # unasked messages a person a week
    pause_after: int = 3  # unanswered ones in a row, after which we stop by ourselves
    zone: str = "UTC"
    country: str = ""
    hours: Hours = OFFICE


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of somebody at the moment of judging."""

    person: int
    name: str = "somebody"
    zone: str = ""  # empty: the team's
    country: str = ""  # empty: the team's
    hours: Hours | None = None  # None: the team's
    left: bool = False
    away: tuple[Span, ...] = ()
    quiet_until: int | None = None  # do not disturb, as their platform says
    snoozed_until: int | None = None
    opted_out: frozenset[str] = frozenset()  # kinds, or ALL
    unasked: tuple[int, ...] = ()  # when they were approached unasked: the last weeks, and what is being sent now
    ignored: int = 0  # of those, unanswered in a row up to now, since they last said anything
    met: bool = False  # they were told once who speaks to them, and how to stop it

    def place(self, manners: Manners) -> Place:
        """Where they work, the team's where they did not say."""
        return Place(self.zone or manners.zone, self.country or manners.country, self.hours or manners.hours)


@dataclass(frozen=True, slots=True)
class Approach:
    """Something that the bot would like to say first."""

    kind: str  # what one may opt out of: a kind of nudge, "request", "report", "wiki"
    not_before: int
    expires: int  # after this it is not worth saying any more
    agreed: bool = False  # they asked for it, or said yes to it
    approved: bool = True  # False while a lead has yet to look at the team's first round
    where: Literal["person", "group", "channel"] = "person"
    personal: bool = True  # it is about what somebody knows or no longer knows


class Send(NamedTuple):
    """Say it now. `introduce` are those who were never spoken to, `last_call` those whom we leave alone if ignored."""

    introduce: tuple[int, ...] = ()
    last_call: tuple[int, ...] = ()


class Hold(NamedTuple):
    """Ask again at `until`."""

    until: int
    why: str


class Drop(NamedTuple):
    """Do not say it at all; `person` is who it would not reach, 0 where it is nobody's."""

    why: str
    person: int = 0


Verdict = Send | Hold | Drop


class _Later(NamedTuple):
    """One rule's word on one person: not before `time`; None is never."""

    time: int | None
    why: str


def judge(approach: Approach, recipients: Sequence[Recipient], manners: Manners, now: int) -> Verdict:
    """Whether `approach` may be said to all of `recipients` at `now`; the moment that suits all, where it may later."""
    if approach.where == "channel" and approach.personal:
        return Drop("what somebody knows is never told in a channel")
    if not recipients:
        return Drop("nobody is left to say it to")
    for one in recipients:
        if why := _never(approach, one, manners):
            return Drop(f"{one.name} {why}", one.person)
    at, why = max(now, approach.not_before), ""
    for _ in range(STEPS):
        found = _put_off(approach, recipients, manners, at)
        if found is None:
            break
        if found.time is None:
            return Drop(found.why)
        at, why = found.time, found.why if why in {"", found.why} or why.startswith(HOURS) else why
    else:
        return Drop("no moment suits everybody")
    if at >= approach.expires:
        return Drop(
            "it expired" if now >= approach.expires else f"it would come too late: {why or 'its time has not come'}"
        )
    if not approach.approved:
        return Hold(max(at, now + DAY), "a lead has yet to approve the team's first round")
    if at > now:
        return Hold(at, why or "its time has not come")
    last = () if approach.agreed else tuple(r.person for r in recipients if r.ignored + 1 >= manners.pause_after)
    return Send(tuple(r.person for r in recipients if not r.met), last)


def _never(approach: Approach, one: Recipient, manners: Manners) -> str:
    if one.left:
        return "has left"
    if one.opted_out & {ALL, approach.kind}:
        return UNAVAILABLE
    if not approach.agreed and (one.ignored >= manners.pause_after or manners.budget < 1):
        return UNAVAILABLE
    return ""


def _put_off(approach: Approach, recipients: Sequence[Recipient], manners: Manners, at: int) -> _Later | None:
    """The first rule that speaks against `at`, with the moment at which to ask again."""
    for one in recipients:
        for later in (_away(one, at), _wished(one, at), _budget(approach, one, manners, at), _open(one, manners, at)):
            if later is not None:
                return later
    return None


def _away(one: Recipient, at: int) -> _Later | None:
    for span in one.away:
        if span.holds(at):
            return _Later(span.end, f"{one.name} is away")
    return None


def _wished(one: Recipient, at: int) -> _Later | None:
    until = max(one.snoozed_until or 0, one.quiet_until or 0)
    return _Later(until, f"{one.name} {UNAVAILABLE}") if until > at else None


def _budget(approach: Approach, one: Recipient, manners: Manners, at: int) -> _Later | None:
    """Never more than `budget` within any seven days, also when the clock is set back: later ones count, too."""
    if approach.agreed or within_budget(one.unasked, manners.budget, at):
        return None
    free = (time + WEEK for time in sorted(one.unasked))
    at = next(moment for moment in free if moment > at and within_budget(one.unasked, manners.budget, moment))
    return _Later(at, f"{one.name} has heard enough this week")


def within_budget(unasked: Sequence[int], budget: int, at: int) -> bool:
    """Whether one more at `at` keeps any seven days at or below `budget`."""
    return sum(abs(at - time) < WEEK for time in unasked) < budget


def _open(one: Recipient, manners: Manners, at: int) -> _Later | None:
    opened = next_open(one.place(manners), at)
    if opened == at:
        return None
    return _Later(opened, f"{HOURS} {one.name}'s working hours")
