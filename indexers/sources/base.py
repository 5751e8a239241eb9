"""What a source is: it yields records since a cursor, and the pipeline stores them.

A `Cursor` record says that everything before it is complete; the pipeline stores it in the same transaction as the
records before it. So a source that is killed is asked again from the last cursor that was kept, and whatever came
after that cursor is yielded again: sources repeat, they never lose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from knowledge.model import Commit, Cursor, Document, Gone, Skipped, SourceName


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Commits that the branch no longer holds (a force-push, a rebase, a deleted branch); they stay as a past.

    `shas` is None when the source cannot name them (the old commits were pruned): everything known so far is then
    unreachable, and what is still there is yielded again after this record.
    """

    shas: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree at the commit that was read up to, as far as it is not what it was before.

    `last` names the commit of `git log -1 -- path` where it is not the newest touch in the order of the log.
    """

    files: dict[str, frozenset[str]]  # path → traits (binary generated lfs submodule symlink vendored documentation)
    gone: frozenset[str] | None  # None: every path that is not in `files` is gone
    last: dict[str, str]


Record = Commit | Document | Gone | Skipped | Cursor | Unreachable | Tree


class Source(Protocol):
    """Something a team makes, read piece by piece."""

    name: SourceName

    def read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        """Everything since `cursor` (None: from the beginning), in an order in which it can be stored.

        Bad data is yielded as `Skipped`; a person's mistake is raised as `knowledge.errors.Mistake`.
        """
        ...
