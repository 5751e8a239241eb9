"""How each kind of document is read: one module a format, every one with `parse(text) -> Page`.

The word in the table is the name of the module, imported when the first such file comes by.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol, cast

from indexers.formats.page import Page

BY_SUFFIX = {
    ".md": "markdown",
    ".mdx": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".mkd": "markdown",
    ".qmd": "markdown",
    ".rmd": "markdown",
    ".rst": "rst",
    ".rest": "rst",
    ".adoc": "asciidoc",
    ".asciidoc": "asciidoc",
    ".asc": "asciidoc",
    ".txt": "text",
    ".text": "text",
    ".ipynb": "notebook",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "office",
    ".pdf": "office",
    ".pptx": "office",
}

# What stands after the real suffix of a page that a site generator fills in: `index.html.md.erb`, `README.md.tmpl`.
_TEMPLATES = frozenset({".erb", ".tmpl", ".tpl", ".template", ".j2", ".jinja", ".jinja2", ".in", ".hbs", ".liquid"})

# Documents by name alone, as repositories have them at their root.
_BY_NAME = {
    "readme": "text",
    "changelog": "text",
    "changes": "text",
    "news": "text",
    "history": "text",
    "authors": "text",
    "contributing": "text",
    "install": "text",
    "hacking": "text",
    "todo": "text",
    "maintainers": "text",
    "codeowners": "text",
    "license": "text",
    "licence": "text",
    "copying": "text",
}


class TextFormat(Protocol):
    """A module of this package that reads text; `office` reads bytes."""

    def parse(self, text: str) -> Page:
        """The page; never raises on any text."""
        ...


def format_of(path: str) -> str | None:
    """The module that reads `path`, by its name alone; None where it is no document."""
    name = PurePosixPath(path).name.lower()
    suffixes = PurePosixPath(name).suffixes
    if not suffixes:
        return _BY_NAME.get(name)
    if suffixes[-1] in _TEMPLATES and len(suffixes) > 1:
        inner = BY_SUFFIX.get(suffixes[-2])
        return inner if inner in ("markdown", "rst", "asciidoc") else None
    return BY_SUFFIX.get(suffixes[-1])


def parse(name: str, text: str) -> Page:
    """`text` as format `name` (any but "office") reads it."""
    return cast("TextFormat", import_module(f"indexers.formats.{name}")).parse(text)
