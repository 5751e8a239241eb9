"""What became of the symbols of some files between two moments: added, removed, renamed, moved; pure.

Input: by path, the qualified name of each symbol and a digest of its text without its own name, then and now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

Outlines = Mapping[str, Mapping[str, str]]  # path → qualified name → digest of the text without that name


class Where(NamedTuple):
    """A symbol in a file."""

    path: str
    name: str


class Pair(NamedTuple):
    """The same symbol then and now."""

    then: Where
    now: Where


class SymbolChanges(NamedTuple):
    """All of it sorted by path and name; what lies inside of something added or removed is not told apart."""

    added: tuple[Where, ...] = ()
    removed: tuple[Where, ...] = ()
    renamed: tuple[Pair, ...] = ()  # in the same file
    moved: tuple[Pair, ...] = ()  # to another file
    changed: int = 0  # how many kept their name and place, and have another text


def compare(then: Outlines, now: Outlines, renames: Mapping[str, str]) -> SymbolChanges:
    """The differences.

    Args:
        then: the outlines at the earlier moment.
        now: the outlines today.
        renames: new path → old path of files that were renamed: their symbols did not move.
    """
    former = {new: old for new, old in renames.items() if old in then}
    before = {Where(path, name): text for path, names in then.items() for name, text in names.items()}
    after = {Where(path, name): text for path, names in now.items() for name, text in names.items()}
    same = {where: Where(former.get(where.path, where.path), where.name) for where in after}
    kept = {where: old for where, old in same.items() if old in before}
    gone = sorted(set(before) - set(kept.values()))
    came = sorted(set(after) - set(kept))
    pairs = _paired({w: before[w] for w in gone}, {w: after[w] for w in came})
    met = {end for pair in pairs for end in pair}
    at_home = {path: former.get(path, path) for path in now}
    return SymbolChanges(
        added=_outermost([where for where in came if where not in met]),
        removed=_outermost([where for where in gone if where not in met]),
        renamed=_outer_pairs([p for p in pairs if at_home.get(p.now.path) == p.then.path]),
        moved=_outer_pairs([p for p in pairs if at_home.get(p.now.path) != p.then.path]),
        changed=sum(before[old] != after[where] for where, old in kept.items()),
    )


def _paired(gone: Mapping[Where, str], came: Mapping[Where, str]) -> list[Pair]:
    """A symbol that went and one that came, each alone: of one text, one full name, or one name in another class."""
    by_text = _alone(gone, came)
    met = {end for pair in by_text for end in pair}
    pairs = list(by_text)
    for key in (_full, _last):
        rest = ({where: key(where) for where in side if where not in met} for side in (gone, came))
        pairs += _alone(*rest)
        met = {end for pair in pairs for end in pair}
    return sorted(pairs)


def _full(where: Where) -> str:
    return where.name


def _last(where: Where) -> str:
    """A method that another class has now; a function alone has no second name to know it by."""
    inside, _, own = where.name.rpartition(".")
    return own if inside and not own.startswith("__") else f"{where.path} {where.name}"


def _alone(gone: Mapping[Where, str], came: Mapping[Where, str]) -> list[Pair]:
    went: dict[str, list[Where]] = defaultdict(list)
    arrived: dict[str, list[Where]] = defaultdict(list)
    for side, found in ((gone, went), (came, arrived)):
        for where, key in side.items():
            found[key].append(where)
    return [Pair(went[key][0], arrived[key][0]) for key in went if len(went[key]) == len(arrived.get(key, ())) == 1]


def _outermost(found: list[Where]) -> tuple[Where, ...]:
    there = set(found)
    return tuple(where for where in found if Where(where.path, where.name.rpartition(".")[0]) not in there)


def _outer_pairs(found: list[Pair]) -> tuple[Pair, ...]:
    """Without what moved along inside of something."""
    there = {(pair.then, pair.now) for pair in found}

    def outer(where: Where) -> Where:
        return Where(where.path, where.name.rpartition(".")[0])

    return tuple(pair for pair in found if (outer(pair.then), outer(pair.now)) not in there)
