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
    coverage_note,
    join,
    not_known,
    person_line,
    reachable,
)
from bot.dates import DAY
from bot.message import Note, Part, People, Quote, Sources, Text, plain
from bot.telling import places, remembered, welcome
from bot.telling.citing import dated, pages_source, repo_of, whole
from bot.telling.introduced import introduced
from bot.telling.quoted import distinct, in_context, in_words, language_of
from bot.understanding import shown_around
from bot.understanding.whereabouts import about, sought
from knowledge.asking.targets import Target, Unknown
from knowledge.fresh import freshness
from knowledge.model import Evidence, Knower
from knowledge.store.passages import Passages

RECENT_DAYS = 365  # who did nothing for longer is nobody to send people to
MORE_PAGES = 2  # further places that are cited


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "how …", "where …", "what …", and a newcomer's "where do I start"."""
    question = asked.meaning.text
    if shown_around.asks(question):
        from bot.telling import touring  # a tenth of a second that other answers need not wait for

        return touring.answer(ground, asked, shown_around.subject(question))
    if asked.meaning.follow_up and asked.before is not None and not shown_around.is_newcomer(question):
        return _about_before(ground, question, asked.before)
    if shown_around.is_newcomer(question):
        return welcome.answer(ground, asked)
    if _ABOUT_ALL.search(question) and (door := welcome.front_pages(ground)):
        return _quoted(ground, door[:3], None)
    if asked.meaning.leans and asked.before is not None:
        told_of_it = _of_it(ground, question, asked.before)
        if told_of_it is not None:
            return told_of_it
    if (unknown := _unknown_place(ground, asked)) is not None:
        return not_known(unknown, "where is {}?")
    place = sought(question)
    lacking = places.found(ground, place) if place is not None else ()
    if isinstance(lacking, Answer):
        return lacking
    search = ground.search()
    found = list(search.pages(question, 6)) if search else []
    sure = search.confidence(question, found) if search and found else 0.0
    defined = _definition(ground, question) or introduced(ground, question, found)
    if defined is not None:
        found = [defined, *(e for e in found if e.passage_id != defined.passage_id)]
    elif lacking:
        return _named_by_nothing(ground, question, found, lacking)
    elif not found or sure < ground.options.confidence or (place and place.ground == "code" == found[0].kind):
        return _abstain(ground, question, found)  # code that only has some of the words of a place is none
    told = _quoted(ground, found, None)
    if place is None or place.ground == "pages":
        return told
    return replace(told, parts=(Text("I know no place that is surely it. What is written about it:"), *told.parts))


def _about_before(ground: Ground, question: str, before: Target) -> Answer:
    """About what the thread speaks of ("how does it work?"): what stands in that place comes first."""
    stem = before.path.rpartition("/")[2].partition(".")[0]
    query = before.topic or before.symbol or " ".join(re.findall(r"[A-Za-z0-9]+", stem))
    if (place := about(question, query)) is not None and isinstance(told := places.found(ground, place), Answer):
        return replace(told, target=before)
    search = ground.search()
    found = list(search.pages(query, 20)) if search else []
    inside = [e for e in found if before.path and (e.path == before.path or e.path.startswith(before.path + "/"))]
    if before.kind == "symbol" and (defined := _definition(ground, f"what does `{before.symbol}` do")) is not None:
        inside.insert(0, defined)
    sure = search.confidence(query, found) if search and found else 0.0
    if not inside and sure < ground.options.confidence:
        return replace(_abstain(ground, f"{question} ({_spoken(before)})", found), target=before)
    return _quoted(ground, [*inside, *(e for e in found if e not in inside)][:6], before)


