"""The one person whom somebody means: a number of the list, an address, a chat id, or words of a name."""

from __future__ import annotations

import re

from knowledge.errors import Mistake
from knowledge.model import SOMEONE, Person
from knowledge.store.database import Database
from knowledge.store.finding import find
from knowledge.store.persons import people_by_id

MOST_SHOWN = 8


def numbered(words: str) -> int:
    """The number that the words are (`17`, `#17`), 0 for none."""
    match = re.fullmatch(r"#?(\d{1,15})", words.strip())
    return int(match[1]) if match else 0


def choose(db: Database, words: str) -> Person:
    """The one whom the words name.

    Raises:
        Mistake: nobody, or several: they are told with their numbers.
    """
    if not words.strip():
        raise Mistake("whom do you mean?", "Name a number of `lamp people`, an address or a name.")
    if number := numbered(words):
        found = [p for p in people_by_id(db, [number]).values() if not p.is_bot]
        found = found or [p for p in find(db, words) if len(words) > 5]  # a Discord id is a long number
    else:
        found = find(db, words)
    # Words that fit others as well tell nothing of who opted out.
    found = [p for p in found if not p.opted_out] or found
    if not found:
        raise Mistake(f"I know nobody by “{words}”", "`lamp people` lists everybody with their numbers.")
    if len(found) > 1:
        shown = "; ".join(f"{p.id} is {_called(p)}" for p in found[:MOST_SHOWN])
        more = f"; and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        raise Mistake(f"“{words}” may be {len(found)} people: {shown}{more}", "Name one by their number.")
    return found[0]


def _called(person: Person) -> str:
    return f"{SOMEONE} (opted out)" if person.opted_out else f"{person.name} <{person.email}>"
