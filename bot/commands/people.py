"""Everybody the history knows, which names are one person and why; and what leads say of people.

  lamp people [WORDS]                              list, with the numbers of people and names
  lamp people merge A B                            B is A: everything that points at B points at A
  lamp people split NUMBER                         this name (its number in the list) is somebody else
  lamp people undo [NUMBER]                        undo a merge or split: the newest, or that of the log
  lamp people away PERSON [--from DAY] [--to DAY]  whole days, both included; several spans are fine
  lamp people left PERSON [--from DAY]             gone for good
  lamp people back PERSON                          neither away nor gone any more
  lamp people opt-out PERSON                       neither named nor ranked anywhere; opt-in: the way back
  lamp people link PERSON --slack ID --discord ID  their chat accounts
  lamp people timezone PERSON Europe/Berlin        where their days begin
  lamp people willing PERSON AREA… | --all | --no  glad to help newcomers there, anywhere, or not at all
  lamp people suggest                              pairs that may be one person, and why
  lamp people log                                  who said what of whom, and when

A person is a number of the list, an address, a chat id, or words of a name.
"""

from __future__ import annotations

import argparse

from bot.commands import add_json, print_json
from bot.people.account import user_name


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp people`."""
    parser.add_argument("words", nargs="*", metavar="WORDS", help="an action and what it needs, or words of a name")
    parser.add_argument("--from", dest="first", metavar="DAY", default="", help="first day away or gone (ISO)")
    parser.add_argument("--to", dest="last", metavar="DAY", default="", help="last day away (ISO); empty: open")
    parser.add_argument("--slack", metavar="ID", help="a Slack user id; '' takes it back")
    parser.add_argument("--discord", metavar="ID", help="a Discord user id; '' takes it back")
    parser.add_argument("--all", dest="every", action="store_true", help="willing: wherever they know their way")
    parser.add_argument("--no", dest="refuse", action="store_true", help="willing: no newcomers")
    parser.add_argument("--suggest", action="store_true", help=argparse.SUPPRESS)  # as `suggest` was called before
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """List people, in the order of the alphabet: never a ranking; or do as the first word says."""
    import time

    from bot.people import listing as people_list
    from bot.people.actions import ACTIONS, Order, act
    from bot.wiring import open_house

    db = open_house(args.config).begun().with_people().db
    first, rest = (args.words[0], args.words[1:]) if args.words else ("", [])
    now = int(time.time())
    if first in ACTIONS:
        by = f"{user_name()} (command line)"
        said = Order(first, tuple(rest), args.first, args.last, args.slack, args.discord, args.every, args.refuse)
        done = act(db, said, now, by)
        told = {"done": first, "person": done.person_id, "text": done.text}
        _say(args, told, done.text)
        return 0
    if args.suggest or args.words == ["suggest"]:
        rows = people_list.suggested(db)
        _say(args, {"suggestions": rows}, people_list.suggested_in_words(rows))
        return 0
    if args.words == ["log"]:
        rows = people_list.log(db)
        _say(args, {"log": rows}, people_list.log_in_words(rows))
        return 0
    found = people_list.people(db, " ".join(args.words), now)
    _say(args, {"people": found}, people_list.in_words(found))
    return 0 if found else 2


def _say(args: argparse.Namespace, as_json: dict[str, object], words: str) -> None:
    if args.json:
        print_json(as_json)
    else:
        print(words)
