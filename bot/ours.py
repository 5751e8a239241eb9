"""Whether a config.yaml is Lamplighter's: many tools have one. Light on imports: `bot/quick.py` asks it."""

from __future__ import annotations

KEYS = frozenset(
    "home repos store index model people topics areas answers nudges requests slack objective report mail wiki".split()
)
_TELLING = {"repos", "people", "answers", "nudges", "requests"}  # the others are as common elsewhere


def is_ours(path: str) -> bool:
    """Whether its first line names Lamplighter; or whether all that it sets is ours, and something nobody else's."""
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123  (pathlib costs an import)
        first = file.readline()
        if "Lamplighter" in first:
            return True
        lines = [first, *file]
    keys = {line.partition(":")[0].rstrip() for line in lines if line[:1].isalpha() or line[:1] in {"'", '"'}}
    return keys <= KEYS and bool(keys & _TELLING)
