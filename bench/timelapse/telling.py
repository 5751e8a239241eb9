"""A repository's years in one table: what was said, what should never have been, and coverage with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any, NamedTuple

from bench.timelapse.audit import Audit
from bench.timelapse.coverage import Covered

ASSUMED = (
    "A simulation of people on a real history: work and who stopped working are real, read as of each simulated moment;"
    " answers, meetings, holidays and time zones are made up (bench/timelapse/people.py). What a meeting does to an area"
    " is the model's view, not a measurement."
)


class Told(NamedTuple):
    """One repository."""

    name: str
    start: int
    end: int
    audits: tuple[Audit, ...]  # a year of each seed, nobody killed
    covered: tuple[Mapping[int, tuple[Covered, Covered]], ...]  # of each seed, by week, with and without
    killed: Audit | None  # a year in which copies were killed


def as_object(told: Told) -> dict[str, Any]:
    """For `--json`."""
    every = [*told.audits, *([told.killed] if told.killed else [])]
    return {
        "repository": told.name,
        "start": told.start,
        "end": told.end,
        "seeds": len(told.audits),
        "assumed": ASSUMED,
        "years": [one._asdict() | {"wrongs": one.wrongs} for one in told.audits],
        "killed": told.killed._asdict() | {"wrongs": told.killed.wrongs} if told.killed else None,
        "coverage": {week: _week(told, week) for week in (told.covered[0] if told.covered else {})},
        "wrongs": sum(one.wrongs for one in every),
    }


def _week(told: Told, week: int) -> dict[str, Any]:
    pairs = [one[week] for one in told.covered]
    return {
        "areas": pairs[0][0].areas,
        "two_holders_with": _span([one.share for one, _ in pairs]),
        "two_holders_without": _span([one.share for _, one in pairs]),
        "points_more": _span([100 * (one.share - other.share) for one, other in pairs]),
        "expected_holders_with": _span([one.expected for one, _ in pairs]),
        "expected_holders_without": _span([one.expected for _, one in pairs]),
        "expected_more": _span([one.expected - other.expected for one, other in pairs]),
    }


def _span(values: Sequence[float]) -> dict[str, float]:
    return {"mean": mean(values), "lowest": min(values), "highest": max(values)}


def lines(told: Told) -> list[str]:
    """For people."""
    found = [f"== {told.name}"]
    if told.audits:
        found += [f"   {len(told.audits)} years of simulated people:", *_said(told.audits)]
    if told.killed:
        kills = told.killed.kills
        where = ", ".join(f"{what} {number}" for what, number in sorted(kills.items(), key=lambda one: -one[1]))
        found += [f"   one more year, two copies killed {sum(kills.values())} times ({where}):", *_said([told.killed])]
    if told.covered:
        found.append("   areas with two active holders, and active holders to expect of two; mean (least to most):")
        for week in told.covered[0]:
            one = _week(told, week)
            found.append(
                f"   week {week:2}, {one['areas']:3} areas   with {_percent(one['two_holders_with'])}"
                f"   without {_percent(one['two_holders_without'])}"
                f"   expected with {_number(one['expected_holders_with'])}"
                f"   without {_number(one['expected_holders_without'])}   more {_number(one['expected_more'], '+.3f')}"
            )
    return found


def _said(audits: Sequence[Audit]) -> list[str]:
    kinds: Counter[str] = Counter()
    for one in audits:
        kinds.update(one.kinds)
    weeks = sum(one.person_weeks for one in audits)
    unwanted: Counter[str] = Counter()
    for one in audits:
        unwanted.update(one.unwanted)
    per_week = f"{sum(one.unasked for one in audits) / weeks:.2f}" if weeks else "-"
    wrong = {
        "over budget": sum(a.over_budget for a in audits),
        "out of hours": sum(a.out_of_hours for a in audits),
        "repeats": sum(a.repeats for a in audits),
        "double sends": sum(a.double for a in audits),
        "stuck": sum(a.stuck for a in audits),
        "faults": sum(a.faults for a in audits),
        "to people who left, were away, snoozed or had opted out": sum(unwanted.values()),
        "unwanted pairs": sum(a.never_paired for a in audits),
        "beyond the pause": sum(a.beyond_pause for a in audits),
    }
    heard = f"people who heard anything {_range(a.people for a in audits)}; unasked messages to each: {per_week} a week"
    most = f"{max(a.most_unasked_seven_days for a in audits)} at most in any seven days"
    every = f"{median(a.median_week for a in audits):g} in the median, {max(a.most_week for a in audits)} at most"
    told = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()) or "none"
    met = f"meetings that took place: {_range(a.met for a in audits)}"
    return [
        f"     {heard}, {most}; of all messages in a week with any {every}",
        f"     proposals: {told}; {met}",
        f"     {', '.join(f'{what} {number}' for what, number in wrong.items())}",
    ]


def _range(numbers: Any) -> str:
    listed = sorted(numbers)
    return str(listed[0]) if listed[0] == listed[-1] else f"{listed[0]} to {listed[-1]}"


def _percent(span: Mapping[str, float]) -> str:
    return f"{span['mean']:.0%} ({span['lowest']:.0%} to {span['highest']:.0%})"


def _number(span: Mapping[str, float], form: str = ".2f") -> str:
    return f"{span['mean']:{form}} ({span['lowest']:{form}} to {span['highest']:{form}})"
