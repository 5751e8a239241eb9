"""CODEOWNERS, in the syntax of GitHub and GitLab: who is declared to own which path. Pure; the last match wins.

    *                 @org/everyone          # a catch-all
    /docs/            @ann docs@example.org
    *.sql             @bo
    /vendor/                                 # nobody
    [Database] @dba                          # GitLab: the owners of every line of the section that names none
    db/

GitLab takes the last match of every section and joins them. A line that makes no sense is left out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")  # the first that is there
_SECTION = re.compile(r"^\^?\[([^\]]+)\](?:\[\d+\])?\s*(.*)$")
_OWNER = re.compile(r"^(?:@[\w.-]+(?:/[\w.-]+)*|[^@\s]+@[^@\s]+\.[^@\s]+)$")


class Rule(NamedTuple):
    """A line: a pattern and whom it declares to own what it matches."""

    pattern: str
    owners: tuple[str, ...]
    section: str
    test: re.Pattern[str]


class Codeowners(NamedTuple):
    """The rules in their order."""

    rules: tuple[Rule, ...] = ()

    def rule_of(self, path: str) -> int | None:
        """The number of the last rule that matches; None when none does."""
        return next((n for n in range(len(self.rules) - 1, -1, -1) if self.rules[n].test.match(path)), None)

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Who owns a path: of the last match, of every section."""
        last: dict[str, tuple[str, ...]] = {}
        for rule in self.rules:
            if rule.test.match(path):
                last[rule.section] = rule.owners
        return tuple(dict.fromkeys(owner for owners in last.values() for owner in owners))


NO_OWNERS = Codeowners()


def parse(text: str) -> Codeowners:
    """The rules of a file's text."""
    rules: list[Rule] = []
    section, default = "", ()  # type: str, tuple[str, ...]
    for line in text.splitlines():
        words = _words(line)
        if not words:
            continue
        heading = _SECTION.match(" ".join(words))
        if heading is not None and not line.lstrip().startswith("\\["):
            section, default = heading[1].strip().lower(), _owners(heading[2].split())
            continue
        pattern = words[0].replace("\\#", "#").replace("\\ ", " ")
        owners = _owners(words[1:])
        if pattern.startswith("!"):
            continue
        rules.append(Rule(pattern, owners or (default if len(words) == 1 else ()), section, _compiled(pattern)))
    return Codeowners(tuple(rules))


def _words(line: str) -> list[str]:
    """The words of a line without its comment; an escaped blank belongs to its word."""
    bare = re.split(r"(?<!\\)#", line, maxsplit=1)[0]
    return re.findall(r"(?:\\ |\S)+", bare)


def _owners(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if _OWNER.match(word))


def _compiled(pattern: str) -> re.Pattern[str]:
    """As .gitignore: a slash before the end anchors at the root, one at the end means a directory, ** any depth."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    out = ""
    at = 0
    while at < len(body):
        if body.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif body.startswith("**", at):
            out, at = out + ".*", at + 2
        elif body[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif body[at] == "?":
            out, at = out + "[^/]", at + 1
        else:
            out, at = out + re.escape(body[at]), at + 1
    # docs/* owns what lies directly in docs (GitHub says so); docs, docs/ and docs/** own everything below.
    below = "/.+" if pattern.endswith("/") else "" if body.endswith("/*") else "(?:/.+)?"
    return re.compile(("" if anchored else "(?:.*/)?") + out + below + r"\Z", re.DOTALL)
