r"""One pass of `git log` as commits.

Input: the bytes that git writes for `arguments()`, a record a commit: a mark that no history can hold (it is drawn anew
each time, between NULs), fields between NULs, then what the commit did, also between NULs:

    MARK sha NUL parents NUL name NUL address NUL author time NUL commit time NUL subject NUL body NUL
    committer's name NUL committer's address NUL
    "\n:100644 100644 <old blob> <new blob> M" NUL path NUL
    ":100644 100644 <old blob> <new blob> R087" NUL old path NUL new path NUL

Output: `Commit` values, and for `last_touched` the same as raw bytes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from itertools import islice
from typing import NamedTuple

from indexers.agents import beside_an_agent, signed_by_agent
from indexers.messages import as_written, cleaned, worth_a_look
from indexers.pipes import PIPE_BYTES
from indexers.repository import path_text
from indexers.trailers import roles_in, text
from indexers.weights import weigh
from knowledge.activation.past import CUT_OFF
from knowledge.model import Commit, Role, Touch

_FIELDS = 10  # of a record, before what the commit did
TOGETHER = 32  # messages are looked over for secrets at once: few of them make any of it worth a second look
NAP_SECONDS = 0.01
MERGED = "merges lines of work"

# A path of a commit as git wrote it: the path, what became of it (":100644 100644 old new M"), its old name or b"".
Did = tuple[bytes, bytes, bytes]
Witness = Callable[[bytes, bytes, list[Did]], None]  # sha, parents, what the commit did


class Judgement(NamedTuple):
    """What makes a commit weigh less."""

    mass_paths: int = 50
    listed: dict[str, str] = {}  # noqa: RUF012  (a value; sha → the list that names it)
    shallow: frozenset[str] = frozenset()  # commits at which the history is cut off


class Log:
    """A reader of one format of `git log`; make a new one for each run of git.

    Args:
        judgement: what makes a commit weigh less.
        witness: told what each commit did.
        redact: take secrets out of what the messages say.
    """

    def __init__(self, judgement: Judgement, witness: Witness | None = None, *, redact: bool = True) -> None:
        self._mark = b"\0" + secrets.token_hex(8).encode() + b"\0"
        self._judgement = judgement
        self._witness = witness
        self._redact = redact
        self._authors: dict[tuple[bytes, bytes], tuple[Role]] = {}
        self._agents: set[tuple[bytes, bytes]] = set()  # of them
        self._modified: dict[bytes, Touch] = {}  # most touches by far, made once for each path

    def arguments(self, *, renames: str) -> list[str]:
        """The arguments of `git log` in front of its range; `renames` is -M, or -M100% to read no contents."""
        mark = "%x00" + self._mark.strip(b"\0").decode() + "%x00"
        fields = "%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00%b%x00%cn%x00%ce"
        return ["log", "--reverse", "-z", "--raw", "--no-abbrev", renames, f"--format={mark}{fields}"]

    def commits(self, out: BufferedIOBase) -> Iterator[Commit]:
        """Every commit of the stream, as git orders them."""
        records = self._records(out)
        next(records)  # what is before the first mark: nothing
        while some := [record.split(b"\0") for record in islice(records, TOGETHER)]:
            said = b"\n".join([part for fields in some for part in fields[6:8]]) if self._redact else b""
            read = cleaned if worth_a_look(said) else as_written
            for fields in some:
                yield self._commit(fields, *read(fields[6], fields[7]))

    def _records(self, out: BufferedIOBase) -> Iterator[bytes]:
        rest = b""
        while chunk := out.read1(PIPE_BYTES):
            *whole, rest = (rest + chunk).split(self._mark)
            yield from whole
            if len(chunk) < PIPE_BYTES // 4:
                time.sleep(NAP_SECONDS)  # let git fill the pipe: each turn between it and us costs both
        yield rest

    def _commit(self, fields: list[bytes], said: str, told: str) -> Commit:
        sha, parents, name, email, author_time, commit_time, _, body = fields[:8]
        roles: tuple[Role, ...] | None = self._authors.get((name, email))
        if roles is None:
            roles = self._authors[name, email] = (Role("authored", text(name), text(email)),)
            if signed_by_agent(roles[0]):
                self._agents.add((name, email))
        if more := roles_in(body):
            roles = _once((*roles, *more))
        if (name, email) in self._agents:
            roles = beside_an_agent(roles, text(fields[8]), text(fields[9]))
        did: list[Did] = []
        touches = self._touches(fields, did) if len(fields) > _FIELDS + 1 else ()
        if self._witness:
            self._witness(sha, parents, did)
        name_of = sha.decode()
        is_merge = b" " in parents
        weight, why = self._weigh(name_of, said, touches, is_merge=is_merge)
        at = int(commit_time or 0)
        return Commit(name_of, int(author_time or 0), at, said, told, roles, touches, weight, why, is_merge)

    def _touches(self, fields: list[bytes], did: list[Did]) -> tuple[Touch, ...]:
        """The touches of a record; what they are made of is appended to `did`."""
        touches = []
        modified = self._modified
        at, end = _FIELDS, len(fields) - 1
        while at < end:
            entry, path = fields[at], fields[at + 1]
            letter = entry[-1:]
            if letter == b"M":
                touch = modified.get(path)
                if touch is None:
                    touch = modified[path] = Touch(path_text(path), "M")
                touches.append(touch)
                did.append((path, entry, b""))
                at += 2
            elif letter.isalpha():
                touches.append(Touch(path_text(path), letter.decode()))
                did.append((path, entry, b""))
                at += 2
            else:  # R087 or C075, with the path before and after
                old, path = path, fields[at + 2]
                touches.append(Touch(path_text(path), chr(entry[-4]), path_text(old)))
                did.append((path, entry, old))
                at += 3
        return tuple(touches)

    def _weigh(self, sha: str, subject: str, touches: tuple[Touch, ...], *, is_merge: bool) -> tuple[float, str]:
        judgement = self._judgement
        if is_merge:
            return 0.0, MERGED
        if sha in judgement.shallow:
            return 0.0, CUT_OFF
        if sha in judgement.listed:
            return 0.0, f"listed in {judgement.listed[sha]}"
        if len(touches) < 10 and len(touches) <= judgement.mass_paths:
            return 1.0, ""
        return weigh(subject, touches, judgement.mass_paths)


def _once(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Every part once; an author who is named as co-author too is the author."""
    author = roles[0]
    return tuple(
        role for role in dict.fromkeys(roles) if role is author or role.kind != "coauthored" or role[1:] != author[1:]
    )
