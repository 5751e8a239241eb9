"""The symbols of some files at a commit, each with a digest of its text without its own name.

Two symbols with the same digest are the same code under another name, however it is indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from indexers.apart import outline
from indexers.languages import language_of
from indexers.repository import Repository, path_bytes
from indexers.symbols import Symbol

_LARGEST = 400_000  # bytes of a file that is parsed
_TELLING = 60  # characters; many a shorter function is written twice


def outlines_at(repository: Repository, commit: str, paths: Sequence[str]) -> dict[str, dict[str, str]]:
    """Qualified name → digest, by path, of the files that exist at `commit` and whose language is known."""
    known = {path_bytes(path): path for path in paths if language_of(path)}
    if not known:
        return {}
    entries = repository.entries(commit, list(known))
    blobs = {oid.decode(): known[raw] for raw, (mode, oid) in entries.items() if mode != b"160000" and raw in known}
    found: dict[str, dict[str, str]] = {}
    contents = dict(repository.blobs(blobs))
    for raw, (_, oid) in entries.items():
        source = contents.get(oid.decode())
        language = language_of(known[raw]) if raw in known else None
        if source is not None and language is not None and len(source) <= _LARGEST:
            lines = source.decode(errors="replace").splitlines()
            symbols = outline(language, source).symbols
            found[known[raw]] = {name: digest for name, digest in _digests(symbols, lines) if name}
    return found


def _digests(symbols: Iterable[Symbol], lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for symbol in symbols:
        if not symbol.is_sentence:
            own = symbol.name.rpartition(".")[2]
            text = "\n".join(line.strip() for line in lines[symbol.line_start - 1 : symbol.line_end])
            if len(text) >= _TELLING:
                text = re.sub(rf"\b{re.escape(own)}\b", "·", text, count=1)
            yield symbol.name, blake2b(text.encode(), digest_size=12).hexdigest()
        yield from _digests(symbol.inner, lines)
