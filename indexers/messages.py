r"""Commit messages without secrets. Pure.

Input: a subject and a body as git wrote them. Output: the same as text, keys and passwords as "[redacted: …]".

A history is a hundred thousand messages, and hardly any holds a secret. So a message is first looked over as bytes, for
what costs next to nothing to find: a long run of letters and digits that is no commit's id (every provider's keys have
one), a password that is given, a password in an address. Only where there is one, `redact` reads the message.
"""

from __future__ import annotations

import re

from indexers.redact import redact
from indexers.trailers import text

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_AS_RUNS = bytes(97 if byte in _LETTERS else 32 for byte in range(256))  # every letter an "a", all else a space
_LONG = b"a" * 20
_KEYLIKE = re.compile(
    rb"(?<![A-Za-z0-9])(?![A-Z]?(?:[0-9a-f]{40}|[0-9a-f]{64})(?![\w-]))(?=[A-Za-z]*[0-9])[A-Za-z0-9]{12}|hf_"
)
# A key, a token or a secret that is given a value is long enough to be found as such; a password may be short.
_GIVEN = re.compile(rb"pass[\w'\"\]]{0,32}\s{0,8}(?:=>|[:=])\s{0,8}[rbuf@]{0,2}['\"`]?[^\s'\"`]{6}")
_IN_ADDRESS = re.compile(rb"://[^\s:/?#@]{0,100}:[^\s/@]{4,200}@")


def cleaned(subject: bytes, body: bytes) -> tuple[str, str]:
    """A message's subject and body as text, without secrets."""
    said, told = as_written(subject, body)
    if worth_a_look(subject + b"\n" + body):
        return redact(said)[0], redact(told)[0]
    return said, told


def as_written(subject: bytes, body: bytes) -> tuple[str, str]:
    """A message's subject and body as text."""
    return text(subject), text(body).strip()


def worth_a_look(message: bytes) -> bool:
    """Whether a message, or any of several in lines, may hold a secret; that it does is for `redact` to say."""
    runs = message.translate(_AS_RUNS)
    if _LONG in runs and _holds_key(message, runs + b" "):
        return True
    lowered = message.lower()
    if b"pass" in lowered and _fits(lowered, b"pass", _GIVEN):
        return True
    return b"://" in message and _fits(message, b"://", _IN_ADDRESS)


def _fits(message: bytes, mark: bytes, form: re.Pattern[bytes]) -> bool:
    """Whether `form` fits where `mark` stands; a pattern that looks for it by itself takes ten times as long."""
    at = message.find(mark)
    while at >= 0:
        if form.match(message, at):
            return True
        at = message.find(mark, at + len(mark))
    return False


def _holds_key(message: bytes, runs: bytes) -> bool:
    at = runs.find(_LONG)
    while at >= 0:
        end = runs.index(b" ", at)
        if _KEYLIKE.search(message, at, end):
            return True
        at = runs.find(_LONG, end)
    return False
