"""Getting back into a place: what changed since the asker last knew it, on one screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.answer import Answer, Asked, Ground, about, ask_back, code, count, join, not_known, sentence, taken_to_mean
from bot.dates import ago, day
from bot.message import Note, Part, Sources, Text, plain
from bot.people.asker import person_of
from bot.phrases import cut
from bot.telling.citing import commit_evidence, commit_source, titled
from knowledge.activation.past import PastCommit
from knowledge.activation.standing import find_place
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.ways_in.grouping import UPKEEP, Group
from knowledge.ways_in.refresh import PageChange, Refresh, Start, refresh, start_of
from knowledge.ways_in.symbol_changes import Pair, SymbolChanges, Where, compare

SAY = "catch me up on {}"
MOST_FILES = 80  # of the changed ones are parsed for their symbols
SHOWN = 4  # names in a line
TOGETHER = 3  # so many that went the same way are told in one
_ASKS = re.compile(
    r"\b(?:catch (?:me|us)\b.*\bup|(?:bring|get) (?:me|us) (?:back )?(?:up|in)|fill (?:me|us) in|get(?:ting)? back into"
    r"|(?:i|we)(?:['’]m| am|['’]re| are) back|(?:i|we) (?:was|were|have been) (?:away|out|off|on [a-z]+)\b"
    r"|(?:did|have) (?:i|we) miss|(?:since|while) (?:i|we|my)\b"
    r"|refresh (?:me|us))",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?:^|/)(?:tests?|testing|t|spec|specs)(?:/|$)|(?:^|/)(?:test_|conftest)|_test\.", re.IGNORECASE)
_MINE = re.compile(r"\s*\b(?:since|while) (?:i|we|my)\b.*$", re.IGNORECASE)


def asks(text: str) -> bool:
    """Whether a question is about what the asker missed."""
    return _ASKS.search(text) is not None


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "catch me up on …"."""
    subject = _MINE.sub("", asked.meaning.subject).strip()
    found: Target | Several | Unknown | None = ground.resolver.subject(subject) if subject else asked.before
    if isinstance(found, Several):  # `lamp refresh builtin` means builtin/, not builtin.h
        directory = ground.resolver.place(f"{subject.strip('`')}/")
        found = directory if isinstance(directory, Target) and directory.kind == "directory" else found
    repos = ground.resolver.repos()
    named = next((repo for repo in repos if repo.name.lower() == subject.strip("`").lower()), None)
    if named is not None and not (isinstance(found, Target) and found.path.lower() == named.name.lower()):
        found = Target("repository", named.id, named.name)
    if found is None:
        if not repos:
            return Answer((Text("I have read no repository yet."),), abstained=True)
        found = Target("repository", repos[0].id, repos[0].name)
    if isinstance(found, Several):
        return ask_back(found, SAY)
    if isinstance(found, Unknown):
        return not_known(found, SAY)
    if found.kind in {"topic", "person"}:
        told = f"I can tell what changed in a file or directory; I know no place called “{plain(subject)}”."
        return Answer((Text(told),), found, abstained=True)
    return of_place(ground, asked, found)


def of_place(ground: Ground, asked: Asked, target: Target) -> Answer:
    """What changed in a file, directory or repository since the asker last knew it."""
    place = find_place(ground.db, target.repo_id, target.path)
    person = person_of(ground, asked.incoming.asker, target.repo_id)
    window = asked.meaning.window
    if place is None:
        return Answer((Text("No history of this repository has been read yet."),), target, abstained=True)
    if window is not None and window.since is not None:
        start = Start(window.since, "asked")
    else:
        start = start_of(ground.db, target.repo_id, place, person.id if person else None, ground.now)
    found = refresh(ground.db, target.repo_id, place.path, start, ground.now, person.id if person else None)
    assert found is not None  # noqa: S101  (the place is known)
    trouble = ""
    try:
        symbols = _symbols(ground, target, found)
    except Mistake as mistake:  # the repository is not where it was indexed
        symbols, trouble = SymbolChanges(), f"Symbols are not compared: {mistake}"
    parts: list[Part] = [
        Text(f"{taken_to_mean(target)} {_opening(ground, target, found, person, asked.incoming.asker.email)}".strip())
    ]
    if found.commits:
        parts.append(Text("\n".join(_told(found, group) for group in found.groups)))
    if lines := [*_symbol_lines(symbols), *_file_lines(found), *_page_lines(found.pages)]:
        parts.append(Text("\n".join(lines)))
    page = next(iter(found.pages), None)
    evidence = (commit_evidence(found.first, target.path),) if found.first else ()
    if found.first is not None:
        also = f", then the page {code(page.path)}" if page else ""
        parts.append(Text(f"Read first: “{plain(titled(found.first))}”{also}."))
        parts.append(Sources((commit_source(ground, found.first),)))
    if found.people:
        parts.append(Note(_thanks(found, person)))
    if note := _left_out(found):
        parts.append(Note(note))
    if trouble:
        parts.append(Note(trouble))
    extra = as_extra(found, symbols, page)
    return Answer(tuple(parts), target, (), evidence, extra=extra)


