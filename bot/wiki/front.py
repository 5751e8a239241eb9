r"""Front matter read by python-frontmatter and written by the line: what is not ours stays as it is, byte for byte.

    ---\r\n                               ---\r\n
    title: 'Deploy'   # ours              title: 'Deploy'   # ours
    last_reviewed_on: 2024-01-01    →     last_reviewed_on: 2024-06-15
    ---\r\n                               ---\r\n

Order, quotes, comments, line endings and a byte order mark are kept. Only YAML between `---` is written; what another
tool made of TOML (`+++`) or JSON is read by nobody here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Value = str | date | Sequence[str]

BOM = "\ufeff"
_YAML = re.compile(r"\A(?P<open>\ufeff?---[ \t]*\r?\n)(?P<fields>(?:.*\r?\n)*?)(?P<close>---[ \t]*(?:\r?\n|\Z))")
_OTHER = re.compile(r"\A\ufeff?(?:\+\+\+[ \t]*\r?\n|\{\s*\r?\n?\s*\")")
_ONE = re.compile(
    r"(?P<name>[^:]+:)(?P<gap>[ \t]*)(?P<said>'[^']*'|\"[^\"\\]*\"|[^'\"#\[{|>&*!\r\n][^#\r\n]*?|)"
    r"(?P<tail>[ \t]*(?:[ \t]#.*)?\r?\n)"
)
_PLAIN = re.compile(r"[A-Za-z0-9/][\w ./@()+-]*\Z")
_NOT_TEXT = re.compile(r"(?:[\d_.,:+-]+|[\d-]{8,}.*|true|false|yes|no|on|off|null|y|n)\Z", re.IGNORECASE)


def has_front_matter(text: str) -> bool:
    """Whether a page begins with YAML between `---`."""
    return _YAML.match(text) is not None


def is_foreign(text: str) -> bool:
    """Whether a page begins with front matter that is not written here (TOML, JSON)."""
    return _OTHER.match(text) is not None


def fields_of(text: str) -> dict[str, Any]:
    """What the front matter of a page says; empty where there is none, or where it is no mapping."""
    if _YAML.match(text) is None:
        return {}
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    try:
        found = frontmatter.loads(text.removeprefix(BOM), handler=YAMLHandler()).metadata
    except (yaml.YAMLError, ValueError):
        return {}
    return {str(key): value for key, value in found.items()}


def body_of(text: str) -> str:
    """The page without its front matter and byte order mark."""
    match = _YAML.match(text)
    return text[match.end() :] if match else text.removeprefix(BOM)


def ending_of(text: str) -> str:
    r"""The line ending of a page: "\r\n" where its first line has it."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def with_fields(text: str, fields: Mapping[str, Value | None], *, begin: bool) -> str:
    """The page with these fields set (None removes), everything else as it was.

    Args:
        text: the page, decoded with its line endings.
        fields: what to set, in order; a field that is there keeps its place.
        begin: whether a page without front matter gets one.

    Returns:
        The page; the same where nothing can be written without touching what is not ours.
    """
    match = _YAML.match(text)
    if match is None:
        return _begun(text, fields) if begin and not is_foreign(text) else text
    eol = ending_of(text)
    block = match["fields"]
    for key, value in fields.items():
        block = _set(block, key, value, eol)
    made = text[: match.start("fields")] + block + text[match.end("fields") :]
    before, after = fields_of(text), fields_of(made)
    ours = {key for key, value in fields.items() if value is not None}
    untouched = {key: value for key, value in before.items() if key not in fields}
    if {key: value for key, value in after.items() if key not in ours} != untouched or not ours <= set(after):
        return text  # it is written in a way that a line cannot be changed in
    return made


def _begun(text: str, fields: Mapping[str, Value | None]) -> str:
    eol = ending_of(text)
    lines = [_line(key, value, eol) for key, value in fields.items() if value is not None]
    if not lines:
        return text
    mark = BOM if text.startswith(BOM) else ""
    body = text.removeprefix(BOM)
    gap = "" if body.startswith(("\n", "\r\n")) or not body else eol
    return f"{mark}---{eol}{''.join(lines)}---{eol}{gap}{body}"


def _set(block: str, key: str, value: Value | None, eol: str) -> str:
    """One field of the lines between the fences; lines that go on (indented, or a list) belong to their key."""
    lines = block.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if re.match(rf"{re.escape(key)}[ \t]*:", line)), None)
    if at is None:
        return block if value is None else block + _line(key, value, eol)
    end = at + 1
    while end < len(lines) and re.match(r"[ \t]+\S|-[ \t]", lines[end]):
        end += 1
    new = "" if value is None else _line(key, value, eol)
    one = _ONE.fullmatch(lines[at]) if end == at + 1 else None
    if one is not None and isinstance(value, str | date):
        new = f"{one['name']}{one['gap'] or ' '}{_scalar(value, one['said'][:1])}{one['tail']}"
    return "".join([*lines[:at], new, *lines[end:]])


def _line(key: str, value: Value, eol: str) -> str:
    if isinstance(value, str | date):
        return f"{key}: {_scalar(value)}{eol}"
    return f"{key}:{eol}" + "".join(f"  - {_scalar(one)}{eol}" for one in value)


def _scalar(value: str | date, quote: str = "") -> str:
    """A value as YAML, in the quotes that stood there where there were any."""
    if isinstance(value, date):
        return f"{quote}{value.isoformat()}{quote}" if quote in {"'", '"'} else value.isoformat()
    said = " ".join(value.split())
    if quote == "'":
        return "'" + said.replace("'", "''") + "'"
    if quote != '"' and _PLAIN.match(said) and not _NOT_TEXT.match(said) and not said.endswith(" "):
        return said
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
