"""What the Slack app was refused for want of a scope, kept so that `lamp doctor` can say it without asking Slack."""

from __future__ import annotations

from knowledge.store.database import Database
from knowledge.store.repos import get_meta, set_meta

MISSING = "slack-missing-scopes"
DND = "dnd:read"


def note(db: Database, missing: str) -> None:
    """Remember a missing scope; "" that none is."""
    if (get_meta(db, MISSING) or "") != missing:
        with db.transaction() as tx:
            set_meta(tx, MISSING, missing)
