"""The rows that belong to others: people of nudges, people of requests; read in batches, by whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from knowledge.store.database import Database

BATCH = 400  # ids in one question: engines take only so many parameters


def parts_of(db: Database, select: str, owners: Sequence[str], order: str) -> dict[str, list[tuple[Any, ...]]]:
    """By owner, the rest of each row.

    Args:
        db: the store.
        select: "SELECT owner_id, … FROM table WHERE owner_id", to which the ids are added; the owner's id comes first.
        owners: the ids.
        order: the columns to order by.
    """
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for start in range(0, len(owners), BATCH):
        marks = {f"n{at}": owner for at, owner in enumerate(owners[start : start + BATCH])}
        listed = ", ".join(f":{name}" for name in marks)
        for owner, *rest in db.read(f"{select} IN ({listed}) ORDER BY {order}", **marks):
            found[owner].append(tuple(rest))
    return found
