"""The weekly stale-knowledge report: what is at risk, better and worse, and three steps.

lamp report                                  this week's, on one screen
lamp report accept AREA --reason "…" --until 2026-12-31
lamp report reopen AREA
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import add_as_of, add_json, moment, print_json
from bot.looking_back import only_looks
from bot.people.account import user_name
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from bot.reports.weekly import Report
    from bot.wiring import House
    from knowledge.areas.register import Risk

FORMATS = ("terminal", "markdown", "html", "text")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp report`."""
    parser.add_argument("deed", nargs="?", choices=("accept", "reopen"), help="decide about an area")
    parser.add_argument("area", nargs="?", help="its name, as the report tells it")
    parser.add_argument("--reason", default="", help="why it is accepted")
    parser.add_argument("--until", metavar="DATE", default="", help="until when it is accepted")
    parser.add_argument("--by", metavar="NAME", default="", help="who accepts it; default: you")
    parser.add_argument("--week", metavar="ISO", help="the report at the end of a week: 2026-W12")
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="how it is written")
    parser.add_argument("--send", action="store_true", help="send this week's to where config.yaml says, once")
    parser.add_argument("--details", action="store_true", help="everything, not only one screen")
    parser.add_argument("--picture", metavar="FILE", help="write the map of areas as PNG, too")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Make the report and print it, or decide about an area."""
    import time

    from bot.wiring import open_house

    if args.deed and (args.as_of or args.week):
        raise only_looks(f"`lamp report {args.deed}`")
    if args.picture and Path(args.picture).suffix.lower() != ".png":
        raise Mistake(f"{args.picture} is no picture I can draw", "Let it end in .png.")
    house = open_house(args.config).fresh()
    now, present = _moment(args, house), int(time.time())
    if args.send:
        return _send(args, house)
    if args.deed:
        return _decide(args, house, min(now, present))
    report = house.report(min(now, present), keep=not (args.as_of or args.week))
    if args.picture:
        from bot.reports.map import picture

        write_picture(args.picture, picture(report))
    if args.json:
        from bot.reports.as_json import as_json

        print_json(as_json(report))
    else:
        print(_written(args, report), end="")
    return 0


def _moment(args: argparse.Namespace, house: House) -> int:
    from bot.reports.zone import zone_of
    from knowledge.areas.register import end_of_week

    if not args.week:
        return moment(args.as_of)
    try:
        return end_of_week(args.week, zone_of(house.settings)) - 1
    except ValueError:
        raise Mistake(f"--week {args.week!r} is no week", "Write it as 2026-W12.") from None


def _written(args: argparse.Namespace, report: Report) -> str:
    import sys
    from shutil import get_terminal_size

    from bot.reports import html, markdown, text

    if args.format == "html":
        return html.write(report, details=args.details, picture=_inlined(report))
    if args.format == "markdown":
        return markdown.write(report, details=args.details)
    if args.format == "text":
        return text.write(report, details=args.details)
    if not sys.stdout.isatty():
        return text.write(report, details=args.details)
    width = max(40, min(text.WIDTH, get_terminal_size().columns))
    return text.write(report, details=args.details, colours=True, width=width)


def _inlined(report: Report) -> str:
    """The map as an address that holds it whole, so that the page is one file."""
    from base64 import b64encode

    from bot.reports.map import picture

    return f"data:image/png;base64,{b64encode(picture(report)).decode()}"


def _send(args: argparse.Namespace, house: House) -> int:
    import asyncio

    if args.as_of or args.week:
        raise Mistake("--send sends this week's report", "Leave out --as-of and --week.")
    said = house.settings.report
    if not said.channel and not said.to:
        raise Mistake("config.yaml does not say where reports go", "Fill in report.channel or report.to.")

    async def deliver() -> dict[str, str]:
        return await house.courier().deliver()

    told = asyncio.run(deliver())
    if args.json:
        print_json({"sent": told})
    else:
        print("\n".join(f"{where}: {what}" for where, what in told.items()))
    return 0 if all(what == "sent" or what.startswith("the report of") for what in told.values()) else 1


# -- deciding about an area -------------------------------------------------------------------------------------------


def _decide(args: argparse.Namespace, house: House, now: int) -> int:

    from bot.dates import day
    from knowledge.areas.register import LEVELS, Acceptance
    from knowledge.store import register

    repo_id, risk = _risk(args, house, now)
    if args.deed == "reopen":
        if not register.reopen(house.db, repo_id, risk.area):
            raise Mistake(f"{risk.seen.title} is not accepted", "`lamp report --details` lists what is.")
        return _decided(args, risk, f"{risk.seen.title} counts again.")
    if not args.reason.strip():
        raise Mistake("--reason is missing", "Say why it is accepted; the report repeats it.")
    until = moment(args.until) if args.until else now
    if until <= now:
        raise Mistake("--until is missing or past", "Say until when, such as --until 2026-12-31.")
    acceptance = Acceptance(now, until, args.by or user_name(), args.reason.strip(), LEVELS[risk.seen.state])
    register.accept(house.db, repo_id, risk.area, risk.seen.title, acceptance)
    worse = "" if risk.seen.state == "dark" else f", or until it is darker than {risk.seen.state}"
    return _decided(args, risk, f"{risk.seen.title} is accepted until {day(until - 1)}{worse}.")


def _decided(args: argparse.Namespace, risk: Risk, told: str) -> int:
    if args.json:
        print_json({"done": args.deed, "area": risk.area, "text": told})
    else:
        print(told)
    return 0


def _risk(args: argparse.Namespace, house: House, now: int) -> tuple[int, Risk]:
    """The entry of the register that `area` names, by key or title; "repository: " in front where several have it."""
    import difflib

    from bot.reports.facts import gather
    from knowledge.areas.objective import Objective

    if not args.area:
        raise Mistake(f"lamp report {args.deed} needs an area", "`lamp report` names them.")
    found = [(one.repo, risk) for one in gather(house.db, now, Objective()).repos for risk in one.risks]
    names = [{r.area, r.seen.title, f"{repo.name}: {r.seen.title}", f"{repo.name}: {r.area}"} for repo, r in found]
    meant = [pair for pair, known in zip(found, names, strict=True) if args.area.rstrip("/") in known]
    if len(meant) == 1:
        return meant[0][0].id, meant[0][1]
    if meant:
        raise Mistake(f"{args.area} is in several repositories", f"Write “{meant[0][0].name}: {args.area}”.")
    near = difflib.get_close_matches(args.area, [risk.seen.title for _, risk in found], n=1, cutoff=0.5)
    cure = f"Did you mean {near[0]}?" if near else "`lamp report --details` names them."
    raise Mistake(f"{args.area} is no area at risk", cure)


def write_picture(path: str, png: bytes) -> None:
    """Keep a picture.

    Raises:
        Mistake: it cannot be written there.
    """
    try:
        Path(path).write_bytes(png)
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror})", "Name another file.") from None
