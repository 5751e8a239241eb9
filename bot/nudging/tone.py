"""Rules of tone that a machine can check, run over every text that the bot may say first, shipped or a team's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_CHARACTERS = 600

_BLAME = re.compile(
    r"\b(?:fault|blam\w*|fail(?:ed|ure|s)?|neglect\w*|forgot(?:ten)?|ignored|should have|must|have to|never bothered|"
    r"careless|lazy|asham\w*|shame\w*|guilty|sloppy|bad job|disappoint\w*|overdue|"
    r"still have ?n[o']t|"
    r"why did ?n[o']t)\b",
    re.IGNORECASE,
)
_RANKING = re.compile(
    r"\b(?:rank\w*|leader ?board|score[sd]?|best (?:developer|engineer|person|committer)|worst|top \d+|number one|#1|"
    r"top (?:developer|performer|contributor)\w*|more than (?:you|he|she|they)|less than (?:you|he|she|they|others)|"
    r"better than|worse than|most (?:productive|knowledgeable)|weak(?:er|est)|percentile)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:would|will|could|shall|next|soon|before|so that|again|later|ready|how about|let|still)\b", re.IGNORECASE
)
ASKS = frozenset({"re-light", "share", "hand-over", "newcomer", "page", "page-to-write", "thanks", "unmatched",
                  "question", "question-solo", "time", "time-open"})  # fmt: skip
REASONED = ASKS - {"unmatched", "question", "question-solo", "time", "time-open"}


def faults(name: str, text: str) -> Iterator[str]:
    """What is wrong with a text as people would read it, each in a few words; nothing where all is well.

    Args:
        name: its entry in the file of texts, such as "re-light".
        text: filled in with sample facts.
    """
    if found := _BLAME.search(text):
        yield f"it blames (“{found[0]}”)"
    if found := _RANKING.search(text):
        yield f"it ranks people (“{found[0]}”)"
    if len(text) >= MOST_CHARACTERS:
        yield f"it has {len(text)} characters, and {MOST_CHARACTERS - 1} are the most"
    if name in ASKS and not text.rstrip().endswith("?"):
        yield "it does not end in a question"


def unreasoned(name: str, template: str) -> str:
    """What of "why", "why now" and the look ahead a template leaves out; empty where it has them or need not."""
    if name in ASKS and not _AHEAD.search(template):
        return "it does not look ahead (would, could, shall, next …)"
    if name not in REASONED:
        return ""
    missing = [word for word in ("{why}", "{now}") if word not in template]
    return f"it does not say {' and '.join(missing)}" if missing else ""
