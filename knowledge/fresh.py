"""How far what a page talks about has moved since the page was last changed.

A page names code: paths, files, qualified names in backticks. Those that are in the tree of the indexed commit are
watched: `drift` is how many commits touched them after the page's own last change (mass commits and bots not counted).
A path that once was there and is gone is `missing`. What was never there is none of our business (other projects,
examples), so that nothing is called missing by mistake.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from knowledge.asking.mentions import mentions, place
from knowledge.model import Freshness
from knowledge.store.database import Database
from knowledge.store.traces import folded_until

MOST_NAMES = 24  # of a passage are looked up: each costs a look into an index


def freshness(
    db: Database, repo_id: int, page: str, text: str, as_of: int | None = None, since: int | None = None
) -> Freshness:
    """The verdict on a passage `text` of `page`; with `since`, what changed from that time on (seconds UTC)."""
    changed = last_change(db, repo_id, page, as_of)
    then = as_of if as_of is not None and as_of < folded_until(db, repo_id) else None
    named: dict[str, int] = {}
    missing: list[str] = []
    for candidate in names(text)[:MOST_NAMES]:
        node = _node(db, repo_id, page, candidate)
        if node is None:
            continue
        node_id, path, alive = node
        if path == page:
            continue
        if then is not None and (was := _was_there(db, node_id, then)) is not None:
            alive = was
        if alive:
            named[candidate] = node_id
        elif not _moved(db, node_id, then):
            missing.append(candidate)
    start = changed if since is None else since
    drift = _drift(db, list(named.values()), start, as_of) if start is not None and named else 0
    return Freshness(changed, drift, tuple(named), tuple(missing))


def names(text: str) -> list[str]:
    """What of a text looks like a path or a name of code, each once, in order."""
    found: dict[str, None] = {}
    for mention in mentions(text.replace("``", "`")):
        if not mention.is_code or mention.kind == "url":
            continue
        said = place(mention.raw)
        name = said.text.removesuffix("()").lstrip("~.").strip("/")
        if len(name) > 2 and " " not in name:
            found.setdefault(name)
    return list(found)


def last_change(db: Database, repo_id: int, path: str, as_of: int | None = None) -> int | None:
    """When a path was last changed for its own sake: mass commits only count where there is nothing else."""
    rows = db.read(
        """SELECT MAX(CASE WHEN c.weight >= 1 THEN c.commit_time END), MAX(c.commit_time) FROM nodes n
           JOIN touches t ON t.node_id = n.id JOIN commits c ON c.id = t.commit_id
           WHERE n.repo_id = :repo AND n.path = :path AND c.reachable = 1 AND c.commit_time <= :until""",
        repo=repo_id, path=path, until=as_of if as_of is not None else 1 << 62,
    )  # fmt: skip
    own, any_time = rows[0]
    latest = any_time if own is None else own
    return None if latest is None else int(latest)


def _node(db: Database, repo_id: int, page: str, name: str) -> tuple[int, str, bool] | None:
    """The node that a name on a page means: a path from the root, beside the page or under src/, or a symbol's file."""
    ways_to = ways(page, name)
    if ways_to:
        rows = db.read(
            """SELECT id, path, alive FROM nodes WHERE repo_id = :repo AND path IN (:a, :b, :c, :d)
               ORDER BY alive DESC LIMIT 1""",
            repo=repo_id, a=ways_to[0], b=ways_to[1], c=ways_to[2], d=ways_to[-1],
        )  # fmt: skip
        if rows:
            return int(rows[0][0]), str(rows[0][1]), bool(rows[0][2])
    return _symbol_node(db, repo_id, name)


def ways(page: str, name: str) -> list[str]:
    """The paths that a name on a page may mean, three or four; none for what can only be a symbol."""
    if "/" not in name and "." not in name:
        return []
    found = [name, posixpath.normpath(posixpath.join(posixpath.dirname(page), name)), f"src/{name}"]
    if "/" not in name and not name.rpartition(".")[2].isupper():
        found.append("src/" + name.replace(".", "/") + ".py")
    return found


def _symbol_node(db: Database, repo_id: int, name: str) -> tuple[int, str, bool] | None:
    parts = name.split(".")
    for at in range(len(parts)):
        rows = db.read(
            """SELECT DISTINCT n.id, n.path FROM passages p JOIN documents d ON d.id = p.document_id
               JOIN nodes n ON n.repo_id = d.repo_id AND n.path = d.path
               WHERE p.symbol = :symbol AND d.repo_id = :repo LIMIT 3""",
            symbol=".".join(parts[at:]), repo=repo_id,
        )  # fmt: skip
        if len(rows) == 1:
            return int(rows[0][0]), str(rows[0][1]), True
        if rows:
            return None  # a common name: it could be any of them
    return None


def _was_there(db: Database, node_id: int, then: int) -> bool | None:
    """Whether a file was in the tree at a time; None where nothing had happened to it yet (or it is a directory)."""
    rows = db.read(
        """SELECT t.node_id, t.change FROM touches t JOIN commits c ON c.id = t.commit_id
           WHERE (t.node_id = :id OR (t.from_node_id = :id AND t.change = 'R')) AND c.reachable = 1
           AND c.commit_time <= :then ORDER BY c.commit_time DESC, c.id DESC LIMIT 1""",
        id=node_id, then=then,
    )  # fmt: skip
    return bool(rows[0][0] == node_id and rows[0][1] != "D") if rows else None


def _moved(db: Database, node_id: int, then: int | None) -> bool:
    """Whether something was renamed away from here: then the name is old, but the thing is not gone."""
    return bool(db.read(
        """SELECT 1 FROM touches t JOIN commits c ON c.id = t.commit_id
           WHERE t.from_node_id = :id AND t.change = 'R' AND c.commit_time <= :until LIMIT 1""",
        id=node_id, until=then if then is not None else 1 << 62,
    ))  # fmt: skip


def _drift(db: Database, nodes: Sequence[int], since: int, as_of: int | None) -> int:
    ids = ",".join(str(int(n)) for n in nodes)
    rows = db.read(
        f"""SELECT COUNT(DISTINCT c.id) FROM touches t JOIN commits c ON c.id = t.commit_id
            WHERE t.node_id IN ({ids}) AND c.reachable = 1 AND c.weight >= 1 AND c.is_merge = 0
            AND c.commit_time > :since AND c.commit_time <= :until
            AND NOT EXISTS (SELECT 1 FROM roles r JOIN identities i ON i.id = r.identity_id
                            WHERE r.commit_id = c.id AND r.kind = 'authored' AND i.is_bot = 1)""",
        since=since, until=as_of if as_of is not None else 1 << 62,
    )  # fmt: skip
    return int(rows[0][0])
