"""The moment of a store: it stands still while nobody writes, and moves for writers here, elsewhere and in a thread."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import pytest

from knowledge.store.database import Database
from knowledge.store.schema import open_store


def _write(db: Database) -> None:
    with db.transaction() as tx:
        tx.run("INSERT INTO meta (key, value) VALUES (:key, 'x')", key=token_hex(4))


def test_a_moment_lasts_until_somebody_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    db, other = open_store(url), open_store(url)
    before = db.moment()
    db.read("SELECT COUNT(*) FROM repos")
    assert before is not None
    assert db.moment() == before
    _write(db)
    own = db.moment()
    assert own != before
    _write(other)
    elsewhere = db.moment()
    assert elsewhere != own
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_write, db).result()
        assert pool.submit(db.moment).result() != db.moment()  # each thread has its own
    assert db.moment() != elsewhere


def test_what_is_written_aside_moves_no_moment_here(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    db, other = open_store(url), open_store(url)
    before, elsewhere = db.moment(), other.moment()
    with db.aside() as tx:
        tx.run("INSERT INTO meta (key, value) VALUES ('a', 'x')")
    assert db.read("SELECT key FROM meta WHERE value = 'x'") == [("a",)]
    assert db.moment() == before
    assert other.moment() != elsewhere
    with pytest.raises(ZeroDivisionError), db.aside() as tx:
        tx.run("INSERT INTO meta (key, value) VALUES ('b', 'x')")
        raise ZeroDivisionError
    assert db.read("SELECT key FROM meta WHERE value = 'x'") == [("a",)]
    assert db.moment() == before
    _write(db)
    assert db.moment() != before


def test_room_is_made_for_the_thread_that_asks(tmp_path: Path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(db.make_room).result()
        assert pool.submit(db.read, "PRAGMA cache_size").result() == [(-32000,)]
    assert db.read("PRAGMA cache_size") == [(-8000,)]


def test_who_is_trusted_is_not_looked_over_and_everybody_else_is(tmp_path: Path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    of_nobody = "INSERT INTO cursors (source, repo_id, value, time) VALUES ('x', 7, '{}', 0)"
    with db.trusting() as tx:
        tx.run(of_nobody)
    assert len(db.read("PRAGMA foreign_key_check")) == 1
    with pytest.raises(ZeroDivisionError), db.trusting() as tx:
        tx.run("DELETE FROM cursors")
        raise ZeroDivisionError
    assert db.read("SELECT repo_id FROM cursors") == [(7,)]
    with pytest.raises(sqlite3.IntegrityError), db.transaction() as tx:
        tx.run(of_nobody.replace("'x'", "'y'"))
