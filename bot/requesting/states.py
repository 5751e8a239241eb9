"""What becomes of a request: a pure step from (request, happening, now) to the request after it.

    open ─asked─▶ asked ─claimed─▶ claimed ─answered─▶ answered
      ▲  ╲          │                 │
      │   ╲         ├─passed, timed out, unreached ─▶ open (the next one)
      │    ╲        └─(nobody is left)─▶ channel ─claimed─▶ claimed
      │     ╲──────────────────────────▶ channel ─nobody in CHANNEL_DAYS─▶ unanswered (stands in the report)
      └── released (whoever took it is gone)

    withdrawn: by the asker, from everywhere but answered. An answer is welcome in every state but withdrawn.

A happening that does not fit the state leaves the request as it is: the same object comes back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from knowledge.store.requests import Candidate, Request

State = Literal["open", "asked", "claimed", "channel", "answered", "withdrawn", "unanswered"]
No = Literal["passed", "not-now", "never"]

DAY = 86_400
CHANNEL_DAYS = 5  # nobody took it within this: unanswered
OPEN_DAYS = 7  # nobody could be asked within this: unanswered
PATIENCE_DAYS = 6  # for a question to reach who was chosen, over a long weekend
NEVER = 1 << 62  # the clock need not look again

TAKEABLE = frozenset({"open", "asked", "channel", "unanswered"})
WAITING = frozenset({"open", "asked", "claimed", "channel", "unanswered"})


class Asked(NamedTuple):
    """Somebody was chosen; the question is on its way to them."""

    person: int


class Reached(NamedTuple):
    """The question reached them; they are waited for until `due`."""

    person: int
    due: int


class Unreached(NamedTuple):
    """It did not reach them, and will not."""

    person: int


class Claimed(NamedTuple):
    """Somebody takes it; `name` for one whom the store does not know. The clock looks again at `look`."""

    person: int | None
    look: int
    name: str = ""


class Passed(NamedTuple):
    """Somebody passes it on, perhaps to `to`."""

    person: int
    how: No = "passed"
    to: int | None = None


class Answered(NamedTuple):
    """The answer, and links that belong to it."""

    person: int | None
    text: str
    name: str = ""
    links: tuple[str, ...] = ()


class Withdrawn(NamedTuple):
    """The asker no longer needs it."""


class TimedOut(NamedTuple):
    """Whoever was asked said nothing in time."""


class Released(NamedTuple):
    """Whoever took it is gone or away."""


class Reminded(NamedTuple):
    """Whoever took it was reminded, once; the clock is done with it."""


class ToChannel(NamedTuple):
    """It goes to the channel."""


class Stands(NamedTuple):
    """It stands in the channel, as this message."""

    channel: str
    ts: str


class LookAgain(NamedTuple):
    """Nobody can be asked now."""

    at: int


class GaveUp(NamedTuple):
    """Nobody took it: it stands in the report."""


Happening = (
    Asked | Reached | Unreached | Claimed | Passed | Answered | Withdrawn | TimedOut | Released | Reminded | ToChannel
    | Stands | LookAgain | GaveUp
)  # fmt: skip


def moved(one: Request, happening: Happening, now: int) -> Request:
    """The request after `happening` at `now`; the same object where it does not fit."""
    match happening:
        case Asked(person):
            fits = one.state == "open" and one.candidate(person) is not None and person != one.asker_id
            look = now + PATIENCE_DAYS * DAY
            return _to(_noted(one, person, "asked"), "asked", now, look, person) if fits else one
        case Reached(person, due):
            fits = one.state == "asked" and one.holder == person
            return replace(_noted(one, person, "asked", now, due), look_time=due) if fits else one
        case Claimed(person, look, name):
            return _claimed(one, person, name, look, now)
        case Passed(person, how, to):
            return _passed(one, person, how, to, now)
        case Answered(person, text, name, links):
            return _answered(one, person, name, text, links, now)
        case Withdrawn():
            return _to(one, "withdrawn", now, NEVER, one.holder) if one.state in WAITING else one
        case Unreached(person):
            return _onward(one, "unreached", now) if one.state == "asked" and one.holder == person else one
        case TimedOut():
            return _onward(one, "timed-out", now) if one.state == "asked" and now >= one.look_time else one
        case Released():
            return _onward(one, "claimed", now) if one.state == "claimed" else one
        case _:
            return _by_clock(one, happening, now)


def _by_clock(one: Request, happening: Happening, now: int) -> Request:
    match happening:
        case Reminded():
            return replace(one, look_time=NEVER) if one.state == "claimed" and one.look_time < NEVER else one
        case ToChannel():
            return _to(one, "channel", now, now + CHANNEL_DAYS * DAY, None) if one.state == "open" else one
        case Stands(channel, ts):
            return replace(one, channel=channel, ts=ts) if not one.ts else one
        case LookAgain(at):
            fits = one.state == "open" and at > one.look_time
            return replace(one, look_time=at) if fits else one
        case GaveUp():
            return _to(one, "unanswered", now, NEVER, None) if one.state in {"open", "channel"} else one
    return one


def _to(one: Request, state: State, now: int, look: int, holder: int | None, name: str = "") -> Request:
    return replace(one, state=state, state_time=now, look_time=look, holder=holder, holder_name=name)


def _noted(one: Request, person: int, outcome: str, asked: int | None = None, due: int | None = None) -> Request:
    """What came of asking somebody; who was no candidate becomes the last one."""
    known = one.candidate(person) or Candidate(person, why="a colleague named you" if outcome == "named" else "")
    after = replace(
        known,
        outcome=outcome,
        asked_time=asked if asked is not None else known.asked_time,
        due_time=due if due is not None else known.due_time,
    )
    others = tuple(after if held.person == person else held for held in one.candidates)
    return replace(one, candidates=others if one.candidate(person) else (*others, after))


def _claimed(one: Request, person: int | None, name: str, look: int, now: int) -> Request:
    if one.state not in TAKEABLE or (person is not None and person == one.asker_id):
        return one
    if person is not None:
        one = _noted(one, person, "claimed")
    return _to(one, "claimed", now, look, person, name)


def _passed(one: Request, person: int, how: No, to: int | None, now: int) -> Request:
    if one.state not in {"asked", "claimed"} or one.holder != person:
        return one
    one = _noted(one, person, how)
    if to is not None and to not in {person, one.asker_id}:
        known = one.candidate(to)
        if known is None or not known.outcome:
            one = _noted(one, to, "named")
    return _to(one, "open", now, now, None)


def _answered(one: Request, person: int | None, name: str, text: str, links: tuple[str, ...], now: int) -> Request:
    if one.state not in WAITING or not text.strip():
        return one
    if person is not None and (known := one.candidate(person)) is not None and known.outcome:
        one = _noted(one, person, "claimed")
    answered = replace(one, answer=text.strip(), facts={**one.facts, "links": list(links)})
    return _to(answered, "answered", now, NEVER, person, name)


def _onward(one: Request, outcome: str, now: int) -> Request:
    """Whoever it is with no longer has it: the next one is looked for at once."""
    if one.holder is not None:
        one = _noted(one, one.holder, outcome)
    return _to(one, "open", now, now, None)
