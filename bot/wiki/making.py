"""The desk of a house, made from its settings and its senses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.senses import spelled
from bot.wiki.carrying import Carrier, Rules, WikiGit
from bot.wiki.desk import Desk, Ways
from bot.wiki.reviews import Reviews
from knowledge.errors import Mistake
from knowledge.store.repos import Repos, StoredRepo

if TYPE_CHECKING:
    from bot.wiring import House


def _same_history(house: House, git: WikiGit, repos: Sequence[StoredRepo]) -> StoredRepo | None:
    """The indexed repository that is a clone of the wiki's (or the other way round): one holds the other's commit."""
    rows = house.db.read("SELECT repo_id FROM commits WHERE sha = :head", head=git.head())
    known = {int(row[0]) for row in rows}
    return next((one for one in repos if one.id in known or git.holds(one.head)), None)


def make(house: House) -> Reviews:
    """Reviews, with the desk inside; the clone is fetched once.

    Raises:
        Mistake: there is no such repository, or it could not be reached yet.
    """
    said, senses = house.settings.wiki, house.senses
    location = spelled(senses.wiki_location())
    repos = Repos(house.db).all()
    git = senses.wiki()
    why = git.fetch()  # where it cannot be reached, what was fetched before has to do; carrying a draft says so
    if why and not git.head():
        raise Mistake(f"the wiki cannot be read ({why})", "Check wiki.repo, or that git can clone it.")
    mine = next((one for one in repos if one.location == location), None) or _same_history(house, git, repos)
    rules = Rules(said.folder.strip("/"), said.merge == "direct", mine.id if mine else 0)
    code = mine or next(iter(repos), None)
    web = next((repo.web for repo in house.settings.repos if code and repo.web), "")

    def paths() -> list[str]:
        if code is None:
            return []
        rows = house.db.read("SELECT path FROM nodes WHERE repo_id = :repo AND alive = 1", repo=code.id)
        return [row[0] for row in rows]

    ways = Ways(
        senses.redact, senses.overlap, house.search, house.settings.answers.confidence, said.review_days, said.owner,
        web, here=mine is not None, code=paths,
    )  # fmt: skip
    return Reviews(Desk(house.db, Carrier(house.db, git, rules), ways), rules.repo_id)
