"""Getting hold of a repository: opening a folder, fetching a URL; every refusal is a sentence with its cure."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import Mistake

if TYPE_CHECKING:
    from git import Repo

_URL = re.compile(r"^[a-z][a-z0-9+.-]*://|^[\w.-]+@[\w.-]+:")
_SECRETS = re.compile(r"(?<=://)[^/@]*@")

BRANCHES = "+refs/heads/*:refs/heads/*"
STALE_LOCK_SECONDS = 600  # git holds a lock for moments; one this old is of a git that was killed
ASK_SECONDS = 10.0  # for where the other side stands
STALE_CLONE_SECONDS = 86_400  # a clone that was killed leaves its folder


def is_url(location: str) -> bool:
    """Whether a location is a URL (or `user@host:path`) rather than a path."""
    return bool(_URL.match(location))


def without_secrets(url: str) -> str:
    """A URL without the name and password in it."""
    return _SECRETS.sub("", url)


def name_of(url: str) -> str:
    """`https://example.org/team/shop.git` → `shop`."""
    return re.split(r"[/:]", url.rstrip("/").removesuffix(".git").removesuffix("/"))[-1] or "repository"


def name_of_folder(repo: Repo) -> str:
    """What people call a repository that was cloned from nowhere: the folder of its work tree, or its own."""
    folder = Path(repo.working_tree_dir or repo.common_dir)
    return folder.name.removesuffix(".git") or folder.parent.name


def opened(folder: Path) -> Repo:
    """The repository that `folder` is, or lies in.

    Raises:
        Mistake: there is none, or git will not read it.
    """
    import git

    try:
        repo = git.Repo(folder, search_parent_directories=True)
        repo.git.execute(["git", f"--git-dir={repo.git_dir}", "rev-parse", "--git-dir"])
    except git.NoSuchPathError as error:
        raise Mistake(f"there is no folder {folder}", "Give the path or the URL of a git repository.") from error
    except git.InvalidGitRepositoryError as error:
        cure = "Give the path or the URL of one (--repo, or repos in config.yaml), or run git init."
        raise Mistake(f"{folder} is no git repository", cure) from error
    except git.GitCommandError as error:
        said = _said(error)
        if "dubious ownership" in said:
            cure = f"Allow it: git config --global --add safe.directory {folder.resolve()}"
            raise Mistake(f"git does not trust {folder}, which belongs to another user", cure) from error
        raise Mistake(f"git cannot read {folder} ({said})", "Check it with git fsck.") from error
    except git.GitCommandNotFound as error:
        raise Mistake("git is not installed", "Install git 2.31 or newer.") from error
    return repo


def fetched(url: str, home: Path) -> Repo:
    """The bare copy of `url` under `home/repos/`, made at first and brought up to date after that.

    Raises:
        Mistake: git cannot get it.
    """
    import git

    target, env = _folder_of(url, home), _unattended()
    try:
        if target.exists():
            unlock(target)
            repo = git.Repo(target)
            repo.git.execute(["git", "fetch", "--quiet", "--prune", "--tags", url, BRANCHES], env=env)
            _follow_head(repo, url, env)
            return repo
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in _older(target.parent.glob(".cloning-*"), STALE_CLONE_SECONDS):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".cloning-") as unfinished:
            half = Path(unfinished) / "clone"
            git.Git(unfinished).execute(["git", "clone", "--quiet", "--bare", "--", url, str(half)], env=env)
            git.Git(str(half)).execute(["git", "config", "remote.origin.url", without_secrets(url)])
            half.rename(target)  # a clone that was interrupted is never taken for a whole one
        repo = git.Repo(target)
    except git.GitCommandError as error:
        said = without_secrets(_said(error))
        cure = (
            "Check the address, and that this machine may read it (an SSH key, or a token in git's credential store)."
        )
        raise Mistake(f"git cannot fetch {without_secrets(url)} ({said})", cure) from error
    return repo


def kept(url: str, home: Path) -> Repo:
    """The bare copy of `url` as the last `fetched` left it: nobody waits for the network.

    Raises:
        Mistake: it was never fetched into this home.
    """
    import git

    try:
        return git.Repo(_folder_of(url, home))
    except (git.NoSuchPathError, git.InvalidGitRepositoryError) as error:
        raise Mistake(f"{without_secrets(url)} has not been fetched yet", "Run lamp index.") from error


def head_there(url: str, branch: str = "") -> str:
    """The commit at which the other side stands now ("" for none); asks the network for at most ASK_SECONDS.

    Raises:
        Mistake: git cannot reach it.
    """
    import git

    wanted = f"refs/heads/{branch}" if branch else "HEAD"
    try:
        told = git.Git().execute(
            ["git", "ls-remote", "--", url, wanted], env=_unattended(), kill_after_timeout=ASK_SECONDS
        )
    except git.GitCommandError as error:
        said = without_secrets(_said(error))
        cure = "Questions are answered from the last fetch; check the address and the network."
        raise Mistake(f"git cannot reach {without_secrets(url)} ({said})", cure) from error
    return str(told).split("\t", maxsplit=1)[0].strip()


def _folder_of(url: str, home: Path) -> Path:
    digest = hashlib.sha256(without_secrets(url).encode()).hexdigest()[:8]
    return home / "repos" / f"{name_of(url)}-{digest}.git"


def _unattended() -> dict[str, str]:
    """Nobody is there to type a password."""
    return {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")}


def unlock(git_dir: Path) -> None:
    """Remove the locks that a killed git left in a clone of ours; else no fetch would ever succeed there again."""
    for left in _older([*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")], STALE_LOCK_SECONDS):
        left.unlink(missing_ok=True)


def _older(paths: Iterable[Path], seconds: float) -> Iterator[Path]:
    """Those that nobody has touched for so long."""
    for path in paths:
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > seconds:
                yield path


def _follow_head(repo: Repo, url: str, env: dict[str, str]) -> None:
    """HEAD follows the default branch of the other side."""
    told = str(repo.git.execute(["git", "ls-remote", "--symref", "--", url, "HEAD"], env=env))
    if told.startswith("ref: "):
        repo.git.execute(["git", "symbolic-ref", "HEAD", told.split()[1]])


def _said(error: Exception) -> str:
    lines = [line for line in str(getattr(error, "stderr", error)).strip(" '\n").splitlines() if line.strip()]
    fatal = [line for line in lines if "fatal:" in line] or lines or ["it said nothing"]
    said = fatal[0].split("fatal:")[-1].strip(" .")
    return said.strip("'") if said.count("'") % 2 else said
