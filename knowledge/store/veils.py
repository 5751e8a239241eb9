"""The veil over everybody of a store who opted out, made anew when that changes; None while nobody did.

Light on imports: `bot/quick.py` comes by here, too.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.store.database import Database
    from knowledge.veil import Veil

_HIDDEN = "SELECT id, name, email, slack_id, discord_id FROM people WHERE opted_out = 1 ORDER BY id"
_NAMES = (
    "SELECT i.id, i.name, i.email, '', '' FROM identities i JOIN people p ON p.id = i.person_id WHERE p.opted_out = 1"
    " ORDER BY i.id"
)
_NEWEST = "SELECT (SELECT COALESCE(MAX(id), 0) FROM people), (SELECT COALESCE(MAX(id), 0) FROM identities)"
_OTHERS = (
    "SELECT name FROM people WHERE opted_out = 0 UNION SELECT i.name FROM identities i"
    " LEFT JOIN people p ON p.id = i.person_id WHERE COALESCE(p.opted_out, 0) = 0"
)
WORD_FROM = 3  # subjects of commits that write it small, from which on a name is a word here, too


def veil_over(db: Database) -> Veil | None:
    """What hides everybody who opted out by now; costs a look into an index."""
    hidden = db.read(_HIDDEN)
    if not hidden:
        return None
    rows = (*hidden, *db.read(_NAMES), *db.read(_NEWEST))
    held = db.held_veil
    if held is None or held[0] != rows:
        from knowledge.veil import Veil

        accounts = [account for row in hidden for account in row[3:]]
        names = [row[1:3] for row in rows[:-1]]
        held = db.held_veil = (rows, Veil(names, accounts, *_stays(db, [name for name, _ in names])))
    return held[1]


def _stays(db: Database, names: Sequence[str]) -> tuple[set[str], set[str]]:
    """Of the parts of these names those that others bear, and those that are words in files and messages."""
    from knowledge.veil import name_parts

    parts = {part.lower() for name in names for part in name_parts(name)}
    others = parts & {part.lower() for row in db.read(_OTHERS) for part in row[0].replace(",", " ").split()}
    return others, {part for part in parts - others if _is_word(db, part)}


def _is_word(db: Database, part: str) -> bool:
    """Whether a file or directory is called so, or messages write it small."""
    import re

    like = f"%{part.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    paths = db.read("SELECT path FROM nodes WHERE LOWER(path) LIKE :like ESCAPE '!'", like=like)
    called = re.compile(rf"(?:^|/){re.escape(part)}(?:[._/-]|$)", re.IGNORECASE)
    if any(called.search(row[0]) for row in paths):
        return True
    said = db.read("SELECT subject FROM commits WHERE LOWER(subject) LIKE :like ESCAPE '!'", like=like)
    small = re.compile(rf"(?<![\w/.@-]){re.escape(part)}(?![\w/-])")
    return sum(small.search(row[0]) is not None for row in said) >= WORD_FROM
