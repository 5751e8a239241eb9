"""Pages with an owner and a date: which are due and why, and what people say of them.

What a page says of itself in front matter (`owner`, or `owner_…`; `last_reviewed_on`; `review_in`) and what somebody
said here are one: the later confirmation counts, an owner in the page comes first. A page without either is as old as
its last own change; the one to ask is then whoever knows best what it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from bot.wiki.conventions import title_in, wiki_pages, wiki_words
from bot.wiki.desk import Desk, day_of
from bot.wiki.filing import Tree
from bot.wiki.front import body_of, fields_of
from bot.wiki.staleness import Facts, Staleness, staleness
from knowledge import fitted
from knowledge.activation.standing import find_place, people_of, stand
from knowledge.asking.tree_then import tree_at
from knowledge.errors import Mistake
from knowledge.fresh import freshness, last_change
from knowledge.insight import who_knows
from knowledge.model import Event, Person
from knowledge.pages import MOST_CHARACTERS, dated
from knowledge.store import events
from knowledge.store.database import Database
from knowledge.store.finding import find
from knowledge.store.repos import Repos
from knowledge.store.wiki import Draft, Pages, Said, draft_id, heard, put, say

DAY = 86_400
MOST_PAGES = 400
MOST_REPOS = 5  # in which what a page names is looked for
MOST_STUDIED = 60  # pages whose experts are looked at, those first that are stalest without
UNITS = {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}


class Owner(NamedTuple):
    """Whose a page is: a person of the store where they are one, else the words of the page; "" and None: nobody's."""

    words: str = ""
    person: int | None = None
    asked: bool = False  # nobody owns it; this is whoever would know


class At(NamedTuple):
    """A place in an indexed repository."""

    repo_id: int
    path: str


class Page(NamedTuple):
    """A page and its review."""

    path: str
    title: str
    owner: Owner
    confirmed: int
    stale: Staleness


def review_days(said: object) -> int:
    """Days from front matter: 90, "6 months", "3 weeks"; 0 for what says none."""
    if isinstance(said, int) and not isinstance(said, bool):
        return max(0, said)
    found = re.fullmatch(r"\s*(\d+)\s*(day|week|month|year)s?\s*", str(said or ""), re.IGNORECASE)
    return round(int(found[1]) * UNITS[found[2].lower()]) if found else 0


def day_in(said: object) -> int:
    """Noon of a day in front matter, seconds UTC; 0 for what is none."""
    if isinstance(said, str):
        try:
            said = date.fromisoformat(said.strip()[:10])
        except ValueError:
            return 0
    if not isinstance(said, date):
        return 0
    return int(datetime(said.year, said.month, said.day, 12, tzinfo=UTC).timestamp())


def owner_in(fields: Mapping[str, Any]) -> str:
    """The owner that a page names, whatever its repository calls the field."""
    for key in ("owner", *(key for key in fields if key.startswith("owner_")), "maintainer"):
        if isinstance(said := fields.get(key), str) and said.strip():
            return said.strip()
    return ""


