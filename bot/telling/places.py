"""Where something is: the place, what it says it is for, its first lines, how fresh it is, and who knows it now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Answer, Ground, ask_back, code, coverage_note, person_line, reachable, sentence
from bot.message import Part, People, Quote, Sources, Text, plain
from bot.telling.citing import dated, pages_source, repo_of
from bot.telling.quoted import in_context, in_words, language_of
from knowledge.asking.mentions import mentions
from knowledge.asking.targets import Several, Target
from knowledge.finding.wanting import Sought
from knowledge.finding.whereabouts import Found, Spot
from knowledge.fresh import freshness
from knowledge.insight import who_knows
from knowledge.model import Evidence, Knower
from knowledge.store.passages import Passages
from knowledge.ways_in.landmarks import lines_above
from knowledge.ways_in.one_line import says

SAY = "where is {}?"
SURE = 0.5  # of what is sought a place must be called, to be named (docs/asking.md)
CLOSE = 0.8  # of the best one's score another place has that is named beside it
MOST_PLACES = 3
MOST_QUOTE = 600  # characters: a signature, and what it says of itself
MOST_PEOPLE = 2
_FRONT = ("__init__.py", "README.md", "README.rst", "README.txt", "doc.go", "mod.rs", "lib.rs")  # of a directory


def found(ground: Ground, sought: Sought) -> Answer | tuple[str, ...]:
    """The place that is sought, with up to two others that fit about as well, or which of those of one name is meant.

    Where none surely is it: the words that nothing here has, which may be none.
    """
    name = sought.words[0][0] if len(sought.words) == 1 and sought.ground == "code" else ""
    if (named := _by_name(ground, name)) is not None:
        return named
    search = ground.search()
    there = search.places(sought) if search else Found(())
    sure = [spot for spot in there.spots if spot.score >= max(SURE, CLOSE * there.spots[0].score)]
    return _told(ground, sure[:MOST_PLACES]) if sure else there.unknown


def _by_name(ground: Ground, name: str) -> Answer | None:
    """What is called exactly this, where it looks like a name of code and something is."""
    if not any(mention.is_code for mention in mentions(name)):
        return None
    meant = ground.resolver.place(name)
    if isinstance(meant, Several):
        return ask_back(meant, SAY)
    if not isinstance(meant, Target) or meant.kind not in {"symbol", "file"}:
        return None
    passages = Passages(ground.db)
    held = passages.of_path(meant.repo_id, meant.path)
    first = next((one for one in held if meant.kind == "file" or one.symbol == meant.symbol), None)
    if first is None:
        return None
    return _told(
        ground,
        [Spot(meant.repo_id, meant.path, meant.symbol, first.line_start, first.line_end, first.id, 1.0)],
    )


def _told(ground: Ground, spots: Sequence[Spot]) -> Answer:
    best, *others = spots
    first, *rest = [_evidence(ground, spot) for spot in spots]
    repo = repo_of(ground, first)
    target = _target(best, first, repo.name)
    parts: list[Part] = [Text(f"{_called(best, first)}{_purpose(best, first)}")]
    if not best.is_directory:
        first, shown = _shown(ground, first, repo.id)
        parts += shown
    if others:
        listed = "; ".join(f"{_called(s, e)}{_purpose(s, e)}".rstrip(".") for s, e in zip(others, rest, strict=True))
        parts.append(Text(f"It may also be {listed}."))
    is_page = first.kind != "code" and not best.is_directory  # what a page says can be read there
    people, said = ((), []) if is_page else _knowers(ground, target)
    evidence = (first, *(dated(ground, one) for one in rest))
    parts += [*said, Sources(pages_source(ground, evidence)), *coverage_note(ground)]
    return Answer(tuple(parts), target, people, evidence)


def _shown(ground: Ground, evidence: Evidence, repo_id: int) -> tuple[Evidence, list[Part]]:
    """A place with its first lines, and how fresh they are."""
    first, last = evidence.line_start, evidence.line_end
    inside = Passages(ground.db).within(repo_id, evidence.path, first, last)
    said = in_context(evidence._replace(quote=""), inside, MOST_QUOTE)
    verdict = freshness(ground.db, repo_id, evidence.path, evidence.quote, ground.as_of)
    evidence = evidence._replace(
        date=verdict.changed_time,
        freshness=verdict,
        quote=said.text,
        line_start=said.line_start,
        line_end=said.line_end,
    )
    quote = Quote(said.text, f"{evidence.path}:{said.line_start}-{said.line_end}", language_of(evidence))
    return evidence, [quote, Text(in_words(verdict, evidence, ground.now))]


def _knowers(ground: Ground, target: Target) -> tuple[tuple[Knower, ...], list[Part]]:
    """Who knows a place now, or that nobody active does."""
    knows = who_knows(ground.db, target.repo_id, target.path, ground.now, top=MOST_PEOPLE)
    people = reachable(ground, knows)[:MOST_PEOPLE]
    if people:
        return people, [Text("Who knows it now:"), People(tuple(person_line(ground, knower) for knower in people))]
    return (), [Text(sentence(knows.nobody))] if knows.nobody else []


def _evidence(ground: Ground, spot: Spot) -> Evidence:
    """The passage in which a place begins, or with which a directory is opened."""
    passages = Passages(ground.db)
    passage = passages.get([spot.passage_id])[spot.passage_id]
    if spot.is_directory:
        fronts = (passages.of_path(spot.repo_id, f"{spot.path}/{name}") for name in _FRONT)
        passage = next((held[0] for held in fronts if held), passage)
    elif passage.kind == "code" and passage.symbol != spot.symbol:  # a class that its methods spoke for
        heads = passages.of_symbol(spot.symbol) if spot.symbol else []
        passage = next((one for one in heads if (one.repo_id, one.path) == (spot.repo_id, spot.path)), passage)
    return Evidence(
        "code" if passage.kind == "code" else "doc", passage.path, passage.line_start, passage.line_end, passage.title,
        passage.text, passage.commit, None, score=spot.score, passage_id=passage.id,
    )  # fmt: skip


def _target(spot: Spot, evidence: Evidence, repo: str) -> Target:
    if spot.is_directory:
        return Target("directory", spot.repo_id, repo, spot.path)
    if spot.symbol and evidence.kind == "code":
        line = _line(spot, evidence)
        return Target("symbol", spot.repo_id, repo, spot.path, line, evidence.line_end, spot.symbol)
    return Target("file", spot.repo_id, repo, spot.path)


def _line(spot: Spot, evidence: Evidence) -> int:
    own = spot.symbol.replace("::", ".").rpartition(".")[2]
    return evidence.line_start + lines_above(evidence.quote, own)


def _called(spot: Spot, evidence: Evidence) -> str:
    """A place by its name: `Scheduler` in `celery/beat.py:220`, a heading in its page, a file, a directory."""
    if spot.is_directory:
        return code(f"{spot.path}/")
    if evidence.kind != "code":
        return f"**{plain(evidence.title)}** in {code(f'{spot.path}:{evidence.line_start}')}"
    if spot.symbol:
        return f"{code(spot.symbol)} in {code(f'{spot.path}:{_line(spot, evidence)}')}"
    return code(spot.path)


def _purpose(spot: Spot, evidence: Evidence) -> str:
    """What a place says of itself, in a sentence."""
    if evidence.kind != "code":
        said = evidence.title if spot.is_directory else ""
    elif spot.is_directory and not evidence.path.endswith(_FRONT):
        said = ""
    else:
        said = says(evidence.quote)
    return f": {sentence(plain(said))}" if said else "."
