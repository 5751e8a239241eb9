"""Pages in Slack: a thread, an answer or a session's notes becomes a draft in a form, the draft a change in git.

"Keep as a page" stands in a message's menu, under an answer that helped and after what a session's people wrote down.
The form opens at once and is filled when the thread is read and the pages are searched. Whoever sends it in is the
first author; the others of the thread go along as co-authors. The digest's buttons confirm, disown and retire pages;
"edit", there and in a nudge about a page, opens the page as it is now.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.chat.flows.base import Pressed, say
from bot.chat.flows.forms import FIELD, Block, button, form, menu, paragraph, row, select, text, waiting
from bot.chat.flows.page_form import TITLE, checksum, page_form, page_of
from bot.message import Asker, Message, Note, Quote, Text
from bot.nudging.flow import Flow as Nudged
from bot.phrases import code, plain
from bot.wiki.desk import Shown
from bot.wiki.drafting import Sketch, from_thread
from bot.wiki.saying import UNKNOWN, do
from bot.wiki.sources import of_question, of_request, of_session
from bot.wiki.words import draft_words, page_line, redacted_words
from knowledge.model import Person
from knowledge.store.finding import by_chat
from knowledge.store.persons import people_by_id

if TYPE_CHECKING:
    from bot.chat.slack_desk import Desk
    from bot.wiki.reviews import Reviews
    from knowledge.store.database import Database

MOST_META = 2300  # characters
MOST_DIFF = 1500
MOST_MESSAGES = 60  # of a thread
NEW = "new"
NUDGE = "nudge="  # how the value of "edit" begins where a nudge asked
NOT_OURS = "That page is in no wiki that I may write to: change it in git as ever, and it is noticed."
DOES = {"right": "confirm", "mine": "adopt", "notmine": "not-mine", "retire": "retire"}
LABELS = {"right": "Still right", "edit": "Edit it", "notmine": "Not mine", "retire": "Ready to retire"}


class WikiFlow:
    """See the module."""

    name = "wiki"
    opens = frozenset({"keep", "page", "session", "add", "edit"})
    words = frozenset({"wiki"})

    def __init__(self, db: Database, wiki: Callable[[], Reviews], clock: Callable[[], int]) -> None:
        self._db, self._wiki, self._clock = db, wiki, clock

    # -- the form -----------------------------------------------------------------------------------------------------

    async def open(self, pressed: Pressed, asker: Asker, desk: Desk) -> None:  # noqa: ARG002
        """The draft in a form, of which something is shown at once; or a page as it is now."""
        if pressed.what == "edit":
            view = await desk.open(pressed, waiting("wiki:wait", TITLE, "Reading the page…"))
            await desk.refill(pressed, view, await asyncio.to_thread(self._page, pressed.value))
            return
        view = await desk.open(pressed, waiting("wiki:wait", "Keep as a page", "Reading what was said…"))
        said: list[dict[str, Any]] = []
        if pressed.what == "keep":
            said = await self._thread(pressed, desk)
        people = tuple(dict.fromkeys(str(one["user"]) for one in said if one.get("user") and not one.get("bot_id")))
        filled = await asyncio.to_thread(self._filled, pressed, [str(one.get("text") or "") for one in said], people)
        await desk.refill(pressed, view, filled)

    @staticmethod
    async def _thread(pressed: Pressed, desk: Desk) -> list[dict[str, Any]]:
        """The messages of the thread, the first one first; the one message where there is no thread."""
        found = await desk.client.conversations_replies(
            channel=pressed.channel, ts=pressed.thread or pressed.ts, limit=MOST_MESSAGES
        )
        return list(found.get("messages") or []) or [dict(pressed.message)]

    def _filled(self, pressed: Pressed, said: list[str], users: tuple[str, ...]) -> Block:
        sketch = self._sketch(pressed, said)
        wiki = self._wiki()
        with wiki.desk.lock:
            wiki.desk.carrier.refresh()  # pages that people merged a moment ago count, too
            near = wiki.desk.near(sketch) if sketch.title else None
            coming = wiki.desk.on_its_way(sketch)
        places = {NEW: "A page of its own"}
        about = []
        if near is not None:
            places[near.path[:150]] = f"A section of {near.path}"
            about = [paragraph(f"{code(near.path)} {near.why}.")]
        elif coming is not None:
            about = [
                paragraph(f"“{plain(coming.title)}” with notes of this session is on its way ({code(coming.path)}).")
            ]
        meta: dict[str, Any] = {"links": sketch.links, "sources": sketch.sources, "question": sketch.question_id,
                                "about": sketch.about, "wrote": sketch.wrote, "users": users}  # fmt: skip
        while len(json.dumps(meta)) > MOST_META and (meta["users"] or meta["links"] or meta["sources"]):
            longest = max(("users", "links", "sources"), key=lambda name: len(json.dumps(meta[name])))
            meta[longest] = meta[longest][:-1]
        hint = "Markdown. Secrets are taken out; names of people who opted out, too."
        return form(
            "wiki:write",
            "Keep as a page",
            *about,
            text("title", "Title", initial=sketch.title, most=150),
            text("text", "Text", initial=sketch.text, lines=True, most=FIELD, hint=hint),
            select("where", "Where", places, initial=near.path[:150] if near else NEW),
            submit="Keep it",
            meta=json.dumps(meta),
        )

    def _page(self, value: str) -> Block:
        """The form for the page that a nudge is about, or of a path."""
        wiki, about = self._wiki(), value.removeprefix(NUDGE) if value.startswith(NUDGE) else ""
        nudge = Nudged(self._db).nudges.get(about) if about else None
        path, ours = (nudge.area, nudge.repo_id in {wiki.repo_id, 0}) if nudge else (value, True)
        with wiki.desk.lock:
            page = wiki.desk.carrier.tree().read(path) if ours else None
        return waiting("wiki:wait", TITLE, NOT_OURS) if page is None else page_form(path, page, about)

    def _sketch(self, pressed: Pressed, said: list[str]) -> Sketch:
        match pressed.what:
            case "page" if pressed.value.startswith("r:"):  # what a person answered
                return of_request(self._db, pressed.value.removeprefix("r:"))
            case "page":
                return of_question(self._db, int(pressed.value))
            case "session":
                return of_session(self._db, pressed.value)
            case "add":
                return Sketch("", "")
        sketch = from_thread(said)
        source = f"Slack thread {pressed.channel} {pressed.thread or pressed.ts}"
        return Sketch(sketch.title, sketch.text, sketch.links, (source,))

    async def mistakes(self, pressed: Pressed) -> Mapping[str, str]:
        """A page wants a title and a text."""
        if pressed.what == "rewrite":
            kept = any(letter.isalnum() for letter in page_of(pressed.fields))
            return {} if kept else {"part0": "Nothing would be left; “Ready to retire” takes a page away."}
        wrong = {}
        if not pressed.fields.get("title", "").strip():
            wrong["title"] = "What should it be called?"
        if not any(letter.isalnum() for letter in pressed.fields.get("text", "")):
            wrong["text"] = "Write what should be found there."
        return wrong

    # -- what is done -------------------------------------------------------------------------------------------------

    async def heard(self, pressed: Pressed, asker: Asker, desk: Desk) -> Message | None:
        """The form that was sent in, a button of a digest, or `/lamp wiki`."""
        person = await asyncio.to_thread(by_chat, self._db, "slack", asker.id, asker.email)
        if pressed.how == "command":
            return await asyncio.to_thread(self._due, person)
        if pressed.what == "rewrite":
            return await asyncio.to_thread(self._rewritten, pressed, person)
        if pressed.how == "form":
            others = await self._people(json.loads(pressed.meta or "{}").get("users") or (), asker, desk)
            return await asyncio.to_thread(self._written, pressed, person, others)
        if person is None:
            return say(UNKNOWN)
        does = DOES.get(pressed.value if pressed.what == "do" else pressed.what)
        path = pressed.about if pressed.what == "do" else pressed.value
        if does is None:
            return say("This button does nothing any more.")
        return say(await asyncio.to_thread(self._said, does, path, person))

    def _said(self, does: Any, path: str, person: Person) -> str:
        wiki = self._wiki()
        with wiki.desk.lock:
            return do(wiki, does, wiki.resolve(path), person, self._clock())

    async def _people(self, users: Any, asker: Asker, desk: Desk) -> list[Person]:
        """Who else spoke in the thread, where the store knows them."""
        found = []
        for user in users:
            if user != asker.id:
                who = await desk.directory.who(str(user))
                found.append(await asyncio.to_thread(by_chat, self._db, "slack", who.id, who.email))
        return [one for one in found if one is not None]

    def _written(self, pressed: Pressed, person: Person | None, others: list[Person]) -> Message:
        meta = json.loads(pressed.meta or "{}")
        sketch = Sketch(
            pressed.fields["title"], pressed.fields["text"], tuple(meta.get("links") or ()),
            tuple(meta.get("sources") or ()), meta.get("question"), str(meta.get("about") or ""),
        )  # fmt: skip
        wrote = people_by_id(self._db, [int(one) for one in meta.get("wrote") or ()]).values()
        authors = list({one.id: one for one in (*([person] if person else []), *others, *wrote)}.values())
        where = pressed.fields.get("where", NEW)
        wiki, now = self._wiki(), self._clock()
        with wiki.desk.lock:
            shown = wiki.desk.show(sketch, authors, now, "" if where == NEW else where)
            kept = wiki.desk.keep(shown.draft)
            carried = wiki.desk.carry(kept.id, now) or kept
        return _told(draft_words(carried), shown)

    def _rewritten(self, pressed: Pressed, person: Person | None) -> Message:
        """A page as somebody left it, kept as a change; nobody else's words are written over."""
        meta, text, now = json.loads(pressed.meta), page_of(pressed.fields), self._clock()
        wiki, path = self._wiki(), str(meta["path"])
        with wiki.desk.lock:
            old = wiki.desk.carrier.tree().read(path)
            if old is None or checksum(old) != meta["sum"]:
                kept = Quote(text[:FIELD], path)
                return Message((Text(f"{code(path)} changed while you wrote, so nothing was replaced. Yours:"), kept))
            if old.rstrip() == text.rstrip():
                return say("It is as it was; nothing was changed. “Still right” says that it may stay so.")
            shown = wiki.desk.edit(path, text, person, now)
            draft = wiki.desk.keep(shown.draft)
            carried = wiki.desk.carry(draft.id, now) or draft
        if meta["about"] and person is not None:
            Nudged(self._db).answer(meta["about"], person.id, "edit", now)
        return _told(draft_words(carried), shown)

    def _due(self, person: Person | None) -> Message:
        if person is None:
            return say(UNKNOWN)
        wiki = self._wiki()
        with wiki.desk.lock:
            mine = [one for one in wiki.due(self._clock()) if one.owner.person == person.id]
        if not mine:
            return say("No page of yours is due.")
        lines = tuple(Text(page_line(one)) for one in mine[:5])
        rows = digest_rows({"pages": [one.path for one in mine[:5]]})
        return Message((Text("These could use a look; are they still right?"), *lines), data={"rows": rows})


