"""What leads and people themselves said of people: away, left, merged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def upgrade() -> None:
    op.drop_column("people", "away_from")
    op.drop_column("people", "away_until")
    op.add_column("people", sa.Column("left_time", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("identities", sa.Column("opted_out", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_index("people_opted_out", "people", ["opted_out"])
    op.create_table(
        "sayings",
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), primary_key=True, nullable=False),
        sa.Column("what", sa.Text(), primary_key=True, nullable=False),
        sa.Column("source", sa.Text(), primary_key=True, nullable=False),
        text("value"),
        sa.Column("time", sa.BigInteger(), nullable=False),
        text("said_by"),
    )
    op.create_table(
        "absences",
        sa.Column("id", BigId, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=False),
        text("first_day", None),
        text("last_day"),
        sa.Column("from_time", sa.BigInteger(), nullable=False),
        sa.Column("until_time", sa.BigInteger(), nullable=False),
        text("source", None),
    )
    op.create_index("absences_person", "absences", ["person_id", "until_time"])
    op.create_table(
        "people_log",
        sa.Column("id", BigId, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        text("said_by"),
        text("action", None),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=True),
        text("words"),
        text("detail", "{}"),
        sa.Column("undone_time", sa.BigInteger(), nullable=True),
    )


def downgrade() -> None:
    for table in ("people_log", "absences", "sayings"):
        op.drop_table(table)
    op.drop_index("people_opted_out", "people")
    op.drop_column("identities", "opted_out")
    op.drop_column("people", "left_time")
    for name in ("away_from", "away_until"):
        op.add_column("people", sa.Column(name, sa.BigInteger(), nullable=True))
