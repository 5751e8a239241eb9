"""CODEOWNERS as it stands in a commit: the first of the places where GitHub and GitLab look for it."""

from __future__ import annotations

from indexers.repository import Repository
from knowledge.codeowners import PLACES

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
