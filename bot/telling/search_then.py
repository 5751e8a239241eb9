"""Search as of a date in the past: pages and code that did not change since, and the commits up to then.

Passages are those of the indexed tree; what one said before it was changed is not kept, so that a changed one is left
out rather than quoted with words of later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from bot.answer import Searcher
from knowledge.model import Evidence
from knowledge.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.finding.wanting import Sought
    from knowledge.finding.whereabouts import Found

WIDER = 4  # so many times more are asked for, since later ones fall away


class SearchThen:
    """A search that finds nothing that came after a time."""

    def __init__(self, search: Searcher, db: Database, until: int) -> None:
        """`until` is in seconds UTC."""
        self._search = search
        self._db = db
        self._until = until

    def pages(self, query: str, k: int = 10) -> list[Evidence]:
        """The best places among those that were as they are."""
        found = self._search.pages(query, k * WIDER)
        numbers = [one.passage_id for one in found if one.passage_id is not None]
        latest = self._latest(numbers)
        kept = [one for one in found if latest.get(one.passage_id or 0, ("", self._until + 1))[1] <= self._until]
        return [one._replace(commit=latest[one.passage_id or 0][0]) for one in kept[:k]]

    def commits(self, query: str, k: int = 10) -> Sequence[Any]:
        """The best commits up to then."""
        found = self._search.commits(query, k * WIDER)
        listed = ", ".join(str(int(one.id)) for one in found)
        if not listed:
            return []
        rows = self._db.read(
            f"SELECT id FROM commits WHERE id IN ({listed}) AND commit_time <= :until", until=self._until
        )
        there = {row[0] for row in rows}
        return [one for one in found if one.id in there][:k]

    def places(self, sought: Sought) -> Found:
        """The places among those whose files were as they are."""
        found = self._search.places(sought)
        latest = self._latest([spot.passage_id for spot in found.spots])
        kept = (s for s in found.spots if latest.get(s.passage_id, ("", self._until + 1))[1] <= self._until)
        return found._replace(spots=tuple(kept))

    def coverage(self) -> float:
        """The share of passages that meaning has read."""
        return self._search.coverage()

    def confidence(self, query: str, evidence: Sequence[Evidence]) -> float:
        """As of the search itself."""
        return self._search.confidence(query, evidence)

    def sense(self, text: str, model: str) -> NDArray[np.float32] | None:
        """As of the search itself."""
        return self._search.sense(text, model)

    def _latest(self, passages: Collection[int]) -> dict[int, tuple[str, int]]:
        """The commit that last changed the file of each passage, and when."""
        listed = ", ".join(map(str, passages))
        rows = self._db.read(
            "SELECT p.id, c.sha, c.commit_time FROM passages p JOIN documents d ON d.id = p.document_id"
            " JOIN nodes n ON n.repo_id = d.repo_id AND n.path = d.path JOIN touches t ON t.node_id = n.id"
            f" JOIN commits c ON c.id = t.commit_id WHERE p.id IN ({listed or 'NULL'}) AND c.reachable = 1"
            " ORDER BY c.commit_time, c.id"
        )
        return {number: (sha, time) for number, sha, time in rows}
