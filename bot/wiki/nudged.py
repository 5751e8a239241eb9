"""What answers to a nudge about a page really do: its date, its owner, its end; in the transaction of the answer."""

from __future__ import annotations

from dataclasses import replace

from bot.wiki.desk import day_of
from bot.wiki.reviews import confirmation, confirmed, disowned, retirement
from knowledge.model import Person
from knowledge.store.database import Transaction
from knowledge.store.nudges import Nudge
from knowledge.store.wiki import Draft, put


def follow(tx: Transaction, before: Nudge, after: Nudge, now: int) -> None:
    """Keep what somebody's new answer asks for; git hears of it when the wiki's desk next carries what is kept."""
    said = {one.person: one.answer for one in before.parties}
    for one in after.parties:
        if one.answer == said.get(one.person):
            continue
        person = _person(tx, one.person)
        match one.answer:
            case "confirm":  # what it is evidence of, the nudge itself remembers
                confirmed(tx, after.area, one.person, day_of(now), now, 0)
                _keep(tx, confirmation(after.area, person, day_of(now), now), after.repo_id)
            case "retire":
                _keep(tx, retirement(after.area, person, now), after.repo_id)
            case "not-mine":
                disowned(tx, after.area, one.person)


def _keep(tx: Transaction, draft: Draft, repo_id: int) -> None:
    put(tx, replace(draft, intent={**draft.intent, "repo": repo_id}))


def _person(tx: Transaction, number: int) -> Person | None:
    rows = tx.run("SELECT name, email, opted_out FROM people WHERE id = :id", id=number)
    return Person(number, rows[0][0], rows[0][1], opted_out=bool(rows[0][2])) if rows else None
