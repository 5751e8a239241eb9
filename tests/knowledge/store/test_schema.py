"""The migrations build exactly the schema that the tables describe."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from knowledge.errors import Mistake
from knowledge.store import schema
from knowledge.store.database import open_database
from knowledge.store.tables import metadata


def url_of(tmp_path):
    return f"sqlite:///{tmp_path}/deep/er/store.sqlite"


def test_a_new_store_has_the_tables_of_the_schema(tmp_path):
    schema.open_store(url_of(tmp_path)).close()
    with sa.create_engine(url_of(tmp_path)).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        indexes = {i["name"] for t in metadata.tables for i in sa.inspect(connection).get_indexes(t)}
        assert {i.name for t in metadata.tables.values() for i in t.indexes} == indexes


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
