"""What is going stale: the areas whose last holders are fading, each with its reason and one step."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground, code
from bot.message import Note, Part, Text
from knowledge.targets import Target

MOST_AREAS = 5


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what's going stale?"; with a subject, only what lies under it."""
    from knowledge.insight import going_stale

    repos = ground.resolver.repos()
    under = ground.resolver.subject(asked.meaning.subject) if asked.meaning.subject else None
    within = under.path if isinstance(under, Target) and under.kind in {"directory", "file"} else ""
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
        f"- {(code(area.path) if area.path else 'the whole repository')}: {area.why}"
        for repo, area in found[:MOST_AREAS]
    ]
    parts.append(Text("\n".join(lines)))
    parts.append(Note("A first version: it weighs who worked where and when, not yet how much an area matters."))
    return Answer(tuple(parts))
