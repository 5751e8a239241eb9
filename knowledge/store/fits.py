"""Keeps what was learnt from a repository's past: a row a half-year, made from nothing later than its `until`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from knowledge.memory import DEFAULT, Params
from knowledge.store.database import Database, Transaction
from knowledge.store.traces import read_params, write_params


class Learnt(NamedTuple):
    """The parameters from `until` on, and how right they were in the half-year after it ({} before its end)."""

    until: int
    params: Params
    figures: dict[str, Any]


def keep(tx: Transaction, repo_id: int, learnt: Iterable[Learnt], *, now: int, commits: int) -> None:
    """Replace everything kept of a repository; `commits` is how many it had."""
    tx.run("DELETE FROM fits WHERE repo_id = :repo", repo=repo_id)
    rows = [(repo_id, one.until, write_params(one.params), json.dumps(one.figures), now, commits) for one in learnt]
    tx.insert("fits", "repo_id, until, params, figures, made_time, commits", rows)


def kept(db: Database, repo_id: int) -> list[Learnt]:
    """Everything kept of a repository, the oldest first."""
    rows = db.read("SELECT until, params, figures FROM fits WHERE repo_id = :repo ORDER BY until", repo=repo_id)
    return [Learnt(until, read_params(params), json.loads(figures)) for until, params, figures in rows]


def made(db: Database, repo_id: int) -> tuple[int, int, int]:
    """When the fits of a repository were made, from how many commits, and the newest `until`; zeros before."""
    rows = db.read(
        "SELECT MAX(made_time), MAX(commits), MAX(until) FROM fits WHERE repo_id = :repo",
        repo=repo_id,
    )
    return (int(rows[0][0] or 0), int(rows[0][1] or 0), int(rows[0][2] or 0))


def of_older_form(db: Database, repo_id: int) -> bool:
    """Whether what is kept was learnt by an older model, and the defaults stand for it."""
    rows = db.read("SELECT params FROM fits WHERE repo_id = :repo ORDER BY until DESC LIMIT 1", repo=repo_id)
    return bool(rows) and read_params(rows[0][0]) is DEFAULT


def count_commits(db: Database, repo_id: int) -> int:
    """How many commits a repository has: those that ever were less those that are lost, which indexes alone tell."""
    every = "SELECT COUNT(*) FROM commits WHERE repo_id = :repo"
    return int(db.read(f"SELECT ({every}) - ({every} AND reachable = 0)", repo=repo_id)[0][0])
