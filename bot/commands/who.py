"""Who knows a path or topic now, and why; --batch ranks many paths at many dates."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands import add_as_of, add_json, moment, number, print_json
from bot.commands.search import read_batch
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from knowledge.activation.batch import Wanted


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp who`."""
    parser.add_argument("target", nargs="*", metavar="PATH_OR_TOPIC", help="src/auth, app.py, or what it is about")
    parser.add_argument("--top", type=number(1, 3), default=3, metavar="N", help="how many people (1 to 3)")
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON lines {"path" or "topic", "as_of"} (- is stdin); writes a ranking each'
    )
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    from bot.render import terminal
    from bot.wiring import open_house

    house = open_house(args.config).fresh()
    if args.batch:
        for row in house.rank_batch(read_wanted(args.batch, args.as_of)):
            print_json(row)
        return 0
    if not args.target:
        raise Mistake("there is nothing to look up", "Try: lamp who src/auth")
    message = house.conversation().who(house.from_here(" ".join(args.target)), moment(args.as_of), top=args.top)
    if args.json:
        print_json(message.data)
    else:
        print(terminal(message))
    return 2 if message.abstained else 0


def read_wanted(file: str, as_of: str | None) -> list[Wanted]:
    """The lines of a batch; a line without a date of its own takes that of --as-of, or this moment."""
    from knowledge.activation.batch import Wanted

    wanted = []
    for row in read_batch(file):
        path, topic, date = (str(row.get(key) or "") for key in ("path", "topic", "as_of"))
        if not (path or topic or "path" in row):
            raise Mistake(f"{file}: {row} names nothing", 'Write {"path": "…"} or {"topic": "…"}.')
        wanted.append(Wanted(moment(date or as_of), path, topic, date))
    return wanted
