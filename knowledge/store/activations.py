"""Keeps the table `activations`: who left how much in every file and directory, as forward-decayed sums.

Input: commits, roles and touches of the store. Output: one row per (node, identity) with the sums of
`knowledge/memory.py` at the half-life of the node's level (file, directory, root). A new commit costs one addition per
directory above each path that it touches; nothing fades by itself. The rows are derived: dropping and rebuilding them
loses nothing. Who is a bot, who is whom and who opted out is asked when reading (`traces.py`), so a change of people
costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from knowledge.activation.ledger import AGENT, Ledger, Moment, Tree, moment, renamed_nodes
from knowledge.memory import DIRECTORY, FILE, LATEST, ROOT
from knowledge.store.database import Row, Transaction
from knowledge.store.traces import SOURCE

FORM = f"2 {FILE.half_life_days} {DIRECTORY.half_life_days} {ROOT.half_life_days}"  # of the stored sums
MANY_NODES = 1_000  # touched; from so many on, the whole tree is read sooner than what is above each
UPSERT = """ON CONFLICT (node_id, identity_id) DO UPDATE SET
    work = activations.work + excluded.work,
    review = activations.review + excluded.review,
    event_count = activations.event_count + excluded.event_count,
    path_count = activations.path_count + excluded.path_count,
    first_time = CASE WHEN excluded.first_time < activations.first_time
        THEN excluded.first_time ELSE activations.first_time END,
    last_time = CASE WHEN excluded.last_time > activations.last_time
        THEN excluded.last_time ELSE activations.last_time END"""
COLUMNS = "node_id, identity_id, work, review, event_count, first_time, last_time, path_count"


def fold(tx: Transaction, repo_id: int, now: int | None = None) -> int:
    """Add the commits that came since the last fold; rebuilds when history was dropped or the form changed.

    Args:
        tx: an open transaction, best the one that added the commits.
        repo_id: the repository.
        now: commits dated later count as of now (clocks go wrong, and a commit of 2099 would outshine everybody).

    Returns:
        How many commits were folded.
    """
    state = _state(tx, repo_id)
    if state["form"] != FORM or state["gone"] != _gone(tx, repo_id, state["commit"]):
        return rebuild(tx, repo_id, now)
    return _fold(tx, repo_id, state, LATEST if now is None else now)


def rebuild(tx: Transaction, repo_id: int, now: int | None = None) -> int:
    """Compute all rows of a repository anew; returns how many commits went in."""
    tx.run("DELETE FROM activations WHERE node_id IN (SELECT id FROM nodes WHERE repo_id = :repo)", repo=repo_id)
    return _fold(tx, repo_id, {"form": FORM, "commit": 0, "until": 0}, LATEST if now is None else now)


def _state(tx: Transaction, repo_id: int) -> dict[str, Any]:
    rows = tx.run("SELECT value FROM cursors WHERE source = :s AND repo_id = :repo", s=SOURCE, repo=repo_id)
    return {"form": "", "commit": 0, "until": 0, "gone": [0, 0], **(json.loads(rows[0][0]) if rows else {})}


def _gone(tx: Transaction, repo_id: int, until: int) -> list[int]:
    """What tells whether folded commits became unreachable (or came back) since."""
    rows = tx.run(
        "SELECT COUNT(*), COALESCE(SUM(id), 0) FROM commits WHERE repo_id = :repo AND reachable = 0 AND id <= :until",
        repo=repo_id,
        until=until,
    )
    return [int(rows[0][0]), int(rows[0][1])]


def _fold(tx: Transaction, repo_id: int, state: dict[str, Any], latest: int) -> int:
    last = tx.run("SELECT COALESCE(MAX(id), 0) FROM commits WHERE repo_id = :repo", repo=repo_id)[0][0]
    if last > state["commit"]:
        moments = {one.id: one for one in _moments(tx, repo_id, "c.id > :after", latest, after=state["commit"])}
        ledger = _ledger(tx, repo_id, moments, state["commit"], latest)
        rows = ((n, holder, *sums) for n, found in ledger.sums.items() for holder, sums in found.items())
        tx.insert("activations", COLUMNS, rows, UPSERT)
        state["until"] = max([state["until"], *(one.time for one in moments.values())])
        state["commit"] = last
        count = len(moments)
    else:
        count = 0
    state["gone"] = _gone(tx, repo_id, state["commit"])
    tx.insert(
        "cursors",
        "source, repo_id, value, time",
        [(SOURCE, repo_id, json.dumps(state), state["until"])],
        "ON CONFLICT (source, repo_id) DO UPDATE SET value = excluded.value, time = excluded.time",
    )
    return count


def _ledger(tx: Transaction, repo_id: int, moments: dict[int, Moment], after: int, latest: int) -> Ledger:
    rows = tx.run(
        "SELECT t.commit_id, t.node_id, CASE WHEN t.change = 'R' THEN t.from_node_id END FROM touches t"
        " JOIN commits c ON c.id = t.commit_id WHERE c.repo_id = :repo AND c.id > :after ORDER BY t.commit_id",
        repo=repo_id,
        after=after,
    )
    past = {node: _past(tx, repo_id, node, after, latest) for node in renamed_nodes(row[1:] for row in rows)}
    ledger = Ledger(Tree(_parents(tx, repo_id, {end for row in rows for end in row[1:] if end is not None})), past)
    for commit_id, touches in groupby(rows, itemgetter(0)):
        if commit_id in moments:
            ledger.add(moments[commit_id], [(node, source) for _, node, source in touches])
    return ledger


def _parents(tx: Transaction, repo_id: int, nodes: set[int]) -> dict[int, int | None]:
    """The parent of each of these nodes and of all above them; of every node there is, where they are many."""
    if len(nodes) > MANY_NODES:
        return dict(tx.run("SELECT id, parent_id FROM nodes WHERE repo_id = :repo", repo=repo_id))
    found: dict[int, int | None] = {}
    for part in _parts(nodes):
        found |= dict(tx.run(
            "WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM nodes"
            f" WHERE id IN ({part}) UNION SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)"
            " SELECT id, parent_id FROM up"
        ))  # fmt: skip
    return found


def _moments(tx: Transaction, repo_id: int, where: str, latest: int, **values: Any) -> Iterator[Moment]:
    """The commits that count, in the order of their ids."""
    rows = tx.run(
        "SELECT c.id, c.commit_time, c.weight, c.path_count, r.identity_id, r.kind, i.why FROM commits c"
        " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
        f" WHERE c.repo_id = :repo AND {where} AND c.reachable = 1"
        " AND c.weight > 0 AND c.path_count > 0 ORDER BY c.id",
        repo=repo_id,
        **values,
    )
    for _, group in groupby(rows, itemgetter(0)):
        parts = list(group)
        agent = any(row[6] == AGENT for row in parts)
        yield moment(parts[0][:4], [row[4:6] for row in parts], latest, with_agent=agent)


def _past(tx: Transaction, repo_id: int, node: int, until: int, latest: int) -> dict[int, Moment]:
    """The moments up to commit `until` that a file lived through, under its older names too."""
    if not until:
        return {}
    found: set[int] = set()
    asked, seen = [(node, until)], {(node, until)}
    while asked:
        at, last = asked.pop()
        rows: list[Row] = tx.run(
            "SELECT commit_id, change, from_node_id FROM touches WHERE node_id = :node AND commit_id <= :last",
            node=at,
            last=last,
        )
        found.update(row[0] for row in rows)
        older = {(source, commit_id - 1) for commit_id, change, source in rows if change == "R"} - seen
        seen |= older
        asked += older
    return {one.id: one for part in _parts(found) for one in _moments(tx, repo_id, f"c.id IN ({part})", latest)}


def _parts(ids: Iterable[int], size: int = 400) -> Iterator[str]:
    listed = sorted(ids)
    for start in range(0, len(listed), size):
        yield ", ".join(map(str, listed[start : start + size]))
