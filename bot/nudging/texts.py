"""The texts that the bot speaks first with: shipped in bot/texts/nudges.yaml, changed by a team's own file.

A file that breaks a rule of tone or names an unknown placeholder is refused in one sentence, before anything is said.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from bot.nudging.tone import faults, unreasoned
from knowledge.errors import Mistake

SHIPPED = Path(__file__).parents[1] / "texts" / "nudges.yaml"
NAMES = ("shows", "learns", "who", "other")
_BEGINNING = re.compile(r"([.?!] )(\w)")
Texts = Mapping[str, tuple[str, ...]]

_PAIR = frozenset("shows learns area why now gain minutes".split())
_SOLO = frozenset("who area page question why now".split())
PLACEHOLDERS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("re-light", "share", "hand-over", "newcomer"), _PAIR),
    **dict.fromkeys(("page", "page-to-write", "thanks"), _SOLO),
    "unmatched": frozenset({"who", "area", "why"}),
    "introduction": frozenset({"budget"}),
    "last-call": frozenset({"resume"}),
    "time": frozenset({"other", "area", "when", "minutes"}),
    "time-open": frozenset({"other", "area", "minutes"}),
    "reminder": frozenset({"when", "shows", "learns", "area", "minutes"}),
    "question": frozenset({"other", "area"}),
    "question-solo": frozenset({"area"}),
    "courtesy": frozenset({"other", "area"}),
}

# As long as real ones get: what fits with these fits in life.
SAMPLE = {
    "shows": "Alexandra Example", "learns": "Bartholomew Sample", "who": "Alexandra Example",
    "other": "Bartholomew Sample", "area": "`services/payments/reconciliation`", "page": "`docs/operations/deploy.md`",
    "question": "how do I roll back a release?", "minutes": "25", "budget": "one message", "when": "Tuesday at 14:00",
    "resume": "Say “resume”", "why": "only Alexandra Example is active there, and nobody will be in 60 days",
    "now": "It saw 34 changes in the last year", "gain": "two people would be able to go on there",
}  # fmt: skip


@lru_cache(maxsize=8)
def load_texts(own: Path | None = None) -> Texts:
    """The shipped texts, with those of a team's own file in place of theirs.

    Raises:
        Mistake: the file cannot be read, or a text in it breaks a rule; one sentence.
    """
    shipped = _read(SHIPPED)
    return {**shipped, **_read(own)} if own else shipped


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"the texts {path} cannot be read ({error})", "Mend nudges.texts, or leave it empty.") from error
    except yaml.YAMLError as error:
        raise Mistake(f"{path} is not YAML: {' '.join(str(error).split())}", "Mend that line.") from error
    if not isinstance(found, dict):
        raise Mistake(f"{path} holds lists of texts by name", "bot/texts/nudges.yaml shows the form.")
    return {str(name): _variants(path, str(name), told) for name, told in found.items()}


def _variants(path: Path, name: str, told: object) -> tuple[str, ...]:
    variants = (told,) if isinstance(told, str) else told
    if name not in PLACEHOLDERS:
        raise Mistake(f"{path.name}: nothing is called {name!r}", f"Known are {', '.join(sorted(PLACEHOLDERS))}.")
    if not isinstance(variants, (list, tuple)) or not variants or not all(isinstance(v, str) for v in variants):
        raise Mistake(f"{path.name}: {name} is a list of texts", "Put '- ' in front of each.")
    for number, text in enumerate(variants, 1):
        if wrong := _wrong(name, text):
            raise Mistake(f"{path.name}: text {number} of {name} is not said, because {wrong}", "Put it differently.")
    return tuple(" ".join(text.split()) for text in variants)


def _wrong(name: str, text: str) -> str:
    try:
        named = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError as error:
        return f"its braces do not match ({error})"
    if unknown := sorted(named - PLACEHOLDERS[name]):
        known = ", ".join(f"{{{word}}}" for word in sorted(PLACEHOLDERS[name]))
        return f"{{{unknown[0]}}} is unknown there ({known} are known)"
    return unreasoned(name, text) or next(faults(name, fill(text, SAMPLE)), "")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; a sentence begins with a capital, and full stops do not pile up.

    Facts may speak of {shows}, {learns} and {who}, too. Names stay as people write them, wherever they stand.
    """
    marks = {who: chr(0xE000 + at) for at, who in enumerate(NAMES)}  # stand for the names, so that nothing changes them
    told = {key: _named(value, marks) for key, value in facts.items() if key not in marks}
    said = text.format_map({**dict.fromkeys(SAMPLE, ""), **told, **marks})
    for before, after in (("..", "."), (". .", "."), (".:", ":"), ("  ", " ")):
        said = said.replace(before, after)
    said = capitals(said)
    for who, mark in marks.items():
        said = said.replace(mark, facts.get(who, ""))
    return said


def _named(value: str, marks: Mapping[str, str]) -> str:
    for who, mark in marks.items():
        value = value.replace(f"{{{who}}}", mark)
    return value


def capitals(said: str) -> str:
    """Every sentence with a capital, code and names with dots left alone."""
    return _BEGINNING.sub(lambda found: found[1] + found[2].upper(), said[:1].upper() + said[1:])


def choose(texts: Texts, name: str, key: str) -> str:
    """One variant, always the same for the same `key`."""
    variants = texts[name]
    return variants[int.from_bytes(blake2b(key.encode(), digest_size=4).digest()) % len(variants)]
