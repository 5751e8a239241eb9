"""People, the identities that are one person, what was said of them, absences, and who changed what."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import flag, id_, metadata, ref, text, time

people = sa.Table(
    "people",
    metadata,
    id_(),
    text("name"),
    text("email"),
    flag("is_bot"),
    flag("has_left"),
    flag("opted_out"),
    text("timezone"),
    text("slack_id"),
    text("discord_id"),
    sa.Column("left_time", sa.BigInteger, nullable=False, server_default="0"),  # 0: nobody said when
)
sa.Index("people_opted_out", people.c.opted_out)

# A name and address exactly as some history holds it; `person_id` is filled by knowledge/people.py and may change.
# `why` says what joined it to that person: "mailmap", "same address", "noreply", "config", "merged by hand".
identities = sa.Table(
    "identities",
    metadata,
    id_(),
    text("name"),
    text("email"),
    ref("person_id", "people.id", nullable=True),
    text("why"),
    flag("is_bot"),
    flag("opted_out"),  # said by hand of whoever this is: it follows the name, whomever the name is mapped to
    sa.UniqueConstraint("name", "email"),
)

# What config.yaml and what people say of people; the columns of `people` follow from both (store/sayings.py).
sayings = sa.Table(
    "sayings",
    metadata,
    ref("person_id", "people.id", primary_key=True),
    text("what", default=None, primary_key=True),  # left, opted_out, timezone, slack, discord
    text("source", default=None, primary_key=True),  # config, hand
    text("value"),
    time("time"),
    text("said_by"),
)

# When somebody is away: whole days in the person's time zone, and the same in seconds.
absences = sa.Table(
    "absences",
    metadata,
    id_(),
    ref("person_id", "people.id"),
    text("first_day", default=None),  # ISO; `last_day` is the last day away, "" where nobody knows it
    text("last_day"),
    time("from_time"),
    time("until_time"),
    text("source", default=None),  # config, hand
)
sa.Index("absences_person", absences.c.person_id, absences.c.until_time)

# Every change that somebody made to people by hand; `detail` (JSON) is what undoing a merge or a split needs.
people_log = sa.Table(
    "people_log",
    metadata,
    id_(),
    time("time"),
    text("said_by"),
    text("action", default=None),
    ref("person_id", "people.id", nullable=True),
    text("words"),
    text("detail", default="{}"),
    time("undone_time", nullable=True),
)
