"""What ranking asks of every candidate: which document it is of, and which kind of place that is.

A question has 600 candidates. To look each of them up in the store is a quarter of what a warm question costs, so a
process that answers a second question keeps both in memory, five bytes a passage, and follows the change feed with
them; the first question, which may be the only one, asks the store.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.finding import leaning
from knowledge.store.database import Database

_CHUNK = 500  # ids in one IN (…) list
_RELOAD = 5_000  # changed passages from which on everything is read again: that takes less than a tenth of a second

Standing = tuple[int, int]  # a document's id, and the kind of place that it is (leaning.place_kind)


class Places:
    """The places of a store's passages. Safe to share between threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._asked = False
        self._seq = 0
        self._documents = array("i")  # by passage id; 0: no such passage
        self._kinds = bytearray()

    def of(self, ids: Iterable[int]) -> Mapping[int, Standing]:
        """The standing of each of these passages that is still there."""
        with self._lock:
            if not self._asked:
                self._asked = True
                return self._looked_up(ids)
            self._follow()
            documents, kinds = self._documents, self._kinds
        end = len(documents)
        return {i: (document, kinds[i]) for i in ids if i < end and (document := documents[i])}

    def seq(self) -> int:
        """The newest entry of the change feed."""
        return int(self._db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")[0][0])

    def _follow(self) -> None:
        """Bring the arrays up to date; others go on reading those of before."""
        last = self.seq()  # before reading: what comes meanwhile is read once more, which changes nothing
        if last == self._seq:
            return
        rows = self._db.read(
            "SELECT DISTINCT passage_id FROM passage_changes WHERE seq > :seq LIMIT :most", seq=self._seq, most=_RELOAD
        )
        if not self._documents or last < self._seq or len(rows) == _RELOAD:
            self._load()
        else:
            self._change([row[0] for row in rows])
        self._seq = last

    def _load(self) -> None:
        newest = self._db.read("SELECT COALESCE(MAX(id), 0) FROM passages")[0][0]
        documents, kinds = array("i", bytes(4 * (newest + 1))), bytearray(newest + 1)
        scattered: list[int] = []
        paths: dict[int, str] = dict(self._db.read("SELECT id, path FROM documents"))
        for document, kind, first, last, count in self._db.read(
            "SELECT document_id, kind, MIN(id), MAX(id), COUNT(*) FROM passages GROUP BY document_id, kind"
        ):
            if last - first + 1 != count or last > newest or document not in paths:
                scattered.append(document)
                continue
            documents[first : last + 1] = array("i", [document]) * count
            kinds[first : last + 1] = bytes([leaning.place_kind(kind, paths[document])]) * count
        self._documents, self._kinds = documents, kinds
        for some in _chunks(scattered):
            ids = self._db.read(f"SELECT id FROM passages WHERE document_id IN ({_numbers(some)})")
            self._set(self._looked_up(row[0] for row in ids))

    def _change(self, ids: list[int]) -> None:
        self._documents, self._kinds = self._documents[:], self._kinds[:]
        self._set(dict.fromkeys(ids, (0, 0)) | self._looked_up(ids))

    def _set(self, standings: Mapping[int, Standing]) -> None:
        more = max(standings, default=0) + 1 - len(self._documents)
        if more > 0:
            self._documents.extend([0] * more)
            self._kinds.extend(bytes(more))
        for i, (document, kind) in standings.items():
            self._documents[i], self._kinds[i] = document, kind

    def _looked_up(self, ids: Iterable[int]) -> dict[int, Standing]:
        found: dict[int, Standing] = {}
        kind_of = lru_cache(maxsize=None)(leaning.place_kind)
        for some in _chunks(sorted(ids)):
            for i, document, kind, path in self._db.read(
                f"""SELECT p.id, p.document_id, p.kind, d.path FROM passages p JOIN documents d ON d.id = p.document_id
                    WHERE p.id IN ({_numbers(some)})"""
            ):
                found[i] = (document, kind_of(kind, path))
        return found


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(str(int(i)) for i in ids)
