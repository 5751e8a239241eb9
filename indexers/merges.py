r"""Who took the work of others into the main line, from git's own history of its first parents.

Input: `git log --first-parent --merges -m --name-only`, a record a merge:

    \x01 parents NUL name NUL address NUL commit time NUL \n path NUL path NUL …

Output: `knowledge.activation.reviewers.Merge` values, the newest first. Nothing is stored: two years of them take git a
blink.
"""

from __future__ import annotations

from indexers.repository import Repository, path_text
from indexers.trailers import text
from knowledge.activation.reviewers import Merge

_DATES = 100_000_000  # a smaller number is no date to git
_FORMAT = "--format=%x01%P%x00%an%x00%ae%x00%ct%x00"


def read_merges(repository: Repository, commit: str, since: int, until: int) -> list[Merge]:
    """The merges on the first-parent line of `commit` between two times (seconds UTC, both included)."""
    told = repository.run(
        "log", "--first-parent", "--merges", "-m", "--name-only", "--no-renames", "-z", _FORMAT,
        f"--since={max(since, _DATES)}", f"--until={until}", commit, "--",
    )  # fmt: skip
    found = []
    for record in told.split(b"\x01")[1:]:
        parents, name, email, time, *paths = record.split(b"\0")
        named = tuple(path_text(path.lstrip(b"\n")) for path in paths if path.strip(b"\n"))
        found.append(Merge(text(name), text(email), int(time), parents.split()[1].decode(), named))
    return found
