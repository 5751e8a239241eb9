"""One way to say SQL on SQLite and on PostgreSQL: text with `:named` parameters, rows as tuples.

SQLite is spoken through Python's own `sqlite3`, so that a question from the shell pays neither SQLAlchemy's import nor
its layers; every other URL goes through a SQLAlchemy engine. The schema itself is SQLAlchemy's (`tables/`) and moves
by Alembic (`migrations/`). Dialect rules for the text: `ON CONFLICT … DO …` and `RETURNING` yes, `::casts`, `INSERT OR`
and `rowid` no.
"""

from __future__ import annotations

from _thread import _local  # threading.local

from knowledge.lean import Protocol, sqlite_connect
from knowledge.lean_files import exists

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType
    from typing import Any, Self

    from knowledge.veil import Veil

    Row = tuple[Any, ...]
else:
    Row = tuple

SQLITE_PREFIX = "sqlite:///"


def storable(text: str) -> str:
    """The text without what no database keeps: NUL, and halves of surrogate pairs (a notebook may have both)."""
    return text.replace("\0", "").encode(errors="replace").decode()


class Transaction(Protocol):
    """An open unit of work: all of it is kept, or none."""

    def run(self, sql: str, /, **params: Any) -> list[Row]:
        """Execute and return the rows (of a SELECT or a RETURNING clause), else an empty list."""

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]], then: str = "") -> None:
        """Insert many rows; `columns` is "a, b, c", each row in that order, `then` an `ON CONFLICT …` clause."""


class Database:
    """A store by URL. Safe to share between threads: each thread has its own connection."""

    url: str
    held_veil: tuple[tuple[Row, ...], Veil] | None = None  # of store/veils.py, which alone reads and writes it

    def read(self, sql: str, /, **params: Any) -> list[Row]:
        """Rows of a SELECT, outside of any transaction of ours."""
        raise NotImplementedError

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A context manager around a `Transaction`: commits at its end, rolls back on any exception."""
        raise NotImplementedError

    def aside(self) -> AbstractContextManager[Transaction]:
        """A transaction that writes nothing on which anything rests that is held by `moment`."""
        return self.transaction()

    def trusting(self) -> AbstractContextManager[Transaction]:
        """A transaction in which nobody looks whether what a row refers to is there: its writer made both.

        Looking costs a fifth of storing the rows of a history.
        """
        return self.transaction()

    def make_room(self) -> None:
        """Prepare the calling thread for reading and writing much: indexing holds more of the store in memory."""
        return

    def moment(self) -> object | None:
        """A token: while a thread gets the same one, nothing was written by anybody, but for what it wrote `aside`.

        None where a store cannot tell.
        """
        return None

    def claim(self, name: str) -> Callable[[], object] | None:  # noqa: ARG002
        """Take a lock that dies with this process; returns how to give it back, None when somebody else has it.

        A store that is a file has nothing to claim: `locks.held` puts a lock file beside it.
        """
        return lambda: None

    def close(self) -> None:
        """Close the connections of the calling thread (SQLite) or the pool (others)."""
        raise NotImplementedError


class _SqliteTransaction:
    """Keeps everything at its end, or nothing on an exception."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> Self:
        self._connection.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")

    def run(self, sql: str, /, **params: Any) -> list[Row]:
        return self._connection.execute(sql, params).fetchall()

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]], then: str = "") -> None:
        marks = ", ".join("?" * (columns.count(",") + 1))
        self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks}) {then}", rows)


class _SqliteAside(_SqliteTransaction):
    """One whose changes are counted apart."""

    def __init__(self, connection: sqlite3.Connection, local: _local) -> None:
        super().__init__(connection)
        self._local = local
        self._before = connection.total_changes

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._local.aside += self._connection.total_changes - self._before


class _SqliteTrusting(_SqliteTransaction):
    """One without a look at references."""

    def __enter__(self) -> Self:
        self._connection.execute("PRAGMA foreign_keys = OFF")  # means nothing once a transaction has begun
        try:
            return super().__enter__()
        except BaseException:
            self._connection.execute("PRAGMA foreign_keys = ON")
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._connection.execute("PRAGMA foreign_keys = ON")


class SqliteDatabase(Database):
    """A SQLite file in WAL mode; writers wait up to 30 s for each other, readers never wait."""

    def __init__(self, path: str, *, create: bool = True) -> None:
        self.path = path
        self.url = SQLITE_PREFIX + path
        self._create = create
        self._local = _local()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened at its first use."""
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is None:
            if not self._create and not exists(self.path):
                raise FileNotFoundError(self.path)
            held = sqlite_connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            if self._create:  # else somebody only reads, and quickly
                held.execute("PRAGMA journal_mode = WAL")
                held.execute("PRAGMA synchronous = NORMAL")
                held.execute("PRAGMA foreign_keys = ON")
                held.execute("PRAGMA temp_store = MEMORY")
                held.execute("PRAGMA cache_size = -8000")  # kB; each thread of a serving process has its own
            self._local.connection = held
            self._local.aside = 0
        return held

    def read(self, sql: str, /, **params: Any) -> list[Row]:
        return self.connection().execute(sql, params).fetchall()

    def transaction(self) -> AbstractContextManager[Transaction]:
        return _SqliteTransaction(self.connection())

    def aside(self) -> AbstractContextManager[Transaction]:
        return _SqliteAside(self.connection(), self._local)

    def trusting(self) -> AbstractContextManager[Transaction]:
        return _SqliteTrusting(self.connection())

    def make_room(self) -> None:
        self.connection().execute("PRAGMA cache_size = -32000")

    def moment(self) -> object | None:
        held = self.connection()
        others = held.execute("PRAGMA data_version").fetchone()[0]  # moves when another connection writes
        return id(held), others, held.total_changes - self._local.aside

    def close(self) -> None:
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is not None:
            held.close()
            self._local.connection = None


def open_database(url: str, *, create: bool = True) -> Database:
    """The database behind `url`; the schema is not looked at (see `schema.upgrade`).

    Raises:
        FileNotFoundError: a SQLite file that is not there, with `create=False`.
    """
    if url.startswith(SQLITE_PREFIX):
        return SqliteDatabase(url[len(SQLITE_PREFIX) :], create=create)
    from knowledge.store.engine import EngineDatabase

    return EngineDatabase(url)
