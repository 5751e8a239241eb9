"""Passages keep their ids while their text stays, and the feed tells followers exactly what changed."""

import pytest

from knowledge.model import Document, Passage
from knowledge.store.passages import Embedding, Passages


@pytest.fixture
def db(both_stores):
    with both_stores.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'demo')")
    return both_stores


def page(*texts, commit="c1", path="docs/a.md", kind="doc"):
    """A document whose n-th passage stands on line n."""
    return Document(
        path, tuple(Passage(kind, path, n, n, "T", text, hash=f"h-{text}") for n, text in enumerate(texts, 1)), commit
    )


def put(db, document, source="docs"):
    with db.transaction() as tx:
        return Passages(db).replace(tx, 1, source, document)


def test_an_unchanged_passage_keeps_its_id_when_its_lines_move(db):
    """one, two → zero, one, two: only `zero` is new."""
    passages = Passages(db)
    first, kept = put(db, page("one", "two"))
    assert (len(first), kept) == (2, 0)
    seq = passages.last_seq()
    new, kept = put(db, page("zero", "one", "two", commit="c2"))
    assert (len(new), kept) == (1, 2)
    assert [(c.passage_id, c.op) for c in passages.changes_since(seq)] == [(new[0], "+")]
    held = passages.of_path(1, "docs/a.md")
    assert [(p.text, p.line_start, p.commit) for p in held] == [("zero", 1, "c2"), ("one", 2, "c2"), ("two", 3, "c2")]
    assert [p.id for p in held[1:]] == first


def test_equal_passages_in_one_page_are_counted_one_by_one(db):
    """a a b → a b: one `a` goes."""
    ids, _ = put(db, page("a", "a", "b"))
    seq = Passages(db).last_seq()
    _, kept = put(db, page("a", "b"))
    assert kept == 2
    changes = Passages(db).changes_since(seq)
    assert [c.op for c in changes] == ["-"]
    assert changes[0].passage_id in ids


def test_a_removed_page_is_gone_and_the_feed_says_so(db):
    ids, _ = put(db, page("one", "two"))
    seq = Passages(db).last_seq()
    with db.transaction() as tx:
        assert Passages(db).remove(tx, 1, "docs", "docs/a.md") == 2
    assert Passages(db).get(ids) == {}
    assert sorted((c.passage_id, c.op) for c in Passages(db).changes_since(seq)) == [(i, "-") for i in sorted(ids)]


def test_texts_are_embedded_once_docs_before_code(db):
    passages = Passages(db)
    put(db, page("f", "g", path="a.py", kind="code"), "code")
    put(db, page("one", "two"))
    put(db, page("two", path="docs/b.md"))  # the same text in a second place
    assert [u.hash for u in passages.unembedded("m")] == ["h-one", "h-two", "h-f", "h-g"]
    with db.transaction() as tx:
        passages.put_embeddings(tx, "m", [Embedding("h-two", b"v", b"t")])
    assert [u.hash for u in passages.unembedded("m")] == ["h-one", "h-f", "h-g"]
    assert passages.coverage("m") == (1, 4)
    assert passages.coverage("other model") == (0, 4)
    two = [p.id for p in passages.get(range(1, 10)).values() if p.text == "two"]
    assert passages.vectors(two, "m") == dict.fromkeys(two, b"v")
    assert passages.tokens(two, "m") == dict.fromkeys(two, b"t")


def test_embeddings_of_vanished_texts_are_pruned_and_the_others_stay(db):
    passages = Passages(db)
    put(db, page("one", "two"))
    with db.transaction() as tx:
        passages.put_embeddings(tx, "m", [Embedding("h-one", b"v", b""), Embedding("h-old", b"v", b"")])
        passages.put_embeddings(tx, "old", [Embedding("h-one", b"v", b"")])
        passages.prune(tx, "m")
    assert db.read("SELECT hash, model FROM embeddings") == [("h-one", "m")]


def test_a_few_embeddings_may_wait_for_their_texts_to_come_back(db):
    passages = Passages(db)
    put(db, page("one", "two"))
    with db.transaction() as tx:
        passages.put_embeddings(tx, "m", [Embedding(text, b"v", b"") for text in ("h-one", "h-two", "h-old")])
        passages.prune(tx, "m", spare=0.34)
        assert tx.run("SELECT COUNT(*) FROM embeddings") == [(3,)]
        passages.prune(tx, "m", spare=0.33)
        assert tx.run("SELECT hash FROM embeddings ORDER BY hash") == [("h-one",), ("h-two",)]


def test_the_newest_commit_messages_are_embedded_first(db):
    with db.transaction() as tx:
        tx.insert(
            "commits", "repo_id, seq, sha, author_time, commit_time, subject, is_merge, reachable",
            [(1, 1, "old", 5, 5, "a", 0, 1), (1, 2, "new", 9, 9, "b", 0, 1), (1, 3, "merge", 9, 9, "m", 1, 1),
             (1, 4, "lost", 9, 9, "l", 0, 0)],
        )  # fmt: skip
    assert [u.hash for u in Passages(db).unembedded_commits("m", 10)] == ["new", "old"]
