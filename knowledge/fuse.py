"""Two rankings → one: words and meaning mixed, a page's other passages as context, the best read once more. Pure.

The recipe, with `b` the BM25 and `c` the cosine of a passage, both brought to [0, 1] over the candidates:

    mixed    = 0.6 · c + 0.4 · b,   b alone for a passage that the model has not read yet
    in page  = mixed + 0.3 · (sum of its page's three best) / 3
    the best 30:  0.5 · in page + 0.5 · MaxSim, both in [0, 1] over those 30

MaxSim (Khattab and Zaharia, ColBERT, 2020, eq. 3): for each token of the question the most similar token of the
passage, averaged over the question's tokens.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of the recipe; bench/search_quality.py measures what they are worth."""

    candidates: int = 100  # of each ranking
    meaning: float = 0.6  # the rest is words
    page: float = 0.3
    page_best: int = 3
    reread: int = 30
    late: float = 0.5


def unit(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores stretched to [0, 1]; all 1 where they are all the same."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {key: (value - low) / (high - low) if high > low else 1.0 for key, value in scores.items()}


def mix(
    words: Mapping[int, float], meaning: Mapping[int, float], unread: frozenset[int], recipe: Recipe
) -> dict[int, float]:
    """BM25 scores and cosines → one score in [0, 1] per passage of either.

    Args:
        words: BM25 of the best by words.
        meaning: cosine of the best by meaning.
        unread: passages that have no vector yet; their words stand for both, so that nothing is held against them.
        recipe: the weights.
    """
    b, c = unit(words), unit(meaning)
    mixed = {}
    for key in b.keys() | c.keys():
        if key in unread:
            mixed[key] = b.get(key, 0.0)
        else:
            mixed[key] = recipe.meaning * c.get(key, 0.0) + (1 - recipe.meaning) * b.get(key, 0.0)
    return mixed


def in_page(scores: Mapping[int, float], page_of: Mapping[int, Hashable], recipe: Recipe) -> dict[int, float]:
    """Scores lifted by the best passages of the same page: a page that answers in several places is the right page."""
    pages: dict[Hashable, list[float]] = {}
    for key, score in scores.items():
        pages.setdefault(page_of[key], []).append(score)
    lift = {
        page: recipe.page * sum(sorted(held, reverse=True)[: recipe.page_best]) / recipe.page_best
        for page, held in pages.items()
    }
    return {key: score + lift[page_of[key]] for key, score in scores.items()}


def best_first(scores: Mapping[int, float]) -> list[int]:
    """Keys by falling score; equal scores in the order of their numbers, so that an answer never flickers."""
    return sorted(scores, key=lambda key: (-scores[key], key))


def max_sim(question: NDArray[np.float32], passage: NDArray[np.int8]) -> float:
    """Mean over the question's tokens of the highest cosine with any token of the passage; 0 where either is empty.

    Args:
        question: (n, dim), rows of unit length.
        passage: (m, dim), rows of unit length × 127.
    """
    if not len(question) or not len(passage):
        return 0.0
    return float((question @ passage.T.astype(question.dtype)).max(axis=1).mean()) / 127


def reread(
    scores: Mapping[int, float], late: Mapping[int, float], off: Mapping[int, float], recipe: Recipe
) -> dict[int, float]:
    """The best by score, judged once more with MaxSim; the others keep their order behind them, below −1.

    A passage among the best without token vectors is judged by its score alone. `off` is what the question's leaning
    takes off (leaning.py), on the scale of MaxSim's share.
    """
    ranked = best_first(scores)
    head, tail = ranked[: recipe.reread], ranked[recipe.reread :]
    s = unit({key: scores[key] for key in head})
    m = unit({key: late[key] for key in head if key in late})
    judged = {key: (1 - recipe.late) * s[key] + recipe.late * (m.get(key, s[key]) - off[key]) for key in head}
    return judged | {key: -1.0 - place for place, key in enumerate(tail, 1)}


def one_each(ranked: Sequence[int], same: Mapping[int, Sequence[Hashable]], k: int) -> list[int]:
    """The first `k` of a ranking that share no mark with an earlier one: one result a section, one of near twins."""
    seen: set[Hashable] = set()
    kept = []
    for key in ranked:
        marks = same[key]
        if not seen.isdisjoint(marks):
            continue
        seen.update(marks)
        kept.append(key)
        if len(kept) == k:
            break
    return kept
