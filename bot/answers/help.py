"""What can be asked, by example; the examples name a place that exists here."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground
from bot.message import Choice, Choices, Text


def answer(ground: Ground, _asked: Asked) -> Answer:
    """Show what to ask."""
    return Answer(
        (
            Text("I tell who knows what now, and answer from the team's own history and docs, with the sources."),
            examples(ground),
        )
    )


def examples(ground: Ground) -> Choices:
    """Questions that make sense here, to be chosen."""
    repos = ground.resolver.repos()
    busiest = _busiest(ground, repos[0].id) if repos else "src/app.py"
    folder = busiest.rpartition("/")[0] or busiest
    questions = (
        f"who last touched {busiest}?",
        f"who knows {folder}?",
        f"what changed in {folder} last month?",
        "where do I start? I'm new here",
        "what's going stale?",
    )
    return Choices("Ask in your own words, for example:", tuple(Choice(q, q) for q in questions))


def _busiest(ground: Ground, repo_id: int) -> str:
    """A file of the newest ordinary commit: it exists, and somebody cares about it."""
    rows = ground.db.read(
        """SELECT n.path FROM commits c JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id
           WHERE c.repo_id = :repo AND c.reachable = 1 AND c.is_merge = 0 AND c.weight >= 1
           AND n.alive = 1 AND n.is_dir = 0
           ORDER BY c.seq DESC LIMIT 40""",
        repo=repo_id,
    )
    paths = [str(row[0]) for row in rows] or ["README.md"]
    deep = [path for path in paths if "/" in path and not path.startswith((".", "test"))] or paths
    return max(deep, key=lambda path: path.count("/"))
