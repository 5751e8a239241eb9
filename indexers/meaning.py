"""Texts the model has not read → embeddings in the store → the vector index catches up: pages first, history last.

Embeddings are kept every few hundred texts, so that a kill costs seconds; the vector index is saved now and then, so
that a conversation going on beside it uses what is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexers.pipeline import Progress, Tally
from knowledge.store.database import Database
from knowledge.store.passages import Embedding, Passages, Unembedded

if TYPE_CHECKING:
    from knowledge.embed import Embedder

TEXTS_PER_TRANSACTION = 256
TEXTS_PER_LOOK = 2048  # how many texts are read from the store together, and how often the index catches up
COMMIT_TEXTS = 2048


def read_meaning(
    db: Database, home: Path, embedder: Embedder, tally: Tally, progress: Progress, *, rebuild: bool = False
) -> None:
    """Embed what is new, pages then commit messages, and bring both vector indexes up to date."""
    from knowledge.vectors import Vectors

    passages = Passages(db)
    pages = Vectors(home / "vectors", "pages", embedder.name, embedder.dim)
    commits = Vectors(home / "vectors", "commits", embedder.name, embedder.dim)
    if rebuild:
        pages.wipe()
        commits.wipe()
    waiting = passages.unembedded(embedder.name)
    progress.start("meaning of pages", len(waiting))
    for some in _chunks(waiting, TEXTS_PER_LOOK):
        _embed(db, embedder, some, _page_texts(passages, some), tally, progress)
        pages.catch_up(db)
    pages.catch_up(db)
    progress.start("meaning of history", _commits_waiting(db, embedder.name))
    while some := passages.unembedded_commits(embedder.name, COMMIT_TEXTS):
        _embed(db, embedder, some, _commit_texts(db, some), tally, progress, tokens=False)
        commits.catch_up(db)
    commits.catch_up(db)


def _embed(
    db: Database,
    embedder: Embedder,
    waiting: Sequence[Unembedded],
    texts: Sequence[str],
    tally: Tally,
    progress: Progress,
    *,
    tokens: bool = True,
) -> None:
    import numpy as np

    kept: list[Embedding] = []
    embedded = embedder.passages(texts)
    for text, (vector, token_vectors) in zip(waiting, embedded, strict=True):
        kept.append(
            Embedding(text.hash, vector.astype(np.float16).tobytes(), token_vectors.tobytes() if tokens else b"")
        )
        if len(kept) == TEXTS_PER_TRANSACTION:
            _keep(db, embedder.name, kept, tally, progress)
    _keep(db, embedder.name, kept, tally, progress)


def _keep(db: Database, model: str, kept: list[Embedding], tally: Tally, progress: Progress) -> None:
    if not kept:
        return
    with db.transaction() as tx:
        Passages(db).put_embeddings(tx, model, kept)
    tally.embedded += len(kept)
    progress.advance(len(kept))
    kept.clear()


def _page_texts(passages: Passages, some: Sequence[Unembedded]) -> list[str]:
    from knowledge.embed import passage_text

    held = passages.get(u.id for u in some)
    return [passage_text(held[u.id].title, held[u.id].text) if u.id in held else "" for u in some]


def _commit_texts(db: Database, some: Sequence[Unembedded]) -> list[str]:
    numbers = ",".join(str(u.id) for u in some)
    texts = {
        row[0]: f"{row[1]}\n{row[2]}"
        for row in db.read(f"SELECT id, subject, body FROM commits WHERE id IN ({numbers})")
    }
    return [texts[u.id] for u in some]


def _commits_waiting(db: Database, model: str) -> int:
    rows = db.read(
        """SELECT COUNT(*) FROM commits c WHERE c.reachable = 1 AND c.is_merge = 0
           AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.sha AND e.model = :model)""",
        model=model,
    )
    return int(rows[0][0])


def _chunks(items: Sequence[Unembedded], size: int) -> Iterator[Sequence[Unembedded]]:
    return (items[at : at + size] for at in range(0, len(items), size))
