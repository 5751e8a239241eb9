"""Places that a text names: paths, files, links, lines, qualified names, people. Pure; what they are, `resolve` says.

"see `src/app.py:120` and Flask.route()"  →  ticked src/app.py:120, call Flask.route()
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Mention(NamedTuple):
    """A word or a group of characters; `kind` is ticked, url, at, path, file, call, snake, camel or word."""

    kind: str
    raw: str
    start: int

    @property
    def is_code(self) -> bool:
        """Whether it looks like a place rather than a word of a sentence."""
        return self.kind not in {"word", "at"}


_REPO = r"(?:[A-Za-z][\w./-]*:(?=[\w.~@+]*[A-Za-z]))?"  # "api:src/app.py", not "app.py:120" nor "x.py::test"
_LINE = r"(?:(?::|\#L)\d+(?:-L?\d+)?(?::\d+)?)?"
_SYMBOL = r":[A-Za-z_]\w*(?:\.\w+)*"  # "app.py:Flask.route"
MENTION = re.compile(
    rf"""
      `(?P<ticked>[^`\n]+)`
    | (?P<url>https?://[^\s<>"'“”)\]]+)
    | (?P<at><@[\w.|-]+>|(?<![\w.])@[A-Za-z](?:[\w.-]*\w)?)
    | (?P<path>{_REPO}(?:[A-Za-z]:[\\/])?[.\w@+~-]*[\\/][\w.@+~\\/*\[\]-]*(?:::\w+)*(?:{_SYMBOL}|{_LINE}))
    | (?P<file>{_REPO}\.?[\w+@-][\w.+@-]*\.[A-Za-z][A-Za-z0-9]{{0,9}}(?:::\w+)*(?:{_SYMBOL}|{_LINE}(?!\w)))
    | (?P<dotfile>(?<![\w.])\.[A-Za-z][\w-]+{_LINE})
    | (?P<call>[A-Za-z_][\w.]*\(\))
    | (?P<snake>[A-Za-z0-9]*_\w+|__\w+__)
    | (?P<camel>[A-Z]?[a-z0-9]+[A-Z]\w*|[A-Z]{{2,}}[a-z]+[A-Z]\w*)
    | (?P<name>[A-Z]\w*:\d+|Makefile|Dockerfile|LICENSE|README|CHANGELOG|CODEOWNERS){_LINE}
    | (?P<word>\d+(?:\.\d+)+|\w+(?:['’-]\w+)*)
    """,
    re.VERBOSE,
)

# Prose that only looks like a path or a file.
_PROSE = frozenset(
    """e.g i.e a.k.a etc and/or he/she s/he w/o ci/cd i/o n/a him/her his/her 24/7 read/write yes/no on/off true/false
    client/server input/output either/or n.b p.s a.m p.m u.s""".split()
)


def mentions(text: str) -> Iterator[Mention]:
    """What `text` consists of, in order; punctuation is left out."""
    for match in MENTION.finditer(text):
        kind = match.lastgroup or "word"
        raw = match[kind].strip()
        if kind in {"path", "file"}:
            raw = raw.rstrip(".")
            kind = "word" if raw.lower().rstrip("/") in _PROSE else kind
        if kind == "url":
            raw = raw.rstrip(".,;:!?")
        if re.search(r"\w", raw):
            yield Mention("file" if kind in {"name", "dotfile"} else kind, raw, match.start())


class Place(NamedTuple):
    """A mention taken apart: `text` is the path or name, lines are 1-based, 0 for none."""

    text: str
    line: int = 0
    line_end: int = 0
    symbol: str = ""


_LINES = re.compile(r"(?:#L|:)(\d+)(?:-L?(\d+)|:\d+)?$")
# A separator of Windows ("arch\x86\a.c"), and no byte of an odd name, which stands as "caf\xe9.md" in what was read.
_BACKSLASH = re.compile(r"\\(?!x[89a-f][0-9a-f](?![\\/_]|$))")
_SAID_LINES = re.compile(
    r"\b(?:at |on |in )?lines?\s+(\d+)(?:\s*(?:-|–|to|and|until)\s*(\d+))?\s*(?:of|in|from|at|,)?\s*", re.IGNORECASE
)


def place(raw: str) -> Place:
    r"""`src\flask\app.py:120-130` → ("src/flask/app.py", 120, 130); `tests/x.py::test_y` → symbol test_y."""
    text = raw.strip().strip("`'\"“”‘’<>()[],;!?").rstrip(".")
    line = line_end = 0
    if "://" not in text and (found := _LINES.search(text)) is not None:
        line, line_end = int(found[1]), int(found[2] or found[1])
        text = text[: found.start()]
    text, _, symbol = text.partition("::")
    if "://" not in text:
        text = re.sub(r"/{2,}", "/", _BACKSLASH.sub("/", re.sub(r"^[A-Za-z]:(?=[\\/])", "", text)))
        text = re.sub(r"^(?:\./)+", "", text)
    return Place(text, line, max(line, line_end), symbol.replace("::", "."))


def said_lines(text: str) -> tuple[int, int, str]:
    """From "lines 3 to 9 of x.py" (3, 9, "x.py"); (0, 0, text) without such words."""
    if (found := _SAID_LINES.search(text)) is None:
        return 0, 0, text
    first, last = int(found[1]), int(found[2] or found[1])
    return first, max(first, last), (text[: found.start()] + text[found.end() :]).strip()
