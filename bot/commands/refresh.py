"""What changed in a path since you last knew it, in groups, and what to read first."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say
from bot.here import is_everything


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp refresh`."""
    parser.add_argument("path", help="a file or directory; `.` is where you stand")
    parser.add_argument(
        "--as", dest="email", metavar="EMAIL", default="", help="who you are; default: git's user.email"
    )
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, lambda house: question(house.from_here(args.path.strip())), args.email)


def question(path: str) -> str:
    """The words that ask it."""
    return "catch me up" if is_everything(path) else f"catch me up on `{path}`"
