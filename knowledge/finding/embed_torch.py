"""The slow way: a model whose architecture has no export here, served by sentence-transformers and torch.

Correct for everything sentence-transformers loads; costs seconds at the start, half a gigabyte, and four times the
processor time (bench/embedding.py). Nothing else in Lamplighter imports torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import Mistake
from knowledge.finding import calibration, model_files
from knowledge.finding.embedding import (
    LONGEST,
    TOKEN_SCALE,
    Embedder,
    Floats,
    Meaning,
    QueryMeaning,
    atomically,
    load_directions,
    save_directions,
)

_BATCH = 32


def open_torch(name: str, folder: Path, home: Path, why: str) -> Embedder:
    """The model in `folder`; its projection is found once and kept in `home`.

    Raises:
        Mistake: sentence-transformers cannot load it either.
    """
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder), device="cpu")
    except Exception as error:
        raise Mistake(
            f"the model in {folder} cannot be loaded ({error})",
            f"Name another in config.yaml under model.name; {model_files.BUNDLED} is bundled.",
        ) from error
    model.max_seq_length = min(int(model.max_seq_length or LONGEST), LONGEST)
    directions = home / "projection.npy"
    if not directions.exists():
        states = [state for _, state in _encoded(model, calibration.sample_texts())]
        found = calibration.fit(_unit(np.concatenate(states)))
        atomically(directions, lambda path: save_directions(found, path))
    return TorchEmbedder(name, model, load_directions(directions), model_files.prompts(folder), why)


class TorchEmbedder:
    """A model of sentence-transformers. All its tokens are kept but its own marks: it has its own vocabulary."""

    def __init__(self, name: str, model: Any, directions: Floats, prompts: tuple[str, str], why: str) -> None:
        self.name = name
        self.dim = int(model.encode("", show_progress_bar=False).shape[0])
        self.token_dim = directions.shape[1]
        self.backend = f"sentence-transformers with torch, which is slow: {why}"
        self._model = model
        self._directions = directions
        self._query_prompt, self._passage_prompt = prompts

    def passages(self, texts: Iterable[str]) -> Iterator[Meaning]:
        waiting = iter(texts)
        while batch := [self._passage_prompt + text for text in islice(waiting, _BATCH)]:
            for vector, states in _encoded(self._model, batch):
                tokens = _unit(states @ self._directions)
                yield Meaning(vector, np.round(tokens * TOKEN_SCALE).astype(np.int8))

    def query(self, text: str) -> QueryMeaning:
        ((vector, states),) = _encoded(self._model, [self._query_prompt + text])
        return QueryMeaning(vector, _unit(states @ self._directions))


def _encoded(model: Any, texts: list[str]) -> Iterator[tuple[Floats, Floats]]:
    """Unit vectors of texts, and the states of their tokens without the model's marks at both ends."""
    for row in model.encode(texts, batch_size=_BATCH, output_value=None, show_progress_bar=False, prompt=""):
        length = int(row["attention_mask"].sum())
        states = row["token_embeddings"][:length].numpy().astype(np.float32)
        yield _unit(row["sentence_embedding"].numpy().astype(np.float32)), states[1:-1]


def _unit(rows: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, dtype=np.float32)
