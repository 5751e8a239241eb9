"""For somebody new: the pages to read first, and the people to meet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer, Asked, Ground, coverage_note, person_line
from bot.message import Part, People, Quote, Sources, Text, plain
from bot.telling.citing import dated, pages_source, repo_of, whole
from bot.telling.quoted import in_context, language_of
from knowledge.asking.targets import Resolution, Several, Target
from knowledge.model import Evidence, Knower
from knowledge.store.passages import Passages

FIRST_QUOTE = 500  # characters of the first page
MOST_PAGES = 3
# What a house puts at its door, one of each: README, getting started, contributing, tutorial.
_FRONT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:docs?/)?readme[^/]*$",
        (
            r"(?:^|/)(?:get(?:ting)?[-_ ]?started|quick[-_ ]?start|onboarding|start[-_ ]?here|introduction"
            r"|new[-_ ]?(?:starters?|joiners?|hires?))[^/]*(?:/index\.\w+|/readme\.\w+)?$"
        ),
        r"^(?:docs?/|\.github/)?(?:contributing|development|hacking)[^/]*$",
        r"(?:^|/)(?:tutorial|install(?:ation)?|set[-_]?up)[^/]*(?:/index\.\w+)?$",
    )
)
_PROSE = re.compile(r"(?<![\w./:`-])[A-Za-z][a-z']+(?=[\s,.;:!?])")
_NOT_TOPIC = frozenset(
    """i im we new here just joined started starting start begin getting get onboarding onboard where what how who do
    does should can could to with the a an on in my first day week team this that and so is are for at of hire
    starter newcomer beginner newbie read look learn know need want go about project repo repository codebase code
    company am hello hi hey please best good place places help me thing things page pages doc docs have be it into
    up set working work today yesterday would like understand understanding""".split()
)


def answer(ground: Ground, asked: Asked) -> Answer:
    """The tour; for a topic that is no place, pages to read first and people to meet."""
    topic = topic_of(asked.meaning.text)
    place = ground.resolver.subject(topic) if topic else None
    if not topic or (isinstance(place, Target) and place.kind in {"directory", "repository"}):
        from bot.telling import touring

        shown = touring.answer(ground, asked, topic)
        if not shown.abstained:
            return shown
    found = _one_a_page(_about(ground, topic)) if topic else front_pages(ground)
    pages = tuple(dated(ground, page) for page in found[:MOST_PAGES])
    people = _people(ground, topic, place)
    lead = f"For “{plain(topic)}”, read this first:" if topic else "Read this first:"
    parts: list[Part] = [Text(f"Welcome! {lead}" if pages else "Welcome! I found no page to start with.")]
    if pages:
        first = pages[0]
        held = Passages(ground.db).within(repo_of(ground, first).id, first.path, first.line_start, first.line_end)
        said = in_context(first, held, FIRST_QUOTE)
        parts.append(Quote(said.text, f"{first.path}:{said.line_start}-{said.line_end}", language_of(first)))
    if people:
        one = "And this person knows it now; a short chat saves a day of reading:"
        more = "And these people know it now; a short chat with the first one saves a day of reading:"
        parts += [Text(more if len(people) > 1 else one), People(tuple(person_line(ground, k) for k in people))]
    if pages:
        parts.append(Sources(pages_source(ground, pages)))
    parts += coverage_note(ground) if topic else ()
    target = place if isinstance(place, Target) else Target("topic", topic=topic or "getting started")
    return Answer(tuple(parts), target, people, pages, abstained=not pages and not people)


def topic_of(question: str) -> str:
    """What a newcomer is new to: "I'm new, where do I start with sessions?" → "sessions"; empty for everything."""
    words = re.sub(r"[^\w\s./_-]", "", question).split()
    return " ".join(word.strip(".") for word in words if word.lower().strip(".") not in _NOT_TOPIC)


def _about(ground: Ground, topic: str) -> list[Evidence]:
    search = ground.search()
    found = _readable(ground, search.pages(f"{topic} overview introduction", 12)) if search else []
    words = re.findall(r"[a-z0-9]+", topic.lower())
    return sorted(found, key=lambda e: not any(word.rstrip("s") in f"{e.path} {e.title}".lower() for word in words))


def _people(ground: Ground, topic: str, place: Resolution | None) -> tuple[Knower, ...]:
    from bot.answers.who_knows import first_to_ask, of_place

    if isinstance(place, Several) and not place.loose:
        place = place.choices[0]
    if isinstance(place, Target) and place.kind not in {"topic", "person"}:
        return of_place(ground, place).people
    if topic and (people := first_to_ask(ground, topic)):
        return people
    repos = ground.resolver.repos()
    return of_place(ground, Target("repository", repos[0].id, repos[0].name)).people if repos else ()


def front_pages(ground: Ground) -> list[Evidence]:
    """What a house puts at its door, one page of each kind: README first."""
    paths = [row[0] for row in ground.db.read("SELECT DISTINCT path FROM documents WHERE source = 'docs'")]
    pages = []
    for pattern in _FRONT:
        fitting = sorted((p for p in paths if pattern.search(p)), key=lambda p: (p.count("/"), len(p)))
        for path in fitting[:1]:
            found = [p for repo in ground.resolver.repos() for p in Passages(ground.db).of_path(repo.id, path)]
            evidence = [
                Evidence("doc", p.path, p.line_start, p.line_end, p.title, p.text, p.commit, None, passage_id=p.id)
                for p in found
            ]
            pages += _readable(ground, evidence)[:1]
    return pages


def _readable(ground: Ground, found: Sequence[Evidence]) -> list[Evidence]:
    """Passages of docs that hold sentences: no bare lists of contents."""
    docs = [e for e in found if e.kind != "code"]
    prose = [e for e in docs if len(_PROSE.findall(whole(ground, e))) >= 12]
    return prose or docs or list(found)


def _one_a_page(found: Sequence[Evidence]) -> list[Evidence]:
    return list({e.path: e for e in reversed(found)}.values())[::-1]
