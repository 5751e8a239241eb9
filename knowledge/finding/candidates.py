"""The passages that were found for a place, as symbols, files, directories or sections with their names; pure.

celery/beat.py, "Scheduler.tick"  →  a method in a class in a file in a directory, each with the words it is called
by; the names of what is inside it count as what it says
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.finding.leaning import is_test, stands_aside
from knowledge.finding.naming import Names, Wanted, letters, split, taken_apart
from knowledge.finding.wanting import Sought
from knowledge.finding.words import Words
from knowledge.paths import is_chronicle, is_code, is_test_directory

BEHIND = 0.45  # of its score remains for what stands behind the rest
INSIDE = 0.96  # of its score remains for what is inside a class, unless a function is asked for
DECLARES = 0.9  # of its score remains for a header: it says that there is something, not how
OTHER = 0.85  # of its score remains for a function where a class is asked for, the other way, and for settings
_HEADER = re.compile(r"\.(?:h|hh|hpp|hxx|pyi|d\.ts|mli)$")


class Row(NamedTuple):
    """A passage, without its text."""

    id: int
    repo_id: int
    path: str
    name: str  # of the symbol, or the title of a page's section
    line_start: int
    line_end: int


class Candidate(NamedTuple):
    """A candidate with its passages; those of what is inside it, too."""

    repo_id: int
    path: str
    symbol: str
    names: Names
    rows: list[Row]
    weight: float  # of its score remains
    is_directory: bool = False


class Candidates:
    """The passages that were found as places that have names."""

    def __init__(self, words: Words, wanted: Sequence[Wanted], sought: Sought, rows: Sequence[Row]) -> None:
        self._words = words
        self._asked = [term for one in wanted for term in one.ways]
        self._sought = sought
        self._rows = rows
        self._known: dict[str, list[str]] = {}
        self._apart: dict[str, list[str]] = {}

    def units(self) -> list[Candidate]:
        """Those of the kind that is asked for, else of every kind."""
        match self._sought.unit:
            case "directory":
                return self._directories()
            case "file":
                return self._files()
            case "class" | "function":
                return self._inner()
            case _:
                return [*self._inner(), *([] if self._sought.ground == "pages" else self._files())]

    def _inner(self) -> list[Candidate]:
        """Symbols, a class with its methods; of pages the sections."""
        pages = self._sought.ground == "pages"
        grouped: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
        inside: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        for row in self._rows:
            if not row.name:
                continue
            grouped[row.repo_id, row.path, row.name].append(row)
            above, own = ("", "") if pages else _qualified(row.name)
            if above:
                grouped[row.repo_id, row.path, above].append(row)
                inside[row.repo_id, row.path, above] += self._parts(own)
        units = []
        for (repo_id, path, name), rows in grouped.items():
            above, own = name.rpartition("›")[::2] if pages else _qualified(name)
            folder, stem = _path_parts(path)
            names = Names(
                self._parts(own), letters(own), [*self._parts(above), *self._parts(stem)], self._parts(folder),
                head=inside.get((repo_id, path, name), ()),
            )  # fmt: skip
            weight = self._weight(path)
            if not pages:
                weight *= self._fitting(name, above, holds=(repo_id, path, name) in inside)
            units.append(Candidate(repo_id, path, name, names, rows, weight))
        return units

    def _fitting(self, name: str, above: str, *, holds: bool) -> float:
        """How well it fits as what it is asked for: a class, a function, whatever it is."""
        is_class = holds or (name[:1].isupper() and name.upper() != name and not above)
        match self._sought.unit:
            case "class":
                return 1.0 if is_class else OTHER
            case "function":
                return OTHER if is_class else 1.0
            case _:
                return INSIDE if above else 1.0

    def _files(self) -> list[Candidate]:
        grouped: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in self._rows:
            grouped[row.repo_id, row.path].append(row)
        units = []
        for (repo_id, path), rows in grouped.items():
            folder, stem = _path_parts(path)
            inside = [term for name in {row.name for row in rows} for term in self._parts(name)]
            names = Names(self._parts(stem), letters(stem), self._parts(stem), self._parts(folder), head=inside)
            units.append(Candidate(repo_id, path, "", names, rows, self._weight(path)))
        return units

    def _directories(self) -> list[Candidate]:
        grouped: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in self._rows:
            above = row.path.rpartition("/")[0]
            while above:
                grouped[row.repo_id, above].append(row)
                above = above.rpartition("/")[0]
        units = []
        for (repo_id, path), rows in grouped.items():
            folder, _, own = path.rpartition("/")
            inside = [term for name in {row.path.rpartition("/")[2] for row in rows} for term in self._parts(name)]
            names = Names(self._parts(own), letters(own), self._parts(own), self._parts(folder), head=inside)
            weight = max(self._weight(row.path) for row in rows)
            units.append(Candidate(repo_id, path, "", names, rows, weight, is_directory=True))
        return units

    def _parts(self, name: str) -> list[str]:
        if name not in self._known:
            self._known[name] = [term for word in split(name) for term in self._terms_of(word)]
        return self._known[name]

    def _terms_of(self, word: str) -> list[str]:
        """The terms of a word of a name, which many names have."""
        if word not in self._apart:
            found = self._words.terms(word)
            self._apart[word] = [one for term in found for one in taken_apart(term, self._asked, self._is_known)]
        return self._apart[word]

    def _is_known(self, word: str) -> bool:
        return any(self._words.rarity([word, *self._words.terms(word)]).values())

    def _weight(self, path: str) -> float:
        if self._sought.ground == "tests":
            return 1.0
        behind = stands_aside(path) or in_tests(path) or is_chronicle(path) or path.startswith(".")
        if behind:
            return BEHIND
        if self._sought.ground == "pages":
            return 1.0
        return DECLARES if _HEADER.search(path) else 1.0 if is_code(path) else OTHER


def in_tests(path: str) -> bool:
    """Whether a file is a test or lies among tests."""
    return is_test(path) or is_test_directory(path.rpartition("/")[0])


def _qualified(name: str) -> tuple[str, str]:
    """Class and own name; the title of a test is its own."""
    if " " in name:
        return "", name
    above, _, own = name.replace("::", ".").rpartition(".")
    return name[: len(above)], own


def _path_parts(path: str) -> tuple[str, str]:
    """Folders and the stem of the file; a file that stands for its folder is called like it."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0] or name
    if stem in {"__init__", "index", "mod", "__main__"} and folder:
        folder, _, stem = folder.rpartition("/")
    return folder, stem
