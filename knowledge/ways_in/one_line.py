"""What a piece of code says of itself in one line: the first sentence of its docstring or comment; pure."""

from __future__ import annotations

import re

MOST = 90  # characters
_DOCSTRING = re.compile(r'(?:\A|:\n)\s*[rbuRBU]?(?:"""|\'\'\')\s*(.+?)\s*(?:"""|\'\'\'|\n\s*\n|\Z)', re.DOTALL)
_BLOCK = re.compile(r"\A\s*/\*+\s*(.+?)\s*\*/", re.DOTALL)
_LINES = re.compile(r"\A((?:\s*(?:///?|#|--)(?![!:]) ?[^\n]*\n)+)")
_SENTENCE = re.compile(r"(?<=[a-z0-9)`’'\"])\.(?=\s|$)")
_ROLE = re.compile(r":[\w:]+:`~?(?:[^`<]*?\.)?([^`<.]+?)\s*(?:<[^`>]*>)?`|``([^`]+)``|`([^`]+)`")
_NOT_SAID = re.compile(
    r"\b(?:copyright|licen[cs]e|spdx|coding[:=]|noqa|type: ignore|todo|fixme|xxx|pragma|rubocop|eslint)\b",
    re.IGNORECASE,
)


def says(text: str) -> str:
    """The first sentence of a docstring, or of the comment that a piece of code begins with; "" for none."""
    for pattern in (_DOCSTRING, _LINES, _BLOCK):
        match = pattern.search(text)
        if match is not None and (line := first_sentence(match[1])):
            return line
    return ""


def first_sentence(text: str) -> str:
    """The first sentence in one line of at most MOST characters, without mark-up; "" for what is none."""
    lines = [re.sub(r"^\s*(?:\*|//[/!]?|#|--)\s?", "", line).strip() for line in text.partition("\n\n")[0].splitlines()]
    whole = " ".join(line for line in lines if line)
    said = _SENTENCE.split(whole, maxsplit=1)[0] if whole else ""
    said = one_line(_ROLE.sub(lambda m: next(g for g in m.groups() if g), said))
    if _NOT_SAID.search(said) or len(said.split()) < 3:
        return ""
    return said if len(said) <= MOST else f"{said[:MOST].rpartition(' ')[0].rstrip(' ,;:')}…"


def one_line(text: str) -> str:
    """Blanks and line ends as one blank each."""
    return " ".join(text.split())
