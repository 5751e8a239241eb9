"""What is learnt about a model before it serves, from text that every Python has: the topics of its own `help()`.

Two things, and both depend on the model alone and not on what happened to be indexed first:
- how far each channel reaches that a dense layer reads, so that 8 bits suffice (onnx_export.py);
- the 64 directions on which token vectors are kept, so that a passage costs 5 kB and not 30 (late interaction): the
  first right singular vectors of unit token vectors, not centred, since what must survive is the inner product.
For the bundled model they are an asset (bench/make_calibration.py wrote it), the same with every Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Read = Callable[[str], tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]]

TOKEN_DIM = 64
BUNDLED_ASSET = Path(__file__).parents[1] / "assets" / "all-minilm-l6-v2.npz"
_SAMPLE_TEXTS = 100
_SAMPLE_CHARACTERS = 700


class Calibration(NamedTuple):
    """What the sample text showed: `projection` `(dim, token_dim)`, `reach` by the name of what a dense layer reads."""

    projection: Floats
    reach: dict[str, Floats]


def sample_texts() -> list[str]:
    """Some 100 passages of Python's language reference, spread over all of it."""
    from pydoc_data.topics import topics

    whole = re.sub(r"[*\-=~^]{4,}", "", "\n\n".join(topics[name] for name in sorted(topics)))
    step = max(_SAMPLE_CHARACTERS, len(whole) // _SAMPLE_TEXTS)
    return [whole[at : at + _SAMPLE_CHARACTERS] for at in range(0, len(whole), step)]


def calibrate(folder: Path, read: Read) -> Calibration:
    """Run the exact model in `folder` over the sample text; `read` gives token ids and which of them to keep.

    Raises:
        Unsupported: the model cannot be exported.
    """
    import onnxruntime

    from knowledge.finding.onnx_export import exact

    model, inputs = exact(folder)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # see onnx_export.py
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    whole = np.eye(session.get_outputs()[0].shape[1], dtype=np.float32)
    states = []
    reach: dict[str, Floats] = {}
    for text in sample_texts():
        ids, telling = read(text)
        tokens, *seen = session.run(["tokens", *inputs], {"ids": ids[None], "projection": whole})
        states.append(tokens[0][telling])
        for name, values in zip(inputs, seen, strict=True):
            reach[name] = np.maximum(reach.get(name, np.float32(0)), np.abs(values[0]).max(axis=0))
    return Calibration(fit(np.concatenate(states)), reach)


def fit(token_vectors: Floats, token_dim: int = TOKEN_DIM) -> Floats:
    """The `(dim, token_dim)` projection that keeps most of the inner products of `(n, dim)` unit vectors."""
    _, directions = np.linalg.eigh(token_vectors.T.astype(np.float64) @ token_vectors.astype(np.float64))
    best = directions[:, ::-1][:, :token_dim]
    best = best * np.sign(best[np.abs(best).argmax(axis=0), np.arange(best.shape[1])])  # one sign on every machine
    return np.ascontiguousarray(best, dtype=np.float32)


def load(path: Path) -> Calibration:
    """A calibration as `save` wrote it."""
    with np.load(path, allow_pickle=False) as kept:
        arrays = {name: np.asarray(kept[name], dtype=np.float32) for name in kept.files}
    return Calibration(arrays.pop("projection"), arrays)


def save(found: Calibration, path: Path) -> None:
    """Keep a calibration; float16 is precise enough and halves the file."""
    halves = {name: values.astype(np.float16) for name, values in found.reach.items()}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, projection=found.projection.astype(np.float16), **halves)
