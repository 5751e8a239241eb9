"""Team docs → heading-aware passages with line spans, read at the indexed commit from git's own objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexers.chunk import passages
from indexers.formats import format_of, parse
from indexers.redact import redact
from indexers.repository import Repository
from indexers.rules import Rules, is_document
from indexers.sources.base import Record
from indexers.sources.reading import MINE, NOT_MINE, Claim, TreeSource, redacted, text_of
from knowledge.model import Passage, Skipped, SourceName

_DATA_BYTES = 256 * 1024  # plain text beyond this is data: word lists, logs, tables


class DocsSource:
    """The documents of a repository; `read` yields Document, Gone, Skipped and Cursor records."""

    name: SourceName = "docs"

    def __init__(self, repository: Repository, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._tree = TreeSource(repository, self._rules, self._claim, self._read, _is_office)

    def read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        """Everything that changed since `cursor`; see `indexers.sources.reading`."""
        return self._tree.read(cursor)

    def _claim(self, path: str) -> Claim:
        return MINE if is_document(path, self._rules) else NOT_MINE

    def _read(self, path: str, data: bytes) -> tuple[Passage, ...] | Skipped:
        form = format_of(path) or "text"
        if form == "text" and len(data) > _DATA_BYTES:
            return Skipped(path, "plain text of more than 256 kB is data, not prose")
        if form not in ("office", "notebook"):
            text = text_of(data)
            return tuple(passages(parse(form, redact(text)[0] if self._rules.redact else text), path))
        found = _read_office(path, data) if form == "office" else tuple(passages(parse(form, text_of(data)), path))
        return redacted(found) if self._rules.redact and not isinstance(found, Skipped) else found


def _is_office(path: str) -> bool:
    return format_of(path) == "office"


def _read_office(path: str, data: bytes) -> tuple[Passage, ...] | Skipped:
    from indexers.formats.office import ConverterMissingError, UnreadableError, parse_bytes

    try:
        return tuple(passages(parse_bytes(path, data), path)) or Skipped(
            path, "no text in it: a scan, or pictures only"
        )
    except ConverterMissingError:
        return Skipped(path, "Word, PDF and slides need the extra: pip install 'lamplighter[documents]'")
    except UnreadableError:
        return Skipped(path, "could not be converted: damaged, encrypted, or not what its name says")
