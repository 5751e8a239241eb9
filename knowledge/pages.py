"""Pages that the code has moved away from, those first that most answers rest on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from knowledge.fresh import freshness
from knowledge.memory import DAY
from knowledge.store.database import Database
from knowledge.store.traces import folded_until

MOST_PAGES = 400  # of a repository are looked at: each costs some dozens of look-ups
MOST_CHARACTERS = 20_000  # of a page are read: by then it has named more than is looked up
RECENT_DAYS = 90
FEWEST_COMMITS = 3  # to what a page names, before it counts as left behind
# Written once, about that day: change logs, decisions, proposals. They do not go stale, they are history.
_DATED = re.compile(
    r"(?:^|/)(?:change(?:s|log)?|news|history|release(?:s|[-_ ]?notes)?|relnotes|whatsnew|upgrading|authors"
    r"|adrs?|decisions|rfcs?|peps?|seps?|proposals|blog|archive[sd]?)(?:[./_-]|$)",
    re.IGNORECASE,
)


class StalePage(NamedTuple):
    """A page, how much of what it names changed since, and how many answers rest on it."""

    path: str
    answers: int
    drift: int  # commits
    missing: tuple[str, ...]
    changed_time: int
    recent: int = 0  # of the commits, those of the last RECENT_DAYS

    @property
    def is_stale(self) -> bool:
        """Whether it should be looked at: it names what is gone, answers rest on it, or it was left behind of late."""
        return bool(self.missing) or (self.drift >= FEWEST_COMMITS and bool(self.answers or self.recent))


def dated(path: str) -> bool:
    """Whether a page was written about its day (a change log, a decision, a proposal): it does not go stale."""
    return _DATED.search(path) is not None


def stale_pages(
    db: Database, repo_id: int, rests_on: Mapping[str, int], now: int, *, all_pages: bool = True
) -> list[StalePage]:
    """The stale pages of a repository at `now`; with `all_pages`, those too that no answer rested on yet.

    The texts are those of the indexed tree; of a moment before its newest commit there are none.
    """
    if now < folded_until(db, repo_id):
        return []
    rows = db.read(
        "SELECT d.path, p.text FROM documents d JOIN passages p ON p.document_id = d.id"
        " WHERE d.repo_id = :repo AND d.source = 'docs' ORDER BY d.path, p.line_start",
        repo=repo_id,
    )
    texts: dict[str, list[str]] = {}
    for path, text in rows:
        if path in rests_on or (all_pages and not _DATED.search(path)):
            texts.setdefault(path, []).append(text)
    order = sorted(texts, key=lambda path: (-rests_on.get(path, 0), path.count("/"), path))[:MOST_PAGES]
    found = []
    for path in order:
        text = "\n".join(texts[path])[:MOST_CHARACTERS]
        verdict = freshness(db, repo_id, path, text, now)
        if verdict.changed_time is not None:
            # A bare name ("app.py") may be anybody's, in an example; a path with a directory is ours.
            missing = tuple(name for name in verdict.missing if "/" in name)
            recent = verdict.drift
            if verdict.drift >= FEWEST_COMMITS and verdict.changed_time < now - RECENT_DAYS * DAY:
                then = freshness(db, repo_id, path, text, now - RECENT_DAYS * DAY)
                recent = max(0, verdict.drift - then.drift)
            page = StalePage(path, rests_on.get(path, 0), verdict.drift, missing, verdict.changed_time, recent)
            found += [page] if page.is_stale else []
    return sorted(found, key=lambda page: (-page.answers, -page.recent, -len(page.missing), -page.drift, page.path))
