"""Which kind of place a question leans to: pages answer people's questions, code answers questions about code. Pure.

Tests, examples and vendored code say what everything else says and are rarely what somebody asks for, unless the
question itself speaks of code. What that is worth is measured in bench/search_quality.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge.paths import is_code

SOURCE, ASIDE = 0.2, 0.4  # taken off the score of code, and of code that stands aside
SPEAKS_OF_CODE = 0.3  # of it remains where the question speaks of code

_ASIDE = re.compile(
    r"^t/|(^|/)(tests?|testing|spec|specs|__tests__|testdata|fixtures?|examples?|samples?|demos?|vendor|third[_-]party"
    r"|node_modules)/|(^|/)(test_[^/]*|[^/]*_test|[^/]*[._-](spec|test)|conftest)\.\w+$",
    re.IGNORECASE,
)
_TESTS = re.compile(
    r"^t/|(^|/)(tests?|testing|spec|specs|__tests__|testdata|fixtures?)/|(^|/)(test_[^/]*|[^/]*_test|[^/]*[._-](spec|test)"
    r"|conftest)\.\w+$",
    re.IGNORECASE,
)
_TEST_WORDS = re.compile(r"\b(?:tests?|testing|tested|fixtures?|conftest|specs?|pytest)\b|test_", re.IGNORECASE)
_TO_TEST = re.compile(r"\bhow\b.{0,20}\btest\b", re.IGNORECASE)  # asks for what is written about testing
_CODE_WORDS = re.compile(
    r"[a-z]+_[a-z]|[a-z][A-Z]|\(\)|\w\.\w|\b(?:code|codebase|function|class|method|implement\w*|defined|module|source"
    r"|tests?|script|job|workflow|pipeline)\b"
)


_CHANGES = re.compile(  # and proposals, which are numbered: seps/sep-004.rst, rfcs/0012-lamps.md
    r"(?:^|/)(?:changes|changelog|history|news|release[-_ ]?notes|whatsnew)[^/]*(?:$|/)|(?:^|/)releases?/[^/]*\d[^/]*$"
    r"|(?:^|/)(?:[a-z]{0,3}eps?|rfcs?|proposals?|adrs?)/(?:.*/)?[^/]*\d[^/]*$",
    re.IGNORECASE,
)
_GLOSSARY = re.compile(
    r"(^|/)(glossary|terminology|definitions|vocabulary|abbreviations|acronyms)[^/]*(/|$)", re.IGNORECASE
)
_MEANING_WORDS = re.compile(
    r"^\W*(?:so\W+)?(?:what(?:['’]?s| is| are| does| do)|define|explain)\b|\b(?:mean|means|stands? for|called)\b",
    re.IGNORECASE,
)
_CHANGE_WORDS = re.compile(
    r"\b(?:version|release|chang\w+|deprecat\w+|when|why|propos\w+|remov\w+|added|new|since|upgrad\w+|drop\w*"
    r"|migrat\w+)\b",
    re.IGNORECASE,
)

_RIGHTS = re.compile(  # what people may do is written for people
    r"^\W*(?:so\W+)?(?:who(?:m|ever)?\W+(?:all\W+)?(?:can|may|must|(?:is|are|gets?)\W+(?:allowed|permitted|supposed|entitled|to))"
    r"|(?:am|are|is)\W+(?:i|we|they|everybody|everyone|anyone|anybody)\W+(?:allowed|permitted|supposed|entitled))\b",
    re.IGNORECASE,
)


def speaks_of_code(question: str) -> bool:
    """Whether a question names an identifier, or asks for code in so many words."""
    return _CODE_WORDS.search(question) is not None


def stands_aside(path: str) -> bool:
    """Whether a path is of tests, examples or vendored code."""
    return _ASIDE.search(path) is not None


def speaks_of_tests(question: str) -> bool:
    """Whether tests are what is asked about."""
    return _TEST_WORDS.search(question) is not None


def is_test(path: str) -> bool:
    """Whether a path is of tests or of what they read: it says how code behaves, never what a team's rules are."""
    return _TESTS.search(path) is not None


def comes_last(question: str) -> Callable[[str], bool]:
    """The paths that say something else than how things are, for this question, and come behind all that do.

    Tests say how code behaves, changelogs and proposals what was so at one time, glossaries what a word means, and no
    code who may do what.
    """
    rights = _RIGHTS.search(question) is not None
    tests = speaks_of_tests(question) and _TO_TEST.search(question) is None
    changes = _CHANGE_WORDS.search(question) is not None
    meaning = _MEANING_WORDS.search(question) is not None

    def last(path: str) -> bool:
        return (
            (not tests and is_test(path))
            or (not changes and _CHANGES.search(path) is not None)
            or (not meaning and _GLOSSARY.search(path) is not None)
            or (rights and is_code(path))
        )

    return last


def place_kind(kind: str, path: str) -> int:
    """0 for everything that is no code, 1 for code, 2 for code that stands aside."""
    if kind != "code":
        return 0
    return 2 if stands_aside(path) else 1


def discounts(*, code_asked: bool) -> tuple[float, float, float]:
    """What to take off a passage's score, as a share in [0, 1], by the kind of its place."""
    share = SPEAKS_OF_CODE if code_asked else 1.0
    return (0.0, SOURCE * share, ASIDE * share)
