"""Which pages name which code, and how far that code has moved since: all pages of a repository at once.

The same reading as `knowledge/fresh.py` makes for one answer, from the same names and the same ways to look them up;
here against the whole tree in memory, because a survey asks for every page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from typing import NamedTuple

from knowledge.activation.replay import Replay
from knowledge.areas.health import DriftedPage
from knowledge.areas.page_names import said
from knowledge.fresh import ways
from knowledge.paths import explains
from knowledge.store.database import Database


class Page(NamedTuple):
    """A page and the living files that it names."""

    path: str
    named: frozenset[str]
    drift: DriftedPage


class _Tree(NamedTuple):
    nodes: Mapping[str, tuple[int, bool, bool]]  # path → node, alive, directory
    symbols: Mapping[str, set[str]]  # qualified name → the files that define it
    moved: frozenset[int]  # nodes from which something was renamed


def pages(db: Database, repo_id: int, replay: Replay) -> list[Page]:
    """Every page that names something of the tree, as far as `replay` has come; by path."""
    tree = _read_tree(db, repo_id)
    changed = _changed(db, repo_id)
    found = []
    for path, listed in sorted(said(db, repo_id).items()):
        named, missing = _resolved(tree, path, listed)
        if (named or missing) and path in changed and explains(path):
            drift = _drift(replay, named, changed[path])
            files = frozenset(replay.path_of[node] for node in named)
            found.append(Page(path, files, DriftedPage(path, drift, tuple(missing), changed[path])))
    return found


def _read_tree(db: Database, repo_id: int) -> _Tree:
    rows = db.read("SELECT path, id, alive, is_dir FROM nodes WHERE repo_id = :repo", repo=repo_id)
    symbols: dict[str, set[str]] = defaultdict(set)
    for symbol, path in db.read(
        "SELECT DISTINCT p.symbol, d.path FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo AND p.symbol <> ''",
        repo=repo_id,
    ):
        symbols[symbol].add(path)
    moved = db.read(
        "SELECT DISTINCT t.from_node_id FROM touches t JOIN nodes n ON n.id = t.node_id"
        " WHERE n.repo_id = :repo AND t.change = 'R' AND t.from_node_id IS NOT NULL",
        repo=repo_id,
    )
    nodes = {path: (node, bool(alive), bool(is_dir)) for path, node, alive, is_dir in rows}
    return _Tree(nodes, symbols, frozenset(row[0] for row in moved))


def _changed(db: Database, repo_id: int) -> dict[str, int]:
    """When each page was last changed for its own sake: mass commits only count where there is nothing else."""
    rows = db.read(
        "SELECT d.path, MAX(CASE WHEN c.weight >= 1 THEN c.commit_time END), MAX(c.commit_time) FROM documents d"
        " JOIN nodes n ON n.repo_id = d.repo_id AND n.path = d.path JOIN touches t ON t.node_id = n.id"
        " JOIN commits c ON c.id = t.commit_id WHERE d.repo_id = :repo AND d.source = 'docs' AND c.reachable = 1"
        " GROUP BY d.path",
        repo=repo_id,
    )
    return {path: int(any_time if own is None else own) for path, own, any_time in rows}


def _resolved(tree: _Tree, page: str, said: list[str]) -> tuple[set[int], list[str]]:
    """The living files that names of a page mean, and the names of what is gone."""
    named: set[int] = set()
    missing: list[str] = []
    for name in said:
        path = _path(tree, page, name)
        if path is None or path == page:
            continue
        node, alive, is_dir = tree.nodes[path]
        if alive and not is_dir:
            named.add(node)
        elif not alive and not is_dir and node not in tree.moved:
            missing.append(name)
    return named, missing


def _path(tree: _Tree, page: str, name: str) -> str | None:
    there = [way for way in ways(page, name) if way in tree.nodes]
    if there:
        return next((way for way in there if tree.nodes[way][1]), there[0])
    parts = name.split(".")
    for at in range(len(parts)):
        defined = tree.symbols.get(".".join(parts[at:]), ())
        if len(defined) == 1:
            return next((path for path in defined if path in tree.nodes), None)
        if defined:
            return None  # a common name: it could be any of them
    return None


_time = attrgetter("time")


def _drift(replay: Replay, named: set[int], since: int) -> int:
    commits: set[int] = set()
    for node in named:
        changes = replay.changes[node]
        commits.update(one.commit for one in changes[bisect_right(changes, since, key=_time) :] if one.weight >= 1)
    return len(commits)
