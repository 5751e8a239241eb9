"""The wiki's desk: from a sketch to a draft that is kept, and what people say of pages; everything that is done here.

Nothing leaves a draft unredacted or names who opted out; a page that says much of it already is offered first. What is
kept is carried into git at once (`carry`), or by the clock (`tick`) when that failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any, NamedTuple, Protocol

from bot.wiki.carrying import Carrier
from bot.wiki.conventions import free_path, title_in, wiki_pages
from bot.wiki.drafting import Sketch, Spot, with_links
from bot.wiki.filing import Clash, Filing, diff, file
from bot.wiki.front import body_of, fields_of
from knowledge.errors import Mistake
from knowledge.model import Evidence, Person
from knowledge.store.database import Database
from knowledge.store.veils import veil_over
from knowledge.store.wiki import Draft, Drafts, draft_id, put

MUCH = 0.5  # share of a draft's three-word runs that stand on a page: it says much of it already
NEAR_PAGES = 6  # looked at, by the title and by the text
ASKED_TEXT = 400  # characters of a draft that pages like it are looked for with
MOST_TITLE = 150
MOST_TEXT = 50_000


class Searcher(Protocol):
    """What is needed of search."""

    def pages(self, query: str, k: int = 10) -> list[Evidence]: ...
    def confidence(self, query: str, evidence: Sequence[Evidence]) -> float: ...


class Near(NamedTuple):
    """A page that may be the better place for a draft, and why, in words that follow "`docs/x.md` "."""

    path: str
    title: str
    why: str


class Shown(NamedTuple):
    """A draft as it would be filed: what people look at before they say yes."""

    draft: Draft
    diff: str
    notes: tuple[str, ...]
    redacted: tuple[str, ...]  # kinds of secrets that were taken out


def _here(path: str) -> Spot:  # noqa: ARG001
    """In the wiki's own repository, as everything is while nothing else is known."""
    return Spot(here=True)


@dataclass(frozen=True)
class Ways:
    """What the desk needs of the senses and the memory."""

    redact: Callable[[str], tuple[str, tuple[str, ...]]]
    overlap: Callable[[str, str], float]  # share of the first text's three-word runs that the second has
    search: Callable[[], Searcher | None]
    confidence: float = 0.5
    review_days: int = 182
    owner: str = ""  # of pages whose author nobody knows
    where: Callable[[str], Spot | None] = _here  # is a path of code


