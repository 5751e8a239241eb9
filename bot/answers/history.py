"""Why, when, and what changed: the commits that say so, with the reasons that they give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import (
    Answer,
    Asked,
    Ground,
    about,
    ask_back,
    called,
    code,
    count,
    coverage_note,
    join,
    not_known,
    sentence,
    taken_to_mean,
)
from bot.dates import DAY, day, when
from bot.message import Note, Part, Quote, Sources, Text, plain
from bot.phrases import cut
from bot.telling import getting_back
from bot.telling.citing import commit_evidence, commit_source, dated, pages_source, titled, whole
from bot.telling.one_person import of_person
from bot.telling.spoken import CAME, STOP, WENT, alike, same_verb, speaking, wanted_words
from bot.understanding.when import Window
from knowledge.activation.past import OPEN_END, PastCommit
from knowledge.asking.targets import Repo, Several, Target, Unknown
from knowledge.model import Evidence

MOST_COMMITS = 5
LOOK_THROUGH = 400  # touches of a place are looked through for what is asked about
_WHAT = re.compile(
    r"^(?:what|which|anything|something|show|list|history|log|git log|changes|commits|recent|any|give|changelog"
    r"|latest)\b",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"^(?:[A-Z][\w-]+-by|Change-Id|Fixes|Closes|Refs?|Co-authored-by|Link|PR-URL|git-svn-id|Reverts?)\s*:.*$",
    re.MULTILINE | re.IGNORECASE,
)


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "why was …", "when did …", "what changed in …"."""
    meaning = asked.meaning
    subject = meaning.subject
    if getting_back.asks(meaning.text) or getting_back.asks(asked.incoming.text):  # what stood before the question
        return getting_back.answer(ground, asked)
    if not subject and (asked.before is None or not meaning.follow_up):
        repos = ground.resolver.repos()
        if meaning.follow_up and not _WHAT.match(meaning.text):
            return Answer(
                (Text("Why or when what? Name a file, a line or a change, such as “why was `src/app.py` changed?”."),)
            )
        if not repos:
            return Answer((Text("I have read no repository yet."),), abstained=True)
        return _everywhere(ground, repos, meaning.window)
    found = ground.resolver.subject(subject) if subject else asked.before
    assert found is not None  # noqa: S101
    if isinstance(found, Several) and not found.loose:
        return ask_back(
            found,
            meaning.text.replace(subject, "{}") if subject and "{" not in meaning.text else "what changed in {}?",
        )
    if isinstance(found, Unknown):
        if found.kind == "symbol":
            return _by_search(ground, meaning.text, meaning.window, Target("topic", topic=subject))
        return not_known(found, "what changed in {}?")
    if isinstance(found, Several):
        found = Target("topic", topic=subject)
    if found.kind == "person":
        return of_person(ground, found, meaning.window)
    if found.kind == "line":
        return _of_line(ground, found)
    if found.kind == "topic":
        return _by_search(ground, meaning.text, meaning.window, found)
    came_or_went = CAME.search(meaning.text) or WENT.search(meaning.text)
    if found.kind == "symbol" and came_or_went and not _WHAT.match(meaning.text):
        return _by_search(ground, meaning.text, meaning.window, Target("topic", topic=subject or found.symbol))
    if (
        CAME.search(meaning.text)
        and not _WHAT.match(meaning.text)
        and found.kind in {"file", "directory"}
        and _is_whole(subject, found)
    ):
        return _first(ground, found)
    if not found.alive:
        return _end_of(ground, found)
    if _WHAT.match(meaning.text) or meaning.window is not None:
        return _what_changed(ground, found, meaning.window)
    return _why(ground, found, meaning.text)


def _is_whole(subject: str, target: Target) -> bool:
    """Whether the place itself is asked about, not something in it ("when was X added to app.py")."""
    return not target.meant or len(subject.split()) <= 3


# -- what changed -----------------------------------------------------------------------------------------------------


def touches(ground: Ground, target: Target, limit: int, window: Window | None = None) -> list[PastCommit]:
    """The commits of a place within a span, newest first."""
    since = (window.since if window else None) or 0
    until = (window.until if window else None) or OPEN_END
    past = ground.past(target.repo_id)
    if target.kind in {"file", "line", "symbol"}:
        return past.of_file(target.path, limit, since=since, until=until)
    return past.of_directory(target.path, limit, since=since, until=until)


def _everywhere(ground: Ground, repos: Sequence[Repo], window: Window | None) -> Answer:
    """What changed in every repository, those where something did first."""
    said = [_what_changed(ground, Target("repository", repo.id, repo.name), window) for repo in repos]
    said.sort(key=lambda one: len(one.evidence), reverse=True)
    if len(said) == 1:
        return said[0]
    parts = tuple(part for one in said for part in one.parts)
    return Answer(parts, evidence=tuple(e for one in said for e in one.evidence))


