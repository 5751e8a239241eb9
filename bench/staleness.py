"""Staleness from counted lines, beside what `git diff` shows between then and now.

    python -m bench.staleness flask=/path/to/flask git=/path/to/git [--pairs 400]

Pairs of somebody and a living file that they changed within the counted years, and that only counted commits of full
weight changed since. Truth is the share of lines, before and after taken together, that `git diff` adds or removes from
their last commit to the newest: what it would show them. Also: the CPU of counting lines beside reading the history.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.showing import show

DAYS = 1100


class Pair(NamedTuple):
    """Somebody's last commit to a file, as a question about it."""

    path: str
    node: int
    person: int
    sha: str
    time: int


PAIRS = """
    SELECT n.path, n.id, COALESCE(i.person_id, -i.id), c.sha, c.commit_time, c.weight, t.lines, t.change, c.is_merge
    FROM nodes n JOIN touches t ON t.node_id = n.id JOIN commits c ON c.id = t.commit_id
    JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id
    WHERE n.alive = 1 AND n.is_dir = 0 AND n.lines > 0 AND r.kind = 'authored' AND c.reachable = 1
    ORDER BY n.id, c.seq DESC"""


def pairs(db: Any) -> list[Pair]:
    """Every pair of the module's description."""
    found: list[Pair] = []
    node, seen, clean, newer = 0, set[int](), True, 0
    for path, at, person, sha, time, weight, lines, change, is_merge in db.read(PAIRS):
        if at != node:
            node, seen, clean, newer = at, set(), True, 0
        if is_merge or weight == 0:
            continue
        if clean and newer and person not in seen and lines is not None:
            found.append(Pair(path, at, person, sha, time))
        seen.add(person)
        clean = clean and weight == 1 and lines is not None and change == "M"
        newer += 1
    return found


def truth(repository: Path, pair: Pair, lines: int) -> float:
    """The share of lines that differ between somebody's version and the newest, `lines` long."""
    told = subprocess.run(
        ["git", "diff", "--numstat", "--no-renames", pair.sha, "HEAD", "--", pair.path],
        cwd=repository, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if not told:
        return 0.0
    added, removed = map(int, told.split("\t")[:2])
    return (added + removed) / (2 * lines - added + removed)


def cpu() -> float:
    """CPU seconds of this process and the children that it waited for."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def row(name: str, repository: Path, count: int) -> dict[str, Any]:
    """One line of the table."""
    from indexers.lines import read_lines
    from indexers.pipeline import Silent, Tally, read_source
    from indexers.repository import Repository
    from indexers.sources.git import GitSource
    from knowledge.store.repos import Repos
    from knowledge.store.schema import open_store

    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/store.db")
        repo_id, git = Repos(db).register(name, str(repository)), Repository.open(str(repository), Path(folder))
        times = [cpu()]
        read_source(db, repo_id, GitSource(git), Tally(), now=0)
        times.append(cpu())
        with db.transaction() as tx:
            Repos(db).set_head(tx, repo_id, git.head() or "", "")
        read_lines(db, repo_id, git, DAYS, Tally(), Silent(), now=0)
        times.append(cpu())
        found = pairs(db)
        sample = random.Random(0).sample(found, min(count, len(found)))
        figures = _compared(db, repo_id, repository, sample)
        db.close()
    return {
        "repository": name, "pairs": len(sample), "of": len(found), **figures,
        "history CPU s": times[1] - times[0], "lines CPU s": times[2] - times[1],
    }  # fmt: skip


def _compared(db: Any, repo_id: int, repository: Path, sample: Sequence[Pair]) -> dict[str, float]:
    """Correlation and errors of staleness in lines, and of the share of changes, which needs no lines."""
    import numpy as np

    from knowledge.activation.standing import Place
    from knowledge.store.doings import read_doings

    lengths = dict(db.read("SELECT id, lines FROM nodes WHERE lines IS NOT NULL"))
    table = []
    for pair in sample:
        doings = read_doings(db, repo_id, Place(pair.path, False, (pair.node,), ()), 1 << 40)
        whole = sum(change.weight for change in doings.changes)
        since = sum(change.weight for change in doings.changes if change.time > pair.time)
        in_lines = doings.changed_since(pair.person, pair.time)[1]
        table.append((truth(repository, pair, lengths[pair.node]), in_lines, since / whole if whole else 0.0))
    known, in_lines, in_changes = np.array(table).T
    return {
        "truth, mean": float(known.mean()),
        "correlation": float(np.corrcoef(known, in_lines)[0, 1]),
        "mean error": float(np.abs(in_lines - known).mean()),
        "median error": float(np.median(np.abs(in_lines - known))),
        "bias": float((in_lines - known).mean()),
        "correlation by changes": float(np.corrcoef(known, in_changes)[0, 1]),
        "mean error by changes": float(np.abs(in_changes - known).mean()),
    }


def run(repositories: dict[str, Path], count: int = 400) -> list[dict[str, Any]]:
    """The table, a row a repository."""
    return [row(name, path, count) for name, path in repositories.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description="Staleness beside git diff.")
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--pairs", type=int, default=400)
    given = parser.parse_args()
    repositories = {name: Path(path) for name, _, path in (word.partition("=") for word in given.repositories)}
    show("staleness in lines", "git diff from then to now", run(repositories, given.pairs))


if __name__ == "__main__":
    main()
