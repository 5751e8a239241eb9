"""Takes people who opted out out of the questions that a report quotes: stricter than the veil over all that goes out.

A report repeats to many what one person typed, so that here first names count, too, where nobody else bears them.
"""

from __future__ import annotations

import re

from knowledge.model import SOMEONE
from knowledge.store.database import Database


class Unnamed:
    """Replaces their names, addresses and unmistakable parts of names by "someone"; reads the store once."""

    def __init__(self, db: Database) -> None:
        rows = db.read(
            "SELECT p.name, p.email, i.name, i.email, p.opted_out FROM people p"
            " LEFT JOIN identities i ON i.person_id = p.id"
        )
        hidden = {word for row in rows if row[4] for word in row[:4] if word}
        others = {part.casefold() for row in rows if not row[4] for word in row[:4:2] if word for part in word.split()}
        parts = {part for word in hidden if "@" not in word for part in word.split() if len(part) > 2}
        hidden |= {part for part in parts if part.casefold() not in others}
        listed = "|".join(re.escape(word) for word in sorted(hidden, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE) if listed else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        return self._pattern.sub(SOMEONE, text) if self._pattern else text
