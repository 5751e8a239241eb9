"""A team's history as readable lines, straight into a store: one commit a line, `date | who | paths`.

    2024-01-02 | Ada          | app/login.py README.md
    2024-02-03 | Bob + Cleo   | app/login.py
    2024-03-01 | Ada / Dan    | app/login.py > app/auth.py
    2024-04-01 | bot[bot]     | -README.md
    2024-05-01 | Ada *0.1     | a.py b.py           (a mass commit of weight 0.1)

`+` names co-authors, `/` reviewers; Ada is `Ada Example <ada@example.org>` unless an address is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from knowledge.store.database import Database, Transaction

WHO = re.compile(r"([+/]?)\s*([^+/|*<]+?(?:\s*<[^>]*>)?)\s*(?=[+/]|$)")


def seconds(date: str) -> int:
    """Noon UTC of a date."""
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()) + 12 * 3600


def fill(db: Database, lines: str, repo: str = "team") -> int:
    """Add a history to the store (again: what is new of it); returns the repository's id."""
    with db.transaction() as tx:
        found = tx.run("SELECT id FROM repos WHERE name = :n", n=repo)
        repo_id = found[0][0] if found else tx.run("INSERT INTO repos (name) VALUES (:n) RETURNING id", n=repo)[0][0]
        for line in filter(None, map(str.strip, lines.splitlines())):
            _commit(tx, repo_id, line)
    return repo_id


def _commit(tx: Transaction, repo_id: int, line: str) -> None:
    date, who, paths = (part.strip() for part in line.split("|"))
    who, _, weight = who.partition("*")
    changes = list(_changes(paths))
    number = tx.run("SELECT COALESCE(MAX(id), 0) + 1 FROM commits")[0][0]
    tx.insert(
        "commits",
        "id, repo_id, seq, sha, author_time, commit_time, subject, path_count, weight",
        [
            (
                number,
                repo_id,
                number,
                f"{number:040x}",
                seconds(date),
                seconds(date),
                line,
                len(changes),
                float(weight or 1),
            )
        ],
    )
    for mark, name in WHO.findall(who.strip()):
        kind = {"": "authored", "+": "coauthored", "/": "reviewed"}[mark]
        tx.run(
            "INSERT INTO roles (commit_id, identity_id, kind) VALUES (:c, :i, :k)",
            c=number, i=identity(tx, name), k=kind,
        )  # fmt: skip
    for letter, path, old in changes:
        source = node(tx, repo_id, old) if old else None
        tx.run(
            "INSERT INTO touches (node_id, commit_id, change, from_node_id) VALUES (:n, :c, :l, :o)",
            n=node(tx, repo_id, path), c=number, l=letter, o=source,
        )  # fmt: skip
        tx.run("UPDATE nodes SET alive = :a WHERE repo_id = :r AND path = :p", a=int(letter != "D"), r=repo_id, p=path)
        if old:
            tx.run("UPDATE nodes SET alive = 0 WHERE repo_id = :r AND path = :p", r=repo_id, p=old)


def _changes(paths: str) -> Iterator[tuple[str, str, str]]:
    words = paths.split()
    at = 0
    while at < len(words):
        if words[at + 1 : at + 2] == [">"]:
            yield "R", words[at + 2], words[at]
            at += 3
        else:
            yield ("D", words[at][1:], "") if words[at].startswith("-") else ("M", words[at], "")
            at += 1


def identity(tx: Transaction, name: str) -> int:
    """The identity of a name, made where it is new."""
    name = name.strip()
    match = re.fullmatch(r"(.*?)\s*<(.*)>", name)
    full, email = match.groups() if match else (f"{name} Example", f"{name.lower()}@example.org")
    rows = tx.run("SELECT id FROM identities WHERE name = :n AND email = :e", n=full, e=email)
    if not rows:
        rows = tx.run("INSERT INTO identities (name, email) VALUES (:n, :e) RETURNING id", n=full, e=email)
    return int(rows[0][0])


def node(tx: Transaction, repo_id: int, path: str, *, is_dir: bool = False) -> int:
    """The node of a path, made with its directories where it is new."""
    rows = tx.run("SELECT id FROM nodes WHERE repo_id = :r AND path = :p", r=repo_id, p=path)
    if not rows:
        parent = node(tx, repo_id, path.rpartition("/")[0], is_dir=True) if path else None
        rows = tx.run(
            "INSERT INTO nodes (repo_id, parent_id, path, is_dir, alive) VALUES (:r, :u, :p, :d, 1) RETURNING id",
            r=repo_id, u=parent, p=path, d=int(is_dir or not path),
        )  # fmt: skip
    return int(rows[0][0])
