"""Questions that want a person: how each of them stands, and who took what.

lamp requests                                  one table: what is open, and what was answered lately
lamp requests ask "how do I rotate the key?"   [--about PATH_OR_TOPIC] [--urgent]
lamp requests claim ID                         I take it
lamp requests pass ID [NAME]                   not me (perhaps NAME); --not-now, --never say more
lamp requests answer ID [TEXT]                 without TEXT, what comes on standard input
lamp requests withdraw ID
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bot.commands import add_json, moment, print_json
from bot.people.account import user_name
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from bot.message import Asker
    from bot.requesting.flow import Asking
    from bot.wiring import House
    from knowledge.model import Person
    from knowledge.store.requests import Request

DOES = ("list", "ask", "claim", "pass", "answer", "withdraw")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp requests`."""
    parser.add_argument("what", nargs="?", choices=DOES, default="list", help="default: list")
    parser.add_argument("words", nargs="*", help="the id, and a name or the answer")
    parser.add_argument(
        "--as", dest="email", metavar="EMAIL", default="", help="who you are; default: git's user.email"
    )
    parser.add_argument("--about", metavar="PLACE", default="", help="ask: the path or topic that it is about")
    parser.add_argument("--urgent", action="store_true", help="ask: skips the queue; nobody's quiet hours")
    parser.add_argument("--not-now", action="store_true", help="pass: and ask me no such question for 30 days")
    parser.add_argument("--never", action="store_true", help="pass: and never ask me such questions")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Show the table, or do one of the other things."""
    from bot.wiring import open_house

    house = open_house(args.config).begun()
    now = moment(None)
    if args.what == "list":
        return _list(house, now, as_json=args.json)
    return _ask(house, args, now) if args.what == "ask" else _do(house, args, now)


def _list(house: House, now: int, *, as_json: bool) -> int:
    from bot.requesting import table

    asking = house.with_people().asking
    every = table.listed(asking, now)
    if as_json:
        print_json({"requests": [table.as_json(asking, one) for one in every]})
    elif every:
        print("\n".join(f"{words}\n          {how}" for words, how in table.lines(asking, every)))
    else:
        print("Nobody has asked for a person lately.")
    return 0 if every else 2


def _me(house: House, email: str) -> tuple[Person | None, Asker]:
    """Who acts: the person of the address, and the asker that the terminal is."""
    from bot.message import Asker
    from knowledge.store.finding import by_chat
    from knowledge.store.repos import Repos

    repos = Repos(house.db).all()
    address = email or (house.git.email(repos[0].id) if repos else "")
    user = user_name()
    return by_chat(house.db, "terminal", user, address), Asker("terminal", user, user, address)


def _ask(house: House, args: argparse.Namespace, now: int) -> int:
    from bot.message import Incoming

    if not args.words:
        raise Mistake("there is no question", 'Say it: lamp requests ask "how do I rotate the key?".')
    _, asker = _me(house.fresh(), args.email)
    text = " ".join(args.words)
    message = house.conversation().bring(Incoming(text, asker, "terminal", "", now), args.about, urgent=args.urgent)
    if args.json:
        print_json(dict(message.data))
    else:
        from bot.render import terminal

        print(terminal(message))
    return 2 if message.abstained else 0


def _do(house: House, args: argparse.Namespace, now: int) -> int:
    from bot.requesting import table

    asking = house.with_people().asking
    if not args.words:
        raise Mistake(
            f"there is no id to {args.what}", f"Say which: lamp requests {args.what} ID; `lamp requests` lists them."
        )
    number = args.words[0]
    one = asking.store.get(number)
    if one is None:
        raise Mistake(f"there is no request {number!r}", "`lamp requests` lists them with their ids.")
    person, asker = _me(house, args.email)
    name = asker.email or asker.name
    if person is None and args.what == "pass":
        raise Mistake(
            "nobody here is known by that address", "Say who you are with --as EMAIL; `lamp people` lists them."
        )
    who = person.id if person else None
    match args.what:
        case "claim":
            after = asking.claim(one.id, who, now, name)
        case "pass" if person is not None:
            how = "never" if args.never else "not-now" if args.not_now else "passed"
            after = asking.pass_on(one.id, person.id, now, how, _named(house, " ".join(args.words[1:])))  # type: ignore[arg-type]
        case "answer":
            text = " ".join(args.words[1:]) or sys.stdin.read()
            if not text.strip():
                raise Mistake("the answer is empty", "Say it after the id, or give it on standard input.")
            after = asking.answer(one.id, who, text, now, name)
        case _:
            after = asking.withdraw(one.id, now)
    assert after is not None  # noqa: S101  (it was there a moment ago)
    told = _told(asking, args.what, one, after, who, name)
    if args.json:
        print_json({**table.as_json(asking, after), "text": told, "question": one.text})
    else:
        print(told)
    return 0 if after.version != one.version else 2


def _named(house: House, words: str) -> int | None:
    from knowledge.store.finding import find

    if not words:
        return None
    found = [one for one in find(house.db, words) if not one.opted_out]
    if len(found) != 1:
        raise Mistake(
            f"{words!r} names {len(found) or 'nobody'}", "Use a whole name or an address; `lamp people` lists them."
        )
    return found[0].id


def _told(asking: Asking, what: str, before: Request, after: Request, who: int | None, name: str) -> str:
    from bot.requesting.talk import stands

    if after.version == before.version:
        return f"Nothing has changed: it is {stands(asking, after)}."
    mine = (after.holder, after.holder_name) == (who, "") or (who is None and after.holder_name == name)
    if what == "claim" and mine:
        return f"It is yours. `lamp requests answer {after.id}` answers it."
    if what == "answer" and mine:
        page = f"`lamp wiki new --from-request {after.id}` makes a page of it."
        return f"Thank you. It is kept: the next one who asks finds it, and it counts as knowing the place. {page}"
    if what == "pass":
        return "Passed on. Thank you for saying so."
    return f"It is {stands(asking, after)}."
