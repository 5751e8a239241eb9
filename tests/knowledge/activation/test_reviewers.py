"""Who should review a change: by trailers, by merges where there are none, never the author, never who is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexers.merges import read_merges
from indexers.repository import Repository
from knowledge.activation.reviewers import Merge, Taken, are_named, taken_in, who_reviews
from knowledge.memory import Trace
from knowledge.people import Entry, Rules
from knowledge.store import activations, people
from knowledge.store.database import Database
from knowledge.store.finding import find
from tests.knowledge.histories import fill, seconds
from tests.teams import team

NOW = seconds("2024-03-01")
TEAM = """
    2024-01-02 | Ada        | app/login.py app/token.py docs/a.md
    2024-01-10 | Bob / Cleo | app/login.py
    2024-01-20 | Bob / Cleo | app/login.py
    2024-02-05 | Ada / Dan  | docs/a.md
    2024-02-12 | Bob / Ada  | app/token.py
    2024-02-20 | Bob        | app/login.py
"""


@pytest.fixture
def db(both_stores: Database) -> Database:
    return both_stores


def indexed(db: Database, lines: str, *entries: Entry) -> None:
    repo_id = fill(db, lines)
    people.sync(db, Rules(entries=entries))
    with db.transaction() as tx:
        activations.fold(tx, repo_id)


def named(db: Database, path: str, **more: object) -> list[str]:
    return [k.person.name.split()[0] for k in who_reviews(db, 1, path, NOW, **more).people]  # type: ignore[arg-type]


def test_who_reviewed_here_comes_before_who_wrote_here(db: Database) -> None:
    indexed(db, TEAM)
    knows = who_reviews(db, 1, "app/login.py", NOW)
    assert [k.person.name.split()[0] for k in knows.people] == ["Cleo", "Ada", "Bob"]  # Ada reviews next door
    assert knows.people[0].why == "reviewed 2 changes to it, last 5 weeks ago"
    assert knows.people[2].why == "3 changes of their own, last 10 days ago"
    assert knows.people[0].last_time == seconds("2024-01-20")
    assert "Dan" in named(db, "docs")


def test_the_author_who_asks_and_those_who_are_not_around_are_never_named(db: Database) -> None:
    indexed(db, TEAM, Entry("Cleo Example", emails=("cleo@example.org",), left=True),
            Entry("Dan Example", emails=("dan@example.org",), opted_out=True))  # fmt: skip
    bob = find(db, "Bob")[0].id
    assert named(db, "app/login.py", without={bob}) == ["Ada"]
    later = who_reviews(db, 1, "app/login.py", seconds("2025-03-01"))
    assert (later.people, later.nobody) == ((), "nobody who is around has reviewed or changed app/login.py.")


def test_nothing_later_than_the_moment_counts(db: Database) -> None:
    indexed(db, TEAM)
    before = who_reviews(db, 1, "app/login.py", NOW)
    indexed(db, "2024-03-05 | Eve / Finn | app/login.py\n2024-03-06 | Eve / Finn | app/login.py")
    after = who_reviews(db, 1, "app/login.py", NOW, merges=(merge("Gil", "2024-03-07", "0" * 40, "app/login.py"),))
    assert [(k.person.name, k.why) for k in after.people] == [(k.person.name, k.why) for k in before.people]


def merge(name: str, date: str, tip: str, *paths: str) -> Merge:
    return Merge(f"{name} Example", f"{name.lower()}@example.org", seconds(date), tip, paths)


def test_merges_stand_for_reviews_where_no_trailer_names_any(db: Database) -> None:
    """Mel merges what Bob and Ada wrote, Bob his own; a sync of sixty files is no review."""
    indexed(db, "2024-01-02 | Ada | app/a.py\n2024-02-01 | Bob | app/b.py\n2024-02-02 | Mel | x.py")
    sha = {path: row[0] for path, row in (
        (path, db.read("SELECT c.sha FROM commits c JOIN touches t ON t.commit_id = c.id JOIN nodes n"
                       " ON n.id = t.node_id WHERE n.path = :p", p=path)[0]) for path in ("app/a.py", "app/b.py"))}  # fmt: skip
    merges = [
        merge("Mel", "2024-02-03", sha["app/b.py"], "app/b.py"),
        merge("Bob", "2024-02-04", sha["app/b.py"], "app/b.py"),
        merge("Ada", "2024-02-05", sha["app/b.py"], *(f"f{n}.py" for n in range(60))),
    ]
    mel = find(db, "Mel")[0].id
    assert taken_in(db, 1, merges, NOW) == [Taken(mel, seconds("2024-02-03"), ("app/b.py",))]
    knows = who_reviews(db, 1, "app/b.py", NOW, merges=merges)
    assert [k.person.name.split()[0] for k in knows.people][:2] == ["Mel", "Bob"]
    assert knows.people[0].why == "merged 1 change of others to it, last 3 weeks ago"
    assert who_reviews(db, 1, "app/a.py", NOW, merges=merges).people[0].why == (
        "merges the work of others around it, last 3 weeks ago"
    )


def test_where_trailers_name_reviewers_a_merge_counts_a_twentieth(db: Database) -> None:
    """Ada takes in what others wrote, four weeks long, every day; before it she comes after who reviewed here."""
    indexed(db, TEAM)
    merges = [merge("Ada", f"2024-02-{d:02}", "0" * 40, "app/login.py") for d in range(1, 29)]
    assert named(db, "app/login.py", merges=merges[-3:]) == ["Cleo", "Ada", "Bob"]
    assert named(db, "app/login.py", merges=merges) == ["Ada", "Cleo", "Bob"]  # 28 in weeks outweigh 2 of a month ago
    taken = [Taken(1, NOW, ("a.py",))]
    assert not are_named({}, taken, NOW)
    assert are_named({1: Trace(0.0, 0.2, 1, NOW, NOW)}, taken, NOW)


def test_git_tells_who_merged_what(tmp_path: Path) -> None:
    made = team(tmp_path, "2024-01-02 | Ada | Start | a.py")
    made.git("checkout", "-q", "-b", "more")
    made.tell("2024-01-03 | Bob | More | b.py docs/c.md")
    tip = made.head()
    made.git("checkout", "-q", "main")
    made.tell("2024-01-04 | Ada | Meanwhile | a.py")
    made.merge("more", "Mel", "2024-01-05")
    repository = Repository.open(str(made.path), tmp_path)
    then = seconds("2024-01-05")
    expected = [Merge("Mel Example", "mel@example.org", then, tip, ("b.py", "docs/c.md"))]
    assert read_merges(repository, made.head(), 0, then) == expected
    assert read_merges(repository, made.head(), 0, then - 1) == []
    assert read_merges(repository, made.head(), then + 1, then + 9) == []
