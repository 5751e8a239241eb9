"""The past of a place, newest first: who touched a file (under all its names), a directory or the repository, and why.

Commits come in the order of git; people under the name they go by now, and "someone" where they opted out, in messages
as well. Nothing here decides what counts: bots and mass commits are there, and say what they are.
"""

from __future__ import annotations

from knowledge.lean import NamedTuple
from knowledge.person import SOMEONE
from knowledge.store.veils import veil_over

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.store.database import Database, Row

OPEN_END = 1 << 62
CUT_OFF = "the history is cut off here (shallow clone)"  # why the first commits of a shallow clone say nothing
INSIDE_OTHERS = (
    20  # times as many messages are read as are wanted, for the name may only stand inside of other words there
)


class Hand(NamedTuple):
    """Somebody's part in a commit. `person_id` is 0 for nobody we know or who opted out."""

    kind: str  # authored, coauthored, reviewed, …
    name: str
    email: str
    person_id: int
    is_bot: bool


class PastCommit(NamedTuple):
    """A commit in the past of a place; `path` is the name that the place had, `change` git's letter for it."""

    id: int
    seq: int
    sha: str
    time: int  # committer time
    author_time: int
    subject: str
    body: str
    weight: float
    why: str  # why the weight is below 1
    is_merge: bool
    path_count: int
    repo_id: int
    path: str = ""
    change: str = ""
    old_path: str = ""
    hands: tuple[Hand, ...] = ()

    @property
    def author(self) -> Hand:
        """Whose work it is; of a bot's or an AI agent's, the human beside it."""
        wrote = next((h for h in self.hands if h.kind == "authored"), Hand("authored", "nobody named", "", 0, False))
        if not wrote.is_bot:
            return wrote
        return next((h for h in self.hands if h.kind == "coauthored" and not h.is_bot), wrote)

    @property
    def is_cut_off(self) -> bool:
        """Whether the history of a shallow clone begins here: what the commit did is unknown."""
        return self.why == CUT_OFF

    @property
    def is_mass(self) -> bool:
        """Whether the commit touched so much at once that it says little about any one place."""
        return self.weight < 1 and bool(self.why)


_COLUMNS = """c.id, c.seq, c.sha, c.commit_time, c.author_time, c.subject, c.body, c.weight, c.why, c.is_merge,
              c.path_count, c.repo_id"""


