"""A draft and a tree → the files of its commit, and what a person should know; pure, the same for the same two.

A draft says what somebody wants, not how the tree looked when they wanted it, so that it can be filed again on a newer
one. Where the page was changed there meanwhile in a way that does not go together, it is a `Clash` of two versions.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.wiki.conventions import Convention, Read, detect, title_in
from bot.wiki.front import Value, body_of, ending_of, fields_of, is_foreign, with_fields
from bot.wiki.nav import listed
from knowledge.store.wiki import Draft

MONTH_DAYS = 30.4375
_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*\r?$")


@dataclass(frozen=True, slots=True)
class Tree:
    """The wiki's repository at a commit."""

    paths: Sequence[str]
    read: Read
    folder: str = ""  # of the config

    @property
    def convention(self) -> Convention:
        """How pages are kept there."""
        return detect(self.paths, self.read, self.folder)


class Filing(NamedTuple):
    """The files of a commit (None deletes), and what a person should know. No files: there is nothing to commit."""

    files: Mapping[str, str | None]
    notes: tuple[str, ...] = ()


class Clash(NamedTuple):
    """Both sides changed the page: what stands there now, and what the draft would have made of it."""

    why: str
    theirs: str
    ours: str


def file(draft: Draft, tree: Tree) -> Filing | Clash:
    """What a draft changes in a tree."""
    match draft.kind:
        case "new":
            return _new(draft, tree)
        case "update":
            return _update(draft, tree)
        case "retire":
            return _retire(draft, tree)
        case _:
            return _review(draft, tree)


def diff(filing: Filing, tree: Tree) -> str:
    """The change as people read it: a unified diff."""
    out: list[str] = []
    for path, text in filing.files.items():
        old = tree.read(path)
        before = (old or "").splitlines()
        after = (text or "").splitlines()
        names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if text is None else f"b/{path}")
        out += difflib.unified_diff(before, after, *names, lineterm="")
    return "\n".join(out)


# -- pages ------------------------------------------------------------------------------------------------------------


def _new(draft: Draft, tree: Tree) -> Filing | Clash:
    convention = tree.convention
    page = whole_page(draft, convention, _position(tree, convention))
    there = tree.read(draft.path)
    if there is not None:
        if there == page:
            return Filing({})
        return Clash(f"a page `{draft.path}` came into being meanwhile", there, page)
    found = listed(convention, draft.path, draft.title, tree.read(convention.listing) if convention.listing else None)
    files: dict[str, str | None] = {draft.path: page}
    if found.text is not None:
        files[convention.listing] = found.text
    return Filing(files, (found.note,) if found.note else ())


def whole_page(draft: Draft, convention: Convention, position: int | None = None) -> str:
    """A new page: front matter as the neighbours have it, the title where they have it, the text."""
    fields: dict[str, Value | None] = {}
    if convention.front_matter:
        if convention.ids:
            fields["id"] = re.sub(r"\.\w+$", "", draft.path.rpartition("/")[2])
        if convention.title_field:
            fields["title"] = draft.title
        if position is not None:
            fields["sidebar_position"] = str(position)
        fields |= review_fields(draft)
    head = f"# {draft.title}\n\n" if convention.heading else ""
    text = f"{head}{draft.text.strip()}\n"
    made = with_fields(text, fields, begin=True) if fields else text
    return _numbers(made) if position is not None else made


def review_fields(draft: Draft) -> dict[str, Value | None]:
    """What we say in front matter of a page: owner, last_reviewed_on, review_in, sources."""
    said = draft.intent
    fields: dict[str, Value | None] = {}
    if said.get("owner"):
        fields["owner"] = str(said["owner"])
    if said.get("day"):
        fields["last_reviewed_on"] = date.fromisoformat(str(said["day"]))
    if said.get("review_days"):
        fields["review_in"] = review_words(int(said["review_days"]))
    if said.get("sources"):
        fields["sources"] = tuple(map(str, said["sources"]))
    return fields


def review_words(days: int) -> str:
    """Days as front matter says them: "6 months", "3 weeks", "45 days"."""
    months, (weeks, rest) = round(days / MONTH_DAYS), divmod(days, 7)
    if months and abs(days - months * MONTH_DAYS) <= 0.5 + 0.6 * months:
        return f"{months} month{'s' if months > 1 else ''}"
    if not rest:
        return f"{weeks} week{'s' if weeks > 1 else ''}"
    return f"{days} day{'s' if days > 1 else ''}"


def _numbers(page: str) -> str:
    """A position is a number, not a text."""
    return re.sub(r'(?m)^(sidebar_position: )"(\d+)"', r"\1\2", page, count=1)


