"""The knowledge objective ("every critical area has two active holders") and how far it is attained; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from knowledge.areas.register import Seen


class Objective(NamedTuple):
    """What a team wants of its areas."""

    holders: int = 2
    areas: Literal["critical", "all"] = "critical"

    @property
    def words(self) -> str:
        """As a sentence without its full stop: "every critical area has two active holders"."""
        which = "every critical area" if self.areas == "critical" else "every area"
        number = {1: "one", 2: "two", 3: "three", 4: "four"}.get(self.holders, str(self.holders))
        return f"{which} has {'an' if self.holders == 1 else number} active holder{'s' if self.holders > 1 else ''}"


class Attainment(NamedTuple):
    """How many of the areas that count reach the objective, and the keys of those that do not, riskiest first."""

    met: int
    total: int
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """In [0, 1]; 1 where no area counts."""
        return self.met / self.total if self.total else 1.0


def attained(seen: Mapping[str, Seen], objective: Objective) -> Attainment:
    """The attainment in one report's sight of the areas."""
    count = {
        area: one for area, one in seen.items() if one.state != "gone" and (one.critical or objective.areas == "all")
    }
    missing = [area for area, one in count.items() if len(one.holders) < objective.holders]
    missing.sort(key=lambda area: (-count[area].risk, area))
    return Attainment(len(count) - len(missing), len(count), tuple(missing))


def by_week(past: Mapping[str, Sequence[Seen]]) -> dict[str, dict[str, Seen]]:
    """What each week's report saw, by area; the weeks in their order."""
    weeks: dict[str, dict[str, Seen]] = {}
    for area, every in past.items():
        for one in every:
            weeks.setdefault(one.week, {})[area] = one
    return dict(sorted(weeks.items()))


def trend(past: Mapping[str, Sequence[Seen]], objective: Objective, weeks: Iterable[str]) -> list[tuple[str, float]]:
    """The share attained in each of these weeks that has a report, oldest first."""
    seen = by_week(past)
    return [(week, attained(seen[week], objective).share) for week in sorted(weeks) if week in seen]
