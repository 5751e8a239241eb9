"""Risk of an area: few holders × demand × hard to regenerate, each in [0, 1], each said in words. Pure.

    risk  = holders · demand · (½ + ½ · regeneration)
    holders      = 1 − (min(wanted, active now) + min(wanted, active in 60 days)) / (2 · wanted)
    demand       = 1 − 2^(−need / 12),  need = changes + 4 · questions + 2 · dependents in a year; 1 for a critical area
    regeneration = weighted mean of what is known: size .3, tests .25, docs .25, complexity .2

A product, because an area with enough holders is at no risk however big it is, and one that nobody needs may rest. The
scale is absolute, not relative to the worst area, so that a register can say that an area got better. An area that
needs a change a month has a demand of ½; 2,000 lines are half as hard as it gets. docs/areas.md explains each choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from knowledge.activation.reasons import count
from knowledge.areas.health import Demand, Factor, Regeneration
from knowledge.shares import percent

HALF_NEED = 12.0
QUESTION, DEPENDENT = 4.0, 2.0  # in changes
HALF_LINES = 2_000.0
WEIGHTS = {"size": 0.3, "tests": 0.25, "docs": 0.25, "complexity": 0.2}
SIMPLE, COMPLEX = 0.5, 2.0  # mean levels of indentation
EASE = 0.5  # what even an area that is easily regenerated counts


def holders_factor(now: int, ahead: int, wanted: int) -> Factor:
    """How many holders are missing; `ahead` in 60 days."""
    wanted = max(1, wanted)
    value = 1.0 - (min(wanted, now) + min(wanted, ahead)) / (2 * wanted)
    said = f"{count(now, 'active holder')} now, {ahead} in 60 days if nothing happens, {wanted} wanted"
    return Factor("holders", value, 1.0, said)


def demand_factor(demand: Demand, *, critical: bool) -> Factor:
    """How much it is needed."""
    need = demand.changes + QUESTION * demand.questions + DEPENDENT * demand.dependents
    value = 1.0 - float(2.0 ** (-need / HALF_NEED))
    said = count(demand.changes, "change")
    said += f" and {count(demand.questions, 'question')}" if demand.questions else ""
    said += " in a year"
    if demand.dependents:
        changes = "changes" if demand.dependents == 1 else "change"
        said += f"; {count(demand.dependents, 'other area')} often {changes} with it"
    return Factor("demand", 1.0, 1.0, f"critical; {said}") if critical else Factor("demand", value, 1.0, said)


class Pages(NamedTuple):
    """How many pages there are for an area, and how many of them are behind; `own`: it is itself made of them."""

    there: int
    behind: int
    own: bool = False


def regeneration(
    lines: int, complexity: float | None, tested: float | None, pages: Pages | None, *, guessed_of: int = 0
) -> tuple[Regeneration, tuple[Factor, ...]]:
    """How hard an area is to regenerate, and its parts; what is None is left out of the mean.

    Args:
        lines: its size; 0 for unknown.
        complexity: mean indentation of its code.
        tested: share of its code that a test goes with.
        pages: those that speak of it, or that it consists of.
        guessed_of: where `lines` is a guess, the number of files that it was made of.
    """
    parts: list[Factor] = []
    if lines:
        said = f"{count(guessed_of, 'file')} of unknown length" if guessed_of else f"about {count(lines, 'line')}"
        parts.append(_part("size", 1.0 - float(2.0 ** (-lines / HALF_LINES)), said))
    if complexity is not None:
        value = min(1.0, max(0.0, (complexity - SIMPLE) / (COMPLEX - SIMPLE)))
        parts.append(_part("complexity", value, f"code indented {complexity:.1f} levels on average"))
    if tested is not None:
        parts.append(_part("tests", 1.0 - tested, f"tests go with {percent(tested)} of its code"))
    if pages is not None:
        parts.append(_docs(pages))
    whole = sum(part.weight for part in parts)
    value = sum(part.weight * part.value for part in parts) / whole if whole else 0.0
    return Regeneration(value, lines, complexity, tested, pages.there if pages else None), tuple(parts)


def _docs(pages: Pages) -> Factor:
    there, behind = pages.there, pages.behind
    if pages.own:
        many = str(behind) if behind else "none"
        said = f"{many} of the {count(there, 'page')} in it that name code {'are' if behind > 1 else 'is'} behind it"
        return _part("docs", behind / there if there else 0.0, said if there else "no page in it names code")
    if not there:
        return _part("docs", 1.0, "no page speaks of it")
    value = 0.5 ** (there - behind) if there > behind else 0.8  # an old page is better than none
    said = f"{count(there, 'page')} {'speaks' if there == 1 else 'speak'} of it"
    if behind:
        said += ", and it is behind the code" if there == behind == 1 else f", {behind} behind the code"
    return _part("docs", value, said)


def _part(name: str, value: float, words: str) -> Factor:
    return Factor(name, value, WEIGHTS[name], words, "regeneration")


def regeneration_factor(found: Regeneration, parts: Sequence[Factor]) -> Factor:
    """How hard to regenerate, as a factor of the risk; its parts say the rest."""
    hard = "hard" if found.value >= 2 / 3 else "not easy" if found.value >= 1 / 3 else "easy"
    said = f"{hard}: {'; '.join(part.words for part in parts)}" if parts else "size and tests unknown"
    return Factor("regeneration", found.value, 1.0 - EASE, said)


def risk(factors: Sequence[Factor]) -> float:
    """The combination, in [0, 1]; the module says how and why."""
    value = {factor.name: factor.value for factor in factors if factor.of == "risk"}
    return value["holders"] * value["demand"] * (EASE + (1.0 - EASE) * value["regeneration"])