def _position(tree: Tree, convention: Convention) -> int | None:
    if not convention.positions:
        return None
    start = f"{convention.folder}/" if convention.folder else ""
    beside = (
        p for p in tree.paths if p.startswith(start) and "/" not in p[len(start) :] and p.endswith((".md", ".mdx"))
    )
    found = (fields_of(tree.read(path) or "").get("sidebar_position") for path in beside)
    return 1 + max((int(one) for one in found if isinstance(one, int | float)), default=0)


def _update(draft: Draft, tree: Tree) -> Filing | Clash:
    page = tree.read(draft.path)
    if page is None:
        return Clash(f"`{draft.path}` is gone", "", draft.text)
    if draft.how == "whole":
        if page == draft.text:
            return Filing({})
        if page != draft.intent.get("old"):
            return Clash(f"`{draft.path}` was changed meanwhile", page, draft.text)
        return Filing({draft.path: draft.text})
    eol = ending_of(page)
    made = with_section(page, draft.title, draft.text.strip().replace("\r\n", "\n"), eol)
    if made == page:
        return Filing({})
    fields = fields_of(page)
    ours = {key: value for key, value in review_fields(draft).items() if key == "last_reviewed_on" and key in fields}
    if "sources" in fields and isinstance(fields["sources"], list):
        more = [one for one in map(str, draft.intent.get("sources", ())) if one not in fields["sources"]]
        ours |= {"sources": (*map(str, fields["sources"]), *more)} if more else {}
    return Filing({draft.path: with_fields(made, ours, begin=False) if ours else made})


def with_section(page: str, title: str, text: str, eol: str) -> str:
    """The page with a section of this title: in place of the one that is there, else at its end."""
    lines = page.splitlines(keepends=True)
    found = _section(lines, title)
    level = "##" if found is None else found[2]
    section = f"{level} {title}\n\n{text}\n".replace("\n", eol)
    if found is not None:
        start, end, _ = found
        rest = "".join(lines[end:])
        return "".join(lines[:start]) + section + (eol if rest else "") + rest
    whole = page if page.endswith(("\n", "\r\n")) else page + eol
    gap = "" if whole.endswith(eol + eol) else eol
    return whole + gap + section


def _section(lines: Sequence[str], title: str) -> tuple[int, int, str] | None:
    """Where a section of this title begins and ends, and its marks; headings in code are none."""
    wanted, start, marks, fenced = title.strip().casefold(), None, "", ""
    for at, line in enumerate(lines):
        if fence := re.match(r"[ ]{0,3}(```+|~~~+)", line):
            fenced = "" if fenced and fence[1].startswith(fenced) else fenced or fence[1][:3]
            continue
        found = None if fenced else _HEADING.match(line)
        if found is None:
            continue
        if start is not None and len(found[1]) <= len(marks):
            return start, at, marks
        if start is None and len(found[1]) > 1 and found[2].strip().casefold() == wanted:
            start, marks = at, found[1]
    return (start, len(lines), marks) if start is not None else None


# -- reviews ----------------------------------------------------------------------------------------------------------


def _review(draft: Draft, tree: Tree) -> Filing | Clash:
    """Confirm and adopt change their one line, in a page whose repository uses front matter; else nothing."""
    page = tree.read(draft.path)
    if page is None:
        return Clash(f"`{draft.path}` is gone", "", "")
    convention = tree.convention
    fields = fields_of(page)
    wanted = review_fields(draft)
    key = "owner" if draft.kind == "adopt" else "last_reviewed_on"
    if key not in wanted or not convention.front_matter or is_foreign(page):
        return Filing({})
    if draft.kind == "confirm" and isinstance(there := fields.get(key), date) and there >= wanted[key]:  # type: ignore[operator]
        return Filing({})  # somebody confirmed it later than that
    made = with_fields(page, {key: wanted[key]}, begin=True)
    return Filing({draft.path: made} if made != page else {})


def _retire(draft: Draft, tree: Tree) -> Filing | Clash:
    page = tree.read(draft.path)
    if page is None:
        return Filing({})
    name = draft.path.rpartition("/")[2]
    naming = [path for path in tree.paths if path != draft.path and _names(tree, path, name)]
    title = title_in(draft.path, body_of(page), fields_of(page))
    note = f"Still naming “{title}”: {', '.join(f'`{path}`' for path in naming[:5])}." if naming else ""
    return Filing({draft.path: None}, (note,) if note else ())


def _names(tree: Tree, path: str, name: str) -> bool:
    if not path.endswith((".md", ".mdx", ".markdown", ".yml", ".yaml", ".js", ".ts")):
        return False
    text = tree.read(path) or ""
    return name in text or (path.endswith("_toc.yml") and name.rpartition(".")[0] in text)
