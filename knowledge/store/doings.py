"""What people did to a file or directory, as far as an answer's reasons need it: who, when, how, and what moved since.

For a file its whole life is read, under its older names too; for a directory only what came after `since`, so that a
question about the root of a large repository stays quick.
"""

from __future__ import annotations

from knowledge.activation.staleness import Survival, survival, uncounted
from knowledge.lean import NamedTuple, Protocol
from knowledge.memory import WORK_KINDS
from knowledge.store.extent import BELOW, NEAR, Extent, extent_below, extent_of_file

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from knowledge.store.database import Database, Row


class Place(Protocol):
    """A node of the tree; `knowledge.activation.standing.Place` is one."""

    @property
    def path(self) -> str: ...

    @property
    def is_dir(self) -> bool: ...

    @property
    def nodes(self) -> tuple[int, ...]: ...


CERTAIN = 0.5  # a commit of less weight is no change that a person would count
HUMAN = "COALESCE(i.person_id, -i.id)"  # identities without a person yet stand for themselves
HUMANS = "i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0"


class Change(NamedTuple):
    """A touch; `weight` as in `model.Commit`, lines as in the table."""

    node: int
    commit: int
    time: int
    weight: float
    letter: str
    source: int | None
    added: int | None
    removed: int | None
    lines: int | None
    whole: float = 1.0  # weights of the file's changes up to this one; in a directory each changes a file whole

    @property
    def left(self) -> Survival:
        """What of the file it left as it was."""
        counted = survival(self.weight, self.added, self.removed, self.lines)
        return counted or uncounted(self.weight, self.whole)


class Doing(NamedTuple):
    """Somebody's part in a commit that touched the area."""

    commit: int
    time: int
    is_work: bool  # else a review
    weight: float = 1.0  # of the commit


class Since(NamedTuple):
    """What others changed in an area since a moment."""

    changes: int  # commits, mass commits not counted
    staleness: float  # the share in [0, 1] of the area, by `knowledge/activation/staleness.py`
    people: tuple[int, ...] = ()  # whose work they are, those with the most commits first
    lines: float | None = None  # expected lines of today that were not there; None where lines were not counted
    read_from: int = 0  # later than the moment asked for: all of this is since then alone, and so at least this


class Doings(NamedTuple):
    """Everything read, the newest first."""

    changes: tuple[Change, ...]
    by_person: dict[int, list[Doing]]
    extent: Extent
    became: Mapping[int, int]  # the newer node of a file that was renamed
    is_dir: bool
    since: int  # from when on it is complete

    def changed_since(self, person: int, time: int) -> tuple[int, float]:
        """What others changed after `time`: how many commits, and which share in [0, 1] of the area."""
        found = self.of_others(person, time)
        return found.changes, found.staleness

    def of_others_after(self, person: int, time: int) -> list[Change]:
        """The changes after `time` that are not that person's work."""
        own = {one.commit for one in self.by_person.get(person, ()) if one.is_work}
        return [change for change in self.changes if change.time > time and change.commit not in own]

    def of_others(self, person: int, time: int) -> Since:
        """What others than `person` changed after `time`; mass commits count by their weight."""
        theirs = self.of_others_after(person, time)
        read_from = self.since if self.since > time else 0
        if not theirs:
            return Since(0, 0.0, (), 0.0, read_from)
        left = self._left(theirs)
        weights = self.extent.weights
        whole = self.extent.whole
        stale = sum(weights[file] * one.staleness for file, one in left.items())
        commits = {change.commit for change in theirs if change.weight >= CERTAIN}
        lines = sum(weights[file] * (1.0 - one.of_new) for file, one in left.items())
        return Since(
            len(commits),
            min(1.0, stale / whole) if whole else 0.0,
            self._workers(commits, person),
            lines if self.extent.is_counted else None,
            read_from,
        )

    def _left(self, theirs: Iterable[Change]) -> dict[int, Survival]:
        """By file of the area what changes left as it was."""
        left: dict[int, Survival] = {}
        for change in theirs:
            file = self._file(change.node)
            if file is not None:
                had = left.get(file)
                left[file] = change.left if had is None else had.then(change.left)
        return left

    def _file(self, node: int) -> int | None:
        """The file that a changed one is now; None where it is gone."""
        if not self.is_dir:
            return next(iter(self.extent.weights))
        seen = set()
        while node not in self.extent.weights:
            seen.add(node)
            node = self.became.get(node, 0)
            if node in seen or not node:
                return None
        return node

    def _workers(self, commits: Collection[int], besides: int) -> tuple[int, ...]:
        shares = {
            person: sum(one.is_work and one.commit in commits for one in doings)
            for person, doings in self.by_person.items()
            if person != besides
        }
        return tuple(sorted((person for person, share in shares.items() if share), key=lambda p: (-shares[p], p)))


