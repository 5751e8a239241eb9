"""What was asked and answered, what people said of it, and receipts of what was heard."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import flag, id_, metadata, ref, text, time

# Every question and what was said: demand for the reports, and the events `asked` and `answered` in the making.
questions = sa.Table(
    "questions",
    metadata,
    id_(),
    time("time"),
    text("platform"),
    text("place"),  # team and channel, or "terminal"
    text("thread"),
    ref("person_id", "people.id", nullable=True),
    text("asker"),  # the platform's id of the asker
    text("text"),
    text("intent"),
    text("target"),  # JSON
    flag("abstained"),
    text("answer"),  # JSON of `lamp ask`
    sa.Column("took_ms", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("questions_thread", questions.c.platform, questions.c.place, questions.c.thread)

feedback = sa.Table(
    "feedback",
    metadata,
    ref("question_id", "questions.id", primary_key=True),
    text("asker", default=None, primary_key=True),
    text("verdict", default=None),  # helpful, not, person
    text("note"),
    time("time"),
)

# Exactly one reply to every message: who is at it until when, and what was posted.
receipts = sa.Table(
    "receipts",
    metadata,
    text("platform", default=None, primary_key=True),
    text("team", default=None, primary_key=True),
    text("channel", default=None, primary_key=True),
    text("ts", default=None, primary_key=True),
    text("state", default=None),  # taken, posting, replied, refused, failed
    text("holder"),  # the copy of the bot that is at it
    time("taken_time"),  # when that copy last said so
    text("thread"),  # what was addressed here makes later messages of this thread ours as well
    text("asker"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
    text("reply_ts"),
    text("payload"),  # what is needed to answer it after a restart (JSON)
)
sa.Index("receipts_state", receipts.c.state)
sa.Index("receipts_thread", receipts.c.platform, receipts.c.team, receipts.c.channel, receipts.c.thread)
