"""Which commits speak of a topic: those that say its very name first, then those that hold its words."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.answer import Ground
from bot.telling.citing import found_commits
from bot.understanding.when import Window
from knowledge.activation.past import PastCommit
from knowledge.asking.mentions import mentions

CAME = re.compile(
    r"\b(?:add(?:ed)?|introduc\w+|creat\w+|born|come in|came in|first|start\w*|appear\w*|invent\w+|who wrote|land\w*"
    r"|exist)\b",
    re.IGNORECASE,
)
WENT = re.compile(r"\b(?:remov\w+|delet\w+|drop\w*|disappear\w*|gone|go away|vanish\w*)\b", re.IGNORECASE)

STOP = frozenset(
    """off out away up down over
    why when what was were is are did do does has have had we they it this that the a an in on of to for from by
    with changed change removed added introduced moved renamed deleted replaced dropped made last how come reason
    who been being get got there modified updated touched edited commit file line into at be and or so ever
    suddenly behind first""".split()
)
_WEAK = frozenset("support feature code use using version new start started begin switch move stop we".split())


class Spoken(NamedTuple):
    """The commits that speak of it, best first, and those that were found but may not."""

    commits: list[PastCommit]
    near: list[PastCommit]


def speaking(ground: Ground, question: str, topic: str, window: Window | None = None) -> Spoken:
    """The commits, within a span, that speak of `topic`; `question` tells whether it came or went."""
    named = [m.raw.removesuffix("()") for m in mentions(question) if m.is_code]
    found = found_commits(ground, _query(question, topic), 30)
    wanted = wanted_words(topic)
    enough = 1.0 if len(wanted) <= 2 else 0.6
    asked = wanted_words(question)  # more than the topic: "why was A merged with B?"
    fit = {c.id: (0.5 + share(c, wanted)) * (0.5 + share(c, asked)) for c, _ in found}
    scores = {c.id: (score * fit[c.id], c) for c, score in found if share(c, wanted) >= enough}
    most = max((score for score, _ in scores.values()), default=1.0)
    for name in named or ([] if scores else [topic]):
        for repo in ground.resolver.repos():
            for c in ground.past(repo.id).speaking_of(name, 20):
                told = 2.0 if name.lower() in c.subject.lower() else 1.0
                scores[c.id] = (most + told + same_verb(question, c), c)
    kept = [(s * (0.5 if c.author.is_bot or c.is_mass else 1.0), c) for s, c in scores.values() if not c.is_merge]
    older_first = 1 if CAME.search(question) else -1
    kept.sort(key=lambda one: (-one[0], older_first * one[1].time))
    best = [c for _, c in kept if window is None or window.holds(c.time)]
    return Spoken(best, [c for c, _ in found if not c.is_merge])


def wanted_words(topic: str) -> set[str]:
    """The words of a topic that a commit must speak of."""
    words = {w for w in re.findall(r"[a-z0-9]+", topic.lower()) if w not in STOP}
    return words - _WEAK or words


def same_verb(question: str, commit: PastCommit) -> float:
    """1 when the question and the commit both speak of coming, or both of going."""
    return float(any(way.search(question) and way.search(commit.subject) for way in (CAME, WENT)))


def _query(question: str, topic: str) -> str:
    verb = WENT.search(question) or CAME.search(question)
    return f"{topic} {verb[0]}" if verb else topic


def share(commit: PastCommit, wanted: set[str]) -> float:
    """The share of the wanted words that a commit's message holds, in whatever form."""
    words = set(re.findall(r"[a-z0-9]+", f"{commit.subject} {commit.body}".lower()))
    return sum(any(alike(w, x) for x in words) for w in wanted) / len(wanted) if wanted else 1.0


def alike(word: str, other: str) -> bool:
    """Whether two words are forms of one: "session" and "sessions", "deploy" and "deploying"."""
    return word.rstrip("s") == other.rstrip("s") or (len(word) > 4 and other.startswith(word[:-1]))
