"""How a share is written everywhere: 20 %, with a blank before the sign."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share in [0, 1], rounded to whole per cent: 20 %."""
    return f"{round(100 * share)} %"
