"""Questions that need a person: who was asked, who took them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, primary_key=True, autoincrement=False)


def ref(name: str, target: str) -> sa.Column[int]:
    return sa.Column(name, BIG, sa.ForeignKey(target), nullable=True)


def time(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table(
        "requests",
        key("id"),
        text("text", None),
        text("platform"),
        text("place"),
        text("thread"),
        text("asker"),
        text("asker_name"),
        ref("asker_id", "people.id"),
        flag("private"),
        flag("urgent"),
        ref("question_id", "questions.id"),
        ref("repo_id", "repos.id"),
        text("area"),
        text("topic"),
        text("state", None),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        time("created_time"),
        time("state_time"),
        time("look_time"),
        ref("holder_id", "people.id"),
        text("holder_name"),
        text("channel"),
        text("ts"),
        text("answer"),
        text("facts", "{}"),
    )
    op.create_index("requests_state", "requests", ["state"])
    op.create_table(
        "request_people",
        sa.Column("request_id", sa.Text(), sa.ForeignKey("requests.id"), nullable=False, primary_key=True),
        sa.Column("person_id", BIG, sa.ForeignKey("people.id"), nullable=False, primary_key=True),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retention", sa.Double(), nullable=False, server_default="0"),
        text("why"),
        text("outcome"),
        time("asked_time", True),
        time("due_time", True),
    )
    op.create_index("request_people_person", "request_people", ["person_id"])


def downgrade() -> None:
    for table in ("request_people", "requests"):
        op.drop_table(table)
