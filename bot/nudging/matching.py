"""What each proposal will be compared with: like people at like areas that were not brought together; pure.

Chosen when the round is decided, before anybody knows what will come of it. A match is a member and an area of the same
repository, neither of which is in the round, as near as possible in how likely the member was to work there anyway (log
odds) and in how much the area changes (log of changes a year); each area once, at most MOST of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log, log1p
from typing import Any

from bot.nudging.candidates import AT_HOME, Candidate
from bot.nudging.facts import Facts, Spot

MOST = 3
FARTHEST = 2.0  # log odds and log changes together; what is further away is no match


def matched(facts: Facts, chosen: Iterable[Candidate], one: Candidate) -> list[dict[str, Any]]:
    """The matches of a proposal, the nearest first: `{"key", "area", "person"}` each."""
    listed = list(chosen)
    taken_people = {person for other in listed for person in other.people}
    taken_areas = {(other.repo_id, other.key) for other in listed}
    home = next((s for s in facts.spots if (s.repo_id, s.health.key) == (one.repo_id, one.key)), None)
    if home is None or not one.learns:
        return []
    found = sorted(
        (_distance(home, one.learns, spot, person), spot.health.key, person, spot.health.path)
        for spot in facts.spots
        if spot.repo_id == one.repo_id and (spot.repo_id, spot.health.key) not in taken_areas and spot.health.matters
        for person in spot.chances
        if person in facts.members and person not in taken_people and spot.chances[person] < AT_HOME
    )
    best: dict[str, dict[str, Any]] = {}
    for distance, key, person, area in found:
        if distance <= FARTHEST and len(best) < MOST and key not in best:
            best[key] = {"key": key, "area": area, "person": person}
    return list(best.values())


def _distance(home: Spot, learns: int, spot: Spot, person: int) -> float:
    odds = _log_odds(home.chances.get(learns, 0.0)) - _log_odds(spot.chances[person])
    return abs(odds) + abs(log1p(home.health.changes) - log1p(spot.health.changes))


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, 0.001), 0.999)
    return log(bounded / (1 - bounded))
