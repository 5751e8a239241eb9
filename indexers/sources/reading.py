"""What docs and code have in common: a tree at a commit, read file by file, then only what changed.

The cursor is {"commit": sha, "rules": fingerprint, "whole": bool}; `whole` says that every file was read again, so
that what the store holds at older commits is no longer there. Skipped files say why in words without numbers, so that
a summary can count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from indexers.chunk import passage as passage_of
from indexers.redact import redact
from indexers.repository import File, Repository
from indexers.rules import BINARY, GENERATED, LFS, VENDORED, Rules, left_out
from indexers.sources.base import Record
from knowledge.model import Cursor, Document, Gone, Passage, Skipped

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_TRAIT_REASONS = {"generated": GENERATED, "vendored": VENDORED, "binary": BINARY, "lfs": LFS}

Reader = Callable[[str, bytes], "tuple[Passage, ...] | Skipped"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose a file is: `mine` to read, or not; with a reason when nobody reads it and this source says so."""

    mine: bool
    why_not: str = ""


MINE, NOT_MINE = Claim(mine=True), Claim(mine=False)


@dataclass(frozen=True, slots=True)
class TreeSource:
    """A tree, the rules for it, and the two things in which sources differ: which files are theirs, how to read one."""

    repository: Repository
    rules: Rules
    claim: Callable[[str], Claim]
    read_file: Reader
    reads_binary: Callable[[str], bool] = lambda _: False

    def read(self, cursor: dict[str, Any] | None) -> Iterator[Record]:
        """Documents that are new or changed since `cursor`, what is gone, what was skipped, and the next cursor."""
        head = self.repository.head()
        if head is None:
            return
        rules = self.rules.fingerprint()
        if cursor and cursor.get("commit") == head and cursor.get("rules") == rules:
            return
        files = {file.path: file for file in self.repository.files(head)}
        changed = self._changed(cursor, head, rules)
        if changed is None:
            wanted = list(files.values())
            gone = self._vanished(cursor, head)
        else:
            wanted = [files[path] for path in sorted(changed) if path in files]
            gone = sorted(path for path in changed if path not in files)
        yield from (Gone(path) for path in gone)
        yield from self._files(wanted, head, again=cursor is not None)
        yield Cursor({"commit": head, "rules": rules, "whole": changed is None})

    def _changed(self, cursor: dict[str, Any] | None, head: str, rules: str) -> set[str] | None:
        """Paths that differ since the cursor; None when everything has to be read."""
        if not cursor or cursor.get("rules") != rules or not self.repository.resolve(str(cursor.get("commit"))):
            return None
        changes = self.repository.changes(str(cursor["commit"]), head)
        paths = {path for change in changes for path in (change.path, change.old_path) if path}
        if any(path.split("/")[-1] == ".gitattributes" for path in paths):
            return None  # any file may now be generated or vendored, or no longer
        return paths

    def _vanished(self, cursor: dict[str, Any] | None, head: str) -> list[str]:
        if not cursor or not self.repository.resolve(str(cursor.get("commit"))):
            return []
        changes = self.repository.changes(str(cursor["commit"]), head)
        return sorted(
            {change.old_path if change.letter == "R" else change.path for change in changes if change.letter in "DR"}
            - {None},  # type: ignore[arg-type]
        )

    def _files(self, files: list[File], head: str, *, again: bool) -> Iterator[Record]:
        """`again`: the store may hold these paths, so what is not read is also gone."""
        mine = [file for file in files if self.claim(file.path).mine]
        traits = self.repository.attributes([file.path for file in mine], head)
        wanted: dict[str, list[File]] = {}
        for file in files:
            claim = self.claim(file.path)
            why = (self._why_not(file, traits.get(file.path, frozenset())) if claim.mine else claim.why_not) or ""
            if claim.mine and not why:
                wanted.setdefault(file.oid, []).append(file)
                continue
            if again:
                yield Gone(file.path)
            if why:
                yield Skipped(file.path, why)
        for oid, data in self.repository.blobs(wanted):
            for file in wanted.pop(oid):
                yield from self._document(file, data, head, traits.get(file.path, frozenset()), again=again)
        for missing in (file for same in wanted.values() for file in same):
            yield Skipped(
                missing.path, "its content is missing from the repository (fetch it with git fetch --refetch)"
            )

    def _why_not(self, file: File, traits: frozenset[str]) -> str | None:
        if file.mode == "120000":
            return "a symlink: what it points to is read where it is"
        if file.mode == "160000":
            return "a submodule: index its repository to read it"
        if file.size > self.rules.max_bytes:
            return (
                f"larger than {self.rules.max_bytes // 1024:,} kB (index.docs.max_kilobytes, index.code.max_kilobytes)"
            )
        if self.rules.includes(file.path):
            return None
        for trait, why in _TRAIT_REASONS.items():
            if trait in traits:
                return None if trait == "binary" and self.reads_binary(file.path) else why
        return left_out(file.path)

    def _document(
        self, file: File, data: bytes, head: str, traits: frozenset[str], *, again: bool
    ) -> Iterator[Document | Skipped | Gone]:
        outcome = self._unreadable(file.path, data) or self.read_file(file.path, data)
        if isinstance(outcome, Skipped):
            if again:
                yield Gone(file.path)
            yield outcome
            return
        yield Document(file.path, outcome, head, traits)

    def _unreadable(self, path: str, data: bytes) -> Skipped | None:
        if data.startswith(_LFS_POINTER):
            return Skipped(path, LFS)
        if b"\0" in data[:8000] and not self.reads_binary(path) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return Skipped(path, BINARY)
        return None


def redacted(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The passages without the secrets in them, for formats in which the file's own text cannot be cleaned."""
    return tuple(
        passage_of(p.kind, p.path, (p.line_start, p.line_end), redact(p.title)[0], redact(p.text)[0], symbol=p.symbol)
        for p in passages
    )


def text_of(data: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 where it says so, else Latin-1, in which every byte is a letter."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
