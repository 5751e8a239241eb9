"""What people did to a file or directory, as far as an answer's reasons need it: who, when, how, and what moved since.

For a file its whole life is read, under its older names too; for a directory only what came after `since`, so that a
question about the root of a large repository stays quick.
"""

from __future__ import annotations

from knowledge.lean import NamedTuple, Protocol
from knowledge.memory import WORK_KINDS
from knowledge.store.traces import folded_until

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.store.database import Database, Row


class Place(Protocol):
    """A node of the tree; `knowledge.standing.Place` is one."""

    @property
    def path(self) -> str: ...

    @property
    def is_dir(self) -> bool: ...

    @property
    def nodes(self) -> tuple[int, ...]: ...


HUMAN = "COALESCE(i.person_id, -i.id)"  # identities without a person yet stand for themselves


class Change(NamedTuple):
    """A commit at one path; `weight` as in `model.Commit`."""

    node: int
    commit: int
    time: int
    weight: float


class Doing(NamedTuple):
    """Somebody's part in a commit that touched the area."""

    commit: int
    time: int
    is_work: bool  # else a review


class Doings(NamedTuple):
    """Everything read, the newest first."""

    changes: tuple[Change, ...]
    by_person: dict[int, list[Doing]]
    files: int  # living files of the area
    is_dir: bool
    since: int  # from when on it is complete

    def changed_since(self, person: int, time: int) -> tuple[int, float]:
        """What others changed after `time`: how many commits, and which share in [0, 1] of the area.

        Of a directory, the share of its files; of a file, the share of its changes. Mass commits count by their weight.
        """
        own = {one.commit for one in self.by_person.get(person, ()) if one.is_work}
        theirs = [change for change in self.changes if change.time > time and change.commit not in own]
        commits = len({change.commit for change in theirs if change.weight >= 0.5})
        if not self.is_dir:
            whole = sum(change.weight for change in self.changes)
            return commits, sum(change.weight for change in theirs) / whole if whole else 0.0
        by_file: dict[int, float] = {}
        for change in theirs:
            by_file[change.node] = by_file.get(change.node, 0.0) + change.weight
        return commits, min(1.0, sum(min(1.0, moved) for moved in by_file.values()) / max(1, self.files))


def read_doings(db: Database, repo_id: int, place: Place, now: int, since: int = 0) -> Doings:
    """The doings at a node from `since` (of a file: from its beginning) to `now`, both seconds UTC."""
    node, path, is_dir = place.nodes[-1], place.path, place.is_dir
    if is_dir:
        changes = _changes_below(db, repo_id, path, since, now)
        files = _files_below(db, repo_id, path, now)
    else:
        changes = sorted(_changes_of(db, node, now), key=lambda change: (-change.time, -change.commit))
        files, since = 1, 0
    by_person: dict[int, list[Doing]] = {}
    times = {change.commit: change.time for change in changes}
    for commit, person, kind in _parts(db, list(times)):
        by_person.setdefault(person, []).append(Doing(commit, times[commit], kind in WORK_KINDS))
    human = {one.commit for found in by_person.values() for one in found}  # what bots bump makes nobody stale
    changes = [change for change in changes if change.commit in human]
    return Doings(tuple(changes), by_person, files, is_dir, since)


def _changes_of(db: Database, node: int, now: int) -> Iterator[Change]:
    """A file's changes; those of its older names up to each renaming."""
    asked: list[tuple[int, int]] = [(node, 1 << 62)]
    seen: set[tuple[int, int]] = set()
    done: set[int] = set()
    while asked:
        at, last = asked.pop()
        if (at, last) in seen:
            continue
        seen.add((at, last))
        rows = db.read(
            "SELECT t.commit_id, c.commit_time, c.weight, t.change, t.from_node_id FROM touches t"
            " JOIN commits c ON c.id = t.commit_id WHERE t.node_id = :node AND t.commit_id <= :last"
            " AND c.commit_time <= :now AND c.reachable = 1",
            node=at,
            last=last,
            now=now,
        )
        for commit, time, weight, change, source in rows:
            if change == "R" and source is not None:
                asked.append((source, commit - 1))
            if weight > 0 and commit not in done:
                done.add(commit)
                yield Change(at, commit, time, weight)


BELOW = "(:prefix = '' OR SUBSTR(n.path, 1, :length) = :prefix)"


def _changes_below(db: Database, repo_id: int, path: str, since: int, now: int) -> list[Change]:
    prefix = f"{path}/" if path else ""
    rows = db.read(
        "SELECT t.node_id, c.id, c.commit_time, c.weight FROM commits c JOIN touches t ON t.commit_id = c.id"
        " JOIN nodes n ON n.id = t.node_id WHERE c.repo_id = :repo AND c.commit_time > :since"
        f" AND c.commit_time <= :now AND c.reachable = 1 AND c.weight > 0 AND {BELOW}"
        " ORDER BY c.commit_time DESC, c.id DESC",
        repo=repo_id,
        since=since,
        now=now,
        prefix=prefix,
        length=len(prefix),
    )
    return [Change(*row) for row in rows]


def _files_below(db: Database, repo_id: int, path: str, now: int) -> int:
    """How many files a directory has at the newest commit, or had at an earlier `now`."""
    prefix = f"{path}/" if path else ""
    if now >= folded_until(db, repo_id):
        sql = f"SELECT COUNT(*) FROM nodes n WHERE n.repo_id = :repo AND n.alive = 1 AND n.is_dir = 0 AND {BELOW}"
        return int(db.read(sql, repo=repo_id, prefix=prefix, length=len(prefix))[0][0])
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
    return len(alive)


def _parts(db: Database, commits: list[int]) -> Iterator[Row]:
    """(commit, person, kind) of these commits, bots left out."""
    sql = (
        f"SELECT r.commit_id, {HUMAN}, r.kind FROM roles r JOIN identities i ON i.id = r.identity_id"
        " LEFT JOIN people p ON p.id = i.person_id WHERE i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0 AND "
    )
    for start in range(0, len(commits), 500):
        listed = ", ".join(map(str, commits[start : start + 500]))
        yield from db.read(f"{sql} r.commit_id IN ({listed})")
