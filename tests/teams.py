"""A team's history as a few readable lines: a real git repository in a temporary directory.

Input, one commit a line, `date | who | subject | changes`:

    team(tmp_path, '''
        2024-01-02 | Ada          | Add the login page  | app/login.py README.md
        2024-02-03 | Bob + Cleo   | Pair on the timeout | app/login.py
        2024-03-01 | Ada / Dan    | Split out tokens    | app/login.py > app/auth.py
        2024-04-01 | Bob          | Drop the notes      | -README.md
    ''')

`+` names co-authors and `/` reviewers. Ada is `Ada Example <ada@example.org>`; anybody else may be written out as
`Zoë Q. <zoe@example.net>`. A plain path gets a new line (and is made when it is new), `a > b` renames, `-path` deletes.
A time may follow the date (`2024-01-02 09:30`); without it, noon. All times are UTC; the same lines make the same shas.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


def seconds(date: str) -> int:
    """`2024-01-02` or `2024-01-02 09:30` in UTC as seconds since 1970; a bare date is its noon."""
    form = "%Y-%m-%d %H:%M" if ":" in date else "%Y-%m-%d"
    at = datetime.strptime(date.strip(), form).replace(tzinfo=UTC)
    return int(at.timestamp()) + (0 if ":" in date else 12 * 3600)


def identity(who: str) -> str:
    """`Ada` → `Ada Example <ada@example.org>`; what has an address already stays as it is."""
    who = who.strip()
    return who if "<" in who else f"{who} Example <{who.lower()}@example.org>"


class Team:
    """A repository with a work tree that a test can go on writing in."""

    def __init__(self, path: Path, *, branch: str = "main") -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        if not (path / ".git").exists():
            self.git("init", "-q", "-b", branch)

    def git(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run git in the repository and return what it prints, without the last newline; fails loudly."""
        return self.git_bytes(*args, stdin=stdin, env=env).decode(errors="backslashreplace").rstrip("\n")

    def git_bytes(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *args],
            cwd=self.path,
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, **QUIET, **_stamp("Somebody <somebody@example.org>", "2024-12-31"), **(env or {})},
        )
        assert done.returncode == 0, f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}"
        return done.stdout

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def sha(self, subject: str) -> str:
        """The newest commit of any branch with this subject."""
        for line in self.git("log", "--all", "--format=%H %s").splitlines():
            if line[41:] == subject:
                return line[:40]
        raise AssertionError(f"no commit says {subject!r}")

    def tell(self, story: str) -> Team:
        """Commit the lines of a story (see the module), oldest first, on the present branch."""
        for line in filter(str.strip, story.splitlines()):
            date, who, subject, changes = (part.strip() for part in [*line.split("|"), "", ""][:4])
            self.commit(who, date, subject, changes=changes)
        return self

    def commit(
        self,
        who: str,
        date: str | int,
        subject: str,
        *,
        changes: str = "",
        files: Mapping[str, str | bytes | None] | None = None,
        body: str = "",
    ) -> str:
        """One commit; `files` are whole contents (None deletes), `changes` the words of a story. Returns the sha."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self._change(changes, subject)
        author, trailers = _who(who)
        message = "\n\n".join(part for part in (subject, body, trailers) if part) + "\n"
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-F", "-", stdin=message.encode(), env=_stamp(author, date))
        return self.head()

    def merge(self, branch: str, who: str, date: str | int, subject: str = "", *, args: tuple[str, ...] = ()) -> str:
        """Merge a branch into the present one with a merge commit; returns its sha."""
        message = subject or f"Merge branch '{branch}'"
        self.git("merge", "-q", "--no-ff", "-m", message, *args, branch, env=_stamp(_who(who)[0], date))
        return self.head()

    def write(self, path: str, content: str | bytes | None) -> None:
        """Set or delete (None) a file of the work tree."""
        file = self.path / path
        if content is None:
            file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def _change(self, changes: str, subject: str) -> None:
        words = re.sub(r"\s*>\s*", ">", changes).split()
        for word in words:
            if word.startswith("-"):
                self.write(word[1:], None)
            elif ">" in word:
                old, new = word.split(">")
                (self.path / new).parent.mkdir(parents=True, exist_ok=True)
                (self.path / old).rename(self.path / new)
            else:
                file = self.path / word
                before = file.read_text() if file.exists() else "".join(f"# {word}, line {n}\n" for n in range(1, 9))
                self.write(word, f"{before}# {subject}\n")


def team(folder: Path, story: str = "") -> Team:
    """A new repository in `folder/team` with this story on branch `main`."""
    return Team(folder / "team").tell(story)


def _who(who: str) -> tuple[str, str]:
    """The author and the trailers of `Ada + Bob / Cleo`."""
    workers, *reviewers = who.split("/")
    author, *others = workers.split("+")
    lines = [f"Co-authored-by: {identity(name)}" for name in others]
    lines += [f"Reviewed-by: {identity(name)}" for name in reviewers]
    return identity(author), "\n".join(lines)


def _stamp(author: str, date: str | int) -> dict[str, str]:
    name, _, address = author.partition("<")
    at = f"@{date if isinstance(date, int) else seconds(date)} +0000"
    person = {"NAME": name.strip(), "EMAIL": address.rstrip("> "), "DATE": at}
    return {f"GIT_{part}_{key}": value for part in ("AUTHOR", "COMMITTER") for key, value in person.items()}
