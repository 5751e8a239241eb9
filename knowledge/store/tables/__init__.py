"""The schema of the store. Migrations in `migrations/versions/` build it; a test proves that both agree.

Conventions: times are whole seconds since 1970, UTC; flags are 0 or 1; lists and objects are JSON text; a path is a
node of a tree per repository, so that a file, its directories and the root are rows of one table.
"""

from knowledge.store.tables import conversation, history, nudges, passages, people, reports, repos, requests, wiki
from knowledge.store.tables.columns import metadata as metadata

__all__ = [
    "conversation",
    "history",
    "metadata",
    "nudges",
    "passages",
    "people",
    "reports",
    "repos",
    "requests",
    "wiki",
]
