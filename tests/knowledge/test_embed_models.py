"""Models that are not bundled, from a folder: a BERT is exported, anything else is served by sentence-transformers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.embed import open_embedder
from knowledge.finding import model_files
from knowledge.finding.embed_onnx import OnnxEmbedder
from knowledge.finding.embedding import TOKEN_SCALE

TEXTS = ["Rolling back a deployment", "Who reviews the payment service?", "def create_logger(app): ...", "x " * 400]


def tiny(kind: str, folder: Path, pooling: str = "mean") -> Any:
    """A sentence-transformers model of two small random layers, saved in `folder`; it has the bundled tokenizer."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    torch.manual_seed(7)
    raw = folder.with_name(f"{folder.name}-raw")
    if kind == "bert":
        config = BertConfig(hidden_size=96, num_hidden_layers=2, num_attention_heads=4, intermediate_size=192)
        BertModel(config).save_pretrained(raw)
    else:
        DistilBertModel(DistilBertConfig(dim=96, n_layers=2, n_heads=4, hidden_dim=192)).save_pretrained(raw)
    bundled = model_files.find_model(model_files.BUNDLED, folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        shutil.copy(bundled / name, raw)
    body = Transformer(str(raw), max_seq_length=256)
    model = SentenceTransformer(modules=[body, Pooling(96, pooling)], device="cpu")
    model.save(str(folder))
    return model


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_bert_in_a_folder_is_exported_with_its_own_projection(pooling: str, tmp_path: Path):
    model = tiny("bert", tmp_path / "Our Model", pooling)
    embedder = open_embedder(str(tmp_path / "Our Model"), tmp_path / "cache")
    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.name.startswith("our-model-")
    assert (embedder.dim, embedder.token_dim) == (96, 64)
    wanted = model.encode(TEXTS, normalize_embeddings=True)
    for meaning, vector in zip(embedder.passages(TEXTS), wanted, strict=True):
        assert meaning.vector @ vector > 0.99
    again = open_embedder(str(tmp_path / "Our Model"), tmp_path / "cache")
    assert again.name == embedder.name
    assert np.array_equal(again.query(TEXTS[0]).tokens, embedder.query(TEXTS[0]).tokens)


def test_another_architecture_is_served_by_torch_and_says_so(tmp_path: Path):
    model = tiny("distilbert", tmp_path / "other")
    embedder = open_embedder(str(tmp_path / "other"), tmp_path / "cache")
    assert embedder.backend == (
        "sentence-transformers with torch, which is slow: its architecture is 'distilbert', not 'bert'"
    )
    wanted = model.encode(TEXTS, normalize_embeddings=True)
    meanings = list(embedder.passages(TEXTS))
    for meaning, vector in zip(meanings, wanted, strict=True):
        assert meaning.vector @ vector > 0.9999
        assert meaning.tokens.dtype == np.int8
    query = embedder.query(TEXTS[0])
    assert query.tokens.shape == (len(meanings[0].tokens), embedder.token_dim) == (4, 64)
    assert np.abs(query.tokens - meanings[0].tokens / TOKEN_SCALE).max() < 0.01
    assert open_embedder(str(tmp_path / "other"), tmp_path / "cache").name == embedder.name


def test_a_fine_tuned_copy_has_another_name(tmp_path: Path):
    tiny("bert", tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    same = model_files.fingerprint(tmp_path / "one")
    assert model_files.fingerprint(tmp_path / "two") == same
    weights = tmp_path / "two" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    for at in range(4096, len(content), 3):  # training moves nearly every weight
        content[at] ^= 1
    weights.write_bytes(bytes(content))
    assert model_files.fingerprint(tmp_path / "two") != same
    assert model_files.fingerprint(tmp_path / "one", "another recipe") != same
