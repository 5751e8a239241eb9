"""The phrases of `book.py` as patterns, made when a question may fit them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, cast

from bot.message import Intent
from bot.understanding.book import PHRASES
from bot.understanding.book_words import LISTS, LITTLE, PREPOSITIONS


class Rule(NamedTuple):
    """A phrase. Its pattern is made when a question has a word of every part that may not be missing.

    Two hundred patterns take a cold start 0.2 s to make; a question needs a handful of them.
    """

    intent: Intent
    phrase: str
    any_name: bool  # N may be a word that is nobody's name
    parts: tuple[frozenset[str], ...]  # the words with which each part may begin that may not be missing

    @property
    def is_about_code(self) -> bool:
        """Whether it speaks of a path, link or piece of code."""
        return "§" in self.phrase or "X_line" in self.phrase

    def match(self, line: str, words: frozenset[str]) -> re.Match[str] | None:
        """Fit it to a whole question: `line` is its words, each after a blank, and `words` the same as a set."""
        for part in self.parts:  # a loop, as two hundred phrases are tried on every question
            if part.isdisjoint(words):
                return None
        return _pattern(self.phrase).fullmatch(line)


@cache
def rules() -> tuple[Rule, ...]:
    """The phrases in their order."""
    lines = [line.split(": ", 1) for line in PHRASES.splitlines() if line.strip()]
    return tuple(
        Rule(cast("Intent", intent.rstrip("+")), phrase, intent.endswith("+"), tuple(_parts(phrase)))
        for intent, phrase in lines
    )


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile("".join(map(_piece, phrase.split())))


def _parts(phrase: str) -> Iterator[frozenset[str]]:
    for token in phrase.split():
        if token not in _OPEN and not token.endswith("?"):
            yield frozenset(way.partition("_")[0] for way in _ways(token))


@cache
def vocabulary() -> frozenset[str]:
    """Every word that the book knows, so that a colleague called Still or Contact does not make names of them."""
    lists = " ".join(
        (*LISTS.values(), LITTLE, PREPOSITIONS, *(line.partition(": ")[2] for line in PHRASES.splitlines()))
    )
    return frozenset(re.findall(r"[a-z]+", lists))


# What nobody's topic begins with: "how do I add reviewers" asks for no reviewers.
_NO_TOPIC = "how|where|what|which|when|why|who|whom|if|i|list|show|add|remove|find|get|make|need"
_OPEN = {
    "...": r"(?: \S+)*?",
    "X": r"(?P<subject>(?: \S+)+?)",
    "X?": r"(?P<subject>(?: \S+)+?)?",
    "W": rf"(?P<subject>(?: (?!(?:{_NO_TOPIC}) )\S+){{1,4}}?)",
    "V": rf"(?P<subject>(?! (?:{_NO_TOPIC}) )(?: \S+)+?)",
    "X_line": r"(?P<subject>(?: \S+)*? (?:lines? \d\S*|§:\d+)(?: \S+)*)",
    "Y?": r"(?P<about>(?: \S+)+?)?",
    "N": r"(?P<subject> (?:#(?: #)*|he|she|they|him|her|them|@))",
    "§code": r"(?P<code> §(?::\d+)?)",
    "§line": r"(?P<code> §:\d+)",
    "~": "(?: (?:" + "|".join(LITTLE.split()) + r"))*",
    "%": "(?: (?:" + "|".join(PREPOSITIONS.split()) + r"))*",
}


def _piece(token: str) -> str:
    if token in _OPEN:
        return _OPEN[token]
    optional, token = token.endswith("?"), token.removesuffix("?")
    body = "|".join(re.escape(way.replace("_", " ")) for way in sorted(_ways(token), key=len, reverse=True))
    return f"(?: (?:{body}))" + ("?" if optional else "")


def _ways(token: str) -> list[str]:
    ways: list[str] = []
    for way in token.split("|"):
        ways += LISTS[way[1:-1]].split() if way.startswith("<") and way.endswith(">") else [way]
    return ways
