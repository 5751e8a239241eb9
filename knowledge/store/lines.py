"""How many lines each change added and removed, and how long files are: what staleness is a share of.

Input: what git counted of a commit, by path; commits come newest first, since `nodes.lines` is exact at the indexed
commit and the length after an older change follows from it backwards: length before = length after − added + removed.
Where two lines of work ran side by side this is an estimate, exact again where the next file was made or deleted.

Nothing else says how far the counting is: a commit knows by itself that it was counted (`commits.is_counted`), in the
same transaction as its counts, so that a run may end anywhere and the next one goes on with what is left.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from knowledge.store.database import Database, Row, Transaction

LENGTHS, LINES = "lengths", "lines"  # cursors: the commit whose files were counted, and the one up to which all was
_AT_ONCE = 500

Counts = Mapping[str, tuple[int, int]]  # path → lines added and removed; binary files are left out


class Uncounted(NamedTuple):
    """A commit whose lines are not counted yet."""

    id: int
    sha: str


class Lines:
    """Writes the counts of one repository."""

    def __init__(self, db: Database, repo_id: int) -> None:
        self._db = db
        self._repo_id = repo_id
        # By file: (commit, length before it), the oldest first; filled as commits are counted.
        self._before: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)

    def uncounted(self, days: int) -> list[Uncounted]:
        """The commits of the last `days` before the newest one that touch files and are not counted, newest first."""
        rows = self._db.read(
            """SELECT c.id, c.sha FROM commits c WHERE c.repo_id = :repo AND c.is_counted = 0 AND c.reachable = 1
               AND c.is_merge = 0 AND c.path_count > 0 AND c.commit_time > (
                   SELECT MAX(n.commit_time) - :window FROM commits n WHERE n.repo_id = :repo AND n.reachable = 1)
               ORDER BY c.id DESC""",
            repo=self._repo_id,
            window=days * 86_400,
        )
        found = [Uncounted(*row) for row in rows]
        self._remember(found)
        return found

    def _remember(self, uncounted: Sequence[Uncounted]) -> None:
        """What an earlier run counted of commits newer than some of these."""
        oldest = uncounted[-1].id if uncounted else 0
        newer = "FROM commits WHERE repo_id = :repo AND is_counted = 1 AND id > :oldest"
        if not uncounted or not self._db.read(f"SELECT 1 {newer} LIMIT 1", repo=self._repo_id, oldest=oldest):
            return
        rows = self._db.read(
            f"""SELECT commit_id, node_id, change, from_node_id, added, removed, lines FROM touches
                WHERE lines IS NOT NULL AND commit_id IN (SELECT id {newer}) ORDER BY commit_id""",
            repo=self._repo_id,
            oldest=oldest,
        )
        for commit, node, change, source, added, removed, lines in rows:
            self._note(commit, node, change, source, lines - added + removed)

    def put(self, tx: Transaction, counted: Sequence[tuple[Uncounted, Counts]]) -> int:
        """Store the counts of commits, newest first; returns how many touches got theirs."""
        touches: defaultdict[int, list[Row]] = defaultdict(list)
        ends: dict[int, int] = {}
        for some in _portions([commit.id for commit, _ in counted]):
            for commit, *touch, end in tx.run(
                f"""SELECT t.commit_id, t.node_id, n.path, t.change, t.from_node_id,
                           CASE WHEN n.alive = 1 THEN n.lines END
                    FROM touches t JOIN nodes n ON n.id = t.node_id WHERE t.commit_id IN ({_listed(some)})"""
            ):
                touches[commit].append(tuple(touch))
                if end is not None:
                    ends[touch[0]] = end
        rows = []
        for (commit, _), counts in counted:
            for node, path, change, source in touches[commit]:
                if path in counts:
                    added, removed = counts[path]
                    after = self._after(commit, node, change, added, ends)
                    rows.append((node, commit, change, source, added, removed, after))
                    if after is not None:
                        self._note(commit, node, change, source, after - added + removed)
        tx.insert(
            "touches",
            "node_id, commit_id, change, from_node_id, added, removed, lines",
            sorted(rows, key=lambda row: row[0]),
            """ON CONFLICT (node_id, commit_id) DO UPDATE SET
               added = excluded.added, removed = excluded.removed, lines = excluded.lines""",
        )
        for some in _portions([commit.id for commit, _ in counted]):
            tx.run(f"UPDATE commits SET is_counted = 1 WHERE id IN ({_listed(some)})")
        return len(rows)

    def _after(self, commit: int, node: int, change: str, added: int, ends: Mapping[int, int]) -> int | None:
        """How long the file was after a change; None where nothing newer tells."""
        if change == "D":
            return 0
        if change == "A":
            return added
        newer = self._before[node]
        at = bisect_right(newer, (commit, 1 << 62))
        after = newer[at][1] if at < len(newer) else ends.get(node)
        return None if after is None else max(after, added)

    def _note(self, commit: int, node: int, change: str, source: int | None, before: int) -> None:
        """How long a file was before a commit: under its old name, where it got the present one there."""
        if change == "R" and source is not None:
            insort(self._before[source], (commit, before))
        insort(self._before[node], (commit, before if change not in {"A", "R"} else 0))

    def put_lengths(self, tx: Transaction, lengths: Mapping[str, int | None], *, whole: bool) -> None:
        """Set how long living files are (None: binary); `whole`: those that are not named have no lines to count."""
        if whole:
            tx.run("UPDATE nodes SET lines = NULL WHERE repo_id = :repo AND lines IS NOT NULL", repo=self._repo_id)
        else:
            tx.run(
                "UPDATE nodes SET lines = NULL WHERE repo_id = :repo AND lines IS NOT NULL AND alive = 0",
                repo=self._repo_id,
            )
        ids: dict[str, int] = {}
        for some in _portions(sorted(lengths)):
            named = {f"p{n}": path for n, path in enumerate(some)}
            marks = ", ".join(f":{name}" for name in named)
            found = tx.run(
                f"SELECT path, id FROM nodes WHERE repo_id = :repo AND path IN ({marks})", repo=self._repo_id, **named
            )
            ids.update(found)
        tx.insert(
            "nodes",
            "id, repo_id, path, lines",
            sorted((ids[path], self._repo_id, path, length) for path, length in lengths.items() if path in ids),
            "ON CONFLICT (id) DO UPDATE SET lines = excluded.lines",
        )


def is_counted(db: Database) -> bool:
    """Whether the lines of every repository were counted up to its indexed commit."""
    return not db.read(
        """SELECT 1 FROM repos r LEFT JOIN cursors c ON c.repo_id = r.id AND c.source = :source
           WHERE r.head <> '' AND (c.value IS NULL OR c.value NOT LIKE '%' || r.head || '%') LIMIT 1""",
        source=LINES,
    )


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def _portions(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
