"""What an answer leaves behind: evidence that somebody knows the place, and words that the next question finds.

The text of a passage is the question and the answer alone: who answered stands in the request, so that a person who
opts out later is unnamed wherever it is shown.
"""

from __future__ import annotations

from hashlib import blake2b

from knowledge.model import Document, Event, Passage
from knowledge.store import events
from knowledge.store.database import Database, Transaction, storable
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos
from knowledge.store.requests import Request

SOURCE = "chat"
FOLDER = "answers/"  # no path of a repository: what stands there was said in chat
TITLE = 160  # characters
PIECE = 2000  # characters of one passage, about what the model reads at once


def capture(tx: Transaction, db: Database, one: Request, now: int) -> None:
    """Keep an answer as evidence (once) and as passages, in the transaction that keeps the answer itself."""
    known = one.repo_id or next((repo.id for repo in Repos(db).all()), None)
    if one.holder is not None and (one.repo_id or one.topic):
        node = events.node_of(tx, one.repo_id, one.area) if one.repo_id else None
        event = Event("answered", one.holder, one.area, now, 1.0, f"request {one.id}")
        events.record(tx, event, events.Where(node, one.topic))
    if known is not None:
        Passages(db).replace(tx, known, SOURCE, document(one))


def document(one: Request) -> Document:
    """A question and its answer as passages; `line_start` counts the pieces."""
    title = " ".join(one.text.split())
    title = title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…"
    path = FOLDER + one.id
    texts = [f"{one.text.strip()}\n\n{piece}" if not at else piece for at, piece in enumerate(pieces(one.answer))]
    return Document(path, tuple(_passage(path, at, title, text) for at, text in enumerate(texts, 1)), one.id)


def pieces(text: str, size: int = PIECE) -> list[str]:
    """A text in pieces of at most `size` characters, cut between paragraphs or, where one is too long, words."""
    found: list[str] = []
    rest = text.strip()
    while len(rest) > size:
        head = rest[:size]
        at = max(head.rfind("\n\n"), 0) or max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or size
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in (*found, rest) if piece]


def _passage(path: str, at: int, title: str, text: str) -> Passage:
    """With its content hash, as `indexers.chunk.passage` makes it."""
    title, text = storable(title), storable(text)
    digest = blake2b(f"chat\0{title}\0{text}".encode(), digest_size=16).hexdigest()
    return Passage("chat", path, at, at, title, text, "", digest)
