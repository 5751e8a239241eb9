r"""Commit messages without secrets. Pure.

Input: messages as git wrote them. Output: which of them to read closely, and those as text with keys and passwords as
"[redacted: …]".

A history is a hundred thousand messages, and hardly any holds a secret. So they are first looked over, many at a time
and as bytes, for what costs next to nothing to find: a long run of letters and digits that is no commit's id (every
provider's keys have one), a name such as "password" that is given a value, a password in an address. Only where there
is one, `redact` reads the message.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from indexers.redact import redact
from indexers.trailers import text

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_AS_RUNS = bytes(97 if byte in _LETTERS else 32 for byte in range(256))  # every letter an "a", all else a space
_LONG = b"a" * 20
_KEYLIKE = re.compile(
    rb"(?<![A-Za-z0-9])(?![A-Z]?(?:[0-9a-f]{40}|[0-9a-f]{64})(?![\w-]))(?=[A-Za-z]*[0-9])[A-Za-z0-9]{12}|hf_"
)
_NAMES = (b"pass", b"pwd")  # a key, a token or a secret that is given is long enough to be found as such
_GIVEN = re.compile(rb"[\w'\"\]]{0,32}\s{0,8}(?:=>|[:=])\s{0,8}[rbuf@]{0,2}['\"`]?[^\s'\"`]{6}")
_IN_ADDRESS = re.compile(rb"://[^\s:/?#@]{0,100}:[^\s/@]{4,200}@")


def cleaned(subject: bytes, body: bytes) -> tuple[str, str]:
    """A message's subject and body as text, without secrets."""
    return redact(text(subject))[0], redact(text(body).strip())[0]


def suspects(messages: Sequence[bytes]) -> frozenset[int]:
    """The positions of the messages that may hold a secret; that one does is for `redact` to say.

    Args:
        messages: subjects and bodies in turn; a position is that of a pair.
    """
    found = set(_spots(b"\0".join(messages)))
    if not found:
        return frozenset()
    ends = list(accumulate(len(message) + 1 for message in messages))
    return frozenset(bisect_right(ends, at) // 2 for at in found)


def _spots(whole: bytes) -> Iterator[int]:
    """Where something stands that is worth a closer look."""
    runs = whole.translate(_AS_RUNS) + b" "
    at = runs.find(_LONG)
    while at >= 0:
        end = runs.index(b" ", at)
        if _KEYLIKE.search(whole, at, end):
            yield at
        at = runs.find(_LONG, end)
    lowered = whole.lower()
    for name in _NAMES:
        yield from _found(lowered, name, _GIVEN)
    yield from _found(lowered, b"://", _IN_ADDRESS)


def _found(lowered: bytes, mark: bytes, form: re.Pattern[bytes]) -> Iterator[int]:
    """Where `mark` stands and `form` fits there, or just behind it."""
    at = lowered.find(mark)
    while at >= 0:
        if form.match(lowered, at):
            yield at
        at = lowered.find(mark, at + len(mark))
