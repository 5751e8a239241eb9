"""Questions brought to people, and who was asked."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import flag, metadata, number, ref, text, time

# A question that wants a person. `version` counts the changes (compare-and-set); `look_time` is when the clock looks at
# it again. Where somebody took or answered it whom the store does not know, `holder_id` is NULL and only the name held.
requests = sa.Table(
    "requests",
    metadata,
    text("id", default=None, primary_key=True),
    text("text", default=None),
    text("platform"),
    text("place"),
    text("thread"),
    text("asker"),  # their id on the platform
    text("asker_name"),
    ref("asker_id", "people.id", nullable=True),
    flag("private"),  # asked where only the asker could read it
    flag("urgent"),
    ref("question_id", "questions.id", nullable=True),
    ref("repo_id", "repos.id", nullable=True),
    text("area"),
    text("topic"),
    text("state", default=None),  # open, asked, claimed, channel, answered, withdrawn, unanswered
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    time("created_time"),
    time("state_time"),
    time("look_time"),
    ref("holder_id", "people.id", nullable=True),  # whom it is with: asked, taken or answered by
    text("holder_name"),
    text("channel"),
    text("ts"),
    text("answer"),
    text("facts", default="{}"),
)
sa.Index("requests_state", requests.c.state)

# Who may be asked, the first choice first, as it was when the question came; and what came of it.
request_people = sa.Table(
    "request_people",
    metadata,
    sa.Column("request_id", sa.Text, sa.ForeignKey("requests.id"), primary_key=True),
    ref("person_id", "people.id", primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False, server_default="0"),
    number("retention", "0"),
    text("why"),
    text("outcome"),  # asked, claimed, passed, not-now, never, timed-out, unreached; empty until asked
    time("asked_time", nullable=True),
    time("due_time", nullable=True),
)
sa.Index("request_people_person", request_people.c.person_id)
