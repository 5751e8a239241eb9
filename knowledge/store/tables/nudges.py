"""Rounds, proposals and the people in them, the outbox of what the bot says first, and wishes."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import flag, metadata, ref, text, time

# One decision of whom to bring together is made a round and stored whole; `approved_time` is NULL while a lead looks.
rounds = sa.Table(
    "rounds",
    metadata,
    text("week", default=None, primary_key=True),  # ISO: 2026-W47
    time("time"),
    time("approved_time", nullable=True),
    text("approved_by"),
)

# What was decided: `id` follows from kind, area, people and week, so that the same decision is never stored twice.
# `version` counts the changes (compare-and-set); `facts` (JSON) is what its words are made of.
nudges = sa.Table(
    "nudges",
    metadata,
    text("id", default=None, primary_key=True),
    text("week", default=None),
    ref("repo_id", "repos.id"),
    text("kind", default=None),
    text("area", default=None),  # path of a directory or file; a topic where there is none
    text("state", default=None),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    time("created_time"),
    time("state_time"),
    time("expires_time"),
    time("meet_time", nullable=True),
    time("later_time", nullable=True),  # when somebody said "later": not before
    text("facts", default="{}"),
)
sa.Index("nudges_state", nudges.c.state)

nudge_people = sa.Table(
    "nudge_people",
    metadata,
    sa.Column("nudge_id", sa.Text, sa.ForeignKey("nudges.id"), primary_key=True),
    ref("person_id", "people.id", primary_key=True),
    text("role"),  # shows, learns, asked
    text("answer"),  # yes, later, other, no; empty until they say
    text("happened"),  # yes, no; empty until they say
    text("note"),  # what should be written down, in their words
    time("time", nullable=True),  # when they last said something
)
sa.Index("nudge_people_person", nudge_people.c.person_id)

# Everything the bot says first, exactly once: `mark` goes along as the message's metadata, so that it can be found.
# state: waiting → posting → posted | dropped. `beat` changes with every sign of life of the `holder` that posts it.
outbox = sa.Table(
    "outbox",
    metadata,
    text("mark", default=None, primary_key=True),
    text("kind", default=None),  # what one may opt out of
    text("what", default=None),  # proposal, reminder, question, courtesy, unmatched, thanks, …
    text("about"),  # a nudge's id, or whatever its owner knows it by
    text("place"),  # person, group, channel
    flag("agreed"),
    time("created_time"),
    time("not_before"),
    time("expires_time"),
    text("state", default=None),
    text("why"),  # why it waits or was dropped
    text("holder"),
    sa.Column("beat", sa.Integer, nullable=False, server_default="0"),
    time("posted_time", nullable=True),
    text("channel"),
    text("ts"),
    text("payload", default="{}"),
)
sa.Index("outbox_state", outbox.c.state, outbox.c.not_before)

# To whom: `time` is when it was (or is being) said, which counts against their budget unless they agreed to it.
outbox_people = sa.Table(
    "outbox_people",
    metadata,
    text("mark", default=None, primary_key=True),
    ref("person_id", "people.id", primary_key=True),
    flag("agreed"),
    flag("introduced"),
    time("time", nullable=True),
    time("answered_time", nullable=True),
)
sa.Index("outbox_people_person", outbox_people.c.person_id, outbox_people.c.time)

# What somebody wants of the bot, confidential: snooze, opt-out, never-pair, interest, resume.
wishes = sa.Table(
    "wishes",
    metadata,
    ref("person_id", "people.id", primary_key=True),
    text("wish", default=None, primary_key=True),
    text("subject", default=None, primary_key=True),  # a kind, a person's id, an area; empty where there is none
    time("until_time", nullable=True),
    time("time"),
)
