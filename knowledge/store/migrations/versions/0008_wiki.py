"""Drafts of pages on their way into git, and reviews of pages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, default: str | None = "", *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default, primary_key=key)


def number(name: str, *, nullable: bool = False, kind: Any = None) -> sa.Column[int]:
    default = None if nullable else "0"
    return sa.Column(name, kind or sa.BigInteger(), nullable=nullable, server_default=default)


def upgrade() -> None:
    op.create_table(
        "wiki_drafts",
        text("id", None, key=True),
        text("kind", None),
        text("path"),
        text("title"),
        text("text"),
        text("how"),
        text("intent", "{}"),
        text("state", None),
        text("why"),
        text("base"),
        text("branch"),
        text("sha"),
        number("tries", kind=sa.Integer()),
        number("next_time"),
        number("created_time"),
        number("state_time"),
        number("version", kind=sa.Integer()),
    )
    op.create_index("wiki_drafts_state", "wiki_drafts", ["state", "next_time"])
    op.create_table(
        "wiki_pages",
        text("path", None, key=True),
        sa.Column("owner_id", BIG, sa.ForeignKey("people.id"), nullable=True),
        number("confirmed_time"),
        sa.Column("confirmed_by", BIG, sa.ForeignKey("people.id"), nullable=True),
        number("review_days", kind=sa.Integer()),
        text("not_owners", "[]"),
        number("retired_time", nullable=True),
    )


def downgrade() -> None:
    op.drop_table("wiki_pages")
    op.drop_table("wiki_drafts")
