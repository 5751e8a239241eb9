"""What stands out in a repository: the symbol by which each file is entered, and what each page speaks of; pure.

Input: pieces of code ("scrapy/crawler.py", 95, "Crawler", "class Crawler: …") and of pages ("docs/topics/api.md", 12,
"Core API › Crawler API", "The main entry point to Scrapy API is …"), as the index holds them.
Output: of each file of code a `Landmark`, of each page a `Guide`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from knowledge.fresh import MOST_NAMES, names, ways
from knowledge.paths import is_code, is_page, is_test, is_test_directory
from knowledge.ways_in.one_line import one_line, says

MOST_OTHERS = 3  # further names of a file that are kept
UNREAD = 1_000  # words of a page that was not read: as if it were worth reading
MOST_ABOUT = 12  # files of which a page is remembered to speak
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_CALL = re.compile(r"(?<![.\w>])([a-z]\w{2,})\(")
_LINK = re.compile(r"\]\(([^)\s]+)|:doc:`([^`]+)`|href=\"([^\"]+)\"|<([^<>\s]+)>`_")
_OPENS = re.compile(r"^(?:__main__|main|app|application|cli|index|core|engine|server|manage|run)$", re.IGNORECASE)


class Piece(NamedTuple):
    """A passage of the index; `name` is a symbol, or the heading path of a page."""

    path: str
    line: int
    name: str
    text: str


class Landmark(NamedTuple):
    """Where to enter a file: its public symbol that most other files name."""

    symbol: str  # "" where it has none
    line: int
    users: int  # other files of code, tests aside, that name it
    size: int  # its lines, as far as they are read
    says: str  # one line: what its documentation says, else ""
    others: tuple[str, ...]  # further public names

    @property
    def is_class(self) -> bool:
        """Whether it is written like a class."""
        return self.symbol[:1].isupper() and self.symbol.upper() != self.symbol


class About(NamedTuple):
    """That a page speaks of a file, where most."""

    path: str
    times: int
    line: int
    title: str


class Guide(NamedTuple):
    """A page: what it is called, how many other pages lead to it, and of which files it speaks, the most first."""

    title: str
    line: int
    links: int
    size: int  # words of prose
    about: tuple[About, ...]


class Landmarks(NamedTuple):
    """Of a repository, by path."""

    files: Mapping[str, Landmark]
    guides: Mapping[str, Guide]
    uses: Mapping[str, tuple[str, ...]]  # file → the files whose symbols it names


def landmarks(code: Iterable[Piece], pages: Iterable[Piece], paths: Sequence[str]) -> Landmarks:
    """Everything that stands out; `paths` are all living files."""
    pieces = list(code)
    held = _defined(pieces)
    home = _homes(held)
    used = _used(pieces, home)
    users = Counter(name for found in used.values() for name in found)
    files = {path: _landmark(path, symbols, users, home) for path, symbols in held.items()}
    uses = {path: tuple(sorted({home[name] for name in found} - {path})) for path, found in used.items()}
    return Landmarks(files, _guides(list(pages), home, frozenset(paths)), uses)


def by_name(paths: Iterable[str]) -> Landmarks:
    """What stands out of a tree of which only the names are known: files of code, and pages."""
    guide = Guide("", 1, 0, UNREAD, ())
    there = sorted(paths)
    files = {path: Landmark("", 1, 0, 0, "", ()) for path in there if is_code(path)}
    return Landmarks(files, {path: guide for path in there if is_page(path)}, {})


def opens(path: str) -> bool:
    """Whether a file is called like one in which things begin: main, app, cli, the name of its directory."""
    directory, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    parent = directory.rpartition("/")[2]
    return bool(_OPENS.match(stem)) or (bool(parent) and stem.lower() == parent.lower())


# -- code -------------------------------------------------------------------------------------------------------------


class _Symbol(NamedTuple):
    line: int
    size: int
    text: str


def _defined(pieces: Iterable[Piece]) -> dict[str, dict[str, _Symbol]]:
    """By file, its public names of the top level, each where it begins; methods count for the size of their class."""
    found: dict[str, dict[str, _Symbol]] = defaultdict(dict)
    for one in pieces:
        if not is_code(one.path) or is_test(one.path) or is_test_directory(one.path):
            continue
        symbols = found[one.path]
        name = one.name.partition(".")[0]
        if len(name) < 3 or name.startswith("_"):
            continue
        had = symbols.get(name)
        lines = one.text.count("\n") + 1
        if had is None:
            symbols[name] = _Symbol(one.line + lines_above(one.text, name), lines, one.text)
        else:
            symbols[name] = had._replace(size=had.size + lines)
    return found


def lines_above(text: str, name: str) -> int:
    """How many lines of code stand above the one with the name: decorators and comments may come before it."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return next((n for n, line in enumerate(text.split("\n")) if word.search(line) and not _COMMENT.match(line)), 0)


