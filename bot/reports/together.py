"""What a week brought together, for the report: sessions by their areas, pages by their titles; nobody is named."""

from __future__ import annotations

from bot.dates import day
from bot.nudging.states import MET
from bot.nudging.wording import area_words
from bot.phrases import code, count, join, plain
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Nudges
from knowledge.store.wiki import Draft, Drafts

WEEK = 7 * 86_400  # seconds
SHOWN = 3  # pages of a kind


def together(db: Database, now: int) -> tuple[str, ...]:
    """Sentences about the week before `now` (seconds UTC), and the pages that still wait for somebody."""
    met = [one for one in Nudges(db).since(0) if one.state in MET and now - WEEK < _when(one) <= now]
    pages = [one for one in Drafts(db).written() if one.created <= now]
    landed = [one for one in pages if _is_in(one, now) and now - WEEK < one.state_time]
    waiting = [one for one in pages if not _is_in(one, now)]
    return (*_met(met), *_landed(landed), *_waiting(waiting))


def _when(one: Nudge) -> int:
    return one.meet_time or one.state_time


def _is_in(one: Draft, now: int) -> bool:
    return one.state == "merged" and one.state_time <= now


def _met(met: list[Nudge]) -> list[str]:
    if not met:
        return []
    areas = join(list(dict.fromkeys(area_words(str(one.facts.get("title") or one.area)) for one in met)))
    noted = sum(any(party.note.strip() for party in one.parties) for one in met)
    wrote = ", and what came of it was written down" if noted == len(met) == 1 else ""
    wrote = f"; what came of {noted} of them was written down" if noted and len(met) > 1 else wrote
    return [f"{count(len(met), 'session')} in the last seven days, on {areas}{wrote}."]


def _landed(pages: list[Draft]) -> list[str]:
    if not pages:
        return []
    named = [f"“{plain(one.title)}” ({code(one.path)})" for one in pages[:SHOWN]]
    more = [f"{len(pages) - SHOWN} more"] if len(pages) > SHOWN else []
    return [f"New in the wiki: {join([*named, *more])}."]


def _waiting(pages: list[Draft]) -> list[str]:
    lines = [
        f"“{plain(one.title)}” waits since {day(one.created)}"
        + (f" for somebody to merge it (branch {code(one.branch)})." if one.branch else "; `lamp wiki` says for what.")
        for one in pages[:SHOWN]
    ]
    rest = len(pages) - SHOWN
    return [*lines, f"{count(rest, 'more page')} wait, too; `lamp wiki` lists them."] if rest > 0 else lines
