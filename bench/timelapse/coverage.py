"""How many areas have two active holders through a year, with what the meetings left and without it.

That a meeting makes somebody more active is the model's view (`knowledge.memory.EVENT_KINDS`): the same history, the same
absences and leavers, once with the events of the meetings, once with them taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.timelapse.year import DAY, Year
from bot.nudging.candidates import LEAST_CHANGES
from knowledge.areas.gains import expected_holders
from knowledge.areas.survey import health, look
from knowledge.store.database import Database

WEEKS = (0, 13, 26, 39, 52)


class Covered(NamedTuple):
    """Areas that change at least LEAST_CHANGES times a year or are critical, at one time."""

    areas: int
    two: int  # with two active holders
    expected: float  # active holders to expect within 180 days, of two, the mean of the areas

    @property
    def share(self) -> float:
        """Of areas, in [0, 1]."""
        return self.two / self.areas if self.areas else 0.0


def coverage(year: Year, weeks: Sequence[int] = WEEKS) -> dict[int, tuple[Covered, Covered]]:
    """By week, with and without nudging; takes the meetings out of the year's store."""
    moments = {week: min(year.start + week * 7 * DAY, year.end) for week in weeks}
    met = _covered(year.db, year.repo_id, moments)
    with year.db.transaction() as tx:
        tx.run("DELETE FROM events WHERE reference LIKE 'nudge %'")
    alone = _covered(year.db, year.repo_id, moments)
    return {week: (met[week], alone[week]) for week in weeks}


def _covered(db: Database, repo_id: int, moments: Mapping[int, int]) -> dict[int, Covered]:
    found = {}
    for week, now in moments.items():
        view = look(db, repo_id, now)
        told = [(health(view, area), view.held[area], view.standings[area]) for area in view.areas]
        needed = [one for one in told if one[0].critical or one[0].changes >= LEAST_CHANGES]
        hoped = [
            expected_holders(held.retention(s.person) for s in standings if view.people[s.person].reachable(now))
            for _, held, standings in needed
        ]
        found[week] = Covered(
            len(needed),
            sum(len(one.holders) >= 2 for one, _, _ in needed),
            sum(hoped) / len(hoped) if hoped else 0.0,
        )
    return found
