"""The sums of activation lie in the order of their key: whoever reads a place reads neighbours. (SQLite alone.)"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = "node_id, identity_id, work, review, event_count, first_time, last_time, path_count"
TABLE = """CREATE TABLE activations (
	node_id INTEGER NOT NULL,
	identity_id INTEGER NOT NULL,
	work DOUBLE DEFAULT '0' NOT NULL,
	review DOUBLE DEFAULT '0' NOT NULL,
	event_count INTEGER DEFAULT '0' NOT NULL,
	first_time BIGINT NOT NULL,
	last_time BIGINT NOT NULL,
	path_count INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY (node_id, identity_id),
	FOREIGN KEY(identity_id) REFERENCES identities (id),
	FOREIGN KEY(node_id) REFERENCES nodes (id)
)"""


def upgrade() -> None:
    _rewrite(" WITHOUT ROWID")


def downgrade() -> None:
    _rewrite("")


def _rewrite(form: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("activations_identity", table_name="activations")
        op.rename_table("activations", "activations_before")
        op.execute(TABLE + form)
        op.execute(f"INSERT INTO activations ({COLUMNS}) SELECT {COLUMNS} FROM activations_before")
        op.drop_table("activations_before")
        op.create_index("activations_identity", "activations", ["identity_id"])
