"""The simulated people of a year: who they are, drawn from a seed; nothing here is measured on anybody.

Work, and who stops working, are real: whoever never commits again after some day of the year leaves three weeks later.
Everything else is assumed: time zones and countries (PLACES), how people take messages (TEMPERS), two holidays each,
that 85 % of meetings with a time take place, that a quarter of the questions afterwards stay open.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.config import PersonSettings
from bot.etiquette import ALL, Span
from knowledge.store import sayings
from knowledge.store.database import Database
from knowledge.store.wishes import Wish, Wishes

DAY = 86_400
LEAVES_AFTER = 21 * DAY  # after their last commit
NOTICE = 14 * DAY
TELLS_AHEAD = 0.6  # of those who leave
GONE_DAYS = 60  # without any commit up to the end of the history, to count as gone
IN_CONFIG = 10  # commits and reviews in the year before, from which on config.yaml says in which country they live
NEVER_PAIR = 0.08  # of people who want not to be paired with one other
INTERESTED = 0.1


class Temper(NamedTuple):
    """How somebody takes messages: chances of each answer; what is left is silence."""

    name: str
    share: float
    yes: float
    later: float
    other: float
    no: float
    stops: float = 0.0  # of those who say no: never again, of this kind or at all
    snoozes: float = 0.0  # instead of an answer


TEMPERS = (
    Temper("glad", 0.45, yes=0.85, later=0.06, other=0.02, no=0.03),
    Temper("busy", 0.35, yes=0.45, later=0.20, other=0.05, no=0.10, stops=0.1, snoozes=0.05),
    Temper("silent", 0.12, yes=0.05, later=0.0, other=0.0, no=0.05),
    Temper("private", 0.08, yes=0.10, later=0.0, other=0.05, no=0.45, stops=0.4, snoozes=0.15),
)
PLACES = (
    ("Europe/Berlin", "DE", 3), ("Europe/London", "GB", 2), ("Europe/Warsaw", "PL", 1), ("America/New_York", "US", 3),
    ("America/Los_Angeles", "US", 2), ("America/Sao_Paulo", "BR", 1), ("Asia/Kolkata", "IN", 2), ("Asia/Tokyo", "JP", 1),
    ("Australia/Sydney", "AU-NSW", 1), ("Asia/Jerusalem", "IL", 1),
)  # fmt: skip


class Human(NamedTuple):
    """Somebody, as far as it does not depend on what they are told."""

    person: int
    email: str
    name: str
    zone: str
    country: str
    temper: Temper
    holidays: tuple[tuple[int, int, int], ...]  # told, from, until (whole days, seconds UTC)
    leaves: int | None = None
    told_leaving: int = 0


@dataclass(slots=True)
class Truth:
    """What really holds of people, kept apart from the bot's store, to hold its messages against."""

    away: dict[int, list[Span]] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    snoozed: dict[int, list[Span]] = field(default_factory=dict)
    stopped: dict[tuple[int, str], int] = field(default_factory=dict)  # (person, kind or ALL): when
    never: set[frozenset[int]] = field(default_factory=set)
    said: dict[tuple[int, str], int] = field(default_factory=dict)  # (person, nudge): when they first answered
    laters: dict[str, int] = field(default_factory=dict)  # nudge: how often somebody said "later"
    met: dict[str, int] = field(default_factory=dict)  # nudge: when they really met

    def wrong(self, person: int, kind: str, time: int) -> str:
        """Why nobody should have written to them at `time`; "" where they may."""
        if self.left.get(person, time) < time:
            return "left"
        if any(span.holds(time) for span in self.away.get(person, ())):
            return "away"
        if any(span.start < time and span.holds(time) for span in self.snoozed.get(person, ())):
            return "snoozed"
        if any(self.stopped.get((person, what), time) < time for what in (kind, ALL)):
            return "opted out"
        return ""


def humans(db: Database, repo_id: int, seed: int, start: int, end: int) -> list[Human]:
    """Everybody who committed within the year before `start` or after it, by number."""
    rows = db.read(
        "SELECT p.id, p.email, p.name, COUNT(DISTINCT c.id), MAX(c.commit_time),"
        " SUM(CASE WHEN c.commit_time <= :start THEN 1 ELSE 0 END) FROM people p"
        " JOIN identities i ON i.person_id = p.id JOIN roles r ON r.identity_id = i.id"
        " JOIN commits c ON c.id = r.commit_id WHERE c.repo_id = :repo AND c.commit_time > :since AND p.is_bot = 0"
        " GROUP BY p.id, p.email, p.name ORDER BY p.id",
        repo=repo_id,
        since=start - 365 * DAY,
        start=start,
    )
    return [_human(row, seed, start, end) for row in rows]


def _human(row: tuple[int, str, str, int, int, int], seed: int, start: int, end: int) -> Human:
    person, email, name, commits, last, before = row
    dice = random.Random(f"{seed} {person}")
    zone, country, _ = dice.choices(PLACES, [weight for _, _, weight in PLACES])[0]
    country = country if before >= IN_CONFIG else ""  # naming somebody in config.yaml makes them a member
    temper = dice.choices(TEMPERS, [one.share for one in TEMPERS])[0]
    holidays = []
    for half in range(2):
        begins = start + int((half * 0.5 + dice.uniform(0.02, 0.45)) * (end - start)) // DAY * DAY
        holidays.append((begins - dice.randint(3, 40) * DAY, begins, begins + dice.randint(5, 15) * DAY))
    leaves, told = None, 0
    if commits >= 5 and start + 30 * DAY < last < end - GONE_DAYS * DAY:
        leaves = last + LEAVES_AFTER
        told = leaves - NOTICE if dice.random() < TELLS_AHEAD else leaves
    return Human(person, email, name, zone, country, temper, tuple(holidays), leaves, told)


def settings_of(everybody: Iterable[Human]) -> tuple[PersonSettings, ...]:
    """What config.yaml would say of those who were there from the start: their countries, for holidays."""
    return tuple(PersonSettings(one.name, emails=(one.email,), country=one.country) for one in everybody if one.country)


def settle(db: Database, everybody: list[Human], seed: int, now: int, titles: Mapping[int, str]) -> Truth:
    """Tell the store where they live, and what some of them wish; `titles` are areas to be curious of."""
    dice, truth, wishes = random.Random(f"{seed} wishes"), Truth(), Wishes(db)
    with db.transaction() as tx:
        for one in everybody:
            sayings.say(tx, one.person, "timezone", one.zone, now, "simulation")
        sayings.settle(tx, [one.person for one in everybody])
    for one in everybody:
        other = dice.choice(everybody).person
        if dice.random() < NEVER_PAIR and other != one.person:
            wishes.wish(one.person, Wish("never-pair", str(other)), now)
            truth.never.add(frozenset({one.person, other}))
        if titles and dice.random() < INTERESTED:
            wishes.wish(one.person, Wish("interest", titles[dice.choice(sorted(titles))]), now)
    return truth
