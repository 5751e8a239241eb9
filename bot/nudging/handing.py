"""A page that is not somebody's: who would be the next to ask, and asking them, with everybody's etiquette."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bot.nudging.flow import PROPOSAL_DAYS, proposal
from knowledge.insight import who_knows
from knowledge.model import Person
from knowledge.store import outbox
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Party, nudge_id, put_one
from knowledge.store.persons import people_by_id
from knowledge.store.wiki import Pages, Said

DAY = 86_400


class Next(NamedTuple):
    """Somebody who could say something about a page."""

    person: int
    name: str


def next_one(db: Database, nudge: Nudge, now: int) -> Next | None:
    """Who worked most on the page, of those who are around, were not asked and did not say that it is not theirs."""
    said = Pages(db).all().get(nudge.area, Said(nudge.area))
    passed = {*said.not_owners, *nudge.people, *_asked(db, nudge)}
    found = who_knows(db, nudge.repo_id, nudge.area, now)
    listed = [*found.people, *([found.backup] if found.backup else [])]
    people = people_by_id(db, [one.person.id for one in listed])
    for one in listed:
        person = people.get(one.person.id)
        if person is not None and person.id not in passed and _may_be_asked(person, now):
            return Next(person.id, person.name)
    return None


def _may_be_asked(person: Person, now: int) -> bool:
    return not (person.opted_out or person.is_bot or person.has_left(now))


def _asked(db: Database, nudge: Nudge) -> set[int]:
    rows = db.read(
        "SELECT p.person_id FROM nudge_people p JOIN nudges n ON n.id = p.nudge_id WHERE n.kind = 'page'"
        " AND n.repo_id = :repo AND n.area = :area AND n.week = :week",
        repo=nudge.repo_id, area=nudge.area, week=nudge.week,
    )  # fmt: skip
    return {int(row[0]) for row in rows}


def hand_on(db: Database, nudge: Nudge, person: int, now: int) -> Nudge | None:
    """Ask somebody else about the same page, once; None where they were asked already.

    It is a proposal as every other: within their budget and hours, and they may say that it is not theirs, either.
    """
    number = nudge_id(nudge.kind, nudge.repo_id, str(nudge.facts.get("key", nudge.area)), (person,), nudge.week)
    fresh = replace(
        nudge, id=number, parties=(Party(person, "asked"),), state="proposed", version=0, created=now, state_time=now,
        expires=now + PROPOSAL_DAYS * DAY, meet_time=None, later_time=None,
    )  # fmt: skip
    with db.transaction() as tx:
        if not put_one(tx, fresh):
            return None
        outbox.put(tx, [proposal(fresh, now)])
    return fresh
