"""What somebody says in chat about being spoken to: snooze, stop, never pair me with …; only they ever see it.

The grammar is `wanting.py`'s. In chat the same words may begin a question ("stop words", "resume the import?"), so only
what can mean nothing else is taken.
"""

from __future__ import annotations

import re

from bot.etiquette import ALL
from bot.looking_back import only_looks
from bot.message import Incoming, Message, Text
from bot.nudging.kinds import KINDS
from bot.nudging.replying import UNKNOWN
from bot.nudging.wanting import Wanting
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.finding import by_chat

_FIRST = re.compile(
    r"(?:snooze|stop|resume|opt-out|opt-in|never[ -]pair|pair (?:me )?with|(?:i am )?interest(?:ed)?"
    r"|(?:no|forget) interest|(?:i am )?(?:happy|glad|willing) to (?:help|mentor)|no newcomers|i cannot help newcomers"
    r"|(?:my )?wishes)\b",
    re.IGNORECASE,
)
_OF_A_KIND = re.compile(r"(?:stop|resume|opt-out|opt-in) (?P<kind>\S+)", re.IGNORECASE)
_WHOLE = frozenset({ALL, "everything", "nudges", "nudging"})


def said_in_chat(db: Database, incoming: Incoming) -> Message | None:
    """What to answer, for their eyes only; None where it is about something else.

    Raises:
        Mistake: it was said of a day in the past.
    """
    words = " ".join(re.sub(r"\bi['’]m\b", "i am", incoming.text, flags=re.IGNORECASE).split()).rstrip(".!")
    if not _FIRST.match(words) or words.endswith("?"):
        return None
    kind = _OF_A_KIND.fullmatch(words)
    if kind is not None and kind["kind"].lower() not in _WHOLE | set(KINDS):
        return None
    if incoming.looks_back and Wanting(db, 0, incoming.time, "UTC").understands(words):
        raise only_looks("what you wish")
    asker = incoming.asker
    person = by_chat(db, asker.platform, asker.id, asker.email)
    try:
        told = Wanting(db, person.id if person else 0, incoming.time, _zone(db, person.id if person else 0))
        said = told.said(words) if person else (UNKNOWN if told.understands(words) else None)
    except Mistake as mistake:
        said = str(mistake)
    return None if said is None else Message((Text(said),), intent="person", private=True)


def _zone(db: Database, person: int) -> str:
    rows = db.read("SELECT timezone FROM people WHERE id = :id", id=person)
    return str(rows[0][0]) if rows and rows[0][0] else "UTC"