def _told(words: str, shown: Shown) -> Message:
    notes = [Note(one) for one in (*redacted_words(shown.redacted), *shown.notes)]
    diff = shown.diff if len(shown.diff) <= MOST_DIFF else f"{shown.diff[:MOST_DIFF]}\n…"
    return Message((Text(words), Quote(diff, shown.draft.path, "diff"), *notes))


def keep_row(what: str, value: str) -> tuple[Block, ...]:
    """The offer to keep something as a page: what "page" with a question's id, or "session" with a nudge's."""
    return (row(button(f"wiki:{what}", "Keep this as a page…", value)),)


def kept_as_page(question_id: int) -> Message:
    """What is said to "helpful"."""
    offer = "Thank you, noted as helpful. Should it be found again by others?"
    return Message((Text(offer),), data={"rows": keep_row("page", str(question_id))})


def digest_rows(said: Mapping[str, Any]) -> tuple[Block, ...]:
    """The buttons of a digest: for one page what can be said of it, for several a menu each."""
    pages = [str(one) for one in said.get("pages") or ()]
    if len(pages) == 1:
        return (row(*(button(f"wiki:{what}", label, pages[0]) for what, label in LABELS.items())),)
    options = {what: label for what, label in LABELS.items() if what != "edit"}
    return tuple(row(menu(f"wiki:do:{one}", one.rpartition("/")[2], options)) for one in pages)