class Desk:
    """Drafts and reviews of one wiki."""

    def __init__(self, db: Database, carrier: Carrier, ways: Ways) -> None:
        self.db = db
        self.carrier = carrier
        self.ways = ways
        self.drafts = Drafts(db)
        self.lock = RLock()  # around everything that asks git: a clone is one thread's at a time

    # -- drafts -------------------------------------------------------------------------------------------------------

    def near(self, sketch: Sketch) -> Near | None:
        """The page that should rather be added to, None where there is none."""
        tree = self.carrier.tree()
        pages = set(wiki_pages(tree.paths, tree.convention))
        wanted = _bare(sketch.title)
        for path in sorted(pages):
            text = tree.read(path) or ""
            if _bare(title_in(path, body_of(text), fields_of(text))) == wanted:
                return Near(path, sketch.title, "has this title already")
        made = self.drafts.of_session(sketch.about) if sketch.about else []
        if (own := next((one for one in made if one.path in pages), None)) is not None:
            return Near(own.path, own.title, "has notes of this session already")
        search = self.ways.search()
        if search is None:
            return None
        found = [one for one in search.pages(sketch.title, NEAR_PAGES) if one.path in pages]
        worded = [one for one in search.pages(sketch.text[:ASKED_TEXT], NEAR_PAGES) if one.path in pages]
        for one in {one.path: one for one in (*reversed(worded), *reversed(found))}.values():
            if self.ways.overlap(sketch.text, tree.read(one.path) or "") >= MUCH:
                return Near(one.path, one.title, "says much of this already")
        if found and search.confidence(sketch.title, found) >= self.ways.confidence:
            best = found[0]
            section = f" (“{best.title}”)" if best.title else ""
            return Near(best.path, best.title, f"seems to answer this already{section}")
        return None

    def on_its_way(self, sketch: Sketch) -> Draft | None:
        """What somebody else made of the same session's notes, while it is not in the wiki yet."""
        made = self.drafts.of_session(sketch.about) if sketch.about else []
        return next((one for one in made if one.state != "merged"), None)

    def show(self, sketch: Sketch, authors: Sequence[Person], now: int, update: str = "") -> Shown:
        """The draft of a sketch, and what filing it would change; nothing is kept.

        Args:
            sketch: title and text as people left them.
            authors: who said it, the first one first; those who opted out are not named.
            now: seconds UTC.
            update: the page to add to, "" for a new one.

        Raises:
            Mistake: there is no text, no title, or no such page.
        """
        title, text, kinds = self._clean(sketch)
        tree = self.carrier.tree()
        if update and update not in tree.paths:
            raise Mistake(f"the wiki has no page {update}", "`lamp wiki` lists pages.")
        taken = [*tree.paths, *(one.path for one in self.drafts.unfinished() if one.kind == "new")]
        mine = next((one for one in self.drafts.unfinished() if one.intent.get("said") == [title, text]), None)
        path = update or (mine.path if mine else free_path(title, tree.convention, taken))
        whole = with_links(
            replace(sketch, title=title, text=text),
            path,
            self.ways.where,
        )
        named = [one for one in authors if not one.opted_out and one.email]
        intent = self._intent(sketch, named, now) | {"said": [title, text]}
        kind = "update" if update else "new"
        number = draft_id(kind, path, title, text, *(one.email for one in named))
        draft = Draft(number, kind, path, title, whole, "section" if update else "", intent, created=now)
        found = file(draft, tree)
        if isinstance(found, Clash):
            raise Mistake(found.why, "Choose another title.")
        return Shown(draft, diff(found, tree), found.notes, kinds)

    def edit(self, path: str, text: str, author: Person | None, now: int) -> Shown:
        """A page as somebody rewrote it; what it was is remembered, so that nobody else's change is lost.

        Raises:
            Mistake: there is no such page.
        """
        tree = self.carrier.tree()
        old = tree.read(path)
        if old is None:
            raise Mistake(f"the wiki has no page {path}", "`lamp wiki` lists pages.")
        clean, kinds = self.ways.redact(text)
        named = [author] if author and not author.opted_out else []
        title = title_in(path, body_of(clean), fields_of(clean))
        intent = self._intent(Sketch(title, clean), named, now) | {"old": old}
        draft = Draft(draft_id("whole", path, clean), "update", path, title, clean, "whole", intent, created=now)
        found = file(draft, tree)
        assert isinstance(found, Filing)  # noqa: S101  (the old text is the tree's own)
        return Shown(draft, diff(found, tree), found.notes, kinds)

    def keep(self, draft: Draft) -> Draft:
        """Keep a draft from now on, once: whoever says it again means the same one."""
        with self.db.transaction() as tx:
            put(tx, draft)
        return self.drafts.get(draft.id) or draft

    def carry(self, number: str, now: int) -> Draft | None:
        """Bring a kept draft as far as it goes; None where there is none."""
        draft = self.drafts.get(number)
        return self.carrier.carry(draft, now) if draft else None

    def tick(self, now: int) -> int:
        """Carry everything that is due; returns how many drafts went on."""
        self.carrier.refresh()
        due = self.drafts.due(now)
        return sum(self.carrier.carry(one, now).state != one.state for one in due)

    def retry(self, number: str, now: int, text: str = "") -> Draft | None:
        """Try again at once, a conflict with another text or on the page as it is now; None where there is none."""
        draft = self.drafts.get(number)
        if draft is None or draft.state in {"merged", "dropped"}:
            return draft
        after = replace(draft, tries=0, next_time=now)
        if draft.state == "conflict":
            after = self._again(after, text)
        elif text:
            raise Mistake(f"draft {number} is {draft.state}: its text is settled", "Change the page itself.")
        stored = self.drafts.save(draft, after)
        return self.carry(number, now) if stored else self.drafts.get(number)

    def _again(self, draft: Draft, text: str) -> Draft:
        tree = self.carrier.tree()
        there = tree.read(draft.path)
        fresh = replace(draft, state="kept", why="", base="", sha="", branch="")
        if draft.kind == "new" and there is not None:
            fresh = replace(fresh, path=free_path(draft.title, tree.convention, tree.paths))
        if draft.how == "whole":
            if not text:
                raise Mistake(
                    f"{draft.path} was changed by somebody else, too",
                    f"`lamp wiki show {draft.id}` shows both; say what it should be with --text FILE.",
                )
            intent = {**draft.intent, "old": there}
            fresh = replace(fresh, intent=intent)
        return replace(fresh, text=self.ways.redact(text)[0]) if text else fresh

    def drop(self, number: str) -> Draft | None:
        """Give a draft up; what is pushed stays where it is."""
        draft = self.drafts.get(number)
        if draft is None or draft.state in {"merged", "dropped"}:
            return draft
        return self.drafts.save(draft, replace(draft, state="dropped", why="given up")) or self.drafts.get(number)

    def versions(self, draft: Draft) -> Clash | None:
        """Both sides of a conflict; None where there is none any more."""
        found = file(draft, self.carrier.tree())
        return found if isinstance(found, Clash) else None

    # -- what a draft is made of --------------------------------------------------------------------------------------

    def _clean(self, sketch: Sketch) -> tuple[str, str, tuple[str, ...]]:
        title, in_title = self.ways.redact(" ".join(sketch.title.split())[:MOST_TITLE])
        text, in_text = self.ways.redact(sketch.text.replace("\r\n", "\n").strip()[:MOST_TEXT])
        veil = veil_over(self.db)
        if veil is not None:
            title, text = veil.text(title), veil.text(text)
        if not title:
            raise Mistake("the page has no title", "Give it one.")
        if not re.search(r"\w", text):
            raise Mistake("the page has no text", "Write what should be found there.")
        return title, text, tuple(sorted({*in_title, *in_text}))

    def _intent(self, sketch: Sketch, authors: Sequence[Person], now: int) -> dict[str, Any]:
        first = authors[0] if authors else None
        sources = [self.ways.redact(one)[0] for one in sketch.sources]
        return {
            "authors": [{"name": one.name, "email": one.email, "person": one.id or None} for one in authors],
            "owner": (first.email if first else "") or self.ways.owner,
            "owner_id": (first.id or None) if first else None,
            "day": day_of(now),
            "review_days": self.ways.review_days,
            "sources": sources,
            "links": list(sketch.links),
            "question": sketch.question_id,
            "about": sketch.about,
        }


def day_of(now: int) -> str:
    """The day of a moment, UTC: 2026-03-31."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def _bare(title: str) -> str:
    """A title as it is compared: words alone, and "how to" says nothing."""
    words = re.findall(r"\w+", title.casefold())
    return " ".join(word for word in words if word not in {"how", "to", "the", "a", "an"})
