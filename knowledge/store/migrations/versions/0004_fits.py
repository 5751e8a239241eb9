"""What the model learned from a repository's own past."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fits",
        sa.Column("repo_id", BigId, sa.ForeignKey("repos.id"), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("params", sa.Text(), server_default="", nullable=False),
        sa.Column("figures", sa.Text(), server_default="{}", nullable=False),
        sa.Column("made_time", sa.BigInteger(), nullable=False),
        sa.Column("commits", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("repo_id", "until"),
    )
    op.add_column("activations", sa.Column("path_count", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE activations SET path_count = event_count")  # until the sums are made again, one path a commit


def downgrade() -> None:
    op.drop_column("activations", "path_count")
    op.drop_table("fits")