class Reviews:
    """Reviews of the pages of one wiki, whose history is indexed as `repo_id` (0: it is not)."""

    def __init__(self, desk: Desk, repo_id: int) -> None:
        self.desk = desk
        self.db: Database = desk.db
        self.repo_id = repo_id
        self._repos = [repo.id for repo in Repos(self.db).all()][:MOST_REPOS]

    # -- reading ------------------------------------------------------------------------------------------------------

    def all(self, now: int, *, looks_back: bool = False) -> list[Page]:
        """Every page that wants reviews, the stalest first. Change logs, decisions and other dated pages want none.

        With `looks_back`, `now` is a day in the past: pages as git held them then, and of what was said here the
        confirmations up to then; owners and retirements that were said are not kept by day.
        """
        tree = self.desk.carrier.tree_at(now) if looks_back else self.desk.carrier.tree()
        paths = [path for path in wiki_pages(tree.paths, tree.convention) if not dated(path)][:MOST_PAGES]
        going = () if looks_back else {one.path for one in self.desk.drafts.unfinished() if one.kind == "retire"}
        paths = [path for path in paths if path not in going]
        said = self._confirmed_by(now) if looks_back else Pages(self.db).all()
        people: dict[str, int | None] = {}
        rough = [found for path in paths if (found := self._page(tree, path, said.get(path, Said(path)), people, now))]
        rough.sort(key=lambda pair: -pair[0].stale.score)
        there = self._trees(now) if looks_back else None
        known = [self._with_experts(*pair, said, now, there) for pair in rough[:MOST_STUDIED]]
        pages = [*known, *(pair[0] for pair in rough[MOST_STUDIED:])]
        return sorted(pages, key=lambda page: (-page.stale.score, -page.stale.overdue_days, page.path))

    def what_it_is(self) -> str:
        """What is taken to be the wiki, in one sentence."""
        return wiki_words(self.desk.carrier.tree().convention)

    def due(self, now: int, *, looks_back: bool = False) -> list[Page]:
        """Those that their owners should look at."""
        return [page for page in self.all(now, looks_back=looks_back) if page.stale.is_due]

    def _confirmed_by(self, now: int) -> dict[str, Said]:
        """By page, the latest confirmation up to `now`."""
        told = events.confirmations(self.db, now)
        return {path: Said(path, confirmed=time) for path, time in told.items()}

    def _trees(self, now: int) -> dict[int, frozenset[str]]:
        return {repo_id: tree_at(self.db, repo_id, now).alive for repo_id in self._repos}

    def _page(
        self, tree: Tree, path: str, said: Said, people: dict[str, int | None], now: int
    ) -> tuple[Page, Facts, tuple[At, ...]] | None:
        text = tree.read(path)
        if text is None or said.retired is not None:
            return None
        fields = fields_of(text)
        changed = (last_change(self.db, self.repo_id, path, now) or 0) if self.repo_id else 0
        told = max(day_in(fields.get("last_reviewed_on")), said.confirmed)
        confirmed = told or changed
        if not confirmed or confirmed > now + DAY:
            return None  # nobody has read its history yet, or it is of another time
        days = review_days(fields.get("review_in")) or said.review_days or self.desk.ways.review_days
        drift, missing, named = self._drift(path, body_of(text)[:MOST_CHARACTERS], max(told, changed), now)
        facts = Facts(confirmed, days, drift, missing)
        owner = self._owner(owner_in(fields), said, people)
        page = Page(path, title_in(path, body_of(text), fields), owner, confirmed, staleness(facts, now))
        return page, facts, named

    def _drift(self, path: str, text: str, since: int, now: int) -> tuple[int, tuple[str, ...], tuple[At, ...]]:
        """Commits since then to what a page names, what of it is gone, and where it is, in all that is indexed."""
        drift, missing, named = 0, [], []
        for repo_id in self._repos:
            page = path if repo_id == self.repo_id else ""
            verdict = freshness(self.db, repo_id, page, text, now, since=since)
            drift += verdict.drift
            missing += [name for name in verdict.missing if "/" in name]  # a bare name may be anybody's
            named += [At(repo_id, name) for name in verdict.named]
        return drift, tuple(missing), tuple(named)

    def _owner(self, words: str, said: Said, people: dict[str, int | None]) -> Owner:
        if words and words not in people:
            found = find(self.db, words) if re.search(r"\w", words) and not words.startswith("#") else []
            people[words] = found[0].id if len(found) == 1 else None
        person = people.get(words) if words else said.owner
        if person is not None and person in said.not_owners:
            return Owner()
        return Owner(words, person)

    def _with_experts(
        self,
        page: Page,
        facts: Facts,
        named: Sequence[At],
        said: Mapping[str, Said],
        now: int,
        there: Mapping[int, frozenset[str]] | None,
    ) -> Page:
        """With the loss of experts, and with whom to ask where nobody owns it."""
        at = self._about(page.path, named, there)
        if at is None:
            return page
        then, knows = self._holders(at, page.confirmed), self._holders(at, now)
        facts = facts._replace(knew=len(then), know=len(then & knows))
        page = page._replace(stale=staleness(facts, now))
        if page.owner != Owner():
            return page
        passed = set(said.get(page.path, Said(page.path)).not_owners)
        found = who_knows(self.db, at.repo_id, at.path, now)
        people = [*found.people, *([found.backup] if found.backup else [])]
        ask = next((one.person for one in people if one.person.id not in passed), None)
        return page._replace(owner=Owner(ask.name, ask.id, asked=True)) if ask else page

    def _about(self, path: str, named: Sequence[At], there: Mapping[int, frozenset[str]] | None) -> At | None:
        """Where the knowledge behind a page is: the first file that it names (of those `there`), else the page."""
        for at in named:
            if there is not None:
                if at.path in there[at.repo_id]:
                    return at
            elif self.db.read(
                "SELECT 1 FROM nodes WHERE repo_id = :repo AND path = :path AND alive = 1",
                repo=at.repo_id,
                path=at.path,
            ):
                return at
        return At(self.repo_id, path) if self.repo_id else None

    def _holders(self, at: At, time: int) -> set[int]:
        """Who knew a place at a time, and was around."""
        place = find_place(self.db, at.repo_id, at.path)
        if place is None:
            return set()
        standing = stand(self.db, at.repo_id, place, time)
        known = {one.person for one in standing if one.retention >= fitted.BAR and one.here.events}
        return {number for number, one in people_of(self.db, known).items() if not (one.is_bot or one.has_left(time))}

    # -- saying -------------------------------------------------------------------------------------------------------

    def confirm(self, path: str, person: Person | None, now: int) -> Draft:
        """Somebody says that a page is still right: its date moves on, and that they know it is evidence.

        Raises:
            Mistake: there is no such page.
        """
        self._there(path)
        day = day_of(now)
        draft = confirmation(path, person, day, now)
        with self.db.transaction() as tx:
            confirmed(tx, path, (person.id or None) if person else None, day, now, self.repo_id)
            put(tx, draft)
        return self.desk.drafts.get(draft.id) or draft

    def adopt(self, path: str, person: Person, now: int) -> Draft:
        """Somebody takes a page on."""
        self._there(path)
        draft = adoption(path, person, now)
        with self.db.transaction() as tx:
            before = heard(tx, path)
            others = tuple(one for one in before.not_owners if one != person.id)
            say(tx, before._replace(owner=person.id, not_owners=others))
            put(tx, draft)
        return self.desk.drafts.get(draft.id) or draft

    def not_mine(self, path: str, person: Person) -> None:
        """Somebody says that a page is not theirs: they are not asked for it again."""
        self._there(path)
        with self.db.transaction() as tx:
            disowned(tx, path, person.id)

    def retire(self, path: str, person: Person | None, now: int) -> Draft:
        """Somebody says that a page has had its day: a branch without it, for people to merge."""
        self._there(path)
        draft = retirement(path, person, now)
        with self.db.transaction() as tx:
            put(tx, draft)
        return self.desk.drafts.get(draft.id) or draft

    def _there(self, path: str) -> None:
        if path not in self.desk.carrier.tree().paths:
            raise Mistake(f"the wiki has no page {path}", "`lamp wiki` lists pages.")

    def resolve(self, words: str) -> str:
        """The page that words name: its path, the end of its path, or its title.

        Raises:
            Mistake: none, or several.
        """
        tree = self.desk.carrier.tree()
        pages = wiki_pages(tree.paths, tree.convention)
        said = words.strip().strip("`'\"“”‘’").removeprefix("./")
        if not said:
            raise Mistake(
                "which page is meant?", "Name it by its path, its name or its title; `lamp wiki` lists pages."
            )
        if said in pages or said in tree.paths:
            return said
        found = [
            path for path in pages if path.endswith(f"/{said}") or path.rpartition("/")[2].rpartition(".")[0] == said
        ]
        if not found:
            text = {path: tree.read(path) or "" for path in pages[:MOST_PAGES]}
            found = [p for p, t in text.items() if title_in(p, body_of(t), fields_of(t)).casefold() == said.casefold()]
        if len(found) == 1:
            return found[0]
        some = ", ".join(found[:3])
        raise Mistake(f"{len(found)} pages are called {said}" if found else f"the wiki has no page {said}",
                      f"Say which: {some}." if found else "`lamp wiki` lists pages.")  # fmt: skip