def _what_changed(ground: Ground, target: Target, window: Window | None) -> Answer:
    found = touches(ground, target, LOOK_THROUGH, window)
    span = f" {_span(window)}" if window else ""
    meant = taken_to_mean(target)
    if not found:
        latest = touches(ground, target, 1)
        nothing = f"{meant} Nothing changed in {about(target)}{span}.".strip()
        if not latest:
            return Answer((Text(nothing),), target, abstained=True)
        last = f" The latest change was {when(latest[0].time, ground.now)}, by {called(latest[0].author.name)}."
        return Answer(
            (Text(nothing + last), Sources((commit_source(ground, latest[0]),))),
            target,
            (),
            (commit_evidence(latest[0], target.path),),
        )
    found.sort(key=lambda c: -c.time)
    telling = [c for c in found if not c.is_merge and not c.author.is_bot and not c.is_mass] or found
    shown = telling[:MOST_COMMITS]
    if window is None:
        head = f"The latest changes to {about(target)}:"
    else:
        number = f"At least {LOOK_THROUGH} commits" if len(found) >= LOOK_THROUGH else count(len(found), "commit")
        head = f"{number} changed {about(target)} {_span(window)}{_by(telling)}."
    parts: list[Part] = [
        Text(f"{meant} {head}".strip()),
        Sources(tuple(commit_source(ground, c, author=True) for c in shown)),
    ]
    notes = []
    if len(telling) > len(shown):
        notes.append(f"the newest {len(shown)} are shown" if window else f"{len(shown)} of them are shown")
    if left := len(found) - len(telling):
        notes.append(f"{count(left, 'commit')} by bots, merges or mass changes left out")
    if notes:
        parts.append(Note(sentence("; ".join(notes))))
    return Answer(tuple(parts), target, (), tuple(commit_evidence(c, target.path) for c in shown))


def _by(commits: Sequence[PastCommit]) -> str:
    names = list(dict.fromkeys(c.author.name for c in commits))
    if len(names) > 3:
        return f", by {', '.join(plain(n) for n in names[:3])} and {len(names) - 3} more"
    return f", by {join([plain(n) for n in names])}" if names else ""


def _span(window: Window) -> str:
    words = window.words.strip()
    if (
        window.since is not None
        and window.until is None
        and window.since % DAY == 0
        and not words.lower().startswith("since")
    ):
        return f"{words} (since {day(window.since)})"
    return words


# -- why --------------------------------------------------------------------------------------------------------------


def _why(ground: Ground, target: Target, question: str) -> Answer:
    """The commit of a place that the words of the question fit best; without such words the latest telling one."""
    found = [c for c in touches(ground, target, LOOK_THROUGH) if not c.is_merge and not c.author.is_bot]
    if not found:
        return Answer((Text(f"Nothing in the history touches {about(target)}."),), target, abstained=True)
    wanted = _content(question, target)
    scored = sorted(found, key=lambda c: (-_fit(c, wanted), c.is_mass, -c.seq))
    fits = bool(wanted) and _fit(scored[0], wanted) > 0
    best = scored[0] if fits else _telling(found)
    pool = scored if fits else found
    others = [c for c in pool if c is not best and not c.is_mass and (not fits or _fit(c, wanted) > 0)][:2]
    lead = taken_to_mean(target) or ("" if fits else f"The latest telling change to {about(target)}:")
    return _reasons(ground, target, best, others, lead)


_CHORE = re.compile(
    r"\b(?:bump|ruff|flake8|pyupgrade|pre-commit|lint|typos?|reformat|format|black|isort|mypy|typing|dependenc\w+|year|license"
    r"|version|end of life|whitespace|requirements|spelling|sort imports|update \w+ hook|merge branch|copyright)\b",
    re.IGNORECASE,
)


def _telling(found: Sequence[PastCommit]) -> PastCommit:
    """The newest commit that was made for the sake of the place, not of its upkeep."""
    own = [c for c in found[:30] if not c.is_mass]
    return next((c for c in own if not _CHORE.search(c.subject)), own[0] if own else found[0])


def _content(question: str, target: Target) -> set[str]:
    place = set(re.findall(r"[a-z0-9]+", f"{target.path} {target.meant} {target.symbol} {target.asked}".lower()))
    return {w for w in re.findall(r"[a-z0-9]{3,}", question.lower()) if w not in STOP and w not in place}


def _fit(commit: PastCommit, wanted: set[str]) -> float:
    subject = set(re.findall(r"[a-z0-9]{3,}", commit.subject.lower()))
    body = set(re.findall(r"[a-z0-9]{3,}", commit.body.lower()))
    return 2.0 * len(wanted & subject) + len(wanted & body)


