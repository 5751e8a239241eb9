"""The report of a moment, from a store and the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.reports.zone import zone_of
from knowledge.areas.objective import Objective
from knowledge.asking.asked import Near
from knowledge.store.database import Database

if TYPE_CHECKING:
    from bot.reports.weekly import Report
    from knowledge.embed import Embedder

SAME_MEANING = 0.8  # cosine of two questions that ask the same in other words


def make(
    db: Database, settings: Settings, now: int, *, keep: bool = False, embedder: Callable[[], Embedder] | None = None
) -> Report:
    """The report at `now`; with `keep`, the register remembers it. `embedder` tells questions of one meaning."""
    from bot.reports.facts import gather
    from bot.reports.weekly import weekly

    said = settings.objective
    facts = gather(
        db, now, Objective(said.holders, said.areas), zone=zone_of(settings), near=_near(embedder), keep=keep
    )
    return weekly(facts)


def _near(embedder: Callable[[], Embedder] | None) -> Near | None:
    """Whether two questions ask the same: by their words, else by their meaning where there is a model."""
    if embedder is None:
        return None
    from knowledge.asking.asked import Asked, same_words

    vectors: dict[str, list[float]] = {}

    def vector(text: str) -> list[float]:
        if text not in vectors:
            vectors[text] = embedder().query(text).vector.tolist()
        return vectors[text]

    def near(one: Asked, other: Asked) -> bool:
        if same_words(one, other):
            return True
        pairs = zip(vector(one.text), vector(other.text), strict=True)
        return sum(ours * theirs for ours, theirs in pairs) >= SAME_MEANING

    return near
