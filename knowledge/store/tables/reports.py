"""The risk register of the weekly report."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import flag, metadata, ref, text, time

# The risk register (knowledge/areas/register.py). `mark` is what the latest report said; acceptances are decisions of
# people.
risks = sa.Table(
    "risks",
    metadata,
    ref("repo_id", "repos.id", primary_key=True),
    text("area", default=None, primary_key=True),
    text("title"),
    text("mark", default=None),  # new, worse, better, same, accepted, resolved
    time("first_time"),
    time("last_time"),
    time("resolved_time", nullable=True),
    text("note"),
    time("accepted_time", nullable=True),
    time("accepted_until", nullable=True),
    text("accepted_by"),
    text("accepted_reason"),
    flag("accepted_level"),  # how dark it was then: 1 dim, 2 dark
)

# What each week's report saw of each area; the marks follow from these rows. `factors` is JSON (register.Seen).
risk_weeks = sa.Table(
    "risk_weeks",
    metadata,
    ref("repo_id", "repos.id", primary_key=True),
    text("area", default=None, primary_key=True),
    text("week", default=None, primary_key=True),
    time("time"),
    text("factors"),
)