def _reasons(
    ground: Ground, target: Target, best: PastCommit, others: Sequence[PastCommit], lead: str = "", verb: str = "wrote"
) -> Answer:
    """A commit with its own reasons quoted, and a few more to look at."""
    told = f"{called(best.author.name)} {verb}, {when(best.time, ground.now)}: “{titled(best)}”."
    parts: list[Part] = [Text(f"{lead} {told}".strip())]
    body = reasons(best.body)
    if body:
        parts.append(Quote(cut(body, 700), f"{best.sha[:9]}"))
    elif verb == "wrote":
        parts.append(Note("The commit gives no reason beyond its subject."))
    parts.append(Sources(tuple(commit_source(ground, c) for c in (best, *others))))
    path = target.path if target.kind != "topic" else ""
    return Answer(tuple(parts), target, (), tuple(commit_evidence(c, path) for c in (best, *others)))


def reasons(body: str) -> str:
    """A commit's message without its trailers."""
    return re.sub(r"\n{3,}", "\n\n", _TRAILER.sub("", body)).strip()


def _of_line(ground: Ground, target: Target) -> Answer:
    """Line → the commit that wrote it → what that commit says."""
    shas = list(ground.blame(target.repo_id, target.path, target.line, target.line_end)) if ground.blame else []
    commits = ground.past(target.repo_id).by_sha(list(dict.fromkeys(shas)))
    if not commits:
        if ground.blame is not None:
            return Answer((Text(f"{code(target.path)} has no line {target.line}."),), target, abstained=True)
        return _why(ground, replace(target, kind="file"), "")
    newest = sorted(commits, key=lambda c: -c.seq)
    return _reasons(ground, target, newest[0], newest[1:3], f"{code(target.name)} comes from this commit.")


# -- beginnings and ends ----------------------------------------------------------------------------------------------


def _first(ground: Ground, target: Target) -> Answer:
    found = touches(ground, target, 100_000)
    if not found:
        return Answer((Text(f"Nothing in the history touches {about(target)}."),), target, abstained=True)
    first = found[-1]
    answered = _reasons(ground, target, first, (), taken_to_mean(target), f"added {about(target)}")
    if first.path and first.path != target.path and target.kind == "file":
        return replace(answered, parts=(*answered.parts, Note(f"It was called {code(first.path)} then.")))
    return answered


def _end_of(ground: Ground, target: Target) -> Answer:
    found = touches(ground, target, 1)
    if not found:
        return Answer((Text(f"Nothing in the history touches {about(target)}."),), target, abstained=True)
    return _reasons(
        ground, target, found[0], (), f"{code(target.path)} is no longer there.", "made the last change to it"
    )


# -- by search --------------------------------------------------------------------------------------------------------


def _by_search(ground: Ground, question: str, window: Window | None, target: Target) -> Answer:
    """The commits that speak of the topic within the span; a page where a commit does not say what is asked."""
    spoken = speaking(ground, question, target.topic, window)
    if not spoken.commits:
        return _nothing_speaks(ground, question, target, window, spoken.near)
    best = spoken.commits[0]
    lead = f"The commit that fits “{plain(target.topic)}” best:"
    answered = _reasons(ground, target, best, spoken.commits[1:3], lead)
    parts = answered.parts
    pages: tuple[Evidence, ...] = ()
    if (CAME.search(question) or WENT.search(question)) and not same_verb(question, best):
        pages = _pages(ground, question, target)
        if pages:
            parts += (Text("No commit says it in so many words; this page may:"), Sources(pages_source(ground, pages)))
    evidence = (*answered.evidence, *pages)
    return replace(answered, parts=(*parts, *coverage_note(ground)), evidence=evidence)


def _nothing_speaks(
    ground: Ground, question: str, target: Target, window: Window | None, near: Sequence[PastCommit]
) -> Answer:
    """Say that no commit speaks of it; a page that surely does, or the nearest commits as no more than that."""
    span = f" {_span(window)}" if window else ""
    parts: list[Part] = [Text(f"I found no commit{span} that speaks of “{plain(target.topic)}”.")]
    pages = _pages(ground, question, target)
    if pages:
        parts += [Text("A page that may tell:"), Sources(pages_source(ground, pages))]
    elif near and window is None:
        parts.append(Note("The nearest commits, which may not be about it:"))
        parts.append(Sources(tuple(commit_source(ground, c) for c in near[:2])))
    return Answer((*parts, *coverage_note(ground)), target, (), pages, abstained=True)


# "Why did we choose X?": a page about X need not say that it was chosen.
DECIDING = frozenset("choose chose chosen choosing pick picked use used using decide decided go went take took".split())


def _pages(ground: Ground, question: str, target: Target) -> tuple[Evidence, ...]:
    """The page that surely speaks of it, where no commit does: a changelog, a decision record."""
    search = ground.search()
    found = search.pages(question, 3) if search else []
    if search is None or not found or search.confidence(question, found) < ground.options.confidence:
        return ()
    wanted = wanted_words(target.topic) - DECIDING
    speaks = [
        e
        for e in found
        if all(any(alike(w, x) for x in re.findall(r"[a-z0-9]+", whole(ground, e).lower())) for w in wanted)
    ]
    return tuple(dated(ground, e) for e in speaks[:1])
