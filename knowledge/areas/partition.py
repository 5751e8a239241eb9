"""The areas of a repository that a team would recognise: named ones, owned ones, and what the tree itself suggests.

In this order, each file in one area only:

1. *named*: what config.yaml calls an area (`areas`) or a topic (`topics`), with the paths that belong to it.
2. *owned*: the files of one CODEOWNERS rule, where they are few enough to be one thing.
3. *tree*: a directory, when it is small enough to be one thing (at most a twelfth of the repository, or MOST_FILES); a
   bigger one is split into its directories, and what lies directly in it forms an area of its own, split once more by
   the first word of the names (`pack-*`) where that is still too much.

Directories with fewer than FEWEST_FILES files that somebody writes (code, pages, settings; not pictures, not data)
belong to what is around them; so do the fixtures below a directory of tests. Vendored and generated files do not count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from knowledge.areas.codeowners import NO_OWNERS, Codeowners
from knowledge.paths import glob, is_code, is_fixture_directory, is_page, is_test, is_test_directory, is_written

MOST_FILES = 40
FEWEST_FILES = 3
FEWEST_OF_A_NAME = 5  # files that share the first word of their names, to be an area of their own
Kind = Literal["named", "owned", "tree"]


class NamedArea(NamedTuple):
    """An area that the team has a name for; `paths` are paths or globs, a directory stands for all below it."""

    name: str
    paths: tuple[str, ...]
    critical: bool = False
    holders_wanted: int = 2


class AreaRules(NamedTuple):
    """What the team says about its areas: config.yaml's `areas` and `topics`, and CODEOWNERS."""

    named: tuple[NamedArea, ...] = ()
    owners: Codeowners = NO_OWNERS


NO_RULES = AreaRules()


class Area(NamedTuple):
    """Files that are held together.

    `whole`: these are all the files of the directory `path`. `own`: a part of them, what no other area below it has.
    `start`: only those whose names begin so.
    """

    path: str
    own: bool
    files: tuple[str, ...]
    name: str = ""
    kind: Kind = "tree"
    owners: tuple[str, ...] = ()
    critical: bool = False
    holders_wanted: int = 2
    start: str = ""

    @property
    def key(self) -> str:
        """What stays the same from week to week: `src/auth`, `src/.` for a directory's own files, `name:billing`."""
        if self.kind == "named":
            return f"name:{self.name}"
        if self.start:
            return f"{self.path}/{self.start}*".lstrip("/")
        return f"{self.path}/.".lstrip("/") if self.own else self.path or "."

    @property
    def is_reading(self) -> bool:
        """Whether it is mostly pages."""
        return 2 * sum(map(is_page, self.files)) > len(self.files)

    @property
    def whole(self) -> bool:
        """Whether the directory as such stands for it."""
        return not self.own and not self.start


def find_areas(paths: Sequence[str], rules: AreaRules = NO_RULES) -> list[Area]:
    """The areas of these living files, by the rules of this module, in the order of their paths."""
    left = sorted(paths)
    found: list[Area] = []
    for one in rules.named:
        files = _belonging(one.paths, left)
        if files:
            place = _common(files)
            part = sum(path.startswith(f"{place}/") for path in paths) != len(files)
            found.append(Area(place, part, tuple(files), one.name, "named", (), one.critical, one.holders_wanted))
            taken = set(files)
            left = [path for path in left if path not in taken]
    most = max(MOST_FILES, len(paths) // 12)
    owned = _owned(left, rules.owners, most)
    taken = {path for area in (*found, *owned) for path in area.files}
    rest = (_without(area, taken) for area in _by_tree(paths, most))
    found += [*owned, *(area for area in rest if len(area.files) >= FEWEST_FILES)]
    return sorted(area._replace(owners=_owners(area.files, rules.owners)) for area in found)


def area_of(areas: Iterable[Area]) -> dict[str, Area]:
    """The area of every file."""
    return {path: area for area in areas for path in area.files}


# -- named and owned --------------------------------------------------------------------------------------------------


def _belonging(said: Sequence[str], paths: Iterable[str]) -> list[str]:
    tests = [glob(one) for one in said]
    return [path for path in paths if any(test(path) for test in tests)]


def _common(files: Sequence[str]) -> str:
    """The deepest directory (or the file itself) that holds all of them."""
    if len(files) == 1:
        return files[0]
    split = [path.split("/")[:-1] for path in files]
    depth = 0
    while all(len(parts) > depth and parts[depth] == split[0][depth] for parts in split):
        depth += 1
    return "/".join(split[0][:depth])


def _owned(paths: Sequence[str], owners: Codeowners, most: int) -> list[Area]:
    """The files of each rule that says something of a part of the repository, where they are one directory's."""
    by_rule: dict[int, list[str]] = defaultdict(list)
    below: Counter[str] = Counter()
    for path in paths:
        number = owners.rule_of(path)
        if number is not None and owners.rules[number].owners:
            by_rule[number].append(path)
        for directory in _above(path):
            below[directory] += 1
    found: dict[str, Area] = {}
    for files in by_rule.values():
        place = _common(files)
        if FEWEST_FILES <= len(files) <= most and place and place not in found:
            found[place] = Area(place, below[place] != len(files), tuple(files), kind="owned")
    return list(found.values())


def _owners(files: Sequence[str], owners: Codeowners) -> tuple[str, ...]:
    """Who is declared to own at least half of the files, as CODEOWNERS writes them."""
    if not owners.rules:
        return ()
    counts = Counter(owner for path in files for owner in owners.owners_of(path))
    return tuple(owner for owner, count in counts.most_common() if 2 * count >= len(files))


# -- the tree ---------------------------------------------------------------------------------------------------------


class _Tree(NamedTuple):
    below: Mapping[str, list[str]]  # every file below a directory
    children: Mapping[str, set[str]]
    most: int


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]


