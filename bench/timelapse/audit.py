"""Holds what stands on the server against what really was: by counting, with nothing of the bot's own bookkeeping."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from bench.timelapse.server import Post
from bench.timelapse.year import Year
from bot.calendars import Place, is_open
from bot.nudging.gather import AGAIN_DAYS, CAME_TO_NOTHING
from bot.nudging.people import ANSWER_DAYS, ASKING
from knowledge.store.nudges import Nudge, Nudges

DAY = 86_400
WEEK = 7 * DAY


class Audit(NamedTuple):
    """A year in numbers; everything from `over_budget` to `stuck` should be 0."""

    people: int  # who heard anything
    person_weeks: int  # weeks of people who heard anything, from their first message on
    unasked: int  # proposals, once for each who got it
    messages: int  # all, once for each who got it
    median_week: float  # messages of a person in a week in which they heard anything
    most_week: int
    most_unasked_seven_days: int
    over_budget: int
    out_of_hours: int
    unwanted: dict[str, int]  # to people who had left, were away, snoozed, had opted out
    never_paired: int  # two of whom one did not want it
    beyond_pause: int
    repeats: int
    double: int
    stuck: int
    faults: int
    kills: dict[str, int]  # by where they struck
    kinds: dict[str, int]  # proposals
    states: dict[str, int]  # what became of them
    met: int

    @property
    def wrongs(self) -> int:
        """What should not have happened, all together."""
        listed = (self.over_budget, self.out_of_hours, self.never_paired, self.beyond_pause, self.repeats)
        return sum(listed) + self.double + self.stuck + self.faults + sum(self.unwanted.values())


def audit(year: Year) -> Audit:
    """Count."""
    posts = year.posts
    unasked = [one for one in posts if one.is_unasked]
    times: dict[int, list[int]] = defaultdict(list)
    for person, time in sorted((person, one.time) for one in unasked for person in one.people):
        times[person].append(time)
    every: dict[int, list[int]] = defaultdict(list)
    for one in posts:
        for person in one.people:
            every[person].append((one.time - year.start) // WEEK)
    weeks = [number for listed in every.values() for number in Counter(listed).values()]
    whole = (year.end - year.start) // WEEK
    budget = year.nudging.team.manners.budget
    nudges = {one.id: one for one in Nudges(year.db).since(0)}
    return Audit(
        people=len(every),
        person_weeks=sum(whole - min(listed) for listed in every.values()),
        unasked=sum(map(len, times.values())),
        messages=sum(map(len, every.values())),
        median_week=median(weeks) if weeks else 0.0,
        most_week=max(weeks, default=0),
        most_unasked_seven_days=max(
            (sum(at <= other < at + WEEK for other in listed) for listed in times.values() for at in listed), default=0
        ),
        over_budget=sum(
            sum(at <= other < at + WEEK for other in listed) > budget for listed in times.values() for at in listed
        ),
        out_of_hours=sum(not is_open(_place(year, person), one.time) for one in posts for person in one.people),
        unwanted=dict(_unwanted(year)),
        never_paired=sum(frozenset(one.people) in year.truth.never for one in unasked),
        beyond_pause=_beyond_pause(year, unasked),
        repeats=_repeats(year, unasked, nudges),
        double=sum(number - 1 for number in Counter(one.mark for one in posts).values()),
        stuck=_stuck(year),
        faults=len(year.faults),
        kills=dict(year.deaths),
        kinds=dict(Counter(str(one.data.get("kind")) for one in unasked)),
        states=dict(Counter(one.state for one in nudges.values())),
        met=len(year.truth.met),
    )


def _place(year: Year, person: int) -> Place:
    human = year.everybody.get(person)
    return Place(human.zone, human.country) if human else Place()


def _unwanted(year: Year) -> Counter[str]:
    found = (
        year.truth.wrong(person, str(one.data.get("kind", "")), one.time) for one in year.posts for person in one.people
    )
    return Counter(why for why in found if why)


def _beyond_pause(year: Year, unasked: Iterable[Post]) -> int:
    """Questions to people who had let `pause_after` in a row pass without a word."""
    told: dict[int, list[Post]] = defaultdict(list)
    for one in unasked:
        for person in one.people:
            if one.data.get("kind") in ASKING:
                told[person].append(one)
    number = 0
    for person, listed in told.items():
        for at, one in enumerate(listed):
            silent = 0
            for before in reversed(listed[:at]):
                said = year.truth.said.get((person, str(before.data["id"])))
                if said is not None and said <= one.time:
                    break
                silent += before.time + ANSWER_DAYS * DAY <= one.time
            number += silent >= year.nudging.team.manners.pause_after
    return number


def _repeats(year: Year, unasked: Iterable[Post], nudges: dict[str, Nudge]) -> int:
    """The same said again: a proposal more often than somebody said "later", a pair or an area within the window.

    What was never said or came to no meeting may be proposed again after AGAIN_DAYS, as docs/nudges.md says.
    """
    by_nudge = Counter(str(one.data["id"]) for one in {post.mark: post for post in unasked}.values())
    number = sum(max(0, times - 1 - year.truth.laters.get(one, 0)) for one, times in by_nudge.items())
    first: dict[str, int] = {}
    for one in unasked:
        first.setdefault(str(one.data["id"]), one.time)
    about: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for number_of in sorted(first, key=lambda n: first[n]):
        nudge = nudges[number_of]
        key = "unmatched" if nudge.kind == "unmatched" else str(nudge.facts.get("key", nudge.area))
        for person in nudge.people:
            about[person, key].append(number_of)
        if len(nudge.people) > 1:
            about["pair", *sorted(nudge.people)].append(number_of)
    window = year.nudging.settings.repeat_days * DAY
    return number + len({
        (before, after)
        for listed in about.values()
        for before, after in pairwise(listed)
        if nudges[after].created - nudges[before].created < (
            AGAIN_DAYS * DAY if nudges[before].state in CAME_TO_NOTHING else window
        )
    })  # fmt: skip


def _stuck(year: Year) -> int:
    """Decided, due for more than a day, and neither said nor dropped."""
    rows = year.db.read(
        "SELECT COUNT(*) FROM outbox WHERE state = 'posting' OR (state = 'waiting' AND not_before < :before)",
        before=year.end - DAY,
    )
    return int(rows[0][0])
