"""The desk of a house, made from its settings and its senses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.senses.places import spelled
from bot.wiki.carrying import Carrier, Rules, WikiGit
from bot.wiki.desk import Desk, Ways
from bot.wiki.drafting import Spot
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

    def where(path: str) -> Spot | None:
        """The wiki's own repository comes first; while nothing is indexed, every path is taken for one."""
        rows = house.db.read("SELECT repo_id FROM nodes WHERE path = :path AND alive = 1", path=path)
        holding = {int(row[0]) for row in rows}
        found = sorted((one for one in repos if one.id in holding), key=lambda one: (one != mine, one.id))
        if not found:
            return None if repos else Spot()
        return Spot(here=found[0] == mine, web=house.web_of(found[0]))

    ways = Ways(
        senses.redact, senses.overlap, house.search, house.settings.answers.confidence, said.review_days, said.owner,
        where,
    )  # fmt: skip
    return Reviews(Desk(house.db, Carrier(house.db, git, rules), ways), rules.repo_id)
