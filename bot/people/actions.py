"""What leads say of people and people of themselves, done and written down: the actions of `lamp people` and of chat.

Every action is one transaction, says in a sentence what holds now, and stands in the log with its day and who did it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from knowledge import zones
from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.store import absences, merging, people_log, sayings, willing
from knowledge.store.choosing import choose, numbered
from knowledge.store.database import Database
from knowledge.store.persons import people_by_id
from knowledge.store.repos import get_meta
from knowledge.store.studies import NAMED


class Order(NamedTuple):
    """What was asked for: an action, its words, its days (ISO) and chat ids (None: not said)."""

    action: str
    words: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    slack: str | None = None
    discord: str | None = None
    every: bool = False  # everywhere
    refuse: bool = False


class Done(NamedTuple):
    """What holds now, in a sentence, and of whom."""

    text: str
    person_id: int


def act(db: Database, order: Order, now: int, by: str) -> Done:
    """Do it.

    Raises:
        Mistake: nobody or several are meant, the words do not fit, or config.yaml says otherwise and wins.
    """
    return ACTIONS[order.action](db, order, now, by)


# -- of one person ----------------------------------------------------------------------------------------------------


def set_away(db: Database, person: Person, first: str, last: str, now: int, by: str) -> Done:
    """Somebody is away on these days (ISO, both included); without a first day from today on."""
    with db.transaction() as tx:
        zone = str(tx.run("SELECT timezone FROM people WHERE id = :p", p=person.id)[0][0])
        first = first or zones.today(now, zone).isoformat()
        absences.add(tx, person.id, first, last)
        told = f"from {first} to {last}" if last else f"from {first} on, nobody knows how long"
        if last == first:
            told = f"on {first}"
        people_log.note(tx, "away", person.id, told, time=now, by=by)
    return Done(f"{called(person)} is away {told} ({zone or 'UTC'}).", person.id)


def not_away(db: Database, person: Person, first: str, now: int, by: str) -> int:
    """Take back what was said by hand: the absence from `first` (ISO) on, else all that have not ended."""
    with db.transaction() as tx:
        gone = absences.remove(tx, person.id, first, now)
        if gone:
            people_log.note(tx, "not away", person.id, f"from {first}" if first else "", time=now, by=by)
    return gone


def set_back(db: Database, person: Person, now: int, by: str) -> Done:
    """Somebody is neither away nor gone any more; future absences stay."""
    with db.transaction() as tx:
        ended = absences.come_back(tx, person.id, now)
        sayings.take_back(tx, person.id, "left")
        sayings.settle(tx, [person.id])
        people_log.note(tx, "back", person.id, "", time=now, by=by)
    held = people_by_id(db, [person.id])[person.id]
    if held.has_left(now) or held.away(now):
        state = "has left" if held.has_left(now) else "is away"
        raise Mistake(f"config.yaml says that {called(held)} {state}, and it wins", "Change it there.")
    was = " was not away, and" if not ended and not person.left else ""
    return Done(f"{called(person)}{was} is back.", person.id)


def set_opted_out(db: Database, person: Person, now: int, by: str) -> Done:
    """Somebody is neither named nor ranked anywhere from now on."""
    with db.transaction() as tx:
        sayings.opt_out(tx, person.id, now, by)
        sayings.settle(tx, [person.id])
        people_log.note(tx, "opt-out", person.id, "", time=now, by=by)
    return Done(f"Person {person.id} is neither named nor ranked anywhere from now on.", person.id)


def set_opted_in(db: Database, person: Person, now: int, by: str) -> Done:
    """Somebody may be named again.

    Raises:
        Mistake: config.yaml says that they opted out.
    """
    if ("opted_out", "config") in sayings.of_person(db, person.id):
        raise Mistake(f"config.yaml says that person {person.id} opted out, and it wins", "Change it there.")
    with db.transaction() as tx:
        sayings.opt_in(tx, person.id)
        sayings.settle(tx, [person.id])
        people_log.note(tx, "opt-in", person.id, "", time=now, by=by)
    return Done(f"{called(person._replace(opted_out=False))} is named again.", person.id)


def link(db: Database, person: Person, platform: Literal["slack", "discord"], account: str, now: int, by: str) -> Done:
    """A chat account is somebody's; an empty one takes that back.

    Raises:
        Mistake: it is somebody else's.
    """
    column = sayings.COLUMNS[platform]
    held = db.read(f"SELECT id FROM people WHERE {column} = :a AND id <> :p", a=account, p=person.id) if account else []
    if held:
        raise Mistake(
            f"{platform} account {account} is that of person {held[0][0]}",
            f"Take it back first: lamp people link {held[0][0]} --{platform} ''.",
        )
    with db.transaction() as tx:
        if account:
            sayings.say(tx, person.id, platform, account, now, by)
        else:
            sayings.take_back(tx, person.id, platform)
        sayings.settle(tx, [person.id])
        people_log.note(tx, "link", person.id, f"{platform} {account or 'taken back'}", time=now, by=by)
    if account:
        return _with_config(db, person, platform, f"{called(person)} is {account} in {platform.capitalize()}.")
    return Done(f"{called(person)} is no longer linked to {platform.capitalize()}.", person.id)


def called(person: Person) -> str:
    """A person's name, or their number where they opted out."""
    return f"Person {person.id}" if person.opted_out else person.name


def _with_config(db: Database, person: Person, what: sayings.What, text: str) -> Done:
    """The sentence; with what config.yaml says instead, where it does."""
    said = sayings.of_person(db, person.id)
    config, hand = said.get((what, "config")), said.get((what, "hand"))
    if config is not None and hand is not None and config.value != hand.value:
        text += f" But config.yaml says {config.value or 'yes'}, and it wins: change it there."
    return Done(text, person.id)


