"""Why, when, and what changed: the commits that say so, with the reasons that they give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import (
    DAY,
    Answer,
    Asked,
    Ground,
    about,
    ask_back,
    called,
    code,
    commit_evidence,
    commit_source,
    count,
    coverage_note,
    day,
    join,
    not_known,
    taken_to_mean,
    when,
)  # fmt: skip
from bot.message import Note, Part, Quote, Sources, Text, plain
from bot.render import cut
from bot.when import Window
from knowledge.past import OPEN_END, PastCommit
from knowledge.resolve import Several, Target, Unknown

MOST_COMMITS = 5
LOOK_THROUGH = 400  # touches of a place are looked through for what is asked about
_CAME = re.compile(
    r"\b(?:add(?:ed)?|introduc\w+|creat\w+|born|come in|came in|first|start\w*|appear\w*|invent\w+|who wrote|land\w*|exist)\b",
    re.IGNORECASE,
)
_WENT = re.compile(r"\b(?:remov\w+|delet\w+|drop\w*|disappear\w*|gone|go away|vanish\w*)\b", re.IGNORECASE)
_WHAT = re.compile(
    r"^(?:what|which|show|list|history|log|git log|changes|commits|recent|any|give|changelog|latest)\b", re.IGNORECASE
)
_TRAILER = re.compile(
    r"^(?:[A-Z][\w-]+-by|Change-Id|Fixes|Closes|Refs?|Co-authored-by|Link|PR-URL|git-svn-id|Reverts?)\s*:.*$",
    re.MULTILINE | re.IGNORECASE,
)


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "why was …", "when did …", "what changed in …"."""
    meaning = asked.meaning
    subject = meaning.subject
    if not subject and asked.before is None:
        repos = ground.resolver.repos()
        if meaning.follow_up and not _WHAT.match(meaning.text):
            return Answer(
                (Text("Why or when what? Name a file, a line or a change, such as “why was `src/app.py` changed?”."),)
            )
        if not repos:
            return Answer((Text("I have read no repository yet."),), abstained=True)
        return _what_changed(ground, Target("repository", repos[0].id, repos[0].name), meaning.window)
    found = ground.resolver.subject(subject) if subject else asked.before
    assert found is not None  # noqa: S101
    if isinstance(found, Several) and not found.loose:
        return ask_back(
            found,
            meaning.text.replace(subject, "{}") if subject and "{" not in meaning.text else "what changed in {}?",
            show_repo=False,
        )
    if isinstance(found, Unknown):
        if found.kind == "symbol":
            return _by_search(ground, meaning.text, meaning.window, Target("topic", topic=subject))
        return not_known(found, "what changed in {}?")
    if isinstance(found, Several):
        found = Target("topic", topic=subject)
    if found.kind == "person":
        from bot.answers import person

        return person.of_person(ground, found, meaning.window)
    if found.kind == "line":
        return _of_line(ground, found)
    if found.kind == "topic":
        return _by_search(ground, meaning.text, meaning.window, found)
    if (
        _CAME.search(meaning.text)
        and not _WHAT.match(meaning.text)
        and found.kind in {"file", "directory"}
        and _is_whole(subject, found)
    ):
        return _first(ground, found)
    if not found.alive and found.kind == "file":
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


def _what_changed(ground: Ground, target: Target, window: Window | None) -> Answer:
    found = touches(ground, target, LOOK_THROUGH, window)
    span = f" {_span(window)}" if window else ""
    meant = taken_to_mean(target)
    if not found:
        latest = touches(ground, target, 1)
        sentence = f"{meant} Nothing changed in {about(target)}{span}.".strip()
        if not latest:
            return Answer((Text(sentence),), target, abstained=True)
        last = f" The latest change was {when(latest[0].time, ground.now)}, by {called(latest[0].author.name)}."
        return Answer(
            (Text(sentence + last), Sources((commit_source(ground, target.repo, latest[0]),))),
            target,
            (),
            (commit_evidence(latest[0], target.path),),
        )
    telling = [c for c in found if not c.is_merge and not c.author.is_bot and not c.is_mass] or found
    names = list(dict.fromkeys(c.author.name for c in telling))
    many = f"at least {LOOK_THROUGH}" if len(found) >= LOOK_THROUGH else ""
    number = f"{many} commits" if many else count(len(found), "commit")
    by = (
        f" by {join([plain(n) for n in names[:3]])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        if names
        else ""
    )
    head = (
        f"{number[0].upper()}{number[1:]} changed {about(target)}{span}{by}."
        if window
        else f"The latest changes to {about(target)}:"
    )
    lines = [f"- {day(c.time)} {plain(c.subject)} ({plain(c.author.name)})" for c in telling[:MOST_COMMITS]]
    parts: list[Part] = [
        Text(f"{meant} {head}".strip()),
        Text("\n".join(lines)),
        Sources(tuple(commit_source(ground, target.repo, c) for c in telling[:MOST_COMMITS])),
    ]
    left = len(found) - len(telling)
    if left:
        parts.append(Note(f"Left out: {count(left, 'commit')} by bots, merges or mass changes."))
    return Answer(tuple(parts), target, (), tuple(commit_evidence(c, target.path) for c in telling[:MOST_COMMITS]))


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
    """Of a place's commits, the one that the words of the question fit best; without such words, the latest telling one."""
    found = [c for c in touches(ground, target, LOOK_THROUGH) if not c.is_merge and not c.author.is_bot]
    if not found:
        return Answer((Text(f"Nothing in the history touches {about(target)}."),), target, abstained=True)
    wanted = _content(question, target)
    scored = sorted(found, key=lambda c: (-_fit(c, wanted), c.is_mass, -c.seq))
    best = scored[0] if wanted and _fit(scored[0], wanted) > 0 else next((c for c in found if not c.is_mass), found[0])
    others = [
        c
        for c in (scored if wanted else found)
        if c is not best and (not wanted or _fit(c, wanted) > 0) and not c.is_mass
    ][:2]
    lead = taken_to_mean(target) or ("" if wanted else f"The latest change to {about(target)}:")
    return _reasons(ground, target, best, others, lead)


