"""Questions for a place: "where is X defined", "which file does X", "what handles X", "show me the code for X"; pure.

input   "wich file filters duplicate requests?"     output   Sought(duplicate requests, filters at half, unit file)
input   "where can I read about routing"            output   Sought(routing, pages)

What is asked for with a question's own words (implemented, defined, handled) is left out; what something does there
counts half, since code is called after things more than after what is done with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.wording import Word, words
from knowledge.finding.tokens import STOP_WORDS
from knowledge.finding.wanting import Ground, Sought, Unit

DOES, BESIDE, OF, KIND = 0.5, 0.5, 0.7, 0.2  # the weight of a verb, a clause, what follows a preposition, "class"
_UNITS: dict[str, Unit] = {
    **dict.fromkeys("file files module modules script scripts".split(), "file"),
    **dict.fromkeys("class classes struct structs type types".split(), "class"),
    **dict.fromkeys("function functions method methods".split(), "function"),
    **dict.fromkeys("directory directories folder folders".split(), "directory"),
    **dict.fromkeys("code component components package packages implementation source".split(), ""),
    **dict.fromkeys("part place definition".split(), ""),
}  # fmt: skip
_PAGES = frozenset(
    "doc docs documentation page pages guide guides manual chapter readme tutorial document documents".split()
)
_TO_PAGES = re.compile(
    r"\b(?:documented|described|explained|documentation|configured?|configurable"
    r"|(?:read|learn|find)(?: out| up| more)? about)\b"
)
_TO_TESTS = re.compile(r"\btested\b|^(?:which|what) tests?\b|\btest(?:s|cases?)? (?:for|of|that)\b")
_TEST_WORDS = frozenset("tested test tests testcase testcases cover covers covered".split())
_ADVICE = re.compile(  # "where should I put X" asks what to do, not what is there
    r"^where (?:(?:should|shall|must|may) (?:i|we|you|one)|(?:can|could|do) (?:i|you|one)) (?!find|see|look|read|learn)"
)
_FRAME = frozenset(
    """implemented implement implements implementing defined define defines declared declare located location found find
    handled handle handles handling done coded programmed lives live living sits sit happen happens happening stand
    stands kept holds hold contains contain documented described describe describes explained explain explains
    configured configure tested read learn see look code codebase repo repository source project exactly actually
    please implementation definition here somewhere""".split()
)
_AUX = frozenset(
    """is are was were be do does did can could should would will shall must has have had being been get gets
    it i we you they one he she somebody someone the a an our my your this that these those there""".split()
)
_PREPOSITIONS = frozenset("in at on of for to from by with about into behind between across inside within per".split())
_CLAUSE = frozenset("when while if whenever after before because during once until unless so where".split())
_OTHERWISE = frozenset(
    """used called use call referenced imported import inherit subclass install installed need choose buy come comes
    came go goes went""".split()
)  # where is it used, which class do I need: no question for the place where it is made
_VERBS = frozenset(
    """handles implements defines contains provides performs manages controls runs sends reads writes parses loads
    stores saves creates builds checks validates computes calculates decides renders serves schedules
    dispatches""".split()
)
_NO_VERBS = frozenset("is was has happens means makes changes things breaks".split())
_DETERMINERS = frozenset("the a an our my your this these those each every all".split())
_CREDENTIALS = frozenset(
    """token tokens password passwords passphrase secret secrets credential credentials key keys certificate
    certificates login logins""".split()
)
_KEPT = frozenset("kept keep stored saved live lives find found get".split())  # where people keep them is in no code
_POINTER = re.compile(r"\b(?:it|this|that|they|these|those)\b", re.IGNORECASE)
_SHOW = frozenset("show give find open point take bring lead get locate see".split())
_NOT_SHOWN = frozenset("how what who why when which where example examples all list more latest recent changes".split())


def sought(text: str) -> Sought | None:
    """What place is asked for; None for another kind of question."""
    found = words(text)
    while len(found) > 1 and found[0].plain in _PREPOSITIONS | {"and", "so", "please"}:
        found = found[1:]
    plain = [word.plain for word in found]
    if len(found) < 2 or _OTHERWISE.intersection(plain):
        return None
    if plain[0] == "where":
        if _CREDENTIALS.intersection(plain) and _KEPT.intersection(plain):
            return None
        line = " ".join(plain)
        return None if _ADVICE.match(line) and not _TO_PAGES.search(line) else _after(found[1:], plain)
    if plain[0] in {"which", "what"} and plain[1] in _UNITS.keys() | _PAGES | _TEST_WORDS:
        return _after(found[2:], plain, plain[1])
    if plain[0] == "what" and _acts(plain):
        return _after(found[1:], plain, does=True)
    if plain[0] in _SHOW and not _NOT_SHOWN.intersection(plain):
        return _after(_without(found[1:], {"me", "us", "to", "at"}), plain)
    if plain[0] in {"code", "source", "implementation", "definition"} and plain[1] in _PREPOSITIONS:
        return _after(found[2:], plain)
    return None


def about(text: str, name: str) -> Sought | None:
    """What place is asked for where the question points at what was spoken of ("where is it documented?")."""
    return sought(_POINTER.sub(lambda _: name, text, count=1))


def _acts(plain: Sequence[str]) -> bool:
    """Whether "what" is followed by what it does: "what compacts the blocks", not "what settings are there"."""
    verb, then = plain[1], plain[2] if len(plain) > 2 else ""
    third_person = re.fullmatch(r"[a-z]{2,}[^s\W]s", verb) is not None and verb not in _NO_VERBS
    return verb in _VERBS or (third_person and then in _DETERMINERS)


def _without(found: Sequence[Word], small: set[str]) -> Sequence[Word]:
    while found and found[0].plain in small | _AUX:
        found = found[1:]
    return found


def _after(found: Sequence[Word], plain: Sequence[str], kind: str = "", *, does: bool = False) -> Sought | None:
    """What stands behind the words that ask."""
    ground: Ground = "code"
    if kind in _PAGES or (not kind and (_TO_PAGES.search(" ".join(plain)) or _PAGES.intersection(plain[1:4]))):
        ground = "pages"
    elif _TO_TESTS.search(" ".join(plain)):
        ground = "tests"
    weight, verb = 1.0, does or bool(kind)
    told: list[tuple[str, float]] = []
    for at, word in enumerate(found):
        said = word.plain
        if said in _CLAUSE and told:
            weight = BESIDE
        elif said in _PREPOSITIONS and told:
            weight = min(weight, OF)
        if said in _AUX | _PREPOSITIONS | _CLAUSE or said in STOP_WORDS:
            verb = verb or (said in {"i", "we", "you", "they", "it"} and not told)
            continue
        beside = (said in _PAGES and ground == "pages") or (said in _TEST_WORDS and ground == "tests")
        if said in _FRAME or beside:
            verb = False
            continue
        if said in _UNITS and (at == 0 or (at == len(found) - 1 and _UNITS[said] != "file")):
            kind = kind or said
            continue
        acts = (verb and not told) or (said.endswith("ed") and bool(told) and plain[0] == "where")
        verb = False
        told.append((word.raw, KIND if said in _UNITS else min(weight, DOES if acts else 1.0)))
    unit: Unit = "file" if ground == "tests" and kind not in _UNITS else _UNITS.get(kind, "")
    return Sought(tuple(told), ground, unit) if told else None
