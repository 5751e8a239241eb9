"""Index a repository and talk to it, here in the terminal; with piped input, answer each line and exit."""

from __future__ import annotations

import argparse
import sys

from bot.commands import moment

CODE_AT_ONCE_FILES = 3000  # a larger tree's code is read behind the conversation, too: some seconds


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp chat`."""
    parser.add_argument("--repo", metavar="PATH_OR_URL", help="another repository; it gets a home of its own")
    parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who asks, as the history knows them")


def run(args: argparse.Namespace) -> int:
    """Read history, docs and (of a tree that is not huge) code now, the rest behind the conversation; then talk."""
    from bot.behind import ReadingBehind
    from bot.chat import terminal
    from bot.progress import Bar
    from bot.wiring import open_house

    house = open_house(args.config, repo=args.repo)
    person = sys.stdin.isatty()
    with Bar() as bar:
        house.senses.index(steps=("history", "docs"), progress=bar, now=moment(None))
        if not person or house.file_count() <= CODE_AT_ONCE_FILES:
            house.senses.index(steps=("code",), progress=bar, now=moment(None))
    reply = house.conversation().reply
    with ReadingBehind(house) as behind:
        if person:
            terminal.converse(reply, behind, house.home, f"This is about {house.subject()}.", args.email)
        else:
            terminal.answer_lines(sys.stdin, reply, _write, args.email)
    if not person and house.has_unread():
        done, total = house.coverage()
        print(
            f"Meaning: {done:,} of {total:,} passages are read; `lamp index` or an open chat reads on.", file=sys.stderr
        )
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
