"""Documents and their passages, the change feed that indexes follow, and what the model made of each text.

A passage keeps its id for as long as its content hash stays in its document, wherever its lines move. Embeddings hang
on the content hash: a text that comes back, or stands in two places, is never embedded twice. Commit messages are not
copied into passages: their channel reads the commits table, and their embedding hangs on the commit's sha.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from knowledge.model import Document, Passage
from knowledge.store import near
from knowledge.store.database import Database, Transaction

_CHUNK = 500  # parameters in one IN (…) list: below every database's limit


class StoredPassage(NamedTuple):
    """A passage as the store holds it. `commit` is the one at which its file was read."""

    id: int
    repo_id: int
    kind: str
    path: str
    line_start: int
    line_end: int
    title: str
    symbol: str
    text: str
    hash: str
    near_id: int | None
    commit: str


class Change(NamedTuple):
    """An entry of the feed: passage `passage_id` came ("+") or went ("-")."""

    seq: int
    passage_id: int
    op: str


class Unembedded(NamedTuple):
    """A text that the model has not read yet; `id` is a passage's or, for history, a commit's."""

    hash: str
    id: int


class Embedding(NamedTuple):
    """What the model made of a text: `vector` float16 × dim, `tokens` int8 × (n · token_dim), as bytes."""

    hash: str
    vector: bytes
    tokens: bytes


_COLUMNS = """p.id, d.repo_id, p.kind, d.path, p.line_start, p.line_end, p.title, p.symbol, p.text, p.hash, p.near_id,
              d.commit_sha FROM passages p JOIN documents d ON d.id = p.document_id"""


class Passages:
    """The passages of every repository in one store."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- writing ------------------------------------------------------------------------------------------------------

    def replace(self, tx: Transaction, repo_id: int, source: str, document: Document) -> tuple[list[int], int]:
        """Make `document` the present version of its path; returns the ids of new passages and how many were kept."""
        ((document_id,),) = tx.run(
            """INSERT INTO documents (repo_id, source, path, commit_sha) VALUES (:repo, :source, :path, :sha)
               ON CONFLICT (repo_id, source, path) DO UPDATE SET commit_sha = excluded.commit_sha RETURNING id""",
            repo=repo_id, source=source, path=document.path, sha=document.commit,
        )  # fmt: skip
        held: dict[str, list[tuple[int, int, int]]] = {}
        for row_id, digest, start, end in tx.run(
            "SELECT id, hash, line_start, line_end FROM passages WHERE document_id = :d ORDER BY line_start DESC",
            d=document_id,
        ):
            held.setdefault(digest, []).append((row_id, start, end))
        new: list[Passage] = []
        kept = 0
        for passage in document.passages:
            same = held.get(passage.hash)
            if not same:
                new.append(passage)
                continue
            row_id, start, end = same.pop()
            kept += 1
            if (start, end) != (passage.line_start, passage.line_end):
                tx.run(
                    "UPDATE passages SET line_start = :start, line_end = :end WHERE id = :id",
                    start=passage.line_start, end=passage.line_end, id=row_id,
                )  # fmt: skip
        self._delete(tx, [row_id for rows in held.values() for row_id, _, _ in rows])
        return self._insert(tx, document_id, new), kept

    def remove(self, tx: Transaction, repo_id: int, source: str, path: str) -> int:
        """Forget a document; returns how many passages went."""
        ids = [
            row[0]
            for row in tx.run(
                """SELECT p.id FROM passages p JOIN documents d ON d.id = p.document_id
                   WHERE d.repo_id = :repo AND d.source = :source AND d.path = :path""",
                repo=repo_id,
                source=source,
                path=path,
            )  # fmt: skip
        ]
        self._delete(tx, ids)
        tx.run(
            "DELETE FROM documents WHERE repo_id = :repo AND source = :source AND path = :path",
            repo=repo_id, source=source, path=path,
        )  # fmt: skip
        return len(ids)

    def remove_others(self, tx: Transaction, repo_id: int, source: str, commit: str) -> int:
        """Forget documents that were not read at `commit`, after a source read everything there is at it."""
        rows = tx.run(
            "SELECT path FROM documents WHERE repo_id = :repo AND source = :source AND commit_sha <> :sha",
            repo=repo_id, source=source, sha=commit,
        )  # fmt: skip
        return sum(self.remove(tx, repo_id, source, path) for (path,) in rows)

    def put_embeddings(self, tx: Transaction, model: str, rows: Iterable[Embedding]) -> None:
        """Keep what the model made of some texts."""
        tx.insert(
            "embeddings",
            "hash, model, vector, tokens",
            ((row.hash, model, row.vector, row.tokens) for row in rows),
            "ON CONFLICT (hash, model) DO NOTHING",
        )

    def _insert(self, tx: Transaction, document_id: int, passages: Sequence[Passage]) -> list[int]:
        ids = []
        for p in passages:
            ((row_id,),) = tx.run(
                """INSERT INTO passages (document_id, kind, line_start, line_end, title, symbol, text, hash)
                   VALUES (:d, :kind, :start, :end, :title, :symbol, :text, :hash) RETURNING id""",
                d=document_id, kind=p.kind, start=p.line_start, end=p.line_end,
                title=p.title, symbol=p.symbol, text=p.text, hash=p.hash,
            )  # fmt: skip
            ids.append(row_id)
        tx.insert("passage_changes", "passage_id, op", ((row_id, "+") for row_id in ids))
        return ids

    def _delete(self, tx: Transaction, ids: Sequence[int]) -> None:
        near.forget(tx, ids)
        for row_id in ids:
            tx.run("DELETE FROM passages WHERE id = :id", id=row_id)
        tx.insert("passage_changes", "passage_id, op", ((row_id, "-") for row_id in ids))

    # -- following ----------------------------------------------------------------------------------------------------

    def changes_since(self, seq: int, limit: int = 10_000) -> list[Change]:
        """The feed after `seq`, oldest first."""
        return [
            Change(*row)
            for row in self._db.read(
                "SELECT seq, passage_id, op FROM passage_changes WHERE seq > :seq ORDER BY seq LIMIT :limit",
                seq=seq,
                limit=limit,
            )  # fmt: skip
        ]

    def last_seq(self) -> int:
        """The number of the newest entry of the feed, 0 for an empty one."""
        return int(self._db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")[0][0])

    # -- reading ------------------------------------------------------------------------------------------------------

    def get(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """The passages among `ids` that still exist."""
        found: dict[int, StoredPassage] = {}
        for some in _chunks(list(ids)):
            for row in self._db.read(f"SELECT {_COLUMNS} WHERE p.id IN ({_numbers(some)})"):
                found[row[0]] = StoredPassage(*row)
        return found

    def of_path(self, repo_id: int, path: str) -> list[StoredPassage]:
        """All passages of a path, in the order of its lines."""
        sql = f"SELECT {_COLUMNS} WHERE d.repo_id = :repo AND d.path = :path ORDER BY p.line_start"
        return [StoredPassage(*row) for row in self._db.read(sql, repo=repo_id, path=path)]

    def within(self, repo_id: int, path: str, first: int, last: int) -> list[StoredPassage]:
        """The passages of a path between two lines, both included, in the order of its lines."""
        sql = (
            f"SELECT {_COLUMNS} WHERE d.repo_id = :repo AND d.path = :path AND p.line_start >= :first"
            " AND p.line_end <= :last ORDER BY p.line_start, p.id"
        )
        return [StoredPassage(*row) for row in self._db.read(sql, repo=repo_id, path=path, first=first, last=last)]

    def of_symbol(self, symbol: str, limit: int = 20) -> list[StoredPassage]:
        """Passages whose qualified name is exactly `symbol`."""
        sql = f"SELECT {_COLUMNS} WHERE p.symbol = :symbol ORDER BY d.path, p.line_start LIMIT :limit"
        return [StoredPassage(*row) for row in self._db.read(sql, symbol=symbol, limit=limit)]

    def count(self) -> int:
        """How many passages there are."""
        return int(self._db.read("SELECT COUNT(*) FROM passages")[0][0])

    def unembedded(self, model: str) -> list[Unembedded]:
        """Distinct passage texts that `model` has not read, in the order of work: docs and wiki, chat, then code."""
        rows = self._db.read(
            """SELECT p.hash, MIN(p.id), MIN(CASE p.kind WHEN 'doc' THEN 0 WHEN 'wiki' THEN 0 WHEN 'chat' THEN 1
                                                        ELSE 2 END) AS turn
               FROM passages p LEFT JOIN embeddings e ON e.hash = p.hash AND e.model = :model
               WHERE e.hash IS NULL GROUP BY p.hash ORDER BY turn, MIN(p.id)""",
            model=model,
        )
        return [Unembedded(row[0], row[1]) for row in rows]

    def unembedded_commits(self, model: str, limit: int) -> list[Unembedded]:
        """Commits whose message `model` has not read, newest first; `hash` is the sha, `id` the commit's."""
        rows = self._db.read(
            """SELECT c.sha, c.id FROM commits c LEFT JOIN embeddings e ON e.hash = c.sha AND e.model = :model
               WHERE e.hash IS NULL AND c.reachable = 1 AND c.is_merge = 0 ORDER BY c.commit_time DESC LIMIT :limit""",
            model=model, limit=limit,
        )  # fmt: skip
        return [Unembedded(*row) for row in rows]

    def vectors(self, ids: Iterable[int], model: str) -> dict[int, bytes]:
        """Vector bytes (float16) by passage id, for those that have one."""
        return self._embedded("e.vector", ids, model)

    def tokens(self, ids: Iterable[int], model: str) -> dict[int, bytes]:
        """Token vector bytes (int8) by passage id, for those that have some."""
        return self._embedded("e.tokens", ids, model)

    def embedded(self, ids: Iterable[int], model: str) -> frozenset[int]:
        """Those that `model` has read."""
        return frozenset(self._embedded("1", ids, model))

    def _embedded(self, column: str, ids: Iterable[int], model: str) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for some in _chunks(list(ids)):
            found.update(
                (row[0], row[1])
                for row in self._db.read(
                    f"""SELECT p.id, {column} FROM passages p JOIN embeddings e ON e.hash = p.hash AND e.model = :model
                        WHERE p.id IN ({_numbers(some)})""",
                    model=model,
                )
            )
        return found

    def coverage(self, model: str) -> tuple[int, int]:
        """How many distinct passage texts `model` has read, and how many there are."""
        ((total,),) = self._db.read("SELECT COUNT(DISTINCT hash) FROM passages")
        ((done,),) = self._db.read(
            """SELECT COUNT(*) FROM embeddings e WHERE e.model = :model
               AND EXISTS (SELECT 1 FROM passages p WHERE p.hash = e.hash)""",
            model=model,
        )
        return int(done), int(total)

    def prune(self, tx: Transaction, model: str, *, spare: float = 0.0) -> None:
        """Drop embeddings of other models, and those that neither a passage nor a commit needs any more.

        Those that are needed no more are left while they are at most `spare` of all: a text that comes back, as on
        the way from one branch to another and back, is not embedded again.
        """
        tx.run("DELETE FROM embeddings WHERE model <> :model", model=model)
        ((every, idle),) = tx.run(
            f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {_IDLE} THEN 1 ELSE 0 END), 0) FROM embeddings"
        )
        if idle > every * spare:
            tx.run(f"DELETE FROM embeddings WHERE {_IDLE}")


_IDLE = """NOT EXISTS (SELECT 1 FROM passages p WHERE p.hash = embeddings.hash)
           AND NOT EXISTS (SELECT 1 FROM commits c WHERE c.sha = embeddings.hash
                           AND c.repo_id IN (SELECT id FROM repos))"""


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(str(int(i)) for i in ids)