class Past(NamedTuple):
    """The history of one repository, up to and including `as_of` (None: all of it)."""

    db: Database
    repo_id: int
    as_of: int | None = None

    @property
    def _until(self) -> int:
        return OPEN_END if self.as_of is None else self.as_of

    def of_file(self, path: str, limit: int, *, since: int = 0, until: int = OPEN_END) -> list[PastCommit]:
        """The touches of a file, under its earlier names too; what `git log -1 -- path` names comes first."""
        rows = self.db.read(
            "SELECT id, git_last_commit_id FROM nodes WHERE repo_id = :repo AND path = :path",
            repo=self.repo_id,
            path=path,
        )
        if not rows:
            return []
        node, first = rows[0]
        found: list[PastCommit] = []
        bound, seen = OPEN_END, {node}
        while node is not None and len(found) < limit:
            batch = self._touches(node, bound, limit - len(found), since, min(until, self._until + 1))
            renamed = next((i for i, row in enumerate(batch) if row[-3] == "R" and row[-2] is not None), None)
            found += [_commit(row) for row in (batch if renamed is None else batch[: renamed + 1])]
            if renamed is None or (older := batch[renamed][-2]) in seen:
                break
            node, bound = older, batch[renamed][1]
            seen.add(node)
        if first is not None and since == 0 and until == OPEN_END:
            named = [c for c in found if c.id == first] or self._bare(first, path, rows[0][0])
            found = [*named, *(c for c in found if c.id != first)]
        return self._with_hands(found[:limit])

    def _bare(self, commit_id: int, path: str, node: int) -> list[PastCommit]:
        rows = self.db.read(
            f"""SELECT {_COLUMNS}, t.change FROM commits c
                LEFT JOIN touches t ON t.commit_id = c.id AND t.node_id = :node
                WHERE c.id = :id AND c.reachable = 1 AND c.commit_time <= :until""",
            id=commit_id, node=node, until=self._until,
        )  # fmt: skip
        return [_commit((*row[:-1], path, None, row[-1] or "M")) for row in rows]

    def _touches(self, node: int, below: int, limit: int, since: int, until: int) -> list[Row]:
        return self.db.read(
            f"""SELECT {_COLUMNS}, n.path, f.path, t.change, t.from_node_id, t.node_id FROM touches t
                JOIN commits c ON c.id = t.commit_id JOIN nodes n ON n.id = t.node_id
                LEFT JOIN nodes f ON f.id = t.from_node_id
                WHERE t.node_id = :node AND c.reachable = 1 AND c.seq < :below
                AND c.commit_time >= :since AND c.commit_time < :until ORDER BY c.seq DESC LIMIT :limit""",
            node=node, below=below, since=since, until=until, limit=limit,
        )  # fmt: skip

    def of_directory(self, path: str, limit: int, *, since: int = 0, until: int = OPEN_END) -> list[PastCommit]:
        """The commits that touched something under a directory ("" is the whole repository)."""
        under = """AND EXISTS (SELECT 1 FROM touches t JOIN nodes n ON n.id = t.node_id
                   WHERE t.commit_id = c.id AND n.path >= :low AND n.path < :high)"""
        bounds = {"low": path + "/", "high": path + "0"} if path else {}  # "0" follows "/" in ASCII
        # The newest are asked for most: from the end of the order of git, not by an index on times and a sort.
        from_then = "AND c.commit_time >= :since" if since else ""
        rows = self.db.read(
            f"""SELECT {_COLUMNS} FROM commits c WHERE c.repo_id = :repo AND c.reachable = 1 AND c.is_merge = 0
                {from_then} AND +c.commit_time < :until {under if path else ''} ORDER BY c.seq DESC LIMIT :limit""",
            repo=self.repo_id, limit=limit, until=min(until, self._until + 1), **({"since": since} if since else {}),
            **bounds,
        )  # fmt: skip
        return self._with_hands([_commit((*row, path, None, "")) for row in rows])

    def by_id(self, ids: Sequence[int]) -> list[PastCommit]:
        """Commits by their id in the store, in the order asked; those of other repositories are left out."""
        marks = ",".join(str(int(i)) for i in ids) or "0"
        rows = self.db.read(
            f"""SELECT {_COLUMNS} FROM commits c WHERE c.id IN ({marks}) AND c.repo_id = :repo AND c.reachable = 1
                AND c.commit_time <= :until""",
            repo=self.repo_id, until=self._until,
        )  # fmt: skip
        found = {row[0]: _commit((*row, "", None, "")) for row in rows}
        return self._with_hands([found[i] for i in ids if i in found])

    def speaking_of(self, name: str, limit: int, *, oldest: bool = False) -> list[PastCommit]:
        """The commits whose message has `name` letter by letter (any case) as a word, newest (or oldest) first.

        Where hundreds only hold it inside of other words ("cli" in "client"), some may be missed.
        """
        import re  # the quick way of `lamp last` comes through this module

        rows = self.db.read(
            f"""SELECT {_COLUMNS} FROM commits c WHERE c.repo_id = :repo AND c.reachable = 1 AND c.commit_time <= :until
                AND (LOWER(c.subject) LIKE :name ESCAPE '!' OR LOWER(c.body) LIKE :name ESCAPE '!')
                ORDER BY c.seq {"ASC" if oldest else "DESC"} LIMIT :limit""",
            repo=self.repo_id, until=self._until, name=f"%{_like(name.lower())}%", limit=INSIDE_OTHERS * limit,
        )  # fmt: skip
        word = re.compile(rf"(?<![^\W_]){re.escape(name)}(?:s|es)?(?![^\W_])", re.IGNORECASE)
        found = [_commit((*row, "", None, "")) for row in rows]
        return self._with_hands([c for c in found if word.search(c.subject) or word.search(c.body)][:limit])

    def by_sha(self, shas: Sequence[str]) -> list[PastCommit]:
        """Commits by full or abbreviated name, in the order asked; unknown ones are left out."""
        found = []
        for sha in shas:
            rows = self.db.read(
                f"SELECT {_COLUMNS} FROM commits c WHERE c.repo_id = :repo AND c.sha >= :low AND c.sha < :high LIMIT 1",
                repo=self.repo_id, low=sha, high=sha + "g",
            )  # fmt: skip
            found += [_commit((*row, "", None, "")) for row in rows]
        return self._with_hands(found)

    def of_person(self, person_id: int, limit: int, *, since: int = 0, until: int = OPEN_END) -> list[PastCommit]:
        """The commits in which somebody took part."""
        rows = self.db.read(
            f"""SELECT DISTINCT {_COLUMNS} FROM identities i JOIN roles r ON r.identity_id = i.id
                JOIN commits c ON c.id = r.commit_id
                WHERE i.person_id = :person AND c.repo_id = :repo AND c.reachable = 1 AND c.is_merge = 0
                AND c.commit_time >= :since AND c.commit_time < :until ORDER BY c.seq DESC LIMIT :limit""",
            person=person_id, repo=self.repo_id, since=since, until=min(until, self._until + 1), limit=limit,
        )  # fmt: skip
        return self._with_hands([_commit((*row, "", None, "")) for row in rows])

    def paths_of(self, commit_id: int, limit: int) -> list[str]:
        """Some of the paths of a commit."""
        rows = self.db.read(
            """SELECT n.path FROM touches t JOIN nodes n ON n.id = t.node_id WHERE t.commit_id = :id
               ORDER BY n.path LIMIT :limit""",
            id=commit_id, limit=limit,
        )  # fmt: skip
        return [row[0] for row in rows]

    def _with_hands(self, commits: list[PastCommit]) -> list[PastCommit]:
        hands = hands_of(self.db, [c.id for c in commits])
        veil = veil_over(self.db)
        if veil is not None:
            commits = [c._replace(subject=veil.text(c.subject), body=veil.text(c.body)) for c in commits]
        return [c._replace(hands=tuple(hands.get(c.id, ()))) for c in commits]


