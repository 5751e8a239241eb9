"""Index a repository and talk to it, here in the terminal; with piped input, answer each line and exit."""

from __future__ import annotations

import argparse
import sys

from bot.commands import moment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp chat`."""
    parser.add_argument("--repo", metavar="PATH_OR_URL", help="another repository; it gets a home of its own")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who asks, as the history knows them")


def run(args: argparse.Namespace) -> int:
    """Read history, docs and code now, meaning behind the conversation; then talk."""
    from bot.chat import terminal
    from bot.meaning_behind import MeaningBehind
    from bot.progress import Bar
    from bot.wiring import open_house

    house = open_house(args.config, repo=args.repo)
    with Bar() as bar:
        house.index(steps=("history", "docs", "code"), progress=bar, now=moment(None))
    reply = house.conversation().reply
    with MeaningBehind(house) as behind:
        if sys.stdin.isatty():
            terminal.converse(reply, behind, house.home, f"This is about {house.subject()}.", args.email)
        else:
            terminal.answer_lines(sys.stdin, reply, _write, args.email)
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
