"""What the story tells: printed as it happens, and kept as a page with its pictures."""

from __future__ import annotations

import textwrap
from pathlib import Path

WIDTH = 118


class Script:
    """Prose, transcript and pictures, in their order."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spoken: list[str] = []

    def scene(self, title: str, *prose: str) -> None:
        """A heading, and what to know."""
        self._close()
        self._parts.append(f"## {title}")
        print(f"\n\n== {title} ==")
        for one in prose:
            self.say(one)

    def say(self, prose: str) -> None:
        """A paragraph between what is said in Slack."""
        self._close()
        filled = textwrap.fill(" ".join(prose.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
        self._parts.append(filled)
        print(f"\n{filled}")

    def tell(self, words: str) -> None:
        """A piece of the transcript."""
        print(words)
        self._spoken += words.splitlines()

    def terminal(self, command: str, printed: str) -> None:
        """A command and what it printed."""
        self.tell(f"\n$ {command}\n{printed}")

    def picture(self, name: str, caption: str) -> None:
        """A picture that was taken."""
        self._close()
        self._parts.append(f"![{caption}]({name})")

    def write(self, page: Path, title: str, intro: str) -> None:
        """The page."""
        self._close()
        page.write_text("\n\n".join([f"# {title}", intro.strip(), *self._parts]) + "\n", "utf-8")

    def _close(self) -> None:
        """The transcript so far, as a block of its own."""
        lines = [wrapped for line in self._spoken for wrapped in _wrapped(line)]
        text = "\n".join(lines).strip("\n")
        self._spoken = []
        if text:
            self._parts.append(f"```text\n{text}\n```")


def _wrapped(line: str) -> list[str]:
    """A long line in several, each as far in as the first."""
    if len(line) <= WIDTH:
        return [line.rstrip()]
    inner = len(line) - len(line.lstrip())
    indent = " " * (inner + (2 if line.lstrip()[:2] in {"• ", "- "} else 0))
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
                         initial_indent="", drop_whitespace=True)  # fmt: skip
