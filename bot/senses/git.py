"""What answers ask of git itself, about a repository as it was indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.memory import DAY
from knowledge.store.repos import Repos, StoredRepo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from indexers.repository import Repository
    from knowledge.activation.taking import Merge
    from knowledge.store.database import Database
    from knowledge.ways_in.symbol_changes import Outlines

MERGES_KEPT = 4  # answers of git, of a few megabytes each


class AskedGit:
    """The git of a home's repositories. Each method takes a repository's id; times are seconds UTC."""

    def __init__(self, db: Database, home: Path) -> None:
        self._db = db
        self._home = home
        self._merges: dict[tuple[int, str, int, int], list[Merge]] = {}  # by repository, head, first and last second

    def blame(self, repo_id: int, path: str, first: int, last: int, ignore: Sequence[str] = ()) -> list[str]:
        """The commits that last changed some lines, one a line, looking through those in `ignore`; [] for no lines."""
        repository, head = self._opened(repo_id)
        return repository.blame_span(path, first, last, head, ignore)

    def merges(self, repo_id: int, since: int, until: int) -> list[Merge]:
        """The merges into the main line between two times (seconds UTC), the newest first.

        Git is asked once a day for each commit that a sync brought; a few answers are kept.
        """
        from indexers.merges import read_merges

        first, last = since // DAY * DAY, until // DAY * DAY + DAY - 1
        asked = (repo_id, self._repo(repo_id).head, first, last)
        found = self._merges.get(asked)
        if found is None:
            repository, head = self._opened(repo_id)
            found = read_merges(repository, head, first, last)
            kept = list(self._merges.items())[1 - MERGES_KEPT :]  # anew, since others may be asking, too
            self._merges = dict(kept) | {asked: found}
        return [one for one in found if since <= one.time <= until]

    def outlines(self, repo_id: int, time: int | None, paths: Sequence[str]) -> Outlines:
        """The symbols of files on the main line as it was at a time (seconds UTC), or as it was indexed (None)."""
        from indexers.outlines import outlines_at

        repository, head = self._opened(repo_id)
        commit = head if time is None else repository.before(head, time)
        return outlines_at(repository, commit, paths) if commit else {}

    def email(self, repo_id: int) -> str:
        """`git config user.email` of a repository; "" where there is none."""
        repository, _ = self._opened(repo_id)
        return repository.settings.get("user.email", "")

    def _opened(self, repo_id: int) -> tuple[Repository, str]:
        """A repository and its indexed commit, as the last sync left it: only that fetches, a question never waits."""
        from indexers.repository import Repository

        repo = self._repo(repo_id)
        return Repository.open(repo.location, self._home, fetch=False), repo.head

    def _repo(self, repo_id: int) -> StoredRepo:
        return next(repo for repo in Repos(self._db).all() if repo.id == repo_id)

    def surviving(self, repo_id: int) -> Callable[[str, int], dict[str, int]]:
        """A function (path, time) → how many lines of a file at that time each commit wrote; empty where it was not."""
        repository, indexed = self._opened(repo_id)
        heads: dict[int, str | None] = {}

        def count(path: str, when: int) -> dict[str, int]:
            if when not in heads:
                heads[when] = repository.before(indexed, when)
            head = heads[when]
            return repository.blame_lines(path, head) if head else {}

        return count
