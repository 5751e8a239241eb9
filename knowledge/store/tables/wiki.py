"""Pages on their way into the wiki, and what was said of those that are there."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import metadata, ref, text, time

# A change of the wiki on its way into git: `intent` (JSON) is what somebody wanted, whatever the tree looks like by
# then; `base`, `branch` and `sha` are the one commit made of it.
# state: kept → committed → pushed → merged | conflict | dropped.
wiki_drafts = sa.Table(
    "wiki_drafts",
    metadata,
    text("id", default=None, primary_key=True),
    text("kind", default=None),  # new, update, confirm, adopt, retire
    text("path"),
    text("title"),
    text("text"),
    text("how"),  # of an update: append, section, whole
    text("intent", default="{}"),  # authors, owner, sources, links, what it came from
    text("state", default=None),
    text("why"),  # why it waits, or what stands against it
    text("base"),
    text("branch"),
    text("sha"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("state_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("wiki_drafts_state", wiki_drafts.c.state, wiki_drafts.c.next_time)

# What people said of pages; where a page's own front matter says something later, that counts.
wiki_pages = sa.Table(
    "wiki_pages",
    metadata,
    text("path", default=None, primary_key=True),
    ref("owner_id", "people.id", nullable=True),
    sa.Column("confirmed_time", sa.BigInteger, nullable=False, server_default="0"),
    ref("confirmed_by", "people.id", nullable=True),
    sa.Column("review_days", sa.Integer, nullable=False, server_default="0"),
    text("not_owners", default="[]"),  # people who said "not mine"
    time("retired_time", nullable=True),
)