_ALL = (
    r"(?:this|the|our) (?:repo(?:sitory)?|project|code ?base|package|library|software|product|app(?:lication)?|service)"
)
_ABOUT_ALL = re.compile(
    rf"\b(?:what is|explain|describe|summari[sz]e|tell me about|introduce me to) {_ALL}"
    rf"(?: (?:all )?(?:about|for|doing|good for))?\W*$|\bwhat does {_ALL} do\W*$",
    re.IGNORECASE,
)
_OWN_WORDS = 3  # a question with so many stands on its own feet where nothing speaks of it together with "it"
_LITTLE = frozenset(
    """it its they them these those this that is are was were be been do does did can could should would will have has
    how what where when why which who the a an of for with about in on to and or not any there i we you my our still
    ever also""".split()
)


def _of_it(ground: Ground, question: str, before: Target) -> Answer | None:
    """A question that says "it", asked of what the thread speaks of ("does it use proxies?"); None to ask it alone."""
    own = [w for w in re.findall(r"[A-Za-z0-9_.-]+", question) if w.lower().strip(".-") not in _LITTLE]
    stem = before.path.rpartition("/")[2].partition(".")[0]
    query = " ".join([before.topic or before.symbol or " ".join(re.findall(r"[A-Za-z0-9]+", stem)), *own])
    search = ground.search()
    found = list(search.pages(query, 6)) if search else []
    if search and found and search.confidence(query, found) >= ground.options.confidence:
        return _quoted(ground, found, before)
    if len(own) >= _OWN_WORDS:
        return None
    return replace(_abstain(ground, f"{question} ({_spoken(before)})", found), target=before)


_DEFINES = re.compile(
    r"^(?:what (?:does|is|are|do|did)|explain|describe|how does|define|tell me about)\s+(?:the\s+)?"
    r"`?([A-Za-z_][\w.]*)(?:\(\))?`?\s*(?:for|do|does|work|works|mean|defined|implemented|function|method|class)*\s*$",
    re.IGNORECASE,
)


def _definition(ground: Ground, question: str) -> Evidence | None:
    """Where the question is "what does NAME do" and one place of the code defines NAME: that place."""
    match = _DEFINES.match(question.strip(" ?!."))
    if match is None:
        return None
    name = match[1]
    marked = "_" in name or "." in name or "`" in question or "(" in question or name[1:] != name[1:].lower()
    # An everyday word must be a symbol letter by letter.
    if not marked and not ground.db.read("SELECT 1 FROM passages WHERE symbol = :name LIMIT 1", name=name):
        return None
    found = ground.resolver.place(name, ticked=True, slips=False)
    if not isinstance(found, Target) or found.kind != "symbol":
        return None
    held = [p for p in Passages(ground.db).of_symbol(found.symbol) if p.path == found.path]
    if not held:
        return None
    first = held[0]
    return Evidence(
        "code",
        first.path,
        first.line_start,
        first.line_end,
        first.title,
        first.text,
        first.commit,
        None,
        passage_id=first.id,
    )


def _unknown_place(ground: Ground, asked: Asked) -> Unknown | None:
    """A path in the question that exists nowhere: said before anything is answered about a neighbour."""
    from knowledge.asking.mentions import mentions

    for mention in mentions(asked.meaning.text):
        if mention.kind == "path" and re.search(r"\.\w{1,6}(?::\d+)?$", mention.raw) and mention.raw.count("/") >= 1:
            result = ground.resolver.place(mention.raw)
            if isinstance(result, Unknown):
                return result
    return None


