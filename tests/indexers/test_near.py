"""Passages that nearly repeat another are known as such, whatever comes and goes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.near import ALIKE, bands, mark_new, runs, similarity
from knowledge.model import Document, Passage
from knowledge.store.passages import Passages
from knowledge.store.schema import open_store

WORDS = "the release train leaves every other tuesday and whoever is on call watches the dashboards for an hour".split()
LONG = " ".join(f"{word}{n}" for n in range(6) for word in WORDS)


def changed(text, words, seed=0):
    """The same text with that many of its words replaced."""
    drawn = random.Random(seed)
    kept = text.split()
    for place in drawn.sample(range(len(kept)), words):
        kept[place] = f"other{place}"
    return " ".join(kept)


def test_similarity_is_the_share_of_common_runs():
    """a b c d / a b c e: abc of abc, bcd, bce."""
    assert runs("A b, c.  D") == {"a b c", "b c d"}
    assert similarity("a b c d", "a b c e") == pytest.approx(1 / 3)
    assert similarity("a b", "a b") == 0.0


def test_case_spacing_and_punctuation_do_not_matter():
    assert bands(LONG) == bands(LONG.upper().replace(" ", "\n  ") + "!")


def test_nearly_equal_texts_share_a_band():
    drawn = [changed(LONG, 1, seed) for seed in range(200)]
    assert all(similarity(LONG, text) >= ALIKE for text in drawn)
    assert sum(bool(set(bands(LONG)) & set(bands(text))) for text in drawn) >= 194


def test_other_texts_share_none():
    other = " ".join(f"{word}{n}" for n in range(10, 16) for word in WORDS)
    assert not set(bands(LONG)) & set(bands(other))


def test_a_text_without_enough_words_is_not_compared():
    assert bands("See the release notes.") == ()


def test_bands_are_the_same_on_every_machine():
    assert bands(LONG)[0] == 8_616_460_564_186_773_823


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_bands_that_a_database_can_hold(text):
    assert all(0 <= key < 1 << 63 for key in bands(text))


# -- in the store -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(both_stores):
    with both_stores.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'demo')")
    return both_stores


def put(db, path, *texts):
    """Store a document as the pipeline does; returns the ids of its new passages."""
    found = tuple(Passage("doc", path, n, n, "T", text, hash=f"{path}{hash(text)}") for n, text in enumerate(texts, 1))
    with db.transaction() as tx:
        new, _ = Passages(db).replace(tx, 1, "docs", Document(path, found, "c1"))
        mark_new(tx, new)
    return new


def near(db):
    return dict(db.read("SELECT id, near_id FROM passages"))


def banded(db):
    return {row[0] for row in db.read("SELECT passage_id FROM passage_bands")}


def test_the_first_of_its_kind_stands_for_the_others(store):
    (first,) = put(store, "a.md", LONG)
    (second,) = put(store, "b.md", changed(LONG, 1))
    (third,) = put(store, "c.md", LONG)
    (other,) = put(store, "d.md", changed(LONG, 60))
    assert near(store) == {first: None, second: first, third: first, other: None}
    assert banded(store) == {first, other}


def test_twins_within_one_document_are_found_too(store):
    first, second = put(store, "a.md", LONG, changed(LONG, 1))
    assert near(store) == {first: None, second: first}


def test_when_the_first_goes_the_next_one_takes_its_place(store):
    (first,) = put(store, "a.md", LONG)
    (second,) = put(store, "b.md", LONG)
    (third,) = put(store, "c.md", changed(LONG, 1))
    put(store, "a.md")
    assert near(store) == {second: None, third: second}
    (fourth,) = put(store, "d.md", LONG)
    assert near(store)[fourth] == second
    assert first not in banded(store)


def test_when_all_go_nothing_stays(store):
    put(store, "a.md", LONG, LONG + " and more", changed(LONG, 1))
    put(store, "a.md")
    assert near(store) == {}
    assert banded(store) == set()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.lists(st.integers(0, 3), max_size=3, unique=True)), max_size=10))
def test_whatever_comes_and_goes_every_leader_is_there_and_leads(tmp_path_factory, story):
    """A story of documents, each with some of four texts of which 0 and 1, and 2 and 3, are near to each other."""
    texts = [LONG, changed(LONG, 1), LONG.upper().replace("A", "e"), LONG.upper().replace("A", "e") + " end"]
    db = open_store(f"sqlite:///{tmp_path_factory.mktemp('near')}/store.sqlite")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'demo')")
    for path, chosen in story:
        put(db, path, *(texts[number] for number in chosen))
    found = near(db)
    leaders = {row for row, leader in found.items() if leader is None}
    assert {leader for leader in found.values() if leader} <= leaders
    assert banded(db) == leaders
    assert len(leaders) <= 2
    db.close()
