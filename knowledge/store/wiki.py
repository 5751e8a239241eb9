"""The wiki's drafts as they are stored until git has them, and what people said of pages.

    kept ──commit──▶ committed ──push──▶ pushed ──people──▶ merged
      ▲                  │ ▲               (direct: at once)
      └── another base ──┘ └── again, later: offline, refused
                 └──▶ conflict (both sides changed the page)      any of them ──▶ dropped

Every step is a compare-and-set on `version`, stored before the next one begins, so that a copy that dies at any line
leaves either the step undone or its result to be found again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from knowledge.store.database import Database, Row, Transaction

Kind = Literal["new", "update", "confirm", "adopt", "retire"]
State = Literal["kept", "committed", "pushed", "merged", "conflict", "dropped"]
OPEN = ("kept", "committed", "pushed")
COLUMNS = (
    "id, kind, path, title, text, how, intent, state, why, base, branch, sha, tries, next_time, created_time,"
    " state_time, version"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A change of one page that somebody wants; `intent` says who and why, independent of any tree."""

    id: str
    kind: str
    path: str
    title: str = ""
    text: str = ""  # Markdown without title and front matter
    how: str = ""
    intent: Mapping[str, Any] = field(default_factory=dict)
    state: str = "kept"
    why: str = ""
    base: str = ""
    branch: str = ""
    sha: str = ""
    tries: int = 0
    next_time: int = 0
    created: int = 0
    state_time: int = 0
    version: int = 0


class Said(NamedTuple):
    """What people said of a page in chat or on the command line."""

    path: str
    owner: int | None = None
    confirmed: int = 0
    confirmed_by: int | None = None
    review_days: int = 0
    not_owners: tuple[int, ...] = ()
    retired: int | None = None


class Pushed(NamedTuple):
    """What became of a push: there, behind (the branch moved on), refused (it never will be as it is), offline."""

    outcome: Literal["there", "behind", "refused", "offline"]
    why: str = ""


class Signature(NamedTuple):
    """Who wrote a change and for whom it is committed; `time` is seconds UTC."""

    author: tuple[str, str]  # name, address
    coauthors: tuple[tuple[str, str], ...] = ()
    time: int = 0


def draft_id(*words: str) -> str:
    """The name of a draft, the same for the same wish: 8 hexadecimal digits."""
    return blake2b("\0".join(words).encode(errors="surrogateescape"), digest_size=4).hexdigest()


def put(tx: Transaction, draft: Draft) -> bool:
    """Keep a draft; False where it is kept already. One that was given up and is wanted again begins anew."""
    return bool(
        tx.run(
            "INSERT INTO wiki_drafts (id, kind, path, title, text, how, intent, state, next_time, created_time,"
            " state_time) VALUES (:id, :kind, :path, :title, :text, :how, :intent, 'kept', :now, :now, :now)"
            " ON CONFLICT (id) DO UPDATE SET state = 'kept', why = '', base = '', sha = '', branch = '', tries = 0,"
            " next_time = excluded.next_time, state_time = excluded.state_time, version = wiki_drafts.version + 1"
            " WHERE wiki_drafts.state = 'dropped' RETURNING id",
            id=draft.id,
            kind=draft.kind,
            path=draft.path,
            title=draft.title,
            text=draft.text,
            how=draft.how,
            intent=json.dumps(dict(draft.intent), sort_keys=True),
            now=draft.created,
        )
    )