def _by_tree(paths: Sequence[str], most: int) -> list[Area]:
    below: dict[str, list[str]] = defaultdict(list)
    children: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        below[""].append(path)
        for directory in _above(path):
            below[directory].append(path)
            children[directory.rpartition("/")[0]].add(directory)
    found: list[Area] = []
    _split("", _Tree(below, children, most), found)
    return found


def _split(directory: str, tree: _Tree, found: list[Area]) -> None:
    files = tree.below.get(directory, [])
    big = [child for child in sorted(tree.children.get(directory, ())) if _stands_alone(child, tree.below[child])]
    if len(files) < FEWEST_FILES:
        return
    if len(big) == 1 and len(tree.below[big[0]]) == len(files):  # src/ with nothing but src/flask/: only the latter
        _split(big[0], tree, found)
        return
    if directory and (len(files) <= tree.most or not big):
        if len(files) <= tree.most:
            found.append(Area(directory, False, tuple(sorted(files))))
            return
        big = []
    for child in big:
        _split(child, tree, found)
    rest = sorted(path for path in files if not any(path.startswith(f"{child}/") for child in big))
    found += _rest(directory, rest, tree.most, whole=not big)


def _stands_alone(directory: str, files: Sequence[str]) -> bool:
    """Whether a directory may be an area: enough that somebody writes, and below tests more than fixtures."""
    written = [path for path in files if is_written(path)]
    if len(written) < FEWEST_FILES or 4 * len(written) < len(files):
        return False
    if is_fixture_directory(directory):
        return False
    if is_test_directory(directory.rpartition("/")[0]):
        return sum(map(is_code, files)) >= MOST_FILES or sum(map(is_test, files)) >= FEWEST_FILES
    return True


def _rest(directory: str, files: Sequence[str], most: int, *, whole: bool) -> list[Area]:
    """What lies directly in a directory, split by the first word of the names where it is too much for one area."""
    found: list[Area] = []
    if len(files) > most:
        by_start: dict[str, list[str]] = defaultdict(list)
        for path in files:
            if (start := _start(path, directory)) and not (is_test(path) or is_page(path)):
                by_start[start].append(path)
        named = {s: held for s, held in by_start.items() if FEWEST_OF_A_NAME <= len(held) <= len(files) // 4}
        found = [Area(directory, True, tuple(held), start=start) for start, held in sorted(named.items())]
        taken = {path for held in named.values() for path in held}
        files = [path for path in files if path not in taken]
    if len(files) >= FEWEST_FILES:
        found.append(Area(directory, not (whole and not found and directory), tuple(files)))
    return found


def _start(path: str, directory: str) -> str:
    """The first word of a file's name, where it has several: `pack-` of pack-write.c."""
    name = path[len(directory) + 1 :] if directory else path
    if "/" in name:
        return ""
    stem = name.partition(".")[0]
    for at, letter in enumerate(stem):
        if letter in "-_" and at >= 3:
            return stem[: at + 1]
    return ""


def _without(area: Area, taken: set[str]) -> Area:
    """What a directory has left when other areas took a part of it."""
    files = tuple(path for path in area.files if path not in taken)
    return area if len(files) == len(area.files) else area._replace(own=True, files=files)
