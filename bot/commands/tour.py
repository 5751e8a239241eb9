"""Where somebody new starts: areas to know first, ten questions worth asking, a first small place to work in."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say
from bot.here import is_everything


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp tour`."""
    parser.add_argument("area", nargs="?", default="", help="one area to be shown around; default: where to begin")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who is new; default: git's user.email")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, lambda house: question(house.from_here(args.area.strip())), args.email)


def question(area: str) -> str:
    """The words that ask it."""
    return "tour" if is_everything(area) else f"tour `{area}`"
