"""Who last touched a file, directory or line (PATH:LINE), and who knows it now."""

from __future__ import annotations

import argparse
import re

from bot.commands import add_as_of, add_json, moment, print_json
from knowledge.errors import Mistake

_LINE = re.compile(r"0*[1-9]\d*(?:-L?\d+|:\d+)?")  # 120, 120-130, 120:4


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp last`."""
    parser.add_argument(
        "path", metavar="PATH[:LINE]", help="a file, a directory, a line (app.py:120), a symbol (app.py:Flask)"
    )
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    from bot.render import terminal
    from bot.wiring import open_house

    if not args.path.strip():
        raise Mistake("there is nothing to look up", "Try: lamp last src/app.py")
    line = re.search(r":(-?\d[\w:-]*)$", args.path)
    if line and not _LINE.fullmatch(line[1]):
        raise Mistake(f"{args.path} names no line", "Lines begin with 1: lamp last src/app.py:120")
    house = open_house(args.config).fresh()
    message = house.conversation().last(house.from_here(args.path), moment(args.as_of))
    if args.json:
        print_json(message.data)
    else:
        print(terminal(message))
    return 2 if message.abstained else 0
