"""What a few people did at a place and what changed since: the same as where all that everybody did is read."""

from __future__ import annotations

import pytest

from knowledge.activation.holders import first_holders, hold
from knowledge.activation.standing import find_place, stand
from knowledge.people import Rules
from knowledge.store import activations, people
from knowledge.store.database import Database
from knowledge.store.doings import read_doings
from knowledge.store.doings_of import doings_of
from tests.knowledge.histories import fill, seconds

TEAM = """
    2023-01-02 | Ada        | app/login.py docs/a.md
    2023-02-10 | Bob        | app/login.py
    2023-03-01 | Ada / Dan  | app/login.py > app/auth.py
    2023-04-01 | bot[bot]   | app/auth.py
    2023-05-01 | Cleo *0.1  | app/auth.py docs/a.md
    2023-05-20 | Bob + Cleo | app/auth.py
    2023-06-01 | Ada        | docs/a.md
    2023-06-05 | Dan / Ada  | app/auth.py app/new.py
    2023-06-06 | Bob        | app/auth.py
"""
NOW = seconds("2023-06-20")


@pytest.fixture
def store(both_stores: Database) -> Database:
    repo = fill(both_stores, TEAM)
    people.sync(both_stores, Rules())
    with both_stores.transaction() as tx:
        activations.fold(tx, repo)
    return both_stores


@pytest.mark.parametrize("path", ["app/auth.py", "app/new.py", "docs/a.md", "app", ""])
@pytest.mark.parametrize("counted", [False, True])
def test_it_is_what_reading_everything_tells(store: Database, path: str, counted: bool) -> None:
    if counted:
        with store.transaction() as tx:
            tx.run("UPDATE touches SET added = 2, removed = 1, lines = 10 + commit_id")
            tx.run("UPDATE nodes SET lines = 20 WHERE is_dir = 0")
    place = find_place(store, 1, path)
    assert place is not None
    lasts = {one.person: one.here.last for one in stand(store, 1, place, NOW) if one.here.events}
    assert len(lasts) >= 1
    whole = read_doings(store, 1, place, NOW)
    for asked in (lasts, *({who: last} for who, last in lasts.items())):
        few = doings_of(store, 1, place, asked, NOW)
        for who, last in asked.items():
            mine = [one for one in whole.by_person[who] if not place.is_dir or one.time > NOW - 150 * 86_400]
            told = [one for one in few.by_person[who] if not place.is_dir or one.time > NOW - 150 * 86_400]
            assert sorted(told) == sorted(mine)
            all_since, few_since = whole.of_others(who, last), few.of_others(who, last)
            assert few_since._replace(staleness=0.0) == all_since._replace(staleness=0.0)
            assert few_since.staleness == pytest.approx(all_since.staleness)


def test_the_holders_are_told_on_both_engines(store: Database) -> None:
    for path in ("app/auth.py", "app", ""):
        told, held = first_holders(store, 1, path, NOW), hold(store, 1, path, NOW)
        assert held is not None
        assert told is not None
        assert [person.name for _, person in told] == [person.name for _, person in held.holders] != []
