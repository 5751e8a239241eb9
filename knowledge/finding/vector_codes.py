"""The vectors of an index file read without FAISS, whose import alone costs more than ten searches done this way.

The end of the file of a flat index, which is where this looks, is

    … · 2 (8 bytes) · range of the 8 bits (2 × float32) · n · dim (8) · codes (n · dim) · n (8) · ids (n · 8) · footer

A code stands for the middle of its step: low + (code + ½) · width / 255. Anything else there than what is expected, and
it is left to FAISS.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.finding.vector_file import RANGE, Floats, Footer, Ids

_ROWS = 4096  # that are turned into floats at once: 6 MB


class Codes(NamedTuple):
    """`codes` `(n, dim) uint8`, in the file's pages, and the ids of its rows."""

    codes: npt.NDArray[np.uint8]
    ids: Ids

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """Ids and cosines of the `k` nearest to a unit vector, best first."""
        count, dim = self.codes.shape
        products = np.empty(count, np.float32)
        for at in range(0, count, _ROWS):
            products[at : at + _ROWS] = self.codes[at : at + _ROWS].astype(np.float32) @ vector
        low, width = _range(dim)
        cosines = products * (width / 255) + (low + width / 510) * vector.sum()
        k = min(k, count)
        best = np.argpartition(cosines, count - k)[count - k :] if k < count else np.arange(count)
        best = best[np.lexsort((self.ids[best], -cosines[best]))]
        return list(zip(self.ids[best].tolist(), cosines[best].tolist(), strict=True))


def codes_of(content: npt.NDArray[np.uint8], footer: Footer) -> Codes | None:
    """What stands in FAISS's bytes of a file, proven by its checksum; None where it is not laid out as above."""
    count, dim = footer.count, footer.dim
    ids_at = content.size - 8 * count
    codes_at = ids_at - 8 - count * dim
    if footer.layout != "flat" or not count or codes_at < 32:
        return None
    if (_number(content, ids_at - 8), _number(content, codes_at - 8)) != (count, count * dim):
        return None
    if _number(content, codes_at - 24) != 2 or content[codes_at - 16 : codes_at - 8].tobytes() != _told(dim):
        return None
    ids = np.frombuffer(content[ids_at:].tobytes(), dtype=np.int64)
    return Codes(content[codes_at : ids_at - 8].reshape(count, dim), ids)


def _range(dim: int) -> tuple[np.float32, np.float32]:
    reach = RANGE / math.sqrt(dim)
    return np.float32(-reach), np.float32(2 * reach)


def _told(dim: int) -> bytes:
    return np.array(_range(dim), dtype=np.float32).tobytes()


def _number(content: Any, at: int) -> int:
    return int.from_bytes(content[at : at + 8].tobytes(), "little")
