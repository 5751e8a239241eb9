"""The small words of answers: numbers and their nouns, enumerations, names and paths in our small Markdown."""

from __future__ import annotations

ELLIPSIS = "…"

TYPE_CHECKING = False  # typing's own costs a cold start 7 ms
if TYPE_CHECKING:
    from collections.abc import Sequence


def plain(text: str) -> str:
    """Text of a stranger, made harmless for our small Markdown."""
    return text.replace("`", "'").replace("**", "*")


def count(number: int, noun: str, nouns: str = "") -> str:
    """A number and its noun: 1 commit, 2 commits."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def join(words: Sequence[str], last: str = "and") -> str:
    """An enumeration: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def code(text: str) -> str:
    """A path or name, marked as such."""
    return f"`{plain(text)}`"


def called(name: str) -> str:
    """A person's name, marked as such."""
    return f"**{plain(name)}**"


def cut(text: str, most: int, *, marks: bool = True) -> str:
    """At most `most` characters of `text`, ended at a line, a sentence or a word; with `marks`, none is left open."""
    if len(text) <= most:
        return text
    head = text[: max(0, most - 1)]
    for mark in ("\n", ". ", " "):
        at = head.rfind(mark)
        if at > len(head) * 0.6:
            head = head[: at + (1 if mark == ". " else 0)]
            break
    head = head.rstrip()
    for mark in ("**", "`") if marks else ():
        if head.count(mark) % 2:
            head = head[: head.rfind(mark)].rstrip()
    return head + ELLIPSIS if head and most > 0 else ""
