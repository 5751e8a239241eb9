"""The veil over everybody of a store who opted out, made anew when that changes; None while nobody did.

Light on imports: `bot/quick.py` comes by here, too.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.store.database import Database
    from knowledge.veil import Veil

_HIDDEN = "SELECT id, name, email, slack_id, discord_id FROM people WHERE opted_out = 1 ORDER BY id"
_NAMES = (
    "SELECT i.id, i.name, i.email, '', '' FROM identities i JOIN people p ON p.id = i.person_id WHERE p.opted_out = 1"
    " ORDER BY i.id"
)


def veil_over(db: Database) -> Veil | None:
    """What hides everybody who opted out by now; costs a look into an index."""
    hidden = db.read(_HIDDEN)
    if not hidden:
        return None
    rows = (*hidden, *db.read(_NAMES))
    held = db.held_veil
    if held is None or held[0] != rows:
        from knowledge.veil import Veil

        accounts = [account for row in hidden for account in row[3:]]
        held = db.held_veil = (rows, Veil([row[1:3] for row in rows], accounts))
    return held[1]
