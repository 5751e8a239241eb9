"""How much a commit says about who knows what it touched, and in words why it says less.

A reformatting, a vendored library or a licence header touches much and teaches nothing. Such a commit stays in the
history with a weight below 1 and the reason; a commit that the team itself lists in .git-blame-ignore-revs weighs 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.model import Touch

MASS_SHARE = 0.1  # of a mass commit of just too many paths; falls as the number of paths grows
CHORE_PATHS = 10  # a subject that sounds like a chore counts from so many paths on

_CHORES = (
    ("licence headers in", r"(?:licen[cs]e|copyright|spdx)\b.*\b(?:header|notice|year|line)s?|update copyright"),
    ("vendors", r"\bvendor(?:s|ed|ing)?\b|\bbundled (?:librar|depend)"),
    (
        "reformats",
        r"\b(?:re-?format|re-?indent|prettier|pyupgrade|gofmt|rustfmt|clang-format|autopep8|yapf|isort|black)",
    ),
    ("cleans white space in", r"\b(?:trailing|white) ?-?(?:white)?spaces?\b|\bline endings?\b"),
)
_CHORE = re.compile("|".join(f"({pattern})" for _, pattern in _CHORES), re.IGNORECASE)


def weigh(subject: str, touches: Sequence[Touch], mass_paths: int) -> tuple[float, str]:
    """The weight in (0, 1] and why it is below 1 (empty when it is not).

    Args:
        subject: the first line of the message.
        touches: what the commit did.
        mass_paths: more paths than this are a mass commit.
    """
    count = len(touches)
    if count < CHORE_PATHS and count <= mass_paths:
        return 1.0, ""
    chore = _CHORE.search(subject) if count >= CHORE_PATHS else None
    if chore is None and count <= mass_paths:
        return 1.0, ""
    weight = MASS_SHARE * min(1.0, mass_paths / count)
    if chore is not None:
        return weight, f"{_CHORES[(chore.lastindex or 1) - 1][0]} {count} files"
    return weight, f"{_did(touches)} {count} files at once"


def _did(touches: Sequence[Touch]) -> str:
    """One verb for a mass commit, where nine tenths of it are one thing."""
    for letter, verb in (("A", "adds"), ("R", "moves"), ("D", "deletes")):
        if sum(touch.change == letter for touch in touches) >= 0.9 * len(touches):
            return verb
    return "touches"


def listed_revisions(content: str) -> tuple[str, ...]:
    """The commits that a .git-blame-ignore-revs names, by full id, in its order."""
    words = (line.partition("#")[0].strip().lower() for line in content.splitlines())
    return tuple(word for word in words if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", word))
