"""The fast way: a model exported to int8 ONNX (onnx_export.py), read by ONNX Runtime without torch."""

from __future__ import annotations

import platform
import string
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.finding import calibration, model_files, onnx_export
from knowledge.finding.embedding import (
    LONGEST,
    TOKEN_SCALE,
    Floats,
    Meaning,
    QueryMeaning,
    atomically,
    load_directions,
    save_directions,
)
from knowledge.finding.tokens import STOP_WORDS

_PUNCTUATION = string.punctuation + "–—‘’“”…•·→←×«»"
_IN_FLIGHT = 4  # texts waiting for each thread
_ASKED = 16  # questions whose meaning is kept


def open_exported(name: str, folder: Path, home: Path, workers: int, *, bundled: bool) -> OnnxEmbedder:
    """The model in `folder`, served from its export in `home`, which is made first where it is missing or damaged."""
    bits = weight_bits()
    model, directions = home / f"model-int{bits}.onnx", home / "projection.npy"
    if not (model.exists() and directions.exists()):
        _prepare(folder, model, directions, bits, bundled=bundled)
    try:
        opened = open_session(model)
    except Exception:  # noqa: BLE001  (ONNX Runtime has no common class for "this file is damaged": make it once more)
        model.unlink(missing_ok=True)
        _prepare(folder, model, directions, bits, bundled=bundled)
        opened = open_session(model)
    prompts = model_files.prompts(folder)
    return OnnxEmbedder(name, opened, Reader(folder), load_directions(directions), workers=workers, prompts=prompts)


def _prepare(folder: Path, model: Path, directions: Path, bits: int, *, bundled: bool) -> None:
    """Calibrate and export the model; both files appear whole or not at all."""
    from filelock import FileLock

    model.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(model.parent / "export.lock"):
        for left in model.parent.glob("*.part"):
            left.unlink()  # by a process that was killed
        if model.exists() and directions.exists():
            return  # another process was faster
        found = (
            calibration.load(calibration.BUNDLED_ASSET)
            if bundled
            else calibration.calibrate(folder, Reader(folder).read)
        )
        atomically(directions, lambda path: save_directions(found.projection, path))
        atomically(model, lambda path: onnx_export.export(folder, path, found.reach, weight_bits=bits))


def weight_bits() -> int:
    """8, or 7 on x86 without VNNI, where products of 8-bit weights overflow their 16-bit sums."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return 8
    try:
        return 8 if "vnni" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace") else 7
    except OSError:
        return 7


def open_session(model: Path) -> Any:
    """ONNX Runtime's session over an exported model, one thread for each call."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # passages run side by side instead: no waiting for each other
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # see onnx_export.py
    options.enable_mem_pattern = False  # texts have many lengths
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class Reader:
    """The tokenizer: text → token ids, and which of them carry meaning."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the class that tokenizers raises
            raise onnx_export.Unsupported(f"its tokenizer.json cannot be read ({error})") from error
        tokenizer.no_padding()  # all-MiniLM-L6-v2 would fill every text up to 128 tokens
        tokenizer.enable_truncation(model_files.longest_text(folder, LONGEST))
        self._tokenizer = tokenizer
        dropped = [tokenizer.token_to_id(token) for token in (*_PUNCTUATION, *STOP_WORDS)]
        self._dropped = np.zeros(tokenizer.get_vocab_size(), dtype=bool)
        self._dropped[[token for token in dropped if token is not None]] = True

    def read(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """The ids of a text, and which are neither the model's own marks, nor stop words, nor punctuation."""
        if not text.isascii():  # a command line can hold half characters, "\udcff"
            text = text.encode("utf-8", "replace").decode("utf-8")
        encoding = self._tokenizer.encode(text)
        ids = np.array(encoding.ids, dtype=np.int64)
        words = ~np.array(encoding.special_tokens_mask, dtype=bool)
        telling = words & ~self._dropped[ids]
        return ids, telling if telling.any() else words


class OnnxEmbedder:
    """An exported model. Reads one text at a time, several side by side.

    A question is read twice or three times on its way to an answer, for what it wants and for what it is about, in
    forms that mostly differ in nothing that the model sees: the last few are kept by the tokens that it reads.
    """

    def __init__(
        self, name: str, session: Any, reader: Reader, directions: Floats, *, workers: int, prompts: tuple[str, str]
    ) -> None:
        self.name = name
        self.dim, self.token_dim = directions.shape
        self.backend = f"ONNX Runtime, int8, {workers} at a time"
        self._session = session
        self._reader = reader
        self._directions = directions
        self._workers = workers
        self._query_prompt, self._passage_prompt = prompts
        self._asked: OrderedDict[bytes, QueryMeaning] = OrderedDict()
        self._lock = threading.Lock()

    def passages(self, texts: Iterable[str]) -> Iterator[Meaning]:
        if self._workers == 1:
            yield from map(self._passage, texts)
            return
        waiting: deque[Future[Meaning]] = deque()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="embed") as pool:
            for text in texts:
                waiting.append(pool.submit(self._passage, text))
                if len(waiting) >= self._workers * _IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def query(self, text: str) -> QueryMeaning:
        ids, telling = self._reader.read(self._query_prompt + text)
        key = ids.tobytes()
        with self._lock:
            if (held := self._asked.get(key)) is not None:
                self._asked.move_to_end(key)
                return held
        meaning = QueryMeaning(*self._run(ids, telling))
        with self._lock:
            self._asked[key] = meaning
            while len(self._asked) > _ASKED:
                self._asked.popitem(last=False)
        return meaning

    def _passage(self, text: str) -> Meaning:
        vector, tokens = self.read(self._passage_prompt + text)
        return Meaning(vector, np.round(tokens * TOKEN_SCALE).astype(np.int8))

    def read(self, text: str) -> tuple[Floats, Floats]:
        """The unit vectors of a text and of its telling tokens."""
        return self._run(*self._reader.read(text))

    def _run(self, ids: npt.NDArray[np.int64], telling: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        vectors, tokens = self._session.run(["vector", "tokens"], {"ids": ids[None], "projection": self._directions})
        return vectors[0], tokens[0][telling]
