"""What the bot proposed to whom, what became of it, everything it says first, and what people wish."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def key(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=False, primary_key=True, autoincrement=False)


def person() -> sa.Column[int]:
    return sa.Column("person_id", BIG, sa.ForeignKey("people.id"), nullable=False, primary_key=True)


def time(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table("rounds", key("week"), time("time"), time("approved_time", True), text("approved_by"))
    op.create_table(
        "nudges",
        key("id"),
        text("week", None),
        sa.Column("repo_id", BIG, sa.ForeignKey("repos.id"), nullable=False),
        text("kind", None),
        text("area", None),
        text("state", None),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        time("created_time"),
        time("state_time"),
        time("expires_time"),
        time("meet_time", True),
        time("later_time", True),
        text("facts", "{}"),
    )
    op.create_index("nudges_state", "nudges", ["state"])
    op.create_table(
        "nudge_people",
        sa.Column("nudge_id", sa.Text(), sa.ForeignKey("nudges.id"), nullable=False, primary_key=True),
        person(),
        text("role"),
        text("answer"),
        text("happened"),
        text("note"),
        time("time", True),
    )
    op.create_index("nudge_people_person", "nudge_people", ["person_id"])
    op.create_table(
        "outbox",
        key("mark"),
        text("kind", None),
        text("what", None),
        text("about"),
        text("place"),
        flag("agreed"),
        time("created_time"),
        time("not_before"),
        time("expires_time"),
        text("state", None),
        text("why"),
        text("holder"),
        sa.Column("beat", sa.Integer(), nullable=False, server_default="0"),
        time("posted_time", True),
        text("channel"),
        text("ts"),
        text("payload", "{}"),
    )
    op.create_index("outbox_state", "outbox", ["state", "not_before"])
    op.create_table(
        "outbox_people",
        key("mark"),
        person(),
        flag("agreed"),
        flag("introduced"),
        time("time", True),
        time("answered_time", True),
    )
    op.create_index("outbox_people_person", "outbox_people", ["person_id", "time"])
    op.create_table("wishes", person(), key("wish"), key("subject"), time("until_time", True), time("time"))


def downgrade() -> None:
    for table in ("wishes", "outbox_people", "outbox", "nudge_people", "nudges", "rounds"):
        op.drop_table(table)
