"""What changed since somebody last knew a place, on both engines: from when on, which files, who, which pages."""

from __future__ import annotations

import pytest

from knowledge.activation.standing import find_place
from knowledge.memory import DAY
from knowledge.people import Entry, Rules
from knowledge.store import activations, people
from knowledge.store.database import Database
from knowledge.store.finding import find
from knowledge.ways_in.refresh import FileChange, Start, refresh, start_of
from tests.knowledge.histories import fill, seconds

NOW = seconds("2024-06-01")
TEAM = """
    2024-01-02 | Ada          | app/a.py app/b.py docs/x.md
    2024-02-01 | Bob          | app/a.py > app/c.py
    2024-02-02 | Cleo         | app/c.py > app/d.py
    2024-02-03 | Bob          | app/new.py
    2024-02-04 | Dan          | -app/b.py
    2024-02-05 | Ada          | docs/x.md
    2024-02-06 | Cleo *0.1    | app/d.py app/new.py
    2024-02-07 | build-bot    | app/d.py
    2024-02-08 | Bob          | app/brief.py
    2024-02-09 | Bob          | -app/brief.py
"""


@pytest.fixture
def db(both_stores: Database) -> Database:
    repo_id = fill(both_stores, TEAM)
    people.sync(both_stores, Rules(entries=(Entry("Dan Example", emails=("dan@example.org",), opted_out=True),)))
    with both_stores.transaction() as tx:
        activations.fold(tx, repo_id)
        for path in ("app/new.py", "app/brief.py"):
            tx.run(
                "UPDATE touches SET change = 'A' WHERE change = 'M' AND node_id = (SELECT id FROM nodes WHERE path = :p)"
                " AND commit_id IN (SELECT id FROM commits WHERE weight = 1)",
                p=path,
            )
        tx.run("UPDATE commits SET why = 'reformats 2 files' WHERE weight < 1")
        tx.run("INSERT INTO documents (repo_id, source, path) VALUES (1, 'docs', 'docs/x.md')")
        tx.run(
            "INSERT INTO passages (document_id, kind, line_start, line_end, title, text, hash)"
            " SELECT id, 'doc', 1, 2, 'X', 'See `app/d.py`.', 'h' FROM documents"
        )
    return both_stores


def test_what_changed_since_their_last_work(db: Database) -> None:
    ada, place = find(db, "Ada")[0].id, find_place(db, 1, "app")
    assert place is not None
    start = start_of(db, 1, place, ada, NOW)
    assert start == Start(seconds("2024-01-02"), "last")
    found = refresh(db, 1, "app", start, NOW, ada)
    assert found is not None
    assert [commit.time for commit in found.commits] == [seconds(f"2024-02-{d:02}") for d in (9, 8, 4, 3, 2, 1)]
    assert (found.left_out, found.more) == (2, False)  # the mass commit and the bot's
    assert found.files == (
        FileChange("app/b.py", "D"),
        FileChange("app/d.py", "R", "app/a.py"),
        FileChange("app/new.py", "A"),
    )
    assert found.people == ("Bob Example", "Cleo Example")  # Dan opted out
    assert [(page.path, page.is_new, page.about) for page in found.pages] == [("docs/x.md", False, 1)]
    assert sorted(n for group in found.groups for n in group.members) == list(range(6))
    assert 0.5 < found.since.staleness <= 1.0


def test_from_when_on_for_those_who_never_worked_there(db: Database) -> None:
    place = find_place(db, 1, "app")
    assert place is not None
    assert start_of(db, 1, place, None, NOW) == Start(NOW - 365 * DAY, "default")
    assert start_of(db, 1, place, None, seconds("2024-02-20")).time == seconds("2024-02-20") - 90 * DAY
    nothing = refresh(db, 1, "app", Start(NOW - DAY, "asked"), NOW)
    assert nothing is not None
    assert (nothing.commits, nothing.groups, nothing.first, nothing.people) == ((), (), None, ())
