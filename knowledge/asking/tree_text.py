"""Every path of a store's trees in one text in memory: a part of a name finds its places without a look at each.

A name typed in part fits no index of the store, which would have to compare it with every path it knows: 10 ms where
there are 25,000, and an answer tries half a dozen forms. One text costs 60 bytes a path and a millisecond to search.
The first question of a process asks the store, as it may be the only one. What is found is only where to look: whether
a node is still there, and alive, the store says.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knowledge.store.database import Database


class _Text(NamedTuple):
    text: str  # "\n" + one path a line in small letters + "\n"
    starts: array[int]  # where the line of each path begins
    ids: array[int]  # of its node
    stamp: tuple[int, ...]  # the newest node, and the repositories


_EMPTY = _Text("\n", array("I"), array("I"), ())


class TreeText:
    """The paths of a store. Safe to share between threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._asked = False
        self._held = _EMPTY

    def ready(self) -> bool:
        """Whether to ask here: False for the first time."""
        asked, self._asked = self._asked, True
        return asked

    def ending(self, tail: str) -> list[int]:
        """Nodes whose path ends on whole parts with `tail`, in any case; one ending in "." fits any suffix."""
        held, tail = self._current(), tail.lower()
        end = "" if tail.endswith(".") else "\n"
        found: dict[int, None] = {}
        for needle in (f"/{tail}{end}", f"\n{tail}{end}"):
            for at in _places(held.text, needle):
                rest = held.text.find("\n", at + len(needle) - 1)
                if end or "/" not in held.text[at + len(needle) : rest]:
                    found[_node(held, at + needle.startswith("\n"))] = None
        return list(found)

    def holding(self, words: Sequence[str]) -> list[int]:
        """Nodes whose path holds each of these words somewhere, in any case."""
        held = self._current()
        first, *others = sorted((word.lower() for word in words), key=len, reverse=True)
        found: dict[int, None] = {}
        for at in _places(held.text, first):
            line = held.text[held.text.rfind("\n", 0, at) : held.text.find("\n", at)]
            if all(other in line for other in others):
                found[_node(held, at)] = None
        return list(found)

    def _current(self) -> _Text:
        newest = self._db.read("SELECT COALESCE(MAX(id), 0) FROM nodes")[0][0]
        stamp = (newest, *(row[0] for row in self._db.read("SELECT id FROM repos ORDER BY id")))
        with self._lock:
            if self._held.stamp != stamp:
                known = self._held if self._held.stamp[1:] == stamp[1:] and self._held.stamp[0] < newest else _EMPTY
                self._held = self._longer(known, stamp)
            return self._held

    def _longer(self, known: _Text, stamp: tuple[int, ...]) -> _Text:
        after = known.stamp[0] if known.stamp else 0
        rows = self._db.read("SELECT id, path FROM nodes WHERE id > :after AND id <= :to", after=after, to=stamp[0])
        lines = [f"{path.lower()}\n" for _, path in rows if "\n" not in path]
        starts, at = known.starts[:], len(known.text)
        for line in lines:
            starts.append(at)
            at += len(line)
        ids = known.ids + array("I", [row[0] for row in rows if "\n" not in row[1]])
        return _Text("".join((known.text, *lines)), starts, ids, stamp)


def _places(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def _node(held: _Text, at: int) -> int:
    return held.ids[bisect_right(held.starts, at) - 1]
