"""kill -9 before any statement of whatever keeps something: all of it is there or nothing, and the next run ends it."""

import os
import shutil
import signal
import sqlite3

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.config import Config

from knowledge.areas.register import Seen, judge
from knowledge.proof.fitting import fit_if_due
from knowledge.store import activations, merging, people, register, schema
from knowledge.store.database import SqliteDatabase
from tests.knowledge.histories import fill, seconds

NOW = seconds("2024-08-01")
STORY = "\n".join(
    f"{year}-{month:02}-05 | {who} | {who}/f{month % 3}.py" for year in (2022, 2023) for month in range(1, 13)
    for who in ("Ada", "Bob")
)  # fmt: skip
POINTS = 6  # of each writer


def follow(db):
    """People and sums, as after reading commits."""
    people.sync(db)
    with db.transaction() as tx:
        activations.fold(tx, 1)


def remember(db):
    last, this = NOW - 7 * 86_400, NOW
    seen = {
        area: [Seen("2024-W30", last, area, "lit", (1, 2), 2, 5, 1.0), Seen("2024-W31", this, area, "dim", (1,), 1, 5, 2.0)]
        for area in ("web", "db")
    }  # fmt: skip
    register.save(db, 1, seen, [judge(area, every, None, NOW) for area, every in seen.items()])


def fit(db):
    fit_if_due(db, 1, NOW)


def merge(db):
    if db.read("SELECT COUNT(DISTINCT person_id) FROM identities")[0][0] > 1:
        merging.merge(db, 1, 2, now=NOW, by="ada@example.org")


def in_a_process_of_its_own(do):
    """The wait status of a fork that does it."""
    pid = os.fork()
    if not pid:
        try:
            do()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dump(path):
    """Every row of every table."""
    with sqlite3.connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in names}
    connection.close()
    return found


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store.sqlite"
    db = schema.open_store(f"sqlite:///{path}")
    fill(db, STORY)
    db.close()
    return path


@pytest.mark.parametrize("writer", [follow, remember, fit, merge])
def test_a_writer_killed_anywhere(store, tmp_path, writer):
    def write(path, at=0):
        """Killed before statement `at`; how many there were."""
        db, made = SqliteDatabase(str(path)), [0]

        def tick(_):
            made[0] += 1
            if made[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

        db.connection().set_trace_callback(tick)
        writer(db)
        db.close()
        return made[0]

    base = tmp_path / "base.sqlite"
    shutil.copy(store, base)
    if writer is not follow:
        db = SqliteDatabase(str(base))
        follow(db)
        db.close()
    before = dump(base)
    whole = tmp_path / "whole.sqlite"
    shutil.copy(base, whole)
    statements = write(whole)
    after = dump(whole)
    assert after != before
    for at in sorted({1 + n * (statements - 1) // (POINTS - 1) for n in range(POINTS)}):
        path = tmp_path / f"{at}.sqlite"
        shutil.copy(base, path)
        assert in_a_process_of_its_own(lambda path=path, at=at: write(path, at)) == -signal.SIGKILL
        if writer is not follow:
            assert dump(path) in (before, after), at
        write(path)
        assert dump(path) == after, at


@pytest.mark.parametrize("begin", [None, "0001", "0004"])
def test_an_upgrade_killed_anywhere(tmp_path, begin):
    """The schema is the old one or the new one, and what was in it stays."""

    def upgrade(path, at=0, told=None):
        made = [0]

        def tick(*_):
            made[0] += 1
            if made[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(sa.engine.Engine, "before_cursor_execute", tick)
        db = SqliteDatabase(str(path))
        # A new store is made by our own hands, the others by Alembic's; who only looks kills nothing.
        db.connection().set_trace_callback(lambda sql: None if sql.startswith("SELECT") else tick())
        schema.upgrade(db)
        db.close()
        if told is not None:
            told.write_text(str(made[0]))

    base, whole, told = tmp_path / "base.sqlite", tmp_path / "whole.sqlite", tmp_path / "told"
    if begin:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["url"] = sa.URL.create("sqlite", database=str(base))
        alembic.command.upgrade(config, begin)
        with sqlite3.connect(base) as connection:
            connection.execute("INSERT INTO meta (key, value) VALUES ('kept', 'yes')")
        connection.close()
    else:
        sqlite3.connect(base).close()
    before = dump(base)
    shutil.copy(base, whole)
    assert in_a_process_of_its_own(lambda: upgrade(whole, told=told)) == 0
    statements, after = int(told.read_text()), dump(whole)
    assert statements > 20
    for at in sorted({1 + n * (statements - 1) // (POINTS - 1) for n in range(POINTS)}):
        path = tmp_path / f"{at}.sqlite"
        shutil.copy(base, path)
        assert in_a_process_of_its_own(lambda path=path, at=at: upgrade(path, at)) == -signal.SIGKILL
        assert dump(path) == before, at
        schema.open_store(f"sqlite:///{path}").close()
        assert dump(path) == after, at
