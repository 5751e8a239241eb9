"""Nobody who opted out leaves the house: the veil over messages and over everything that a command prints.

What the memory hands out is veiled already where it is read (`knowledge/activation/past.py`, `knowledge/search.py`);
here whatever goes out is looked at once more, so that a new answer or command cannot forget it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO
from weakref import ref

from knowledge.store.veils import veil_over

if TYPE_CHECKING:
    from bot.message import Message
    from knowledge.store.database import Database
    from knowledge.veil import Veil


def veiled(message: Message, db: Database) -> Message:
    """The message and its data without anybody who opted out."""
    veil = veil_over(db)
    if veil is None:
        return message
    hidden: Message = _veiled(message, veil)
    return hidden


def unnamed(text: str, db: Database) -> str:
    """What somebody typed, without anybody who opted out."""
    veil = veil_over(db)
    return text if veil is None else veil.text(text)


def _veiled(value: Any, veil: Veil) -> Any:
    """Every text of a message, its parts and its data; links stay what they are."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: _veiled(getattr(value, f.name), veil) for f in fields(value) if f.name != "url"}
        return replace(value, **told)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_veiled(item, veil) for item in value)
    return veil.value(value)


class _Printed:
    """An output stream that hides whoever opted out in the store that the command opened."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        db = _opened[-1]() if _opened else None
        try:
            veil = veil_over(db) if db is not None else None
        except Exception:  # noqa: BLE001  (a store that cannot be read gave no names; its trouble is to be told)
            veil = None
        self._stream.write(veil.text(text) if veil is not None else text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_opened: list[ref[Database]] = []  # the stores that this process opened to answer from


def watch(db: Database) -> None:
    """Hide in everything that is printed from now on whoever opted out in this store."""
    _opened[:] = [ref(db)]


@contextmanager
def printing() -> Iterator[None]:
    """Within, whatever is printed goes through the veil of the store that is watched."""
    out, err = sys.stdout, sys.stderr
    _opened.clear()
    streams: list[Any] = [_Printed(out), _Printed(err)]
    sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
