"""What a question that fits no phrase is most like: its words and its meaning, weighed by numbers that were learned.

A multinomial logistic over two kinds of signs: which single words and pairs of words a question has, and where the
bundled model places it. What it is about is masked first ("who knows § best"), so that an intent is heard in how people
ask and not in what they ask about. `python -m bench.likeness` learns the numbers from bot/assets/examples.phrases and
measures them on phrases that it did not see (docs/asking.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from bot.message import Intent
from bot.understanding.wording import CODE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEARNED = Path(__file__).parents[1] / "assets" / "likeness.npz"
NAME = "#"  # stands for somebody's name among the words of a question
MODEL = "all-minilm-l6-v2"  # whose vectors the numbers are about
WORDS_WEIGHT, MEANING_WEIGHT = 1.5, 2.0
_SAID = {CODE: "this file", NAME: "Sam"}  # what the model reads instead of a mask


class Likeness(NamedTuple):
    """The likeliest intent, and how likely it is, in [0, 1]."""

    intent: Intent
    probability: float


class Learned(NamedTuple):
    """What was learned: `words` `(grams, intents)`, `meaning` `(dim, intents)`, `bias` `(intents,)`."""

    intents: tuple[Intent, ...]
    grams: dict[str, int]
    words: NDArray[np.float32]
    meaning: NDArray[np.float32]
    bias: NDArray[np.float32]
    carriers: frozenset[str]  # words that carry a question, whatever it is about


def masked(tokens: Sequence[str]) -> list[str]:
    """The tokens of a question as this module wants them: a mask once where several stand side by side, no line."""
    out: list[str] = []
    for token in tokens:
        plain = CODE if token.startswith(CODE) else token
        if not (plain in _SAID and out[-1:] == [plain]):
            out.append(plain)
    return out


def as_text(tokens: Sequence[str]) -> str:
    """Masked tokens as the model reads them."""
    return " ".join(_SAID.get(token, token) for token in tokens)


def grams(tokens: Sequence[str]) -> set[str]:
    """The single words and the pairs of words of masked tokens, with the ends of the question as words."""
    framed = ["^", *tokens, "$"]
    return {*tokens, *(f"{a} {b}" for a, b in pairwise(framed))}


def likeness(tokens: Sequence[str], vector: NDArray[np.float32]) -> Likeness:
    """What masked tokens are most like, with the model's unit vector of `as_text(tokens)`."""
    import numpy as np

    held = learned()
    found = [held.grams[gram] for gram in grams(tokens) if gram in held.grams]
    scores = held.bias + MEANING_WEIGHT * (vector @ held.meaning)
    if found:
        scores = scores + WORDS_WEIGHT / len(found) ** 0.5 * held.words[found].sum(axis=0)
    shares = np.exp(scores - scores.max())
    best = int(shares.argmax())
    return Likeness(held.intents[best], float(shares[best] / shares.sum()))


@cache
def learned() -> Learned:
    """The numbers, read once; some 5 ms."""
    import numpy as np

    with np.load(LEARNED, allow_pickle=False) as file:
        names = str(file["grams"]).split("\n")
        return Learned(
            cast("tuple[Intent, ...]", tuple(str(file["intents"]).split())),
            {gram: at for at, gram in enumerate(names)},
            file["words"].astype(np.float32),
            file["meaning"].astype(np.float32),
            file["bias"].astype(np.float32),
            frozenset(str(file["carriers"]).split()),
        )
