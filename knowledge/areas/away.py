"""What loses its last active holder while somebody is away, who could hold it, and in which order to hand over.

About areas, never about the person: what counts is where nobody else would be active. For an absence of so many days
the others fade as if nothing happened until its end; up to its beginning, everybody is taken to go on as today. Who is
away today, and back by then, is counted on, and so is what hangs on somebody who is away today.

Effort is told in sessions of 25 minutes, a documented guess until outcomes of sessions are there to fit it to:

    all     = 2 + 2 · log2(1 + lines / 500) · (½ + ½ · regeneration)
    known   = (1 − staleness) · 2^(−days since their last work there / 180) · min(1, events there / 10)
    effort  = all · (1 − known), rounded up
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, log2
from typing import Literal, NamedTuple

from knowledge.activation import reasons
from knowledge.activation.staleness import Survival, survival, together, uncounted
from knowledge.areas import risk
from knowledge.areas.health import AreaHealth
from knowledge.areas.partition import Area
from knowledge.areas.standings import Held
from knowledge.areas.survey import health
from knowledge.areas.view import View, look
from knowledge.memory import DAY, FILE, NO_TRACE, WORK_KINDS, Trace
from knowledge.model import Person
from knowledge.shares import percent
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN
from knowledge.store.extent import extent_below

SESSION_MINUTES = 25
LOOK_BACK_DAYS = 730  # changes by others are read no further back
BACK_DAYS = 60  # who is back within so many is counted on where somebody leaves for good
ENOUGH_EVENTS = 10  # in an area, from which on somebody has seen most of it
Loss = Literal["dark", "one head"]


class Heir(NamedTuple):
    """Somebody who could hold an area, and what that takes."""

    person: Person
    sessions: int  # of SESSION_MINUTES
    is_active: bool  # already a holder, to whom only the hand-over itself is left
    staleness: float  # share in [0, 1] of the area that others changed since their last work there
    last_time: int  # of their work there; 0 for none
    why: str


class Handover(NamedTuple):
    """An area that would be left with nobody active, or with one person."""

    area: AreaHealth
    loss: Loss
    left: tuple[Person, ...]  # who is still active there at the end
    risk: float  # of the area without them, in [0, 1]
    heirs: tuple[Heir, ...]  # the least effort first, at most two


class Gap(NamedTuple):
    """What an absence would leave; the plan is `handovers` in their order."""

    since: int
    until: int | None
    handovers: tuple[Handover, ...]
    held: int  # areas in which they are active


def while_away(
    db: Database, repo_id: int, person_id: int, now: int, since: int | None = None, until: int | None = None
) -> Gap:
    """What would go dark, or hang on one head, while somebody is away; the riskiest first.

    Args:
        db: the store.
        repo_id: the repository.
        person_id: who would be away.
        now: seconds UTC; nothing later is read.
        since: when the absence begins; None for now.
        until: when it is over; None for an absence without an end, or for good.
    """
    view = look(db, repo_id, now)
    since = now if since is None else since
    days = 0 if until is None else max(0, ceil((until - since) / DAY))
    lost: list[tuple[Area, tuple[Person, ...], Loss]] = []
    held = 0
    for area in view.areas:
        active = [view.people[one] for one in view.held[area].active(one.person for one in view.standings[area])]
        if not any(person.id == person_id and not person.has_left(now) for person in active):
            continue
        held += 1
        others = [person for person in active if person.id != person_id and _around(person, since, until)]
        still = set(view.held[area].active((person.id for person in others), days))
        left = tuple(person for person in others if person.id in still)
        if len(left) < 2:
            lost.append((area, left, "one head" if left else "dark"))
    since_when = _Changes(db, repo_id, [area for area, _, _ in lost], now)
    found = [_handover(view, since_when, *one, person_id, since, until) for one in lost]
    worth = [one for one in found if one.area.matters or one.loss == "dark"]
    ordered = sorted(worth, key=lambda one: (-one.risk, one.loss != "dark", one.area.key))
    return Gap(since, until, tuple(ordered), held)


def _around(person: Person, since: int, until: int | None) -> bool:
    """Whether somebody may be counted on during a time: there when it begins, and when it ends.

    Of a time without an end: there when it begins, or back soon after.
    """
    if until is not None:
        return person.reachable(since) and person.reachable(until - 1)
    span = person.away(since)
    return person.reachable(since if span is None or span[1] > since + BACK_DAYS * DAY else span[1])


def _handover(
    view: View,
    changes: _Changes,
    area: Area,
    left: tuple[Person, ...],
    loss: Loss,
    away: int,
    since: int,
    until: int | None,
) -> Handover:
    found = health(view, area)
    without = (risk.holders_factor(len(left), len(left), area.holders_wanted), *found.factors[1:])
    active = {person.id for person in left}
    candidates = [
        person
        for one in view.standings[area]
        if (person := view.people[one.person]).id != away and _around(person, since, until)
    ]
    heirs = [_heir(view.held[area], found, person, changes, is_active=person.id in active) for person in candidates]
    new = sorted((heir for heir in heirs if not heir.is_active), key=lambda heir: heir.sessions)[:2]
    return Handover(found, loss, left, risk.risk(without), tuple(new))


def _heir(held: Held, found: AreaHealth, person: Person, changes: _Changes, *, is_active: bool) -> Heir:
    here = held.traces[-1].get(person.id, NO_TRACE)
    staleness = changes.staleness(held.area, person.id, here.last) if here.events else 1.0
    sessions = 1 if is_active else effort(found.regeneration.lines, found.regeneration.value, here, staleness, held.now)
    return Heir(person, sessions, is_active, staleness, here.last, _why(here, staleness, held.now))


def effort(lines: int, regeneration: float, here: Trace, staleness: float, now: int) -> int:
    """How many sessions it takes somebody to hold an area; the module gives the formula."""
    whole = 2.0 + 2.0 * log2(1.0 + lines / 500) * (0.5 + 0.5 * regeneration)
    age = max(0, now - here.last) / DAY
    known = (1.0 - staleness) * 2.0 ** (-age / FILE.half_life_days) * min(1.0, here.events / ENOUGH_EVENTS)
    return max(1, ceil(whole * (1.0 - (known if here.events else 0.0))))


def _why(here: Trace, staleness: float, now: int) -> str:
    if not here.events:
        return "knows what is around it, but has not worked on it yet"
    times = {1: "once", 2: "twice"}.get(here.events, f"{here.events:,} times")
    return f"took part {times}, last {reasons.ago(here.last, now)}{_since(staleness)}"


def _since(staleness: float) -> str:
    return f"; {percent(staleness)} of it changed by others since" if staleness >= 0.045 else ""


class _Changed(NamedTuple):
    """What a commit did to a file."""

    time: int
    workers: frozenset[int]
    left: Survival


class _Changes:
    """What was changed in some areas within LOOK_BACK_DAYS, and by whom: read once, asked by person."""

    def __init__(self, db: Database, repo_id: int, areas: Sequence[Area], now: int) -> None:
        self._by_path = _read(db, repo_id, areas, now)
        weights = extent_below(db, repo_id, "", now).weights if self._by_path else {}
        nodes: dict[str, int] = dict(
            db.read("SELECT path, id FROM nodes WHERE repo_id = :repo AND is_dir = 0", repo=repo_id)
        )
        self._weights = {path: weights[node] for path, node in nodes.items() if node in weights}

    def staleness(self, area: Area, person: int, last: int) -> float:
        """The share in [0, 1] of the area that others changed after `last`: see `knowledge/activation/staleness.py`."""
        whole = sum(self._weights.get(path, 0.0) for path in area.files)
        stale = 0.0
        for path in area.files:
            since = (one for one in self._by_path.get(path, ()) if one.time > last and person not in one.workers)
            stale += self._weights.get(path, 0.0) * together(one.left for one in since).staleness
        return stale / whole if whole else 0.0


def _read(db: Database, repo_id: int, areas: Iterable[Area], now: int) -> Mapping[str, list[_Changed]]:
    wanted = {path for area in areas for path in area.files}
    if not wanted:
        return {}
    span = {"repo": repo_id, "since": now - LOOK_BACK_DAYS * DAY, "now": now}
    where = " WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1"
    workers: dict[int, set[int]] = {}
    for commit, person, kind in db.read(
        f"SELECT c.id, {HUMAN}, r.kind FROM commits c JOIN roles r ON r.commit_id = c.id"
        f" JOIN identities i ON i.id = r.identity_id LEFT JOIN people p ON p.id = i.person_id{where}"
        " AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0 AND c.weight > 0",
        **span,
    ):
        if kind in WORK_KINDS:
            workers.setdefault(commit, set()).add(person)
    found: dict[str, list[_Changed]] = {}
    for path, commit, time, weight, *counts in db.read(
        "SELECT n.path, c.id, c.commit_time, c.weight, t.added, t.removed, t.lines FROM commits c"
        f" JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id{where}",
        **span,
    ):
        if path in wanted and commit in workers:
            left = survival(weight, *counts) or uncounted(weight, 1.0)
            found.setdefault(path, []).append(_Changed(time, frozenset(workers[commit]), left))
    return found
