"""How many lines each change added and removed, and how long files are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("lines", sa.Integer(), nullable=True))
    op.add_column("touches", sa.Column("added", sa.Integer(), nullable=True))
    op.add_column("touches", sa.Column("removed", sa.Integer(), nullable=True))
    op.add_column("touches", sa.Column("lines", sa.Integer(), nullable=True))
    op.add_column("commits", sa.Column("is_counted", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("commits", "is_counted")
    for name in ("lines", "removed", "added"):
        op.drop_column("touches", name)
    op.drop_column("nodes", "lines")