_STOP = frozenset(
    """why when what was were is are did do does has have had we they it this that the a an in on of to for from by with changed
    change removed added introduced moved renamed deleted replaced dropped made last how come reason who been being get got there
    modified updated touched edited commit file line into at be and or so ever suddenly behind first""".split()
)


def _content(question: str, target: Target) -> set[str]:
    place = set(re.findall(r"[a-z0-9]+", f"{target.path} {target.meant} {target.symbol} {target.asked}".lower()))
    return {w for w in re.findall(r"[a-z0-9]{3,}", question.lower()) if w not in _STOP and w not in place}


def _fit(commit: PastCommit, wanted: set[str]) -> float:
    subject = set(re.findall(r"[a-z0-9]{3,}", commit.subject.lower()))
    body = set(re.findall(r"[a-z0-9]{3,}", commit.body.lower()))
    return 2.0 * len(wanted & subject) + len(wanted & body)


def _reasons(
    ground: Ground, target: Target, best: PastCommit, others: Sequence[PastCommit], lead: str = "", verb: str = "wrote"
) -> Answer:
    """A commit with its own reasons quoted, and a few more to look at."""
    sentence = f"{called(best.author.name)} {verb}, {when(best.time, ground.now)}: “{plain(best.subject)}”."
    parts: list[Part] = [Text(f"{lead} {sentence}".strip())]
    body = reasons(best.body)
    if body:
        parts.append(Quote(cut(body, 700), f"{best.sha[:9]}"))
    elif verb == "wrote":
        parts.append(Note("The commit gives no reason beyond its subject."))
    parts.append(Sources(tuple(commit_source(ground, target.repo, c) for c in (best, *others))))
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
    """The commits whose words fit, within the span; the earliest where it is asked when something came in."""
    search = ground.search()
    hits = list(search.commits(_query(question, target), 30)) if search else []
    shas = [hit.sha for hit in hits]
    scores = {hit.sha: hit.score for hit in hits}
    found = [c for repo in ground.resolver.repos() for c in ground.past(repo.id).by_sha(shas) if not c.is_merge]
    found = [
        c
        for c in found
        if (window is None or window.holds(c.time)) and (ground.as_of is None or c.time <= ground.as_of)
    ]
    wanted = {w for w in re.findall(r"[a-z0-9]{3,}", target.topic.lower()) if w not in _STOP}
    found = [c for c in found if _share(c, wanted) >= 0.5]
    found.sort(
        key=lambda c: (
            -(scores.get(c.sha, 0.0) * (0.5 if c.author.is_bot or c.is_mass else 1.0) * (0.5 + _share(c, wanted)))
        )
    )
    if not found:
        span = f" {_span(window)}" if window else ""
        sentence = f"I found no commit{span} that speaks of “{plain(target.topic)}”."
        return Answer((Text(sentence), *coverage_note(ground)), target, abstained=True)
    best, others = found[0], found[1:3]
    repo = next((r for r in ground.resolver.repos() if ground.past(r.id).by_sha([best.sha])), None)
    named = replace(target, repo=repo.name if repo else "", repo_id=repo.id if repo else 0)
    answered = _reasons(ground, named, best, others, f"The commit that fits “{plain(target.topic)}” best:")
    return replace(answered, target=target, parts=(*answered.parts, *coverage_note(ground)))


def _query(question: str, target: Target) -> str:
    verb = _WENT.search(question) or _CAME.search(question)
    return f"{target.topic} {verb[0]}" if verb else target.topic


def _share(commit: PastCommit, wanted: set[str]) -> float:
    """The share of the wanted words that a commit's message holds, plural or not."""
    if not wanted:
        return 1.0
    words = set(re.findall(r"[a-z0-9]{3,}", f"{commit.subject} {commit.body}".lower()))
    return sum(
        any(w.rstrip("s") == x.rstrip("s") or (len(w) > 4 and x.startswith(w[:-1])) for x in words) for w in wanted
    ) / len(wanted)
