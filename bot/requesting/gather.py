"""Who may be asked, as they stand now: read from the store, config.yaml and the etiquette, for `bot.requests.route`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.etiquette import Approach, Recipient, judge
from bot.nudging.people import Team, recipients
from bot.requests import Asks, Holder
from knowledge.store.database import Database
from knowledge.store.persons import people_by_id
from knowledge.store.requests import Request, Requests
from knowledge.store.wishes import Wishes

KIND = "request"
DAY = 86_400
FAR_DAYS = 400


def holders(
    db: Database, team: Team, budget: int, request: Request, now: int, reaches: Callable[[int], bool]
) -> list[Holder]:
    """The candidates of a request, with what the etiquette says to asking each of them at `now`."""
    ids = [one.person for one in request.candidates]
    people = people_by_id(db, ids)
    known = recipients(db, team, ids, now, only=KIND)
    said = asks(db, team, ids, now)
    store = Requests(db)
    loads, before = store.loads(ids), store.was_asked(ids)
    manners = replace(team.manners, budget=budget)
    approach = Approach(KIND, now, now + FAR_DAYS * DAY)  # how long somebody is waited for is the route's to say
    return [
        Holder(
            one.person,
            known[one.person].name,
            one.retention,
            one.why,
            judge(approach, [known[one.person]], manners, now),
            loads[one.person],
            reached=reaches(one.person),
            asks=said[one.person],
            asked_before=one.person in before,
            outcome=one.outcome,
        )
        for one in request.candidates
        if one.person in known and not people[one.person].is_bot
    ]


def asks(db: Database, team: Team, ids: list[int], now: int) -> dict[int, Asks]:
    """Whether these people may be asked: by config.yaml, else by what they said."""
    people, wishes = people_by_id(db, ids), Wishes(db).by_person(ids)
    found: dict[int, Asks] = {}
    for number, person in people.items():
        config = team.extra.get(person.email.lower()) or team.extra.get(person.name.lower())
        held = {(wish.word, wish.subject) for wish in wishes.get(number, []) if wish.holds(now)}
        if ("opt-out", KIND) in held or (config is not None and config.asks is False):
            found[number] = "no"
        elif ("opt-in", KIND) in held or (config is not None and config.asks):
            found[number] = "yes"
        else:
            found[number] = "unsaid"
    return found


def is_gone(one: Recipient | None, now: int) -> bool:
    """Whether somebody who took a request has left, or is away."""
    return one is None or one.left or any(span.holds(now) for span in one.away)
