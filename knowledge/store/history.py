"""Commits, who took part in them and what they touched, written fast; reading is `knowledge/activation/past.py`.

Everything that writes takes an open transaction, so that the cursor of the source moves in the same one. Ids are
given out here, not by the database: one process at a time indexes (`store/locks.py`), and a `History` that saw a
transaction fail must not be used again, since it may remember ids that were rolled back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from knowledge.model import Commit, Role
from knowledge.store.database import Database, Transaction

_AT_ONCE = 500  # parameters of one query
_SEVERAL = "ON CONFLICT DO NOTHING"


class History:
    """The history of one repository."""

    def __init__(self, db: Database, repo_id: int) -> None:
        self._db = db
        self._repo_id = repo_id
        self._nodes: dict[str, int] = {}
        self._identities: dict[Role, int] = {}

    # -- commits ------------------------------------------------------------------------------------------------------

    def add(self, tx: Transaction, commits: Sequence[Commit]) -> int:
        """Store commits, oldest first. One that is known is judged anew; one that was lost comes back as the newest.

        Returns:
            How many events they are: roles × touches.
        """
        ((last_id, last_seq),) = tx.run(
            """SELECT (SELECT COALESCE(MAX(id), 0) FROM commits), COALESCE(MAX(seq), 0) FROM commits
               WHERE repo_id = :repo""",
            repo=self._repo_id,
        )
        known = self._known(tx, [c.sha for c in commits]) if last_seq else {}
        new = list(zip(range(last_seq + 1, last_seq + 1 + len(commits)), commits, strict=True))
        if known:
            again = [(seq, c) for seq, c in new if c.sha in known]
            new = [(seq, c) for seq, c in new if c.sha not in known]
            self._forget_parts(tx, known.values())
            self._update(tx, again, known)
            self._add_parts(tx, [c for _, c in again], [known[c.sha] for _, c in again], fresh=False)
        self._insert(tx, new, last_id)
        self._add_parts(tx, [c for _, c in new], range(last_id + 1, last_id + 1 + len(new)), fresh=not last_seq)
        return sum(len(c.roles) * len(c.touches) for c in commits)

    def _known(self, tx: Transaction, shas: Sequence[str]) -> dict[str, int]:
        return dict(_looked_up(tx, "SELECT sha, id FROM commits WHERE repo_id = :repo AND sha IN", shas, self._repo_id))

    def _insert(self, tx: Transaction, commits: Iterable[tuple[int, Commit]], last_id: int) -> None:
        repo_id = self._repo_id
        rows = [
            (n, repo_id, seq, sha, author_time, commit_time, subject, body, len(touches), weight, why, int(is_merge))
            for n, (seq, (sha, author_time, commit_time, subject, body, _, touches, weight, why, is_merge))
            in enumerate(commits, last_id + 1)
        ]  # fmt: skip
        columns = "id, repo_id, seq, sha, author_time, commit_time, subject, body, path_count, weight, why, is_merge"
        tx.insert("commits", columns, rows)

    def _update(self, tx: Transaction, commits: Sequence[tuple[int, Commit]], known: Mapping[str, int]) -> None:
        """Read and judge known commits anew; the sums of activation that counted them otherwise are made again."""
        ids = [known[c.sha] for _, c in commits]
        before = dict(_looked_up(tx, "SELECT id, weight FROM commits WHERE id IN", ids))
        for commit_id, (seq, c) in zip(ids, commits, strict=True):
            tx.run(
                """UPDATE commits SET seq = CASE reachable WHEN 1 THEN seq ELSE :seq END, reachable = 1,
                   subject = :subject, body = :body, weight = :weight, why = :why, path_count = :paths, is_counted = 0
                   WHERE id = :id""",
                seq=seq, subject=c.subject, body=c.body, weight=c.weight, why=c.why, paths=len(c.touches), id=commit_id,
            )  # fmt: skip
        if any(before[commit_id] != c.weight for commit_id, (_, c) in zip(ids, commits, strict=True)):
            tx.run("DELETE FROM cursors WHERE source = 'activations' AND repo_id = :repo", repo=self._repo_id)

    def _forget_parts(self, tx: Transaction, ids: Iterable[int]) -> None:
        for some in _portions(list(ids)):
            marks = ", ".join(map(str, some))
            tx.run(f"DELETE FROM touches WHERE commit_id IN ({marks})")
            tx.run(f"DELETE FROM roles WHERE commit_id IN ({marks})")

    def _add_parts(self, tx: Transaction, commits: Sequence[Commit], ids: Sequence[int], *, fresh: bool) -> None:
        """The roles and touches of commits that are stored under `ids`."""
        nodes = self._learn_nodes(tx, commits, fresh=fresh)
        identities = self._learn_identities(tx, commits)
        roles: list[tuple[int, int, str]] = []
        touches: list[tuple[int, int, str, int | None]] = []
        for commit_id, c in zip(ids, commits, strict=True):
            roles += [(commit_id, identities[role], role[0]) for role in c[5]]
            for path, change, old in c[6]:
                touches.append((nodes[path], commit_id, change, nodes[old] if old else None))
        touches.sort(key=itemgetter(0))  # neighbours in the tree of the index
        tx.insert("roles", "commit_id, identity_id, kind", roles, _SEVERAL)
        tx.insert("touches", "node_id, commit_id, change, from_node_id", touches, _SEVERAL)
        if not fresh:
            for some in _portions(sorted({row[0] for row in touches})):
                tx.run(
                    f"""UPDATE nodes SET git_last_commit_id = NULL
                        WHERE git_last_commit_id IS NOT NULL AND id IN ({", ".join(map(str, some))})"""
                )

    # -- people and places --------------------------------------------------------------------------------------------

    def _learn_identities(self, tx: Transaction, commits: Sequence[Commit]) -> dict[Role, int]:
        """Ids of who took part, made where they are new."""
        known = self._identities
        new = {role for c in commits for role in c.roles} - known.keys()
        if not new:
            return known
        people = {(role.name, role.email) for role in new}
        rows = _looked_up(
            tx, "SELECT id, name, email FROM identities WHERE email IN", sorted({email for _, email in people})
        )
        ids = {(name, email): number for number, name, email in rows}
        ((last,),) = tx.run("SELECT COALESCE(MAX(id), 0) FROM identities")
        fresh = {pair: number for number, pair in enumerate(sorted(people - ids.keys()), last + 1)}
        tx.insert("identities", "id, name, email", [(number, *pair) for pair, number in fresh.items()])
        ids |= fresh
        known.update({role: ids[role.name, role.email] for role in new})
        return known

    def _learn_nodes(self, tx: Transaction, commits: Sequence[Commit], *, fresh: bool) -> dict[str, int]:
        touches = {touch for c in commits for touch in c.touches}
        paths = {touch[0] for touch in touches} | {touch[2] for touch in touches}
        return self._learn_paths(tx, paths, fresh=fresh)

    def _learn_paths(self, tx: Transaction, paths: Iterable[str | None], *, fresh: bool = False) -> dict[str, int]:
        """Ids of files, made where they are new, together with the directories above them."""
        known = self._nodes
        files = {path for path in paths if path} - known.keys()
        if not files:
            return known
        folders = _folders_of(files) - known.keys()
        if not fresh:
            wanted = sorted(files | folders)
            rows = _looked_up(tx, "SELECT path, id FROM nodes WHERE repo_id = :repo AND path IN", wanted, self._repo_id)
            known.update(rows)
        ((last,),) = tx.run("SELECT COALESCE(MAX(id), 0) FROM nodes")
        rows = []
        for path in sorted((files | folders) - known.keys()):  # so that a directory comes before what is in it
            last += 1
            known[path] = last
            parent = known[path.rpartition("/")[0]] if path else None
            rows.append((last, self._repo_id, parent, path, int(path in folders and path not in files)))
        tx.insert("nodes", "id, repo_id, parent_id, path, is_dir", rows)
        return known

    # -- what the branch lost, and what it holds now ------------------------------------------------------------------

    def unreachable(self, tx: Transaction, shas: Collection[str] | None) -> None:
        """Mark commits that the branch no longer holds; None marks all of them."""
        if shas is None:
            tx.run("UPDATE commits SET reachable = 0 WHERE repo_id = :repo", repo=self._repo_id)
            # All is read again, perhaps otherwise: the sums of activation are made again even if every commit returns.
            tx.run("DELETE FROM cursors WHERE source = 'activations' AND repo_id = :repo", repo=self._repo_id)
            return
        for some in _portions(list(self._known(tx, list(shas)).values())):
            tx.run(f"UPDATE commits SET reachable = 0 WHERE id IN ({', '.join(map(str, some))})")

    def set_tree(
        self,
        tx: Transaction,
        files: Mapping[str, Collection[str]],
        gone: Collection[str] | None,
        last: Mapping[str, str],
    ) -> None:
        """Bring the living tree up to date.

        Args:
            tx: an open transaction, after the commits that made the tree.
            files: the traits of the files that are there; of those that are new or changed, if `gone` is given.
            gone: the files that are not there any more; None for all that are not in `files`.
            last: path → sha that `git log -1 -- path` names, where that is not the newest touch.
        """
        nodes = self._learn_paths(tx, [*files, *last])
        if gone is None:
            tx.run("UPDATE nodes SET alive = 0, traits = '' WHERE repo_id = :repo", repo=self._repo_id)
        else:
            find = "SELECT id FROM nodes WHERE repo_id = :repo AND path IN"
            _update(tx, [row[0] for row in _looked_up(tx, find, sorted(gone), self._repo_id)], "alive = 0")
            self._empty_folders(tx, gone)
        # A file or submodule may have become a directory, and the other way round.
        _update(tx, [nodes[folder] for folder in _folders_of(files)], "alive = 1, is_dir = 1")
        _update(tx, [nodes[path] for path in files], "alive = 1, is_dir = 0")
        for path, traits in files.items():
            if traits or gone is not None:
                words = " ".join(sorted(traits))
                tx.run("UPDATE nodes SET traits = :traits WHERE id = :id", traits=words, id=nodes[path])
        self._set_last(tx, last)

    def _empty_folders(self, tx: Transaction, gone: Iterable[str]) -> None:
        """Directories in which nothing lives any more are gone, too."""
        for folder in sorted(_folders_of(gone), reverse=True):
            low, high = (f"{folder}/", f"{folder}0") if folder else ("", "\U0010ffff")  # "0" follows "/"
            tx.run(
                """UPDATE nodes SET alive = 0 WHERE repo_id = :repo AND path = :folder AND NOT EXISTS (
                       SELECT 1 FROM nodes f WHERE f.repo_id = :repo AND f.path > :low AND f.path < :high
                       AND f.alive = 1 AND f.is_dir = 0)""",
                repo=self._repo_id, folder=folder, low=low, high=high,
            )  # fmt: skip

    def _set_last(self, tx: Transaction, last: Mapping[str, str]) -> None:
        """The commits that git names; a merge among them becomes a touch, since its content is its own."""
        commits = self._known(tx, sorted(set(last.values())))
        for path, sha in last.items():
            node, commit_id = self._nodes[path], commits.get(sha)
            tx.run("UPDATE nodes SET git_last_commit_id = :commit WHERE id = :id", commit=commit_id, id=node)
            tx.run(
                """INSERT INTO touches (node_id, commit_id, change)
                   SELECT :node, id, 'M' FROM commits WHERE id = :commit AND is_merge = 1 ON CONFLICT DO NOTHING""",
                node=node, commit=commit_id,
            )  # fmt: skip


def _folders_of(paths: Iterable[str]) -> set[str]:
    """Every directory above these paths, the root ("") included."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _portions(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))


def _looked_up(
    tx: Transaction, select: str, values: Sequence[Any], repo_id: int | None = None
) -> list[tuple[Any, ...]]:
    """The rows of `select … IN` for any number of values."""
    rows: list[tuple[Any, ...]] = []
    more = {} if repo_id is None else {"repo": repo_id}
    for some in _portions(values):
        named = {f"v{n}": value for n, value in enumerate(some)}
        marks = ", ".join(f":{name}" for name in named)
        rows += tx.run(f"{select} ({marks})", **named, **more)
    return rows


def _update(tx: Transaction, nodes: Sequence[int], to: str) -> None:
    for some in _portions(nodes):
        tx.run(f"UPDATE nodes SET {to} WHERE id IN ({', '.join(map(str, some))})")
