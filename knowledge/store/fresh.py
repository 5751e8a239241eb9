"""A new SQLite store in one transaction of plain SQL, without Alembic, whose import alone costs more than a history.

`fresh.sql` is what the migrations build, as SQLite itself tells it, and is stamped with their newest number. After a
new migration, write it anew (a test says so):

    python -m knowledge.store.fresh
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from knowledge.store.database import SqliteDatabase

FILE = Path(__file__).with_name("fresh.sql")
BETWEEN = ";\n\n"  # two statements; inside of one no line ends with a semicolon


def make(db: SqliteDatabase) -> bool:
    """Make all tables, or none; False where there is something already (another process was first)."""
    statements = FILE.read_text(encoding="utf-8").split(BETWEEN)
    with db.transaction() as tx:
        if tx.run("SELECT 1 FROM sqlite_master LIMIT 1"):
            return False
        for statement in statements:
            tx.run(statement)
    return True


def told() -> str:
    """The text of `fresh.sql`, from a store that the migrations have just built."""
    from knowledge.store.schema import migrate

    with tempfile.TemporaryDirectory() as folder:
        db = SqliteDatabase(f"{folder}/store.sqlite")
        migrate(db)
        rows = db.read(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        )
        ((number,),) = db.read("SELECT version_num FROM alembic_version")
        db.close()
    stamp = f"INSERT INTO alembic_version (version_num) VALUES ('{number}')"
    return BETWEEN.join([*(str(row[0]) for row in rows), stamp]) + ";\n"


if __name__ == "__main__":
    FILE.write_text(told(), encoding="utf-8")
