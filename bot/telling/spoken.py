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
TURNED = re.compile(r"\b(?:replac\w+|switch\w*|swap\w*|migrat\w+|convert\w*|instead)\b", re.IGNORECASE)
# How a subject says the same of what the commit does.
_COMING = re.compile(r"\b(?:add(?:s|ed|ing)?|introduc\w+|creat\w+|implement\w*|initial|born|landed)\b", re.IGNORECASE)
_GOING = re.compile(
    r"\b(?:remov\w+|delet\w+|drop\w*|get rid|kill\w*|death|farewell|no longer|end of life|eol|unsupported|without)\b",
    re.IGNORECASE,
)
_TURNING = re.compile(
    r"\b(?:replac\w+|switch\w*|swap\w*|migrat\w+|convert\w*|instead|in favou?r of|mov(?:e|ed|ing) to)\b", re.IGNORECASE
)
_BESIDE = re.compile(  # work that speaks of a thing and is not its beginning or end
    r"\b(?:tests?|docs?|documentation|comments?|typos?|fix(?:es|ed)?|mentions?|references?|warnings?|examples?)\b",
    re.IGNORECASE,
)

STOP = frozenset(
    """off out away up down over
    why when what was were is are did do does has have had we they it this that the a an in on of to for from by
    with changed change removed added introduced moved renamed deleted replaced dropped made last how come reason
    who been being get got there modified updated touched edited commit file line into at be and or so ever
    suddenly behind first""".split()
)
_WEAK = frozenset("support feature code use using version new start started begin switch move stop we".split())


_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)*|[a-z0-9]+")


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
    scores = {c.id: (score * fit[c.id] * _turn(question, c), c) for c, score in found if share(c, wanted) >= enough}
    most = max((score for score, _ in scores.values()), default=1.0)
    came = bool(CAME.search(question))
    for name in named or ([] if scores and not came else [topic]):
        for repo in ground.resolver.repos():
            past = ground.past(repo.id)
            for c in [*past.speaking_of(name, 20), *(past.speaking_of(name, 20, oldest=True) if came else ())]:
                if not named and scores and _is_beside(question, c):
                    continue
                told = 2.0 * _turn(question, c) if name.lower() in c.subject.lower() else 1.0
                scores[c.id] = (most + told, c)
    kept = [(s * (0.5 if c.author.is_bot or c.is_mass else 1.0), c) for s, c in scores.values() if not c.is_merge]
    older_first = 1 if CAME.search(question) else -1
    kept.sort(key=lambda one: (-one[0], older_first * one[1].time))
    best = [c for _, c in kept if window is None or window.holds(c.time)]
    return Spoken(best, [c for c, _ in found if not c.is_merge])


def wanted_words(topic: str) -> set[str]:
    """The words of a topic that a commit must speak of."""
    words = {w for w in _WORD.findall(topic.lower()) if w not in STOP}
    return words - _WEAK or words


def same_verb(question: str, commit: PastCommit) -> float:
    """1 when the question and the commit both speak of coming, or both of going."""
    return float(any(way.search(question) and way.search(commit.subject) for way in (CAME, WENT)))


def _turn(question: str, commit: PastCommit) -> float:
    """How much likelier a commit is the one that a question about coming, going or turning into means."""
    way = next((number for number, asks in enumerate((WENT, TURNED, CAME)) if asks.search(question)), None)
    if way is None:
        return 1.0
    subject = commit.subject
    says = [bool(of.search(subject)) for of in (_GOING, _TURNING, _COMING)]
    if _is_beside(question, commit):
        return 0.6
    return 2.0 if says[way] else 0.5 if any(says) else 1.0


def _is_beside(question: str, commit: PastCommit) -> bool:
    return bool(_BESIDE.search(commit.subject)) and not _BESIDE.search(question)


def _query(question: str, topic: str) -> str:
    verb = WENT.search(question) or CAME.search(question) or TURNED.search(question)
    return f"{topic} {verb[0]}" if verb else topic


def share(commit: PastCommit, wanted: set[str]) -> float:
    """The share of the wanted words that a commit's message holds, in whatever form."""
    words = set(_WORD.findall(f"{commit.subject} {commit.body}".lower()))
    held = {w for w in wanted if any(alike(w, x) for x in words)}
    if any(w[0].isdigit() and w not in held for w in wanted):
        return 0.0  # "3.6" is what tells it from 3.3
    return len(held) / len(wanted) if wanted else 1.0


def alike(word: str, other: str) -> bool:
    """Whether two words are forms of one: "session" and "sessions", "deploy" and "deploying"."""
    return word.rstrip("s") == other.rstrip("s") or (len(word) > 4 and other.startswith(word[:-1]))
