"""Symbols that are called what a question says: in words ("the retry middleware"), or but for a slip of the finger."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.asking.path_words import ASIDE, like_pattern, path_words, stem
from knowledge.finding.spelling import near
from knowledge.store.database import Database

MOST = 400  # symbols that hold all the words are looked through


def named_by(db: Database, words: Sequence[str]) -> list[str]:
    """The qualified names whose last part consists of exactly these words, outside of tests and examples; sorted."""
    wheres = " AND ".join(f"LOWER(symbol) LIKE :w{at} ESCAPE '!'" for at in range(len(words)))
    rows = db.read(
        "SELECT DISTINCT p.symbol, d.path FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.symbol IN"
        f" (SELECT DISTINCT symbol FROM passages WHERE {wheres} LIMIT {MOST})",
        **{f"w{at}": f"%{like_pattern(stem(word))}%" for at, word in enumerate(words)},
    )
    wanted = [stem(word) for word in words]
    return sorted(
        {
            symbol
            for symbol, path in rows
            if [stem(word) for word in path_words(symbol.rpartition(".")[2])] == wanted and not ASIDE.search(path)
        }
    )


def near_names(db: Database, name: str) -> list[str]:
    """The qualified names whose last part is a slip or two away from that of `name`."""
    wanted = name.rpartition(".")[2].lower()
    rows = db.read("SELECT DISTINCT symbol FROM passages WHERE symbol <> ''")
    return [row[0] for row in rows if near(row[0].rpartition(".")[2].lower(), wanted)]
