"""The nouns of area health: an area with everything that its state and its risk rest on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

from knowledge.areas.partition import Kind
from knowledge.model import Person

State = Literal["lit", "dim", "dark"]
Trend = Literal["better", "worse", "same", ""]
AHEAD_DAYS = (30, 60, 90)
DEMAND_DAYS = 365
TREND_DAYS = 28


class Factor(NamedTuple):
    """One of the things that a risk is made of; `words` say it to a person, the numbers say how it counts."""

    name: str
    value: float  # in [0, 1], 1 is worst
    weight: float  # what it counts within its group (`of`)
    words: str
    of: str = "risk"  # "risk", or the factor that it is a part of


class Demand(NamedTuple):
    """How much an area is needed, in the last DEMAND_DAYS."""

    questions: int = 0
    changes: int = 0  # commits by people, mass commits left out
    dependents: int = 0  # other areas that often change together with it


class Regeneration(NamedTuple):
    """How hard it would be to build the knowledge anew from what lies there; None is not known or does not apply."""

    value: float = 0.0  # in [0, 1], 1 is hardest
    lines: int = 0
    complexity: float | None = None  # mean indentation of its code, in levels
    tested: float | None = None  # share of its code that changed together with a test, or has one of its name
    pages: int | None = None  # that name its paths or symbols, or lie in it


NO_DEMAND, NO_REGENERATION = Demand(), Regeneration()


class DriftedPage(NamedTuple):
    """A page that names code which changed or vanished since the page was last changed."""

    path: str
    changes: int  # commits since then to what it names
    missing: tuple[str, ...] = ()  # what it names and is no longer there
    changed_time: int = 0  # when the page was last changed


@dataclass(frozen=True, slots=True)
class AreaHealth:
    """How well an area is held, every factor of `risk` visible."""

    path: str
    own: bool  # only a part of the files in that directory
    files: int
    state: State
    holders: tuple[Person, ...]  # active and reachable, the one to ask first first
    holders_ahead: int  # of them, in 60 days if nothing happens
    next_in_line: Person | None  # who would be the next holder
    last_time: int  # of anybody's work there
    last_person: str  # who that was; "someone" where they opted out
    changes: int  # commits in the last DEMAND_DAYS
    risk: float  # in [0, 1]: `factors` say what of
    why: str
    step: str
    key: str = ""  # what it is called from week to week, whatever happens to it
    name: str = ""  # what the team calls it; empty for one of the tree
    kind: Kind = "tree"
    owners_declared: tuple[str, ...] = ()  # by CODEOWNERS: names where the handles are known, handles elsewhere
    holders_in: tuple[int, int, int] = (0, 0, 0)  # of the holders, how many in 30, 60 and 90 days if nothing happens
    holders_wanted: int = 2
    truck_factor: int = 0  # by authorship (Avelino et al.): who must go until most of its files have no author left
    truck_factor_active: int = 0  # by activation: who must go until nobody active is left
    drifted_pages: tuple[DriftedPage, ...] = ()  # the furthest behind first
    drifted_count: int = 0  # of all, where `drifted_pages` are only the first ones
    demand: Demand = NO_DEMAND
    regeneration: Regeneration = NO_REGENERATION
    factors: tuple[Factor, ...] = ()
    trend: Trend = ""
    trend_words: str = ""
    critical: bool = False
    start: str = ""  # only files whose names begin so

    @property
    def title(self) -> str:
        """What to call it: `billing`, `src/auth`, `docs (its own files)`, "the files at the top"."""
        if self.name:
            return self.name
        if self.start:
            return f"{self.path}/{self.start}*".lstrip("/")
        if not self.path:
            return "the files at the top" if self.own else "the whole repository"
        return f"{self.path} (its own files)" if self.own else self.path

    @property
    def matters(self) -> bool:
        """Whether a team should hear of it when it goes stale: somebody needs it, or it is critical."""
        return self.critical or bool(self.demand.changes or self.demand.questions or self.changes)


def is_team_of_one(areas: Collection[AreaHealth]) -> bool:
    """Whether one person holds, or could hold, all there is: then nobody can learn anything from another."""
    held = {person.id for area in areas for person in area.holders}
    return len(held | {area.next_in_line.id for area in areas if area.next_in_line is not None}) == 1
