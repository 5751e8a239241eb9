"""Whether somebody is glad to help newcomers: asked before one is sent to them, and told on when they say yes.

A tour that finds a small place whose holder has not said so keeps a question to them in the outbox: once a person and
area, at most one in a quarter, within their budget and hours as everything that the bot says first. Their yes reaches
whoever is new; their no reaches nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from bot.etiquette import Recipient, Send
from bot.message import Asker, Message, Note, Text
from bot.nudging.voice import Plain
from bot.phrases import code, plain
from bot.veiling import veiled
from knowledge.store import outbox, willing
from knowledge.store.database import Database
from knowledge.store.outbox import Entry
from knowledge.store.persons import people_by_id
from knowledge.store.wishes import Wishes
from knowledge.ways_in.tour_places import FirstPlace

KIND = "willing"
DAY = 86_400
EXPIRE_DAYS = 14
AGAIN_DAYS = 91  # before somebody is asked about another place


def ask(db: Database, place: FirstPlace, asker: Asker, newcomer: int, now: int) -> bool:
    """Keep the question to the holder of a small place; False where they were asked lately, or this once before."""
    person, where = place.person.id, place.area.path or place.path
    if db.read(
        "SELECT 1 FROM outbox WHERE about = :about AND what = 'ask' AND created_time > :since",
        about=_about(person),
        since=now - AGAIN_DAYS * DAY,
    ):
        return False
    account = asker.id if asker.platform == "slack" else ""
    payload = {"where": where, "path": place.path, "newcomer": newcomer, "account": account}
    entry = Entry(
        mark=f"{KIND} {person} {_short(where)}", kind=KIND, what="ask", people=(person,), created=now, not_before=now,
        expires=now + EXPIRE_DAYS * DAY, about=_about(person), payload=payload,
    )  # fmt: skip
    with db.transaction() as tx:
        return bool(outbox.put(tx, [entry]))


def answered(db: Database, mark: str, person: int, word: str, now: int) -> str:
    """Somebody says "yes", "all" or "no" to the question of this mark; returns what to say to them."""
    entry = outbox.Outbox(db, "").get(mark)
    if entry is None or person not in entry.people:
        return "This was written to somebody else, so it is theirs to answer; nothing has changed."
    said = willing.read(db, now)
    before = (person in said.no, said.yes.get(person))
    where = str(entry.payload["where"])
    if word == "no":
        willing.refuse(db, person, now)
    else:
        willing.agree(db, person, [willing.EVERYWHERE if word == "all" else where], now)
    with db.transaction() as tx:
        outbox.answered(tx, entry.about, person, now)
        if word != "no":
            outbox.put(tx, _told(entry, person, now))
    if word == "no":
        return "That is fine, thank you for saying so: I send no newcomers to you, and ask no more. Only I see it."
    after = willing.read(db, now)
    if before == (False, after.yes.get(person)):
        return "You said so already; thank you."
    return "Thank you! Newcomers hear that you are glad to help; `no newcomers` ends that at any time."


def _told(entry: Entry, person: int, now: int) -> list[Entry]:
    """To whoever is new: there is a yes."""
    newcomer, account = int(entry.payload.get("newcomer") or 0), str(entry.payload.get("account") or "")
    if not (newcomer or account):
        return []
    payload = {**entry.payload, "channel": account, "holder": person}
    people = () if account else (newcomer,)
    return [
        Entry(
            mark=f"{entry.mark} told",
            kind=KIND,
            what="told",
            people=people,
            created=now,
            not_before=now,
            expires=now + EXPIRE_DAYS * DAY,
            about=f"{entry.about} told",
            place="person" if people else "channel",
            agreed=True,
            payload=payload,
        )  # fmt: skip
    ]


class Helping(Plain):
    """Its voice (`bot.nudging.voice`)."""

    kind = KIND

    def __init__(self, db: Database) -> None:
        self._db = db

    def wanted(self, entry: Entry) -> bool:
        """Whether it is still open: nobody is asked who said so meanwhile, or wants to hear nothing of newcomers."""
        person = int(entry.payload["holder"]) if entry.what == "told" else entry.people[0]
        said = willing.read(self._db, entry.created)
        if entry.what == "told":
            return person in said.yes
        out = any(one.word == "opt-out" and one.subject == "newcomer" for one in Wishes(self._db).of(person))
        return not (out or person in said.yes or person in said.no)

    def message(self, entry: Entry, known: Mapping[int, Recipient], verdict: Send, now: int) -> Message:  # noqa: ARG002
        """The question with its three answers, or the yes."""
        return veiled(_words(self._db, entry), self._db)


def _words(db: Database, entry: Entry) -> Message:
    path = code(str(entry.payload["path"]))
    if entry.what == "told":
        person = people_by_id(db, [int(entry.payload["holder"])])[int(entry.payload["holder"])]
        return Message((Text(f"{plain(person.name)} is glad to help you with a first change in {path}: just ask."),))
    text = (
        f"Somebody new could begin with a small change in {path}, and you are active there. Would you be glad to look"
        " at it with them, half an hour or so?"
    )
    stop = "Nobody hears of a no. “stop newcomer” ends such questions; `lamp people willing` says it in a terminal."
    return Message((Text(text), Note(stop)), data={"willing": {"mark": entry.mark}})


def place_words(places: Any) -> str:
    """Where somebody helps, for a sentence."""
    return "wherever I know them" if willing.EVERYWHERE in places else ", ".join(code(one) for one in sorted(places))


def _about(person: int) -> str:
    return f"{KIND} {person}"


def _short(where: str) -> str:
    return blake2b(where.encode(), digest_size=6).hexdigest()
