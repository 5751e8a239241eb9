"""What would go dark while somebody is away, and who could hold it."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp away`."""
    parser.add_argument("person", nargs="+", help="a name or an address")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, f"what if {' '.join(args.person)} is away?")
