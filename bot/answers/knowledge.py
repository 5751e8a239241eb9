"""How, where and what: the best passage in its own words, where it stands, and how fresh it is; or whom to ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import (
    Answer,
    Asked,
    Ground,
    code,
    count,
    coverage_note,
    join,
    page_source,
    person_line,
    when,
)  # fmt: skip
from bot.message import Note, Part, People, Quote, Sources, Text, plain
from bot.render import cut
from knowledge.fresh import freshness
from knowledge.model import Evidence, Freshness, Knower
from knowledge.resolve import Target, Unknown

MOST_QUOTE = 900  # characters of the best passage
MORE_PAGES = 2  # further places that are cited
NEWCOMER = re.compile(
    r"\b(?:new (?:here|to|on|in|hire|starter|team|joiner|member|colleague)|i am new|newcomer|newbie|beginner|onboard\w*|just (?:joined|started)|first (?:day|week)|get(?:ting)? started|where (?:do|should|can) i (?:start|begin))\b",
    re.IGNORECASE,
)
_LANGUAGES = {"py": "python", "js": "javascript", "ts": "typescript", "rb": "ruby", "rs": "rust", "go": "go", "java": "java",
              "c": "c", "h": "c", "cpp": "cpp", "sh": "sh", "cs": "csharp", "php": "php", "kt": "kotlin", "swift": "swift"}  # fmt: skip


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "how …", "where …", "what …", and a newcomer's "where do I start"."""
    question = asked.meaning.text
    if asked.meaning.follow_up and asked.before is not None:
        question = f"{question} {_spoken(asked.before)}"
    if NEWCOMER.search(question.replace("'", " ").replace("I m ", "I am ")):
        return _welcome(ground, asked, question)
    if (unknown := _unknown_place(ground, asked)) is not None:
        from bot.answer import not_known

        return not_known(unknown, "where is {}?")
    search = ground.search()
    found = search.pages(question, 6) if search else []
    sure = search.confidence(question, found) if search and found else 0.0
    if sure < ground.options.confidence:
        return _abstain(ground, question, found)
    return _quoted(ground, found, asked.before if asked.meaning.follow_up else None)


def _unknown_place(ground: Ground, asked: Asked) -> Unknown | None:
    """A path in the question that exists nowhere: said before anything is answered about a neighbour."""
    from knowledge.mentions import mentions

    for mention in mentions(asked.meaning.text):
        if mention.kind == "path" and re.search(r"\.\w{1,6}(?::\d+)?$", mention.raw) and mention.raw.count("/") >= 1:
            result = ground.resolver.place(mention.raw)
            if isinstance(result, Unknown):
                return result
    return None


def _quoted(ground: Ground, found: Sequence[Evidence], before: Target | None) -> Answer:
    best = found[0]
    repo_id, repo = repo_of(ground, best)
    verdict = freshness(ground.db, repo_id, best.path, best.quote, ground.as_of)
    best = replace(best, date=verdict.changed_time, freshness=verdict)
    others = [_dated(ground, e) for e in _distinct(found[1:], best)][:MORE_PAGES]
    title = f"**{plain(best.title)}**, in {code(best.path)}:" if best.title else f"From {code(best.path)}:"
    parts: list[Part] = [
        Text(title),
        Quote(trimmed(best), f"{best.path}:{best.line_start}-{best.line_end}", language_of(best)),
        Text(in_words(verdict, best, ground.now)),
        Sources(tuple(page_source(ground, e, repo_of(ground, e)[1]) for e in (best, *others))),
        *coverage_note(ground),
    ]
    return Answer(tuple(parts), before or _target(ground, best, repo_id, repo), (), (best, *others))


def in_words(verdict: Freshness, evidence: Evidence, now: int) -> str:
    """The freshness verdict as a sentence or two."""
    what = "This code" if evidence.kind == "code" else "This page"
    if verdict.changed_time is None:
        return f"{what} has no history that I know of."
    sentence = f"{what} was last changed {when(verdict.changed_time, now)}."
    if verdict.missing:
        gone = join([code(name) for name in verdict.missing[:3]])
        sentence += f" It names {gone}, which {'is' if len(verdict.missing) == 1 else 'are'} no longer there: check before relying on it."
    if verdict.named and evidence.kind != "code":
        what_named = join([code(name) for name in verdict.named[:3]]) + (
            f" and {len(verdict.named) - 3} more" if len(verdict.named) > 3 else ""
        )
        if verdict.drift:
            sentence += f" Since then {count(verdict.drift, 'commit')} changed what it names ({what_named})."
        else:
            sentence += f" What it names ({what_named}) has not changed since."
    return sentence


def trimmed(evidence: Evidence) -> str:
    """The passage, shortened at a paragraph or sentence where it is long, without the heading that stands above it."""
    text = evidence.quote.strip("\n")
    lines = text.split("\n")
    last = evidence.title.rpartition("›")[2].strip()
    while lines and (
        not lines[0].strip()
        or lines[0].lstrip("# ").strip() == last
        or re.fullmatch(r"[=\-~^\"'`*+#.]{3,}", lines[0].strip())
    ):
        lines = lines[1:]
    return cut("\n".join(lines) or text, MOST_QUOTE)


def language_of(evidence: Evidence) -> str:
    """The language of code, for its colours; empty for prose."""
    return _LANGUAGES.get(evidence.path.rpartition(".")[2].lower(), "text") if evidence.kind == "code" else ""