_COMMENT = re.compile(r"\s*(?:#(?!define|include)|//|/?\*|@|\"\"\")")


def _homes(held: Mapping[str, Mapping[str, _Symbol]]) -> dict[str, str]:
    """The file of each name that only one file defines."""
    places: dict[str, list[str]] = defaultdict(list)
    for path, symbols in held.items():
        for name in symbols:
            places[name].append(path)
    return {name: found[0] for name, found in places.items() if len(found) == 1}


def _used(pieces: Iterable[Piece], home: Mapping[str, str]) -> dict[str, set[str]]:
    """By file, the names of other files that its code names; an everyday word only where it is called."""
    known = set(home)
    marked = {name for name in known if name != name.lower() or "_" in name}
    found: dict[str, set[str]] = defaultdict(set)
    for one in pieces:
        if is_test(one.path) or is_test_directory(one.path):
            continue
        said = set(_WORD.findall(one.text)) & marked | (set(_CALL.findall(one.text)) & known)
        found[one.path].update(name for name in said if home[name] != one.path)
    return found


def _landmark(path: str, symbols: Mapping[str, _Symbol], users: Mapping[str, int], home: Mapping[str, str]) -> Landmark:
    own = [name for name in symbols if home.get(name) == path] or list(symbols)
    own.sort(key=lambda name: (-_standing(path, name, users.get(name, 0), symbols[name].size), symbols[name].line))
    if not own:
        return Landmark("", 1, 0, 0, "", ())
    best = symbols[own[0]]
    others = tuple(own[1 : 1 + MOST_OTHERS])
    return Landmark(own[0], best.line, users.get(own[0], 0), best.size, says(best.text), others)


def _standing(path: str, name: str, users: int, size: int) -> float:
    """How much a name stands for its file: who names it, how big it is, whether the file is called like it."""
    stem = re.sub(r"\W|_", "", path.rpartition("/")[2].partition(".")[0]).lower()
    same = name.replace("_", "").lower() == stem
    return sqrt(1 + users) * float((1 + size) ** 0.4) * (3 if same else 1)


# -- pages ------------------------------------------------------------------------------------------------------------


def _guides(pages: Sequence[Piece], home: Mapping[str, str], paths: frozenset[str]) -> dict[str, Guide]:
    led = _led_to(pages)
    found: dict[str, list[Piece]] = defaultdict(list)
    for one in pages:
        found[one.path].append(one)
    return {path: _guide(path, held, home, paths, led) for path, held in found.items()}


def _guide(
    path: str, held: Sequence[Piece], home: Mapping[str, str], paths: frozenset[str], led: Mapping[str, set[str]]
) -> Guide:
    times: Counter[str] = Counter()
    best: dict[str, tuple[int, Piece]] = {}
    for one in held:
        here: Counter[str] = Counter()
        for name in names(one.text)[:MOST_NAMES]:
            target = _file_of(path, name, home, paths)
            if target and target != path:
                here[target] += 1
        times.update(here)
        for target, count in here.items():
            if count > best.get(target, (0, one))[0]:
                best[target] = (count, one)
    about = tuple(
        About(target, count, best[target][1].line, one_line(best[target][1].name.rpartition("›")[2]))
        for target, count in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ABOUT]
    )
    first = held[0]
    title = one_line(first.name.partition("›")[0]) or path
    words = sum(len(one.text.split()) for one in held)
    return Guide(title, first.line, len(led.get(_stem(path), set()) - {path}), words, about)


def _file_of(page: str, name: str, home: Mapping[str, str], paths: frozenset[str]) -> str:
    """The living file that a name on a page means."""
    if there := next((way for way in ways(page, name) if way in paths), ""):
        return there
    parts = name.split(".")
    return next((home[part] for part in parts if part in home and (len(parts) > 1 or part != part.lower())), "")


def _led_to(pages: Iterable[Piece]) -> dict[str, set[str]]:
    """By the last word of a link's target, the pages that have such a link."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in pages:
        for match in _LINK.finditer(one.text):
            target = next(group for group in match.groups() if group)
            found[_stem(target.partition("#")[0].rstrip("/"))].add(one.path)
    return found


def _stem(path: str) -> str:
    directory, _, name = path.rpartition("/")
    stem = name.partition(".")[0].lower()
    return directory.rpartition("/")[2].lower() if stem in {"index", "readme"} else stem
