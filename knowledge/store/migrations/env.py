"""Alembic's entry: migrates the store that `schema.upgrade` names."""

import sqlalchemy as sa
from alembic import context

from knowledge.store.tables import metadata

engine = sa.create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        # Two copies that start together: the second waits, then finds nothing to do.
        connection.execute(sa.text("SELECT pg_advisory_lock(20260101)"))
        connection.commit()
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
