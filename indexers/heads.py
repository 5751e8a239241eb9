"""Where a local repository stands, told by reading two or three small files: no git process, no GitPython, no pathlib.

Used to notice that a repository has moved on before a question is answered. What it cannot tell (a reftable, a broken
ref) is None, "unknown": the indexers, which ask git, find out at their next run.
"""

from __future__ import annotations

from knowledge.lean_files import is_file, is_folder, join


def head_of(location: str) -> str | None:
    """The full id of the commit that HEAD names, None where files do not tell."""
    try:
        git_dir = _git_dir(location)
        head = _read(join(git_dir, "HEAD"))
        return _ref(git_dir, head[len("ref: ") :]) if head.startswith("ref: ") else head or None
    except OSError:
        return None


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def _git_dir(folder: str) -> str:
    inside = join(folder, ".git")
    if is_file(inside):  # a linked work tree or a submodule: "gitdir: elsewhere"
        return join(folder, _read(inside).removeprefix("gitdir: "))
    return inside if is_folder(inside) else folder


def _ref(git_dir: str, name: str) -> str | None:
    common = join(git_dir, "commondir")
    shared = join(git_dir, _read(common)) if is_file(common) else git_dir
    for place in (join(git_dir, name), join(shared, name)):
        if is_file(place):
            return _read(place) or None
    packed = join(shared, "packed-refs")
    if is_file(packed):
        for line in _read(packed).splitlines():
            if line.endswith(f" {name}") and not line.startswith(("#", "^")):
                return line.split(" ", 1)[0]
    return None
