"""What became of a path that is gone, asked for each one that a page still names."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD = sa.text("from_node_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("touches_from", "touches", ["from_node_id"], sqlite_where=OLD, postgresql_where=OLD)


def downgrade() -> None:
    op.drop_index("touches_from", table_name="touches")
