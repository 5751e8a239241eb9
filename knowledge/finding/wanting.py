"""The words of a question for a place → the terms that stand for each, and what each weighs.

"rate limiter"  →  rate: rate, ratelimit …   limit: limit, limiter, ratelimit …
"GraphQL", where nothing has that name  →  one word without any term, which weighs most
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from knowledge.finding.naming import Wanted, alike, parts
from knowledge.finding.words import Words

Ground = Literal["code", "pages", "tests"]
Unit = Literal["class", "function", "file", "directory", ""]

ALIKE, SLIP = 0.8, 0.7  # what a term is worth that only begins like the word, and one that the word is a slip of
UNKNOWN = 8.0  # the weight of a word that occurs nowhere: as rare as one passage in three thousand
HANGS = 0.7  # the share of a word from which on the question is not about a place that is not called so at all
LEAST_SLIP = 5  # letters of an unknown word that may be a slip of a known one
_ENDINGS = ("er", "or", "ing", "ion", "ed", "e")


class Sought(NamedTuple):
    """What is looked for: the words with their weight in (0, 1], where, and as what."""

    words: tuple[tuple[str, float], ...]
    ground: Ground = "code"
    unit: Unit = ""


def wanted_of(words: Words, said: Sequence[tuple[str, float]]) -> list[Wanted]:
    """What is wanted of a place by words and their weights in (0, 1]; a name that nothing has is one word, unknown."""
    found: dict[str, Wanted] = {}
    for word, weight in said:
        own = list(dict.fromkeys(parts(word, words.terms)))
        rare = words.rarity({*words.terms(word), re.sub(r"[\W_]", "", word).lower()} - {*own})
        if len(own) > 1 and word.isidentifier() and not any(rare.values()):
            found[word] = Wanted(word.lower(), {}, weight, weight * UNKNOWN, weight >= HANGS)
            continue
        wholes = {term: 1.0 for term in rare if rare[term]} if len(own) > 1 else {}
        for term in own:
            one = _of_term(words, term, word if len(own) == 1 else term, weight, wholes)
            if term not in found or one.weight > found[term].weight:
                found[term] = one
    for term, joined in (*_pairs(words, said), *_initials(words, said)):
        if term in found:
            found[term] = found[term]._replace(ways={**found[term].ways, joined: 1.0}, is_unknown=False)
    return list(found.values())


def _of_term(words: Words, term: str, said: str, share: float, wholes: Mapping[str, float]) -> Wanted:
    ways = {**wholes, **dict.fromkeys(alike(term, words.beginning(term)), ALIKE), term: 1.0}
    rare = words.rarity([term])[term]
    if not rare and (meant := _slip_of(words, term)) is not None:
        ways[meant] = SLIP
        rare = words.rarity([meant])[meant]
    is_unknown = not rare and share >= HANGS and len(ways) == 1
    return Wanted(said.lower(), ways, share, share * (rare or UNKNOWN), is_unknown)


def _initials(words: Words, said: Sequence[tuple[str, float]]) -> Iterable[tuple[str, str]]:
    """Three or four words side by side that are called by their initials somewhere: the terms of each, with those."""
    for size in (3, 4):
        for run in (said[at : at + size] for at in range(len(said) - size + 1)):
            short = "".join(word[0] for word, _ in run).lower()
            nouns = all(weight >= HANGS for _, weight in run)
            if nouns and short.isalpha() and words.rarity([short])[short]:
                yield from ((term, short) for word, _ in run for term in words.terms(word))


def _slip_of(words: Words, term: str) -> str | None:
    """The known term that an unknown one is a slip of; a slip can keep a word from losing its ending: schdul-er."""
    for form in (term, *(term.removesuffix(ending) for ending in _ENDINGS if term.endswith(ending))):
        if len(form) >= LEAST_SLIP and (meant := words.spelled(form)) is not None:
            return meant
    return None


def _pairs(words: Words, said: Sequence[tuple[str, float]]) -> Iterable[tuple[str, str]]:
    """Neighbours that are one word somewhere: the terms of either, each with that word."""
    plain = [word.lower() for word, _ in said]
    for one, other in pairwise(plain):
        if not (one.isalpha() and other.isalpha()):
            continue
        for joined in {f"{one}{other}", *words.terms(f"{one}{other}")}:
            if words.rarity([joined])[joined]:
                yield from ((term, joined) for word in (one, other) for term in words.terms(word))