def _distinct(found: Sequence[Evidence], best: Evidence) -> list[Evidence]:
    seen = {(best.path, best.title)}
    kept = []
    for evidence in found:
        if (evidence.path, evidence.title) not in seen:
            seen.add((evidence.path, evidence.title))
            kept.append(evidence)
    return kept


def _dated(ground: Ground, evidence: Evidence) -> Evidence:
    if evidence.date is not None:
        return evidence
    from knowledge.fresh import last_change

    return replace(evidence, date=last_change(ground.db, repo_of(ground, evidence)[0], evidence.path, ground.as_of))


def repo_of(ground: Ground, evidence: Evidence) -> tuple[int, str]:
    """The repository that a passage comes from."""
    repos = ground.resolver.repos()
    if len(repos) > 1 and evidence.passage_id is not None:
        rows = ground.db.read(
            """SELECT r.id, r.name FROM passages p JOIN documents d ON d.id = p.document_id JOIN repos r ON r.id = d.repo_id
               WHERE p.id = :id""",
            id=evidence.passage_id,
        )
        if rows:
            return int(rows[0][0]), str(rows[0][1])
    return (repos[0].id, repos[0].name) if repos else (0, "")


def _target(ground: Ground, evidence: Evidence, repo_id: int, repo: str) -> Target:
    return Target("file", repo_id, repo, evidence.path)


def _spoken(target: Target) -> str:
    return target.topic or target.symbol or target.path


# -- abstaining -------------------------------------------------------------------------------------------------------


def _abstain(ground: Ground, question: str, found: Sequence[Evidence]) -> Answer:
    """No page answers it: say so, name whom to ask, show the nearest place as no more than that."""
    from bot.answers.who_knows import first_to_ask

    people = first_to_ask(ground, question)[:2]
    parts: list[Part] = [Text("I found nothing written that surely answers this.")]
    if people:
        parts += [Text("Whom I would ask:"), People(tuple(person_line(ground, k) for k in people))]
    else:
        parts.append(Text("Nobody who is around stands out as knowing it, either."))
    near = tuple(_dated(ground, e) for e in found[:2])
    if near:
        parts.append(Note("The nearest pages, which may not be about it:"))
        parts.append(Sources(tuple(page_source(ground, e, repo_of(ground, e)[1]) for e in near)))
    parts += coverage_note(ground)
    return Answer(tuple(parts), Target("topic", topic=question), people, near, abstained=True)


# -- newcomers --------------------------------------------------------------------------------------------------------


def _welcome(ground: Ground, asked: Asked, question: str) -> Answer:
    """Pages to read first and people to meet, for somebody new to a place."""
    from bot.answers.who_knows import first_to_ask, of_place
    from knowledge.resolve import Several

    topic = _newcomers_topic(question)
    place = ground.resolver.subject(topic) if topic else None
    search = ground.search()
    query = f"{topic} overview introduction" if topic else "getting started contributing development setup introduction"
    found = search.pages(query, 8) if search else []
    docs = (
        _distinct([e for e in found if e.kind != "code"] or list(found), replace(found[0], path="", title=""))
        if found
        else []
    )
    pages = tuple(_dated(ground, e) for e in _one_a_page(docs)[:3])
    people: tuple[Knower, ...] = ()
    repos = ground.resolver.repos()
    if isinstance(place, Target) and place.kind not in {"topic", "person"}:
        people = of_place(ground, place).people
    elif isinstance(place, Several) and not place.loose:
        people = of_place(ground, place.choices[0]).people
    elif topic:
        people = first_to_ask(ground, topic)
    elif repos:
        people = of_place(ground, Target("repository", repos[0].id, repos[0].name)).people
    parts: list[Part] = [
        Text(
            f"Welcome! For {f'“{plain(topic)}”' if topic else 'a start here'}, read this first:"
            if pages
            else "Welcome! I found no page to start with."
        )
    ]
    if pages:
        parts.append(
            Quote(
                cut(trimmed(pages[0]), 400),
                f"{pages[0].path}:{pages[0].line_start}-{pages[0].line_end}",
                language_of(pages[0]),
            )
        )
    if people:
        parts += [
            Text("And these people know it now; a short chat with the first one saves a day of reading:"),
            People(tuple(person_line(ground, k) for k in people)),
        ]
    if pages:
        parts.append(Sources(tuple(page_source(ground, e, repo_of(ground, e)[1]) for e in pages)))
    parts += coverage_note(ground)
    target = place if isinstance(place, Target) else Target("topic", topic=topic or "getting started")
    return Answer(tuple(parts), target, people, pages, abstained=not pages and not people)


def _one_a_page(found: Sequence[Evidence]) -> list[Evidence]:
    return list({e.path: e for e in reversed(found)}.values())[::-1]


_NOT_TOPIC = re.compile(
    r"""\b(?:i(?:['’]?m|\ am)?|we|new|here|just|joined|started|starting|start|begin|getting|get|onboard\w*|where|what|how|who|do|does|should|can|could|to|with|the|a|an|on|in
    |my|first|day|week|team|this|that|and|so|is|are|for|at|of|hire|starter|newcomer|beginner|newbie|read|look|learn|know|need|want|go|about|project|repo|repository|codebase|code|company|am|hello|hi
    |please|best|good|place|places|help|me|things?|pages?|docs?|have|be|it|into|up|set|working|work|today|yesterday|would|like|understand|understanding)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def _newcomers_topic(question: str) -> str:
    """What a newcomer is new to: the words that are no greeting ("I'm new, where do I start with sessions?" → sessions)."""
    return " ".join(re.sub(r"[^\w\s./_-]", " ", _NOT_TOPIC.sub(" ", question)).split())
