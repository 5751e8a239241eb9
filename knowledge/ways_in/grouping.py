"""Changes → a few groups by what they are about, each with a name from its own words; pure and deterministic.

Two changes are alike by the words of their subjects and by the files that they touched (cosine of tf·idf, files count
half); where the model has read every message, meaning counts for three tenths. Groups that are most alike on average
join, until none are alike enough; MOST_GROUPS are shown, the rest are "other changes". Upkeep (typing, dependencies,
style, releases) is a group of its own, the last.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from knowledge.finding.tokens import Tokenizer

if TYPE_CHECKING:
    import numpy as np

MOST_GROUPS = 5
UPKEEP, OTHERS = "upkeep", "other changes"
ALIKE = 0.14  # average likeness of two groups below which they stay apart
_NEAR = 0.06  # what is left over joins the nearest group when it is at least so much alike
_FILES = 0.5
_MEANING, _UNLIKE = 0.3, 0.3  # the weight of meaning; a cosine of so much says nothing
_WORD = re.compile(r"[A-Za-z][\w.-]*\w|[A-Za-z]")
# What a change does says little of what it is about.
_VERBS = frozenset(
    """add adds added adding fix fixes fixed fixing make makes made use uses used using update updates updated updating
    remove removes removed removing improve improves improved change changes changed rename renames renamed move moves
    moved support supports supported allow allows allowed handle handles handled refactor refactored clean cleanup
    merge merged merges pull request bump bumps bumped release version prepare backport backported typo typos minor
    small test tests testing tested doc docs documentation code new old file files line lines better avoid ensure
    branch main master commit revert reverted drop dropped start starting via without instead issue issues introduce
    introduced implement implemented extract extracted convert converted replace replaced simplify simplified function
    functions method methods error errors set get let don self feat chore style ci py rst md txt c h previously finding
    findings also only always never just more less some all any
    when where which that this with from into for not non no""".split()
)


# Nobody who comes back needs to read these; they are a group of their own, the last.
_UPKEEP = re.compile(
    r"\b(?:typos?|spelling|codespell|pre-commit|dependabot|dependenc(?:y|ies)|requirements|lock ?file|mypy|pyright"
    r"|flake8|ruff|black|isort|pyupgrade|lint(?:er|ing|s)?|whitespace|formatting|reformat|copyright|changelog|translations?"
    r"|l10n|i18n|bump|update plugin list|fix typing|type (?:hints?|annotations?)|drop python|version bump"
    r"|(?:start|prepare|prep) (?:for )?(?:release|version)|release (?:version )?v?\d)\b|^ci\b|^chore\b",
    re.IGNORECASE,
)


def is_upkeep(subject: str) -> bool:
    """Whether a change is upkeep by its subject: typing, dependencies, style, releases."""
    return bool(_UPKEEP.search(subject))


class Text(NamedTuple):
    """A change to be grouped: its subject and its paths below the place that is asked about."""

    subject: str
    paths: tuple[str, ...] = ()


class Group(NamedTuple):
    """Changes that belong together, by their positions in what was given, and what to call them."""

    name: str
    members: tuple[int, ...]
    middle: int  # the member that is most like the others


def grouped(texts: Sequence[Text], vectors: Sequence[Sequence[float]] | None = None) -> list[Group]:
    """At most MOST_GROUPS groups, the largest first, then perhaps one of other changes and one of upkeep.

    Args:
        texts: the changes.
        vectors: what the model made of each message, unit length; None where it has not read them all.
    """
    import numpy as np

    if not texts:
        return []
    upkeep = [n for n, text in enumerate(texts) if _UPKEEP.search(text.subject)]
    told = [n for n in range(len(texts)) if n not in set(upkeep)]
    likeness = _likeness(texts, vectors)
    clusters = [[told[n] for n in found] for found in _joined(likeness[np.ix_(told, told)])] if told else []
    clusters.sort(key=lambda found: (-len(found), found))
    shown = [found for found in clusters if len(found) > 1][:MOST_GROUPS] or clusters[:1]
    rest = sorted(n for found in clusters if found not in shown for n in found)
    shown, rest = _taken_in(shown, rest, likeness)
    named = _names(texts, shown)
    rest = sorted([*rest, *(n for name, found in zip(named, shown, strict=True) if not name for n in found)])
    shown = [found for name, found in zip(named, shown, strict=True) if name]
    if len(rest) == 1 and len(shown) < MOST_GROUPS:
        shown, rest = [*shown, rest], []
    names = [
        *(name or texts[some[0]].subject for name, some in zip(_names(texts, shown), shown, strict=True)),
        *([OTHERS] if rest else []),
        *([UPKEEP] if upkeep else []),
    ]
    found = [*shown, *([rest] if rest else []), *([upkeep] if upkeep else [])]
    return [Group(name, tuple(some), _middle(some, likeness)) for name, some in zip(names, found, strict=True)]


def _likeness(texts: Sequence[Text], vectors: Sequence[Sequence[float]] | None) -> np.ndarray[Any, Any]:
    import numpy as np

    words = _weighed([_terms(text.subject) for text in texts])
    files = _weighed([[*_pieces(text.paths)] for text in texts])
    likeness = (_cosines(words) + _FILES * _cosines(files)) / (1 + _FILES)
    if vectors is None:
        return likeness
    table = np.asarray(vectors, dtype=np.float64)
    meaning = np.clip((table @ table.T - _UNLIKE) / (1 - _UNLIKE), 0.0, 1.0)
    mixed: np.ndarray[Any, Any] = (1 - _MEANING) * likeness + _MEANING * meaning
    return mixed


def _taken_in(
    shown: Sequence[Sequence[int]], rest: Sequence[int], likeness: np.ndarray[Any, Any]
) -> tuple[list[list[int]], list[int]]:
    """What is left over, in the groups that it is near to."""
    grown, left = [list(found) for found in shown], []
    for n in rest:
        means = [float(likeness[n, list(found)].mean()) for found in shown]
        best = max(range(len(means)), key=means.__getitem__)
        if means[best] >= _NEAR:
            grown[best].append(n)
        else:
            left.append(n)
    return sorted((sorted(found) for found in grown), key=lambda found: (-len(found), found)), left


def _joined(likeness: np.ndarray[Any, Any]) -> list[list[int]]:
    """Average linkage."""
    import numpy as np

    table = likeness.copy()
    np.fill_diagonal(table, -1.0)
    clusters: dict[int, list[int]] = {n: [n] for n in range(len(table))}
    while len(clusters) > 1:
        at = int(table.argmax())
        one, other = sorted(divmod(at, len(table)))
        if table[one, other] < ALIKE:
            break
        a, b = len(clusters[one]), len(clusters[other])
        mixed = (a * table[one] + b * table[other]) / (a + b)
        gone = table[one] < 0
        table[one], table[:, one] = mixed, mixed
        table[one, gone], table[gone, one] = -1.0, -1.0
        table[one, one] = -1.0
        table[other], table[:, other] = -1.0, -1.0
        clusters[one] = sorted(clusters[one] + clusters.pop(other))
    return list(clusters.values())


def _middle(members: Sequence[int], likeness: np.ndarray[Any, Any]) -> int:
    return max(members, key=lambda n: (float(likeness[n, list(members)].sum()), -n))


# -- words ------------------------------------------------------------------------------------------------------------


def _terms(subject: str) -> list[str]:
    return [term for word in _said(subject) for term in _tokenizer().terms(word)]


def _said(subject: str) -> list[str]:
    return [word for word in _WORD.findall(subject) if word.lower() not in _VERBS and len(word) > 1]


def _pieces(paths: Sequence[str]) -> list[str]:
    """The files and directories of a change; many of them say as much together as one."""
    return [piece for path in paths[:20] for piece in (path, path.rpartition("/")[0]) if piece]


def _weighed(bags: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """tf·idf vectors of unit length; what nearly every change has weighs nothing."""
    held = Counter(term for bag in bags for term in set(bag))
    found = []
    for bag in bags:
        vector = {
            t: (1 + math.log(n)) * math.log((1 + len(bags)) / (0.5 + held[t])) for t, n in sorted(Counter(bag).items())
        }
        size = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        found.append({term: value / size for term, value in vector.items() if value > 0})
    return found


def _cosines(vectors: Sequence[Mapping[str, float]]) -> np.ndarray[Any, Any]:
    import numpy as np

    place = {term: n for n, term in enumerate(sorted({term for vector in vectors for term in vector}))}
    table = np.zeros((len(vectors), max(1, len(place))))
    for row, vector in enumerate(vectors):
        for term, value in vector.items():
            table[row, place[term]] = value
    cosines: np.ndarray[Any, Any] = table @ table.T
    return cosines


def _names(texts: Sequence[Text], clusters: Sequence[Sequence[int]]) -> list[str]:
    """The words that many of a group's subjects have and few of the others', as they are written there.

    A group of several without a word or file in common has no name.
    """
    everywhere = Counter(t for text in texts for t in set(_terms(text.subject)))
    taken: set[str] = set()
    names = []
    for members in clusters:
        here = Counter(t for n in members for t in set(_terms(texts[n].subject)))
        worth = {
            t: n / len(members) * math.log((1 + len(texts)) / (0.5 + everywhere[t] - n))
            for t, n in here.items()
            if (n > 1 or len(members) == 1) and t not in taken
        }
        best = sorted(worth, key=lambda t: (-worth[t], t))[:2]
        if len(best) == 2 and worth[best[1]] < 0.4 * worth[best[0]]:
            best = best[:1]
        taken.update(best)
        said = [_spelled(t, [texts[n].subject for n in members]) for t in best]
        name = " and ".join(dict.fromkeys(said)) or _file_of([texts[n].paths for n in members])
        names.append("" if name in names else name)
    return names


def _file_of(paths: Sequence[Sequence[str]]) -> str:
    """What to call changes without a word in common: the file that most of them touched, if there is one."""
    held = Counter(path.rpartition("/")[2] for some in paths for path in set(some))
    name = min(held, key=lambda path: (-held[path], path), default="")
    return name if 2 * held[name] > len(paths) > 1 else ""


def _spelled(term: str, subjects: Sequence[str]) -> str:
    """The word that most often stands for a term."""
    forms: Counter[str] = Counter()
    for subject in subjects:
        for word in _said(subject):
            if term in _tokenizer().terms(word):
                forms[word] += 1
    return min(forms, key=lambda form: (-forms[form], len(form), form), default=term)


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()
