"""Where to begin in an area: the page to read, the file to open, a first small place to work in; pure.

Entry point of an area: of its files that hold code (tests aside) the one with the highest
    (1 + files elsewhere that name its main symbol) ** 0.5 × (1 + changes of a year) ** 0.3 × (1 + its size) ** 0.2
doubled where it is called like a place where things begin (main, app, cli, the name of its directory); the line is that
of its main symbol. In an area of pages: the page that most others lead to.
Page: the one that speaks most of the area's files, in whichever place (and lies in it, where several do); half as good
when it was not changed for three years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from knowledge.areas.health import AreaHealth
from knowledge.areas.partition import Area
from knowledge.memory import DAY
from knowledge.model import Person
from knowledge.paths import is_chronicle, is_code, is_page, is_test, is_test_directory
from knowledge.ways_in.glad import helps
from knowledge.ways_in.grouping import is_upkeep
from knowledge.ways_in.landmarks import Guide, Landmark, Landmarks, opens
from knowledge.ways_in.one_line import one_line

if TYPE_CHECKING:
    from knowledge.ways_in.tour import TourFacts

OLD_PAGE_DAYS = 3 * 365
FEWEST_WORDS = 40  # a page of fewer is no reading
WHOLE_PAGE = 4  # a page that speaks of so many of the area's files is read from its top
FEWEST_LINES, SMALL_LINES = 25, 400  # of a file that one reads in a sitting and finds something to do in
GENTLE_PATHS, GENTLE_LINES = 4, 60  # of a small change, at most
_FRONT = re.compile(r"^(?:docs?/)?readme[^/]*$", re.IGNORECASE)
_STARTS = re.compile(
    r"(?:^|/)(?:get(?:ting)?[-_ ]?started|quick[-_ ]?start|install(?:ation)?|onboarding|introduction|overview"
    r"|\w*tutorial|user[-_]?manual|readme|index"
    r"|architecture|welcome)(?:[./]|$)",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"(?:^|/)(?:api|reference|deprecat\w*|glossary|settings|exceptions|naming\w*|historical\w*|backwards?\w*|upgrad\w*)"
    r"(?:[._-][^/]*)?$",
    re.IGNORECASE,
)
_MACHINERY = re.compile(
    r"(?:^|/)(?:\.|node_modules/)|(?:^|/)(?:code_of_conduct|security|licen[cs]e|authors|agents)\b", re.IGNORECASE
)


# Directories that nobody needs to know first.
ASIDE = frozenset(
    """examples example samples sample demo demos contrib scripts script tools tool ci bench benchmarks benchmark
    changelog changes newsfragments po locale locales i18n vendor third_party build dist packaging debian fixtures
    requirements extras relnotes data images stylesheets
    javascripts layouts partials static assets templates compat""".split()
)


class Reading(NamedTuple):
    """A page to read, at the line where it is most about the area."""

    path: str
    line: int
    title: str
    changed: int  # seconds UTC; 0 is not known
    own: bool  # it names the area's files or lies in it; False: only the nearest there is


class Entry(NamedTuple):
    """A file to open, at a line; `says` is its own words, else what it holds."""

    path: str
    line: int
    symbol: str
    users: int  # files elsewhere that name the symbol
    says: str


class Work(NamedTuple):
    """A commit of the last year."""

    sha: str
    subject: str
    time: int
    person: int  # whose work it is
    paths: tuple[str, ...]  # of files that are still there
    path_count: int  # of all
    lines: int = 0  # added and removed; 0 where they were not counted
    reasons: int = 0  # characters of its message below the subject

    @property
    def is_gentle(self) -> bool:
        """Whether it was small, as a first change should be."""
        return self.path_count <= GENTLE_PATHS and self.lines <= GENTLE_LINES and not is_upkeep(self.subject)


class FirstPlace(NamedTuple):
    """Where a first change is small, has tests beside it, and somebody who would welcome it."""

    area: AreaHealth
    path: str
    lines: int
    test: str  # beside it; "" for a page
    gentle: Work
    person: Person
    glad: bool = False  # they said that they are glad to help; else they have not been asked


# -- reading ----------------------------------------------------------------------------------------------------------


def front(marks: Landmarks, changed: Mapping[str, int]) -> Reading | None:
    """The page at the door: the README at the top."""
    found = sorted((p for p in marks.guides if _FRONT.match(p)), key=lambda p: (p.count("/"), len(p)))
    return _reading(marks, changed, found[0], own=False) if found else None


def reading(
    marks: Landmarks, changed: Mapping[str, int], area: Area, now: int, told: frozenset[str] = frozenset()
) -> Reading | None:
    """The page to read first about an area, rather none of `told`; the README where no page is about it."""
    files = frozenset(area.files)
    worth = {path: _page_worth(path, guide, area, files) for path, guide in marks.guides.items() if path not in told}
    for path in worth:
        if now - changed.get(path, now) > OLD_PAGE_DAYS * DAY:
            worth[path] /= 2
    best = max(worth, key=lambda path: (worth[path], path), default="")
    if not best or worth[best] <= 0:
        return reading(marks, changed, area, now) if told else front(marks, changed)
    found = _reading(marks, changed, best, own=True)
    held = next((one for one in marks.guides[best].about if one.path in files), None)
    named = sum(one.path in files for one in marks.guides[best].about)
    if held is not None and not area.is_reading and named < WHOLE_PAGE:
        found = found._replace(line=held.line, title=held.title or found.title)
    return found


def _page_worth(path: str, guide: Guide, area: Area, files: frozenset[str]) -> float:
    if is_chronicle(path) or _MACHINERY.search(path) or guide.size < FEWEST_WORDS:
        return 0.0
    if ASIDE.intersection(path.lower().split("/")[:-1]).difference(area.path.lower().split("/")):
        return 0.0
    if area.is_reading:
        return (1 + guide.links) * (3.0 if _STARTS.search(path) else 1.0) if path in files else 0.0
    named = [one for one in guide.about if one.path in files]
    share = sum(one.times for one in named) / max(1, sum(one.times for one in guide.about))
    about = (len(named) + 0.3 * sum(min(one.times, 10) for one in named)) * (0.2 + share)
    if path in files:
        about += 2.0 + 2.0 * bool(_STARTS.search(path))
    elif is_test_directory(path):
        return 0.0
    about += 3.0 * _is_called_like(path, area)
    if path not in files and about < 1.0:
        return 0.0  # it mentions the area, but is about something else
    kind = 0.4 if _LISTS.search(path) else 2.0 if _STARTS.search(path) else 1.0  # lists are for looking things up
    return about * kind * (1.0 + 0.2 * min(guide.links, 5))


def _is_called_like(path: str, area: Area) -> bool:
    """Whether a page bears the name of the area: docs/how-to/assert.rst for src/_pytest/assertion."""
    words = [word for word in re.split(r"[^a-z0-9]+", path.lower().rpartition("/")[2].partition(".")[0]) if word]
    own = (area.name or area.start or area.path.rpartition("/")[2]).lower().strip("_-.")
    return len(own) > 4 and any(own.startswith(word[:6].rstrip("s")) for word in words if len(word) >= 5)


def _reading(marks: Landmarks, changed: Mapping[str, int], path: str, *, own: bool) -> Reading:
    guide = marks.guides[path]
    return Reading(path, guide.line, guide.title, changed.get(path, 0), own)


# -- the file to open -------------------------------------------------------------------------------------------------


def entries(marks: Landmarks, changes: Mapping[str, int], area: Area, most: int) -> list[Entry]:
    """The files that an area turns on, by the rule of this module."""
    if area.is_reading:
        paths = [path for path in area.files if path in marks.guides and not is_chronicle(path)]

        def standing(path: str) -> float:
            guide = marks.guides[path]
            kind = 0.4 if _LISTS.search(path) else 2.0 if _STARTS.search(path) else 1.0
            return (1 + guide.links) * sqrt(1 + changes.get(path, 0)) * kind

        best = _best(paths, standing, most)
        return [
            Entry(path, marks.guides[path].line, "", marks.guides[path].links, marks.guides[path].title)
            for path in best
        ]
    paths = [path for path in area.files if is_code(path) and not is_test(path) and path in marks.files]

    def worth(path: str) -> float:
        mark = marks.files[path]
        named = sqrt(1 + mark.users) * (1 + changes.get(path, 0)) ** 0.3 * (1 + mark.size) ** 0.2
        return float(named) * (2.0 if opens(path) else 1.0) * (1.0 if mark.symbol else 0.2)

    return [_entry(path, marks.files[path]) for path in _best(paths, worth, most)]


def _best(paths: Sequence[str], worth: Callable[[str], float], most: int) -> list[str]:
    return sorted(paths, key=lambda path: (-worth(path), path))[:most]


def _entry(path: str, mark: Landmark) -> Entry:
    said = mark.says
    if not said and mark.others:
        said = f"also has {', '.join(mark.others[:2])}"
    elif not said and mark.users > 1:
        said = f"named in {mark.users} other files"
    return Entry(path, mark.line, mark.symbol, mark.users, one_line(said))


# -- a first small place ----------------------------------------------------------------------------------------------


def first_place(facts: TourFacts, order: Sequence[tuple[Area, AreaHealth]]) -> FirstPlace | None:
    """The best small place among these areas: a small file that changed gently of late, tested, with a willing holder.

    Where somebody said that they are glad to help first; then the newest first among the changes of the last quarter; a
    file of an area with more tests wins within those.
    """
    files = {path: (area, health) for area, health in order for path in area.files}
    tests = _tests(facts)
    found: list[tuple[float, FirstPlace]] = []
    for gentle in (one for one in facts.work if one.is_gentle):
        for path in gentle.paths:
            made = _small(facts, path, gentle, files, tests)
            if made is not None:
                found.append(made)
    order_of = [(place.glad, worth, place.gentle.time, place.path) for worth, place in found]
    return found[order_of.index(max(order_of))][1] if found else None


def _small(
    facts: TourFacts,
    path: str,
    gentle: Work,
    files: Mapping[str, tuple[Area, AreaHealth]],
    tests: Mapping[str, str],
) -> tuple[float, FirstPlace] | None:
    if path not in files or is_test(path):
        return None
    area, health = files[path]
    lines = facts.lines.get(path, 0)
    test = tests.get(_bare(path), "")
    page = is_page(path) and area.is_reading
    if not FEWEST_LINES <= lines <= SMALL_LINES or not (test or page) or is_chronicle(path):
        return None
    willing = [
        one
        for one in health.holders
        if one.id not in facts.unwilling and one.id != facts.newcomer and not facts.load.get(one.id)
    ]
    names = (area.key, health.path, health.title, health.name)
    glad = [one for one in willing if helps(facts.glad.get(one.id, ()), names, path)]
    willing = glad or [one for one in willing if one.id not in facts.refused]
    if not willing:
        return None
    age = (facts.now - gentle.time) / DAY
    worth = (facts.tested.get(area.key, 0.5) + 0.5) * 0.5 ** (age / 90)
    worth *= 0.5 if page else 1.0
    by_them = next((one for one in willing if one.id == gentle.person), willing[0])
    return worth, FirstPlace(health, path, lines, test, gentle, by_them, bool(glad))


def _tests(facts: TourFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    for area, _ in facts.areas:
        for path in area.files:
            if is_test(path) and is_code(path):
                found.setdefault(_bare(path), path)
    return found


def _bare(path: str) -> str:
    """Login for app/login.py, tests/test_login.py, login.spec.ts and LoginTest.java."""
    name = path.rpartition("/")[2].partition(".")[0].lower()
    for word in ("test", "tests", "spec"):
        name = name.removeprefix(f"{word}_").removesuffix(f"_{word}").removesuffix(f"-{word}")
    return name.removesuffix("test") or name


# -- its recent story -------------------------------------------------------------------------------------------------


def story(work: Sequence[Work], area: Area, now: int, most: int = 3) -> list[Work]:
    """The changes of a year that say most about an area, the newest first: broad there, with reasons, no upkeep."""
    own = set(area.files)

    def telling(one: Work) -> float:
        here = sum(path in own for path in one.paths)
        share = here / max(1, one.path_count)
        recent = 0.5 ** ((now - one.time) / DAY / 180)
        return sqrt(here) * (0.3 + share) * (1 + min(one.reasons, 1500) / 500) * float(recent)

    told = [one for one in work if not own.isdisjoint(one.paths) and not is_upkeep(one.subject)]
    return sorted(sorted(told, key=telling, reverse=True)[:most], key=lambda one: -one.time)
