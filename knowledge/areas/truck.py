"""Truck factor: how many people must go until nobody is left for half of it. Pure.

By authorship, Avelino, Passos, Hora and Valente 2016, "A novel approach for estimating truck factors": the degree of
authorship of a developer in a file is

    DOA = 3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC)

(FA: made the file; DL: own changes; AC: changes of others). Its authors are those with DOA ≥ 3.293 and more than 0.75
of the file's best. People go, the one with most files first, until more than half of the files have no author left.

By activation: the same with areas for files and active holders for authors, so that it is about now and not about ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from math import log
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)

FEWEST_DOA, NEAR_BEST = 3.293, 0.75


def authors(changes: Iterable[Collection[int]]) -> frozenset[int]:
    """The authors of a file by their DOA; `changes` are the people of each change, the oldest first."""
    listed = list(changes)
    if not listed:
        return frozenset()
    deliveries = Counter(person for people in listed for person in people)
    made = listed[0]
    doa = {
        person: 3.293 + 1.098 * (person in made) + 0.164 * own - 0.321 * log(1 + len(listed) - own)
        for person, own in deliveries.items()
    }
    best = max(doa.values(), default=0.0)
    return frozenset(p for p, value in doa.items() if value >= FEWEST_DOA and value > NEAR_BEST * best)


def truck_factor(held: Mapping[Thing, Collection[int]]) -> int:
    """How many people must go until more than half of the things that somebody holds have nobody left; 0 for nothing.

    Greedy: whoever holds most goes first, the smaller number where it is even.
    """
    left = {thing: set(people) for thing, people in held.items() if people}
    whole = len(left)
    gone = 0
    while whole and 2 * len(left) >= whole:
        counts = Counter(person for people in left.values() for person in people)
        most = min(counts, key=lambda person: (-counts[person], person))
        left = {thing: rest for thing, people in left.items() if (rest := people - {most})}
        gone += 1
        if not left:
            break
    return gone
