"""The migrations build exactly the schema that the tables describe."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from knowledge.errors import Mistake
from knowledge.store import fresh, schema
from knowledge.store.database import SqliteDatabase, open_database
from knowledge.store.tables import metadata


def url_of(tmp_path):
    return f"sqlite:///{tmp_path}/deep/er/store.sqlite"


def test_a_new_store_has_the_tables_of_the_schema(tmp_path):
    schema.open_store(url_of(tmp_path)).close()
    with sa.create_engine(url_of(tmp_path)).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        indexes = {i["name"] for t in metadata.tables for i in sa.inspect(connection).get_indexes(t)}
        assert {i.name for t in metadata.tables.values() for i in t.indexes} == indexes


def dumped(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_new_store_is_what_the_migrations_build(tmp_path):
    """If this fails after a new migration: python -m knowledge.store.fresh"""
    assert fresh.FILE.read_text() == fresh.told()
    schema.open_store(f"sqlite:///{tmp_path}/fresh.sqlite").close()
    migrated = SqliteDatabase(f"{tmp_path}/migrated.sqlite")
    schema.migrate(migrated)
    migrated.close()
    lines = dumped(tmp_path / "fresh.sqlite")
    assert lines == dumped(tmp_path / "migrated.sqlite")
    assert f"INSERT INTO \"alembic_version\" VALUES('{schema.REVISION}');" in lines


def test_the_migrations_build_the_tables_on_a_server_too(postgres):
    url = postgres()
    schema.open_store(url).close()
    with sa.create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_new_store_is_made_without_alembic_and_sqlalchemy(tmp_path):
    code = f"""
import sys
from knowledge.store import schema
db = schema.open_store("sqlite:///{tmp_path}/store.sqlite")
print(schema.revision(db), *({{"alembic", "sqlalchemy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{schema.REVISION}\n"


def test_several_processes_make_one_new_store(tmp_path):
    code = f"from knowledge.store import schema; print(schema.revision(schema.open_store('sqlite:///{tmp_path}/s.sqlite')))"
    many = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in many] == [f"{schema.REVISION}\n"] * 4


def test_a_new_store_of_an_older_text_is_migrated(tmp_path, monkeypatch):
    """A migration was written, and the text not yet anew: the store is right all the same."""
    statements = fresh.FILE.read_text().split(fresh.BETWEEN)
    old = [text for text in statements if "wiki_" not in text and "touches_from" not in text][:-1]
    old.append("INSERT INTO alembic_version (version_num) VALUES ('0007')")
    (tmp_path / "old.sql").write_text(fresh.BETWEEN.join(old))
    monkeypatch.setattr(fresh, "FILE", tmp_path / "old.sql")
    db = schema.open_store(url_of(tmp_path))
    assert schema.revision(db) == schema.REVISION
    assert db.read("SELECT COUNT(*) FROM wiki_pages") == [(0,)]


def test_the_revision_in_the_code_is_the_newest_migration():
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_current_head() == schema.REVISION


def test_opening_twice_changes_nothing_and_imports_no_alembic(tmp_path):
    schema.open_store(url_of(tmp_path)).close()
    db = open_database(url_of(tmp_path))
    assert schema.revision(db) == schema.REVISION
    schema.upgrade(db)
    assert schema.revision(db) == schema.REVISION


def test_a_store_of_a_newer_lamplighter_is_refused_with_the_cure(tmp_path):
    db = schema.open_store(url_of(tmp_path))
    with db.transaction() as tx:
        tx.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Mistake, match=r"newer than this Lamplighter's .* Upgrade Lamplighter"):
        schema.upgrade(db)


def test_a_failed_transaction_leaves_nothing(tmp_path):
    db = schema.open_store(url_of(tmp_path))
    with pytest.raises(ZeroDivisionError), db.transaction() as tx:
        tx.run("INSERT INTO meta (key, value) VALUES ('a', '1')")
        raise ZeroDivisionError
    assert db.read("SELECT * FROM meta") == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_by_any_spelling_of_its_url(scheme):
    """Hosts hand out `postgres://`; the driver is ours."""
    assert open_database(f"{scheme}://me:sesam@db/lamp").url == "postgresql+psycopg://me:sesam@db/lamp"


def test_a_database_that_nobody_speaks_is_a_sentence():
    with pytest.raises(Mistake, match=r"names mysql, which Lamplighter does not speak\. Use sqlite"):
        open_database("mysql://x/y")
