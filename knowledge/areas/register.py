"""The risk register: what every weekly report saw of an area, and what follows from it; pure.

Facts are kept (`Seen`, one a week and area), marks are computed from them, so that a report made twice in a week, late,
or for a past date comes out as it should. A week without a report is no gap: what is seen next is compared with what
was seen last.

Marks, and what keeps them from flapping:
- *new*: an area that somebody needs is not lit, and was not in the register.
- *worse*: its state is worse than in any of the last LOOK_BACK reports; or its risk is, and is a quarter above the risk
  at the last change of mark.
- *better*: its state is better than in any of the last LOOK_BACK reports, or it has more active holders than in any of
  them. That it is merely needed less makes nothing better.
- *resolved*: lit for CALM_DAYS, or the area is gone. Until it is lit, an area stays in the register.
- *accepted*: somebody said so, with a reason and an end, and it has not become darker than it was then.
- *same*: none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Literal, NamedTuple

from knowledge.memory import DAY

Mark = Literal["new", "worse", "better", "same", "accepted", "resolved"]
SeenState = Literal["lit", "dim", "dark", "gone"]

LEVELS: Mapping[str, int] = {"gone": 0, "lit": 0, "dim": 1, "dark": 2}
LOOK_BACK = 4  # reports
WORSE = 1.25  # times the risk at the last change of mark
CALM_DAYS = 6  # between the two reports of neighbouring weeks, even when the second is early


class Seen(NamedTuple):
    """An area as a report saw it."""

    week: str  # ISO: 2026-W12
    time: int
    title: str
    state: SeenState
    holders: tuple[int, ...] = ()  # ids of the people who were active and reachable
    holders_ahead: int = 0
    changes: int = 0
    risk: float = 0.0
    critical: bool = False
    matters: bool = True  # somebody needed it within a year, or it is critical
    worked_out: bool = False  # not seen then, but worked out later from the history


class Acceptance(NamedTuple):
    """Somebody decided to live with a risk. `level` is how dark it was then, of LEVELS."""

    time: int
    until: int
    by: str
    reason: str
    level: int

    def holds(self, seen: Seen, now: int) -> bool:
        """Whether it still covers what is seen."""
        return self.time <= now < self.until and LEVELS[seen.state] <= self.level


class Risk(NamedTuple):
    """An entry of the register as of its latest report."""

    area: str
    mark: Mark
    first_time: int  # when it came into the register, this time
    seen: Seen
    before: Seen | None = None  # in the report before
    resolved_time: int | None = None
    acceptance: Acceptance | None = None
    note: str = ""  # what the mark alone does not say: "its acceptance ended on 2026-05-01"


def week_of(time: int, zone: tzinfo = UTC) -> str:
    """The ISO week of a moment, where the team lives: 2026-W12."""
    year, week, _ = datetime.fromtimestamp(time, zone).isocalendar()
    return f"{year}-W{week:02d}"


def end_of_week(week: str, zone: tzinfo = UTC) -> int:
    """The first second after an ISO week; ValueError for what is none."""
    return int(datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=zone).timestamp()) + 7 * DAY


def joined(past: Sequence[Seen], present: Seen | None, week: str, now: int) -> tuple[Seen, ...]:
    """What was seen before `week`, and what is seen now (None: the area is gone), oldest first."""
    before = tuple(one for one in past if one.week < week)
    if present is None and before:
        present = before[-1]._replace(week=week, time=now, state="gone", holders=(), holders_ahead=0)
        return before if before[-1].state == "gone" else (*before, present)
    return (*before, present) if present is not None else before


def advance(
    past: Mapping[str, Sequence[Seen]],
    survey: Mapping[str, Seen],
    acceptances: Mapping[str, Acceptance],
    week: str,
    now: int,
) -> list[Risk]:
    """The register after the report of `week`: every area that ever was a risk, the riskiest first."""
    found = (
        judge(area, joined(past.get(area, ()), survey.get(area), week, now), acceptances.get(area), now)
        for area in {**past, **survey}
    )
    return sorted((risk for risk in found if risk), key=lambda risk: (-risk.seen.risk, risk.area))


def judge(area: str, seen: Sequence[Seen], acceptance: Acceptance | None, now: int) -> Risk | None:
    """What follows from all that was seen of an area, oldest first; None when it never was a risk."""
    mark: Mark | None = None
    first = anchor = 0.0
    calm_since: int | None = None
    resolved: int | None = None
    for at, one in enumerate(seen):
        back = seen[max(0, at - LOOK_BACK) : at]
        if mark in {None, "resolved"}:
            if one.state in {"dim", "dark"} and one.matters:
                mark, first, anchor, calm_since, resolved = "new", one.time, one.risk, None, None
        elif LEVELS[one.state] == 0:
            calm_since = one.time if calm_since is None else calm_since
            calm = one.state == "gone" or one.time - calm_since >= CALM_DAYS * DAY
            mark, anchor, resolved = ("resolved", one.risk, one.time) if calm else ("better", one.risk, None)
        else:
            mark, calm_since = _compared(one, back, anchor), None
            anchor = one.risk if mark != "same" else anchor
    if mark is None:
        return None
    last, before = seen[-1], seen[-2] if len(seen) > 1 else None
    risk = Risk(area, mark, int(first), last, before, resolved, acceptance)
    return _under(risk, acceptance, now) if acceptance and mark != "resolved" else risk


def _compared(one: Seen, back: Sequence[Seen], anchor: float) -> Mark:
    levels = [LEVELS[other.state] for other in back]
    risks = [other.risk for other in back]
    level = LEVELS[one.state]
    if level > max(levels) or (one.risk > max(risks) and one.risk >= WORSE * anchor and level >= levels[-1]):
        return "worse"
    if level < min(levels) or (level <= levels[-1] and len(one.holders) > max(len(other.holders) for other in back)):
        return "better"
    return "same"


def _under(risk: Risk, acceptance: Acceptance, now: int) -> Risk:
    """The risk as an acceptance leaves it: quiet while it holds, back with a word when it ended."""
    if acceptance.time > now:
        return risk._replace(acceptance=None)
    if acceptance.holds(risk.seen, now):
        return risk._replace(mark="accepted")
    if LEVELS[risk.seen.state] > acceptance.level:
        return risk._replace(mark="worse", note=f"it was accepted on {_day(acceptance.time)}, and is darker now")
    fresh = risk.before is None or risk.before.time < acceptance.until
    return risk._replace(mark="new" if fresh else risk.mark, note=f"its acceptance ended on {_day(acceptance.until)}")


def counted(risks: Iterable[Risk]) -> dict[Mark, int]:
    """How many entries bear each mark."""
    counts: dict[Mark, int] = dict.fromkeys(("new", "worse", "better", "same", "accepted", "resolved"), 0)
    for risk in risks:
        counts[risk.mark] += 1
    return counts


def _day(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
