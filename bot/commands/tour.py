"""Where somebody new starts: areas to know first, ten questions worth asking, a first small place to work in."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp tour`."""
    parser.add_argument("area", nargs="?", default="", help="one area to be shown around; default: where to begin")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who is new; default: git's user.email")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, question(args.area), args.email)


def question(area: str) -> str:
    """The words that ask it."""
    where = area.strip()
    return f"tour `{where}`" if where.strip("./") else "tour"
