"""Words: BM25 over what the store holds, in a folder that follows the store and can always be made again from it.

One folder a channel in `folder`: "pages" (passages, followed through the change feed) and "commits" (subjects and
messages, followed by commit id). How far it has followed is a document of the index itself, so that it is committed
with what it describes: a killed process loses at most the rows since it last kept some. A folder that is lost, damaged,
of another format or of another store is noticed and filled again. Readers see a writer's commits at their next search.

The engine is Tantivy (BM25 with k1 = 1.2, b = 0.75, document lengths kept in one byte); text comes to it as our own
terms (`tokens.py`), a title counting twice and a path once.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from knowledge.errors import Busy
from knowledge.finding.spelling import slips
from knowledge.finding.tokens import Tokenizer
from knowledge.store.database import Database

T = TypeVar("T")
Channel = Literal["pages", "commits"]

FORMAT = 2  # of the terms and fields: another number makes every folder be filled again
_BATCH = 5_000  # rows held in memory at once
_KEPT_AT_ONCE = 20_000  # rows that a killed process loses at most; each keeping is a segment, to be merged later
_HEAP = 64_000_000  # bytes that the writer fills before it spills a segment
_MARK = "mark"
_BEGINNING = 4  # letters of the shortest word that another is taken to begin like
_TRAILER = re.compile(r"(?m)^[A-Z][A-Za-z-]+-by: .*$")  # who took part says nothing of what a commit is about


class Mark(NamedTuple):
    """How far an index has followed its store. `epoch` names the filling; the store keeps the same word."""

    epoch: str
    seq: int  # of the feed for pages, the highest commit id for commits


class Damaged(Exception):  # noqa: N818
    """The folder cannot be read; it is filled again at the next catch-up."""


class Words:
    """One channel's index. Safe to share between threads; one process writes at a time."""

    def __init__(self, folder: Path, channel: Channel, language: str = "english") -> None:
        self.folder = folder / channel
        self.channel = channel
        self._format = f"{FORMAT}-{language}"
        self._tokenizer = Tokenizer(language)
        self._lock = threading.RLock()
        self._index: Any = None
        self._meta = str(self.folder / "meta.json")  # written anew with every commit of the index
        self._stamp: tuple[int, int] = (0, 0)

    # -- following ----------------------------------------------------------------------------------------------------

    def catch_up(self, db: Database, progress: Callable[[int], None] | None = None) -> int:
        """Apply what the store has and the index has not; returns how many rows were read.

        `progress` is told of every batch how many rows it had.

        Raises:
            Busy: another process is writing to this folder.
        """
        follow = _Pages(db) if self.channel == "pages" else _Commits(db)
        key = f"words.{self.channel}"
        held = db.read("SELECT value FROM meta WHERE key = :key", key=key)
        mark = self._mark()
        last = follow.last()
        if mark is None or not held or held[0][0] != mark.epoch or mark.seq > last:
            mark = Mark(secrets.token_hex(8), 0)
            self.wipe()
            if last == 0:
                return 0
            with db.transaction() as tx:
                tx.run(
                    """INSERT INTO meta (key, value) VALUES (:key, :value)
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
                    key=key, value=mark.epoch,
                )  # fmt: skip
        elif mark.seq == last:
            return 0
        return self._apply(mark, follow, progress)

    def _apply(self, mark: Mark, follow: _Pages | _Commits, progress: Callable[[int], None] | None) -> int:
        import tantivy

        index = self._create()
        try:
            writer = index.writer(heap_size=_HEAP, num_threads=1)
        except ValueError as error:
            if "Lock" in str(error):
                raise Busy("Another process is bringing the index of words up to date", "Try again later.") from error
            raise
        total, kept, held = 0, 0, False
        for seq, gone, rows in follow.batches(mark.seq):
            if gone:  # by query: by term, an unsigned field is asked for a signed number and deletes nothing
                writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "id", gone))
            for row_id, fields in rows:
                words: list[str] = []
                for text, times in fields:
                    words += [self._tokenizer.spaced(text)] * times
                document = tantivy.Document(words=" ".join(words))
                document.add_unsigned("id", row_id)
                writer.add_document(document)
            if seq:
                writer.delete_documents_by_term("role", _MARK)
                value = json.dumps({"format": self._format, "epoch": mark.epoch, "seq": seq})
                writer.add_document(tantivy.Document(role=_MARK, mark=value))
            total += len(rows)
            held = total - kept < _KEPT_AT_ONCE and kept > 0  # the first rows are kept, and found, at once
            if not held:
                writer.commit()
                kept = total
            if progress is not None:
                progress(len(rows))
        if held:
            writer.commit()
        writer.wait_merging_threads()
        return total

    # -- reading ------------------------------------------------------------------------------------------------------

    def terms(self, text: str) -> list[str]:
        """The terms of a question, as passages are cut into them."""
        with self._lock:
            return self._tokenizer.terms(text)

    def search(self, terms: Iterable[str], k: int, weights: dict[str, float] | None = None) -> list[tuple[int, float]]:
        """The `k` best rows that hold any of `terms` with their BM25 scores, best first; [] for an empty index."""
        searcher = self._searcher()
        counts = Counter(terms)
        if searcher is None or not counts or k < 1:
            return []
        import tantivy

        schema = self._index.schema
        clauses = []
        for term, count in counts.items():
            clause = tantivy.Query.term_query(schema, "words", term, "freq")
            boost = count * (weights or {}).get(term, 1.0)
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(clause, boost) if boost != 1 else clause))
        hits = self._guarded(lambda: searcher.search(tantivy.Query.boolean_query(clauses), limit=k, count=False).hits)
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return [(int(row_id), float(score)) for row_id, (score, _) in zip(ids, hits, strict=True)]

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each term as BM25 has it, 0 for one that occurs nowhere."""
        searcher = self._searcher()
        if searcher is None:
            return dict.fromkeys(terms, 0.0)
        total = max(1, searcher.num_docs)
        out = {}
        for term in terms:
            df = searcher.doc_freq("words", term)
            out[term] = math.log(1 + (total - df + 0.5) / (df + 0.5)) if df else 0.0
        return out

    def spelled(self, term: str) -> str | None:
        """The most frequent known term one slip of the fingers away (two from nine letters on); None without one."""
        searcher = self._searcher()
        if searcher is None or len(term) < 4 or not term.isalpha() or searcher.doc_freq("words", term):
            return None
        most = 2 if len(term) >= 9 else 1
        size = len(term) // (most + 1)
        head, middle, tail = term[:size], term[size : 2 * size], term[-size:]  # `most` slips leave one of them whole
        best = (-most - 1, 0, "")
        for known, df in searcher.terms_with_prefix("words", term[0]):
            if (
                abs(len(known) - len(term)) <= most
                and (known.startswith(head) or known.endswith(tail) or middle in known)
                and (away := slips(term, known, most)) <= most
            ):
                best = max(best, (-away, df, known))
        return best[2] or None

    def beginning(self, term: str) -> list[str]:
        """Known terms that begin like `term` (four letters or more): those that go on from it, and it from those."""
        searcher = self._searcher()
        if searcher is None or len(term) < _BEGINNING or not term.isalpha():
            return []
        longer = [known for known, _ in searcher.terms_with_prefix("words", term) if known != term]
        shorter = [term[:size] for size in range(_BEGINNING, len(term))]
        return [*(known for known in shorter if searcher.doc_freq("words", known)), *longer]

    def count(self) -> int:
        """How many rows the index holds."""
        searcher = self._searcher()
        return 0 if searcher is None else max(0, searcher.num_docs - 1)

    def stamp(self) -> tuple[int, int]:
        """Which state of the index is the newest; (0, 0) without one."""
        try:
            stat = os.stat(self._meta)  # noqa: PTH116  (several times a question, and a Path costs twice as much)
        except FileNotFoundError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_ino

    # -- the folder ---------------------------------------------------------------------------------------------------

    def _searcher(self) -> Any:
        """A view of the newest commit; None where there is no readable index."""
        try:
            with self._lock:
                stamp = self.stamp()
                if stamp == (0, 0):
                    self._index = None
                    return None
                if self._index is None or stamp != self._stamp:
                    self._open()
                    self._stamp = stamp
                return self._guarded(self._index.searcher)
        except Damaged:
            self._index = None
            return None

    def _open(self) -> None:
        import tantivy

        if self._index is None:
            self._index = self._guarded(lambda: tantivy.Index.open(str(self.folder)))
            self._index.register_tokenizer("terms", _whitespace())
            self._index.config_reader("manual")
        self._guarded(self._index.reload)

    def _create(self) -> Any:
        import tantivy

        self.folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(self.folder))
        index.register_tokenizer("terms", _whitespace())
        return index

    def _mark(self) -> Mark | None:
        """How far the folder has followed; None where it must be filled from nothing."""
        import tantivy

        searcher = self._searcher()
        if searcher is None:
            return None

        def read() -> str | None:
            query = tantivy.Query.term_query(self._index.schema, "role", _MARK, "basic")
            hits = searcher.search(query, limit=1, count=False).hits
            value: str | None = searcher.doc(hits[0][1]).get_first("mark") if hits else None
            return value

        try:
            value = self._guarded(read)
        except Damaged:
            return None
        known = json.loads(value) if value else {}
        return Mark(known["epoch"], known["seq"]) if known.get("format") == self._format else None

    def wipe(self) -> None:
        """Forget everything; the next catch-up fills the folder again."""
        with self._lock:
            self._index = None
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _guarded(call: Callable[[], T]) -> T:
        """What `call` gives; trouble inside the engine, a Rust panic included, as `Damaged`."""
        try:
            return call()
        except (ValueError, OSError) as error:
            raise Damaged(str(error)) from error
        except BaseException as error:
            if type(error).__name__ == "PanicException":  # not an Exception, and importable from nowhere
                raise Damaged(str(error)) from error
            raise


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="terms", index_option="freq")
    builder.add_text_field("role", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _whitespace() -> Any:
    import tantivy

    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


Fields = Sequence[tuple[str, int]]  # a text and how often it counts
Batch = tuple[int, list[int], list[tuple[int, Fields]]]  # up to which seq, ids that go, rows that come


class _Pages:
    """Passages, by the change feed."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def last(self) -> int:
        return int(self._db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")[0][0])

    def batches(self, seq: int) -> Iterator[Batch]:
        if seq == 0:
            yield from self._everything()
            return
        sql = "SELECT seq, passage_id FROM passage_changes WHERE seq > :seq ORDER BY seq LIMIT :n"
        while changes := self._db.read(sql, seq=seq, n=_BATCH):
            seq = changes[-1][0]
            ids = sorted({row[1] for row in changes})
            rows: list[tuple[int, Fields]] = []
            for at in range(0, len(ids), 500):
                marks = ",".join(str(int(i)) for i in ids[at : at + 500])
                rows += self._rows(f"p.id IN ({marks})")
            yield seq, ids, rows  # an id may come back with another text, so all of them go first

    def _everything(self) -> Iterator[Batch]:
        last = self.last()  # before reading: what comes meanwhile is applied once more, which changes nothing
        after = 0
        while rows := self._rows(f"p.id > {after} ORDER BY p.id LIMIT {_BATCH}"):
            after = rows[-1][0]
            yield 0, [], rows  # no mark before the end: a killed filling starts again
        yield last, [], []

    def _rows(self, where: str) -> list[tuple[int, Fields]]:
        sql = f"""SELECT p.id, p.title, p.symbol, d.path, p.text
                  FROM passages p JOIN documents d ON d.id = p.document_id WHERE {where}"""
        return [
            (row_id, ((title, 2), ("" if symbol == title else symbol, 1), (path, 1), (text, 1)))
            for row_id, title, symbol, path, text in self._db.read(sql)
        ]


class _Commits:
    """Subjects and messages of commits, by commit id. The unreachable are left out by whoever reads the commit."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def last(self) -> int:
        return int(self._db.read("SELECT COALESCE(MAX(id), 0) FROM commits")[0][0])

    def batches(self, seq: int) -> Iterator[Batch]:
        sql = "SELECT id, subject, body FROM commits WHERE id > :seq ORDER BY id LIMIT :n"
        while rows := self._db.read(sql, seq=seq, n=_BATCH):
            seq = rows[-1][0]
            yield seq, [], [(row_id, commit_fields(subject, body)) for row_id, subject, body in rows]


def commit_fields(subject: str, body: str) -> Fields:
    """What words find a commit by."""
    return (subject, 2), (_TRAILER.sub("", body), 1)
