"""What would go dark while somebody is away, who could hold it, and in which order to hand over."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.commands import add_as_of, add_json, moment
from bot.commands.ask import say
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from bot.wiring import House


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp away`."""
    parser.add_argument("person", nargs="+", help="a name or an address")
    parser.add_argument("--from", dest="since", metavar="DATE", help="their first day away (ISO); default: today")
    parser.add_argument("--to", dest="until", metavar="DATE", help="their last day away (ISO); default: no end")
    parser.add_argument("--for-good", action="store_true", help="they leave and do not come back")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    person = " ".join(args.person).strip()
    asked = question(person, args.since, args.until, for_good=args.for_good)
    last, today = _day("--to", args.until), datetime.fromtimestamp(moment(args.as_of), UTC).date()
    if last and last < today:
        raise Mistake(f"{last} is past", "Give days ahead, or look from an earlier one: --as-of DATE.")

    def words(house: House) -> str:
        _must_be_known(house, person)
        return asked

    return say(args, words)


def _must_be_known(house: House, person: str) -> None:
    """Raises Mistake where a name means nobody who may be named; where it means several, the answer asks back."""
    from bot.phrases import join
    from knowledge.asking.names import Names

    found = Names(house.db).find(person)
    if found.people:
        return
    near = join([one.name for one in found.near], "or")
    cure = f"Did you mean {near}?" if near else "`lamp people` lists everybody."
    raise Mistake(f"I know nobody by the name of {person or 'nothing'}", cure)


def question(person: str, since: str | None, until: str | None, *, for_good: bool = False) -> str:
    """The words that ask it.

    Raises:
        Mistake: a date that is none, or dates that contradict each other.
    """
    first, last = _day("--from", since), _day("--to", until)
    if for_good and last:
        raise Mistake("--for-good has no last day", "Leave out --to, or --for-good.")
    if first and last and last < first:
        raise Mistake(f"{until} is before {since}", "Give --from the first day and --to the last one.")
    if last:
        return f"what if {person} is away {f'from {first} to' if first else 'until'} {last}?"
    if for_good:
        return f"what if {person} leaves for good?"
    return f"what if {person} is away{f' from {first}' if first else ''}?"


def _day(option: str, said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Mistake(f"{option} {said!r} is no date", "Write it as 2026-05-14.") from None
