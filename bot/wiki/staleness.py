"""How stale a page is, in [0, 1]: confirmed-age × code drift × loss of experts; pure, and each factor in words.

    staleness = age × (0.25 + 0.75 × drift) × (0.5 + 0.5 × loss)

    age    1 − 2^(−days since it was confirmed ÷ days in which it wants to be): one half when its review is due
    drift  1 − 2^(−commits to the code it names since ÷ 5), and 1 where something it names is gone
    loss   the share of those who knew what it names when it was confirmed and no longer do

The floors are what age alone counts for: a page that names no code, or whose experts are all there, is due by its date
and not before. A page is due when its date has come, or when it is stale by a fifth.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.phrases import code, count

DAY = 86_400
DRIFT_FLOOR, LOSS_FLOOR = 0.25, 0.5
HALF_DRIFT = 5  # commits to what a page names that make it half wrong
DUE = 0.2


class Facts(NamedTuple):
    """What is known of a page at a moment."""

    confirmed: int  # when somebody said last that it is right, or changed it for its own sake; seconds UTC
    review_days: int
    drift: int = 0  # commits to the code that it names since then
    missing: tuple[str, ...] = ()  # what it names that is gone
    knew: int = 0  # people who knew what it names when it was confirmed
    know: int = 0  # of those, how many still do


class Staleness(NamedTuple):
    """The score, its factors, and why in words, the strongest reason first."""

    score: float
    age: float
    drift: float
    loss: float
    overdue_days: int  # below 0: so many days are left
    why: tuple[str, ...]

    @property
    def is_due(self) -> bool:
        """Whether its owner should look at it."""
        return self.overdue_days >= 0 or self.score >= DUE


def staleness(facts: Facts, now: int) -> Staleness:
    """How stale a page is at `now`."""
    days = max(0, now - facts.confirmed) // DAY
    age = 1 - 2.0 ** (-days / max(1, facts.review_days))
    drift = 1.0 if facts.missing else 1 - 2.0 ** (-facts.drift / HALF_DRIFT)
    loss = (facts.knew - facts.know) / facts.knew if facts.knew else 0.0
    score = age * (DRIFT_FLOOR + (1 - DRIFT_FLOOR) * drift) * (LOSS_FLOOR + (1 - LOSS_FLOOR) * loss)
    return Staleness(score, age, drift, loss, days - facts.review_days, tuple(_why(facts, days)))


def _why(facts: Facts, days: int) -> list[str]:
    said = []
    if facts.missing:
        names = ", ".join(code(name) for name in facts.missing[:2])
        more = " and more" if len(facts.missing) > 2 else ""
        said.append(f"it names {names}{more}, which {'is' if len(facts.missing) == 1 else 'are'} gone")
    if facts.drift:
        said.append(f"{count(facts.drift, 'commit')} to the code it names since")
    if facts.knew > facts.know:
        lost = facts.knew - facts.know
        said.append(f"{lost} of {facts.knew} who knew this well {'is' if lost == 1 else 'are'} no longer at home in it")
    said.append(f"confirmed {count(days, 'day')} ago, wanted every {count(facts.review_days, 'day')}")
    return said
