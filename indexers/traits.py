"""What the paths of a tree are, beside ordinary files.

The words are `binary documentation generated lfs submodule symlink vendored`: from git's modes, from .gitattributes
(the attributes of GitHub's linguist, `filter=lfs`, `binary`), and from names that everybody uses (`rules.left_out`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexers.repository import Repository
from indexers.rules import BINARY, GENERATED, LOCK_FILE, VENDORED, left_out

_MODES = {"120000": "symlink", "160000": "submodule"}
_NAMES = {BINARY: "binary", GENERATED: "generated", LOCK_FILE: "generated", VENDORED: "vendored"}
ATTRIBUTES_FILE = ".gitattributes"


def traits_of(
    repository: Repository, commit: str, modes: Mapping[str, str], *, attributed: bool
) -> dict[str, frozenset[str]]:
    """The traits of each path of `modes`, for those that have any.

    Args:
        repository: where the files are.
        commit: at which they are looked at.
        modes: path → git's mode.
        attributed: whether the tree has a .gitattributes at all (asking costs two processes).
    """
    found: dict[str, set[str]] = {}
    for path, mode in modes.items():
        if trait := _MODES.get(mode) or _NAMES.get(left_out(path) or ""):
            found.setdefault(path, set()).add(trait)
    if attributed:
        paths: Sequence[str] = list(modes)
        for path, traits in repository.attributes(paths, commit).items():
            found.setdefault(path, set()).update(traits)
    return {path: frozenset(traits) for path, traits in found.items()}
