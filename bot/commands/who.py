"""Who knows a path or topic now, and why; --batch ranks many paths at many dates."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json, moment, print_json
from knowledge.errors import Mistake


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp who`."""
    parser.add_argument("target", nargs="*", metavar="PATH_OR_TOPIC")
    parser.add_argument("--top", type=int, default=3, metavar="N", help="how many people (1 to 3)")
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON lines {"path" or "topic", "as_of"}; writes a ranking each'
    )
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    from bot.render import terminal
    from bot.wiring import open_house

    house = open_house(args.config)
    if args.batch:
        for row in house.rank_batch(args.batch):
            print_json(row)
        return 0
    if not args.target:
        raise Mistake("there is nothing to look up", "Try: lamp who src/auth")
    message = house.conversation().who(" ".join(args.target), moment(args.as_of), top=args.top)
    if args.json:
        print_json(message.data)
    else:
        print(terminal(message))
    return 2 if message.abstained else 0