def read_doings(db: Database, repo_id: int, place: Place, now: int, since: int = 0) -> Doings:
    """The doings at a node from `since` (of a file: from its beginning) to `now`, both seconds UTC."""
    node, path, is_dir = place.nodes[-1], place.path, place.is_dir
    if is_dir:
        changes = changes_below(db, repo_id, path, since, now)
        extent = extent_below(db, repo_id, path, now)
    else:
        changes = sorted(_changes_of(db, node, now), key=lambda change: (-change.time, -change.commit))
        extent, since = extent_of_file(db, repo_id, node, now), 0
    by_person: dict[int, list[Doing]] = {}
    weights = {change.commit: (change.time, change.weight) for change in changes}
    for commit, person, kind in parts(db, list(weights)):
        time, weight = weights[commit]
        by_person.setdefault(person, []).append(Doing(commit, time, kind in WORK_KINDS, weight))
    became = renamings(changes)
    human = {one.commit for found in by_person.values() for one in found}  # what bots bump makes nobody stale
    changes = [change for change in changes if change.commit in human]
    if not is_dir:
        changes = list(with_whole(changes, sum(change.weight for change in changes)))
    return Doings(tuple(changes), by_person, extent, became, is_dir, since)


def renamings(changes: Sequence[Change]) -> dict[int, int]:
    """The newer node of every file that these changes, the newest first, renamed."""
    return {one.source: one.node for one in reversed(changes) if one.letter == "R" and one.source is not None}


COLUMNS = "t.node_id, t.commit_id, c.commit_time, c.weight, t.change, t.from_node_id, t.added, t.removed, t.lines"


def with_whole(changes: Sequence[Change], whole: float) -> Iterator[Change]:
    """The newest changes of a file, the newest first; where none were counted, with the weights of those up to it.

    `whole` is the weight of all its changes.
    """
    for change in changes:
        yield change if change.lines is not None else Change(*change[:-1], whole)
        whole -= change.weight


def _changes_of(db: Database, node: int, now: int) -> Iterator[Change]:
    """What was done to a file; to its older names up to each renaming."""
    asked: list[tuple[int, int]] = [(node, 1 << 62)]
    seen: set[tuple[int, int]] = set()
    done: set[int] = set()
    while asked:
        at, last = asked.pop()
        if (at, last) in seen:
            continue
        seen.add((at, last))
        rows = db.read(
            f"SELECT {COLUMNS} FROM touches t"
            " JOIN commits c ON c.id = t.commit_id WHERE t.node_id = :node AND t.commit_id <= :last"
            " AND c.commit_time <= :now AND c.reachable = 1",
            node=at,
            last=last,
            now=now,
        )
        for change in (Change(*row) for row in rows):
            if change.letter == "R" and change.source is not None:
                asked.append((change.source, change.commit - 1))
            if change.weight > 0 and change.commit not in done:
                done.add(change.commit)
                yield change


def changes_below(
    db: Database, repo_id: int, path: str, since: int, now: int, *, few_files: bool = False
) -> list[Change]:
    """The changes below a directory after `since`, up to `now`, the newest first.

    With `few_files` below it, all that ever was done to them is looked at rather than every commit since.
    """
    prefix = f"{path}/" if path else ""
    by_file = few_files and path
    tables = "nodes n CROSS JOIN touches t CROSS JOIN commits c" if by_file else "commits c, touches t, nodes n"
    rows = db.read(
        f"SELECT {COLUMNS} FROM {tables} WHERE t.commit_id = c.id AND n.id = t.node_id AND c.repo_id = :repo"
        f" AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1 AND c.weight > 0 AND {BELOW}"
        f"{' AND n.repo_id = :repo' + NEAR if by_file else ''} ORDER BY c.commit_time DESC, c.id DESC",
        repo=repo_id,
        since=since,
        now=now,
        prefix=prefix,
        length=len(prefix),
        **({"beyond": f"{path}0"} if by_file else {}),
    )
    return [Change(*row) for row in rows]


def parts(db: Database, commits: list[int]) -> Iterator[Row]:
    """(commit, person, kind) of these commits, bots left out."""
    sql = (
        f"SELECT r.commit_id, {HUMAN}, r.kind FROM roles r JOIN identities i ON i.id = r.identity_id"
        f" LEFT JOIN people p ON p.id = i.person_id WHERE {HUMANS} AND "
    )
    for start in range(0, len(commits), 500):
        listed = ", ".join(map(str, commits[start : start + 500]))
        yield from db.read(f"{sql} r.commit_id IN ({listed})")
