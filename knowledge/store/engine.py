"""Every database that is not SQLite, through a SQLAlchemy engine (tested with PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from knowledge.errors import Mistake
from knowledge.store.database import Database, Row, Transaction

_CURE = "Use sqlite:///file or postgresql+psycopg://…"


class _EngineTransaction:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, /, **params: Any) -> list[Row]:
        result = self._connection.execute(sa.text(sql), params)
        return [tuple(row) for row in result] if result.returns_rows else []

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]], then: str = "") -> None:
        names = [name.strip() for name in columns.split(",")]
        marks = ", ".join(f":{name}" for name in names)
        batch = [dict(zip(names, row, strict=True)) for row in rows]
        if batch:
            self._connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({marks}) {then}"), batch)


class EngineDatabase(Database):
    """A pool of connections to a database server."""

    def __init__(self, url: str) -> None:
        try:
            self.url = _with_driver(url)
            self.engine = sa.create_engine(self.url, pool_pre_ping=True, hide_parameters=True)  # values are people's
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
            raise Mistake(f"store.url is no database URL ({error})", _CURE) from error
        except ModuleNotFoundError as error:
            raise Mistake(
                f"store.url needs the Python package {error.name!r}", "Install it: pip install 'lamplighter[postgres]'."
            ) from error

        sa.event.listen(self.engine, "handle_error", _without_values)

    def read(self, sql: str, /, **params: Any) -> list[Row]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql), params)]

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.engine.begin() as connection:
            yield _EngineTransaction(connection)

    def claim(self, name: str) -> Callable[[], object] | None:
        key = int.from_bytes(blake2b(f"lamplighter {name}".encode(), digest_size=8).digest(), "big", signed=True)
        # A connection of its own, outside of any transaction: the lock is its session's and ends with it.
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
            return lambda: _let_go(connection)
        connection.close()
        return None

    def close(self) -> None:
        self.engine.dispose()


def _with_driver(url: str) -> str:
    """The URL with the driver that we bring; hosts hand out `postgres://` and `postgresql://`."""
    said = sa.make_url(url)
    if said.drivername in ("postgres", "postgresql"):
        said = said.set(drivername="postgresql+psycopg")
    elif not said.drivername.startswith("postgresql+"):
        raise Mistake(f"store.url names {said.drivername}, which Lamplighter does not speak", _CURE)
    return said.render_as_string(hide_password=False)


def _without_values(context: sa.engine.ExceptionContext) -> None:
    """Leave out of an error the row that the server quotes: what people wished is in no log."""
    told = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if told and context.sqlalchemy_exception is not None:
        context.original_exception.args = (told,)
        context.sqlalchemy_exception.args = (f"{type(context.original_exception).__name__}: {told}",)


def _let_go(connection: sa.Connection) -> None:
    """Unlock, and end the session: a server notices only a moment later that a connection was closed."""
    connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
    connection.detach()
    connection.close()