# -- from words -------------------------------------------------------------------------------------------------------


def _person(db: Database, order: Order) -> Person:
    return choose(db, " ".join(order.words))


def _away(db: Database, order: Order, now: int, by: str) -> Done:
    return set_away(db, _person(db, order), order.first, order.last, now, by)


def _back(db: Database, order: Order, now: int, by: str) -> Done:
    return set_back(db, _person(db, order), now, by)


def _left(db: Database, order: Order, now: int, by: str) -> Done:
    person = _person(db, order)
    if order.first:
        zones.day(order.first)
    with db.transaction() as tx:
        sayings.say(tx, person.id, "left", order.first, now, by)
        sayings.settle(tx, [person.id])
        people_log.note(tx, "left", person.id, f"from {order.first}" if order.first else "", time=now, by=by)
    since = f" from {order.first} on" if order.first else ""
    return _with_config(db, person, "left", f"{called(person)} has left{since}, and is proposed to nobody any more.")


def _opt_out(db: Database, order: Order, now: int, by: str) -> Done:
    done = set_opted_out(db, _person(db, order), now, by)
    return Done(f"{done.text} `lamp people opt-in {done.person_id}` takes it back.", done.person_id)


def _opt_in(db: Database, order: Order, now: int, by: str) -> Done:
    return set_opted_in(db, _person(db, order), now, by)


def _link(db: Database, order: Order, now: int, by: str) -> Done:
    person = _person(db, order)
    if order.slack is None and order.discord is None:
        raise Mistake("there is no account to link", "Add --slack U012AB3CD or --discord 8012345678.")
    done = []
    if order.slack is not None:
        done.append(link(db, person, "slack", order.slack.strip(), now, by))
    if order.discord is not None:
        done.append(link(db, person, "discord", order.discord.strip(), now, by))
    return Done(" ".join(one.text for one in done), person.id)


def _timezone(db: Database, order: Order, now: int, by: str) -> Done:
    if len(order.words) < 2:
        raise Mistake("there is no time zone", "Write: lamp people timezone PERSON Europe/Berlin")
    name = order.words[-1]
    zones.zone(name)
    person = choose(db, " ".join(order.words[:-1]))
    with db.transaction() as tx:
        sayings.say(tx, person.id, "timezone", name, now, by)
        sayings.settle(tx, [person.id])
        people_log.note(tx, "timezone", person.id, name, time=now, by=by)
    return _with_config(db, person, "timezone", f"The days of {called(person)} begin at midnight of {name}.")


def _willing(db: Database, order: Order, now: int, by: str) -> Done:
    """Glad to help newcomers: in these areas, wherever they know it, or not at all."""
    if not order.words or (len(order.words) < 2) == (not (order.every or order.refuse)):
        raise Mistake("where are they glad to help?", "Write: lamp people willing PERSON AREA…, or --all, or --no")
    person, places = choose(db, order.words[0]), order.words[1:]
    for place in places:
        there = db.read("SELECT 1 FROM nodes WHERE path = :p AND alive = 1", p=place.strip("/"))
        if not there and place not in _named(db):
            raise Mistake(f"there is no area {place!r}", "Name a directory, a file or an area of config.yaml.")
    if order.refuse:
        willing.refuse(db, person.id, now)
        return Done(f"No newcomers are sent to {called(person)}.", person.id)
    willing.agree(db, person.id, [willing.EVERYWHERE] if order.every else places, now)
    where = "wherever they know their way" if order.every else f"with {', '.join(places)}"
    with db.transaction() as tx:
        people_log.note(tx, "willing", person.id, where, time=now, by=by)
    return Done(f"{called(person)} is glad to help newcomers {where}.", person.id)


def _named(db: Database) -> set[str]:
    return {str(one["name"]) for one in json.loads(get_meta(db, NAMED) or "[]")}


def _merge(db: Database, order: Order, now: int, by: str) -> Done:
    if len(order.words) != 2:
        raise Mistake("a merge needs two people", 'Write: lamp people merge 12 31, or "Ann Lee" ann@old.example')
    into, other = (choose(db, words) for words in order.words)
    number = merging.merge(db, into.id, other.id, now=now, by=by)
    text = f"{called(other)} ({other.id}) is {called(into)} ({into.id}) from now on."
    if into.opted_out or other.opted_out:
        text += " One of them opted out, which holds for both."
    return Done(f"{text} `lamp people undo {number}` takes it back.", into.id)


def _split(db: Database, order: Order, now: int, by: str) -> Done:
    number = numbered(" ".join(order.words))
    if not number:
        raise Mistake("a split needs the number of a name", "`lamp people PERSON` shows the numbers of their names.")
    made = merging.split(db, number, now=now, by=by)
    person = people_by_id(db, [made])[made]
    return Done(f"{called(person)} is a person of their own now ({made}). `lamp people undo` takes it back.", made)


def _undo(db: Database, order: Order, now: int, by: str) -> Done:
    entry = merging.undo(db, numbered(" ".join(order.words)) or None, now=now, by=by)
    return Done(f"Undone: {entry.words}.", entry.person_id or 0)


ACTIONS: Mapping[str, Callable[[Database, Order, int, str], Done]] = {
    "merge": _merge,
    "split": _split,
    "undo": _undo,
    "away": _away,
    "back": _back,
    "left": _left,
    "opt-out": _opt_out,
    "opt-in": _opt_in,
    "link": _link,
    "timezone": _timezone,
    "willing": _willing,
}
