"""How fast texts become vectors, in passages of 126 tokens for each CPU second, all threads counted; one run, one table.

The anchor is torch on floats through sentence-transformers, measured beside ours in turns, so that a busy machine slows
both. `python -m bench.embedding`.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from knowledge.embed import open_embedder
from knowledge.finding import calibration, model_files
from knowledge.finding.embed_onnx import OnnxEmbedder, Reader

TOKENS = 126
TEXTS = 64
ROUNDS = 3


def run() -> list[dict]:
    """Rows of {name, value, unit, against}."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)  # at its best for each CPU second: more threads wait for each other by spinning
    folder = model_files.find_model(model_files.BUNDLED, Path())
    texts = passages_of(folder, TOKENS, TEXTS)
    with tempfile.TemporaryDirectory() as cache:
        ours = open_embedder(model_files.BUNDLED, Path(cache), threads=1)
        assert isinstance(ours, OnnxEmbedder)
        anchor = SentenceTransformer(str(folder), device="cpu")
        speeds: dict[str, list[float]] = {"ours": [], "torch": []}
        for _ in range(ROUNDS):
            speeds["ours"].append(per_cpu_second(lambda: list(ours.passages(texts)), len(texts)))
            speeds["torch"].append(
                per_cpu_second(lambda: anchor.encode(texts, batch_size=8, normalize_embeddings=True), len(texts))
            )
        wanted = anchor.encode(texts, normalize_embeddings=True)
        cosine = (np.stack([meaning.vector for meaning in ours.passages(texts)]) * wanted).sum(axis=1)
        question = "how do I roll back a deployment?"
        queries = per_cpu_second(lambda: [ours.query(question) for _ in range(200)], 200)
    ratio = np.median(np.array(speeds["ours"]) / np.array(speeds["torch"]))
    return [
        {"name": "embedding", "value": round(max(speeds["ours"]), 1), "unit": f"passages of {TOKENS} tokens per CPU s", "against": "at least 60"},
        {"name": "embedding, torch float32", "value": round(max(speeds["torch"]), 1), "unit": f"passages of {TOKENS} tokens per CPU s", "against": "the anchor"},
        {"name": "embedding over torch float32", "value": round(float(ratio), 2), "unit": "×, median of rounds in turns", "against": "2.6 = 60 / 23"},
        {"name": "cosine to torch float32", "value": round(float(cosine.mean()), 4), "unit": f"mean, least {cosine.min():.4f}", "against": "at least .99"},
        {"name": "one query", "value": round(1000 / queries, 2), "unit": "CPU ms", "against": "1.7 (ONNX Runtime, converted)"},
    ]  # fmt: skip


def passages_of(folder: Path, tokens: int, count: int) -> list[str]:
    """`count` pieces of the language reference that are `tokens` tokens long, the model's two marks included."""
    read = Reader(folder).read
    words = " ".join(calibration.sample_texts()).split()
    found: list[str] = []
    start = 0
    while len(found) < count:
        end = start + tokens // 3
        while read(" ".join(words[start:end]))[0].size < tokens:
            end += 1
        if read(text := " ".join(words[start:end]))[0].size == tokens:
            found.append(text)
        start = end
    return found


def per_cpu_second(work: Callable[[], object], count: int) -> float:
    """How many of `count` things `work` does in a second of processor time, children not included."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return count / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    begun = time.perf_counter()
    for row in run():
        print(f"{row['name']:32} {row['value']:>8} {row['unit']}  ({row['against']})")
    print(f"{time.perf_counter() - begun:.0f} s")
