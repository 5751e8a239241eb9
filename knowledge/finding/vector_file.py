"""One FAISS index in one file, with a footer that says what it holds and proves that it is whole.

    file    FAISS's own bytes · footer (JSON) · digest of the footer (8 bytes) · its length (8 bytes) · MAGIC

Vectors are unit vectors, kept in 8 bits a component under their own ids, and compared by inner product: scores are
cosines. The range of the 8 bits depends on nothing but the dimension, so the same vectors give the same index in
whatever order they came. Up to 50,000 vectors all are compared; above, only those of the nearest cells (IVF).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Layout = Literal["flat", "cells"]

MAGIC = b"LAMPVEC1"
CELLS_FROM = 50_000  # vectors: until there, comparing all takes a millisecond and finds more
FLAT_BELOW = 40_000  # so that a count around the border does not rebuild the index to and fro
RANGE = 4.5  # standard deviations of a component of a random unit vector that 8 bits span on either side
TRAINING_PER_CELL = 40
_ENDING = 8 + 8 + len(MAGIC)
_BLOCK = 1 << 17  # 8-byte words of one partial sum


class Damaged(Exception):  # noqa: N818
    """The file is not what was written; the index is filled again from the store."""


@dataclass(frozen=True, slots=True)
class Footer:
    """What an index file holds."""

    channel: str
    model: str
    dim: int
    layout: Layout
    epoch: str  # names the filling; the store keeps the same word
    seq: int  # how far the store was followed
    complete: bool  # whether every text up to `seq` had its embedding
    count: int
    checksum: str = ""


def layout_for(
    count: int, present: Layout = "flat", cells_from: int = CELLS_FROM, flat_below: int = FLAT_BELOW
) -> Layout:
    """How `count` vectors are best kept, given how they are kept now."""
    if count > cells_from:
        return "cells"
    return "flat" if count < flat_below else present


def cells_for(count: int) -> int:
    """How many cells `count` vectors are spread over: a power of two near 4·√count."""
    return int(2 ** round(math.log2(4 * math.sqrt(max(count, 1)))))


def empty_index(dim: int, layout: Layout = "flat", sample: Floats | None = None, count: int = 0) -> Any:
    """An index without vectors. Cells are found on `sample` `(n, dim)`, for `count` vectors to come."""
    import faiss

    quantizer = faiss.ScalarQuantizer.QT_8bit_uniform
    if layout == "flat":
        codes: Any = faiss.IndexScalarQuantizer(dim, quantizer, faiss.METRIC_INNER_PRODUCT)
        _set_range(codes, dim)
        index: Any = faiss.IndexIDMap2(codes)
        codes.this.disown()
        index.own_fields = True
        return index
    assert sample is not None  # noqa: S101  (only this module's callers choose the layout)
    cells = cells_for(count)
    coarse: Any = faiss.IndexFlatIP(dim)
    index = faiss.IndexIVFScalarQuantizer(coarse, dim, cells, quantizer, faiss.METRIC_INNER_PRODUCT, False)
    coarse.this.disown()
    index.own_fields = True
    index.cp.max_points_per_centroid = TRAINING_PER_CELL
    index.cp.min_points_per_centroid = 1
    index.train(sample)
    _set_range(index, dim)
    index.nprobe = probes_for(cells)
    return index


def probes_for(cells: int) -> int:
    """How many cells a search looks into."""
    return max(16, cells // 4)  # with an eighth, one question in a hundred loses all that is nearest to it


def _set_range(index: Any, dim: int) -> None:
    """Fix the range of the 8 bits. A component beyond it is clipped, for all vectors alike."""
    import faiss

    reach = RANGE / math.sqrt(dim)
    faiss.copy_array_to_vector(np.array([-reach, 2 * reach], dtype=np.float32), index.sq.trained)
    index.is_trained = True


def ids_of(index: Any) -> Ids:
    """The ids that an index holds, in no order."""
    import faiss

    if isinstance(index, faiss.IndexIDMap2):
        return np.asarray(faiss.vector_to_array(index.id_map), dtype=np.int64)
    lists = index.invlists
    sizes = [lists.list_size(cell) for cell in range(index.nlist)]
    parts = [faiss.rev_swig_ptr(lists.get_ids(cell), size).copy() for cell, size in enumerate(sizes) if size]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, dtype=np.int64)


def save(index: Any, footer: Footer, path: Path) -> None:
    """Replace the file at `path` at once: readers see the old index or the new one, whole."""
    import faiss

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        faiss.write_index(index, str(part))
        told = asdict(footer) | {"checksum": checksum(np.fromfile(part, dtype=np.uint8))}
        tail = json.dumps(told).encode()
        with part.open("ab") as file:
            file.write(tail + _digest(tail) + len(tail).to_bytes(8, "little") + MAGIC)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path, *, shared: bool) -> tuple[Any, Footer]:
    """The index in a file and what it says of itself; with `shared`, its vectors stay in the file's pages (read only).

    Raises:
        FileNotFoundError: there is none.
        Damaged: the file is cut, changed, or of another format.
    """
    _, footer = proven(path)
    return read_index(path, shared=shared), footer


def read_index(path: Path, *, shared: bool) -> Any:
    """FAISS's index in a file that was proven to be whole."""
    import faiss

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if shared else 0)


def proven(path: Path) -> tuple[npt.NDArray[np.uint8], Footer]:
    """FAISS's bytes of a file, in the file's pages, and what it says of itself.

    Raises:
        FileNotFoundError: there is none.
        Damaged: the file is cut, changed, or of another format.
    """
    if path.stat().st_size < _ENDING:
        raise Damaged("the file is cut off")
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    ending = whole[-_ENDING:].tobytes()
    if not ending.endswith(MAGIC):
        raise Damaged("the file is cut off or of another format")
    end = max(0, whole.size - _ENDING - int.from_bytes(ending[8:16], "little"))
    told = whole[end:-_ENDING].tobytes()
    if _digest(told) != ending[:8]:
        raise Damaged("the footer is damaged")
    footer = Footer(**json.loads(told))
    if checksum(whole[:end]) != footer.checksum:
        raise Damaged("the checksum does not agree")
    return whole[:end], footer


def _digest(footer: bytes) -> bytes:
    return hashlib.sha256(footer).digest()[:8]


def checksum(content: npt.NDArray[np.uint8]) -> str:
    """A digest of sums over blocks of 1 MB: 40 MB in 2 ms, and any changed bit changes it."""
    words = content[: content.size // 8 * 8].view(np.uint64)
    digest = hashlib.sha256(content[words.size * 8 :].tobytes())
    digest.update(content.size.to_bytes(8, "little"))
    if words.size:
        digest.update(np.add.reduceat(words, np.arange(0, words.size, _BLOCK)).tobytes())
    return digest.hexdigest()
