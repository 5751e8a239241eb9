"""Check everything a support person would ask for; `!` marks what needs a look, with its cure."""

from __future__ import annotations

import argparse
import time

from bot.commands import add_json, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp doctor`."""
    parser.add_argument("--health", action="store_true", help="only: is `lamp serve` connected? (exit 0 or 1)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Look at everything and print it."""
    from bot.wiring import open_house

    house = open_house(args.config)
    if args.health:
        from bot.serve import is_healthy

        return 0 if is_healthy(house, time.time()) else 1
    from bot.checkup import examine

    found = list(examine(house, int(time.time())))
    if args.json:
        print_json({"findings": [f._asdict() for f in found]})
    else:
        width = max(len(f.what) for f in found)
        for f in found:
            print(
                f"{'!' if f.cure else ' '} {f.what:<{width}}  {f.state}"
                + (f"\n  {'':<{width}}  → {f.cure}" if f.cure else "")
            )
        looks = sum(bool(f.cure) for f in found)
        print(f"\n{looks} of {len(found)} lines need a look (!)." if looks else "\nAll is well.")
    return 0
