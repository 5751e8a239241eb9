"""Everything that points at a person, found in the schema itself, so that no table can be forgotten when two are one.

A row that would then be there twice (its key holds the person) stays once, and is remembered whole for the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from knowledge.store.database import Transaction


class Reference(NamedTuple):
    """A column that points at people, with the key of its table and the sets of columns that hold a row once."""

    table: str
    column: str
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]


@cache
def references() -> tuple[Reference, ...]:
    """Every column of the schema that points at a person, in the order of the tables."""
    import sqlalchemy as sa

    from knowledge.store.tables import metadata

    found = []
    for table in metadata.sorted_tables:
        key = tuple(column.name for column in table.primary_key)
        once = [tuple(column.name for column in c.columns) for c in table.constraints
                if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]  # fmt: skip
        once += [tuple(column.name for column in index.columns) for index in table.indexes if index.unique]
        columns = tuple(column.name for column in table.columns)
        for column in table.columns:
            if any(foreign.target_fullname == "people.id" for foreign in column.foreign_keys):
                unique = tuple(sorted(names for names in once if column.name in names))
                found.append(Reference(table.name, column.name, key, unique, columns))
    return tuple(found)


def carry(tx: Transaction, into: int, other: int) -> list[dict[str, Any]]:
    """Let everything that pointed at `other` point at `into`; returns what `carry_back` needs (JSON)."""
    moved: list[dict[str, Any]] = []
    for ref in references():
        rows = tx.run(f"SELECT {', '.join(ref.columns)} FROM {ref.table} WHERE {ref.column} = :p", p=other)
        for values in (dict(zip(ref.columns, row, strict=True)) for row in rows):
            where = {name: values[name] for name in ref.key}
            if _is_there(tx, ref, values | {ref.column: into}):
                tx.run(f"DELETE FROM {ref.table} WHERE {_equal(where)}", **where)
                moved.append({"table": ref.table, "column": ref.column, "row": values})
            else:
                tx.run(f"UPDATE {ref.table} SET {ref.column} = :into WHERE {_equal(where)}", into=into, **where)
                after = {name: into if name == ref.column else values[name] for name in ref.key}
                moved.append({"table": ref.table, "column": ref.column, "key": after})
    return moved


def carry_back(tx: Transaction, other: int, moved: Sequence[Mapping[str, Any]]) -> None:
    """Let what `carry` moved point at `other` again, as far as it is still there."""
    for one in reversed(moved):
        if "row" in one:
            row = dict(one["row"])
            tx.insert(one["table"], ", ".join(row), [tuple(row.values())], "ON CONFLICT DO NOTHING")
        else:
            tx.run(f"UPDATE {one['table']} SET {one['column']} = :other WHERE {_equal(one['key'])}",
                   other=other, **one["key"])  # fmt: skip


def _is_there(tx: Transaction, ref: Reference, values: Mapping[str, Any]) -> bool:
    for names in ref.unique:
        wanted = {name: values[name] for name in names}
        if None not in wanted.values() and tx.run(f"SELECT 1 FROM {ref.table} WHERE {_equal(wanted)}", **wanted):
            return True
    return False


def _equal(values: Mapping[str, Any]) -> str:
    return " AND ".join(_conditions(values))


def _conditions(values: Mapping[str, Any]) -> Iterator[str]:
    for name in values:
        yield f"{name} = :{name}"
