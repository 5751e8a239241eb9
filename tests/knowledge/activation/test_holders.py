"""The holders found with a look at few people are those whom reading everybody finds; or it says that it cannot tell."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.activation.holders import first_holders, hold
from knowledge.activation.standing import crowd_at, find_place
from knowledge.memory import DAY, DEFAULT, limit
from knowledge.people import Rules
from knowledge.store import activations, people
from knowledge.store.schema import open_store
from tests.knowledge.histories import fill, seconds

PLACES = ["a/x.py", "a/y.py", "a/b/z.py", "c/d/e.py", "README.md"]
NOW = seconds("2026-02-01")


@pytest.fixture
def store(tmp_path):
    """Sixty people over three years: two who do most, a crowd that came once, one who left, one who is away."""
    chance = random.Random(7)
    names = [f"P{n}" for n in range(60)]
    lines, day = [], datetime(2023, 1, 1, tzinfo=UTC)
    for _ in range(500):
        day += timedelta(days=chance.choice([1, 2, 3]))
        who = chance.choice(names[:2]) if chance.random() < 0.5 else chance.choice(names)
        lines.append(f"{day.date()} | {who} | {' '.join(chance.sample(PLACES, chance.choice([1, 1, 2])))}")
    store = open_store(f"sqlite:///{tmp_path}/s.db")
    repo = fill(store, "\n".join(lines))
    people.sync(store, Rules())
    with store.transaction() as tx:
        activations.fold(tx, repo)
    yield store
    store.close()


def _both(store, path, now):
    """The holders of both ways, as (person, retention)."""
    first, held = first_holders(store, 1, path, now), hold(store, 1, path, now).holders
    said = None if first is None else [(person.id, pytest.approx(one.retention, rel=1e-9)) for one, person in first]
    return said, [(person.id, one.retention) for one, person in held]


@pytest.mark.parametrize("now", [NOW, NOW + 60 * 86_400, NOW + 200 * 86_400, NOW + 2000 * 86_400])
def test_they_are_all_the_holders(store, now):
    told = 0
    for path in (*PLACES, "a", "a/b", "c", ""):
        first, held = _both(store, path, now)
        told += first is not None
        assert first in (held, None), path
    assert told >= 5, "most places need no look at everybody"


def test_who_may_not_be_asked_is_passed_over(store):
    first, held = _both(store, "a/x.py", NOW)
    assert len(held) == 2
    with store.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 1 WHERE id = :id", id=held[0][0])
    second, held = _both(store, "a/x.py", NOW)
    assert second == held
    assert second == first[1:]


def test_what_was_done_outside_of_commits_counts(store):
    first, _ = _both(store, "README.md", NOW)
    with store.transaction() as tx:
        someone = tx.run("SELECT id FROM people WHERE id <> :id ORDER BY id DESC LIMIT 1", id=first[0][0])[0][0]
        node = tx.run("SELECT id FROM nodes WHERE path = 'README.md'")[0][0]
        for n in range(9):
            tx.run(
                "INSERT INTO events (kind, node_id, person_id, time, weight, reference)"
                " VALUES ('taught', :node, :who, :at, 3.0, :said)",
                node=node, who=someone, at=NOW - n * 86_400, said=f"r{n}",
            )  # fmt: skip
    for path in ("README.md", "", "a/x.py"):
        first, held = _both(store, path, NOW)
        assert first == held
    assert _both(store, "README.md", NOW)[0][0][0] == someone


def test_nobody_is_passed_over_who_may_reach_the_bar(store):
    """The limit lies above the retention of everybody at every place."""
    for path in (*PLACES, "a", ""):
        place = find_place(store, 1, path)
        crowd = crowd_at(store, 1, place, NOW)
        shares = crowd.shares()
        most = limit(NOW, DEFAULT, everybody=crowd.totals[-1], anywhere=crowd.totals[0], is_dir=place.is_dir)
        for one in crowd.standings(shares):
            share, highest, events, last = shares[one.person]
            assert share == highest == pytest.approx(one.share, rel=1e-9)
            assert (events, last) == (one.here.events, one.anywhere.last)
            assert most.allows(share, events, (NOW - last) / DAY, one.retention * 0.999)


def test_before_the_newest_commit_it_cannot_tell(store):
    assert first_holders(store, 1, "README.md", seconds("2023-06-01")) is None


def test_nobody_holds_what_nobody_touched_for_years(store):
    assert _both(store, "a/x.py", NOW + 4000 * 86_400) == ([], [])
