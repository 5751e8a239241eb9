# ruff: noqa: E501  (a pattern stays on its line)
"""What a question is about, cut out of the words that a phrase left over: "the parser nowadays" → "parser". Pure."""

from __future__ import annotations

import re

POINTERS = frozenset("it this that these those them there he she they him her here its one same".split())
_ANYBODY = frozenset("i we you someone somebody anyone anybody everyone everybody nobody guys folks".split())
_LEADING = frozenset(
    """got the a an our my your this that these those some any all about of on in for to with at by file called
    named""".split()
)
_TRAILING = frozenset(
    """best most better well nicely lately recently nowadays last now please currently today again around anyway though
    left latest""".split()
)
_PREAMBLES = frozenset(
    f"{noun} {joint}"
    for noun in (
        "question",
        "questions",
        "change",
        "changes",
        "something",
        "anything",
        "everything",
        "experience",
        "help",
        "more",
        "details",
    )
    for joint in ("about", "to", "in", "on", "with", "for", "regarding", "of")
)
HOLLOW = frozenset(
    "file files code one thing part line lines stuff page doc docs module directory folder area function class".split()
)
_HANGING = frozenset("then since so now exactly again please though".split())
_THING = frozenset("thing things stuff one ones bit".split())
# "who do we have for uploads", "who are the top people for search": what stands before the last joint is no topic.
_CARRYING = frozenset(
    """answer answers question questions help me us you we i they one have has had got comfortable top main people
    person persons someone somebody anyone anybody managing manage maintaining handling running doing working work
    works left still there around responsible experience experiences experienced knowledge knowledgeable skilled skills good best better
    great able to be is are explain tell teach show something anything everything idea clue context insight expertise
    familiar lot much most deep real some any more advice support the a an our of""".split()
)
_JOINTS = frozenset("about for with on in regarding concerning at around the our".split())
_PEOPLE = frozenset(
    """wizard wizards guru gurus expert experts master masters ninja hero geek nerd champion king queen specialist
    specialists person people guy guys folk folks team crowd owner owners maintainer maintainers contact lead""".split()
)
_LOOSE = frozenset("stuff thing things bits part parts side area topic topics matters related".split())
_TO_ME = (
    "to me",
    "to us",
    "for me",
    "for us",
    "with me",
    "with us",
    "me",
    "us",
    "a bit",
    "a little",
    "in detail",
    "in depth",
)


_ALSO_ASKED = re.compile(r"\s+(?:and|or)\s+(?:why|when|how|who|whom|where|by whom|what for)$", re.IGNORECASE)


def trim(subject: str) -> tuple[str, bool]:
    """The subject without articles, and whether it only points at something said before."""
    left = _ALSO_ASKED.sub("", subject).split()
    pointing = False
    left = _ended(left)
    if len(left) > 2 and left[-2].lower() == "the" and left[-1].lower() in {"most", "best"}:
        left = left[:-2]
    if len(left) > 2 and " ".join(left[:2]).lower() in _PREAMBLES:
        left = left[2:]
    while left and left[0].lower() in _LEADING | POINTERS:
        pointing = pointing or left[0].lower() in POINTERS
        left = left[1:]
    if len(left) > 2 and " ".join(left[:2]).lower() in _PREAMBLES:
        left = left[2:]
    if all(word.lower() in _ANYBODY | _HANGING for word in left):  # "when did we?"
        left = []
    pointing = pointing or (bool(left) and all(word.lower() in _THING for word in left))
    pointing = pointing and all(word.lower() in HOLLOW | POINTERS for word in left)
    return ("" if pointing else " ".join(left)), pointing


def _ended(left: list[str]) -> list[str]:
    """Without what only ends a question: "nowadays", "to me"."""
    while len(left) > 1:
        ending = next(
            (e for e in _TO_ME if len(left) > e.count(" ") + 1 and " ".join(left).lower().endswith(f" {e}")), ""
        )
        if ending:
            left = left[: -1 - ending.count(" ")]
        elif left[-1].lower() in _TRAILING:
            left = left[:-1]
        else:
            break
    return left


def topic(subject: str) -> str:
    """What whoever is sought should know, without words for people and for knowing: "our cache wizard" → "cache"."""
    left = subject.split()
    for at in range(len(left) - 1, 0, -1):
        if left[at - 1].lower() in _JOINTS and all(word.lower() in _CARRYING | _JOINTS for word in left[:at]):
            left = left[at:]
            break
    while len(left) > 1 and left[-1].lower() in _PEOPLE | _LOOSE:
        left = left[:-1]
    return " ".join(left)


_EVERYBODY = re.compile(
    r"^(?:who|which people)\b.*\b(?:active|main|core|key|top|regular|biggest|current)\s+(?:people|persons?|contributors?|developers?|devs?"
    r"|committers?|maintainers?|engineers?|members?|folks)(?: (?:here|now|(?:of|on|in) (?:the|this|our) (?:repo\w*|project|team|code ?base)))?\W*$",
    re.IGNORECASE,
)


def is_about_all(question: str) -> bool:
    """Whether the people of the whole repository are asked for: "who are the most active people?"."""
    return _EVERYBODY.search(question) is not None


_LEANING = re.compile(
    r"\b(?:it|them|they|these|those)\b(?!\s+(?:possible|ok|okay|safe|necessary|true|allowed|fine|better|worth"
    r"|a good idea"
    r"|makes? sense|takes?|right to|normal|legal|that)\b)"
    r"|^(?:is|are|was|were|does|do|did|can|could|should|will|would|has|have)\s+(?:that|this)\b(?!\s+\w+ (?:is|are)\b)"
    r"|\b(?:of|for|with|about|in|on|do|does|use) (?:that|this)\W*$"
    r"|^(?:which|what) (?:files?|modules?|class(?:es)?|code|parts?|director(?:y|ies)|folders?) (?:is|are|does|do)\b.*\b(?:involved|affected"
    r"|relevant|concerned|needed)\W*$"
    r"|^(?:is|are) the \w+ (?:documented|tested|described|explained|written down|automated)\b",
    re.IGNORECASE,
)


def is_leaning(question: str) -> bool:
    """Whether it says "it" for something that was named before: "does it support proxies?"."""
    return _LEANING.search(question) is not None
