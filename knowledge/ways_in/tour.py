"""Where somebody new starts: areas to know first, each with a page, an entry point and a person; a first small place.

Pure over `TourFacts`; docs/newcomers.md explains it to those who get it.

Which areas: those that the newcomer's team works on most (without a team: everybody), and on which much else builds. Of
pages there is one area, unless the repository is mostly pages or has few others; tests, examples, settings of machines
and loose files at the top are no place to start. In which order: what others build on first, so that each area rests
on those before it; pages last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log1p
from typing import NamedTuple

from knowledge.areas.health import AreaHealth
from knowledge.areas.partition import Area
from knowledge.model import Person
from knowledge.paths import is_code, is_fixture_directory, is_page, is_test, is_test_directory
from knowledge.ways_in import tour_places as places
from knowledge.ways_in.landmarks import Landmarks
from knowledge.ways_in.tour_places import Entry, FirstPlace, Reading, Work

MOST_AREAS, FEWEST_AREAS = 5, 3
MOSTLY = 5  # so many pages for a file of code make a repository one of pages


class TourFacts(NamedTuple):
    """What a tour is decided from, all of one repository and of one moment."""

    now: int
    areas: tuple[tuple[Area, AreaHealth], ...]
    tested: Mapping[str, float]  # by area key: the share of its code that has tests; unknown ones are missing
    marks: Landmarks
    work: tuple[Work, ...]  # of people, within a year, the newest first
    changed: Mapping[str, int]  # by page: when it was last changed, seconds UTC
    lines: Mapping[str, int]  # by path, as far as known
    team: Mapping[str, int] = {}  # by area key: commits of the newcomer's team within a year; empty without a team
    load: Mapping[int, int] = {}  # by person: sessions and questions they are in
    glad: Mapping[int, frozenset[str]] = {}  # by person: where they said that they are glad to help newcomers
    refused: frozenset[int] = frozenset()  # who said that they would rather not
    unwilling: frozenset[int] = frozenset()  # who is not asked at the moment, whatever the reason
    newcomer: int = 0  # who it is for, where that is somebody the history knows
    repo_id: int = 0


class Stop(NamedTuple):
    """An area to know, and where to begin there."""

    area: AreaHealth
    changes: int  # of the team, else of everybody, within a year
    of_team: bool
    page: Reading | None
    entry: Entry | None
    person: Person | None  # None: nobody who is active there can be asked now
    needs: tuple[str, ...]  # titles of areas of this tour that it builds on


class Tour(NamedTuple):
    """The areas in the order to learn them, and where a first change would be small and welcome."""

    stops: tuple[Stop, ...]
    first: FirstPlace | None
    front: Reading | None  # the page at the door of the house


class _Told(NamedTuple):
    """What the stops before have named."""

    people: Counter[int]
    pages: set[str]


def tour(facts: TourFacts) -> Tour:
    """The tour of a repository; without stops where nothing is known of it."""
    chosen = _chosen(facts)
    uses = {area.key: _uses(facts, area, chosen) for area, _ in chosen}
    order = _in_order(chosen, uses)
    front = places.front(facts.marks, facts.changed)
    titles = {area.key: health.title for area, health in chosen}
    told = _Told(Counter(), set())
    stops: list[Stop] = []
    for area, health in order:
        before = {stop.area.key for stop in stops}
        needs = tuple(titles[key] for key in uses[area.key] if key in before)
        stops.append(_stop(facts, area, health, told)._replace(needs=needs))
    return Tour(tuple(stops), places.first_place(facts, order), front)


def stop_of(facts: TourFacts, area: Area, health: AreaHealth) -> Stop:
    """One area, as a stop of its own."""
    return _stop(facts, area, health, _Told(Counter(), set()))


def central(facts: TourFacts, area: Area, most: int = 3) -> list[Entry]:
    """The files that an area turns on, the one to open first first."""
    own = set(area.files)
    changes = Counter(path for one in facts.work for path in one.paths if path in own)
    return places.entries(facts.marks, changes, area, most)


def _stop(facts: TourFacts, area: Area, health: AreaHealth, told: _Told) -> Stop:
    entry = next(iter(central(facts, area, 1)), None)
    page = places.reading(facts.marks, facts.changed, area, facts.now, frozenset(told.pages))
    if page is not None and entry is not None and page.path == entry.path:
        entry = next((one for one in central(facts, area, 2) if one.path != page.path), None)
    person = _person(facts, health, told.people)
    if person is not None:
        told.people[person.id] += 1
    if page is not None and page.own:
        told.pages.add(page.path)
    of_team = bool(facts.team)
    changes = facts.team.get(area.key, 0) if of_team else health.demand.changes
    return Stop(health, changes, of_team, page, entry, person, ())


def _person(facts: TourFacts, health: AreaHealth, told: Mapping[int, int]) -> Person | None:
    """The first holder who can be asked; of the first three, whoever was not named for another area yet."""
    able = [one for one in health.holders if one.id != facts.newcomer and one.id not in facts.unwilling]
    free = [one for one in able if not facts.load.get(one.id)] or able
    return min(free[:3], key=lambda one: told.get(one.id, 0), default=None)


# -- which areas ------------------------------------------------------------------------------------------------------


def _chosen(facts: TourFacts) -> list[tuple[Area, AreaHealth]]:
    pages = sum(is_page(path) and not is_test(path) for area, _ in facts.areas for path in area.files)
    code = sum(is_code(path) and not is_test(path) for area, _ in facts.areas for path in area.files)
    reads = pages > MOSTLY * code
    worth = {area.key: _worth(facts, area, health) for area, health in facts.areas}
    best = sorted(facts.areas, key=lambda pair: (-worth[pair[0].key], pair[0].key))
    best = [pair for pair in best if worth[pair[0].key] > 0]
    docs = [pair for pair in best if pair[0].is_reading]
    if reads or not docs:
        return best[:MOST_AREAS]
    others = [pair for pair in best if not pair[0].is_reading][: MOST_AREAS - 1]
    return [*others, *docs[: max(1, FEWEST_AREAS - len(others))]]


def _worth(facts: TourFacts, area: Area, health: AreaHealth) -> float:
    """How much an area deserves to be known first: work there, and how much of it one could learn from."""
    if _is_aside(area):
        return 0.0
    everybody = max(health.demand.changes, health.changes) + 3 * health.demand.questions
    # The team's own work counts most; what everybody changes still counts, so that a small team gets a whole tour.
    work = log1p(everybody) + (3 * log1p(facts.team.get(area.key, 0)) if facts.team else 0.0)
    built_on = 1 + 0.25 * log1p(_built_on(facts, area))
    return work * built_on * (1.5 if health.critical else 1.0)


def _is_aside(area: Area) -> bool:
    """Tests, examples, settings, machinery and the loose files at the top of a repository that has directories."""
    if area.kind == "named":
        return False
    parts = area.path.lower().split("/") if area.path else []
    if any(part.startswith(".") or part in places.ASIDE for part in parts) or is_test_directory(area.path.lower()):
        return True
    if is_fixture_directory(area.path) and area.path:
        return True
    told = [path for path in area.files if is_code(path) or is_page(path)]
    tests = sum(map(is_test, area.files))
    if 2 * len(told) < len(area.files) or 2 * tests > len(area.files):
        return True
    return (
        not parts
        and not area.start
        and sum(is_code(path) and not is_test(path) for path in area.files) < 2 * len(told) / 3
    )


def _built_on(facts: TourFacts, area: Area) -> int:
    """How many files elsewhere name something of it."""
    own = set(area.files)
    return sum(path not in own and not own.isdisjoint(used) for path, used in facts.marks.uses.items())


# -- in which order ---------------------------------------------------------------------------------------------------


def _uses(facts: TourFacts, area: Area, chosen: Sequence[tuple[Area, AreaHealth]]) -> list[str]:
    """The keys of chosen areas that this one builds on: it names theirs in more files than they name its."""
    found = []
    for other, _ in chosen:
        if other is area or other.is_reading != area.is_reading:
            continue
        out, back = _names(facts, area, other), _names(facts, other, area)
        if out > back:
            found.append(other.key)
    return found


def _names(facts: TourFacts, area: Area, other: Area) -> float:
    theirs = set(other.files)
    naming = sum(not theirs.isdisjoint(facts.marks.uses.get(path, ())) for path in area.files)
    return naming / max(1, sum(map(is_code, area.files)))


def _in_order(
    chosen: Sequence[tuple[Area, AreaHealth]], uses: Mapping[str, Sequence[str]]
) -> list[tuple[Area, AreaHealth]]:
    """What rests on the fewest that are still to come first; of equals the one most worked on; pages last."""
    left, order = list(chosen), []
    while left:
        open_ = {area.key for area, _ in left}
        pick = min(
            left,
            key=lambda pair: (pair[0].is_reading, len(open_ & set(uses[pair[0].key])), left.index(pair)),
        )
        order.append(pick)
        left.remove(pick)
    return order
