"""The history of a branch: commits oldest first, then what the tree at its end is made of.

Input: a repository, and the cursor of the last run,

    {"commit": the commit read up to, "rules": …, "shallow": …, "listed": [shas], "attributed": bool}
    {… "to": where the run under way ends, "done": how many of its commits are stored}

Merges are commits without touches: their work stands in the commits that they joined. Only where a merge made a
content of its own that is still the last word on a file does `Tree.last` name it. The order is git's own (later =
newer), so the newest touch of a path is what `git log -1` names, but for the exceptions in `Tree.last`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from indexers.last_touched import LastTouches
from indexers.log import Judgement, Log
from indexers.repository import GitFailed, Repository, path_text
from indexers.sources.base import Record, Tree, Unreachable
from indexers.traits import ATTRIBUTES_FILE, traits_of
from indexers.walks import Content
from indexers.weights import listed_revisions
from knowledge.cycles import no_collections
from knowledge.model import Commit, Cursor, Skipped, SourceName

READER = 3  # raised when the same history would now be read differently
COMMITS_PER_CURSOR = 8_000
IGNORE_REVS = ".git-blame-ignore-revs"
_LACKING = ("unable to read", "missing blob", "could not fetch", "bad object", "lazy fetching disabled", "promisor")


class _Range(NamedTuple):
    """The commits of `to` that `base` does not hold, and what to judge them by."""

    base: str | None
    to: str
    facts: dict[str, Any]  # of the cursor, apart from where it stands

    def arguments(self) -> list[str]:
        return [self.to] if self.base is None else [self.to, f"^{self.base}"]

    def under_way(self, done: int) -> Cursor:
        return Cursor({**self.facts, "commit": self.base, "to": self.to, "done": done})

    def complete(self) -> Cursor:
        return Cursor({**self.facts, "commit": self.to})


class GitSource:
    """Reads the branch at which the repository stands.

    Args:
        repository: whose history it is.
        mass_commit_paths: a commit of more paths than this is a mass commit.
        redact: whether secrets in messages become "[redacted: …]".
    """

    name: SourceName = "git"

    def __init__(self, repository: Repository, mass_commit_paths: int = 50, *, redact: bool = True) -> None:
        self._repository = repository
        self._mass_paths = mass_commit_paths
        self._redact = redact
        self._trees: dict[str, dict[bytes, Content]] = {}  # whole trees, by commit
        self._lists: dict[str, dict[str, str]] = {}  # what `_listed` found, by commit

    def read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        """Commits since `cursor`, what the branch lost since, and the tree; what cannot be read is skipped."""
        with no_collections():
            yield from self._read(cursor)

    def _read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        repository = self._repository
        head = repository.head()
        if head is None:
            yield Skipped(repository.name, f"branch {repository.branch()} has no commits yet")
            return
        cursor = cursor or {}
        if not cursor:
            self._contents(head)
        if "to" in cursor:
            yield from self._go_on(cursor, head)
            return
        facts = self._facts(head)
        base = cursor.get("commit")
        if base == head and all(cursor.get(key) == facts[key] for key in ("rules", "shallow", "listed")):
            return
        lost: list[str] = []
        if base is not None:
            known = repository.commits_between(head, base)
            if known is None or any(cursor.get(key) != facts[key] for key in ("rules", "shallow")):
                yield Unreachable(None)
                base = None
            elif known:
                lost = known
                yield Unreachable(tuple(lost))
        if base is not None:
            yield from self._judged_anew(set(cursor.get("listed", ())) ^ set(facts["listed"]), base, head)
        yield from self._range(_Range(base, head, facts), lost=lost)

    def aliases(self, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
        """The proper names and addresses of those whom .mailmap knows under others."""
        head = self._repository.head()
        asked = [pair for pair in identities if not any(c in "<>\n\0" for c in pair[0] + pair[1]) and pair[1]]
        if head is None or not asked:
            return {}
        listing = "".join(f"{name} <{email}>\n" for name, email in asked)
        told = self._repository.run(
            "-c", f"mailmap.blob={head}:.mailmap", "check-mailmap", "--stdin", stdin=listing.encode(errors="replace")
        )
        proper = {}
        for pair, line in zip(asked, told.decode(errors="replace").splitlines(), strict=True):
            name, _, email = line.rpartition("<")
            found = (name.strip(), email.rstrip("> "))
            if found != pair:
                proper[pair] = found
        return proper

    # -- what the reading depends on ----------------------------------------------------------------------------------

    def _facts(self, head: str) -> dict[str, Any]:
        shallow = sorted(self._repository.shallow())
        return {
            "rules": [READER, self._mass_paths, self._redact],
            "shallow": blake2b(" ".join(shallow).encode(), digest_size=8).hexdigest() if shallow else "",
            "listed": sorted(self._listed(head)),
        }

    def _listed(self, head: str) -> dict[str, str]:
        """Commits that the team wants left out of blame, by id, with the file that names them."""
        if head not in self._lists:
            files = dict.fromkeys((IGNORE_REVS, self._repository.settings.get("blame.ignorerevsfile", IGNORE_REVS)))
            tree = self._trees.get(head)
            found: dict[str, str] = {}
            for file in files:
                if tree is None or file.encode() in tree:
                    content = self._repository.content(head, file) or b""
                    found |= dict.fromkeys(listed_revisions(content.decode(errors="replace")), file)
            self._lists[head] = found
        return self._lists[head]

    def _judgement(self, head: str) -> Judgement:
        return Judgement(self._mass_paths, self._listed(head), self._repository.shallow())

    # -- commits ------------------------------------------------------------------------------------------------------

    def _range(self, span: _Range, *, done: int = 0, lost: Sequence[str] = ()) -> Iterator[Record]:
        """The commits of a range after the first `done` of them, then its tree, then its last cursor."""
        last = LastTouches()
        judgement = self._judgement(span.to)
        if done:
            self._see_again(span, done, last)
        yield from self._limits(judgement)
        for commit in self._commits(span, done, judgement, last):
            if isinstance(commit, Commit):
                done += 1
            yield commit
            if done % COMMITS_PER_CURSOR == 0 and isinstance(commit, Commit):
                yield span.under_way(done)
        yield self._tree(span, last, lost)
        yield span.complete()

    def _commits(self, span: _Range, done: int, judgement: Judgement, last: LastTouches) -> Iterator[Commit | Skipped]:
        """Commits; where git misses a blob, renames from there on are only found by equal contents."""
        try:
            for commit in self._log(span, done, judgement, last, "-M100%" if self._repository.lacks_blobs() else "-M"):
                done += 1
                yield commit
        except GitFailed as failed:
            if not any(word in failed.stderr for word in _LACKING):
                raise
            yield Skipped(self._repository.name, f"files are missing ({failed}): renames with edits are not followed")
            yield from self._log(span, done, judgement, last, "-M100%")

    def _log(self, span: _Range, done: int, judgement: Judgement, last: LastTouches, renames: str) -> Iterator[Commit]:
        log = Log(judgement, last.see, redact=self._redact)
        rest = [f"--max-count={self._count(span) - done}"] if done else []
        with self._repository.stream(*log.arguments(renames=renames), *rest, *span.arguments(), "--") as out:
            yield from log.commits(out)

    def _count(self, span: _Range) -> int:
        return int(self._repository.run("rev-list", "--count", *span.arguments(), "--"))

    def _go_on(self, cursor: dict[str, Any], head: str) -> Iterator[Record]:
        """A run that was interrupted: to its end, and from there to the present."""
        facts = {key: cursor[key] for key in ("rules", "shallow", "listed")}
        span = _Range(cursor.get("commit"), cursor["to"], facts)
        same_rules = all(facts[key] == value for key, value in self._facts(head).items() if key != "listed")
        if not same_rules or self._repository.commits_between(head, span.to) is None:
            yield Unreachable(None)
            yield from self._range(_Range(None, head, self._facts(head)))
            return
        yield from self._range(span, done=cursor["done"])
        yield from self._read(span.complete().value)

    def _see_again(self, span: _Range, done: int, last: LastTouches) -> None:
        """Show the stored part of an interrupted run to `last`, which lives in memory only."""
        log = Log(Judgement(self._mass_paths), last.see, redact=False)
        skipped = [f"--skip={self._count(span) - done}"]  # git skips from the newest
        with self._repository.stream(*log.arguments(renames="-M100%"), *skipped, *span.arguments(), "--") as out:
            for _ in log.commits(out):
                pass

    def _judged_anew(self, shas: set[str], base: str, head: str) -> Iterator[Commit]:
        """Commits up to `base` that were listed, or taken off the list, after they were read."""
        there = [sha for sha in sorted(shas) if self._repository.is_ancestor(sha, base)]
        if there:
            log = Log(self._judgement(head), redact=self._redact)
            arguments = log.arguments(renames="-M100%" if self._repository.lacks_blobs() else "-M")
            with self._repository.stream(*arguments, "--no-walk=unsorted", *there, "--") as out:
                yield from log.commits(out)

    def _limits(self, judgement: Judgement) -> Iterator[Skipped]:
        """What this repository cannot tell, whatever is asked."""
        name = self._repository.name
        if judgement.shallow:
            yield Skipped(name, "a shallow clone: what was before its first commits is unknown (git fetch --unshallow)")
        if self._repository.lacks_blobs():
            yield Skipped(name, "a partial clone: renames with edits are not followed (git fetch --refetch, no filter)")

    # -- the tree -----------------------------------------------------------------------------------------------------

    def _tree(self, span: _Range, last: LastTouches, lost: Sequence[str]) -> Tree:
        if span.base is None:
            return self._whole_tree(span, last)
        before, now = self._differences(span.base, span.to)
        touched = set(last.paths()) | self._touched_by(lost)
        same = [path for path in touched if path not in now and path not in before]
        tree = {**now, **self._contents(span.to, same)}
        if any(path.endswith(ATTRIBUTES_FILE.encode()) for path in {*now, *before}):
            files = self._traits(span.to, self._contents(span.to))
        else:
            files = self._traits(span.to, now)
        gone = frozenset(path_text(path) for path in before if path not in now)
        return Tree(files, gone, last.exceptions(self._repository, span.to, tree, set(same)))

    def _whole_tree(self, span: _Range, last: LastTouches) -> Tree:
        tree = self._contents(span.to)
        return Tree(self._traits(span.to, tree), None, last.exceptions(self._repository, span.to, tree))

    def _contents(self, commit: str, paths: Sequence[bytes] | None = None) -> dict[bytes, Content]:
        """What stands at some paths of a commit, or at all of them."""
        if paths is not None and len(paths) <= 500:
            return {p: Content(*c) for p, c in self._repository.entries(commit, paths).items()} if paths else {}
        if commit not in self._trees:
            self._trees = {commit: {p: Content(*c) for p, c in self._repository.entries(commit).items()}}
        tree = self._trees[commit]
        return tree if paths is None else {path: tree[path] for path in paths if path in tree}

    def _differences(self, old: str, new: str) -> tuple[set[bytes], dict[bytes, Content]]:
        """The paths that differ between two commits: those that were there, and those that are, with their contents."""
        told = self._repository.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new)
        words = told.split(b"\0")[:-1]
        before, now = set(), {}
        for entry, path in zip(words[::2], words[1::2], strict=True):
            _, mode, _, oid, letter = entry.split(b" ")
            if letter != b"A":
                before.add(path)
            if letter != b"D":
                now[path] = Content(mode, oid)
        return before, now

    def _touched_by(self, shas: Sequence[str]) -> set[bytes]:
        if not shas:
            return set()
        told = self._repository.run(
            "diff-tree", "--stdin", "-r", "-z", "--root", "--name-only", "--no-commit-id", "--no-renames",
            stdin="".join(f"{sha}\n" for sha in shas).encode(),
        )  # fmt: skip
        return set(told.split(b"\0")) - {b""}

    def _traits(self, commit: str, tree: dict[bytes, Content]) -> dict[str, frozenset[str]]:
        modes = {path_text(path): content.mode.decode() for path, content in tree.items()}
        attributed = any(path.endswith(ATTRIBUTES_FILE.encode()) for path in tree) or (
            tree is not self._trees.get(commit) and self._has_attributes(commit, tree)
        )
        found = traits_of(self._repository, commit, modes, attributed=attributed)
        plain: frozenset[str] = frozenset()
        return {path: found.get(path, plain) for path in modes}

    def _has_attributes(self, commit: str, tree: dict[bytes, Content]) -> bool:
        """Whether any .gitattributes speaks of some of these paths."""
        folders = {folder for path in tree for folder in _folders(path)}
        return bool(tree and self._contents(commit, [f + ATTRIBUTES_FILE.encode() for f in sorted(folders)]))


def _folders(path: bytes) -> Iterator[bytes]:
    """`a/b/c.py` → "", "a/", "a/b/"."""
    yield b""
    for at, byte in enumerate(path):
        if byte == 47:
            yield path[: at + 1]
