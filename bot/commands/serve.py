"""Run the bot on the platforms that have tokens, and keep the index fresh, until stopped."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp serve`."""
    parser.add_argument("--once", action="store_true", help="index once, then exit")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    import asyncio
    import logging

    from bot.serve import serve
    from bot.wiring import open_house

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("apscheduler", "faiss.loader"):  # what ran every minute is told by health
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return asyncio.run(serve(open_house(args.config), once=args.once))
