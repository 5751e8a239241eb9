"""What is said of a page in chat: "confirm docs/deploy.md", "this page is still right", "retire …", "… is not mine".

The words are matched here, purely; `answer` does it, in the name of whoever the chat account belongs to. "This page" is
the one that the thread's last answer cites first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from bot.answer import Answer
from bot.looking_back import only_looks
from bot.message import Incoming, Text
from bot.phrases import code
from bot.wiki.desk import Desk
from bot.wiki.reviews import Reviews
from bot.wiki.words import draft_words
from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.store.finding import by_chat

Does = Literal["confirm", "adopt", "not-mine", "retire"]
UNKNOWN = (
    "I do not know which of the people in the histories you are, so nothing has changed. A lead can link you with"
    " `lamp people link`."
)
_PAGE = r"[`'\"“]?(?P<page>this page|that page|it|the page|[\w./-]*[\w-]+\.(?:md|mdx|markdown))[`'\"”]?"
_RULES: tuple[tuple[Does, re.Pattern[str]], ...] = tuple(
    (what, re.compile(rf"(?:please |ok,? |yes,? )*{form}[.! ]*", re.IGNORECASE))  # type: ignore[misc]
    for what, form in (
        (
            "confirm",
            rf"(?:i )?confirm(?: that)? {_PAGE}(?: is (?:still )?(?:right|correct|up[- ]to[- ]date))?",
        ),
        ("confirm", rf"{_PAGE} is (?:still|all) (?:right|correct|true|valid|accurate|up[- ]to[- ]date|good|fine)"),
        ("adopt", rf"(?:i(?: will|'ll)? (?:adopt|own|take)(?: over)?|adopt) {_PAGE}"),
        ("not-mine", rf"{_PAGE} is(?: not|n't) mine"),
        ("retire", rf"(?:retire {_PAGE}|{_PAGE.replace('?P<page>', '?P<other>')} can be retired)"),
    )
)


class Wish(NamedTuple):
    """What to do with a page; `page` is "" where it is the one that was spoken of."""

    does: Does
    page: str


def wish(text: str) -> Wish | None:
    """What somebody wants done with a page; None for anything else."""
    said = " ".join(text.split())
    for does, form in _RULES:
        if (found := form.fullmatch(said)) is not None:
            page = found.group("page") or found.groupdict().get("other") or ""
            return Wish(does, "" if re.fullmatch(r"(?:this|that|the) page|it", page, re.IGNORECASE) else page)
    return None


def answer(wiki: Callable[[], Reviews], incoming: Incoming, before: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Do it and say so, for their eyes only; None for what is no such wish.

    Args:
        wiki: opened where there is such a wish.
        incoming: what was said.
        before: the answers of the thread, the latest first, as they were stored.

    Raises:
        Mistake: it was said of a day in the past.
    """
    wanted = wish(incoming.text)
    page = wanted.page or cited(before) if wanted else ""
    if wanted is None or not page:
        return None
    if incoming.looks_back:
        raise only_looks("what you say of a page")
    reviews = wiki()
    asker = incoming.asker
    person = by_chat(reviews.db, asker.platform, asker.id, asker.email)
    if person is None:
        return Answer((Text(UNKNOWN),), abstained=True, private=True)
    try:
        with reviews.desk.lock:
            told = do(reviews, wanted.does, reviews.resolve(page), person, incoming.time)
    except Mistake as mistake:
        return Answer((Text(str(mistake)),), abstained=True, private=True)
    return Answer((Text(told),), private=True)


def do(reviews: Reviews, does: Does, path: str, person: Person, now: int) -> str:
    """Do what somebody says of a page; returns what became of it, in words."""
    if does == "not-mine":
        reviews.not_mine(path, person)
        return f"Noted: you are not asked about {code(path)} any more."
    made = {"confirm": reviews.confirm, "adopt": reviews.adopt, "retire": reviews.retire}[does](path, person, now)
    desk: Desk = reviews.desk
    return draft_words(desk.carry(made.id, now) or made)


def cited(before: Sequence[Mapping[str, Any]]) -> str:
    """The page that a thread spoke of last; "" for none."""
    for told in before:
        for one in told.get("evidence") or ():
            if one.get("kind") in {"doc", "wiki"} and str(one.get("path", "")).endswith((".md", ".mdx", ".markdown")):
                return str(one["path"])
    return ""
