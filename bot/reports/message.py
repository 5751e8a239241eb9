"""A report as a `Message`: for chat, and for the Slack channel."""

from __future__ import annotations

from bot.message import Message, Note, Part, Text
from bot.reports.as_json import as_json
from bot.reports.sections import Section, headline, sections, shown
from bot.reports.weekly import Report


def write(report: Report) -> Message:
    """The one screen."""
    parts: list[Part] = [Text(f"**Knowledge report {report.week}: {report.subject}**\n{headline(report)}")]
    for section in sections(report):
        lines = shown(section.lines)
        parts.append(Note(" ".join(lines)) if section.key == "unknown" else _part(section, lines))
    return Message(tuple(parts), "report", data=as_json(report))


def details(report: Report) -> Message | None:
    """What the one screen leaves out; None when that is nothing."""
    parts = [_part(section, shown(section.more)) for section in sections(report) if section.more]
    return Message((Text(f"**Details of {report.week}**"), *parts), "report") if parts else None


def _part(section: Section, lines: list[str]) -> Text:
    bullets = [f"{n}. {line}" if section.key == "steps" else f"- {line}" for n, line in enumerate(lines, 1)]
    return Text("\n".join([f"**{section.title}**", *bullets]))
