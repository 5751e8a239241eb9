"""What was asked and not answered, the same thing once: pure. Who asked is counted, never told.

Two questions ask the same thing when most of their words are the same (stems, without the small words), or when the
caller says that they mean the same. What was said in private is quoted only when more than one person asked it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from knowledge.finding.tokens import Tokenizer

SAME_WORDS = 0.5  # Jaccard

Verdict = str  # helpful, not, person


class Asked(NamedTuple):
    """A question, as far as the report needs it."""

    id: int
    time: int
    text: str
    answered: bool  # an answer was given (not an abstention)
    verdicts: frozenset[Verdict] = frozenset()
    private: bool = False
    asker: str = ""  # only to count people
    new: bool = False  # whether they were new when they asked

    @property
    def unmet(self) -> bool:
        """Whether it still wants an answer: none was given, or nobody found it helpful and somebody said so."""
        return "helpful" not in self.verdicts and (not self.answered or bool(self.verdicts))


class Unanswered(NamedTuple):
    """One matter that was asked about, in the words of its latest public question."""

    text: str
    times: int
    people: int
    last_time: int
    wants_person: bool
    newcomers: int = 0  # of the people, how many were new: the next one will ask it, too


Near = Callable[[Asked, Asked], bool]


def unanswered(asked: Sequence[Asked], near: Near | None = None) -> tuple[list[Unanswered], int]:
    """The matters without an answer, and how many were asked only in private by one person.

    Those of most people come first, whoever was new counts twice.

    A matter that was asked again later and answered well is settled.
    """
    same = near or same_words
    groups: list[list[Asked]] = []
    for one in sorted((one for one in asked if one.unmet), key=lambda one: -one.time):
        home = next((group for group in groups if any(same(one, other) for other in group)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    met = [one for one in asked if not one.unmet]
    open_ = [g for g in groups if not any(one.time > g[0].time and same(one, other) for one in met for other in g)]
    found, private = [], 0
    for group in open_:
        people = len({one.asker for one in group})
        said = next((one for one in group if not one.private), group[0] if people > 1 else None)
        if said is None:
            private += 1
            continue
        wants = any("person" in one.verdicts for one in group)
        new = len({one.asker for one in group if one.new})
        found.append(Unanswered(said.text, len(group), people, group[0].time, wants, new))
    return sorted(found, key=lambda one: (-one.people - one.newcomers, -one.times, -one.last_time)), private


def same_words(one: Asked, other: Asked) -> bool:
    """Whether at least half of all their words are in both."""
    ours, theirs = _words(one.text), _words(other.text)
    return one.text == other.text or len(ours & theirs) >= SAME_WORDS * max(1, len(ours | theirs))


_QUESTION = frozenset("who what where when why how know touch last chang".split())


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(_tokenizer().terms(text)) - _QUESTION


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()
