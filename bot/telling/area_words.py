"""How an area is told: one entry of a list, everything about one, and its JSON; about areas, never about people."""

from __future__ import annotations

from typing import Any

from bot.phrases import code, count, join, plain
from knowledge.areas.health import AreaHealth, Factor

LATE = "behind the code"


def name_of(area: AreaHealth) -> str:
    """What to call it: what the team does, else its path."""
    if area.name:
        return f"**{plain(area.name)}**"
    if area.start or (area.path and not area.own):
        return code(area.title)
    return f"{code(area.path)} (its own files)" if area.path else "the files at the top"


def entry(area: AreaHealth) -> str:
    """An area in a list of those that go stale: the reason, the trend, and a step."""
    said = [plain(area.why)]
    if area.trend in {"better", "worse"}:
        said.append(f"{area.trend} than before ({area.trend_words})")
    if owners := owners_apart(area):
        said.append(owners)
    return f"- {name_of(area)}: {'; '.join(said)}.\n  → {plain(area.step)}"


def owners_apart(area: AreaHealth) -> str:
    """That others than the declared owners hold it now; empty where they are the same, or cannot be compared.

    A team's handle, and one that nobody is known by, may be anybody.
    """
    known = [owner for owner in area.owners_declared if not owner.startswith("@")]
    holders = [person.name for person in area.holders]
    names = {name.lower() for name in (*holders, *(person.email for person in area.holders))}
    if not known or any(owner.lstrip("@").lower() in names for owner in area.owners_declared):
        return ""
    said = f"declared: {join([plain(owner) for owner in known[:2]])}"
    return f"{said}; active now: {join([plain(name) for name in holders[:2]])}" if holders else said


def details(area: AreaHealth) -> list[str]:
    """Everything that the health of one area rests on, a line each."""
    words = {factor.name: factor.words for factor in area.factors}
    lines = [f"Holders: {words.get('holders', '')}", f"Demand: {words.get('demand', '')}"]
    lines.append(f"Learning it anew: {words.get('regeneration', '')}")
    if area.drifted_pages:
        pages = [f"{code(page.path)} ({_behind(page.changes, page.missing)})" for page in area.drifted_pages[:2]]
        lines.append(f"Pages furthest {LATE}: {join(pages)}")
    if area.truck_factor or area.truck_factor_active:
        wrote, active = area.truck_factor, area.truck_factor_active
        lines.append(f"Truck factor: {wrote} by who wrote most of it, {active} by who is active now")
    if area.owners_declared:
        owners = owners_apart(area) or f"declared: {join([plain(owner) for owner in area.owners_declared[:3]])}"
        lines.append(owners[0].upper() + owners[1:])
    return [f"- {line}" for line in lines]


def _behind(changes: int, missing: tuple[str, ...]) -> str:
    parts = [f"{count(changes, 'change')} since"] if changes else []
    parts += [f"names {code(missing[0])}, which is gone"] if missing else []
    return ", ".join(parts)


# -- JSON -------------------------------------------------------------------------------------------------------------


def as_json(area: AreaHealth, repo: str = "") -> dict[str, Any]:
    """An area as `lamp stale --json` tells it."""
    return {
        "key": area.key, "title": area.title, "name": area.name, "kind": area.kind, "path": area.path, "repo": repo,
        "files": area.files, "state": area.state, "critical": area.critical,
        "holders": [{"name": person.name, "email": person.email} for person in area.holders],
        "holders_in": dict(zip(("30", "60", "90"), area.holders_in, strict=True)),
        "holders_wanted": area.holders_wanted,
        "next_in_line": area.next_in_line.name if area.next_in_line else None,
        "owners_declared": list(area.owners_declared),
        "truck_factor": area.truck_factor, "truck_factor_active": area.truck_factor_active,
        "risk": round(area.risk, 3), "factors": [_factor(factor) for factor in area.factors],
        "demand": area.demand._asdict(), "regeneration": area.regeneration._asdict(),
        "drifted_count": area.drifted_count,
        "drifted_pages": [page._asdict() for page in area.drifted_pages],
        "trend": area.trend, "trend_words": area.trend_words, "why": area.why, "step": area.step,
    }  # fmt: skip


def _factor(factor: Factor) -> dict[str, Any]:
    return {**factor._asdict(), "value": round(factor.value, 3)}
