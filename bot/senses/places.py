"""How the location of a repository is spelled."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import Mistake


def spelled(location: str) -> str:
    """A location as the store spells it: an absolute top folder, or the URL.

    Raises:
        Mistake: a path at which no repository is.
    """
    from indexers.clones import is_url, opened, without_secrets

    if is_url(location):
        return without_secrets(location)
    repo = opened(Path(location).expanduser())
    top = Path(repo.working_tree_dir or repo.git_dir)
    return str((top if (top / ".git").exists() else Path(repo.git_dir)).resolve())


def spelled_if_there(location: str) -> str:
    """The same, and "" for what is no repository (any more)."""
    try:
        return spelled(location)
    except Mistake:
        return ""
