"""The wiki's repository as we write to it: a bare clone of our own, so that nobody's work tree or index is touched.

A commit is made from objects alone (blob, tree, commit) with every name and date given, so that the same change on the
same base is the same commit, however often it is made; and a push of a commit that is there already changes nothing.
That is what lets a copy that died at any line simply be repeated.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexers import clones
from indexers.repository import GitFailed, Repository, path_arg, path_bytes
from knowledge.errors import Mistake
from knowledge.store.wiki import Pushed, Signature

if TYPE_CHECKING:
    from git import Repo

REMOTE = "refs/remotes/origin"
KEPT = "refs/lamplighter"  # our own commits, so that git does not tidy them away before they are pushed
TRAILER = "Lamplighter-Draft"
COMMITTER = ("Lamplighter", "lamplighter@localhost")
_REJECTED = re.compile(r"! \[(?P<remote>remote )?rejected\][^(]*\((?P<why>.*)\)")
MOST_BYTES = 1 << 20  # of a page are read


class WikiClone:
    """Our bare clone of the wiki; not safe to share between threads (hold the lock of the wiki)."""

    def __init__(self, repository: Repository, url: str, branch: str) -> None:
        self._repository = repository
        self._url = url
        self._branch = branch

    @classmethod
    def open(cls, location: str, home: Path, branch: str = "") -> WikiClone:
        """Our clone of the repository at a path or URL, made empty at first; `fetch` fills it.

        Raises:
            Mistake: there is no repository at that path.
        """
        url = location
        if not clones.is_url(location):
            url = str(Path(clones.opened(Path(location).expanduser()).git_dir).resolve())
        digest = hashlib.sha256(clones.without_secrets(url).encode()).hexdigest()[:8]
        folder = home / "wiki" / f"{clones.name_of(location)}-{digest}.git"
        repo = _made(folder)
        return cls(Repository(repo, clones.without_secrets(location), clones.name_of(location)), url, branch)

    def fetch(self) -> str:
        """Catch up with the other side; "" when it was reached, else why it was not (what we have stays)."""
        env = _quiet()
        clones.unlock(self._repository.git_dir)
        try:
            self._repository.run("fetch", "--quiet", "--prune", self._url, f"+refs/heads/*:{REMOTE}/*", env=env)
            told = self._repository.run("ls-remote", "--symref", self._url, "HEAD", env=env).decode()
        except GitFailed as failed:
            return clones.without_secrets(str(failed)).replace(self._url, clones.without_secrets(self._url))
        if told.startswith("ref: "):
            name = told.split()[1].removeprefix("refs/heads/")
            self._repository.run("symbolic-ref", "HEAD", f"refs/heads/{name}")
        return ""

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def branch(self) -> str:
        """The branch that holds the pages: the chosen one, or the other side's default."""
        return self._branch or self._repository.branch() or "main"

    def head(self, branch: str = "") -> str:
        """The commit of a branch on the other side as it was fetched last; "" where there is none."""
        return self._repository.resolve(f"{REMOTE}/{branch or self.branch}") or ""

    def at(self, time: int) -> str:
        """The commit that the pages' branch stood at at a time, seconds UTC; "" before its first."""
        head = self.head()
        return self._repository.before(head, time) if head else ""

    def holds(self, commit: str) -> bool:
        """Whether a commit is among those that were fetched."""
        return bool(commit) and self._repository.resolve(commit) is not None

    def paths(self, commit: str) -> list[str]:
        """Every file of a commit; none for "" (nothing was ever committed)."""
        return [one.path for one in self._repository.files(commit) if one.mode != "160000"] if commit else []

    def read(self, commit: str, path: str) -> bytes | None:
        """A file at a commit; None where there is none."""
        return self._repository.content(commit, path) if commit else None

    def read_many(self, commit: str, paths: Sequence[str]) -> dict[str, bytes]:
        """Several files at a commit, those that are there."""
        wanted = set(paths)
        oids: dict[str, list[str]] = {}
        for one in self._repository.files(commit) if commit else []:
            if one.path in wanted and one.size < MOST_BYTES:
                oids.setdefault(one.oid, []).append(one.path)
        return {path: content for oid, content in self._repository.blobs(oids) for path in oids[oid]}

    # -- writing ------------------------------------------------------------------------------------------------------

    def commit(self, base: str, files: Mapping[str, bytes | None], message: str, signed: Signature, number: str) -> str:
        """The commit of these files (None deletes) on `base` ("" begins a history); the same words, the same id."""
        with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
            env = {"GIT_INDEX_FILE": os.path.join(folder, "index")}  # noqa: PTH118
            self._repository.run("read-tree", *([base] if base else ["--empty"]), env=env)
            old = self._repository.entries(base, [path_bytes(path) for path in files]) if base and files else {}
            for path, content in sorted(files.items()):
                if content is None:
                    self._repository.run("update-index", "--force-remove", "--", path_arg(path), env=_tree(env, folder))
                    continue
                oid = (
                    self._repository.run("hash-object", "-w", "--stdin", stdin=content).decode().strip()
                    if content
                    else self._empty()
                )
                mode = old.get(path_bytes(path), (b"100644", b""))[0].decode()
                cache = f"{mode},{oid},{path_arg(path)}"
                self._repository.run("update-index", "--add", "--cacheinfo", cache, env=env)
            tree = self._repository.run("write-tree", env=env).decode().strip()
        whole = _message(message, signed, number)
        parents = ["-p", base] if base else []
        sha = (
            self._repository.run("commit-tree", tree, *parents, "-F", "-", stdin=whole.encode(), env=_names(signed))
            .decode()
            .strip()
        )
        self._repository.run("update-ref", f"{KEPT}/{number}", sha)
        return sha

    def _empty(self) -> str:
        return self._repository.run("hash-object", "-w", "--no-filters", os.devnull).decode().strip()

    def push(self, sha: str, branch: str) -> Pushed:
        """Bring a commit to a branch of the other side, never by force."""
        try:
            self._repository.run("push", "--quiet", self._url, f"{sha}:refs/heads/{branch}", env=_quiet())
        except GitFailed as failed:
            return _outcome(failed, self._url)
        self._repository.run("update-ref", f"{REMOTE}/{branch}", sha)
        return Pushed("there")

    def has(self, branch: str, sha: str, base: str, number: str) -> bool:
        """Whether a branch of the other side (as fetched) holds our commit, or one that was made from it.

        Who merges may squash or rebase; the trailer with the draft's number goes along.
        """
        head = self.head(branch)
        if not head or not sha:
            return False
        if self._repository.is_ancestor(sha, head):
            return True
        span = f"{base}..{head}" if base and self._repository.is_ancestor(base, head) else head
        found = self._repository.run("log", "-1", "--format=%H", "--fixed-strings", f"--grep={TRAILER}: {number}", span)
        return bool(found.strip())

    def let_go(self, number: str) -> None:
        """The commit of a draft need not be kept any more."""
        self._repository.run("update-ref", "-d", f"{KEPT}/{number}")


