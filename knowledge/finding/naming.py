"""How well a place is called what a question asks for: words of its name, of where it lies, of what it says; pure.

    asked  beat · scheduler         place  celery/beat.py, class Scheduler "Scheduler for periodic tasks."
    →      beat is the name of its file (.8), scheduler its own (1): .9 of what was asked for, in [0, 1]

A word weighs as much as it is rare; one that occurs nowhere weighs most, so that a place for only the other half of a
question is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

OWN, AROUND, FOLDER, HEAD, BODY = 1.0, 0.8, 0.6, 0.6, 0.35  # what a word is worth by where it stands
SHORTEST_ALIKE = 4  # letters that two words begin with alike …
SHARE_ALIKE = 0.6  # … and of the longer one at least this share
EXACT = 0.25  # of a score hangs on how much else the name says
AT_HOME = 0.08  # of a score hangs on whether what is around it is called so, too: the Scheduler of scheduler.py
LETTERS = 0.12  # of a score hangs on whether its words are the asked ones in every letter
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_a-zA-Z]+")


class Wanted(NamedTuple):
    """A word that is asked for: the terms that stand for it, each with what it is worth.

    `share` in (0, 1] is how much the question hangs on it, `weight` takes in how rare it is.
    """

    said: str
    ways: Mapping[str, float]
    share: float
    weight: float
    is_unknown: bool = False  # nothing that was indexed has it, and the question hangs on it


class Names(NamedTuple):
    """The words of a place by where they stand, as terms; `letters` are those of its own name as they are written."""

    own: Sequence[str]  # of the symbol, the file, the directory or the heading itself
    letters: Collection[str] = ()
    around: Collection[str] = ()  # of the file and the class that it is in, or of the page
    folder: Collection[str] = ()
    head: Collection[str] = ()
    body: Collection[str] = ()


def score(wanted: Sequence[Wanted], names: Names) -> float:
    """How much of what is wanted the place is, in [0, 1]."""
    total = sum(one.weight for one in wanted)
    if not total:
        return 0.0
    fields = (
        (OWN, frozenset(names.own)),
        (AROUND, frozenset(names.around)),
        (FOLDER, frozenset(names.folder)),
        (HEAD, frozenset(names.head)),
        (BODY, frozenset(names.body)),
    )
    held = 0.0
    for one in wanted:
        best = 0.0
        for worth, terms in fields:
            if best >= worth:
                break  # the fields fall in worth
            best = max(best, worth * _worth(one.ways, terms))
        held += one.weight * best
    at_home = sum(one.weight for one in wanted if not one.ways.keys().isdisjoint(names.around)) / total
    kept = (EXACT, _said(wanted, names)), (LETTERS, _to_the_letter(wanted, names)), (AT_HOME, at_home)
    return held / total * prod(1 - hangs * (1 - share) for hangs, share in kept)


def _worth(ways: Mapping[str, float], terms: Collection[str]) -> float:
    if ways.keys().isdisjoint(terms):
        return 0.0
    return max(worth for term, worth in ways.items() if term in terms)


def _said(wanted: Sequence[Wanted], names: Names) -> float:
    """The share of a name's own words that were asked for."""
    return sum(any(term in one.ways for one in wanted) for term in names.own) / len(names.own) if names.own else 0.0


def _to_the_letter(wanted: Sequence[Wanted], names: Names) -> float:
    """The share of the asked words in a name that stand there as they were asked for."""
    own = frozenset(names.own)
    inside = [one.said for one in wanted if not one.ways.keys().isdisjoint(own)]
    return sum(said.removesuffix("s") in names.letters for said in inside) / len(inside) if inside else 1.0


def alike(asked: str, known: Iterable[str]) -> list[str]:
    """Of `known` words those that begin like the asked one and go on for little more, or less: "pars" for "parser"."""
    found = []
    for word in known:
        short, long = sorted((asked, word), key=len)
        enough = len(short) >= max(SHORTEST_ALIKE, SHARE_ALIKE * len(long))
        if enough and short != long and long.startswith(short):
            found.append(word)
    return found


def split(text: str) -> list[str]:
    """The words of a name in small letters: RFPDupeFilter → rfp, dupe, filter; t_zset → t, zset."""
    return [word.lower() for word in _WORD.findall(text)]


def taken_apart(word: str, asked: Iterable[str], known: Callable[[str], bool]) -> list[str]:
    """A word of a name that is an asked one and another, known one: linkextractor → link, extractor; else itself.

    A plural is taken for its singular.
    """
    for term in asked:
        if len(term) < SHORTEST_ALIKE or term == word or not (word.startswith(term) or word.endswith(term)):
            continue
        rest = word.removeprefix(term) if word.startswith(term) else word.removesuffix(term)
        if len(rest) >= SHORTEST_ALIKE and known(rest):
            return [term, rest]
    return [word]


def parts(text: str, terms: Callable[[str], list[str]]) -> list[str]:
    """The terms of a name's words, in their order; the name as a whole is none of them."""
    return [term for word in split(text) for term in terms(word)]


def letters(text: str) -> frozenset[str]:
    """The words of a name as they are written, without the s of a plural."""
    return frozenset(word.removesuffix("s") for word in split(text))
