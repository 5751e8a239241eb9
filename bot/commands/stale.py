"""Which areas are going stale, why, and one step for each; with a path, how that area is doing."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say
from bot.here import is_everything


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp stale`."""
    parser.add_argument("area", nargs="*", metavar="AREA", help="a path, or a name of config.yaml: everything about it")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, lambda house: question(house.from_here(" ".join(args.area).strip())))


def question(area: str) -> str:
    """The words that ask it."""
    return "what is going stale?" if is_everything(area) else f"how is {area} doing?"
