"""The columns that tables are made of, and the one `metadata` they belong to."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def id_() -> sa.Column[int]:
    """The number of a row, given by the store."""
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


def ref(column: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[int]:
    """A row of another table: `target` is "table.column"."""
    return sa.Column(column, BigId, sa.ForeignKey(target), nullable=nullable, primary_key=primary_key)


def flag(name: str) -> sa.Column[int]:
    """0 or 1."""
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")


def text(name: str, *, default: str | None = "", primary_key: bool = False) -> sa.Column[str]:
    """Text that is never NULL."""
    return sa.Column(name, sa.Text, nullable=False, server_default=default, primary_key=primary_key)


def time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """Whole seconds since 1970, UTC."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def number(name: str, default: str) -> sa.Column[float]:
    """A number that is never NULL."""
    return sa.Column(name, sa.Double, nullable=False, server_default=default)
