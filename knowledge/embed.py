"""Text → unit vectors: one for the whole text, and one for every word that carries meaning.

The bundled model (all-MiniLM-L6-v2) and every BERT-family model are turned once into an int8 ONNX file in the model
cache (finding/onnx_export.py) and served by ONNX Runtime (finding/embed_onnx.py); opening one takes .3 s and never
imports torch. Other architectures are served by sentence-transformers itself (finding/embed_torch.py), correctly and
slowly; `Embedder.backend` says which it is.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from knowledge.finding import embed_onnx, model_files, onnx_export
from knowledge.finding.embedding import Embedder as Embedder
from knowledge.finding.embedding import Meaning as Meaning
from knowledge.finding.embedding import QueryMeaning as QueryMeaning
from knowledge.finding.model_files import BUNDLED


def open_embedder(model: str, cache: Path, *, threads: int = 0) -> Embedder:
    """The model called `model`, exported into `cache` at its first use (some CPU seconds, one process at a time).

    Args:
        model: the bundled model, a folder, or the name of a sentence-transformers model of the hub.
        cache: the folder of exported models.
        threads: how many passages are read at the same time; 0: all cores but one. A query takes one thread.

    Raises:
        Mistake: there is no such model, or it cannot be fetched.
    """
    folder = model_files.find_model(model, cache)
    bundled = model_files.is_bundled(model)
    salt = (onnx_export.RECIPE, "" if bundled else platform.python_version_tuple()[1])  # calibration.sample_texts
    print_ = model_files.fingerprint(folder, *salt)
    name = f"{model_files.slug(BUNDLED if bundled else model)}-{print_}"
    home = cache / name
    workers = threads or max(1, _cores() - 1)
    reason = home / "not-exported.txt"
    if not reason.exists():
        try:
            return embed_onnx.open_exported(name, folder, home, workers, bundled=bundled)
        except onnx_export.Unsupported as why:
            home.mkdir(parents=True, exist_ok=True)
            reason.write_text(f"{why}", encoding="utf-8")
    from knowledge.finding.embed_torch import open_torch

    return open_torch(name, folder, home, reason.read_text(encoding="utf-8"))


def passage_text(title: str, text: str) -> str:
    """What is embedded of a passage: its heading path or qualified name, then its text (worth +.05 to +.11 nDCG)."""
    return f"{title}\n{text}" if title else text


def _cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
