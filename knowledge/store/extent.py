"""How much there is to know in a file or directory at a moment: its files, each weighing as much as it is long."""

from __future__ import annotations

from knowledge.lean import NamedTuple
from knowledge.store.traces import folded_until

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.store.database import Database

BELOW = "(:prefix = '' OR SUBSTR(n.path, 1, :length) = :prefix)"
NEAR = " AND n.path >= :prefix AND n.path < :beyond"  # by the index: "0" follows "/"; other things may lie between
SOMEBODYS = "n.traits NOT LIKE '%generated%' AND n.traits NOT LIKE '%vendored%'"  # what somebody here writes


class Extent(NamedTuple):
    """The files of an area. A file whose length is unknown weighs as much as the mean of the others, or 1."""

    weights: Mapping[int, float]  # by node; in lines where `is_counted`
    whole: float  # all of them
    is_counted: bool  # whether any length is known


def extent(lengths: Mapping[int, int | None]) -> Extent:
    """Of files: length or None by node."""
    known = [lines for lines in lengths.values() if lines is not None]
    mean = sum(known) / len(known) if known else 1.0
    weights: dict[int, float] = {node: mean if lines is None else lines for node, lines in lengths.items()}
    return Extent(weights, sum(weights.values()), bool(known))


def extent_of_file(db: Database, repo_id: int, node: int, now: int) -> Extent:
    """Of one file, whatever it is; also of an empty one there is something to know."""
    lines = db.read("SELECT lines FROM nodes WHERE id = :node", node=node)[0][0]
    if now < folded_until(db, repo_id):
        lines = _lengths_then(db, repo_id, now).get(node, lines)
    length = float(max(1, lines or 0))
    return Extent({node: length}, length, lines is not None)


def extent_below(db: Database, repo_id: int, path: str, now: int) -> Extent:
    """Of a directory: its files at the newest commit, or those it had at an earlier `now`."""
    prefix = f"{path}/" if path else ""
    is_present = now >= folded_until(db, repo_id)
    files: dict[int, int | None] = dict(
        db.read(
            f"SELECT n.id, n.lines FROM nodes n WHERE n.repo_id = :repo AND n.is_dir = 0 AND {BELOW} AND {SOMEBODYS}"
            f"{NEAR if path else ''}{' AND n.alive = 1' if is_present else ''}",
            repo=repo_id,
            prefix=prefix,
            length=len(prefix),
            **({"beyond": f"{path}0"} if path else {}),
        )
    )
    if is_present:
        return extent(files)
    alive = _alive_then(db, repo_id, prefix, now)
    then = _lengths_then(db, repo_id, now)
    return extent({node: then.get(node, lines) for node, lines in files.items() if node in alive})


def _alive_then(db: Database, repo_id: int, prefix: str, now: int) -> set[int]:
    rows = db.read(
        "SELECT t.node_id, t.change, t.from_node_id FROM nodes n JOIN touches t ON t.node_id = n.id"
        f" JOIN commits c ON c.id = t.commit_id WHERE n.repo_id = :repo AND {BELOW} AND c.commit_time <= :now"
        " ORDER BY c.commit_time, c.id",
        repo=repo_id,
        prefix=prefix,
        length=len(prefix),
        now=now,
    )
    alive: set[int] = set()
    for node, change, source in rows:
        (alive.discard if change == "D" else alive.add)(node)
        if change == "R":
            alive.discard(source)
    return alive


def _lengths_then(db: Database, repo_id: int, now: int) -> dict[int, int]:
    """How long files were at `now`, of those that were changed later: as long as before their next change."""
    rows = db.read(
        "SELECT t.node_id, t.change, t.from_node_id, t.lines - t.added + t.removed FROM commits c"
        " JOIN touches t ON t.commit_id = c.id WHERE c.repo_id = :repo AND c.commit_time > :now AND c.reachable = 1"
        " AND t.lines IS NOT NULL ORDER BY c.commit_time DESC, c.id DESC",
        repo=repo_id,
        now=now,
    )
    found: dict[int, int] = {}
    for node, change, source, before in rows:  # the earliest wins
        if change == "R":
            found[source] = before
        if change not in {"A", "R"}:
            found[node] = before
    return found
