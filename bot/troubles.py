"""What goes wrong around us, as a sentence with its cure: a full disk, a damaged store, no git, no database.

Input: any exception. Output: the `Mistake` that a person can mend, or None for a fault of ours.
"""

from __future__ import annotations

import errno
import sqlite3

from knowledge.errors import Mistake

_SPACE = ("there is no space left on the disk", "Free some; what was read is kept, and the next run goes on.")
_SQLITE = (  # what SQLite says → what it means, and its cure
    ("is full", *_SPACE),
    (
        "locked",
        "another program has held the store for half a minute",
        "Try again; if it stays so, see what else has lamplighter.sqlite open.",
    ),
    (
        "readonly",
        "the store cannot be written",
        "Make the home and its files yours (`lamp doctor` shows where it is), or set LAMPLIGHTER_HOME.",
    ),
    (
        "unable to open",
        "the store cannot be opened",
        "Make the home and its files yours (`lamp doctor` shows where it is), or set LAMPLIGHTER_HOME.",
    ),
    (
        "disk i/o",
        "the disk fails while the store is read or written",
        "Check the disk; a network folder is no place for SQLite.",
    ),
)
_DAMAGED = Mistake(
    "the store is damaged",
    "Put a backup of lamplighter.sqlite in its place, or move it away and run `lamp index`: history, docs and code are "
    "read again, what was asked is lost.",
)


def mistake_of(error: BaseException) -> Mistake | None:
    """The sentence for an exception whose cause lies outside of the program."""
    seen: BaseException | None = error
    while seen is not None:  # the first cause tells the most
        if (found := _of(seen)) is not None:
            return found
        seen = seen.__cause__ or seen.__context__
    return None


def _of(error: BaseException) -> Mistake | None:
    if isinstance(error, Mistake):
        return error
    if isinstance(error, sqlite3.DatabaseError):
        return _of_sqlite(str(error).lower())
    if isinstance(error, OSError):
        return _of_system(error)
    if type(error).__module__.partition(".")[0] == "sqlalchemy" and type(error).__name__ == "OperationalError":
        why = " ".join(str(getattr(error, "orig", error)).split())[:200]
        return Mistake(f"the database of store.url cannot be reached ({why})", "Start it, or correct store.url.")
    if isinstance(error, ImportError) and "git executable" in str(error):
        return _no_git()
    return None


def _of_sqlite(said: str) -> Mistake | None:
    for mark, what, cure in _SQLITE:
        if mark in said:
            return Mistake(what, cure)
    return _DAMAGED if "malformed" in said or "not a database" in said or "no such table" in said else None


def _of_system(error: OSError) -> Mistake | None:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Mistake(*_SPACE)
    if isinstance(error, FileNotFoundError) and (
        error.filename == "git" or "GitCommandNotFound" in type(error).__name__
    ):
        return _no_git()
    if error.filename and error.errno in {
        errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOENT,
        errno.ENAMETOOLONG, errno.ELOOP,
    }:  # fmt: skip
        why = error.strerror or "no reason given"
        cure = "Make it readable and writable for you, or name another place (--config, LAMPLIGHTER_HOME)."
        return Mistake(f"{error.filename} cannot be used: {why[0].lower()}{why[1:]}", cure)
    return None


def _no_git() -> Mistake:
    return Mistake("git is not found", "Install git, or put it on the PATH.")
