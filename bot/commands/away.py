"""What would go dark while somebody is away, and who could hold it."""

from __future__ import annotations

import argparse

from bot.commands import add_as_of, add_json, moment, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp away`."""
    parser.add_argument("person", nargs="+", help="a name or an address")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, f"what if {' '.join(args.person)} is away?")


def say(args: argparse.Namespace, question: str) -> int:
    """Put a question of the command line to the conversation, and print the answer."""
    from bot.message import Asker, Incoming
    from bot.render import terminal
    from bot.wiring import open_house

    incoming = Incoming(question, Asker("terminal", "command line"), "terminal", "", moment(args.as_of))
    message = open_house(args.config).fresh().conversation().reply(incoming)
    if args.json:
        print_json(message.data)
    else:
        print(terminal(message))
    return 2 if message.abstained else 0
