r"""A git repository as a stream of bytes; the only room with GitPython.

Paths leave here as text. A name that is no UTF-8 keeps its odd bytes as `\xe9`, which is readable, storable and the
same on every run; `path_bytes` finds the way back.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from indexers import clones
from indexers.pipes import Listener, widen
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from git import Repo

# What a person's own git settings could change in what we parse; and nobody is there to type a password.
SETTINGS = ("core.quotePath=false", "log.showSignature=false", "log.mailmap=false", "log.follow=false",
            "color.ui=false", "diff.renameLimit=1000", "i18n.logOutputEncoding=UTF-8")  # fmt: skip
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_PAGER": "cat"}

ATTRIBUTES = ("linguist-generated", "linguist-vendored", "linguist-documentation", "binary", "filter")


class GitFailed(Exception):  # noqa: N818  (reads as the sentence it is)
    """Git ended with an error; `stderr` is what it said."""

    def __init__(self, args: Sequence[str], status: int, stderr: str) -> None:
        self.status = status
        self.stderr = stderr.strip()
        lines = self.stderr.splitlines() or ["it said nothing"]
        said = next((line for line in lines if line.startswith("fatal:")), lines[-1]).removeprefix("fatal: ")
        super().__init__(f"git {args[0]} ended with status {status}: {said}")


class File(NamedTuple):
    """An entry of a tree. `mode` is git's: 100644, 100755, 120000 (symlink) or 160000 (submodule)."""

    path: str
    mode: str
    oid: str
    size: int  # bytes; -1 for a submodule, or where the blob is missing


class Change(NamedTuple):
    """One path between two commits; `letter` is A, M, D, R or T."""

    letter: str
    path: str
    old_path: str | None


