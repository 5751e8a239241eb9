"""Repositories, how far each source has read them, and small facts about the store itself."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import id_, metadata, ref, text, time

# Small facts about the store itself: the schema of the config it was filled under, projections, fitted parameters.
meta = sa.Table("meta", metadata, text("key", primary_key=True, default=None), text("value"))

# A repository: `name` is what people call it, `location` the path or URL it is read from, `head` the indexed commit.
repos = sa.Table(
    "repos",
    metadata,
    id_(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    text("location"),
    text("head"),
    text("branch"),
)

# How far each source has read each repository; `value` is JSON that only the source understands.
cursors = sa.Table(
    "cursors",
    metadata,
    text("source", primary_key=True, default=None),
    ref("repo_id", "repos.id", primary_key=True),
    text("value", default="{}"),
    time("time"),
)
