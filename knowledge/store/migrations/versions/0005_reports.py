"""The risk register, and the reports that were made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "risks",
        sa.Column("repo_id", BigId, sa.ForeignKey("repos.id"), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("first_time", sa.BigInteger(), nullable=False),
        sa.Column("last_time", sa.BigInteger(), nullable=False),
        sa.Column("resolved_time", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("accepted_time", sa.BigInteger(), nullable=True),
        sa.Column("accepted_until", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("accepted_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("accepted_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("repo_id", "area"),
    )
    op.create_table(
        "risk_weeks",
        sa.Column("repo_id", BigId, sa.ForeignKey("repos.id"), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("factors", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("repo_id", "area", "week"),
    )


def downgrade() -> None:
    op.drop_table("risk_weeks")
    op.drop_table("risks")
