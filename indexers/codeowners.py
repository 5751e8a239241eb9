"""CODEOWNERS, now and before: in a commit it is the first of the places where GitHub and GitLab look for it."""

from __future__ import annotations

from indexers.repository import Repository
from knowledge.areas.codeowners import PLACES

MOST_BYTES = 3 * 1024 * 1024  # GitHub reads no larger one either


def read_codeowners(repository: Repository, commit: str) -> tuple[str, str]:
    """Its path and its text; both empty where there is none."""
    there = repository.entries(commit, [place.encode() for place in PLACES])
    for place in PLACES:
        if place.encode() in there:
            content = repository.content(commit, place)
            if content is not None and len(content) <= MOST_BYTES:
                return place, content.decode(errors="replace")
    return "", ""


def read_versions(repository: Repository, commit: str, most: int) -> list[tuple[int, str, str]]:
    """When it came to say what, up to `commit`: (seconds UTC, path, text), the oldest first, the newest `most`.

    A date is that of the commit on the main line that brought it; path and text are empty from where it was taken away.
    """
    told = repository.run(
        "log", "--first-parent", f"--max-count={most}", "--format=%H %ct", commit, "--", *PLACES
    ).decode()  # fmt: skip
    versions = [line.split() for line in told.splitlines()]
    return [(int(time), *read_codeowners(repository, sha)) for sha, time in reversed(versions)]
