"""Where the phrase book is unsure, what a question is most like decides; its subject is what its words leave over.

The book comes first: a phrase that fits is never overruled. A question that fits none, or only the last phrase
("how …", "where …", which fits nearly everything), is compared with examples by `likeness.py` where the model's
meaning is at hand; below a bar it stays what it was, a question to the documentation, which knows how to abstain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bot.understanding.intent import IsName, Meaning, tokens_of
from bot.understanding.likeness import NAME, Likeness, as_text, learned, likeness, masked
from bot.understanding.wording import CODE, Word, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Sense = Callable[[str], "NDArray[np.float32] | None"]  # a text → its unit vector, where the model has read anything

# How likely an intent must be, and how likely where pages surely speak of what is asked (docs/asking.md).
BAR = 0.5
ANSWERED_BAR = 0.9
MOST_WORDS = 30  # longer texts tell a story, and stories are searched
_NEEDS = frozenset({"last_touched", "who_knows", "history"})
_ABOUT = frozenset("about on in with for re around regarding into behind by".split())


class Looks(NamedTuple):
    """What a guess may look up."""

    is_name: IsName  # knows the people of the team
    sense: Sense  # gives the meaning of a text, or None while there is none
    is_place: Callable[[str], bool]  # whether words name a file, directory or symbol
    is_answered: Callable[[str], bool]  # whether pages surely speak of a question


def guessed(meaning: Meaning, typed: str, looks: Looks) -> Meaning:
    """`meaning` of what was `typed`, or what that is most like where the book is unsure and examples are sure."""
    if meaning.fits == "phrase" or meaning.follow_up or meaning.window is not None:
        return meaning
    found = words(typed)
    if not found or len(found) > MOST_WORDS:
        return meaning
    tokens = tokens_of(found, looks.is_name)
    line = masked(tokens)
    vector = looks.sense(as_text(line))
    if vector is None:
        return meaning
    like = likeness(line, vector)
    if like.intent in {"knowledge", meaning.intent} or like.probability < BAR:
        return meaning
    # A page always speaks of a file that it names, so that where one is named, pages say nothing about the question.
    if like.probability < ANSWERED_BAR and CODE not in line and looks.is_answered(meaning.text):
        return meaning
    return _as(like, meaning, found, tokens, looks.is_place) or meaning


def _as(
    like: Likeness, before: Meaning, found: list[Word], tokens: list[str], is_place: Callable[[str], bool]
) -> Meaning | None:
    """The question with that intent, about what its words leave over; None where the intent needs what is not there."""
    read = Meaning(like.intent, text=before.text, fits=before.fits)
    if like.intent in {"none", "help"}:
        return read
    if like.intent in {"person", "what_if"}:
        name = " ".join(word.raw for word, token in zip(found, tokens, strict=True) if token == NAME)
        rest = [word for word, token in zip(found, tokens, strict=True) if token != NAME]
        about = next(candidates(rest, is_place, surely=True), "") if like.intent == "person" else ""
        return replace(read, subject=name, about=about) if name else None
    subject = next(candidates(found, is_place), "")
    if not subject and like.intent in _NEEDS:
        pointing = any(word.plain in {"it", "this", "that", "there", "them"} for word in found)
        return replace(read, follow_up=True) if pointing else None
    return replace(read, subject=subject)


def candidates(found: Sequence[Word], is_place: Callable[[str], bool], *, surely: bool = False) -> Iterator[str]:
    """What a question may be about, the likeliest first: code, runs of words that name a place, runs after "about".

    Other runs come last, unless it is to be `surely` about them.
    """
    yield from (word.raw for word in found if word.plain == CODE)
    runs = _runs(found)
    texts = [" ".join(word.raw for word in run) for _, run in runs]
    after_about = [text for (after, _), text in zip(reversed(runs), reversed(texts), strict=True) if after in _ABOUT]
    if len(after_about) == 1 or (len(texts) == 1 and not surely):  # nothing to choose from: no look-up
        yield (after_about or texts)[0]
    yield from (text for text in texts if is_place(text))
    yield from after_about
    if not surely:
        yield from sorted(texts, key=len, reverse=True)


def _runs(found: Sequence[Word]) -> list[tuple[str, list[Word]]]:
    """Words side by side that are no words of a question, each run with the word before it."""
    carriers = learned().carriers
    runs: list[tuple[str, list[Word]]] = []
    before, inside = "", False
    for word in found:
        if word.plain in carriers and not (inside and word.plain in {"of", "and"}):
            before, inside = word.plain if word.plain not in {"the", "a", "an", "our", "my"} else before, False
        elif inside:
            runs[-1][1].append(word)
        else:
            runs.append((before, [word]))
            inside = True
    return [(after, _trimmed(run)) for after, run in runs]


def _trimmed(run: list[Word]) -> list[Word]:
    while len(run) > 1 and run[-1].plain in {"of", "and"}:
        run = run[:-1]
    return run
