"""Two rankings → one: words and meaning mixed, a page's other passages as context, the best read once more. Pure.

The recipe, with `b` the BM25 and `c` the cosine of a passage, both brought to [0, 1] over the candidates:

    mixed    = 0.6 · c + 0.4 · b,   b alone for a passage that the model has not read yet
    in page  = mixed + 0.3 · (sum of its page's three best) / 3
    late     = MaxSim + 0.3 · (mean of its page's two best)
    the best 30:  0.5 · in page + 0.5 · late, both in [0, 1] over those 30
    without any meaning, the best 20:  in page + how closely their words speak to the question (rereading.py)
    neighbours on a page that are both found become one result, as long as a passage may be

MaxSim (Khattab and Zaharia, ColBERT, 2020, eq. 3): for each token of the question the most similar token of the
passage, averaged over the question's tokens.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ALONE = 1 << 17  # multiplications that BLAS does in one thread; for more it wakes others, which cost more than they do


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of the recipe; bench/search_quality.py measures what they are worth."""

    candidates: int = 100  # of each ranking
    meaning: float = 0.6  # the rest is words
    page: float = 0.3
    page_best: int = 3
    reread: int = 30
    reread_words: int = 20  # as long as there is no meaning
    reading: float = 1.0  # what those gain at most (rereading.py)
    late: float = 0.5
    late_page: float = 0.3
    joined_characters: int = 1500  # what one passage may hold (indexers/chunk.py)
    joined_gap: int = 4  # lines between neighbours: blank ones, a heading


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
    return sorted(sorted(scores), key=scores.__getitem__, reverse=True)  # twice by one number: a third of by two


def best_of(scores: Iterable[tuple[int, float]], count: int) -> dict[int, float]:
    """The `count` best of (key, score), in the order of `best_first`."""
    held = dict(scores)
    return {key: held[key] for key in best_first(held)[:count]}


def max_sims(question: NDArray[np.float32], passages: Mapping[int, NDArray[np.int8]]) -> dict[int, float]:
    """Of each passage the mean over the question's tokens of the highest cosine with any of its own; 0 without tokens.

    Args:
        question: (n, dim), rows of unit length.
        passages: (m, dim) each, rows of unit length × 127.
    """
    import numpy as np

    held = {key: tokens for key, tokens in passages.items() if len(tokens)}
    if not len(question) or not held:
        return dict.fromkeys(passages, 0.0)
    starts = np.cumsum([0, *(len(tokens) for tokens in held.values())])[:-1]
    every = np.concatenate(list(held.values())).astype(question.dtype)
    rows = max(1, _ALONE // question.size)
    cosines = np.concatenate([every[at : at + rows] @ question.T for at in range(0, len(every), rows)])
    means = np.maximum.reduceat(cosines, starts, axis=0).mean(axis=1) / 127
    return dict.fromkeys(passages, 0.0) | dict(zip(held, means.tolist(), strict=True))


def late_in_page(late: Mapping[int, float], page_of: Mapping[int, Hashable], recipe: Recipe) -> dict[int, float]:
    """MaxSims lifted by the mean of their page's two best."""
    pages: dict[Hashable, list[float]] = {}
    for key, sim in late.items():
        pages.setdefault(page_of[key], []).append(sim)
    best = {page: sorted(held, reverse=True)[:2] for page, held in pages.items()}
    lift = {page: recipe.late_page * sum(held) / len(held) for page, held in best.items()}
    return {key: sim + lift[page_of[key]] for key, sim in late.items()}


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


@dataclass(slots=True)
class Span:
    """Lines of a page that one result shows, and the passage that it is shown for."""

    key: int
    page: Hashable
    line_start: int
    line_end: int
    characters: int


def joined(spans: Sequence[Span], k: int, recipe: Recipe) -> list[Span]:
    """The first `k` results of a ranking in which neighbours are one, at the place of the better of them."""
    results: list[Span] = []
    for span in spans:
        home = next((held for held in results if _neighbours(held, span, recipe)), None)
        if home is None:
            results.append(replace(span))
        else:
            home.line_start = min(home.line_start, span.line_start)
            home.line_end = max(home.line_end, span.line_end)
            home.characters += span.characters
    return results[:k]


def _neighbours(held: Span, span: Span, recipe: Recipe) -> bool:
    gap = max(span.line_start - held.line_end, held.line_start - span.line_end)
    together = held.characters + span.characters
    return held.page == span.page and gap <= recipe.joined_gap and together <= recipe.joined_characters


class OneEach:
    """Lets through what shares no mark with anything before it: one result a section, one of near twins."""

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()

    def lets(self, *marks: Hashable) -> bool:
        """Whether none of these marks was seen; from now on all of them are."""
        if not self._seen.isdisjoint(marks):
            return False
        self._seen.update(marks)
        return True
