"""The tree as it was at a time: which paths were known and which were there, from the changes up to then alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from knowledge.store.database import Database, Row
from knowledge.store.traces import folded_until

MOST_TREES = 4  # are kept: of one time, those of a few repositories


class Node(NamedTuple):
    """A path of a tree."""

    id: int
    repo_id: int
    path: str
    is_dir: bool
    alive: bool


class Tree(NamedTuple):
    """The paths of files and directories that had been seen by then, and those that were there."""

    known: frozenset[str]
    alive: frozenset[str]


Trees = dict[tuple[int, int], Tree | None]  # by repository and time; None where nothing came later


def nodes_at(db: Database, rows: Iterable[Row], until: int | None, trees: Trees) -> list[Node]:
    """Rows (id, repository, path, is directory, alive) as nodes; with `until` (seconds UTC) as they were then."""
    nodes = [Node(*row) for row in rows]
    if until is None:
        return nodes
    found = []
    for node in nodes:
        key = (node.repo_id, until)
        if key not in trees:
            if len(trees) >= MOST_TREES:
                trees.clear()
            trees[key] = tree_at(db, node.repo_id, until) if until < folded_until(db, node.repo_id) else None
        tree = trees[key]
        if tree is None:
            found.append(node)
        elif node.path in tree.known:
            found.append(node._replace(alive=node.path in tree.alive))
    return found


def tree_at(db: Database, repo_id: int, until: int) -> Tree:
    """The tree of a repository at a time, seconds UTC."""
    paths: dict[int, str] = dict(db.read("SELECT id, path FROM nodes WHERE repo_id = :repo", repo=repo_id))
    rows = db.read(
        "SELECT t.node_id, t.change, t.from_node_id FROM commits c JOIN touches t ON t.commit_id = c.id"
        " WHERE c.repo_id = :repo AND c.commit_time <= :until AND c.reachable = 1 ORDER BY c.commit_time, c.id",
        repo=repo_id,
        until=until,
    )
    known: set[int] = set()
    alive: set[int] = set()
    for node, change, source in rows:
        known.add(node)
        (alive.discard if change == "D" else alive.add)(node)
        if change == "R":
            alive.discard(source)
    return Tree(*(_with_directories({paths[node] for node in nodes}) for nodes in (known, alive)))


def _with_directories(files: set[str]) -> frozenset[str]:
    found = set(files)
    for path in files:
        above = path
        while above:
            above = above.rpartition("/")[0]
            if above in found:
                break
            found.add(above)
    return frozenset(found | {""})
