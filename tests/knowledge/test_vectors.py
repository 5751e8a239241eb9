"""The vector index against the simplest correct one: all vectors in a dictionary, compared by numpy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from knowledge.finding.vector_codes import codes_of
from knowledge.finding.vector_file import (
    Footer,
    Layout,
    cells_for,
    checksum,
    empty_index,
    ids_of,
    layout_for,
    load,
    proven,
    save,
)
from knowledge.model import Document, Passage
from knowledge.store.database import Database
from knowledge.store.passages import Embedding, Passages
from knowledge.store.schema import open_store
from knowledge.vectors import Vectors

DIM = 384
MODEL = "some-model"


def unit(seed: int, count: int, dim: int = DIM) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def vector_of(text: str) -> np.ndarray:
    return unit(sum(map(ord, text)) * 31 + len(text), 1)[0]


class Team:
    """A store with documents of one repository, and an embedder that is a seeded die."""

    def __init__(self, folder: Path) -> None:
        self.db: Database = open_store(f"sqlite:///{folder / 'store.sqlite'}")
        self.passages = Passages(self.db)
        with self.db.transaction() as tx:
            tx.run("INSERT INTO repos (name) VALUES ('r')")

    def write(self, path: str, *texts: str) -> list[int]:
        parts = tuple(Passage("doc", path, n, n, "", text, hash=f"h:{text}") for n, text in enumerate(texts, 1))
        with self.db.transaction() as tx:
            return self.passages.replace(tx, 1, "docs", Document(path, parts, "c0"))[0]

    def remove(self, path: str) -> None:
        with self.db.transaction() as tx:
            self.passages.remove(tx, 1, "docs", path)

    def embed(self, limit: int | None = None, model: str = MODEL) -> None:
        waiting = self.passages.unembedded(model)[:limit]
        rows = [Embedding(u.hash, vector_of(u.hash).astype(np.float16).tobytes(), b"") for u in waiting]
        with self.db.transaction() as tx:
            self.passages.put_embeddings(tx, model, rows)

    def embedded(self, model: str = MODEL) -> dict[int, str]:
        rows = self.db.read(
            "SELECT p.id, p.hash FROM passages p JOIN embeddings e ON e.hash = p.hash AND e.model = :m", m=model
        )
        return dict(rows)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture
def pages(tmp_path: Path) -> Vectors:
    return Vectors(tmp_path / "vectors", "pages", MODEL, DIM)


def held(vectors: Vectors) -> set[int]:
    return set(ids_of(load(vectors.path, shared=True)[0]).tolist())


# -- against brute force ----------------------------------------------------------------------------------------------


def test_recall_and_scores_against_brute_force():
    vectors, queries = unit(1, 5000), unit(2, 300)
    index = empty_index(DIM)
    index.add_with_ids(vectors, np.arange(5000) + 10)
    scores, ids = index.search(queries, 10)
    cosine = queries @ vectors.T
    best = np.argsort(-cosine, axis=1)[:, :10] + 10
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids, best, strict=True)])
    assert recall >= 0.98
    assert np.abs(scores - np.take_along_axis(cosine, ids - 10, axis=1)).max() < 0.006  # scores are cosines


@pytest.mark.parametrize("layout", ["flat", "cells"])
def test_without_faiss_the_same_are_found(layout: Layout, tmp_path: Path):
    vectors = unit(6, 5000)
    index = empty_index(DIM, layout, vectors, 5000)
    index.add_with_ids(vectors, np.arange(5000) * 3 + 7)
    index.remove_ids(np.arange(7, 3000, 6))
    if layout == "cells":
        index.nprobe = index.nlist  # all of them, which is what is looked at without FAISS
    count = int(index.ntotal)
    save(index, Footer("pages", MODEL, DIM, layout, "e", 1, complete=True, count=count), tmp_path / "i")
    content, footer = proven(tmp_path / "i")
    codes = codes_of(content, footer)
    assert codes is not None
    for query in unit(7, 40):
        scores, ids = index.search(query[None], 50)
        found = codes.search(query, 50)
        assert [i for i, _ in found] == ids[0].tolist()
        assert np.abs(np.array([c for _, c in found]) - scores[0]).max() < 1e-5
    assert len(codes.search(vectors[0], count + 9)) == count


def test_what_lies_otherwise_is_left_to_faiss(tmp_path: Path):
    some = unit(8, 3000)
    cells, flat, sparse = empty_index(DIM, "cells", some, 3000), empty_index(DIM), empty_index(DIM, "cells", some, 3000)
    cells.add_with_ids(some, np.arange(3000))
    flat.add_with_ids(some, np.arange(3000))
    sparse.add_with_ids(some[:5], np.arange(5))  # FAISS writes only the cells that hold something
    told: list[tuple[object, Layout, int]] = [(cells, "flat", 3000), (flat, "cells", 3000), (sparse, "cells", 5)]
    for index, layout, count in [*told, (empty_index(DIM), "flat", 0)]:
        save(index, Footer("pages", MODEL, DIM, layout, "e", 1, complete=True, count=count), tmp_path / "i")
        assert codes_of(*proven(tmp_path / "i")) is None


def test_a_clipped_component_costs_little():
    vectors = unit(3, 1000)
    vectors[:, 7] = 0.6  # some models have a component that is always large
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = empty_index(DIM)
    index.add_with_ids(vectors, np.arange(1000))
    _, ids = index.search(vectors[:100], 1)
    assert (ids[:, 0] == np.arange(100)).all()


def test_cells_find_what_all_would(tmp_path: Path):
    centres = unit(4, 60)
    vectors = np.repeat(centres, 100, axis=0) + 0.5 * unit(5, 6000)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index = empty_index(DIM, "cells", vectors[::2], 6000)
    index.add_with_ids(vectors, np.arange(6000))
    index.remove_ids(np.arange(1000, 2000))
    save(index, Footer("pages", MODEL, DIM, "cells", "e", 1, complete=True, count=5000), tmp_path / "i")
    shared, _ = load(tmp_path / "i", shared=True)
    assert sorted(ids_of(shared)) == [*range(1000), *range(2000, 6000)]
    queries = vectors[2000:6000:40]
    cosine = queries @ vectors.T
    cosine[:, 1000:2000] = -1
    best = np.argsort(-cosine, axis=1)[:, :10]
    scores, ids = shared.search(queries, 10)
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids, best, strict=True)]) >= 0.95
    assert np.abs(scores - np.take_along_axis(cosine, ids, axis=1)).max() < 0.006


def test_the_layout_follows_the_count_without_going_to_and_fro():
    assert layout_for(0) == layout_for(50_000) == "flat"
    assert layout_for(50_001) == "cells"
    assert layout_for(45_000, "cells") == "cells"
    assert layout_for(39_999, "cells") == "flat"
    assert [cells_for(count) for count in (1, 50_001, 100_000, 1_000_000)] == [4, 1024, 1024, 4096]


# -- following the store ----------------------------------------------------------------------------------------------


def test_new_passages_come_when_their_embedding_does(team: Team, pages: Vectors):
    team.write("a.md", "one", "two")
    assert pages.catch_up(team.db) == (0, 0)
    team.embed(limit=1)
    assert pages.catch_up(team.db) == (1, 0)
    team.embed()
    assert pages.catch_up(team.db) == (1, 0)
    assert pages.catch_up(team.db) == (0, 0)
    ((found, score),) = pages.search(vector_of("h:two"), 1)
    assert team.embedded()[found] == "h:two"
    assert score == pytest.approx(1, abs=0.006)


def test_deleted_and_changed_passages_go(team: Team, pages: Vectors):
    team.write("a.md", "one", "two")
    team.write("b.md", "three")
    team.embed()
    pages.catch_up(team.db)
    team.write("a.md", "two", "four")
    team.remove("b.md")
    assert pages.catch_up(team.db) == (0, 2)  # "four" is not embedded yet
    team.embed()
    assert pages.catch_up(team.db) == (1, 0)
    found = [team.embedded()[i] for i, _ in pages.search(vector_of("h:three"), 10)]
    assert sorted(found) == ["h:four", "h:two"]


def test_an_id_that_comes_back_with_another_text(team: Team, pages: Vectors):
    (first,) = team.write("a.md", "one")
    team.embed()
    pages.catch_up(team.db)
    team.remove("a.md")
    (second,) = team.write("b.md", "two")
    assert first == second  # SQLite gives the highest id again
    team.embed()
    pages.catch_up(team.db)
    assert pages.search(vector_of("h:two"), 1)[0][1] == pytest.approx(1, abs=0.006)


def test_a_reader_sees_what_a_writer_saved(team: Team, pages: Vectors, tmp_path: Path):
    reader = Vectors(tmp_path / "vectors", "pages", MODEL, DIM)
    assert reader.search(vector_of("h:one"), 3) == []
    assert reader.trouble() == "there is no index file yet"
    for count, text in enumerate(("one", "two", "three"), 1):
        team.write(f"{text}.md", text)
        team.embed()
        pages.catch_up(team.db)
        assert reader.count() == count
        assert team.embedded()[reader.search(vector_of(f"h:{text}"), 1)[0][0]] == f"h:{text}"
    assert reader.trouble() == ""


def test_a_few_new_vectors_wait_for_more_while_much_is_unread(team: Team, pages: Vectors):
    team.write("a.md", *(f"text {n}" for n in range(300)))
    team.embed(limit=200)
    assert pages.catch_up(team.db).added == 200
    team.embed(limit=2)
    assert pages.catch_up(team.db) == (0, 0)
    team.embed(limit=2)
    assert pages.catch_up(team.db).added == 4
    team.write("b.md", "more")
    team.remove("b.md")
    team.embed()
    assert pages.catch_up(team.db).added == 96
    assert held(pages) == set(team.embedded())


def test_the_index_changes_its_layout_as_it_grows_and_shrinks(team: Team, tmp_path: Path):
    def choose(count: int, present):
        return layout_for(count, present, cells_from=200, flat_below=100)

    pages = Vectors(tmp_path / "vectors", "pages", MODEL, DIM, choose=choose)
    for name, count, layout in (("a", 150, "flat"), ("b", 150, "cells"), ("c", 20, "cells")):
        team.write(f"{name}.md", *(f"{name} {n}" for n in range(count)))
        team.embed()
        pages.catch_up(team.db)
        assert load(pages.path, shared=True)[1].layout == layout
        assert held(pages) == set(team.embedded())
    for name, layout in (("a", "cells"), ("b", "flat")):
        team.remove(f"{name}.md")
        pages.catch_up(team.db)
        assert load(pages.path, shared=True)[1].layout == layout
        assert held(pages) == set(team.embedded())


def test_history_has_a_channel_of_its_own(team: Team, tmp_path: Path):
    commits = Vectors(tmp_path / "vectors", "commits", MODEL, DIM)

    def commit(sha: str, *, reachable: int = 1, merge: int = 0):
        with team.db.transaction() as tx:
            tx.run(
                """INSERT INTO commits (repo_id, seq, sha, author_time, commit_time, reachable, is_merge)
                   VALUES (1, 1, :sha, 0, 0, :reachable, :merge)""",
                sha=sha, reachable=reachable, merge=merge,
            )  # fmt: skip
            row = Embedding(sha, vector_of(sha).astype(np.float16).tobytes(), b"")
            team.passages.put_embeddings(tx, MODEL, [row])

    for sha in ("aa", "bb"):
        commit(sha)
    commit("gone", reachable=0)
    commit("merge", merge=1)
    assert commits.catch_up(team.db) == (2, 0)
    commit("cc")
    assert commits.catch_up(team.db) == (1, 0)
    assert commits.catch_up(team.db) == (0, 0)
    assert commits.search(vector_of("cc"), 1)[0][0] == 5


# -- trouble ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(team: Team, pages: Vectors) -> Vectors:
    team.write("a.md", *(f"text {n}" for n in range(50)))
    team.embed()
    pages.catch_up(team.db)
    return pages


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda path: path.unlink(), "there is no index file yet"),
        (lambda path: cut(path, 0), "the file is cut off"),
        (lambda path: cut(path, 9000), "the file is cut off or of another format"),
        (lambda path: cut(path, path.stat().st_size - 1), "the file is cut off or of another format"),
        (lambda path: flip(path, 60), "the checksum does not agree"),
        (lambda path: flip(path, 9001), "the checksum does not agree"),
        (lambda path: flip(path, path.stat().st_size - 60), "the footer is damaged"),
        (lambda path: flip(path, path.stat().st_size - 10), "the footer is damaged"),
        (lambda path: flip(path, path.stat().st_size - 20), "the footer is damaged"),
        (lambda path: path.write_bytes(b"no index at all " * 900), "the file is cut off or of another format"),
    ],
)
def test_a_harmed_file_is_noticed_and_filled_again_from_the_store(harm, why: str, team: Team, filled: Vectors):
    content = ids_of(load(filled.path, shared=True)[0])
    harm(filled.path)
    assert filled.trouble().startswith(why)
    assert filled.search(vector_of("h:text 7"), 1) == []
    assert filled.catch_up(team.db).added == 50
    assert filled.trouble() == ""
    assert sorted(held(filled)) == sorted(content)
    assert team.embedded()[filled.search(vector_of("h:text 7"), 1)[0][0]] == "h:text 7"


def test_another_model_has_other_vectors(team: Team, filled: Vectors):
    other = Vectors(filled.path.parent, "pages", "other-model", DIM)
    assert other.search(vector_of("h:text 7"), 1) == []
    assert other.trouble() == "it holds pages of the model some-model (384 dimensions)"
    assert other.catch_up(team.db) == (0, 0)
    team.embed(model="other-model")
    assert other.catch_up(team.db).added == 50


def test_the_file_of_another_store_is_not_believed(tmp_path: Path, filled: Vectors):
    (tmp_path / "new").mkdir()
    other = Team(tmp_path / "new")
    other.write("z.md", *(f"other {n}" for n in range(80)))
    other.embed()
    copied = Vectors(tmp_path / "new" / "vectors", "pages", MODEL, DIM)
    shutil.copytree(filled.path.parent, copied.path.parent)
    assert copied.catch_up(other.db).added == 80
    assert held(copied) == set(other.embedded())


def test_the_store_is_an_older_copy(team: Team, filled: Vectors, tmp_path: Path):
    team.db.read("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "store.sqlite", tmp_path / "backup.sqlite")
    team.write("b.md", "new one")
    team.embed()
    filled.catch_up(team.db)
    older = open_store(f"sqlite:///{tmp_path / 'backup.sqlite'}")
    assert filled.catch_up(older).added == 50
    assert filled.count() == 50


def test_a_killed_writer_leaves_the_old_file(team: Team, filled: Vectors, monkeypatch: pytest.MonkeyPatch):
    before = filled.path.read_bytes()
    team.write("b.md", "new one")
    team.embed()
    with monkeypatch.context() as patch:
        patch.setattr(json, "dumps", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            filled.catch_up(team.db)
    assert filled.path.read_bytes() == before
    assert not list(filled.path.parent.glob("*.part"))
    filled.path.with_name("pages.faiss.123.part").write_bytes(b"half of it")  # kill -9 leaves this
    assert filled.catch_up(team.db) == (1, 0)
    assert not list(filled.path.parent.glob("*.part"))


def test_any_changed_bit_changes_the_checksum():
    content = np.random.default_rng(6).integers(0, 256, 3 * 1024 * 1024 + 5, dtype=np.uint8)
    whole = checksum(content)
    for at in (0, 12_345, 2_000_000, content.size - 1):
        content[at] ^= 4
        assert checksum(content) != whole
        content[at] ^= 4
    assert checksum(content) == whole
    assert checksum(content[:-1]) != whole


# -- any history of the store -----------------------------------------------------------------------------------------


class Following(RuleBasedStateMachine):
    """Documents come, change and go, texts are embedded in part, the file is lost: the index always ends as the store."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self._scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self._scratch.name)
        self.team = Team(self.folder)
        self.pages = Vectors(self.folder / "vectors", "pages", MODEL, DIM)
        self.caught_up = False

    def teardown(self) -> None:
        self.team.db.close()
        self._scratch.cleanup()

    @rule(path=st.sampled_from("abc"), texts=st.lists(st.sampled_from("uvwxyz"), max_size=4))
    def write(self, path: str, texts: list[str]) -> None:
        self.team.write(path, *texts)
        self.caught_up = False

    @rule(path=st.sampled_from("abc"))
    def remove(self, path: str) -> None:
        self.team.remove(path)
        self.caught_up = False

    @rule(limit=st.one_of(st.none(), st.integers(0, 2)))
    def embed(self, limit: int | None) -> None:
        self.team.embed(limit)
        self.caught_up = False

    @rule()
    def catch_up(self) -> None:
        self.pages.catch_up(self.team.db)
        self.caught_up = True

    @precondition(lambda self: self.pages.path.exists())
    @rule()
    def lose(self) -> None:
        self.pages.wipe()
        self.caught_up = False

    @invariant()
    def index_is_as_the_store(self) -> None:
        if not self.caught_up:
            return
        wanted = self.team.embedded()
        assert held(self.pages) == set(wanted)
        for text in set(wanted.values()):
            best = self.pages.search(vector_of(text), 20)
            same = [i for i, score in best if score > 0.9]
            assert set(same) == {i for i, other in wanted.items() if other == text}


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
