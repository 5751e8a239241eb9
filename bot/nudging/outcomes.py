"""What meetings really changed, told honestly: did the second person come back to the area, six and twelve weeks later?

Coming back is a commit there (written, reviewed, tested) or an answer or page about it, after the day of the meeting.
Every meeting is compared with matches that were chosen when it was proposed (`matching.py`): like people at like areas
that nobody brought together. Shares carry Wilson intervals; the difference (mean over meetings of "came back" minus the
share of its matches that did) a percentile bootstrap over meetings; both of 95 %. With fewer than FEWEST meetings
nothing is concluded.

People who accept and meet may have been about to work there anyway: what is measured here is what follows meetings, and
the matches take only part of that doubt away.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, Literal, NamedTuple

from bot.nudging.states import MET, OUTCOME_DAYS, SAID
from knowledge.shares import percent
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Nudges

DAY = 86_400
FEWEST = 8  # meetings with matches, before a difference is told
DRAWS = 2000
Z = 1.959964  # of 95 %
TAKEN_UP = frozenset({"yes", "confirm", "edit"})
RETURNS = ("answered", "documented", "confirmed", "taught")


class Share(NamedTuple):
    """`yes` of `number`, with its 95 % interval (Wilson)."""

    yes: float
    number: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """In [0, 1]; 0 of nothing."""
        return self.yes / self.number if self.number else 0.0


class Difference(NamedTuple):
    """Meetings against their matches, so many weeks later; `words` is what may be said about it."""

    weeks: int
    met: Share
    matched: Share
    difference: float | None  # None: too few to tell
    low: float
    high: float
    words: str


class Outcomes(NamedTuple):
    """What became of the nudges up to a time."""

    proposed: int
    sent: int
    accepted: int
    happened: int
    did_not: int
    after_six: Difference
    after_twelve: Difference

    @property
    def words(self) -> str:
        """In a few sentences, for the report."""
        if not self.sent:
            return "Nobody has been brought together yet."
        taken = f"{self.accepted} {'was' if self.accepted == 1 else 'were'} taken up"
        sent = f"{self.sent} proposal{'' if self.sent == 1 else 's'} went out"
        said = f"{sent}, {taken}, {self.happened} led to a meeting."
        if not self.after_six.met.number:
            return f"{said} What a meeting changed is looked at six and twelve weeks later; none is as old yet."
        return f"{said} {self.after_six.words} {self.after_twelve.words}"


def outcomes(db: Database, now: int) -> Outcomes:
    """What became of every nudge decided by `now`, from nothing later."""
    listed = [one for one in Nudges(db).since(0) if one.created <= now]
    meetings = [one for one in listed if one.state in MET and _learner(one) and _began(one) <= now]
    sent = [one for one in listed if _went_out(one) and one.kind not in SAID]
    return Outcomes(
        proposed=len(listed),
        sent=len(sent),
        accepted=sum(all(party.answer in TAKEN_UP for party in one.parties) for one in sent),
        happened=sum(one.state in MET for one in sent),
        did_not=sum(one.state == "did-not" for one in sent),
        after_six=_compared(db, meetings, listed, 6, now),
        after_twelve=_compared(db, meetings, listed, 12, now),
    )


def _went_out(one: Nudge) -> bool:
    """Whether it was said; what was answered with "later" is proposed again, and somebody has spoken."""
    return one.state not in {"proposed", "expired"} or any(party.time for party in one.parties)


def _compared(
    db: Database, meetings: Sequence[Nudge], everything: Sequence[Nudge], weeks: Literal[6, 12], now: int
) -> Difference:
    """Only meetings of which so many weeks have passed."""
    span = OUTCOME_DAYS["outcome-6" if weeks == 6 else "outcome-12"] * DAY
    ripe = [one for one in meetings if _began(one) + span <= now]
    came: list[bool] = []
    pairs: list[tuple[float, float]] = []
    controls: list[bool] = []
    for one in ripe:
        begins = _began(one)
        back = came_back(db, one.repo_id, _learner(one), one.area, str(one.facts.get("key", "")), begins, begins + span)
        came.append(back)
        others = [
            came_back(db, one.repo_id, int(m["person"]), str(m["area"]), str(m["key"]), begins, begins + span)
            for m in _untouched(one.facts.get("matched", ()), everything, begins, begins + span)
        ]
        controls += others
        if others:
            pairs.append((float(back), sum(others) / len(others)))
    met, matched = wilson(sum(came), len(came)), wilson(sum(controls), len(controls))
    if len(pairs) < FEWEST:
        return Difference(weeks, met, matched, None, 0.0, 0.0, _too_few(weeks, met))
    differences = [back - other for back, other in pairs]
    mean = sum(differences) / len(differences)
    low, high = bootstrap(differences)
    return Difference(weeks, met, matched, mean, low, high, _told(weeks, met, matched, low, high))


def came_back(db: Database, repo_id: int, person: int, area: str, key: str, after: int, until: int) -> bool:
    """Whether somebody worked, reviewed, answered or wrote in an area from the day after `after` up to `until`."""
    belongs = in_area(area, key)
    span = {"person": person, "repo": repo_id, "after": after + DAY // 2, "until": until}
    touched = db.read(
        "SELECT DISTINCT n.path FROM commits c JOIN roles r ON r.commit_id = c.id"
        " JOIN identities i ON i.id = r.identity_id JOIN touches t ON t.commit_id = c.id"
        " JOIN nodes n ON n.id = t.node_id WHERE c.repo_id = :repo"
        " AND i.person_id = :person AND c.commit_time > :after AND c.commit_time <= :until AND c.reachable = 1"
        " AND c.weight > 0",
        **span,
    )
    if any(belongs(path) for (path,) in touched):
        return True
    marks = ", ".join(f"'{kind}'" for kind in RETURNS)
    told = db.read(
        "SELECT DISTINCT n.path FROM events e JOIN nodes n ON n.id = e.node_id WHERE n.repo_id = :repo"
        f" AND e.person_id = :person AND e.kind IN ({marks}) AND e.time > :after AND e.time <= :until",
        **span,
    )
    return any(belongs(path) for (path,) in told)


def in_area(area: str, key: str) -> Callable[[str], bool]:
    """Whether a path belongs to an area, by its path and its key (`src/.`: only what lies directly in it)."""
    if key.endswith("*"):
        return lambda path: path.startswith(key[:-1])
    if key == "." or key.endswith("/."):
        return lambda path: path.rpartition("/")[0] == area
    return lambda path: not area or path == area or path.startswith(f"{area}/")


def wilson(yes: int, number: int) -> Share:
    """The 95 % Wilson score interval of a share; (0, 1) of nothing."""
    if not number:
        return Share(0, 0, 0.0, 1.0)
    share, square = yes / number, Z * Z
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = Z * sqrt(share * (1 - share) / number + square / (4 * number * number)) / (1 + square / number)
    return Share(yes, number, max(0.0, middle - half), min(1.0, middle + half))


def bootstrap(values: Sequence[float], draws: int = DRAWS) -> tuple[float, float]:
    """The 95 % percentile interval of a mean; the same values give the same interval."""
    dice = random.Random(17)  # noqa: S311  (nothing secret)
    means = sorted(sum(dice.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws) - 1]


def _began(one: Nudge) -> int:
    return one.meet_time or one.state_time


def _learner(one: Nudge) -> int:
    return next((party.person for party in one.parties if party.role == "learns"), 0)


def _untouched(
    found: Iterable[Mapping[str, Any]], everything: Sequence[Nudge], begins: int, until: int
) -> list[Mapping[str, Any]]:
    """Matches that stayed matches: nobody was brought together there, nor they themselves, before the time was over."""
    busy: Counter[object] = Counter()
    for one in everything:
        if one.state in MET and begins <= _began(one) <= until:
            busy.update([str(one.facts.get("key", "")), *one.people])
    return [m for m in found if not busy[str(m["key"])] and not busy[int(m["person"])]]


def _too_few(weeks: int, met: Share) -> str:
    if not met.number:
        return f"No meeting is {weeks} weeks old yet."
    return (
        f"{weeks} weeks after {met.number} meeting{'' if met.number == 1 else 's'}, {met.yes} of those who were shown"
        f" something had worked there again; it cannot be told yet whether that is more than without."
    )


def _told(weeks: int, met: Share, matched: Share, low: float, high: float) -> str:
    shares = (
        f"{weeks} weeks after a meeting, {percent(met.share)} of {met.number} had worked there again;"
        f" of {matched.number} like cases without one, {percent(matched.share)}"
    )
    span = f"the difference lies between {100 * low:+.0f} and {100 * high:+.0f} points"
    if low > 0:
        return f"{shares}: more, {span}."
    if high < 0:
        return f"{shares}: fewer, {span}."
    return f"{shares}: no difference that is sure, {span}."
