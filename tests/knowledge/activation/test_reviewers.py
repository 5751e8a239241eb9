"""Who should review a change: by trailers, by merges where there are none, never the author, never who is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexers.merges import approvers, read_merges
from indexers.repository import Repository
from knowledge.activation import reviewing_people
from knowledge.activation.reviewers import are_named
from knowledge.activation.reviewing_people import who_reviews
from knowledge.activation.taking import Merge, Taken, taken_in
from knowledge.memory import DAY
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
    assert [k.person.name.split()[0] for k in knows.people] == ["Cleo", "Bob", "Ada"]  # Ada reviews next door
    assert knows.people[0].why == "reviewed 2 changes to it, last 5 weeks ago"
    assert knows.people[1].why == "3 changes of their own, last 10 days ago"
    assert knows.people[0].last_time == seconds("2024-01-20")
    assert "Dan" in named(db, "docs")


def test_the_author_who_asks_and_those_who_are_not_around_are_never_named(db: Database) -> None:
    indexed(db, TEAM, Entry("Cleo Example", emails=("cleo@example.org",), left=True),
            Entry("Dan Example", emails=("dan@example.org",), opted_out=True))  # fmt: skip
    bob = find(db, "Bob")[0].id
    assert named(db, "app/login.py", author=bob) == ["Ada"]
    later = who_reviews(db, 1, "app/login.py", seconds("2025-03-01"))
    assert (later.people, later.nobody) == ((), "nobody who is around has reviewed or changed app/login.py.")


def test_nothing_later_than_the_moment_counts(db: Database) -> None:
    indexed(db, TEAM)
    before = who_reviews(db, 1, "app/login.py", NOW)
    indexed(db, "2024-03-05 | Eve / Finn | app/login.py\n2024-03-06 | Eve / Finn | app/login.py")
    after = who_reviews(db, 1, "app/login.py", NOW, merges=(merge("Gil", "2024-03-07", "Eve", "app/login.py"),))
    assert [(k.person.name, k.why) for k in after.people] == [(k.person.name, k.why) for k in before.people]


def merge(name: str, date: str, writer: str, *paths: str) -> Merge:
    return Merge(*called(name), seconds(date), called(writer), paths)


def called(name: str) -> tuple[str, str]:
    return f"{name} Example", f"{name.lower()}@example.org"


@pytest.mark.parametrize(
    ("message", "accounts"),
    [
        ("Auto merge of #12 - bob:timeout, r=cleo\n\nBecause r=5 is too small, r=nobody", ("cleo",)),
        ("Auto merge of #12 - bob:timeout, r=@cleo,dan", ("cleo", "dan")),
        ("Merge #13 #14\n\n13: A timeout r=cleo a=bob\n\nFor r=2.\n\n14: Less r=dan a=bob", ("cleo", "dan")),
        ("Merge branch 'timeout'\n\n13: A timeout r=cleo a=bob", ()),
        ("Merge pull request #12 from bob/timeout, r=cleo", ()),
    ],
)
def test_what_a_machine_merges_was_approved_by_whom_it_names(message: str, accounts: tuple[str, ...]) -> None:
    assert approvers(message.encode()) == accounts


def test_who_approved_is_found_by_account_unless_several_might_be_meant(db: Database) -> None:
    indexed(db, """
        2024-01-02 | Ada                                                  | app/a.py
        2024-02-01 | Bob                                                  | app/b.py
        2024-02-02 | Cleo Marsh <7+cmarsh@users.noreply.github.com>       | x.py
        2024-02-02 | Dan Vu <d@example.org>                               | x.py
        2024-02-02 | Eve One <eve@one.example>                            | x.py
        2024-02-02 | Eve Two <eve@two.example>                            | x.py
        2024-02-02 | Fay One <fay@one.example>                            | x.py
        2024-02-02 | Fay Two <fay@users.noreply.github.com>               | x.py
        2024-02-02 | bors <bors@example.org>                              | x.py
    """)  # fmt: skip
    then = seconds("2024-02-03")
    accounts = ("CMarsh", "danvu", "eve", "fay", "bob", "stranger")
    found = taken_in(db, [Merge("bors", "bors@example.org", then, called("Bob"), ("app/b.py",), accounts)], NOW)
    bob, cleo, dan, fay = (find(db, name)[0].id for name in ("Bob", "Cleo Marsh", "Dan Vu", "Fay Two"))
    assert found == [Taken(p, then, ("app/b.py",), bob, is_approval=True) for p in (cleo, dan, fay)]
    merges = [Merge("bors", "bors@example.org", then, called("Bob"), ("app/b.py",), ("danvu",))]
    knows = who_reviews(db, 1, "app/b.py", NOW, merges=merges)
    assert (knows.people[0].person.name, knows.people[0].why) == (
        "Dan Vu",
        "approved 1 change of others to it, last 3 weeks ago",
    )


def test_merges_stand_for_reviews_where_no_trailer_names_any(db: Database) -> None:
    """Mel merges what Bob and Ada wrote, Bob his own; a sync of sixty files is no review."""
    indexed(db, "2024-01-02 | Ada | app/a.py\n2024-02-01 | Bob | app/b.py\n2024-02-02 | Mel | x.py")
    merges = [
        merge("Mel", "2024-02-03", "Bob", "app/b.py"),
        merge("Bob", "2024-02-04", "Bob", "app/b.py"),
        merge("Ada", "2024-02-05", "Bob", *(f"f{n}.py" for n in range(60))),
    ]
    mel, bob = find(db, "Mel")[0].id, find(db, "Bob")[0].id
    assert taken_in(db, merges, NOW) == [Taken(mel, seconds("2024-02-03"), ("app/b.py",), bob)]
    knows = who_reviews(db, 1, "app/b.py", NOW, merges=merges)
    assert [k.person.name.split()[0] for k in knows.people][:2] == ["Mel", "Bob"]
    assert knows.people[0].why == "merged 1 change of others to it, last 3 weeks ago"
    assert who_reviews(db, 1, "app/a.py", NOW, merges=merges).people[0].why == (
        "merges the work of others around it, last 3 weeks ago"
    )


def test_where_trailers_name_reviewers_a_merge_counts_little(db: Database) -> None:
    """Ada takes in what others wrote, four weeks long, every day; before it she comes after who reviewed here."""
    indexed(db, TEAM)
    merges = [merge("Ada", f"2024-02-{d:02}", "Bob", "app/login.py") for d in range(1, 29)]
    assert named(db, "app/login.py", merges=merges[-3:]) == ["Cleo", "Ada", "Bob"]
    assert named(db, "app/login.py", merges=merges) == ["Ada", "Cleo", "Bob"]  # 28 in weeks outweigh 2 of a month ago
    taken = [Taken(1, NOW, ("a.py",))]
    assert not are_named(0.0, taken, NOW)
    assert not are_named(0.1, taken, NOW)
    assert are_named(0.2, taken, NOW)


def test_who_reviewed_the_author_so_far_comes_before_who_reviewed_others_here(db: Database) -> None:
    """Cleo reviews Bob, Finn reviews Gil, both in the same file; Hal reviewed Bob elsewhere."""
    indexed(db, """
        2024-01-02 | Ada        | app/a.py
        2024-02-01 | Bob / Cleo | app/a.py
        2024-02-02 | Gil / Finn | app/a.py
        2024-02-03 | Bob / Cleo | app/a.py
        2024-02-04 | Gil / Finn | app/a.py
        2024-02-05 | Bob / Hal  | docs/b.md
    """)  # fmt: skip
    bob, gil = find(db, "Bob")[0].id, find(db, "Gil")[0].id
    of_bob = who_reviews(db, 1, "app/a.py", NOW, author=bob)
    assert of_bob.people[0].person.name == "Cleo Example"
    assert (
        of_bob.people[0].why
        == "reviewed 2 changes to it, last 3 weeks ago; reviewed 2 changes of yours, last 3 weeks ago"
    )
    assert named(db, "app/a.py", author=gil)[0] == "Finn"
    hal = next(k for k in who_reviews(db, 1, "app/a.py", NOW, 9, author=bob).people if k.person.name == "Hal Example")
    assert hal.why == "reviewed 1 change of yours, last 3 weeks ago"
    assert "Hal" not in named(db, "app/a.py", author=gil)
    assert "Bob" not in named(db, "app/a.py", author=bob)


def test_who_takes_part_next_door_is_named_with_where(db: Database) -> None:
    """Dan only ever acked next door; a year ago Eve acked the file itself."""
    indexed(db, """
        2022-12-02 | Ada / Eve | app/a.py
        2024-02-01 | Ada / Dan | app/b.py
        2024-02-02 | Eve       | docs/c.md
    """)  # fmt: skip
    why = {k.person.name.split()[0]: k.why for k in who_reviews(db, 1, "app/a.py", NOW, 9).people}
    assert why["Dan"] == "takes part in changes of others around it (in app), last there 4 weeks ago"
    assert why["Eve"] == "reviewed 1 change to it, last 1 year ago"
    assert why["Ada"] == "1 change of their own, last 1 year ago"
    later = {k.person.name.split()[0]: k.why for k in who_reviews(db, 1, "app/a.py", NOW + 365 * DAY, 9).people}
    assert later == {}


def test_reading_a_few_and_sums_of_the_others_ranks_like_reading_all(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_of_team = ("Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hal")
    days = [f"2024-01-{2 + n:02} | {who} / {people_of_team[n * n % 7]} | app/{'abc'[n % 3]}.py docs/{n % 2}.md"
            for n, who in enumerate(people_of_team * 3)]  # fmt: skip
    indexed(db, "\n".join(days))
    for path in ("app/a.py", "app", ""):
        whole = who_reviews(db, 1, path, NOW)
        with monkeypatch.context() as few:
            few.setattr(reviewing_people, "LEADERS", 4)
            some = who_reviews(db, 1, path, NOW)
        assert [(k.person.name, k.why) for k in some.people] == [(k.person.name, k.why) for k in whole.people]
        assert [k.score for k in some.people] == pytest.approx([k.score for k in whole.people])
        assert len(whole.people) == 3


def test_a_file_is_counted_under_its_older_names(db: Database) -> None:
    indexed(db, """
        2024-01-02 | Ada / Cleo | lib/a.py
        2024-01-03 | Ada        | lib/a.py > app/a.py
        2024-01-04 | Bob / Dan  | lib/a.py
        2024-01-05 | Ada / Cleo | app/a.py
    """)  # fmt: skip
    knows = who_reviews(db, 1, "app/a.py", NOW, 9)
    assert knows.people[0].why == "reviewed 2 changes to it, last 8 weeks ago"
    assert all("to it" not in k.why for k in knows.people if k.person.name == "Dan Example")


def test_git_tells_who_merged_what(tmp_path: Path) -> None:
    made = team(tmp_path, "2024-01-02 | Ada | Start | a.py")
    made.git("checkout", "-q", "-b", "more")
    made.tell("2024-01-03 | Bob | More | b.py docs/c.md")
    made.git("checkout", "-q", "main")
    made.tell("2024-01-04 | Ada | Meanwhile | a.py")
    made.merge("more", "Mel", "2024-01-05")
    repository = Repository.open(str(made.path), tmp_path)
    then = seconds("2024-01-05")
    expected = [Merge(*called("Mel"), then, called("Bob"), ("b.py", "docs/c.md"))]
    assert read_merges(repository, made.head(), 0, then) == expected
    assert read_merges(repository, made.head(), 0, then - 1) == []
    assert read_merges(repository, made.head(), then + 1, then + 9) == []
