"""One question, one answer with its evidence. Exit code 2 means: it abstained, and says whom to ask."""

from __future__ import annotations

import argparse
import sys

from bot.commands import add_as_of, add_json, moment, print_json
from bot.people.account import user_name


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp ask`."""
    parser.add_argument("question", nargs="+", help="in your own words")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who asks, as the history knows them")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, " ".join(args.question), args.email, is_command=False)


def say(args: argparse.Namespace, words: str, email: str = "", *, is_command: bool = True) -> int:
    """Put words to the conversation and print its answer; other commands are questions in disguise."""
    from bot.message import Asker, Incoming
    from bot.render import terminal
    from bot.wiring import open_house

    user = user_name()
    question = Incoming(
        words,
        Asker("terminal", user, user, email),
        time=moment(args.as_of),
        looks_back=bool(args.as_of),
        is_command=is_command,
    )
    message = open_house(args.config).fresh().conversation().reply(question)
    mistake = message.data.get("mistake")
    if args.json:
        print_json(message.data)
    elif mistake:
        print(f"lamp: {mistake}", file=sys.stderr)
    else:
        print(terminal(message))
    if "fault" in message.data:
        return 3
    return 1 if mistake else 2 if message.abstained else 0
