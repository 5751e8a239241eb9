"""Symbols of the code by their qualified name, its last parts, or the words in it: SQL over `passages`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.asking.path_words import ASIDE, like_pattern
from knowledge.asking.paths import MOST_CHOICES, Paths
from knowledge.asking.symbol_words import named_by, near_names
from knowledge.asking.targets import Resolution, Target


@dataclass(frozen=True)
class Symbols:
    """The symbols of every repository of a store."""

    tree: Paths

    def named(self, name: str, repo_id: int = 0, path: str = "") -> list[Target]:
        """Places where `name` is defined: the qualified name, else its last parts."""
        columns = """SELECT d.repo_id, d.path, p.symbol, MIN(p.line_start), MAX(p.line_end) FROM passages p
                     JOIN documents d ON d.id = p.document_id"""
        where = " AND d.repo_id = :repo AND d.path = :path" if path else ""
        only = {"repo": repo_id, "path": path} if path else {}
        group = " GROUP BY d.repo_id, d.path, p.symbol ORDER BY d.path LIMIT 200"
        rows = self.tree.db.read(f"{columns} WHERE p.symbol = :name{where}{group}", name=name, **only)
        if not rows:
            tail = f"%.{like_pattern(name)}"
            # The inner query reads the index of symbols alone, not the texts beside them.
            inner = "p.symbol IN (SELECT DISTINCT symbol FROM passages WHERE symbol LIKE :tail ESCAPE '!')"
            rows = self.tree.db.read(f"{columns} WHERE {inner}{where}{group}", tail=tail, **only)
            rows = [row for row in rows if row[2].endswith("." + name)] or rows
        names = {repo.id: repo.name for repo in self.tree.repos()}
        found = [Target("symbol", r[0], names.get(r[0], ""), r[1], r[3], r[4], r[2]) for r in rows]
        return sorted(found, key=lambda t: (bool(ASIDE.search(t.path)), t.symbol.count("."), t.path))

    def one(self, name: str, said: str) -> Resolution | None:
        """The symbol of a name, several, or None for none; tests and examples only where nothing else has it."""
        if not re.fullmatch(r"[A-Za-z_$][\w.$]*", name):
            return None
        found = self.named(name)
        while not found and "." in name:  # flask.Flask.route: the module is no part of our qualified name
            name = name.partition(".")[2]
            found = self.named(name)
        first = [t for t in found if not ASIDE.search(t.path)]
        found = first or found
        if not found:
            return None
        return found[0] if len(found) == 1 else self.tree.several(said, found)

    def called(self, core: list[str]) -> Resolution | None:
        """The one symbol that is called by these words."""
        names = named_by(self.tree.db, core)
        found = self.named(names[0]) if len(names) == 1 else []
        return found[0] if found else None

    def near(self, name: str) -> tuple[Target, ...]:
        """Symbols whose name is a slip away."""
        close = near_names(self.tree.db, name)[:MOST_CHOICES]
        return tuple(target for symbol in close for target in self.named(symbol)[:1])
