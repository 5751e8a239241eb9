"""Brings a store to the present schema, and says when it cannot.

The number of the newest migration is written here so that an up-to-date store is recognised by one SELECT, without
importing Alembic; a test proves that it is the newest. A new SQLite store needs no Alembic either (`fresh.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knowledge.errors import Mistake
from knowledge.store.database import SQLITE_PREFIX, Database, SqliteDatabase, open_database

REVISION = "0010"
MIGRATIONS = Path(__file__).parent / "migrations"


def revision(db: Database) -> str | None:
    """The schema revision of the store, None for one without tables."""
    tables = "sqlite_master WHERE name" if db.url.startswith(SQLITE_PREFIX) else "pg_tables WHERE tablename"
    if not db.read(f"SELECT 1 FROM {tables} = 'alembic_version'"):
        return None
    rows = db.read("SELECT version_num FROM alembic_version")
    return str(rows[0][0]) if rows else None


def upgrade(db: Database) -> None:
    """Create or migrate the tables; costs one SELECT when there is nothing to do.

    Raises:
        Mistake: the store was written by a newer Lamplighter.
    """
    found = revision(db)
    if found is None and isinstance(db, SqliteDatabase):
        from knowledge.store.fresh import make

        make(db)
        found = revision(db)
    if found == REVISION:
        return
    if found is not None and found > REVISION:
        raise Mistake(
            f"the store is at schema {found}, newer than this Lamplighter's {REVISION}",
            "Upgrade Lamplighter, or point store.url at another store.",
        )
    migrate(db)


def migrate(db: Database) -> None:
    """Run the migrations that a store lacks, all of them where it is empty."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = _address(db)
    command.upgrade(config, REVISION)


def _address(db: Database) -> Any:
    """The store as SQLAlchemy names it; the path of a SQLite file may hold ? and # and is no URL."""
    import sqlalchemy as sa

    return sa.URL.create("sqlite", database=db.path) if isinstance(db, SqliteDatabase) else db.url


def open_store(url: str) -> Database:
    """The database behind `url`, created where it is a new SQLite file, at the present schema."""
    if url.startswith(SQLITE_PREFIX):
        Path(url[len(SQLITE_PREFIX) :]).parent.mkdir(parents=True, exist_ok=True)
    db = open_database(url)
    upgrade(db)
    return db
