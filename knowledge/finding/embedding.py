"""What a model makes of a text, the protocol that every model keeps, and how its projection is kept on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]

LONGEST = 256  # tokens of a text that are read; what follows them is not
TOKEN_SCALE = np.float32(127)  # a kept token vector is round(unit vector × this)


class Meaning(NamedTuple):
    """What is kept: `vector` `(dim,) float32`, unit length; `tokens` `(n, token_dim) int8`, unit rows × TOKEN_SCALE."""

    vector: Floats
    tokens: Bytes


class QueryMeaning(NamedTuple):
    """What is sought: `vector` `(dim,) float32` and `tokens` `(n, token_dim) float32`, rows of unit length."""

    vector: Floats
    tokens: Floats


class Embedder(Protocol):
    """A model that reads; safe to share between threads."""

    name: str  # names the vectors in the store: other weights or another recipe have another name
    dim: int
    token_dim: int
    backend: str  # what computes, in words, for `lamp doctor`

    def passages(self, texts: Iterable[str]) -> Iterator[Meaning]:
        """The meaning of each text, in the order of `texts`, which is read only a little ahead."""
        ...

    def query(self, text: str) -> QueryMeaning:
        """The meaning of a question."""
        ...


def save_directions(directions: Floats, path: Path) -> None:
    """Keep a projection by itself, in the precision of a calibration: reading that whole would slow a cold start."""
    with path.open("wb") as file:
        np.save(file, directions.astype(np.float16), allow_pickle=False)


def load_directions(path: Path) -> Floats:
    """What `save_directions` kept."""
    return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)


def atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file beside `path`, and put it in its place only when it is whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
