"""The team of the story: a real repository as it was at a moment, its most active people under invented names, a wiki.

Whoever wrote the repository has nothing to do with the story and says none of it; hence the names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from knowledge.errors import Mistake

NAMES = (
    "Ada Moreau",
    "Bob Okafor",
    "Cleo Tan",
    "Dana Petrov",
    "Emil Sato",
    "Fay Lindqvist",
    "Gil Navarro",
    "Hana Weiss",
)
NEWCOMER = "Nia Kovac"
LEAD = "Emil"
YEAR = 365 * 86_400
PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
FIRST_PAGES = {
    "README.md": "# What we know\n\nPages beside the code; [how to add one](docs/adding-a-page.md).\n",
    "docs/adding-a-page.md": "---\nowner: emil@example.org\nlast_reviewed_on: 2026-06-19\nreview_in: 6 months\n---\n\n"
    "# Adding a page\n\nA page says one thing, names the code that it is about, and has an owner.\n",
}


class Place(NamedTuple):
    """Where the story's things lie."""

    folder: Path

    @property
    def repo(self) -> Path:
        """The clone of the real repository."""
        return self.folder / "service"

    @property
    def wiki(self) -> Path:
        """The wiki's bare repository, to which everybody pushes."""
        return self.folder / "wiki.git"

    @property
    def desk(self) -> Path:
        """The lead's own clone of the wiki."""
        return self.folder / "wiki"

    @property
    def config(self) -> Path:
        """config.yaml."""
        return self.folder / "config.yaml"


def first(name: str) -> str:
    """What somebody is called."""
    return name.partition(" ")[0]


def account(name: str) -> str:
    """Their account in the local Slack."""
    return f"U{first(name).upper()}"


def users() -> list[dict[str, str]]:
    """Everybody's accounts."""
    return [
        {"id": account(one), "name": first(one).lower(), "real_name": one, "email": f"{first(one).lower()}@example.org"}
        for one in (*NAMES, NEWCOMER)
    ]


def git(folder: Path, *words: str, at: int = 0, by: str = "") -> str:
    """What git says; `at` is the moment of a commit, `by` its author."""
    env = {**os.environ, **PLAIN}
    if at:
        mail = f"{first(by).lower()}@example.org"
        env |= {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER")
                for what, said in (("DATE", f"{at} +0000"), ("NAME", by), ("EMAIL", mail))}  # fmt: skip
    done = subprocess.run(["git", *words], cwd=folder, check=True, env=env, capture_output=True, text=True)
    return done.stdout.strip()


def clone(source: str, place: Place) -> None:
    """The repository, once.

    Raises:
        Mistake: it is none.
    """
    if not (place.repo / ".git").exists():
        place.folder.mkdir(parents=True, exist_ok=True)
        shared = ["clone", "-q", "--shared", "--no-checkout", source, str(place.repo)]
        done = subprocess.run(["git", *shared], check=False, capture_output=True, text=True)
        if done.returncode:
            raise Mistake(f"{source} cannot be cloned ({done.stderr.strip()})", "Name a clone of a real repository.")


def as_of(place: Place, now: int) -> str:
    """Set the clone to what its main branch was at `now`; returns the commit."""
    sha = git(place.repo, "rev-list", "-1", "--first-parent", f"--before={now}", "origin/HEAD")
    git(place.repo, "reset", "-q", "--hard", sha)
    return sha


def active(place: Place, now: int, most: int) -> list[str]:
    """The addresses of the people (no bots) who wrote most in the year before `now`."""
    since = ["log", "--no-merges", "--use-mailmap", f"--since={now - YEAR}", "--format=%aN\t%aE", "HEAD"]
    authors = Counter(git(place.repo, *since).splitlines())
    people = [
        one.partition("\t")[2] for one, _ in authors.most_common() if not re.search(r"\bbot\b|\[bot\]|actions", one)
    ]
    return people[:most]


def configure(place: Place, title: str, addresses: Sequence[str]) -> None:
    """config.yaml: the two repositories, the people, where the report goes, whom a first round is shown to."""
    people = [
        {"name": name, "emails": [f"{first(name).lower()}@example.org", address], "slack": account(name)}
        for name, address in zip(NAMES, addresses, strict=False)
    ]
    said = {
        "home": "home",
        "repos": [{"location": str(place.repo), "name": title}, {"location": str(place.wiki), "name": "wiki"}],
        "people": people,
        "nudges": {"preview_to": [f"{LEAD.lower()}@example.org"]},
        "report": {"channel": "leads"},
        "requests": {"channel": "ask-lamplighter"},
        "wiki": {"repo": str(place.wiki)},
    }
    place.config.write_text("# Lamplighter: the story's settings\n" + yaml.safe_dump(said, sort_keys=False), "utf-8")


def begin_wiki(place: Place, now: int) -> None:
    """A wiki of two pages, and the lead's clone of it."""
    for folder in (place.wiki, place.desk):
        shutil.rmtree(folder, ignore_errors=True)
    git(place.folder, "init", "-q", "--bare", "-b", "main", str(place.wiki))
    git(place.folder, "clone", "-q", str(place.wiki), str(place.desk))
    for path, text in FIRST_PAGES.items():
        page = place.desk / path
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, "utf-8")
    git(place.desk, "add", "-A")
    git(place.desk, "commit", "-qm", "Begin", at=now - YEAR // 6, by=NAMES[4])
    git(place.desk, "push", "-q", "origin", "HEAD:main")


def merge(place: Place, branch: str, now: int) -> str:
    """The lead merges a branch of the wiki, as people do; returns what git says of it."""
    git(place.desk, "fetch", "-q")
    git(place.desk, "checkout", "-q", "-B", "main", "origin/main")
    git(place.desk, "merge", "-q", "--no-ff", "-m", f"Merge {branch}", f"origin/{branch}", at=now, by=NAMES[4])
    git(place.desk, "push", "-q", "origin", "main")
    return git(place.desk, "log", "--graph", "--format=%h %an: %s", "-4")


def day_of(now: int) -> str:
    """The moment in words."""
    return f"{datetime.fromtimestamp(now, UTC):%A %d %B %Y, %H:%M}"
