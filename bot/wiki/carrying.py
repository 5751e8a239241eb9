"""A draft's way into git, step by step; every step is stored before the next, and doing one again does no harm.

    kept: file it on the branch as it is now and make its commit (the same again, if we die and nobody committed since)
    committed: is it there already? else push; where the branch moved on, file it again on the newer one
    pushed: have people merged it, or deleted its branch?

A push that cannot be (offline, a hook, a protected branch) is tried again, ever less often, and says why it waits.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.wiki.filing import Clash, Filing, Tree, file
from knowledge.model import Event
from knowledge.store import events
from knowledge.store.database import Database, Transaction
from knowledge.store.wiki import Draft, Drafts, Pushed, Said, Signature, heard, say

log = logging.getLogger("lamplighter.wiki")

MINUTE, DAY = 60, 86_400
MOST_STEPS = 12  # of one draft at once: a branch that moves faster than that is tried again later
LOOK_SECONDS = 15 * MINUTE  # how often a pushed branch is looked after at first
ALONE = ("Lamplighter", "lamplighter@localhost")  # whose commit it is where nobody may be named


class WikiGit(Protocol):
    """What is needed of the wiki's clone (`indexers.wiki_clone.WikiClone`)."""

    @property
    def branch(self) -> str: ...
    def fetch(self) -> str: ...
    def holds(self, commit: str) -> bool: ...
    def head(self, branch: str = "") -> str: ...
    def at(self, time: int) -> str: ...
    def paths(self, commit: str) -> list[str]: ...
    def read(self, commit: str, path: str) -> bytes | None: ...
    def read_many(self, commit: str, paths: Sequence[str]) -> dict[str, bytes]: ...
    def commit(
        self, base: str, files: Mapping[str, bytes | None], message: str, signed: Signature, number: str
    ) -> str: ...
    def push(self, sha: str, branch: str) -> Pushed: ...
    def has(self, branch: str, sha: str, base: str, number: str) -> bool: ...
    def let_go(self, number: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What the config says of how pages get in."""

    folder: str = ""
    direct: bool = False  # commit to the branch itself; retiring a page is always for people to merge
    repo_id: int = 0  # the indexed repository of the same history, 0 where there is none


class Carrier:
    """Carries drafts as far as they go."""

    def __init__(self, db: Database, git: WikiGit, rules: Rules) -> None:
        self.db = db
        self.drafts = Drafts(db)
        self._git = git
        self._rules = rules
        self._fetched: str | None = None

    def tree(self, commit: str = "") -> Tree:
        """The wiki at a commit, or as it was fetched last."""
        return self._tree(commit or self._git.head())

    def tree_at(self, time: int) -> Tree:
        """The wiki as it was at a time, seconds UTC."""
        return self._tree(self._git.at(time))

    def _tree(self, at: str) -> Tree:
        held: dict[str, str | None] = {}

        def read(path: str) -> str | None:
            if path not in held:
                content = self._git.read(at, path)
                held[path] = None if content is None else content.decode(errors="surrogateescape")
            return held[path]

        return Tree(self._git.paths(at), read, self._rules.folder)

    def refresh(self) -> str:
        """Catch up with the other side; "" when it was reached, else why it was not."""
        return self._git.fetch()

    def carry(self, draft: Draft, now: int) -> Draft:
        """As far as it goes now; what comes back says how far that was."""
        self._fetched = None
        for _ in range(MOST_STEPS):
            step: Callable[[Draft, int], Draft] | None = {
                "kept": self._commit, "committed": self._push, "pushed": self._look
            }.get(draft.state)  # fmt: skip
            if step is None:
                return draft
            before = draft
            draft = step(draft, now)
            if draft.state == before.state and draft.base == before.base:
                return draft
        return draft

    # -- steps --------------------------------------------------------------------------------------------------------

    def _commit(self, draft: Draft, now: int) -> Draft:
        if why := self._fetch():
            return self._later(draft, f"the wiki's repository cannot be reached ({why})", now)
        if draft.intent.get("repo", self._rules.repo_id) != self._rules.repo_id:
            return self._to(draft, now, state="merged", why="its page is in another repository than the wiki")
        base = self._git.head()
        found = file(draft, self.tree(base) if base else Tree((), lambda _: None, self._rules.folder))
        if isinstance(found, Clash):
            return self._to(draft, now, state="conflict", why=found.why)
        if not found.files:
            return self._to(draft, now, state="merged", why="nothing had to change", base=base)
        sha = self._git.commit(base, _encoded(found), message_of(draft), signature_of(draft), draft.id)
        return self._to(draft, now, state="committed", why="", base=base, sha=sha, branch=self._branch(draft))

    def _push(self, draft: Draft, now: int) -> Draft:
        if why := self._fetch():
            return self._later(draft, f"the wiki's repository cannot be reached ({why})", now)
        if self._git.has(self._git.branch, draft.sha, draft.base, draft.id):
            return self._to(draft, now, state="merged", why="")
        direct = draft.branch == self._git.branch
        if not direct and self._git.has(draft.branch, draft.sha, draft.base, draft.id):
            return self._to(draft, now, state="pushed", why="", next_time=now + LOOK_SECONDS)
        # A commit is an object among others: whoever cleared our clone away lost nothing that cannot be made again.
        if not self._made(draft):
            return self._to(draft, now, state="kept", why="", base="", sha="")
        pushed = self._git.push(draft.sha, draft.branch)
        match pushed.outcome:
            case "there" if direct:
                return self._to(draft, now, state="merged", why="")
            case "there":
                return self._to(draft, now, state="pushed", why="", next_time=now + LOOK_SECONDS)
            case "behind" if direct:
                self._fetched = None
                return self._to(draft, now, state="kept", why="somebody committed meanwhile", base="", sha="")
            case "behind":
                why = f"a branch `{draft.branch}` with other commits is there"
                return self._to(draft, now, state="conflict", why=why)
            case "refused":
                return self._later(draft, f"the push was refused ({pushed.why})", now)
            case _:
                return self._later(draft, f"the wiki's repository cannot be reached ({pushed.why})", now)

    def _look(self, draft: Draft, now: int) -> Draft:
        if self._fetch():
            return self._later(draft, draft.why, now)
        if self._git.has(self._git.branch, draft.sha, draft.base, draft.id):
            return self._to(draft, now, state="merged", why="")
        if not self._git.head(draft.branch):
            found = file(draft, self.tree())
            if isinstance(found, Filing) and not found.files:
                return self._to(draft, now, state="merged", why="")
            if isinstance(found, Clash) and draft.kind == "new":
                return self._to(draft, now, state="merged", why="people changed it on its way")
            return self._to(draft, now, state="dropped", why="its branch was deleted without being merged")
        return self._to(draft, now, next_time=now + min(DAY, max(LOOK_SECONDS, (now - draft.state_time) // 10)))

    def _made(self, draft: Draft) -> bool:
        return self._git.read(draft.sha, draft.path) is not None or draft.kind == "retire"

    def _fetch(self) -> str:
        if self._fetched is None:
            self._fetched = self._git.fetch()
        return self._fetched

    def _branch(self, draft: Draft) -> str:
        """Where it goes; the name says what it is, and that it is ours."""
        if self._rules.direct and draft.kind != "retire":
            return self._git.branch
        stem = re.sub(r"[^a-z0-9]+", "-", draft.path.rpartition("/")[2].rpartition(".")[0].lower()).strip("-")
        verb = "" if draft.kind == "new" else f"{draft.kind}-"
        return f"lamplighter/{verb}{stem[:40] or 'page'}-{draft.id}"

    # -- keeping ------------------------------------------------------------------------------------------------------

    def _later(self, draft: Draft, why: str, now: int) -> Draft:
        wait = min(DAY, MINUTE << min(draft.tries, 11))
        log.warning("wiki draft %s (%s): %s; tried again in %d s", draft.id, draft.path, why, wait)
        return self._store(draft, replace(draft, why=why, tries=draft.tries + 1, next_time=now + wait))

    def _to(self, draft: Draft, now: int, **fields: Any) -> Draft:
        after = replace(draft, **fields)
        if after.state != draft.state:
            after = replace(after, state_time=now, tries=0, next_time=fields.get("next_time", now))
        stored = self._store(draft, after)
        if stored.state in {"merged", "dropped"} and stored.sha:
            self._git.let_go(stored.id)
        return stored

    def _store(self, before: Draft, after: Draft) -> Draft:
        """The step, stored; where another copy was quicker, what that one made of it."""
        with self.db.transaction() as tx:
            stored = self.drafts.save_in(tx, before, after)
            if stored is not None and stored.state == "merged" != before.state:
                remember(tx, stored, self._rules.repo_id)
        return stored or self.drafts.get(before.id) or before


def _encoded(filing: Filing) -> dict[str, bytes | None]:
    return {
        path: None if text is None else text.encode(errors="surrogateescape") for path, text in filing.files.items()
    }


def message_of(draft: Draft) -> str:
    """The commit's message."""
    name = draft.path.rpartition("/")[2]
    subject = {
        "new": f"Add “{draft.title}”",
        "update": f"{'Add to' if draft.how == 'section' else 'Update'} {name}: {draft.title}",
        "confirm": f"Confirm {name}",
        "adopt": f"{name} has an owner",
        "retire": f"Retire {name}",
    }[draft.kind]
    sources = [f"- {one}" for one in draft.intent.get("sources", ())]
    return "\n".join([subject, *(["", "From:", *sources] if sources else [])])


def signature_of(draft: Draft) -> Signature:
    """Who wrote it: the first of its authors, the others beside them; ours where nobody may be named."""
    authors = [(one["name"], one["email"]) for one in draft.intent.get("authors", ()) if one.get("email")]
    first, *others = authors or [ALONE]
    return Signature(first, tuple(others), draft.created)


def remember(tx: Transaction, draft: Draft, repo_id: int) -> None:
    """What follows once a page is in: its owner and date where they are not in the page, and evidence, each once."""
    before = heard(tx, draft.path)
    people = [int(one["person"]) for one in draft.intent.get("authors", ()) if one.get("person")]
    if draft.kind in {"new", "update"}:
        confirmed = max(before.confirmed, draft.created)
        owner = before.owner or (int(draft.intent["owner_id"]) if draft.intent.get("owner_id") else None)
        days = before.review_days or int(draft.intent.get("review_days") or 0)
        say(tx, Said(draft.path, owner, confirmed, people[0] if people else None, days, before.not_owners))
        place = events.Where(_place(tx, draft, repo_id), draft.title)
        for person in people:
            fact = Event("documented", person, draft.path, draft.created, 1.0, f"wiki {draft.id}")
            events.record(tx, fact, place)


def _place(tx: Transaction, draft: Draft, repo_id: int) -> int | None:
    """What the page is about: the first code that it names, else the page itself."""
    if not repo_id:
        return None
    links = [str(link).partition(":")[0] for link in draft.intent.get("links", ())]
    return events.node_of(tx, repo_id, (links or [draft.path])[0])
