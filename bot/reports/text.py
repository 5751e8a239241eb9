"""A report as plain text: for the terminal (with its colours) and for mail programs that show no HTML."""

from __future__ import annotations

import re
import textwrap

from bot.dates import day
from bot.reports.sections import Line, headline, sections
from bot.reports.weekly import Report

WIDTH = 96
BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
COLOURS = {"dark": "\x1b[35m", "dim": "\x1b[33m", "better": "\x1b[32m", "resolved": "\x1b[32m"}


def write(report: Report, *, details: bool = False, colours: bool = False, width: int = WIDTH) -> str:
    """The report in lines of at most `width` characters; without details it fits one screen."""
    title = f"Knowledge report {report.week}: {report.subject} (as of {day(report.now - 1)})"
    out = [f"{BOLD}{title}{RESET}" if colours else title, *textwrap.wrap(headline(report), width)]
    for section in sections(report):
        out.append("")
        out.append(f"{BOLD}{section.title}{RESET}" if colours else section.title)
        lines = section.every(details=details)
        for number, line in enumerate(lines, 1):
            bullet = f"{number}. " if section.key == "steps" else "- "
            out += _wrapped(line, bullet, width, colours=colours)
    return "\n".join(out) + "\n"


def _wrapped(line: Line, bullet: str, width: int, *, colours: bool) -> list[str]:
    tag = f"[{line.tag}] " if line.tag else ""
    words = re.sub(r"\*\*(.+?)\*\*|`([^`]+)`", lambda m: m[1] or m[2], line.text)
    made = textwrap.wrap(
        tag + words, width, initial_indent=f"  {bullet}", subsequent_indent=" " * (2 + len(bullet)),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    if colours and tag:
        colour = COLOURS.get(line.tag.split(",")[0], DIM)
        made[0] = made[0].replace(tag, f"{colour}{tag}{RESET}", 1)
    return made
