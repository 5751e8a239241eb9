"""How right Lamplighter would have been on your own past, beside simpler ways to guess, and how sure it can be."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import add_as_of, add_json, moment, print_json
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from knowledge.proof.backtest import Backtest
    from knowledge.store.repos import StoredRepo

TOO_LITTLE = "There is too little history: a backtest needs a year before its first half-year, and one after it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp backtest`."""
    parser.add_argument("--repo", metavar="NAME", help="which repository; needed only where there are several")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the calibration curve (png, svg or pdf)")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Backtest and print; 2 where history is too short."""
    from bot.reports import backtest as words
    from bot.wiring import open_house
    from knowledge.proof import backtest
    from knowledge.store.repos import Repos

    house = open_house(args.config).begun()
    repo = _chosen(Repos(house.db).all(), args.repo)
    found = backtest.run(house.db, repo.id, moment(args.as_of), house.git.surviving(repo.id))
    if found is None:
        if args.json:
            print_json({"repository": repo.name, "half_years": 0, "text": TOO_LITTLE})
        else:
            print(TOO_LITTLE)
        return 2
    if args.picture and found.calibration:
        from bot.reports.calibration_picture import draw

        draw(repo.name, found.calibration, args.picture)
    if args.json:
        print_json(as_json(repo.name, found))
        return 0
    for line in words.lines(repo.name, found):
        print(line)
    if args.picture and found.calibration:
        print(f"\nThe calibration curve is in {args.picture}.")
    return 0


def _chosen(repos: list[StoredRepo], name: str | None) -> StoredRepo:
    names = ", ".join(repo.name for repo in repos)
    if name is None:
        if len(repos) > 1:
            raise Mistake("there are several repositories", f"Choose one with --repo: {names}.")
        return repos[0]
    found = next((repo for repo in repos if repo.name == name), None)
    if found is None:
        raise Mistake(f"there is no repository {name!r}", f"There is {names}.")
    return found


def as_json(name: str, found: Backtest) -> dict[str, Any]:
    """The object of `lamp backtest --json`; dates in ISO, shares in [0, 1]."""
    from datetime import UTC, datetime

    def date(time: int) -> str | None:
        return datetime.fromtimestamp(time, UTC).date().isoformat() if time else None

    curve = found.calibration
    return {
        "repository": name,
        "half_years": found.halves,
        "first": date(found.first),
        "last": date(found.last),
        "fitted_since": date(found.since),
        "files": {"n": found.file_count, "models": [row._asdict() for row in found.files]},
        "directories": {"n": found.directory_count, "models": [row._asdict() for row in found.directories]},
        "ahead_of_last_toucher": list(found.ahead),
        "surviving_lines": (
            {"n": found.lines.files, "models": [found.lines.lines._asdict(), found.lines.ours._asdict()]}
            if found.lines
            else None
        ),
        "calibration": {**curve._asdict(), "curve": [one._asdict() for one in curve.curve]} if curve else None,
        "parameters": found.params._asdict(),
    }
