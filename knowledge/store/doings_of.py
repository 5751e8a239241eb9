"""What a few people did at a place, and what others changed since each of them was there: all that their reasons need.

`doings.py` reads all that everybody did since a moment. Here the changes begin where the first of these people was last
there, which is mostly a few days ago, and their own doings are asked for by themselves.
"""

from __future__ import annotations

from knowledge.memory import DAY, WORK_KINDS
from knowledge.store.doings import (
    COLUMNS,
    HUMAN,
    HUMANS,
    Change,
    Doing,
    Doings,
    Place,
    changes_below,
    parts,
    renamings,
    with_whole,
)
from knowledge.store.extent import BELOW, NEAR, extent_below, extent_of_file

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.store.database import Database, Row

LOOK_BACK_DAYS = 730  # changes of a directory are read no further back
FEW_FILES = 20  # of a directory
OWN_DAYS = 180  # and their own doings there at least so far

# A file and the names it had, each up to the commit that renamed it.
_NAMES = """WITH RECURSIVE names (node, last, age) AS (SELECT CAST(:node AS BIGINT), CAST(:end AS BIGINT), 0 UNION
    SELECT t.from_node_id, t.commit_id - 1, names.age + 1 FROM names
    JOIN touches t ON t.node_id = names.node AND t.commit_id <= names.last
    JOIN commits c ON c.id = t.commit_id WHERE t.change = 'R' AND t.from_node_id IS NOT NULL
    AND c.commit_time <= :now AND c.reachable = 1)"""
_TOUCHED = """FROM names JOIN touches t ON t.node_id = names.node AND t.commit_id <= names.last
    JOIN commits c ON c.id = t.commit_id"""
_COUNTS = "c.commit_time <= :now AND c.reachable = 1 AND c.weight > 0"


def doings_of(db: Database, repo_id: int, place: Place, lasts: Mapping[int, int], now: int) -> Doings:
    """The doings of some people at a node, and the changes since the first of them was last there.

    Args:
        db: the store.
        repo_id: the repository.
        place: a file or directory.
        lasts: by person, when they were last there, seconds UTC.
        now: seconds UTC.
    """
    oldest, horizon = min(lasts.values(), default=now), now - LOOK_BACK_DAYS * DAY
    if place.is_dir:
        since = max(horizon, oldest)
        extent = extent_below(db, repo_id, place.path, now)
        few, own_since = len(extent.weights) <= FEW_FILES, max(horizon, min(oldest, now - OWN_DAYS * DAY))
        changes = changes_below(db, repo_id, place.path, since, now, few_files=few)
        own = _own_below(db, repo_id, place.path, lasts, own_since, now, few_files=few)
    else:
        since = 0
        changes = _changes_of_file(db, place.nodes[-1], oldest, now)
        own = _own_of_file(db, place.nodes[-1], lasts, now)
        extent = extent_of_file(db, repo_id, place.nodes[-1], now)
    by_person: dict[int, list[Doing]] = {person: [] for person in lasts}
    for commit, person, kind, time, weight, *_ in own:
        by_person[person].append(Doing(commit, time, kind in WORK_KINDS, weight))
    weights = {change.commit: (change.time, change.weight) for change in changes}
    human = set()
    for commit, person, kind in parts(db, list(weights)):
        human.add(commit)
        if person not in lasts:
            time, weight = weights[commit]
            by_person.setdefault(person, []).append(Doing(commit, time, kind in WORK_KINDS, weight))
    kept = [change for change in changes if change.commit in human]
    if not place.is_dir and any(change.lines is None for change in kept):
        kept = list(with_whole(kept, _weights_of_file(db, place.nodes[-1], now)))
    return Doings(tuple(kept), by_person, extent, renamings(changes), place.is_dir, since)


def _changes_of_file(db: Database, node: int, since: int, now: int) -> list[Change]:
    """The changes of a file after `since`, under its older names too, the newest first."""
    rows = db.read(
        f"{_NAMES} SELECT {COLUMNS} {_TOUCHED} WHERE {_COUNTS} AND c.commit_time > :since"
        " ORDER BY c.commit_time DESC, c.id DESC, names.age",
        node=node, end=1 << 62, since=since, now=now,
    )  # fmt: skip
    found: dict[int, Change] = {}
    for row in rows:
        found.setdefault(row[1], Change(*row))
    return list(found.values())


def _weights_of_file(db: Database, node: int, now: int) -> float:
    """The weights of all its changes by humans, whose lines were not all counted."""
    rows = db.read(
        f"{_NAMES} SELECT SUM(weight) FROM (SELECT DISTINCT c.id, c.weight {_TOUCHED} {_ROLES}"
        f" WHERE {_COUNTS} AND {HUMANS}) AS changes",
        node=node, end=1 << 62, now=now,
    )  # fmt: skip
    return float(rows[0][0])


_OWN = f"c.id, {HUMAN}, r.kind, c.commit_time, c.weight"
_ROLES = """JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id
    LEFT JOIN people p ON p.id = i.person_id"""


def _own_of_file(db: Database, node: int, people: Mapping[int, int], now: int) -> list[Row]:
    return db.read(
        f"{_NAMES} SELECT DISTINCT {_OWN}, r.identity_id {_TOUCHED} {_ROLES}"
        f" WHERE {_COUNTS} AND {HUMANS} AND {HUMAN} IN ({_listed(people)})",
        node=node, end=1 << 62, now=now,
    )  # fmt: skip


def _own_below(
    db: Database, repo_id: int, path: str, people: Mapping[int, int], since: int, now: int, *, few_files: bool
) -> list[Row]:
    prefix = f"{path}/" if path else ""
    theirs = (
        f"c.repo_id = :repo AND c.commit_time > :since AND {_COUNTS} AND {HUMANS} AND {HUMAN} IN ({_listed(people)})"
    )
    asked = {"repo": repo_id, "since": since, "now": now, "prefix": prefix, "length": len(prefix)}
    if few_files and path:
        return db.read(
            f"SELECT DISTINCT {_OWN}, r.identity_id FROM nodes n CROSS JOIN touches t CROSS JOIN commits c {_ROLES}"
            f" WHERE t.commit_id = c.id AND n.id = t.node_id AND n.repo_id = :repo AND {theirs} AND {BELOW}{NEAR}",
            **asked,
            beyond=f"{path}0",
        )
    return db.read(
        f"SELECT {_OWN} FROM commits c {_ROLES} WHERE {theirs} AND EXISTS (SELECT 1 FROM touches t"
        f" JOIN nodes n ON n.id = t.node_id WHERE t.commit_id = c.id AND {BELOW})",
        **asked,
    )


def _listed(people: Mapping[int, int]) -> str:
    return ", ".join(map(str, people)) or "0"
