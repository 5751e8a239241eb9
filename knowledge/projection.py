"""The 64 directions on which token vectors are kept, so that a passage costs 5 kB and not 30 (late interaction).

The first right singular vectors of unit token vectors, not centred: what must survive is the inner product. They are
found on text that every Python has, the topics of its own `help()`, so that they depend on the model alone and not on
what happened to be indexed first. For the bundled model they are an asset (bench/make_projection.py wrote it).
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

TOKEN_DIM = 64
BUNDLED_ASSET = Path(__file__).parent / "assets" / "all-minilm-l6-v2.projection.npy"
_SAMPLE_TEXTS = 300
_SAMPLE_CHARACTERS = 700


def sample_texts() -> list[str]:
    """Some 300 passages of Python's language reference, spread over all of it."""
    from pydoc_data.topics import topics

    whole = re.sub(r"[*\-=~^]{4,}", "", "\n\n".join(topics[name] for name in sorted(topics)))
    step = max(_SAMPLE_CHARACTERS, len(whole) // _SAMPLE_TEXTS)
    return [whole[at : at + _SAMPLE_CHARACTERS] for at in range(0, len(whole), step)]


def fit(token_vectors: Floats, token_dim: int = TOKEN_DIM) -> Floats:
    """The `(dim, token_dim)` projection that keeps most of the inner products of `(n, dim)` unit vectors."""
    _, directions = np.linalg.eigh(token_vectors.T.astype(np.float64) @ token_vectors.astype(np.float64))
    best = directions[:, ::-1][:, :token_dim]
    best = best * np.sign(best[np.abs(best).argmax(axis=0), np.arange(best.shape[1])])  # one sign on every machine
    return np.ascontiguousarray(best, dtype=np.float32)


def load(path: Path) -> Floats:
    """A projection as `save` wrote it."""
    return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)


def save(projection: Floats, path: Path) -> None:
    """Keep a projection; float16 is precise enough and halves the file."""
    with path.open("wb") as file:
        np.save(file, projection.astype(np.float16), allow_pickle=False)
