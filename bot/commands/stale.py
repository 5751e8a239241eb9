"""Which areas are going stale, why, and one step for each."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json
from bot.commands.ask import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp stale`."""
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, "what is going stale?")
