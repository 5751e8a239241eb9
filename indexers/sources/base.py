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
class Traits:
    """Paths of the indexed tree that are not ordinary files: generated, vendored, binary, lfs, symlink, submodule.

    The complete list at the indexed commit: what it leaves out is ordinary.
    """

    of: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class LastTouched:
    """For paths of the indexed tree, the sha that `git log -1 -- path` names; None where the path is gone."""

    of: dict[str, str | None]


Record = Commit | Document | Gone | Skipped | Cursor | Unreachable | Traits | LastTouched


class Source(Protocol):
    """Something a team makes, read piece by piece."""

    name: SourceName

    def read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        """Everything since `cursor` (None: from the beginning), in an order in which it can be stored.

        Bad data is yielded as `Skipped`; a person's mistake is raised as `knowledge.errors.Mistake`.
        """
        ...
