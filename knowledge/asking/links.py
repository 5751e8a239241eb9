"""A link to a file on the host of a repository, and a line of a file."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.asking.paths import Paths
from knowledge.asking.targets import Resolution, Target, Unknown


def linked(tree: Paths, raw: str) -> Resolution:
    """A link to a file on the host of a repository (GitHub, GitLab, Gitea, Bitbucket)."""
    bare, _, anchor = raw.partition("#")
    line = re.match(r"(?:L|lines-)(\d+)(?:-L?(\d+))?", anchor)
    first = int(line[1]) if line else 0
    last = int(line[2] or line[1]) if line else 0
    bare = bare.split("?")[0].rstrip("/")
    for repo in tree.repos():
        base = repo.web.rstrip("/").removesuffix(".git")
        inside = bare.removeprefix(base).strip("/") if base and bare.startswith(base + "/") else None
        if inside is None and not base:
            cut = re.match(rf"https?://[^/]+/(?:[^/]+/)+?{re.escape(repo.name)}/(.+)", bare)
            inside = cut[1] if cut else None
        if inside is None and bare not in {base, base + ".git"}:
            continue
        parts = (inside or "").removeprefix("-/").split("/")
        if not inside:
            return Target("repository", repo.id, repo.name)
        if parts[0] in {"blob", "tree", "raw", "src", "blame", "edit", "commits"}:
            # A branch may contain slashes: the shortest rest that is a path of ours wins last.
            for cut_at in range(2, len(parts)):
                if nodes := tree.exact("/".join(parts[cut_at:]), [repo]):
                    target = tree.forward(nodes[0]) if not nodes[0].alive else tree.target(nodes[0])
                    return at_line(target, first, last, raw) if first else target
        return Unknown("/".join(parts[2:]) or inside, (), "path")
    return Unknown(raw, (), "link")


def at_line(target: Target, line: int, line_end: int, said: str) -> Resolution:
    """A line, or lines, of what was found; said so where it has none."""
    if target.kind not in {"file", "symbol"}:
        return Unknown(said, (target,), "line", f"{target.name} is no file, so it has no line {line}")
    return replace(target, kind="line", line=line, line_end=line_end)