# -- sentences --------------------------------------------------------------------------------------------------------


def _opening(ground: Ground, target: Target, found: Refresh, person: Person | None, email: str) -> str:
    start, what = found.start, about(target)
    since = f"{day(start.time)} ({ago(start.time, ground.now)})"
    if start.why == "last":
        lead = f"You last worked on {what} on {since}"
    elif start.why == "asked":
        lead = sentence(f"{what} since {day(start.time)}").removesuffix(".")
    elif person is None:
        known = f"I know nobody with the address {plain(email)}" if email else "I do not know who you are"
        lead = f"{known}, so this is {what} since {since}"
    else:
        lead = f"You have not worked on {what} before, so this is since {since}"
    if not found.commits:
        return f"{lead}. Nothing has changed there that you would have to catch up on."
    return f"{lead}. {_amount(found)}"


def _amount(found: Refresh) -> str:
    changes = count(len(found.commits), "change")
    people = f" by {count(len(found.people), 'person', 'people')}" if found.people else ""
    more = "More than " if found.more else ""
    share = found.since.staleness
    if found.start.why != "last":
        return f"{more}{changes}{people} since then."
    new = (
        "hardly anything of it is new to you" if share < 0.03
        else f"about {max(5, round(share * 20) * 5)} % of it is new to you" if share < 0.95
        else "nearly all of it is new to you"
    )  # fmt: skip
    return f"{more}{changes}{people} since: {new}."


def _told(found: Refresh, group: Group) -> str:
    """A group on a line: its name, how many, and the change that stands for it."""
    middle = titled(found.commits[group.middle])
    if len(group.members) == 1:
        return f"- {plain(cut(middle, 100))}"
    if group.name == UPKEEP:
        return f"- {UPKEEP} ({len(group.members)}): typing, dependencies, style and the like"
    return f"- **{plain(group.name)}** ({len(group.members)}): such as “{plain(cut(middle, 90))}”"


def _named(found: Sequence[str]) -> str:
    more = len(found) - SHOWN
    return join([*found[:SHOWN], *([f"{more} more"] if more > 0 else [])])


def _symbol_lines(symbols: SymbolChanges) -> list[str]:
    lines = []
    if symbols.renamed:
        lines.append(f"- Renamed: {_named(_pairs(symbols.renamed))}.")
    if symbols.moved:
        lines.append(f"- Moved: {_named(_pairs(symbols.moved))}.")
    if symbols.added:
        lines.append(f"- New: {_named([code(where.name) for where in symbols.added])}.")
    if symbols.removed:
        lines.append(f"- Gone: {_named([code(where.name) for where in symbols.removed])}.")
    return lines


def _pairs(pairs: Sequence[Pair]) -> list[str]:
    """The pairs in words, the many that went the same way together: "12 of `Flask` to `App` in `src/app.py`"."""
    ways: dict[tuple[str, str, str], list[Pair]] = {}
    for pair in pairs:
        there = pair.now.path if pair.now.path != pair.then.path else ""
        way = (pair.then.name.rpartition(".")[0], pair.now.name.rpartition(".")[0], there)
        ways.setdefault(way, []).append(pair)
    told = []
    for (then, now, there), some in sorted(ways.items(), key=lambda item: (-len(item[1]), item[0])):
        where = f" in {code(there)}" if there else ""
        if then and now and len(some) >= TOGETHER:
            told.append(f"{len(some)} of {code(then)} {f'to {code(now)}' if now != then else 'went'}{where}")
            continue
        for pair in some:
            names = "" if pair.then.name == pair.now.name else f" → {code(pair.now.name)}"
            told.append(f"{code(pair.then.name)}{names}{where}")
    return told


