"""Whom to ask when a question wants a person: pure. The decision says why, and whom it passes over and why.

    route(request, holders, rules, now) → Ask | ToChannel | Nobody

Of those who know the place about as well as the best of them who may be asked (TOLERANCE of retention), the one with
the least on their hands. Urgent skips that queue: whoever can hear it first, however busy; it breaks nobody's quiet
hours, budget or wishes. Never the asker, and nobody twice. After MOST_ASKED people, the channel.

Reasons may be read by others: what somebody wished is never told apart from what is plain to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.etiquette import HOURS, UNAVAILABLE, Drop, Hold, Verdict
from knowledge.store.requests import Request

TOLERANCE = 0.15  # of retention: who is within this of the best is as good a choice
MOST_ASKED = 3  # people, one after the other
DAY = 86_400
LOOK_AGAIN = DAY
NOT_ASKED = frozenset({"", "named", "unreached"})
WAIT_DAYS = 4  # whoever cannot hear it within this is not waited for: over a long weekend at most

Asks = Literal["yes", "no", "unsaid"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may be asked, as they stand now."""

    person: int
    name: str
    retention: float  # of the place, in [0, 1]
    why: str  # why they may know it
    verdict: Verdict  # what the etiquette says to sending it now
    load: int = 0  # requests that are with them, and sessions ahead of them
    reached: bool = True  # by the platform that runs
    asks: Asks = "unsaid"  # whether they said that they may be asked
    asked_before: bool = False  # they were sent a request once
    outcome: str = ""  # of asking them this; "named": a colleague who passed it on named them


@dataclass(frozen=True, slots=True)
class Rules:
    """What the team agreed on."""

    channel: bool = False  # there is a channel to ask in
    most_asked: int = MOST_ASKED


class Passed(NamedTuple):
    """Somebody who is not asked, and why, as anybody may read it."""

    name: str
    why: str


class Ask(NamedTuple):
    """Ask this person; it reaches them at `at`. `first` says that they were never asked, and may say never again."""

    person: int
    at: int
    why: str
    first: bool
    passed_over: tuple[Passed, ...] = ()


class ToChannel(NamedTuple):
    """Ask in the channel."""

    why: str
    passed_over: tuple[Passed, ...] = ()


class Nobody(NamedTuple):
    """Nobody can be asked now: it stands in the report, and is looked at again at `again`."""

    why: str
    again: int
    passed_over: tuple[Passed, ...] = ()


Route = Ask | ToChannel | Nobody


def route(request: Request, holders: Sequence[Holder], rules: Rules, now: int) -> Route:
    """Whom to ask next, and why; `holders` in any order."""
    judged = [(one, why_not(request, one, now)) for one in holders]
    over = tuple(Passed(one.name, why) for one, why in judged if why)
    fit = [one for one, why in judged if not why]
    asked = sum(one.outcome not in NOT_ASKED for one in holders)
    if fit and asked < rules.most_asked:
        chosen = _chosen(fit, urgent=request.urgent, now=now)
        first = chosen.asks != "yes" and not chosen.asked_before
        return Ask(chosen.person, _at(chosen, now), _reason(chosen, fit, urgent=request.urgent), first, over)
    why = _why_nobody(holders, asked)
    if rules.channel:
        return ToChannel(why, over)
    again = min((one.verdict.until for one in holders if isinstance(one.verdict, Hold)), default=now + LOOK_AGAIN)
    return Nobody(why, max(now + 3600, min(again, now + LOOK_AGAIN)), over)


def why_not(request: Request, one: Holder, now: int) -> str:
    """Why somebody is not asked, in words for anybody; empty where they may be."""
    if one.person == request.asker_id:
        return "asked it"
    if one.outcome not in {"", "named"}:
        return "cannot be reached by me" if one.outcome == "unreached" else "was asked already"
    if one.asks == "no" or (one.asks == "unsaid" and one.asked_before):
        return UNAVAILABLE  # silence is no yes: nobody is asked twice who never said so
    match one.verdict:
        case Drop():
            return one.verdict.why.removeprefix(one.name).strip() or UNAVAILABLE
        case Hold(until, why) if until > now + WAIT_DAYS * DAY or not why.startswith(HOURS):
            return why.removeprefix(one.name).strip()
    return "" if one.reached else "cannot be reached by me"


def _chosen(fit: Sequence[Holder], *, urgent: bool, now: int) -> Holder:
    if named := next((one for one in fit if one.outcome == "named"), None):
        return named
    best = max(one.retention for one in fit)
    near = [one for one in fit if one.retention >= best - TOLERANCE]
    if urgent:
        return min(near, key=lambda one: (_at(one, now), -one.retention, one.person))
    return min(near, key=lambda one: (one.load, _at(one, now), -one.retention, one.person))


def _at(one: Holder, now: int) -> int:
    return one.verdict.until if isinstance(one.verdict, Hold) else now


def _reason(chosen: Holder, fit: Sequence[Holder], *, urgent: bool) -> str:
    if chosen.outcome == "named":
        return "was named by a colleague who passed it on"
    if len(fit) == 1:
        return "knows it, and nobody else who does can be asked now"
    if urgent:
        return "knows it and can hear it first"
    best = max(fit, key=lambda one: one.retention)
    if chosen.person == best.person:
        return "knows it best of those who can be asked now"
    return "knows it about as well as the best, and has the least to do for others"


def _why_nobody(holders: Sequence[Holder], asked: int) -> str:
    if not holders:
        return "nobody active knows it"
    if asked:
        return "whoever knows it was asked"
    return "nobody who knows it can be asked now"
