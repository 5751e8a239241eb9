"""Who bears a name: whole names, first names and their parts, as a store's people are called.

A question asks of each of its words whether somebody is called so. For the few words of a process that answers once,
those who may be meant are found in one text of all names, and only theirs are taken apart; who asks for more words gets
everybody's, taken apart once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

_FEW = 40  # words that are looked for one by one
_PART = re.compile(r"[^\W_\d]+(?:['’-][^\W_]+)*")
_LOCAL = re.compile(r"[a-z][a-z.-]{2,}")

Row = Sequence[str]  # name, e-mail address, chat ids


class Parts(NamedTuple):
    """Those of whose name a word is the beginning, and those of whose name it is some part."""

    first: set[int]
    any: set[int]


def bare(name: str) -> str:
    """A name as a keyboard without its accents writes it: "stéphane" → "stephane"."""
    if name.isascii():
        return name
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


class Bearers:
    """The names of people by their ids; everything in small letters."""

    def __init__(self, rows: Iterable[tuple[int, Row]]) -> None:
        self._rows = list(rows)
        self._known: dict[str, Parts] = {}
        self._every = False

    def parts(self, word: str) -> Parts:
        """Who bears a single word as part of their name."""
        if not self._every and word not in self._known:
            self._every = len(self._known) >= _FEW
        if self._every:
            return Parts(self.by_first.get(word, set()), self.by_part.get(word, set()))
        if word not in self._known:
            self._known[word] = self._looked_for(word)
        return self._known[word]

    @cached_property
    def by_name(self) -> dict[str, set[int]]:
        """Full names, addresses, logins and chat ids."""
        found: dict[str, set[int]] = defaultdict(set)
        for person_id, (name, email, *ids) in self._rows:
            low, address = _spaced(name), email.lower()
            for whole in (low, bare(low), address, address.partition("@")[0].partition("+")[2], *map(str.lower, ids)):
                if whole:
                    found[whole].add(person_id)
        return found

    @property
    def by_first(self) -> dict[str, set[int]]:
        """First names."""
        return self._taken_apart[0]

    @property
    def by_part(self) -> dict[str, set[int]]:
        """Parts of names, the first as well, and what stands before the @ of an address."""
        return self._taken_apart[1]

    @cached_property
    def _taken_apart(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        by_first: dict[str, set[int]] = defaultdict(set)
        by_part: dict[str, set[int]] = defaultdict(set)
        for person_id, row in self._rows:
            for word, is_first in _parts(row):
                by_part[word].add(person_id)
                if is_first:
                    by_first[word].add(person_id)
        return by_first, by_part

    @cached_property
    def _text(self) -> str:
        """A line for each row, in which every part of a name stands between what is no letter."""
        lows = (f"{_spaced(row[0])}\t{row[1].lower().partition('@')[0]}" for _, row in self._rows)
        return "\n" + "".join(f"{low}\t{'' if low.isascii() else bare(low)}\n" for low in lows)

    def _looked_for(self, word: str) -> Parts:
        found = Parts(set(), set())
        if not word or "\n" in word:
            return found
        for line in self._lines(word):
            person_id, row = self._rows[line]
            for part, is_first in _parts(row):
                if part == word:
                    found.any.add(person_id)
                    if is_first:
                        found.first.add(person_id)
        return found

    def _lines(self, word: str) -> Iterator[int]:
        """The rows in whose line the word stands by itself."""
        text, line, seen = self._text, 0, 0
        at = text.find(word)
        while at >= 0:
            if not text[at - 1].isalpha() and not text[at + len(word)].isalpha():
                line += text.count("\n", seen, at)
                seen = at
                yield line - 1
            at = text.find(word, at + 1)


def _spaced(name: str) -> str:
    return " ".join(name.lower().split())


def _parts(row: Row) -> Iterator[tuple[str, bool]]:
    """The words by which a part of a name is meant, and whether each is the first of its name."""
    for at, part in enumerate(_PART.findall(_spaced(row[0]))):
        yield part, at == 0
        if not part.isascii():
            yield bare(part), at == 0
    local = row[1].lower().partition("@")[0]
    if _LOCAL.fullmatch(local):
        yield local, False