def _quoted(ground: Ground, found: Sequence[Evidence], before: Target | None) -> Answer:
    best = found[0]
    if best.kind == "chat":
        return _answered_before(ground, found, before)
    repo = repo_of(ground, best)
    text = whole(ground, best)
    verdict = freshness(ground.db, repo.id, best.path, text, ground.as_of)
    said = in_context(best, Passages(ground.db).within(repo.id, best.path, best.line_start, best.line_end))
    best = best._replace(
        date=verdict.changed_time,
        freshness=verdict,
        quote=said.text,
        line_start=said.line_start,
        line_end=said.line_end,
    )
    others = [dated(ground, e) for e in distinct(found[1:], best)[:MORE_PAGES]]
    titled = best.title and best.title != best.path
    lead = f"**{plain(best.title)}**, in {code(best.path)}:" if titled else f"From {code(best.path)}:"
    parts: list[Part] = [
        Text(lead),
        Quote(best.quote, f"{best.path}:{best.line_start}-{best.line_end}", language_of(best)),
        Text(in_words(verdict, best, ground.now)),
        Sources(pages_source(ground, (best, *others))),
        *coverage_note(ground),
    ]
    return Answer(tuple(parts), before or Target("file", repo.id, repo.name, best.path), (), (best, *others))


def _answered_before(ground: Ground, found: Sequence[Evidence], before: Target | None) -> Answer:
    """What somebody answered when it was asked before: who, when, and what of it has changed since."""
    best = dated(ground, found[0])
    others = [dated(ground, e) for e in [e for e in distinct(found[1:], best) if e.path != best.path][:MORE_PAGES]]
    text, repo = whole(ground, best), repo_of(ground, best)
    said = remembered.said(ground.db, best, text)
    verdict = freshness(ground.db, repo.id, best.path, text, ground.as_of, since=best.date)
    best = best._replace(freshness=verdict, quote=said.answer)
    parts: list[Part] = [
        Text(said.lead),
        Quote(said.answer, said.source),
        Text(remembered.since(verdict)),
        Sources(pages_source(ground, (best, *others))),
        *coverage_note(ground),
    ]
    return Answer(tuple(parts), before or Target("topic", topic=said.question), (), (best, *others))


def _spoken(target: Target) -> str:
    return target.topic or target.symbol or target.path


# -- abstaining -------------------------------------------------------------------------------------------------------


def _abstain(ground: Ground, question: str, found: Sequence[Evidence]) -> Answer:
    """No page answers it: say so, name whom to ask, show the nearest place as no more than that."""
    from bot.answers.who_knows import first_to_ask

    people = tuple(k for k in first_to_ask(ground, question) if ground.now - k.last_time < RECENT_DAYS * DAY)[:2]
    parts: list[Part] = [Text("I found nothing written that surely answers this.")]
    if people:
        parts += [Text("Whom I would ask:"), People(tuple(person_line(ground, k) for k in people))]
    elif people := _most_active(ground):
        parts += [
            Text("Nobody stands out as knowing it, so I would ask who is most active here:"),
            People(tuple(person_line(ground, k) for k in people)),
        ]
    else:
        parts.append(Text("Nobody who is around stands out as knowing it, either."))
    near = tuple(dated(ground, e) for e in found[:2])
    if near:
        parts.append(Note("The nearest pages, which may not be about it:"))
        parts.append(Sources(pages_source(ground, near)))
    parts += coverage_note(ground)
    return Answer(tuple(parts), Target("topic", topic=question), people, near, abstained=True)


def _named_by_nothing(ground: Ground, question: str, found: Sequence[Evidence], words: Sequence[str]) -> Answer:
    """A place is asked for by a word that nothing here has: said, rather than guessing a neighbour."""
    for word in words:
        meant = ground.resolver.place(word, ticked=True) if not word.isalpha() else None
        if isinstance(meant, Unknown) and meant.near:
            return not_known(meant, places.SAY)
    said = Text(f"Nothing that I have read here speaks of {join([f'“{plain(word)}”' for word in words], 'or')}.")
    told = _abstain(ground, question, found)
    return replace(told, parts=(said, *told.parts[1:]))


def _most_active(ground: Ground) -> tuple[Knower, ...]:
    """The person who is most active in the repositories."""
    from knowledge.insight import who_knows

    found = [k for r in ground.resolver.repos() for k in reachable(ground, who_knows(ground.db, r.id, "", ground.now))]
    return tuple(sorted(found, key=lambda k: -k.last_time))[:1]