def hands_of(db: Database, commit_ids: Iterable[int]) -> dict[int, list[Hand]]:
    """Who took part in each of these commits, authors first."""
    found: dict[int, list[Hand]] = {}
    ids = list(commit_ids)
    for at in range(0, len(ids), 500):
        marks = ",".join(str(int(i)) for i in ids[at : at + 500])
        rows = db.read(
            f"""SELECT r.commit_id, r.kind, COALESCE(p.name, i.name), COALESCE(p.email, i.email), COALESCE(p.id, 0),
                       i.is_bot, COALESCE(p.is_bot, 0), COALESCE(p.opted_out, 0)
                FROM roles r JOIN identities i ON i.id = r.identity_id LEFT JOIN people p ON p.id = i.person_id
                WHERE r.commit_id IN ({marks})
                ORDER BY CASE r.kind WHEN 'authored' THEN 0 WHEN 'coauthored' THEN 1 ELSE 2 END"""
        )
        for commit_id, kind, name, email, person_id, bot, person_bot, opted_out in rows:
            hand = Hand(kind, name or email, email, person_id, bool(bot or person_bot))
            found.setdefault(commit_id, []).append(
                hand._replace(name=SOMEONE, email="", person_id=0) if opted_out else hand
            )
    return found


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _commit(row: Row) -> PastCommit:
    """A commit from `_COLUMNS` followed by path, old path and change."""
    number, seq, sha, time, author_time, subject, body, weight, why, is_merge, paths, repo, path, old_path, change = (
        row[:15]
    )
    return PastCommit(
        number, seq, sha, time, author_time, subject, body, weight, why, bool(is_merge), paths, repo,
        path, change or "", old_path or "",
    )  # fmt: skip
