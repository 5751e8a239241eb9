"""Pages, their passages, the change feed that indexes follow, and embeddings by the hash of their text."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import BigId, id_, metadata, ref, text

# A file as a source read it: its blob decides whether it must be read again.
documents = sa.Table(
    "documents",
    metadata,
    id_(),
    ref("repo_id", "repos.id"),
    text("source", default=None),
    text("path", default=None),
    text("commit_sha"),  # the commit at which it was read
    sa.UniqueConstraint("repo_id", "source", "path"),
)

passages = sa.Table(
    "passages",
    metadata,
    id_(),
    ref("document_id", "documents.id"),
    text("kind", default=None),
    sa.Column("line_start", sa.Integer, nullable=False),
    sa.Column("line_end", sa.Integer, nullable=False),
    text("title"),
    text("symbol"),
    text("text"),
    text("hash", default=None),
    sa.Column("near_id", BigId, nullable=True),  # the passage that this one nearly repeats
)
sa.Index("passages_document", passages.c.document_id)
sa.Index("passages_hash", passages.c.hash)
sa.Index("passages_symbol", passages.c.symbol)
sa.Index("passages_near", passages.c.near_id)

# Keys of which texts that nearly repeat each other share one (indexers/near.py), for passages that stand for all of
# those: the ones without `near_id`.
passage_bands = sa.Table(
    "passage_bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("passage_id", BigId, primary_key=True, autoincrement=False),
)
sa.Index("passage_bands_passage", passage_bands.c.passage_id)

# The change feed: followers (vectors, words) remember the last `seq` they applied. `op` is "+" or "-".
passage_changes = sa.Table(
    "passage_changes",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("passage_id", BigId, nullable=False),
    text("op", default=None),
    sqlite_autoincrement=True,
)

# What the model made of a text, by content hash, so that nothing is embedded twice. `vector` is float16 × dim;
# `tokens` int8 × (n, projected dim) for late interaction, empty where it is not wanted.
embeddings = sa.Table(
    "embeddings",
    metadata,
    text("hash", default=None, primary_key=True),
    text("model", default=None, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("tokens", sa.LargeBinary, nullable=False),
)
