"""The vectors of an index file read without FAISS, whose import alone costs more than ten searches done this way.

The end of the file of a flat index, which is where this looks, is

    … · 2 (8 bytes) · range of the 8 bits (2 × float32) · n · dim (8) · codes (n · dim) · n (8) · ids (n · 8) · footer

and of one in cells, of which all are compared here,

    … · 2 (8) · range (2 × float32) · dim (8) · 0 (1) · "ilar" · cells (8) · dim (8) · "full" · cells (8)
      · how many each has (cells · 8) · of each its codes (n · dim) and its ids (n · 8) · footer

A code stands for the middle of its step: low + (code + ½) · width / 255. Anything else there than what is expected, and
it is left to FAISS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.finding.vector_file import RANGE, Floats, Footer, Ids

_ROWS = 4096  # that are turned into floats at once: 6 MB
_MOST_CELLS = 20  # powers of two


class Codes(NamedTuple):
    """Codes `(n, dim) uint8` in the file's pages, part by part, and the ids of all their rows."""

    parts: Sequence[npt.NDArray[np.uint8]]
    ids: Ids

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """Ids and cosines of the `k` nearest to a unit vector, best first."""
        count = self.ids.size
        step = max(1, _ROWS * len(self.parts) // count)  # parts of one product: one a cell takes twice as long
        blocks = (self.parts[at : at + step] for at in range(0, len(self.parts), step))
        products = np.concatenate([np.concatenate(block, dtype=np.float32) @ vector for block in blocks])
        low, width = _range(vector.size)
        cosines = products * (width / 255) + (low + width / 510) * vector.sum()
        k = min(k, count)
        best = np.argpartition(cosines, count - k)[count - k :] if k < count else np.arange(count)
        best = best[np.lexsort((self.ids[best], -cosines[best]))]
        return list(zip(self.ids[best].tolist(), cosines[best].tolist(), strict=True))


def codes_of(content: npt.NDArray[np.uint8], footer: Footer) -> Codes | None:
    """What stands in FAISS's bytes of a file, proven by its checksum; None where it is not laid out as above."""
    return _flat(content, footer) if footer.layout == "flat" else _cells(content, footer)


def _flat(content: npt.NDArray[np.uint8], footer: Footer) -> Codes | None:
    count, dim = footer.count, footer.dim
    ids_at = content.size - 8 * count
    codes_at = ids_at - 8 - count * dim
    if not count or codes_at < 32:
        return None
    if (_number(content, ids_at - 8), _number(content, codes_at - 8)) != (count, count * dim):
        return None
    if _number(content, codes_at - 24) != 2 or content[codes_at - 16 : codes_at - 8].tobytes() != _told(dim):
        return None
    ids = np.frombuffer(content[ids_at:].tobytes(), dtype=np.int64)
    codes = content[codes_at : ids_at - 8].reshape(count, dim)
    return Codes([codes[at : at + _ROWS] for at in range(0, count, _ROWS)], ids)


def _cells(content: npt.NDArray[np.uint8], footer: Footer) -> Codes | None:
    count, dim = footer.count, footer.dim
    at = content.size - count * (dim + 8)
    sizes = next(
        (sizes for power in range(_MOST_CELLS) if (sizes := _sizes(content, at, 1 << power, dim)) is not None), None
    )
    if sizes is None or not count or sum(sizes) != count:
        return None
    parts, ids = [], []
    for size in filter(None, sizes):
        end = at + size * dim
        parts.append(content[at:end].reshape(size, dim))
        ids.append(content[end : end + 8 * size])
        at = end + 8 * size
    return Codes(parts, np.frombuffer(np.concatenate(ids).tobytes(), dtype=np.int64))


def _sizes(content: npt.NDArray[np.uint8], end: int, cells: int, dim: int) -> list[int] | None:
    """How many codes each of so many cells has, where the bytes before `end` say that; else None."""
    wanted = (2).to_bytes(8, "little") + _told(dim) + dim.to_bytes(8, "little") + b"\0"
    wanted += b"ilar" + cells.to_bytes(8, "little") + dim.to_bytes(8, "little") + b"full" + cells.to_bytes(8, "little")
    at = end - 8 * cells
    if at < len(wanted) or content[at - len(wanted) : at].tobytes() != wanted:
        return None
    return [int(size) for size in np.frombuffer(content[at:end].tobytes(), dtype=np.int64)]


def _range(dim: int) -> tuple[np.float32, np.float32]:
    reach = RANGE / math.sqrt(dim)
    return np.float32(-reach), np.float32(2 * reach)


def _told(dim: int) -> bytes:
    return np.array(_range(dim), dtype=np.float32).tobytes()


def _number(content: Any, at: int) -> int:
    return int.from_bytes(content[at : at + 8].tobytes(), "little")
