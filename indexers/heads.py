"""Where a local repository stands, told by reading two or three small files: no git process, no GitPython.

Used to notice that a repository has moved on before a question is answered. What it cannot tell (a reftable, a broken
ref) is None, "unknown": the indexers, which ask git, find out at their next run.
"""

from __future__ import annotations

from pathlib import Path


def head_of(location: str) -> str | None:
    """The full id of the commit that HEAD names, None where files do not tell."""
    try:
        git_dir = _git_dir(Path(location))
        head = (git_dir / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head or None
        return _ref(git_dir, head.removeprefix("ref: "))
    except OSError:
        return None


def _git_dir(folder: Path) -> Path:
    inside = folder / ".git"
    if inside.is_file():  # a linked work tree or a submodule: "gitdir: elsewhere"
        return folder / inside.read_text().strip().removeprefix("gitdir: ")
    return inside if inside.is_dir() else folder


def _ref(git_dir: Path, name: str) -> str | None:
    common = git_dir / "commondir"
    shared = git_dir / common.read_text().strip() if common.exists() else git_dir
    for place in (git_dir / name, shared / name):
        if place.is_file():
            return place.read_text().strip() or None
    packed = shared / "packed-refs"
    if packed.is_file():
        for line in packed.read_text().splitlines():
            if line.endswith(f" {name}") and not line.startswith(("#", "^")):
                return line.split(" ", 1)[0]
    return None
