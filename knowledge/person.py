"""Somebody: the one noun of `knowledge/model.py` that a question from the shell needs, apart from the others."""

from __future__ import annotations

from knowledge.lean import NamedTuple

SOMEONE = "someone"  # what a person who opted out is called, everywhere
FOREVER = 1 << 62  # the end of an absence of which nobody knows how long it lasts, seconds UTC


class Person(NamedTuple):
    """Somebody, under the name and address they go by now."""

    id: int
    name: str
    email: str
    is_bot: bool = False
    left: bool = False
    opted_out: bool = False
    left_time: int = 0  # since when they have left; 0: nobody said when, so at any time
    absences: tuple[tuple[int, int], ...] = ()  # from, until (FOREVER: nobody knows how long); in order of time

    def has_left(self, now: int) -> bool:
        """Whether they have left for good by `now`."""
        return self.left and now >= self.left_time

    def away(self, now: int) -> tuple[int, int] | None:
        """The absence (from, until) that holds at `now`, None while they are around."""
        return next((span for span in self.absences if span[0] <= now < span[1]), None)

    def reachable(self, now: int) -> bool:
        """Whether they may be named as somebody to ask at `now`."""
        return not (self.is_bot or self.opted_out or self.has_left(now) or self.away(now))
