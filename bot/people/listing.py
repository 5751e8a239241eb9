"""What `lamp people` lists: people with their names and state, likely pairs, and the log; as rows and in words.

Somebody who opted out is "someone" with a number and without names, so that a lead can still name them again; words of
their names do not find them here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from knowledge import zones
from knowledge.model import FOREVER, SOMEONE
from knowledge.store.absences import Absence, everybody_away
from knowledge.store.database import Database
from knowledge.store.sayings import contradictions

Row = dict[str, Any]


def people(db: Database, words: str, now: int) -> list[Row]:
    """Every human, or those whom the words name, by name with the names that are them."""
    from knowledge.store.choosing import numbered

    number = numbered(words)
    wanted = {number} if number else _named(db, words) if words else None
    names = _names(db)
    away = everybody_away(db, now)
    overruled = _overruled(db)
    rows = db.read(
        "SELECT id, name, email, has_left, opted_out, left_time, timezone, slack_id, discord_id FROM people"
        " WHERE is_bot = 0"
    )
    found = []
    for number, name, email, left, opted_out, left_time, timezone, slack, discord in rows:
        if wanted is not None and number not in wanted:
            continue
        if opted_out:
            found.append(_row(number, SOMEONE, state="opted out"))
            continue
        state = _left(left_time, timezone, now) if left else _away(away.get(number, []), now)
        found.append(_row(
            number, name, email, state=state, timezone=timezone, slack=slack, discord=discord,
            away=[{"from": a.first_day, "to": a.last_day} for a in away.get(number, [])],
            overruled=overruled.get(number, []), identities=names.get(number, []),
        ))  # fmt: skip
    return sorted(found, key=lambda row: (row["name"].casefold(), row["id"]))


def _named(db: Database, words: str) -> set[int]:
    """Everybody who bears these words: `david` is David, David Lord and Davide."""
    from knowledge.store import people as store

    return {person.id for person in store.find(db, words, every=True) if not person.opted_out}


def _row(number: int, name: str, email: str = "", **more: Any) -> Row:
    empty = {"state": "", "timezone": "", "slack": "", "discord": "", "away": [], "overruled": [], "identities": []}
    return {"id": number, "name": name, "email": email, **empty, **more}


def _names(db: Database) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for number, person_id, name, email, why in db.read("SELECT id, person_id, name, email, why FROM identities"):
        found.setdefault(person_id, []).append({"id": number, "name": name, "email": email, "why": why})
    return {person_id: sorted(rows, key=lambda row: row["id"]) for person_id, rows in found.items()}


def _overruled(db: Database) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for config, hand in contradictions(db):
        said = f"{hand.what} {hand.value or 'yes'} ({hand.said_by}), but config.yaml says {config.value or 'yes'}"
        found.setdefault(hand.person_id, []).append(said)
    return found


def _left(time: int, timezone: str, now: int) -> str:
    if not time:
        return "left"
    day = zones.today(time, timezone).isoformat()
    return f"left on {day}" if time <= now else f"leaves on {day}"


def _away(spans: list[Absence], now: int) -> str:
    """The absence that holds, else the next one."""
    if not spans:
        return ""
    one = spans[0]
    until = f" to {one.last_day}" if one.until_time < FOREVER else ", nobody knows how long"
    return f"away{until}" if one.from_time <= now else f"away from {one.first_day}{until}"


def in_words(rows: list[Row]) -> str:
    """The list for people: numbers, names, what joined them."""
    return "\n".join(_person_in_words(row) for row in rows) or "I know nobody by that name."


def _person_in_words(row: Row) -> str:
    known = [row["state"], row["timezone"], *(f"{k} {row[k]}" for k in ("slack", "discord") if row[k])]
    email = f" <{row['email']}>" if row["email"] else ""
    lines = [" · ".join([f"{row['id']:>5}  {row['name']}{email}", *filter(None, known)])]
    for one in row["identities"]:
        why = f" ({one['why']})" if one["why"] else ""
        lines.append(f"         {one['id']:>6}  {one['name']} <{one['email']}>{why}")
    lines += [f"       ! overruled: {said}" for said in row["overruled"]]
    return "\n".join(lines)


# -- likely pairs and the log -----------------------------------------------------------------------------------------


def suggested(db: Database, limit: int = 50) -> list[Row]:
    """Pairs that may be one person, the likeliest first."""
    from knowledge.store.likely import may_be_one

    return [
        {"people": [p.first.person_id, p.second.person_id], "first": f"{p.first.name} <{p.first.email}>",
         "second": f"{p.second.name} <{p.second.email}>", "why": p.why}
        for p in may_be_one(db, limit)
    ]  # fmt: skip


def suggested_in_words(rows: list[Row]) -> str:
    """The pairs for people, each with the command that would make them one."""
    told = [
        f"{r['first']} and {r['second']}: {r['why']}\n    lamp people merge {r['people'][0]} {r['people'][1]}"
        for r in rows
    ]
    return "\n".join(told) or "Nobody seems to be there twice."


def log(db: Database) -> list[Row]:
    """Who said what of whom, the newest first; of people who opted out only that they did, under their number."""
    from knowledge.store import people_log, persons

    entries = people_log.entries(db)
    people = persons.people_by_id(db, [e.person_id for e in entries if e.person_id is not None])
    return [
        {"id": e.id, "time": datetime.fromtimestamp(e.time, UTC).isoformat(timespec="minutes"), "by": e.said_by,
         "action": e.action, "person": {"id": e.person_id, "name": _called(e.person_id, people)}, "words": e.words,
         "undone": e.undone_time is not None}
        for e in entries
    ]  # fmt: skip


def _called(person_id: int | None, people: dict[int, Any]) -> str:
    person = people.get(person_id or 0)
    if person is None:
        return ""
    return SOMEONE if person.opted_out else str(person.name)


def _whom(person: Row) -> str:
    return f"{SOMEONE} ({person['id']})" if person["name"] == SOMEONE else str(person["name"])


def log_in_words(rows: list[Row]) -> str:
    """The log for people."""
    told = [
        f"{r['id']:>5}  {r['time'][:16].replace('T', ' ')}  {r['by']}: {r['action']} {_whom(r['person'])}"
        f"{' · ' + r['words'] if r['words'] else ''}{' · undone' if r['undone'] else ''}"
        for r in rows
    ]
    return "\n".join(told) or "Nobody has changed anything by hand."