class Repository:
    """A repository on this machine, with or without a work tree. Reads only; safe to share between threads."""

    def __init__(self, repo: Repo, location: str, name: str, branch: str = "") -> None:
        self._repo = repo
        self._branch = branch
        self.location = location
        self.name = name
        self.git_dir = Path(repo.git_dir)

    @classmethod
    def open(cls, location: str, home: Path, branch: str = "", *, fetch: bool = True) -> Repository:
        """The repository at a path or URL; a URL is cloned under `home/repos/` at first and fetched after that.

        Args:
            location: a path (also one inside a work tree) or a URL that git can read.
            home: where clones are kept.
            branch: the branch to stand at; empty for the one that HEAD names.
            fetch: whether a URL is; else it is what the last sync left, and nobody waits for the network.

        Raises:
            Mistake: there is no repository or branch, it cannot be fetched, or git refuses to read it.
        """
        if clones.is_url(location):
            repo = clones.fetched(location, home) if fetch else clones.kept(location, home)
            return cls(repo, clones.without_secrets(location), clones.name_of(location), branch).at_branch()
        folder = Path(location).expanduser()
        repo = clones.opened(folder)
        found = cls(repo, str(folder.resolve()), "", branch).at_branch()
        origin = found.settings.get("remote.origin.url", "")
        found.name = clones.name_of(origin) if origin else clones.name_of_folder(repo)
        return found

    # -- git itself ---------------------------------------------------------------------------------------------------

    @contextmanager
    def stream(
        self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> Iterator[BufferedReader]:
        """Run git and read its output while it writes; leaving early ends it.

        Raises:
            GitFailed: git ended with an error, after what it wrote was read.
        """
        with tempfile.TemporaryFile() if stdin else Path(os.devnull).open("rb") as given:
            if stdin:
                given.write(stdin)
                given.seek(0)
            command = ["git", f"--git-dir={self.git_dir}"]
            command += [word for setting in SETTINGS for word in ("-c", setting)]
            process: Any = self._repo.git.execute(
                [*command, *args], istream=given, as_process=True, env={**ENVIRONMENT, **(env or {})}
            )
            widen(process.stdout)
            said = Listener(process.stderr)
            try:
                yield process.stdout
            except BaseException:
                process.proc.kill()
                process.proc.wait()
                raise
            finally:
                process.stdout.close()
                status = process.proc.wait()
                stderr = said.text()
                process.proc = None  # GitPython would end it again
        if status and status != -signal.SIGPIPE:  # which is how it ends when nobody reads on
            raise GitFailed(args, status, stderr)

    def run(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """All that git prints.

        Raises:
            GitFailed: git ended with an error.
        """
        with self.stream(*args, stdin=stdin, env=env) as out:
            return out.read()

    @cached_property
    def settings(self) -> dict[str, str]:
        """Git's configuration as it was at the first look; of a key that is there twice, the last value."""
        return _settings(self.run("config", "--list", "-z"))

    def _lenient(self, *args: str) -> str:
        try:
            return path_text(self.run(*args)).strip()
        except GitFailed as failed:
            if failed.status == 1:  # how git says "no"
                return ""
            raise

    # -- where it stands ----------------------------------------------------------------------------------------------

    def head(self) -> str | None:
        """The commit to read, of HEAD or the chosen branch; None while there is none (an unborn branch)."""
        return self.resolve(f"refs/heads/{self._branch}" if self._branch else "HEAD")

    def at_branch(self) -> Repository:
        """Itself, if there is a chosen branch and it is there, or if there is none chosen.

        Raises:
            Mistake: the chosen branch is not there.
        """
        if self._branch and not self.head():
            branches = self._lenient("for-each-ref", "--count=9", "--format=%(refname:short)", "refs/heads").split()
            cure = f"Choose one of {', '.join(branches)}." if branches else "Commit to it first."
            raise Mistake(f"{self.location} has no branch {self._branch}", cure)
        return self

    def resolve(self, revision: str) -> str | None:
        """The full id of the commit that `revision` names, None when there is no such commit."""
        return self._lenient("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") or None

    def branch(self) -> str:
        """The chosen branch, or the one that HEAD names, also when it is unborn; empty when HEAD is detached."""
        return self._branch or self._lenient("symbolic-ref", "--short", "--quiet", "HEAD")

    def before(self, commit: str, time: int) -> str:
        """The newest commit on the first-parent line of `commit` not after a time (seconds UTC); "" for none."""
        return (
            self.run("rev-list", "-1", "--first-parent", f"--before={max(time, 100_000_000)}", commit).decode().strip()
        )

    def commits_between(self, old: str, new: str) -> list[str] | None:
        """The commits of `new` that `old` does not hold, newest first; None when one of the two is not there."""
        try:
            return self.run("rev-list", f"{old}..{new}").decode().split()
        except GitFailed as failed:
            if failed.status == 128:
                return None
            raise

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` holds all of the history of `old`; False when `old` is not there any more."""
        try:
            self.run("merge-base", "--is-ancestor", old, new)
        except GitFailed as failed:
            if failed.status in {1, 128}:
                return False
            raise
        return True

    def shallow(self) -> frozenset[str]:
        """The commits at which a shallow clone is cut off; empty for a full history."""
        try:
            lines = (Path(self._repo.common_dir) / "shallow").read_text().split()
        except FileNotFoundError:
            return frozenset()
        return frozenset(lines)

    def lacks_blobs(self) -> bool:
        """Whether this is a partial clone, in which reading an old file would ask the network for it."""
        return any(re.fullmatch(r"remote\..*\.(promisor|partialclonefilter)", key) for key in self.settings)

    # -- trees and files ----------------------------------------------------------------------------------------------

    def entries(self, commit: str, paths: Sequence[bytes] = ()) -> dict[bytes, tuple[bytes, bytes]]:
        """(mode, blob) by path in the tree of `commit`, all of it or some paths; reads no blob."""
        only = ("--", *map(os.fsdecode, paths)) if paths else ()
        recurse = () if paths else ("-r",)
        listing = self.run("--literal-pathspecs", "ls-tree", "-z", "--full-tree", *recurse, commit, *only)
        found = {}
        for entry in listing.split(b"\0")[:-1]:
            about, _, path = entry.partition(b"\t")
            mode, _, oid = about.split(b" ")
            found[path] = (mode, oid)
        return found

    def files(self, commit: str) -> list[File]:
        """Every entry of the tree of `commit`, sorted as git sorts; sizes are unknown (-1) in a partial clone."""
        sized = () if self.lacks_blobs() else ("-l",)
        listing = self.run("ls-tree", "-r", "-z", "--full-tree", *sized, commit)
        files = []
        for entry in listing.split(b"\0")[:-1]:
            about, _, path = entry.partition(b"\t")
            mode, _, oid, *size = about.decode().split()
            files.append(File(path_text(path), mode, oid, int(size[0]) if size and size[0].isdigit() else -1))
        return files

    def content(self, commit: str, path: str) -> bytes | None:
        """What a file holds at a commit; None where there is none, or where its blob is missing."""
        try:
            return self.run("cat-file", "blob", f"{commit}:{path_arg(path)}")
        except GitFailed as failed:
            if failed.status == 128:
                return None
            raise

    def changes(self, old: str, new: str) -> list[Change]:
        """What is different between two commits, renames found by equal or similar content."""
        renames = "-M100%" if self.lacks_blobs() else "-M"
        words = iter(self.run("diff-tree", "-r", "-z", renames, "--name-status", old, new).split(b"\0")[:-1])
        found = []
        for word in words:
            letter = chr(word[0])
            old_path = path_text(next(words)) if letter in "RC" else None
            found.append(Change(letter, path_text(next(words)), old_path))
        return found

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The contents of blobs in the order asked for; those that are missing are left out."""
        asked = "".join(f"{oid}\n" for oid in oids)
        if not asked:
            return
        with self.stream("cat-file", "--batch", "--buffer", stdin=asked.encode()) as out:
            while header := out.readline():
                oid, kind, *size = header.decode().split()
                if kind == "missing":
                    continue
                content = out.read(int(size[0]))
                out.read(1)
                yield oid, content

    def attributes(self, paths: Sequence[str], commit: str) -> dict[str, frozenset[str]]:
        """What .gitattributes at `commit` says of paths, for those of which it says something.

        The words are generated, vendored and documentation (GitHub's linguist attributes), binary and lfs.
        """
        if not paths:
            return {}
        with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
            env = {"GIT_INDEX_FILE": os.path.join(folder, "index")}  # noqa: PTH118
            self.run("read-tree", commit, env=env)  # so that it works without a work tree
            asked = b"".join(path_bytes(path) + b"\0" for path in paths)
            told = self.run("check-attr", "--cached", "--stdin", "-z", *ATTRIBUTES, stdin=asked, env=env)
        words = told.split(b"\0")[:-1]
        traits: dict[str, set[str]] = {}
        for path, attribute, value in zip(words[::3], words[1::3], words[2::3], strict=True):
            if trait := _trait(attribute.decode(), value.decode()):
                traits.setdefault(path_text(path), set()).add(trait)
        return {path: frozenset(found) for path, found in traits.items()}

    def blame(self, path: str, line: int, commit: str, ignore: Sequence[str] = ()) -> tuple[str, int] | None:
        """The commit that last changed a line, and the line's number there; None when there is no such line.

        Commits in `ignore` (full ids) are looked through, as `git blame --ignore-rev` does.
        """
        ignored = [f"--ignore-rev={sha}" for sha in ignore]
        try:
            told = self.run("blame", "--porcelain", "-L", f"{line},{line}", *ignored, commit, "--", path_arg(path))
        except GitFailed as failed:
            if "has only" in failed.stderr or "no such path" in failed.stderr:
                return None
            raise
        sha, original = told.split(b" ", 2)[:2]
        return sha.decode(), int(original)

    def blame_span(self, path: str, first: int, last: int, commit: str, ignore: Sequence[str] = ()) -> list[str]:
        """For each line from `first` to `last` the commit that last changed it; empty when there are no such lines.

        Commits in `ignore` (full ids) are looked through, as `git blame --ignore-rev` does.
        """
        ignored = [f"--ignore-rev={sha}" for sha in ignore]
        lines = ["--line-porcelain", "-L", f"{first},{last}"]
        try:
            told = self.run("blame", *lines, *ignored, commit, "--", path_arg(path))
        except GitFailed as failed:
            if "has only" in failed.stderr or "no such path" in failed.stderr:
                return []
            raise
        heads = re.finditer(rb"(?m)^([0-9a-f]{40,64}) \d+ \d+", told)
        return [head[1].decode() for head in heads]

    def blame_lines(self, path: str, commit: str) -> dict[str, int]:
        """How many lines of a file at a commit each commit wrote; empty when the file is not there."""
        try:
            told = self.run("blame", "--incremental", commit, "--", path_arg(path))
        except GitFailed as failed:
            if "no such path" in failed.stderr:
                return {}
            raise
        counts: dict[str, int] = {}
        for sha, lines in re.findall(rb"(?m)^([0-9a-f]{40,64}) \d+ \d+ (\d+)$", told):
            counts[sha.decode()] = counts.get(sha.decode(), 0) + int(lines)
        return counts


# -- names ------------------------------------------------------------------------------------------------------------

_ODD = re.compile(r"\\x([89a-f][0-9a-f])")


def path_text(path: bytes) -> str:
    r"""Bytes of a file name as text; those that are no UTF-8 stand as `\xe9`."""
    return path.decode(errors="backslashreplace")


def path_bytes(path: str) -> bytes:
    """The way back from `path_text`."""
    if "\\x" not in path:
        return path.encode()
    return os.fsencode(_ODD.sub(lambda odd: chr(0xDC00 + int(odd[1], 16)), path))


def path_arg(path: str) -> str:
    """A path as an argument of git: relative to the top, and nothing in it is a wildcard."""
    return os.fsdecode(path_bytes(path))


def _trait(attribute: str, value: str) -> str:
    if attribute == "filter":
        return "lfs" if value == "lfs" else ""
    return attribute.removeprefix("linguist-") if value in {"set", "true"} else ""


def _settings(listing: bytes) -> dict[str, str]:
    pairs = (entry.partition("\n") for entry in path_text(listing).split("\0")[:-1])
    return {key: value for key, _, value in pairs}


__all__ = ["Change", "File", "GitFailed", "Mistake", "Repository", "path_arg", "path_bytes", "path_text"]
