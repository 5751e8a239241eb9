"""Who it is that asks: the linked chat account, or in the terminal the address that git commits under."""

from __future__ import annotations

from contextlib import suppress

from bot.answer import Ground
from bot.message import Asker
from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.store.finding import by_chat


def person_of(ground: Ground, asker: Asker, repo_id: int) -> Person | None:
    """The person who asks about a repository, None where nobody can tell."""
    found = by_chat(ground.db, asker.platform, asker.id, asker.email)
    if found is None and asker.platform == "terminal" and not asker.email and ground.git is not None:
        with suppress(Mistake):  # the repository is not where it was indexed: nobody can tell
            found = by_chat(ground.db, asker.platform, "", ground.git.email(repo_id))
    return found
