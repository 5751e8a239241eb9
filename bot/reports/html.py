"""A report as HTML: for mail programs (tables, styles inline, light and dark) and as a page of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from bot.dates import day
from bot.reports.sections import Line, Section, headline, sections
from bot.reports.weekly import Report

FONT = "font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:15px;line-height:1.45"
BADGES = {"lit": "#ffd45c;color:#3a2f12", "dim": "#b86a28;color:#ffffff", "dark": "#352f47;color:#ffffff"}
BADGES |= {"better": "#2e7d4f;color:#ffffff", "resolved": "#2e7d4f;color:#ffffff"}
PLAIN_BADGE = "#8a8494;color:#ffffff"
ALT = "A map of the areas: each a tile, lit, dim or dark."


def write(report: Report, *, details: bool = False, picture: str = "") -> str:
    """The whole report; `picture` is the source of the map's image: `cid:…`, `data:…`, or nothing."""
    shown = f'<img src="{escape(picture)}" alt="{ALT}" style="width:100%;max-width:680px;border-radius:6px">'
    since = _inline(f"As of {day(report.now - 1)}.")
    body = "\n".join(_section(section, details=details) for section in sections(report))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>Knowledge report {escape(report.week)}: {escape(report.subject)}</title></head>
<body style="margin:0;padding:20px;{FONT}">
<div style="max-width:680px;margin:0 auto">
<h1 style="font-size:21px;margin:0 0 4px">Knowledge report {escape(report.week)}: {escape(report.subject)}</h1>
<p style="margin:0 0 14px">{_inline(headline(report))} <span style="opacity:.65">{since}</span></p>
{shown if picture else ""}
{body}
</div></body></html>
"""


def _section(section: Section, *, details: bool) -> str:
    lines = section.every(details=details)
    small = section.key == "unknown"
    title = f'<h2 style="font-size:16px;margin:20px 0 6px">{escape(section.title)}</h2>'
    if any(line.tag for line in lines):
        return title + _table(lines)
    if section.key == "steps":
        return title + _list("ol", (line.text for line in lines))
    if small or len(lines) == 1:
        style = "margin:0;opacity:.75;font-size:13px" if small else "margin:0"
        return title + "".join(f'<p style="{style}">{_inline(line.text)}</p>' for line in lines)
    return title + _list("ul", (line.text for line in lines))


def _list(kind: str, texts: Iterable[str]) -> str:
    items = "".join(f'<li style="margin:0 0 4px">{_inline(text)}</li>' for text in texts)
    return f'<{kind} style="margin:0;padding-left:22px">{items}</{kind}>'


def _table(lines: Iterable[Line]) -> str:
    rows = "".join(_row(line) for line in lines)
    return f'<table role="presentation" cellspacing="0" cellpadding="0" style="{FONT};width:100%">{rows}</table>'


def _row(line: Line) -> str:
    if not line.tag:
        return f'<tr><td colspan="2" style="padding:3px 0">{_inline(line.text)}</td></tr>'
    colour = BADGES.get(line.tag.partition(",")[0], PLAIN_BADGE)
    badge = f"background:{colour};border-radius:4px;padding:1px 7px;font-size:12px;white-space:nowrap"
    return (
        f'<tr><td style="padding:3px 10px 3px 0;vertical-align:top;width:1%"><span style="{badge}">'
        f'{escape(line.tag)}</span></td><td style="padding:3px 0;vertical-align:top">{_inline(line.text)}</td></tr>'
    )


def _inline(text: str) -> str:
    """Our small Markdown as HTML, everything else escaped."""
    code = '<code style="background:rgba(128,128,128,.16);border-radius:3px;padding:0 3px;font-size:13px">'
    whole = r'<span style="white-space:nowrap">\1</span>'
    marked = re.sub(r"`([^`]+)`", lambda m: f"{code}{m[1]}</code>", escape(text, quote=False))
    dated = re.sub(r"(?<![\w/-])(\d{4}-\d\d-\d\d)(?![\w/-])", whole, marked)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", dated)
