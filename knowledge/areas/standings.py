"""Where everybody stands in an area, now and later if nothing happens: what health and hand-overs rest on.

An area is a directory, or files of one: then what people left in its files is taken together, as if that were a
directory of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from knowledge import fitted
from knowledge.activation.standing import Place, Standing, rank
from knowledge.areas.partition import Area
from knowledge.memory import (
    DAY,
    DEFAULT,
    DIRECTORY,
    FILE,
    NO_TRACE,
    ROOT,
    Level,
    Params,
    Trace,
    features,
    retention,
    turnout,
)

POOL = 20
Node = tuple[int, Level]
Traces = Mapping[int, Mapping[int, Trace]]


class Chain(NamedTuple):
    """The nodes of an area: the directories above it, the root first, and its own, which are taken together."""

    above: tuple[Node, ...]
    own: tuple[Node, ...]


class Held(NamedTuple):
    """What people left along the way to an area, the root first and the area last, decayed to `now`."""

    area: Area
    now: int
    traces: tuple[Mapping[int, Trace], ...]
    levels: tuple[Level, ...]
    totals: tuple[float, ...]  # the activation of everybody, by level
    params: Params = DEFAULT

    @property
    def place(self) -> Place:
        """As `knowledge.activation.standing.rank` wants it."""
        return Place(self.area.path, True, (), self.levels)

    def standings(self, pool: int = POOL) -> list[Standing]:
        """Those with the highest scores now, the highest first."""
        return rank(self.place, self.traces, self.now, pool, self.params)

    def active(self, persons: Iterable[int], days: int = 0) -> list[int]:
        """Of these, who is above the bar in so many days, if nothing happens."""
        return [one for one in persons if self.traces[-1].get(one, NO_TRACE).events and self._later(one, days)]

    def _later(self, person: int, days: int) -> bool:
        return self.retention(person, days) >= fitted.BAR

    def retention(self, person: int, days: int = 0) -> float:
        """Somebody's retention here in so many days, if nothing happens until then."""
        fades = [2.0 ** (-days / level.half_life_days) for level in self.levels]
        steps = zip(self.traces, self.levels, self.totals, fades, strict=True)
        believed = 0.0
        for found, level, everybody, fade in steps:
            total = everybody * fade
            prior = level.base + level.slope * total
            if total + prior > 0.0:
                left = found[person].activation * fade if person in found else 0.0
                believed = (prior * believed + left) / (total + prior)
        here, anywhere = (self.traces[at].get(person, NO_TRACE) for at in (-1, 0))
        here, anywhere = _faded(here, fades[-1]), _faded(anywhere, fades[0])
        then = self.now + days * DAY
        score = believed * turnout(anywhere, then, self.params)
        values = features(here, anywhere, then, everybody=self.totals[-1] * fades[-1], score=score, is_dir=True)
        return retention(values, self.params.retention)


def _faded(trace: Trace, fade: float) -> Trace:
    return trace._replace(work=trace.work * fade, review=trace.review * fade)


def chain_of(area: Area, nodes: Mapping[str, int]) -> Chain:
    """The nodes of an area among those of the repository, by path."""
    parts = area.path.split("/") if area.path else []
    paths = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    above = [(nodes[""], ROOT), *((nodes[path], DIRECTORY) for path in paths if path in nodes)]
    if area.whole and len(above) > 1:
        return Chain(tuple(above[:-1]), tuple(above[-1:]))
    lone = len(area.files) == 1 and area.files[0] == area.path
    return Chain(tuple(above[:-1] if lone else above), tuple((nodes[path], FILE) for path in area.files))


def hold(
    areas: Sequence[Area],
    nodes: Mapping[str, int],
    read: Callable[[list[Node]], Traces],
    now: int,
    params: Params = DEFAULT,
) -> list[Held]:
    """What people left in each of the areas; `read` gives the traces of nodes at `now`, all asked for at once."""
    chains = {area: chain_of(area, nodes) for area in areas}
    wanted = {node: level for chain in chains.values() for node, level in (*chain.above, *chain.own)}
    found = read(list(wanted.items()))
    sums = {node: sum(trace.activation for trace in left.values()) for node, left in found.items()}
    return [_held(area, chains[area], found, sums, now)._replace(params=params) for area in areas]


def _held(area: Area, chain: Chain, found: Traces, sums: Mapping[int, float], now: int) -> Held:
    merged: Mapping[int, Trace] = found[chain.own[0][0]] if len(chain.own) == 1 else _together(chain.own, found)
    own = sum(sums[node] for node, _ in chain.own)
    return Held(
        area,
        now,
        (*(found[node] for node, _ in chain.above), merged),
        (*(level for _, level in chain.above), DIRECTORY),
        (*(sums[node] for node, _ in chain.above), own),
    )


def _together(nodes: Iterable[Node], found: Traces) -> dict[int, Trace]:
    merged: dict[int, Trace] = {}
    for node, _ in nodes:
        for person, trace in found[node].items():
            had = merged.get(person)
            merged[person] = trace if had is None else had.joined(trace)
    return merged
