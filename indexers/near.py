"""Passages that nearly repeat another are known as such: MinHash finds candidates, their texts decide.

Pure but for `mark_new`, which is what the pipeline calls.

A text is the set of its three-word runs; two texts are alike by the share of runs that they have in common (Jaccard).
MinHash (Broder 1997): the least value of a random function over a set agrees for two sets with just that probability J.
Four bands of four such values agree in at least one band with 1 − (1 − J⁴)⁴: .99 at J = .9, .88 at .8, .23 at .5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from zlib import crc32

from knowledge.store import near
from knowledge.store.database import Transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Share of common three-word runs from which two passages say the same. At .8, the pages on nginx and on Apache of one
# real handbook are "the same", and so are the alerts on slow backups and on slow restores; at .9 they are not.
ALIKE = 0.9

_BANDS, _ROWS = 4, 4
_RUN = 3
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd and far apart, so that the order counts
_FEWEST = 12  # runs; less text has too little to be told apart by
_WORD = re.compile(r"\w+")


def runs(text: str) -> frozenset[str]:
    """The three-word runs of a text, whatever its case, spacing and punctuation."""
    words = _WORD.findall(text.lower())
    return frozenset(map(" ".join, zip(*(words[place:] for place in range(_RUN)), strict=False)))


def similarity(one: str, other: str) -> float:
    """Share in [0, 1] of the runs of two texts that both have; 0 for texts too short to have any."""
    a, b = runs(one), runs(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def bands(text: str) -> tuple[int, ...]:
    """Four keys in [0, 2^63): like texts share one; empty for a text that is too short."""
    words = [crc32(word.encode(errors="replace")) for word in _WORD.findall(text.lower())]
    if len(words) < _FEWEST + _RUN - 1:
        return ()
    import numpy as np

    factors, offsets = _functions()
    single = np.array(words, dtype=np.uint64)
    first, second, third = (single[place : len(words) - _RUN + 1 + place] for place in range(_RUN))
    mixed = first * np.uint64(_MIX[0]) + second * np.uint64(_MIX[1]) + third * np.uint64(_MIX[2])
    hashes = np.unique(mixed >> np.uint64(24))
    if len(hashes) < _FEWEST:
        return ()
    least = ((hashes[:, None] * factors + offsets) >> np.uint64(32)).min(axis=0)
    rows = least.reshape(_BANDS, _ROWS)
    return tuple(_key(number, row.tobytes()) for number, row in enumerate(rows))


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Multiply-shift hashing (Dietzfelbinger 1996): odd factors and offsets, the same on every machine."""
    import numpy as np

    draw = np.random.default_rng(20200607)
    factors = draw.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return factors, draw.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64)


def _key(band: int, values: bytes) -> int:
    digest = blake2b(values, digest_size=8, salt=bytes([band])).digest()
    return int.from_bytes(digest, "big") >> 1


def mark_new(tx: Transaction, ids: Iterable[int]) -> int:
    """Find, for passages just stored in `tx`, the older one that each nearly repeats; returns how many do."""
    return near.mark(tx, ids, bands, lambda one, other: similarity(one, other) >= ALIKE)
