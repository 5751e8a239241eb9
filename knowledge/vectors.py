"""Nearest passages and commits by meaning: a FAISS index that follows the store and can always be made again from it.

One file a channel: "pages" (ids are passage ids) and "commits" (ids are commit ids). The file itself says how far it
has followed, for which model and which store. Nothing is embedded here: vectors come from the store's `embeddings`, so
a file that is lost, damaged, or of another model, dimension or store is noticed and filled again in seconds. Readers
map the file and see a writer's newer one at their next search.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.finding.vector_codes import Codes, codes_of
from knowledge.finding.vector_file import (
    TRAINING_PER_CELL,
    Damaged,
    Floats,
    Footer,
    Ids,
    Layout,
    cells_for,
    empty_index,
    ids_of,
    layout_for,
    proven,
    read_index,
    save,
)
from knowledge.store.database import Database

Channel = Literal["pages", "commits"]

_FEW = 4  # searches of a process that import no FAISS: a cold answer has one or two, each 3 ms slower
_CHUNK = 500  # ids in one IN (…) list
_ADD = 20_000  # vectors in memory at once
_WORTH_SAVING = (
    0.02  # while texts are still being embedded: the share of new vectors that is worth writing the file again
)


class Followed(NamedTuple):
    """What a catch-up did."""

    added: int
    removed: int


class _File:
    """A file that is whole, read in the way that is asked for."""

    def __init__(self, path: Path, content: npt.NDArray[np.uint8], footer: Footer) -> None:
        self.footer = footer
        self.index: Any = None
        self._path = path
        self._content: npt.NDArray[np.uint8] | None = content

    def codes(self) -> Codes | None:
        """Its vectors without FAISS, where they lie as expected."""
        return None if self._content is None else codes_of(self._content, self.footer)

    def faiss(self) -> Any:
        """Its index."""
        if self.index is None:
            self.index = read_index(self._path, shared=True)
            self._content = None  # FAISS maps the file itself: twice the pages would count twice
        return self.index


class Vectors:
    """One channel's index. Safe to share between threads; one process writes at a time, the others wait."""

    def __init__(
        self,
        folder: Path,
        channel: Channel,
        model: str,
        dim: int,
        *,
        choose: Callable[[int, Layout], Layout] = layout_for,
    ) -> None:
        self.path = folder / f"{channel}.faiss"
        self.channel = channel
        self.model = model
        self.dim = dim
        self._choose = choose
        self._lock = threading.Lock()
        self._held: _File | None = None
        self._searched = 0  # without FAISS
        self._stamp: tuple[int, int, int] | None = None

    # -- reading ------------------------------------------------------------------------------------------------------

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """Ids and cosines (± .002, rarely .005) of the `k` nearest to a unit vector, best first; [] with no index."""
        held = self._current()
        if held is None or not held.footer.count or k < 1:
            return []
        if held.index is None and self._searched < _FEW and (codes := held.codes()) is not None:
            self._searched += 1
            return codes.search(vector, k)
        import faiss

        try:
            index = held.faiss()
        except RuntimeError:  # FAISS's word for a file that was wiped since; the next search sees what there is then
            return []

        faiss.omp_set_num_threads(1)  # of the calling thread: for one query, others only wait for each other
        scores, ids = index.search(np.ascontiguousarray(vector[None], dtype=np.float32), min(k, index.ntotal))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def count(self) -> int:
        """How many vectors a search looks at."""
        held = self._current()
        return 0 if held is None else held.footer.count

    def stamp(self) -> tuple[int, int, int] | None:
        """Which file is the newest; None without one."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def trouble(self) -> str:
        """Why a search finds nothing here, in words; empty when the file is in order."""
        try:
            self._proven()
            read_index(self.path, shared=True)
        except FileNotFoundError:
            return "there is no index file yet"
        except Damaged as why:
            return str(why)
        return ""

    def _current(self) -> _File | None:
        """The newest file; None where there is none that can be used."""
        stamp = self.stamp()
        if stamp is None:
            return None
        with self._lock:
            if stamp != self._stamp:
                try:
                    self._held = _File(self.path, *self._proven())
                except (FileNotFoundError, Damaged):
                    self._held = None
                self._stamp = stamp
            return self._held

    def _proven(self) -> tuple[npt.NDArray[np.uint8], Footer]:
        content, footer = proven(self.path)
        if (footer.channel, footer.model, footer.dim) != (self.channel, self.model, self.dim):
            raise Damaged(f"it holds {footer.channel} of the model {footer.model} ({footer.dim} dimensions)")
        return content, footer

    # -- following ----------------------------------------------------------------------------------------------------

    def wipe(self) -> None:
        """Drop the file; the next catch-up fills it again from the store."""
        self.path.unlink(missing_ok=True)

    def catch_up(self, db: Database) -> Followed:
        """Apply what the store has and the index has not. Cheap when nothing changed: two SELECTs.

        While texts of the channel are still without an embedding, a few new vectors wait for more before the file is
        written again.
        """
        from filelock import FileLock

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock")):
            for left in self.path.parent.glob(f"{self.path.name}.*.part"):
                left.unlink()  # by a process that was killed
            follow = (_Pages if self.channel == "pages" else _Commits)(db, self.model)
            return self._follow(db, follow)

    def _follow(self, db: Database, follow: _Follow) -> Followed:
        last = follow.last()
        index, footer = self._start(db, last)
        if footer.complete and footer.seq == last:
            return Followed(0, 0)
        changed = follow.changed(footer.seq) if index is not None else np.empty(0, np.int64)
        held = ids_of(index) if index is not None else np.empty(0, np.int64)
        if footer.complete:
            wanted, missing = follow.embedded(changed), 0
            stale = np.intersect1d(held, changed)
            complete = follow.existing(changed) == wanted.size
        else:
            wanted, missing = follow.all_embedded()
            stale = np.union1d(np.setdiff1d(held, wanted), np.intersect1d(held, changed))
            complete = missing == 0
        kept = np.setdiff1d(held, stale)
        fresh = np.setdiff1d(wanted, kept)
        if missing and not stale.size and fresh.size < _WORTH_SAVING * held.size:
            return Followed(0, 0)
        layout = self._choose(kept.size + fresh.size, footer.layout)
        if index is None or layout != footer.layout:
            everything = np.union1d(kept, fresh)
            index = empty_index(self.dim, layout, *self._sample(follow, everything, layout))
            self._add(index, follow, everything)
        else:
            if stale.size:
                index.remove_ids(stale)
            self._add(index, follow, fresh)
        found = Footer(
            self.channel, self.model, self.dim, layout, footer.epoch, last, complete=complete, count=int(index.ntotal)
        )
        save(index, found, self.path)
        return Followed(int(fresh.size), int(stale.size))

    def _start(self, db: Database, last: int) -> tuple[Any, Footer]:
        """The index to go on from and its footer; no index where it must be filled from nothing."""
        key = f"vectors.{self.channel}"
        told = db.read("SELECT value FROM meta WHERE key = :key", key=key)
        try:
            _, footer = self._proven()
            index = read_index(self.path, shared=False)
            if told and told[0][0] == footer.epoch and footer.seq <= last:
                return index, footer
        except (FileNotFoundError, Damaged):
            pass  # nothing is lost: it is filled again below
        epoch = secrets.token_hex(8)
        with db.transaction() as tx:
            tx.run(
                """INSERT INTO meta (key, value) VALUES (:key, :value)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
                key=key, value=epoch,
            )  # fmt: skip
        return None, Footer(self.channel, self.model, self.dim, "flat", epoch, 0, complete=False, count=0)

    def _sample(self, follow: _Follow, ids: Ids, layout: str) -> tuple[Floats | None, int]:
        if layout == "flat":
            return None, 0
        step = max(1, ids.size // (TRAINING_PER_CELL * cells_for(ids.size)))
        return np.concatenate([vectors for _, vectors in follow.vectors(ids[::step], self.dim)]), ids.size

    def _add(self, index: Any, follow: _Follow, ids: Ids) -> None:
        for at in range(0, ids.size, _ADD):
            for found, vectors in follow.vectors(ids[at : at + _ADD], self.dim):
                index.add_with_ids(vectors, found)


class _Follow:
    """What a channel's rows are, and which of them have a vector. `rows` is the FROM clause, `r` its alias."""

    rows: str
    where: str

    def __init__(self, db: Database, model: str) -> None:
        self._db = db
        self._model = model

    def last(self) -> int:
        """The newest entry that there is to follow."""
        raise NotImplementedError

    def changed(self, seq: int) -> Ids:
        """Ids that came, went or changed after `seq`, sorted."""
        raise NotImplementedError

    def existing(self, ids: Ids) -> int:
        """How many of `ids` are in the store and belong into the index once they have a vector."""
        return sum(
            int(
                self._db.read(f"SELECT COUNT(*) FROM {self.rows} WHERE {self.where} AND r.id IN ({_numbers(some)})")[0][
                    0
                ]
            )
            for some in _chunks(ids)
        )

    def embedded(self, ids: Ids) -> Ids:
        """Those of `ids` that have a vector, sorted."""
        found = [row[0] for some in _chunks(ids) for row in self._joined("r.id", f"AND r.id IN ({_numbers(some)})")]
        return np.array(sorted(found), dtype=np.int64)

    def all_embedded(self) -> tuple[Ids, int]:
        """All ids that have a vector, sorted, and how many have none yet."""
        found = np.array([row[0] for row in self._joined("r.id")], dtype=np.int64)
        total = int(self._db.read(f"SELECT COUNT(*) FROM {self.rows} WHERE {self.where}")[0][0])
        return np.sort(found), max(0, total - found.size)

    def vectors(self, ids: Ids, dim: int) -> Iterator[tuple[Ids, Floats]]:
        """Ids and their vectors `(n, dim)`, as far as they are still there."""
        for some in _chunks(ids):
            rows = self._joined("r.id, e.vector", f"AND r.id IN ({_numbers(some)})")
            if rows:
                raw = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
                yield np.array([row[0] for row in rows], dtype=np.int64), raw.reshape(len(rows), dim).astype(np.float32)

    def _joined(self, columns: str, also: str = "") -> list[tuple[Any, ...]]:
        sql = f"""SELECT {columns} FROM {self.rows} JOIN embeddings e ON e.hash = r.{self.key} AND e.model = :model
                  WHERE {self.where} {also}"""
        return self._db.read(sql, model=self._model)

    key: str  # the column that embeddings hang on


class _Pages(_Follow):
    """Passages, by the change feed."""

    rows, where, key = "passages r", "1 = 1", "hash"

    def last(self) -> int:
        return int(self._db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")[0][0])

    def changed(self, seq: int) -> Ids:
        rows = self._db.read("SELECT DISTINCT passage_id FROM passage_changes WHERE seq > :seq", seq=seq)
        return np.array(sorted(row[0] for row in rows), dtype=np.int64)


class _Commits(_Follow):
    """Commit messages, by commit id. One that becomes unreachable is left out by whoever reads the commit."""

    rows, where, key = "commits r", "r.reachable = 1 AND r.is_merge = 0", "sha"

    def last(self) -> int:
        return int(self._db.read("SELECT COALESCE(MAX(id), 0) FROM commits")[0][0])

    def changed(self, seq: int) -> Ids:
        rows = self._db.read("SELECT id FROM commits WHERE id > :seq ORDER BY id", seq=seq)
        return np.array([row[0] for row in rows], dtype=np.int64)


def _chunks(ids: Ids) -> Iterator[Ids]:
    return (ids[at : at + _CHUNK] for at in range(0, ids.size, _CHUNK))


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(str(int(i)) for i in ids)
