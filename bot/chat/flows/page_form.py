"""A page as it stands now, in a form: in as many fields as it needs, and one text again when it is sent in; pure.

Fields are cut between lines, so putting them together with a line break gives back exactly what was shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b

from bot.chat.flows.forms import FIELD, Block, form, paragraph, text, waiting
from bot.phrases import code

ROOM = 2400  # characters that a field begins with: there is room to write more
MOST_FIELDS = 10
TITLE = "Edit the page"


def page_form(path: str, page: str, about: str) -> Block:
    """The form for the text of a page; one that says how else where it does not fit. `about` is a nudge's id, or ""."""
    parts = parts_of(page)
    if parts is None:
        long = f"{code(path)} is too long for a form: `lamp wiki edit {path}` opens it, or change it in git as ever."
        return waiting("wiki:wait", TITLE, long)
    meta = json.dumps({"path": path, "about": about, "sum": checksum(page)})
    label = "Text" if len(parts) == 1 else "Text, part {} of {}"
    fields = [
        text(f"part{at}", label.format(at + 1, len(parts)), initial=part, lines=True, optional=True, most=FIELD)
        for at, part in enumerate(parts)
    ]
    hint = paragraph(f"{code(path)} as it is now. What you keep becomes a commit in your name, without secrets.")
    return form("wiki:rewrite", TITLE, hint, *fields, submit="Keep it", meta=meta)


def parts_of(page: str) -> list[str] | None:
    """A page in pieces of whole lines, each with room to grow; None where it does not fit into a form."""
    parts: list[str] = []
    for line in page.rstrip("\n").split("\n"):
        if parts and len(parts[-1]) + 1 + len(line) <= ROOM:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts if len(parts) <= MOST_FIELDS and all(len(one) <= FIELD for one in parts) else None


def page_of(fields: Mapping[str, str]) -> str:
    """The page of a form that was sent in, with one line break at its end; a field left empty is gone."""
    parts = [fields[f"part{at}"] for at in range(MOST_FIELDS) if fields.get(f"part{at}")]
    return "\n".join(parts).rstrip() + "\n"


def checksum(page: str) -> str:
    """What tells whether a page is still what somebody saw."""
    return blake2b(page.encode(), digest_size=8).hexdigest()