def _made(folder: Path) -> Repo:
    """The bare repository of a folder, made where there is none; repeating a half-made one finishes it."""
    import git

    try:
        if not all((folder / part).exists() for part in ("HEAD", "config", "objects", "refs")):
            folder.mkdir(parents=True, exist_ok=True)
            git.Git(str(folder)).execute(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)])
        return git.Repo(folder)
    except git.GitCommandNotFound as error:
        raise Mistake("git is not installed", "Install git 2.31 or newer.") from error


def _quiet() -> dict[str, str]:
    return {"GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")}


def _tree(env: Mapping[str, str], folder: str) -> dict[str, str]:
    """`update-index --force-remove` wants a work tree to stand in: an empty one."""
    return {**env, "GIT_WORK_TREE": folder}


def _names(signed: Signature) -> dict[str, str]:
    date = f"@{signed.time} +0000"
    said = {"AUTHOR": signed.author, "COMMITTER": COMMITTER}
    names = {f"GIT_{who}_NAME": _clean(one[0]) for who, one in said.items()}
    addresses = {f"GIT_{who}_EMAIL": _clean(one[1]) for who, one in said.items()}
    return {**names, **addresses, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}


def _clean(name: str) -> str:
    """A name or address that cannot break a commit's header."""
    return re.sub(r"[<>\x00-\x1f]", "", name).strip() or "unknown"


def _message(message: str, signed: Signature, number: str) -> str:
    trailers = [f"Co-authored-by: {_clean(name)} <{_clean(email)}>" for name, email in signed.coauthors]
    return "\n".join([message.strip(), "", *trailers, f"{TRAILER}: {number}", ""])


def _outcome(failed: GitFailed, url: str) -> Pushed:
    said = failed.stderr.replace(url, clones.without_secrets(url))
    match = _REJECTED.search(said)
    if match is None:
        return Pushed("offline", clones.without_secrets(str(failed)).replace(url, clones.without_secrets(url)))
    why = match["why"]
    if not match["remote"] and re.search(r"fetch first|non-fast-forward|stale info", why):
        return Pushed("behind", why)
    if match["remote"] and re.search(r"failed to (?:update|lock) ref|cannot lock ref|incorrect old value", why):
        return Pushed("behind", why)
    told = [line.removeprefix("remote:").strip() for line in said.splitlines() if line.startswith("remote:")]
    words = " ".join(line for line in told if line)[:300]
    return Pushed("refused", f"{why}: {words}" if words else why)
