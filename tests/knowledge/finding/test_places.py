"""Places: what a process keeps in memory says what the store says, after whatever happened to the store."""

from pathlib import Path

import pytest

from knowledge.finding import leaning
from knowledge.finding.places import Places
from knowledge.model import Document, Passage
from knowledge.store.database import Database
from knowledge.store.passages import Passages
from knowledge.store.schema import open_store


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('harbour')")
    return db


def write(db: Database, path: str, *texts: str, kind: str = "doc") -> list[int]:
    passages = tuple(Passage(kind, path, n, n, "", text, hash=f"{path}{text}") for n, text in enumerate(texts, 1))  # type: ignore[arg-type]
    with db.transaction() as tx:
        return Passages(db).replace(tx, 1, "code" if kind == "code" else "docs", Document(path, passages, "c0ffee"))[0]


def told(db: Database) -> dict[int, tuple[int, int]]:
    rows = db.read(
        "SELECT p.id, p.document_id, p.kind, d.path FROM passages p JOIN documents d ON d.id = p.document_id"
    )
    return {i: (document, leaning.place_kind(kind, path)) for i, document, kind, path in rows}


def test_pages_code_and_what_stands_aside_are_told_apart(db: Database) -> None:
    (page,), (code,) = write(db, "docs/tide.md", "high"), write(db, "src/tide.py", "def high", kind="code")
    (aside,) = write(db, "tests/test_tide.py", "def test_high", kind="code")
    for places in (first := Places(db), first):  # the first question asks the store, the second the memory
        assert {i: kind for i, (_, kind) in places.of([page, code, aside, 99, 0]).items()} == {
            page: 0, code: 1, aside: 2,
        }  # fmt: skip


def test_it_follows_what_happens_to_the_store(db: Database) -> None:
    write(db, "a.md", "one", "two", "three")
    write(db, "b.md", "four")
    places = Places(db)
    places.of([])
    assert places.of(range(20)) == told(db)
    write(db, "a.md", "one", "three", "a new one")  # two goes; a new id, far from those of its page
    assert places.of(range(20)) == told(db)
    with db.transaction() as tx:
        Passages(db).remove(tx, 1, "docs", "a.md")
    assert places.of(range(20)) == told(db)
    assert len(told(db)) == 1
    write(db, "lib/c.c", "a number that was another's", kind="code")
    assert places.of(range(20)) == told(db)


def test_a_page_whose_passages_lie_apart_is_read_one_by_one(db: Database) -> None:
    write(db, "a.md", "one")
    write(db, "src/b.py", "two", kind="code")
    write(db, "a.md", "one", "three")
    places = Places(db)
    places.of([])
    assert places.of(range(20)) == told(db)
    assert len(told(db)) == 3


def test_a_store_that_was_put_back_is_read_again(db: Database) -> None:
    write(db, "a.md", "one", "two")
    places = Places(db)
    places.of([])
    assert len(places.of(range(9))) == 2
    with db.transaction() as tx:
        Passages(db).remove(tx, 1, "docs", "a.md")
        tx.run("DELETE FROM passage_changes")
    assert places.of(range(9)) == {}
