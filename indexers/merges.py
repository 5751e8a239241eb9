r"""Who took the work of others into the main line, from git's own history of its first parents.

Input: `git log --first-parent --merges -m --name-only`, a record a merge:

    \x01 parents NUL name NUL address NUL commit time NUL message NUL \n path NUL path NUL …

Output: `knowledge.activation.taking.Merge` values, the newest first. Nothing is stored: two years of them take git a
blink. Where a machine merges what a person approved, its message says so:

    Auto merge of #123 - ann:timeout, r=bob              → approved by bob
    Merge #124  …  124: Fix the timeout r=bob a=ann      → approved by bob
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexers.repository import Repository, path_text
from indexers.trailers import text
from knowledge.activation.taking import Merge

_DATES = 100_000_000  # a smaller number is no date to git
_FORMAT = "--format=%x01%P%x00%an%x00%ae%x00%ct%x00%B%x00"
_RECORD = re.compile(rb"\x01(?=[0-9a-f]{40,64} [0-9a-f ]{40,}\0)")
_APPROVED = re.compile(rb"\AAuto merge of #\d+ .*, r=(\S+)|^\d+: .* r=(\S+) a=\S+$", re.MULTILINE)
_MERGED = re.compile(rb"(?:Auto merge of|Merge) #\d")


def read_merges(repository: Repository, commit: str, since: int, until: int) -> list[Merge]:
    """The merges on the first-parent line of `commit` between two times (seconds UTC, both included)."""
    told = repository.run(
        "log", "--first-parent", "--merges", "-m", "--name-only", "--no-renames", "-z", _FORMAT,
        f"--since={max(since, _DATES)}", f"--until={until}", commit, "--",
    )  # fmt: skip
    records = [record.split(b"\0") for record in _RECORD.split(told)[1:]]
    writers = _writers(repository, [parents.split()[1] for parents, *_ in records])
    found = []
    for parents, name, email, time, message, *paths in records:
        named = tuple(path_text(path.lstrip(b"\n")) for path in paths if path.strip(b"\n"))
        writer = writers[parents.split()[1]]
        found.append(Merge(text(name), text(email), int(time), writer, named, approvers(message)))
    return found


def _writers(repository: Repository, commits: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """Name and address of the author of each commit."""
    if not commits:
        return {}
    told = repository.run(
        "log", "--no-walk=unsorted", "-z", "--format=%H%x00%an%x00%ae", "--stdin", stdin=b"\n".join(commits)
    )
    fields = iter(told.split(b"\0"))
    return {sha: (text(name), text(email)) for sha, name, email in zip(fields, fields, fields, strict=False)}


def approvers(message: bytes) -> tuple[str, ...]:
    """The accounts that a merge's message names as having approved it; none in one that no machine wrote."""
    if not _MERGED.match(message):
        return ()
    named = [auto or listed for auto, listed in _APPROVED.findall(message)]
    accounts = [one.removeprefix("@") for told in named for one in text(told).split(",")]
    return tuple(dict.fromkeys(filter(None, accounts)))