def _file_lines(found: Refresh) -> list[str]:
    lines = []
    renamed = [f"{code(one.old)} → {code(one.path)}" for one in found.files if one.change == "R"]
    for what, named in (
        ("Files moved", renamed),
        ("New files", [code(one.path) for one in found.files if one.change == "A"]),
        ("Files gone", [code(one.path) for one in found.files if one.change == "D"]),
    ):
        if named:
            lines.append(f"- {what}: {_named(named)}.")
    return lines


def _page_lines(pages: Sequence[PageChange]) -> list[str]:
    lines = []
    for what, is_new in (("New pages about it", True), ("Changed pages about it", False)):
        if named := [code(page.path) for page in pages if page.is_new == is_new]:
            lines.append(f"- {what}: {_named(named)}.")
    return lines


def _thanks(found: Refresh, person: Person | None) -> str:
    names = [plain(name) for name in found.people if person is None or name != person.name]
    more = len(names) - 6
    return f"Thanks to {join([*names[:6], *([f'{more} others'] if more > 0 else [])])}." if names else ""


def _left_out(found: Refresh) -> str:
    whose = "of yours, by bots" if found.start.why == "asked" else "by bots"
    return f"{count(found.left_out, 'commit')} {whose} or over the whole tree left out." if found.left_out else ""


# -- symbols ----------------------------------------------------------------------------------------------------------


def _symbols(ground: Ground, target: Target, found: Refresh) -> SymbolChanges:
    """What became of the symbols; private ones, and those of tests where tests are not the matter, are left out."""
    if ground.git is None or not found.files:
        return SymbolChanges()
    files = [one for one in found.files if _TESTS.search(target.path) or not _TESTS.search(one.path)][:MOST_FILES]
    then = ground.git.outlines(target.repo_id, found.start.time, [one.old or one.path for one in files])
    now = ground.git.outlines(target.repo_id, ground.as_of, [one.path for one in files if one.change != "D"])
    every = compare(then, now, {one.path: one.old for one in files if one.old})
    return SymbolChanges(
        added=tuple(where for where in every.added if _is_public(where)),
        removed=tuple(where for where in every.removed if _is_public(where)),
        renamed=tuple(pair for pair in every.renamed if _is_public(pair.now) or _is_public(pair.then)),
        moved=tuple(pair for pair in every.moved if _is_public(pair.now)),
        changed=every.changed,
    )


def _is_public(where: Where) -> bool:
    return not any(part.startswith("_") for part in where.name.split("."))


# -- json -------------------------------------------------------------------------------------------------------------


def as_extra(found: Refresh, symbols: SymbolChanges, page: PageChange | None) -> dict[str, Any]:
    """What `lamp refresh --json` adds."""

    def where(one: Where) -> dict[str, str]:
        return {"path": one.path, "name": one.name}

    def pairs(some: Sequence[Pair]) -> list[dict[str, Any]]:
        return [{"then": where(pair.then), "now": where(pair.now)} for pair in some]

    commits: Sequence[PastCommit] = found.commits
    return {
        "refresh": True,
        "since": {"time": day(found.start.time), "why": found.start.why},
        "new_to_you": round(found.since.staleness, 3) if found.start.why == "last" else None,
        "changes": len(commits),
        "groups": [
            {"name": g.name, "count": len(g.members), "commits": [commits[n].sha for n in g.members]}
            for g in found.groups
        ],
        "files": [{"path": one.path, "change": one.change, "old": one.old or None} for one in found.files],
        "symbols": {
            "added": [where(one) for one in symbols.added],
            "removed": [where(one) for one in symbols.removed],
            "renamed": pairs(symbols.renamed),
            "moved": pairs(symbols.moved),
            "changed": symbols.changed,
        },
        "pages": [{"path": one.path, "title": one.title, "is_new": one.is_new} for one in found.pages],
        "thanks": list(found.people),
        "read_first": {"commit": found.first.sha if found.first else None, "page": page.path if page else None},
    }
