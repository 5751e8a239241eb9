"""How sure an answer may be: a small logistic on signs that mean the same for every question. Pure.

Scores of one ranking are stretched to [0, 1] and say nothing absolute; these do: the cosine and the MaxSim of the best
passages, and how much of what the question asks about they hold. bench/abstaining.py fitted the numbers
(docs/abstaining.md says on what, and how well they hold on repositories that were left out).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

PARAMETERS = Path(__file__).parents[1] / "assets" / "abstaining.json"
UNKNOWN_RARITY = 8.0  # of a word that occurs nowhere: as rare as one passage in three thousand


class Signs(NamedTuple):
    """What was found for a question, in absolute terms; the first three are the highest of the three best passages."""

    cosine: float  # of the whole passage, in [−1, 1]
    late: float  # MaxSim, in [−1, 1]
    held: float  # share of the question's words, weighted by rarity, that the passage holds
    terms: int  # words of the question that are no stop words
    read: bool = False  # whether the model took part; else cosine, late and what follows are 0
    lift: float = 0.0  # how far `cosine` stands above that of the hundredth passage
    window: float = 0.0  # as `held`, of the lines that would be quoted and their title alone
    together: float = 0.0  # share of the question's neighbouring words that stand together there, too


def held_share(weights: Mapping[str, float], unknown: int, terms: Iterable[str]) -> float:
    """Share in [0, 1] of a question's words that are among `terms`, rare ones counting more, unknown as missing."""
    total = sum(weights.values()) + UNKNOWN_RARITY * unknown
    present = set(terms)
    return sum(rarity for term, rarity in weights.items() if term in present) / total if total else 0.0


def together_share(asked: Sequence[str], terms: Sequence[str]) -> float:
    """Share in [0, 1] of the pairs of neighbours in `asked` that stand in `terms` with at most one word between."""
    pairs = list(pairwise(asked))
    near = {*pairwise(terms), *zip(terms, terms[2:], strict=False)}
    return sum(pair in near or pair[::-1] in near for pair in pairs) / len(pairs) if pairs else 0.0


def features(signs: Signs) -> tuple[float, ...]:
    """What the logistic weighs; the first is its constant."""
    brief = 1.0 / max(1, signs.terms)
    if signs.read:
        return (1.0, signs.cosine, signs.late, signs.held, brief, signs.lift)
    return (1.0, signs.window, signs.together, brief)


def confidence(signs: Signs) -> float:
    """The probability in [0, 1] that what was found speaks of what is asked."""
    if not signs.terms:
        return 0.0
    weights = parameters()["read" if signs.read else "words"]
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, features(signs), strict=True))))


@cache
def parameters() -> dict[str, list[float]]:
    """The fitted weights: `read` with the model's help, `words` without."""
    found: dict[str, list[float]] = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    return found