# -- what is said, within a transaction (also by the answers to a nudge) ----------------------------------------------


def confirmation(path: str, person: Person | None, day: str, now: int) -> Draft:
    """The change of a page's date."""
    number = draft_id("confirm", path, day)
    return Draft(number, "confirm", path, intent={"authors": _named(person), "day": day}, created=now)


def adoption(path: str, person: Person, now: int) -> Draft:
    """The change of a page's owner."""
    intent = {"authors": _named(person), "owner": "" if person.opted_out else person.email}
    return Draft(draft_id("adopt", path, str(person.id), day_of(now)), "adopt", path, intent=intent, created=now)


def retirement(path: str, person: Person | None, now: int) -> Draft:
    """A tree without the page."""
    return Draft(draft_id("retire", path, day_of(now)), "retire", path, intent={"authors": _named(person)}, created=now)


def confirmed(tx: Any, path: str, person: int | None, day: str, now: int, repo_id: int) -> None:
    """Remember a confirmation; as evidence once a day."""
    before = heard(tx, path)
    say(tx, before._replace(confirmed=max(before.confirmed, now), confirmed_by=person))
    if person is not None and repo_id:
        place = events.Where(events.node_of(tx, repo_id, path), path)
        events.record(tx, Event("confirmed", person, path, now, 1.0, f"page {path} {day}"), place)


def disowned(tx: Any, path: str, person: int) -> None:
    """Remember that a page is not theirs."""
    before = heard(tx, path)
    owner = None if before.owner == person else before.owner
    say(tx, before._replace(owner=owner, not_owners=(*before.not_owners, person)))


def _named(person: Person | None) -> list[dict[str, Any]]:
    if person is None or person.opted_out or not person.email:
        return []
    return [{"name": person.name, "email": person.email, "person": person.id or None}]


def by_owner(pages: Iterable[Page]) -> dict[Owner, list[Page]]:
    """Pages in the hands of each owner, who has most of them first; those of nobody last."""
    found: dict[Owner, list[Page]] = {}
    for page in pages:
        found.setdefault(page.owner, []).append(page)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == Owner(), -len(pair[1]), pair[0].words)))
