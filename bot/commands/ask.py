"""One question, one answer with its evidence. Exit code 2 means: it abstained, and says whom to ask."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.commands import add_as_of, add_json, moment, print_json
from bot.people.account import user_name

if TYPE_CHECKING:
    from bot.wiring import House


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp ask`."""
    parser.add_argument("question", nargs="+", help="in your own words")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who asks, as the history knows them")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print."""
    return say(args, " ".join(args.question), args.email, is_command=False)


def say(
    args: argparse.Namespace, words: str | Callable[[House], str], email: str = "", *, is_command: bool = True
) -> int:
    """Put words to the conversation and print its answer; other commands are questions in disguise.

    Args:
        args: what was typed.
        words: the question, or what makes it of what is indexed (whom a name means, where one stands).
        email: who asks.
        is_command: nobody asked it in words.

    Raises:
        Mistake: what `words` raises.
    """
    from bot.message import Asker, Incoming
    from bot.render import terminal
    from bot.wiring import open_house

    house = open_house(args.config).fresh()
    user = user_name()
    question = Incoming(
        words if isinstance(words, str) else words(house),
        Asker("terminal", user, user, email),
        time=moment(args.as_of),
        looks_back=bool(args.as_of),
        is_command=is_command,
    )
    message = house.conversation().reply(question)
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
