"""Each source since its cursor → store → followers: one run of the indexers.

What a source yields is stored in transactions that end at its `Cursor` records or after a batch, together with the
cursor, so that a run that is killed anywhere goes on where it was. Followers (people, activation sums, words, vectors)
catch up from the store afterwards; each remembers by itself how far it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from indexers.sources.base import Source, Tree, Unreachable
from knowledge.model import Commit, Cursor, Document, Gone, Skipped
from knowledge.store.database import Database, Transaction
from knowledge.store.history import History
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos

COMMITS_PER_TRANSACTION = 10_000
DOCUMENTS_PER_TRANSACTION = 200


class Progress(Protocol):
    """Somebody who watches: a progress bar, or nobody."""

    def start(self, what: str, total: int | None = None) -> None:
        """A step begins; `total` in its own units, None when nobody knows."""
        ...

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        ...


class Silent:
    """Nobody watches."""

    def start(self, what: str, total: int | None = None) -> None:
        """Nothing to show."""

    def advance(self, count: int = 1) -> None:
        """Nothing to show."""


@dataclass
class Tally:
    """What a run has read so far."""

    commits: int = 0
    events: int = 0
    passages: int = 0  # new or changed
    kept: int = 0  # read again and found unchanged
    removed: int = 0
    embedded: int = 0
    skipped: list[Skipped] = field(default_factory=list)


def read_source(
    db: Database,
    repo_id: int,
    source: Source,
    tally: Tally,
    *,
    now: int,
    progress: Progress | None = None,
    on_new: Callable[[Transaction, list[int]], object] | None = None,
) -> None:
    """Read one source of one repository from its cursor on; `on_new` hears of new passages in their transaction."""
    db.make_room()
    _Run(db, repo_id, source, tally, now, progress or Silent(), on_new).go()


class _Run:
    """A source being read: holds what is not stored yet."""

    def __init__(
        self,
        db: Database,
        repo_id: int,
        source: Source,
        tally: Tally,
        now: int,
        progress: Progress,
        on_new: Callable[[Transaction, list[int]], object] | None,
    ) -> None:
        self.db = db
        self.repo_id = repo_id
        self.source = source
        self.tally = tally
        self.now = now
        self.progress = progress
        self.on_new = on_new
        self.repos = Repos(db)
        self.history = History(db, repo_id)
        self.passages = Passages(db)
        self.commits: list[Commit] = []
        self.documents: list[Document | Gone] = []
        self.lost: list[Unreachable] = []  # stored before the commits that follow them
        self.trees: list[Tree] = []  # stored after the commits that made them

    def go(self) -> None:
        for record in self.source.read(self.repos.cursor(self.source.name, self.repo_id)):
            match record:
                case Commit():
                    self.commits.append(record)
                    if len(self.commits) >= COMMITS_PER_TRANSACTION:
                        self.store(None)
                case Document() | Gone():
                    self.documents.append(record)
                    if len(self.documents) >= DOCUMENTS_PER_TRANSACTION:
                        self.store(None)
                case Skipped():
                    self.tally.skipped.append(record)
                case Unreachable():
                    self.lost.append(record)
                case Tree():
                    self.trees.append(record)
                case Cursor():
                    self.store(record)
        self.store(None)

    def store(self, cursor: Cursor | None) -> None:
        """Everything held, and the cursor that covers it, in one transaction."""
        if not (self.commits or self.documents or self.lost or self.trees or cursor):
            return
        drops_pages = bool(self.documents) or (cursor is not None and bool(cursor.value.get("whole")))
        with self.db.transaction() if drops_pages else self.db.trusting() as tx:
            for lost in self.lost:
                self.history.unreachable(tx, lost.shas)
            if self.commits:
                self.tally.events += self.history.add(tx, self.commits)
                self.tally.commits += len(self.commits)
            self.store_documents(tx, self.documents)
            for tree in self.trees:
                self.history.set_tree(tx, tree.files, tree.gone, tree.last)
            if cursor:
                if cursor.value.get("whole"):  # the old commit may be lost, and with it the list of what was deleted
                    commit = str(cursor.value["commit"])
                    self.tally.removed += self.passages.remove_others(tx, self.repo_id, self.source.name, commit)
                self.repos.set_cursor(tx, self.source.name, self.repo_id, cursor.value, self.now)
        self.progress.advance(len(self.commits) + len(self.documents))
        for held in (self.commits, self.documents, self.lost, self.trees):
            held.clear()

    def store_documents(self, tx: Transaction, documents: Iterable[Document | Gone]) -> None:
        new: list[int] = []
        for document in documents:
            if isinstance(document, Gone):
                self.tally.removed += self.passages.remove(tx, self.repo_id, self.source.name, document.path)
                continue
            added, kept = self.passages.replace(tx, self.repo_id, self.source.name, document)
            new += added
            self.tally.kept += kept
        self.tally.passages += len(new)
        if new and self.on_new:
            self.on_new(tx, new)
