"""Alembic's entry: migrates the store that `schema.upgrade` names, all of it or nothing, one process at a time."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from knowledge.store.tables import metadata

engine = sa.create_engine(context.config.attributes["url"])

if engine.dialect.name == "sqlite":
    # Python's driver would commit before every CREATE TABLE: a kill could leave half a schema.
    @sa.event.listens_for(engine, "connect")
    def _plain(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 30000")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        # Two copies that start together: the second waits, then finds nothing to do.
        connection.execute(sa.text("SELECT pg_advisory_lock(20260101)"))
        connection.commit()
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    with connection.begin(), context.begin_transaction():
        context.run_migrations()
engine.dispose()
