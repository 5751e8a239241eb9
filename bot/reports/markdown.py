"""A report as Markdown: for a page, a wiki, a file."""

from __future__ import annotations

from bot.dates import day
from bot.reports.sections import headline, sections, shown
from bot.reports.weekly import Report


def write(report: Report, *, details: bool = False) -> str:
    """The whole report, CommonMark."""
    out = [f"# Knowledge report {report.week}: {report.subject}", f"{headline(report)} As of {day(report.now - 1)}."]
    for section in sections(report):
        out.append(f"## {section.title}")
        lines = shown(section.every(details=details))
        numbered = section.key == "steps"
        bullets = [f"{n}. {line}" if numbered else f"- {line}" for n, line in enumerate(lines, 1)]
        out.append("\n".join(bullets))
    return "\n\n".join(out) + "\n"
