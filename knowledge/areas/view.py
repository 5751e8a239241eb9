"""Everything that a survey or a hand-over needs of a repository at a time, read once; from nothing later."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from knowledge.activation.standing import Standing, people_of, read_traces
from knowledge.areas.declared import declared
from knowledge.areas.health import DEMAND_DAYS, DriftedPage
from knowledge.areas.partition import Area, AreaRules, area_of, find_areas
from knowledge.areas.standings import Held, Node, Traces, hold
from knowledge.areas.study import PAST, AreaStudy, Study, study, traces_of
from knowledge.cycles import no_collections
from knowledge.memory import DAY
from knowledge.model import Person
from knowledge.store import studies
from knowledge.store.database import Database
from knowledge.store.traces import folded_until, params_at

if TYPE_CHECKING:
    from knowledge.activation.replay import Replay

_SKIPPED = "traits NOT LIKE '%generated%' AND traits NOT LIKE '%vendored%'"


class View(NamedTuple):
    """The areas of a repository at a time, with everything that is known of them."""

    now: int
    areas: tuple[Area, ...]
    held: Mapping[Area, Held]
    standings: Mapping[Area, Sequence[Standing]]
    people: Mapping[int, Person]
    study: Study
    questions: Mapping[str, int]  # by area key
    declared: Mapping[str, str]  # owner as CODEOWNERS writes it → what to call them

    def holders(self, area: Area) -> tuple[Person, ...]:
        """Who is active there and may be asked, the one to ask first first."""
        standings = [one.person for one in self.standings[area]]
        active = self.held[area].active(standings)
        return tuple(self.people[one] for one in active if self.people[one].reachable(self.now))


@no_collections()
def look(db: Database, repo_id: int, now: int, rules: AreaRules | None = None) -> View:
    """Everything that a survey and a hand-over need, from no commit later than `now`; one replay, or none when kept."""
    nodes, living, replay = _tree(db, repo_id, now)
    rules = studies.rules(db, repo_id, now) if rules is None else rules
    areas = tuple(find_areas(living, rules)) if living else ()
    studied = _studied(db, repo_id, areas, replay, now)
    params = params_at(db, repo_id, now)

    def read(wanted: list[Node]) -> Traces:
        if replay is not None:  # which the study has taken to `now`
            return traces_of(db, repo_id, replay, wanted, now)
        return read_traces(db, repo_id, wanted, now)

    held = hold(areas, nodes, read, now, params) if areas else []
    standings = {one.area: one.standings() for one in held}
    seen = {one.person for listed in standings.values() for one in listed}
    people = people_of(db, seen | {one for found in studied.areas.values() for one in found.active_then})
    handles = declared(db, {owner for area in areas for owner in area.owners})
    asked = _questions(db, repo_id, areas, now)
    return View(now, areas, {one.area: one for one in held}, standings, people, studied, asked, handles)


def _tree(db: Database, repo_id: int, now: int) -> tuple[dict[str, int], list[str], Replay | None]:
    """The nodes by path, the living files that somebody writes, and for a moment in the past its replay, not begun."""
    rows = db.read(
        f"SELECT path, id, is_dir, alive, CASE WHEN {_SKIPPED} THEN 1 ELSE 0 END FROM nodes WHERE repo_id = :repo",
        repo=repo_id,
    )
    nodes = {row[0]: row[1] for row in rows}
    if now >= folded_until(db, repo_id):
        return nodes, [path for path, _, is_dir, alive, kept in rows if alive and kept and not is_dir], None
    from knowledge.activation.replay import Replay

    replay = Replay(db, repo_id, now)
    kept_nodes = {row[1] for row in rows if row[4]} - _gone_unseen(
        db, repo_id, [row[1] for row in rows if not row[3]], now
    )
    return nodes, sorted(replay.path_of[node] for node in _living(replay) & kept_nodes), replay


def _living(replay: Replay) -> set[int]:
    """The files that are there at the end of a replay, before it is played."""
    living: set[int] = set()
    for step in replay.steps:
        living.difference_update(source for _, source, _ in step.touches if source is not None)
        for node, _, letter in step.touches:
            (living.discard if letter == "D" else living.add)(node)
    return living


def _gone_unseen(db: Database, repo_id: int, dead: Sequence[int], now: int) -> set[int]:
    """Files that are gone without a touch after `now` that says so: a merge or a bot took them, before or after."""
    later = db.read(
        "SELECT DISTINCT t.node_id, t.from_node_id FROM commits c JOIN touches t ON t.commit_id = c.id"
        " WHERE c.repo_id = :repo AND c.commit_time > :now",
        repo=repo_id,
        now=now,
    )
    return set(dead) - {node for row in later for node in row}


def _studied(db: Database, repo_id: int, areas: Sequence[Area], replay: Replay | None, now: int) -> Study:
    if not areas:
        return Study({})
    if replay is not None:
        return study(db, repo_id, areas, replay, now, present=False)
    depends = repr((params_at(db, repo_id, now - PAST), [(area.key, len(area.files)) for area in areas]))
    stamped = studies.stamp(db, repo_id, now // DAY, depends)
    kept = studies.recall(db, repo_id, stamped)
    if kept is not None:
        return _revived(kept)
    from knowledge.activation.replay import Replay as Played

    found = study(db, repo_id, areas, Played(db, repo_id, now), now, present=True)
    studies.keep(db, repo_id, stamped, {"areas": {k: v._asdict() for k, v in found.areas.items()},
                                        "truck_factor": found.truck_factor})  # fmt: skip
    return found


def _revived(kept: Mapping[str, Any]) -> Study:
    """A study from its JSON."""
    areas = {}
    for key, values in kept["areas"].items():
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        plain["drifted"] = tuple(DriftedPage(path, n, tuple(gone), time) for path, n, gone, time in values["drifted"])
        areas[key] = AreaStudy(**plain)
    return Study(areas, int(kept["truck_factor"]))


def _questions(db: Database, repo_id: int, areas: Sequence[Area], now: int) -> Counter[str]:
    """How many questions were asked about each area in the DEMAND_DAYS before `now`; not how it is held."""
    rows = db.read(
        "SELECT target FROM questions WHERE time > :since AND time <= :now AND target <> '' AND target <> '{}'"
        " AND intent NOT IN ('stale', 'what_if', 'person')",
        since=now - DEMAND_DAYS * DAY,
        now=now,
    )
    counts: Counter[str] = Counter()
    owner = area_of(areas)
    for (text,) in rows:
        target = json.loads(text)
        named = [target.get("path") or "", *target.get("paths", ())]
        if target.get("repo_id") in {repo_id, 0, None}:
            about = {owner[path].key for path in named if path in owner}
            topic = target.get("topic") or None
            about |= {area.key for area in areas if (area.whole and area.path in named) or area.name == topic}
            counts.update(about)
    return counts
