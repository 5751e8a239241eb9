"""Which questions a newcomer is offered: only those that this bot answers, asked of itself beforehand.

Verdicts are kept until the tree, what is read of it or the day changes: asking ten questions takes longer than a tour.
"""

from __future__ import annotations

import importlib
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from bot.answer import Answer, Asked, Ground
from bot.message import Asker, Choices, Incoming
from bot.telling.tour_questions import Kind, Question, how, why
from bot.understanding import shown_around
from bot.understanding.intent import understand
from knowledge.errors import fault_id
from knowledge.store.landmarks import stamp
from knowledge.store.passages import Passages
from knowledge.store.repos import get_meta, set_meta
from knowledge.ways_in.landmarks import Guide
from knowledge.ways_in.tour import Stop, TourFacts, central
from knowledge.ways_in.tour_places import story

log = logging.getLogger("lamplighter.tour")

SHARES: dict[Kind, int] = {"how": 4, "where": 2, "why": 2, "who": 2}  # of ten
MOST_TRIES = 40  # questions that are put to the bot
LONG_REASON = 80  # characters below its subject from which on a commit may say why
_KEY = "tour questions"


def questions(ground: Ground, facts: TourFacts, stops: Sequence[Stop], most: int) -> list[Question]:
    """At most `most` questions that have an answer, of every kind and about every area in turn."""
    asking = _Asking(ground, facts)
    made: list[Question] = []
    shares = {kind: max(1, round(share * most / 10)) for kind, share in SHARES.items()}
    pools = {kind: list(_in_turn([_about(ground, facts, stop, kind) for stop in stops])) for kind in shares}
    for kind, share in shares.items():
        made += asking.answered(pools[kind], share, made)
    for kind in ("how", "who", "where", "why"):  # what one kind has too little of, another fills
        made += asking.answered(pools[kind], most - len(made), made)
    asking.keep()
    order = {stop.area.key: at for at, stop in enumerate(stops)}
    return sorted(made[:most], key=lambda one: (order.get(one.area, 0), "where how why who".split().index(one.kind)))


class _Asking:
    """Puts questions to the bot, none twice."""

    def __init__(self, ground: Ground, facts: TourFacts) -> None:
        self._ground = ground
        search = ground.search()
        told = [stamp(ground.db, repo.id) for repo in ground.resolver.repos()]
        self._stamp = json.dumps([told, facts.now // 86_400, round(search.coverage(), 2) if search else 0])
        kept = json.loads(get_meta(ground.db, _KEY) or "{}") if ground.as_of is None else {}
        self._verdicts: dict[str, bool] = kept["asked"] if kept.get("stamp") == self._stamp else {}
        self._had = len(self._verdicts)
        self._tries = 0

    def answered(self, pool: Sequence[Question], wanted: int, made: Sequence[Question] = ()) -> list[Question]:
        """The first of them that have an answer and ask for something else than those that were made before."""
        found: list[Question] = []
        pages: Counter[str] = Counter()
        for one in pool:
            if len(found) >= wanted or self._tries >= MOST_TRIES:
                break
            if (one.expects and pages[one.expects] > 1) or any(_alike(one, other) for other in (*made, *found)):
                continue
            if self._has_answer(one):
                found.append(one)
                pages[one.expects] += 1
        return found

    def keep(self) -> None:
        """Remember the verdicts."""
        if len(self._verdicts) == self._had or self._ground.as_of is not None:
            return
        try:
            with self._ground.db.transaction() as tx:
                set_meta(tx, _KEY, json.dumps({"stamp": self._stamp, "asked": self._verdicts}))
        except Exception:  # the store may be full or busy; verdicts can be asked for again
            log.exception("verdicts on questions could not be kept (id %s)", fault_id())

    def _has_answer(self, one: Question) -> bool:
        if one.text not in self._verdicts:
            self._tries += 1
            self._verdicts[one.text] = has_answer(self._ground, one)
        return self._verdicts[one.text]


def has_answer(ground: Ground, one: Question) -> bool:
    """Whether the bot answers a question, from the place that it was made of; never one that a tour would answer."""
    if shown_around.is_newcomer(one.text) or shown_around.asks(one.text):
        return False
    meaning = understand(one.text, ground.now, ground.names.is_name)
    module = importlib.import_module(f"bot.answers.{meaning.intent}")
    incoming = Incoming(one.text, Asker("terminal", "tour"), time=ground.now)
    told: Answer = module.answer(ground, Asked(incoming, meaning))
    if told.abstained or any(isinstance(part, Choices) for part in told.parts) or not (told.evidence or told.people):
        return False
    return not one.expects or any(one.expects in {e.path, e.commit} for e in told.evidence[:2])


# -- what could be asked ----------------------------------------------------------------------------------------------


def _about(ground: Ground, facts: TourFacts, stop: Stop, kind: Kind) -> list[Question]:
    key = stop.area.key
    area = next(area for area, _ in facts.areas if area.key == key)
    if kind == "how":  # made of headings, and what they were in the past is not kept
        return list(_hows(ground, facts, stop)) if ground.as_of is None else []
    if kind == "why":
        told = [one for one in story(facts.work, area, facts.now, 12) if one.reasons >= LONG_REASON]
        return [made for one in told if (made := why(one.subject, key, one.sha)) is not None]
    if kind == "where":
        named = [one for one in central(facts, area) if one.symbol]
        return [Question("where", f"where is `{one.symbol}` defined?", key, one.path) for one in named]
    path = stop.entry.path if stop.entry else ""
    who = [Question("who", f"who knows `{area.path}/`?", key)] if area.path and not area.start else []
    return who + ([Question("who", f"who knows `{path}`?", key)] if path else [])


def _hows(ground: Ground, facts: TourFacts, stop: Stop) -> Iterator[Question]:
    """The headings of the page of a stop, then those of its nearest other pages."""
    key = stop.area.key
    area = next(area for area, _ in facts.areas if area.key == key)
    files = set(area.files)
    pages = [stop.page.path] if stop.page is not None and stop.page.own else []
    near = sorted(
        (path for path in facts.marks.guides if path not in pages),
        key=lambda path: (-_speaks(path, facts.marks.guides[path], files), path),
    )
    pages += [path for path in near[:4] if _speaks(path, facts.marks.guides[path], files) > 0]
    for path in pages:
        held = Passages(ground.db).of_path(_repo(ground, facts), path)
        for title in dict.fromkeys(part.strip() for one in held for part in one.title.split("›")[::-1]):
            made = how(title, key, path)
            if made is not None:
                yield made


def _repo(ground: Ground, facts: TourFacts) -> int:
    return facts.repo_id or ground.resolver.repos()[0].id


def _speaks(path: str, guide: Guide, files: set[str]) -> float:
    own = sum(min(one.times, 5) for one in guide.about if one.path in files)
    return own + (1 + guide.links) * (path in files)


def _alike(one: Question, other: Question) -> bool:
    """Whether all words of the shorter are in the longer."""
    ours, theirs = set(one.text.lower().split()), set(other.text.lower().split())
    return one.kind == other.kind and (ours <= theirs or theirs <= ours or one.text == other.text)


def _in_turn(pools: Sequence[Sequence[Question]]) -> Iterator[Question]:
    seen: set[str] = set()
    for row in zip_longest(*pools):
        for one in row:
            if one is not None and one.text not in seen:
                seen.add(one.text)
                yield one
