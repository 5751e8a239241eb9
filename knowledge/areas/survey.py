"""How well each area of a repository is held, how much that matters, and one step: what reports and answers tell.

States: *lit* has two or more active holders (or as many as the config wants), now and in 60 days if nothing happens;
*dim* has one, or will fall below within 60 days; *dark* has none. What an area is, `areas.py` says; what its risk is
made of, `risk.py`; docs/areas.md explains both to a team.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.activation import reasons
from knowledge.areas import risk
from knowledge.areas.health import (
    AHEAD_DAYS,
    TREND_DAYS,
    AreaHealth,
    Demand,
    State,
    Trend,
)
from knowledge.areas.partition import Area, AreaRules
from knowledge.areas.study import NOTHING, AreaStudy
from knowledge.areas.truck import truck_factor
from knowledge.areas.view import View as View
from knowledge.areas.view import look as look
from knowledge.model import SOMEONE, Person
from knowledge.store.database import Database

USUAL_LINES = 60  # of a file, where nothing is known of its length


def survey(db: Database, repo_id: int, now: int, rules: AreaRules | None = None) -> list[AreaHealth]:
    """Every area of a repository at `now`, the riskiest first; from no commit later than `now`.

    Args:
        db: the store.
        repo_id: the repository.
        now: seconds UTC.
        rules: what the team says about its areas; None for what the store remembers of config.yaml and CODEOWNERS.
    """
    return surveyed(look(db, repo_id, now, rules))


def surveyed(view: View) -> list[AreaHealth]:
    """Every area of a view, the riskiest first."""
    found = [health(view, area) for area in view.areas]
    return sorted(found, key=lambda one: (-one.risk, one.path, one.key))


def going_stale(
    db: Database, repo_id: int, now: int, top: int = 10, rules: AreaRules | None = None
) -> list[AreaHealth]:
    """The areas that are dim or dark and matter, the riskiest first."""
    return [one for one in survey(db, repo_id, now, rules) if one.state != "lit" and one.matters][:top]


def repository_truck_factors(view: View) -> tuple[int, int]:
    """By authorship of all files, and by activation: who must go until half of the held areas have no active holder."""
    active = {area.key: [person.id for person in view.holders(area)] for area in view.areas}
    return view.study.truck_factor, truck_factor(active)


# -- one area ---------------------------------------------------------------------------------------------------------


def health(view: View, area: Area) -> AreaHealth:
    """The health of one area of a view."""
    held, studied = view.held[area], view.study.areas.get(area.key, NOTHING)
    holders = view.holders(area)
    ids = [person.id for person in holders]
    ahead = tuple(len(held.active(ids, days)) for days in AHEAD_DAYS)
    later = ahead[1]
    standings = view.standings[area]
    askable = (view.people[one.person] for one in standings)
    rest = [person for person in askable if person.reachable(view.now) and person.id not in ids]
    last = max((one for one in standings if one.here.work), key=lambda one: one.here.last, default=None)
    name = "" if last is None else _name(view.people[last.person])
    demand = Demand(view.questions.get(area.key, 0), studied.changes, len(studied.dependents))
    lines = studied.lines if studied.lines is not None else USUAL_LINES * len(area.files)
    pages = None if studied.pages is None else risk.Pages(studied.pages, studied.drifted_count, own=area.is_reading)
    depth, tested = (None, None) if area.is_reading else (studied.complexity, studied.tested)
    guessed_of = len(area.files) if studied.lines is None else 0
    regeneration, parts = risk.regeneration(lines, depth, tested, pages, guessed_of=guessed_of)
    factors = (
        risk.holders_factor(len(holders), later, area.holders_wanted),
        risk.demand_factor(demand, critical=area.critical),
        risk.regeneration_factor(regeneration, parts),
        *parts,
    )
    trend, trend_words = _trend(view, studied, len(holders), later, area.holders_wanted)
    return AreaHealth(
        path=area.path,
        own=area.own,
        files=len(area.files),
        state=state_of(len(holders), later, area.holders_wanted),
        holders=holders,
        holders_ahead=later,
        next_in_line=rest[0] if rest else None,
        last_time=last.here.last if last else 0,
        last_person=name,
        changes=studied.changes,
        risk=risk.risk(factors),
        why=_why(holders, ahead, demand, name, last.here.last if last else 0, view.now),
        step=_step(view, area, holders, rest, studied),
        key=area.key,
        name=area.name,
        kind=area.kind,
        owners_declared=tuple(view.declared.get(owner, owner) for owner in area.owners),
        holders_in=(ahead[0], ahead[1], ahead[2]),
        holders_wanted=area.holders_wanted,
        truck_factor=studied.truck_factor,
        truck_factor_active=len(holders),
        drifted_pages=studied.drifted,
        drifted_count=studied.drifted_count,
        demand=demand,
        regeneration=regeneration,
        factors=factors,
        trend=trend,
        trend_words=trend_words,
        critical=area.critical,
        start=area.start,
    )


def state_of(now: int, later: int, wanted: int = 2) -> State:
    """lit, dim or dark, by the number of holders now and in 60 days."""
    return "dark" if not now else "dim" if min(now, later) < max(1, wanted) else "lit"


def _name(person: Person) -> str:
    return SOMEONE if person.opted_out else person.name


_RANK = {"dark": 0, "dim": 1, "lit": 2}


def _trend(view: View, studied: AreaStudy, now: int, later: int, wanted: int) -> tuple[Trend, str]:
    """Against TREND_DAYS before: by state, then by the number of holders up to the wanted one; none for a new area."""
    if studied.is_new:
        return "", ""
    then = [one for one in studied.active_then if not _unnamed(view.people.get(one))]
    ahead = [one for one in studied.ahead_then if one in then]
    before, present = state_of(len(then), len(ahead), wanted), state_of(now, later, wanted)
    weeks = TREND_DAYS // 7
    few = (min(len(then), wanted), min(now, wanted))
    if _RANK[before] != _RANK[present]:
        return ("better" if _RANK[present] > _RANK[before] else "worse"), f"{before} {weeks} weeks ago"
    if few[0] != few[1]:
        said = f"{reasons.count(len(then), 'active holder')} {weeks} weeks ago"
        return ("better" if few[1] > few[0] else "worse"), said
    return "same", f"as {weeks} weeks ago"


def _unnamed(person: Person | None) -> bool:
    return person is None or person.is_bot or person.opted_out


def _why(holders: Sequence[Person], ahead: Sequence[int], demand: Demand, last: str, last_time: int, now: int) -> str:
    names = [person.name for person in holders]
    if not holders:
        said = f"nobody is {'at home' if last and reasons.is_fresh(last_time, now) else 'active'} here"
        if last:
            said += f"; last was {last} on {reasons.day(last_time)} ({reasons.ago(last_time, now)})"
    elif len(holders) == 1:
        said = f"only {names[0]} is active here"
    else:
        said = f"{', '.join(names[:2])} and others" if len(names) > 2 else " and ".join(names)
        said += " are active here"
    first = next((at for at, count in enumerate(ahead) if count < min(2, len(holders))), None)
    if holders and first is not None:
        left = "nobody" if not ahead[first] else f"only {ahead[first]}"
        said += f", {left} in {AHEAD_DAYS[first]} days if nothing happens"
    said += f"; {reasons.count(demand.changes, 'change')}"
    if demand.questions:
        said += f" and {reasons.count(demand.questions, 'question')}"
    return f"{said} in the last year"


def _step(view: View, area: Area, holders: Sequence[Person], rest: Sequence[Person], studied: AreaStudy) -> str:
    staying = view.held[area].active((person.id for person in holders), AHEAD_DAYS[1])
    if state_of(len(holders), len(staying), area.holders_wanted) == "lit":
        return "Nothing to do now."
    fading = [person for person in holders if person.id not in staying]
    if len(holders) >= area.holders_wanted and fading:
        return f"Hand the next change here to {fading[0].name}, so that it stays with more than one."
    if holders and rest:
        return f"Let {holders[0].name} show {rest[0].name} around."
    if holders:
        return f"Ask {holders[0].name} to write down what a newcomer needs."
    page = next(iter(studied.drifted), None)
    if rest and page:
        return f"Ask {rest[0].name}, who is closest to it now, to look into it and bring {page.path} up to date."
    if rest:
        return f"Ask {rest[0].name} to look into it, who is closest to it now."
    return "Write down what is still known."


def under(found: Iterable[AreaHealth], path: str) -> list[AreaHealth]:
    """Those of the areas that lie under a path."""
    return [one for one in found if not path or one.path == path or one.path.startswith(f"{path}/")]
