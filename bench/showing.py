"""How a section of figures is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def show(title: str, anchor: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """One section: what it is held against, then a line a figure under the name of what was measured."""
    print(f"\n== {title}\n   against: {anchor}", flush=True)
    for row in rows:
        told = {k: f"{v:.3f}".rstrip("0").rstrip(".") if isinstance(v, float) else str(v) for k, v in row.items()}
        first = next(iter(told))
        if {"value", "unit"} <= told.keys():
            line = f"{told[first]:<36} {told['value']:>9} {told['unit']}"
            print(f"   {line}   ({told['against']})" if told.get("against") else f"   {line}", flush=True)
            continue
        print(f"   {told.pop(first)}", flush=True)
        for name, value in told.items():
            print(f"     {name:<34} {value:>9}", flush=True)
