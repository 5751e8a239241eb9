r"""How many lines commits added and removed, counted by git, newest commits first.

Input: the bytes of `git diff-tree --stdin -z --numstat` for ids of commits, each followed by its files:

    sha NUL "16\t0\tpath" NUL "-\t-\tpicture.png" NUL "3\t1\t" NUL old path NUL new path NUL

Output: a sha with (added, removed) by path; "-" (binary) has none. Reading contents is what makes this ten times
dearer than reading which files changed, so it is a step of its own, for the last years only, and never in the way of an
answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from io import BufferedIOBase

from indexers.log import NAP_SECONDS
from indexers.pipeline import Progress, Tally
from indexers.pipes import PIPE_BYTES
from indexers.repository import GitFailed, Repository, path_arg, path_text
from knowledge.model import Skipped
from knowledge.store.database import Database
from knowledge.store.lines import LENGTHS, LINES, Lines, Uncounted
from knowledge.store.repos import Repos

COMMITS_PER_TRANSACTION = 500
FEW_PATHS = 500  # up to so many changed files are asked for by name
Counts = dict[str, tuple[int, int]]


def read_lines(
    db: Database, repo_id: int, repository: Repository, days: int, tally: Tally, progress: Progress, *, now: int
) -> None:
    """Count what is not counted yet: how long files are at the indexed commit, then what commits changed.

    Args:
        db: the store, after the history step.
        repo_id: the repository.
        repository: the same.
        days: commits older than so many days before the newest are left alone.
        tally: what could not be read is added to its `skipped`.
        progress: hears of commits.
        now: seconds UTC, for the cursor.
    """
    repos = Repos(db)
    head = next(repo.head for repo in repos.all() if repo.id == repo_id)
    if not head:
        return
    lines, before = Lines(db, repo_id), (repos.cursor(LENGTHS, repo_id) or {}).get("commit", "")
    if repository.lacks_blobs():
        tally.skipped.append(
            Skipped(repository.name, "a partial clone: lines are not counted (git fetch --refetch, no filter)")
        )
    else:
        try:
            if before != head:
                lengths, whole = _lengths(repository, before, head)
                with db.transaction() as tx:
                    lines.put_lengths(tx, lengths, whole=whole)
                    repos.set_cursor(tx, LENGTHS, repo_id, {"commit": head}, now)
            _count(db, lines, repository, lines.uncounted(days), progress)
        except GitFailed as failed:
            tally.skipped.append(Skipped(repository.name, f"lines are not counted any further ({failed})"))
    with db.transaction() as tx:
        repos.set_cursor(tx, LINES, repo_id, {"commit": head}, now)


def _count(
    db: Database, lines: Lines, repository: Repository, uncounted: Sequence[Uncounted], progress: Progress
) -> None:
    if not uncounted:
        return
    progress.start(f"{repository.name}: lines", len(uncounted))
    by_sha = {commit.sha: commit for commit in uncounted}
    held: list[tuple[Uncounted, Counts]] = []
    for sha, counts in numstats(repository, list(by_sha)):
        held.append((by_sha[sha], counts))
        if len(held) == COMMITS_PER_TRANSACTION:
            _store(db, lines, held, progress)
    _store(db, lines, held, progress)


def _store(db: Database, lines: Lines, held: list[tuple[Uncounted, Counts]], progress: Progress) -> None:
    if held:
        with db.transaction() as tx:
            lines.put(tx, held)
        progress.advance(len(held))
        held.clear()


def numstats(repository: Repository, shas: Sequence[str]) -> Iterator[tuple[str, Counts]]:
    """What commits added and removed, by path after the commit, in the order asked for.

    Raises:
        GitFailed: a commit or a file of one is not there.
    """
    asked = "".join(f"{sha}\n" for sha in shas).encode()
    arguments = ("diff-tree", "--stdin", "-r", "-z", "-M", "--root", "--numstat", "--always", "--no-ext-diff")
    with repository.stream(*arguments, stdin=asked) as out:
        yield from _parsed(_words(out))


def _words(out: BufferedIOBase) -> Iterator[bytes]:
    rest = b""
    while chunk := out.read1(PIPE_BYTES):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(chunk) < PIPE_BYTES // 4:
            time.sleep(NAP_SECONDS)  # as in indexers/log.py: fewer turns between git and us


def _parsed(words: Iterator[bytes]) -> Iterator[tuple[str, Counts]]:
    sha, counts = "", Counts()
    for word in words:
        if b"\t" not in word:  # the id of the next commit
            if sha:
                yield sha, counts
            sha, counts = word.decode(), {}
            continue
        added, removed, path = word.split(b"\t", 2)
        if not path:
            next(words)  # the old name
            path = next(words)
        if added != b"-":
            counts[path_text(path)] = (int(added), int(removed))
    if sha:
        yield sha, counts


def _lengths(repository: Repository, before: str, head: str) -> tuple[dict[str, int | None], bool]:
    """How long the files of `head` are, and whether that is all of them or only those that changed since `before`."""
    paths: list[str] = []
    if before and repository.resolve(before):
        told = repository.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=d", before, head)
        paths = [path_text(path) for path in told.split(b"\0")[:-1]]
        if not paths:
            return {}, False
    few = 0 < len(paths) <= FEW_PATHS
    only = ("--", *map(path_arg, paths)) if few else ()
    empty = repository.run("hash-object", "-t", "tree", "--stdin").decode().strip()
    told = repository.run(
        "--literal-pathspecs", "diff-tree", "-r", "-z", "--numstat", "--no-renames", "--no-ext-diff",
        empty, head, *only,
    )  # fmt: skip
    lengths: dict[str, int | None] = dict.fromkeys(paths) if few else {}
    for word in told.split(b"\0")[:-1]:
        added, _, path = word.split(b"\t", 2)
        if added != b"-":
            lengths[path_text(path)] = int(added)
    return lengths, not few
