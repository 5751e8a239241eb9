"""What a meeting would do to how well an area is held: the model asked "and if they had paired today?"; pure.

The number of people who will be active in an area within 180 days is a sum of coin tosses with each one's retention as
its chance; of `wanted` holders (two, unless the team wants more) so many are expected:

    E[min(wanted, N)] = Σ_k min(wanted, k) · P(N = k),   P from the retentions by convolution

A meeting adds an event (`memory.EVENT_KINDS`) at the area and in every directory above it for whoever takes part; the
gain is the expectation after it minus before. That an evening together leads to work there is the model's guess, not a
measurement: `bot.nudging.outcomes` compares it with what came of it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from knowledge.areas.standings import Held
from knowledge.memory import EVENT_KINDS, NO_TRACE, Trace


class Gain(NamedTuple):
    """Expected active holders of an area within 180 days, of those wanted, before and after a meeting."""

    before: float
    after: float
    wanted: int

    @property
    def more(self) -> float:
        """How many more."""
        return self.after - self.before


def expected_holders(chances: Iterable[float], wanted: int = 2) -> float:
    """E[min(wanted, N)] of independent chances."""
    at = [1.0] + [0.0] * wanted  # at[k]: P(N = k), the last one P(N >= wanted)
    for chance in chances:
        for k in range(wanted, 0, -1):
            stays = at[k] if k == wanted else at[k] * (1.0 - chance)
            at[k] = stays + at[k - 1] * chance
        at[0] *= 1.0 - chance
    return sum(k * p for k, p in enumerate(at))


def after_event(held: Held, person: int, kind: str) -> float:
    """Somebody's retention in an area had they `kind` (paired, taught, attended …) there just now."""
    work = EVENT_KINDS[kind]
    event = Trace(work, 0.0, 1, held.now, held.now)
    traces = tuple(
        ChainMap({person: found[person].joined(event) if person in found else event}, dict_of(found))
        for found in held.traces
    )
    totals = tuple(total + work for total in held.totals)
    return held._replace(traces=traces, totals=totals).retention(person)


def dict_of(found: Mapping[int, Trace]) -> dict[int, Trace]:
    """The traces as the mutable mapping that ChainMap asks for; they are only read."""
    return found if isinstance(found, dict) else dict(found)


def gain(chances: Mapping[int, float], after: Mapping[int, float], wanted: int = 2) -> Gain:
    """What new chances of some people do to an area; `chances` are everybody's now."""
    before = expected_holders(chances.values(), wanted)
    then = {**chances, **{person: max(chance, chances.get(person, 0.0)) for person, chance in after.items()}}
    return Gain(before, expected_holders(then.values(), wanted), wanted)


def tenure(held: Held, person: int) -> Trace:
    """What somebody left anywhere in the repository."""
    return held.traces[0].get(person, NO_TRACE)