class Drafts:
    """The table `wiki_drafts`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def get(self, number: str) -> Draft | None:
        """The draft of an id."""
        return next(iter(self._read("WHERE id = :id", id=number)), None)

    def due(self, now: int) -> list[Draft]:
        """Those that something is to be done for now, the oldest first."""
        listed = ", ".join(f"'{state}'" for state in OPEN)
        return self._read(f"WHERE state IN ({listed}) AND next_time <= :now ORDER BY created_time, id", now=now)

    def unfinished(self) -> list[Draft]:
        """All that are neither merged nor dropped, the oldest first."""
        return self._read("WHERE state NOT IN ('merged', 'dropped') ORDER BY created_time, id")

    def written(self) -> list[Draft]:
        """New pages and changed ones, not dropped, the oldest first."""
        return self._read("WHERE kind IN ('new', 'update') AND state <> 'dropped' ORDER BY created_time, id")

    def of_session(self, number: str) -> list[Draft]:
        """What was made of a session's notes and not dropped, the latest first."""
        return [one for one in reversed(self.written()) if one.intent.get("about") == number]

    def save(self, before: Draft, after: Draft) -> Draft | None:
        """Store a step; None when somebody else was quicker, and nothing is stored."""
        with self.db.transaction() as tx:
            return self.save_in(tx, before, after)

    @staticmethod
    def save_in(tx: Transaction, before: Draft, after: Draft) -> Draft | None:
        """The same within a transaction."""
        rows = tx.run(
            "UPDATE wiki_drafts SET path = :path, title = :title, text = :text, how = :how,"
            " intent = :intent, state = :state, why = :why,"
            " base = :base, branch = :branch, sha = :sha, tries = :tries, next_time = :next, state_time = :at,"
            " version = version + 1 WHERE id = :id AND version = :version RETURNING version",
            id=before.id,
            version=before.version,
            path=after.path,
            title=after.title,
            text=after.text,
            how=after.how,
            intent=json.dumps(dict(after.intent), sort_keys=True),
            state=after.state,
            why=after.why,
            base=after.base,
            branch=after.branch,
            sha=after.sha,
            tries=after.tries,
            next=after.next_time,
            at=after.state_time,
        )
        return replace(after, version=int(rows[0][0])) if rows else None

    def _read(self, where: str, **params: Any) -> list[Draft]:
        return [_draft(row) for row in self.db.read(f"SELECT {COLUMNS} FROM wiki_drafts {where}", **params)]


def _draft(row: Row) -> Draft:
    number, kind, path, title, text, how, intent, *rest = row
    return Draft(number, kind, path, title, text, how, json.loads(intent), *rest)


class Pages:
    """The table `wiki_pages`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def all(self) -> dict[str, Said]:
        """What was said, by path."""
        rows = self.db.read(
            "SELECT path, owner_id, confirmed_time, confirmed_by, review_days, not_owners, retired_time FROM wiki_pages"
        )
        return {row[0]: _said(row) for row in rows}

    def get(self, path: str) -> Said:
        """What was said of one page."""
        return self.all().get(path, Said(path))


def say(tx: Transaction, said: Said) -> None:
    """Replace what is known to be said of a page."""
    tx.run(
        "INSERT INTO wiki_pages (path, owner_id, confirmed_time, confirmed_by, review_days, not_owners, retired_time)"
        " VALUES (:path, :owner, :confirmed, :by, :days, :nots, :retired) ON CONFLICT (path) DO UPDATE SET"
        " owner_id = excluded.owner_id, confirmed_time = excluded.confirmed_time, confirmed_by = excluded.confirmed_by,"
        " review_days = excluded.review_days, not_owners = excluded.not_owners, retired_time = excluded.retired_time",
        path=said.path,
        owner=said.owner,
        confirmed=said.confirmed,
        by=said.confirmed_by,
        days=said.review_days,
        nots=json.dumps(sorted(set(said.not_owners))),
        retired=said.retired,
    )


def heard(tx: Transaction, path: str) -> Said:
    """What is said of a page so far, read within the transaction that will change it."""
    rows = tx.run(
        "SELECT path, owner_id, confirmed_time, confirmed_by, review_days, not_owners, retired_time FROM wiki_pages"
        " WHERE path = :path",
        path=path,
    )
    return _said(rows[0]) if rows else Said(path)


def _said(row: Row) -> Said:
    path, owner, confirmed, by, days, nots, retired = row
    return Said(path, owner, confirmed, by, days, tuple(json.loads(nots)), retired)
