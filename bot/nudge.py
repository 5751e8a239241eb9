"""Whom to bring together about what, and why: facts in, a decision out; pure. docs/nudges.md tells a team how it works.

`decide` takes the candidates by their worth (`bot.nudging.candidates` has the formula), gives nobody more than one
message, asks the etiquette for each, and keeps good news ahead of the rest over a quarter. The decision explains
itself: every proposal with its reasons, and what was held back and why. Confidential wishes decide and are never told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from bot.etiquette import UNAVAILABLE, Approach, Drop, Hold, Send, Verdict, judge
from bot.nudging.candidates import Candidate, candidates, is_needed, unmatched
from bot.nudging.facts import DAY, Facts
from bot.nudging.flow import PROPOSAL_DAYS
from bot.nudging.kinds import KINDS
from bot.nudging.matching import matched
from knowledge.store.nudges import Nudge, Party, nudge_id

FIRST = "hand-over"  # cannot wait for good news
MOST_HELD = 12


class Proposal(NamedTuple):
    """Something to be said, and when it may be: `verdict` is the etiquette's word at the moment of deciding."""

    candidate: Candidate
    verdict: Verdict
    nudge: Nudge


class HeldBack(NamedTuple):
    """Something that is not proposed this time, and why."""

    kind: str
    title: str
    why: str


class Decision(NamedTuple):
    """A round."""

    week: str
    proposals: tuple[Proposal, ...]
    held: tuple[HeldBack, ...]


def decide(facts: Facts) -> Decision:
    """The round of this week from these facts; the same facts give the same round."""
    chooser = _Chooser(facts)
    listed = candidates(facts)
    good = [one for one in listed if KINDS[one.kind].positive]
    rest = [one for one in listed if not KINDS[one.kind].positive and one.kind != FIRST]
    chooser.take(one for one in listed if one.kind == FIRST)
    chooser.take(good, most=-(-facts.most // 2))
    chooser.take(rest, balanced=True)
    chooser.take(good)
    chooser.take(unmatched(facts, listed, [one.candidate for one in chooser.proposals]))
    chosen = [one.candidate for one in chooser.proposals]
    proposals = tuple(_compared(facts, chosen, one) for one in chooser.proposals)
    return Decision(facts.week, proposals, tuple(chooser.told(listed)))


def _compared(facts: Facts, chosen: Iterable[Candidate], one: Proposal) -> Proposal:
    """With what its outcome will be compared with, chosen before anybody knows it."""
    found = matched(facts, chosen, one.candidate)
    if not found:
        return one
    return one._replace(nudge=replace(one.nudge, facts={**one.nudge.facts, "matched": found}))


class _Chooser:
    """Takes candidates in their order, each person and each area once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.proposals: list[Proposal] = []
        self.people: set[int] = set()
        self.areas: set[tuple[int, str]] = set()
        self.why: dict[tuple[str, str, str], str] = {}

    def take(self, listed: Iterable[Candidate], *, most: int | None = None, balanced: bool = False) -> None:
        """As many of these as the round has room for (`most` of them at most)."""
        taken = 0
        for one in listed:
            if taken == most or self._why_not(one, balanced=balanced):
                continue
            verdict = self._verdict(one)
            if isinstance(verdict, Drop) or (isinstance(verdict, Hold) and verdict.until > self.facts.now + 7 * DAY):
                self.why.setdefault(_name(one), plainly(verdict.why))
                continue
            self.proposals.append(Proposal(one, verdict, _nudge(self.facts, one)))
            self.people.update(one.people)
            self.areas.add((one.repo_id, one.key))
            taken += 1

    def _why_not(self, one: Candidate, *, balanced: bool) -> str:
        if (one.repo_id, one.key) in self.areas:
            return "already proposed"
        why = ""
        if len(self.proposals) >= self.facts.most:
            why = f"the round is full: {self.facts.most} messages a week to the whole team"
        elif self.people & set(one.people):
            why = "its people are asked something else this week"
        elif balanced and not self._room_for_care():
            why = "good news goes first this quarter"
        if why:
            self.why.setdefault(_name(one), why)
        return why

    def _room_for_care(self) -> bool:
        """Whether good news stays ahead; where there is none at all, one worry a round may still be told."""
        good = sum(KINDS[one.candidate.kind].positive for one in self.proposals)
        care = len(self.proposals) - good
        return self.facts.others + care + 1 <= self.facts.positive + good or (not good and not care)

    def _verdict(self, one: Candidate) -> Verdict:
        facts = self.facts
        where = "group" if len(one.people) > 1 else "person"
        asked = Approach(one.kind, facts.now, facts.now + PROPOSAL_DAYS * DAY, where=where)  # type: ignore[arg-type]
        return judge(asked, [facts.members[person].recipient for person in one.people], facts.manners, facts.now)

    def told(self, listed: Iterable[Candidate]) -> Iterable[HeldBack]:
        """What was held back, each area once, the most worth first; and areas for which nobody was found."""
        spots = {(spot.repo_id, spot.health.key) for spot in self.facts.spots}
        seen = set(self.areas)
        found = []
        for one in listed:
            if (one.repo_id, one.key) not in seen:
                seen.add((one.repo_id, one.key))
                found.append(HeldBack(one.kind, one.title, self.why.get(_name(one), "others are worth more this week")))
        for spot in self.facts.spots:
            health = spot.health
            if (spot.repo_id, health.key) in spots - seen and health.state != "lit" and is_needed(spot):
                found.append(HeldBack("re-light", health.title, "no two people fit at the moment"))
        return found[:MOST_HELD]


def plainly(why: str) -> str:
    """A reason of the etiquette without the person, who need not be named for it."""
    return f"somebody {UNAVAILABLE}" if UNAVAILABLE in why else why


def _name(one: Candidate) -> tuple[str, str, str]:
    return one.kind, str(one.repo_id), one.key


def _nudge(facts: Facts, one: Candidate) -> Nudge:
    roles = ("shows", "learns") if one.learns else ("asked",)
    parties = tuple(Party(person, role) for person, role in zip(one.people, roles, strict=True))
    said = {**one.words, "title": one.title, "key": one.key, "reasons": list(one.reasons), "worth": round(one.worth, 4)}
    return Nudge(
        id=nudge_id(one.kind, one.repo_id, one.key, one.people, facts.week),
        week=facts.week,
        repo_id=one.repo_id,
        kind=one.kind,
        area=one.area,
        parties=parties,
        created=facts.now,
        expires=facts.now + PROPOSAL_DAYS * DAY,
        state_time=facts.now,
        facts=said,
    )


def sends_at(verdict: Verdict, now: int) -> int:
    """When a proposal may be said."""
    return verdict.until if isinstance(verdict, Hold) else now if isinstance(verdict, Send) else 0
