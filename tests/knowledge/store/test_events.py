"""Facts outside of commits: each once, at its place, on both engines."""

import pytest

from knowledge.model import Event
from knowledge.store.events import Where, by_reference, node_of, record

NOW = 1_800_000_000


def test_a_fact_told_twice_is_one_fact(both_stores):
    db = both_stores
    with db.transaction() as tx:
        tx.run("INSERT INTO people (name) VALUES ('Ada'), ('Bob')")
        tx.run("INSERT INTO repos (name) VALUES ('service')")
        tx.run("INSERT INTO nodes (repo_id, path, is_dir) VALUES (1, '', 1), (1, 'src', 1)")
    paired = Event("paired", 1, "", NOW, 1.0, "nudge abc")
    with db.transaction() as tx:
        place = Where(node_of(tx, 1, "src/new/place.py"), "src/new")
        assert record(tx, paired, place)
        assert not record(tx, paired, place)
        assert record(tx, paired._replace(person_id=2), place)
        assert record(tx, paired._replace(kind="taught"), place)
        assert record(tx, paired._replace(reference="nudge def"), place)
        with pytest.raises(ValueError, match="needs a reference"):
            record(tx, paired._replace(reference=""), place)
    told = by_reference(db, "nudge abc")
    assert [(e.kind, e.person_id, e.path, e.time) for e in told] == [
        ("paired", 1, "src", NOW), ("paired", 2, "src", NOW), ("taught", 1, "src", NOW)
    ]  # fmt: skip
    assert node_of(db, 1, "nowhere") == node_of(db, 1, "")
    assert node_of(db, 7, "nowhere") is None
