"""The best by words alone, read once more: what a passage's telling lines, its neighbouring words and its title hold.

BM25 counts words wherever they stand in a passage. What answers says them side by side, in a few lines, under a title
that names them; so this stands in for the re-reading by meaning (fuse.py) as long as the model has read nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from knowledge.finding.abstaining import held_share, together_share
from knowledge.finding.quoting import quote
from knowledge.store.passages import StoredPassage

LINES, TOGETHER, TITLE = 0.4, 0.4, 0.2  # measured in bench/search_quality.py on words alone


def by_words(
    asked: str,
    weights: Mapping[str, float],
    unknown: int,
    passages: Mapping[int, StoredPassage],
    terms: Callable[[str], list[str]],
) -> dict[int, float]:
    """How closely each passage speaks to the question, in [0, 1].

    Args:
        asked: the question.
        weights: its terms and how rare they are.
        unknown: how many of its terms occur nowhere.
        passages: by id.
        terms: how a text becomes terms (`Tokenizer.terms`).
    """
    said = terms(asked)
    found = {}
    for number, passage in passages.items():
        place = f"{passage.title}\n{passage.path}\n"
        lines = quote(passage.text, weights, terms, code=passage.kind == "code")
        found[number] = (
            LINES * held_share(weights, unknown, terms(place + lines))
            + TOGETHER * together_share(said, terms(place + passage.text))
            + TITLE * held_share(weights, unknown, terms(passage.title))
        )
    return found
