"""What is going stale: the areas whose last holders are fading, each with its reason and one step."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground, code
from bot.citing import page_source
from bot.message import Note, Part, Sources, Text
from bot.quoted import in_words
from knowledge.fresh import freshness
from knowledge.model import Evidence
from knowledge.store.passages import Passages
from knowledge.targets import Target

MOST_AREAS = 5


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what's going stale?"; with a subject, only what lies under it."""
    from knowledge.insight import going_stale

    repos = ground.resolver.repos()
    under = ground.resolver.subject(asked.meaning.subject) if asked.meaning.subject else None
    within = under.path if isinstance(under, Target) and under.kind in {"directory", "file"} else ""
    if isinstance(under, Target) and under.kind == "file" and under.alive:
        return _of_page(ground, under)
    found = [
        (repo, area)
        for repo in repos
        for area in going_stale(ground.db, repo.id, ground.now, top=MOST_AREAS * (4 if within else 1))
    ]
    if within:
        found = [(r, a) for r, a in found if a.path == within or a.path.startswith(within + "/")]
    if not found:
        where = f" under {code(within)}" if within else ""
        return Answer((Text(f"Nothing that the team worked on lately is about to be forgotten{where}."),))
    parts: list[Part] = [Text("These areas are losing the last people who know them:")]
    lines = [
        f"- {(code(area.path) if area.path else 'the whole repository')}: {area.why}" for _, area in found[:MOST_AREAS]
    ]
    parts.append(Text("\n".join(lines)))
    parts.append(Note("A first version: it weighs who worked where and when, not yet how much an area matters."))
    return Answer(tuple(parts))


def _of_page(ground: Ground, target: Target) -> Answer:
    """Whether one page is up to date: when it was changed, and what became of the code that it names."""
    held = Passages(ground.db).of_path(target.repo_id, target.path)
    text = "\n".join(passage.text for passage in held)
    verdict = freshness(ground.db, target.repo_id, target.path, text, ground.as_of)
    last = held[-1].line_end if held else 1
    sha = held[0].commit if held else ""
    page = Evidence("doc", target.path, 1, last, "", "", sha, verdict.changed_time, freshness=verdict)
    said = in_words(verdict, page, ground.now)
    return Answer((Text(f"{code(target.path)}: {said}"), Sources((page_source(ground, page),))), target, (), (page,))
