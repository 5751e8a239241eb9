"""Who said that they are glad to help newcomers, and where; and who said no. Silence is neither.

    Wish("willing", "src/auth")    a path, or the name of an area; "all" for every place they know
    Wish("unwilling")              not now: they are neither named to newcomers for this nor asked again

Unlike other wishes a yes is shown, to the newcomer whom it is for; a no is as confidential as the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from knowledge.store.database import Database
from knowledge.store.wishes import Wish, Wishes
from knowledge.ways_in.glad import EVERYWHERE

__all__ = ("EVERYWHERE", "Said", "agree", "read", "refuse")


class Said(NamedTuple):
    """What people said: `yes` by person, and who said `no`."""

    yes: dict[int, frozenset[str]]
    no: frozenset[int]


def read(db: Database, now: int) -> Said:
    """What holds at `now` (seconds UTC); the latest word of somebody counts."""
    yes: dict[int, frozenset[str]] = {}
    no = set()
    for person, wishes in Wishes(db).by_person().items():
        held = [one for one in wishes if one.holds(now)]
        places = frozenset(one.subject for one in held if one.word == "willing" and one.subject)
        if any(one.word == "unwilling" for one in held):
            no.add(person)
        elif places:
            yes[person] = places
    return Said(yes, frozenset(no))


def agree(db: Database, person: int, places: Iterable[str], now: int) -> None:
    """Somebody is glad to help there (`EVERYWHERE`: wherever they know it); an earlier no is over."""
    wishes = Wishes(db)
    wishes.take_back(person, "unwilling")
    for place in places:
        wishes.wish(person, Wish("willing", place.strip("/ ") or EVERYWHERE), now)


def refuse(db: Database, person: int, now: int) -> None:
    """Somebody would rather not; what they said before is over."""
    wishes = Wishes(db)
    wishes.take_back(person, "willing")
    wishes.wish(person, Wish("unwilling"), now)
