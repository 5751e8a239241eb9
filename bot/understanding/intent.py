"""What somebody wants, from their own words: a pure function of the text, its words and who is known by name.

The rules stand in `RULES`, in the order in which they are tried: the first that fits wins, so what is special stands
above what is general. They read the plain words of `wording.py`, in which § is a path, link or piece of code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bot.message import Intent
from bot.requesting.words import Said
from bot.requesting.words import heard as wants_person
from bot.understanding.book import ANYTHING
from bot.understanding.book_words import LISTS, LITTLE, PREPOSITIONS
from bot.understanding.choosing import pick
from bot.understanding.clauses import about, told, untagged
from bot.understanding.oneself import Wish, wish
from bot.understanding.phrasebook import rules, vocabulary
from bot.understanding.politeness import unwrapped
from bot.understanding.subjects import HOLLOW, POINTERS, is_about_all, is_leaning, topic, trim
from bot.understanding.when import Window, window
from bot.understanding.wording import CODE, CUES, PERSON, Word, mended, words

Fit = Literal["phrase", "opening", "nothing"]  # a phrase, only the last one ("how …", "is …"), or none


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question understood as far as words alone allow."""

    intent: Intent
    subject: str = ""  # what it is about, as typed: "the json provider", "src/app.py:120", "Ann"
    text: str = ""  # the question without greetings and politeness, as typed
    window: Window | None = None
    follow_up: bool = False  # leans on what the thread talked about
    same_intent: bool = False  # "and app.py?": as before, about something else
    choice: int = 0  # "2": the second of the choices offered before; −1: the last
    more: bool = False  # "who else?": beyond what was said
    about: str = ""  # for a person: what it is that they may know
    wish: Wish | None = None  # for a person: what the asker wants to hold of themselves
    request: Said | None = None  # for a person: a question is to be brought to one
    leans: bool = False  # a question to the pages that says "it" and more: "does it support proxies?"
    fits: Fit = "phrase"  # what of the phrase book fits


IsName = Callable[[str], bool]


def understand(text: str, now: int, is_name: IsName = lambda _: False) -> Meaning:
    """The intent and the subject of `text`, asked at `now`; `is_name` knows the people of the team."""
    heard = _EMPHASIS.sub("", text.strip())
    heard = re.sub(r"^/(?:lamp(?:lighter)?\b\s*)?(?=[a-z]+\b(?![/.]))", "", heard)
    if number := pick(heard):
        return Meaning("none", text=heard, choice=number)
    if (wanted := wish(heard, datetime.fromtimestamp(now, UTC).date())) is not None:
        return Meaning("person", text=heard, wish=wanted)
    if (wanting := wants_person(heard)) is not None:
        return Meaning("person", text=heard, request=wanting)
    heard = _BOTH.sub("why", untagged(heard))
    if (after := _after_situation(heard, now, is_name)) is not None:
        return after
    if (chatter := _chatter(words(heard))) is not None and not re.match(r"(?:i|we)\b.*\?", heard, re.IGNORECASE):
        return chatter
    span, rest = window(heard, now)

    def at_name(word: str) -> bool:
        return is_name(word.removeprefix("@"))

    meaning = _read(unwrapped(words(rest), at_name), is_name)
    if span is not None and meaning.intent not in {"history", "last_touched", "person", "stale", "report"}:
        # "what is new in 2.0 since March" needs the span, "how do I renew a key after May" needs its words.
        span, meaning = None, _read(unwrapped(words(heard), at_name), is_name)
    return replace(meaning, window=span)


def _after_situation(heard: str, now: int, is_name: IsName) -> Meaning | None:
    """Who, when or why, asked after a situation that says about what; how and where are looked for in all the words."""
    situation, question = told(heard)
    if not situation:
        return None
    whole = _read(unwrapped(words(heard)), is_name)
    if whole.intent in {"what_if", "stale"}:
        return None
    if " " not in situation and whole.fits == "phrase" and whole.subject and not whole.same_intent:
        return None  # "app.py – who was it?"
    meaning = understand(question, now, is_name)
    if meaning.intent not in {"who_knows", "last_touched", "history"}:
        return None
    if meaning.intent == "who_knows" and _WHO_ALONE.fullmatch(question) and (made := _SOMEBODY_DID.search(situation)):
        return replace(meaning, intent="last_touched", subject=about(made["what"]), follow_up=False, fits="phrase")
    bare = meaning.subject.lower() in _ASKED_FOR or _SAYS_IT.search(question)
    weak = bare or (
        meaning.fits == "opening" and bool(about(situation))
    )  # "I want to change app.py, who should sign off"
    if meaning.subject and meaning.subject.split()[-1].lower() not in POINTERS and not weak:
        return meaning
    before = understand(situation, now, is_name)
    by_whom = meaning.intent != "history" or question.lower().startswith("who")  # "the last commit there, who made it?"
    if before.intent == "last_touched" and before.subject and by_whom and not before.same_intent:
        return before
    subject = trim(about(situation))[0]
    meaning = replace(meaning, fits="phrase")
    subject = topic(subject) if meaning.intent == "who_knows" else subject
    return replace(meaning, subject=subject, follow_up=False, same_intent=False) if subject else None


_BOTH = re.compile(r"\b(?:when|how) and why\b|\bwhy and (?:when|how)\b", re.IGNORECASE)  # the reason tells when, too
_WHO_ALONE = re.compile(r"who\W*", re.IGNORECASE)
_DID = "|".join(
    [*(way.replace("_", " ") for way in LISTS["changed"].split()), "rewrote", "removed", "renamed", "moved"]
)
_SOMEBODY_DID = re.compile(
    r"\b(?:some(?:one|body)|any(?:one|body)|they|people)\s+(?:has |have |had )?(?:just )?"
    rf"(?:{_DID})\s+(?P<what>.+)",
    re.IGNORECASE,
)
_ASKED_FOR = frozenset(("review", "a review", "help", "advice", "feedback", "support", "approval", "input", "answers"))
_SAYS_IT = re.compile(r"\b(?:did|does|was|were|is|has|had) (?:it|they)\b", re.IGNORECASE)

# -- reading ----------------------------------------------------------------------------------------------------------

_EMPHASIS = re.compile(
    r"(?:(?<=\bwho)|(?<=\bwhy)|(?<=\bhow)|(?<=\bwhat)|(?<=\bwhen)|(?<=\bwhere))"
    r"\s+(?:on earth|in the world|the (?:hell|heck|devil))\b",
    re.IGNORECASE,
)  # "why on earth …"
MOST_WORDS = 60  # of a question are read; nobody's question turns around later than that
_NOBODY = (
    "i we you they he she it who what not and or if something anything everything nothing things stuff someone somebody"
    " anyone anybody everyone everybody nobody people"
)
NO_NAMES = frozenset(f"{LITTLE} {PREPOSITIONS} {_NOBODY}".split())
_WHOLE = re.compile(r"(?:what|which|show|list|any|recent|latest|history|log|changes|commits)\b", re.IGNORECASE)
_NEEDS_SUBJECT = frozenset({"last_touched", "who_knows", "history", "what_if", "person"})
_POINTING = POINTERS - frozenset("he she they him her one same here".split())
_QUESTION = frozenset("who whom what where when why how which".split())
# With a pointer and nothing but these, a question is about what the thread speaks of: "where is it documented?"
_GENERIC = (
    _QUESTION
    | frozenset((LITTLE + " " + PREPOSITIONS).split())
    | frozenset(
        """work works working do does use used using documented tested configured called mean means located
    defined somewhere anywhere written down yet already read find look learn see implemented explain explained
    docs documentation more tell me us show run start stop get i we you""".split()
    )
)
MOST_POINTING = 6  # words of a question whose "it" is what the thread speaks of
_BARE: dict[str, Intent] = {
    "why": "history",
    "when": "history",
    "who": "who_knows",
    "whom": "who_knows",
    "where": "knowledge",
    "how": "knowledge",
    "how come": "history",
}


_QUIET = frozenset(
    "it that this is was are very so really now then one a the you i me all and for good right no".split()
)
_SMALL = _QUIET | frozenset(
    """ok okay k kk ah aha oh ooh hm hmm uh um well yes yep yeah yup nope sure fine cool nice great awesome perfect
    thanks thank thx ta ty cheers haha hahaha hehe lol rofl wow got see helpful helps helped understood indeed
    exactly alright brilliant amazing sorry oops lovely excellent gotcha danke merci gracias dir vielen dank much lot
    job bot""".split()
)


def _chatter(found: list[Word]) -> Meaning | None:
    """Thanks and hello with nothing asked beside them."""
    plain = [word.plain for word in found[:MOST_WORDS]]
    if not plain or CODE in plain or (_QUESTION.intersection(plain) and plain != ["who", "knows"] and len(plain) > 4):
        return None
    if len(plain) <= 6 and _SMALL.issuperset(plain) and not _QUIET.issuperset(plain):
        return Meaning("none", text=" ".join(plain))
    line = "".join(" " + word for word in plain)
    book = (rule for rule in rules() if rule.intent == "none")
    return (
        Meaning("none", text=" ".join(plain))
        if any(rule.match(line, frozenset(line.split())) for rule in book)
        else None
    )


def _read(found: list[Word], is_name: IsName) -> Meaning:
    """What the words mean; its text is without slips of the pen, which would be looked for in vain."""
    meaning = _as_typed(found, is_name)
    is_whole = meaning.text == " ".join(word.raw for word in found[:MOST_WORDS])
    return replace(meaning, text=mended(found[:MOST_WORDS], meaning.subject)) if is_whole else meaning


def _as_typed(found: list[Word], is_name: IsName) -> Meaning:
    """The first phrase of the book that fits, else a bare mention, else a search."""
    found = found[:MOST_WORDS]
    if not found:
        return Meaning("none")
    if (led := _led_on(found, is_name)) is not None:
        return led
    text = " ".join(word.raw for word in found)
    tokens = tokens_of(found, is_name)
    meaning = _by_book(tokens, found, text)
    if (meaning is None or meaning.fits == "opening") and (turned := _turned(tokens, found)) is not None:
        said = _by_book([_token(word, is_name) for word in turned], turned, text)
        if said is not None and said.fits == "phrase" and said.intent in _NEEDS_SUBJECT | {"stale"}:
            return replace(said, text=text)
    if meaning is None or (meaning.intent in {"knowledge", "who_knows", "history"} and "#" not in tokens):
        for named in _as_names(tokens, found):
            if (person := _by_book(named, found, text, any_name=True)) is not None:
                return person
    return meaning or _bare(found, tokens, text)


def _by_book(tokens: list[str], found: list[Word], text: str, *, any_name: bool = False) -> Meaning | None:
    line = "".join(" " + token for token in tokens)
    words = frozenset(line.split())
    for rule in rules():
        if rule.intent == "none" and CODE in line and not rule.is_about_code:
            continue  # "what's up with app.py" is no chatter
        if any_name <= rule.any_name and (match := rule.match(line, words)) is not None:
            meaning = _meaning(rule.intent, match, found, text)
            return replace(meaning, fits="opening") if rule.phrase in ANYTHING else meaning
    return None


def _turned(tokens: list[str], found: list[Word]) -> list[Word] | None:
    """A place and then a question, "app.py who touched it last", turned round: "who touched app.py last"."""
    if not tokens[0].startswith(CODE) or len(tokens) < 3 or any(token.startswith(CODE) for token in tokens[1:]):
        return None
    rest, place = found[1:], found[0]
    at = next((i for i, word in enumerate(rest) if word.plain in _POINTING), None)
    if at is None:
        return [*rest, place]
    upto = at + 2 if at + 1 < len(rest) and rest[at + 1].plain in HOLLOW else at + 1
    return [*rest[:at], place, *rest[upto:]]


def _as_names(tokens: list[str], found: list[Word]) -> Iterator[list[str]]:
    """The words with one of them taken for a name: those with a capital, or any where there are no capitals."""
    capitals = [i for i, word in enumerate(found) if i and word.raw[0].isupper() and word.raw != "I"]
    for at in capitals or range(1, len(tokens)):
        if found[at - 1].plain in {"the", "a", "an", "our", "my", "your"}:
            continue
        if tokens[at].isalpha() and tokens[at] not in CUES | NO_NAMES:
            yield [*tokens[:at], "#", *tokens[at + 1 :]]


def _led_on(found: list[Word], is_name: IsName) -> Meaning | None:
    """A question that goes on from the one before: "and app.py?", "what about the docs?", "why?"."""
    plain = [word.plain for word in found]
    if len(found) == 1 and plain[0] in _BARE:
        return Meaning(_BARE[plain[0]], text=found[0].raw, follow_up=True)
    if plain == ["how", "come"] or plain in (["why", "not"], ["why", "is", "that"], ["why", "so"]):
        return Meaning("history", text=" ".join(plain), follow_up=True)
    if plain[0] in {"and", "but", "or", "then", "also", "plus"} and len(found) > 1:
        meaning = _read(found[1:], is_name)
        bare = meaning.intent in {"knowledge", "none"} and not any(
            word in _BARE or word in _ASKING for word in plain[1:3]
        )
        if bare and meaning.intent != "person":
            subject, pointing = trim(" ".join(word.raw for word in found[1:]))
            return Meaning(
                "knowledge", subject, " ".join(word.raw for word in found[1:]), follow_up=pointing, same_intent=True
            )
        return replace(meaning, follow_up=meaning.follow_up or not meaning.subject)
    if plain[:2] in (["what", "about"], ["how", "about"], ["same", "for"], ["and", "for"]) and len(found) > 2:
        if is_name(found[2].raw) or found[2].plain == PERSON:
            return Meaning("person", " ".join(word.raw for word in found[2:]), " ".join(word.raw for word in found))
        subject, pointing = trim(" ".join(word.raw for word in found[2:]))
        return Meaning(
            "knowledge", subject, " ".join(word.raw for word in found[2:]), follow_up=pointing, same_intent=True
        )
    return None


_ASKING = frozenset("what which is are do does did can could should tell show explain".split())


def _bare(found: list[Word], tokens: list[str], text: str) -> Meaning:
    """No phrase fits: a mention alone asks who touched it; other words are looked for."""
    if not any(char.isalnum() for char in text):
        return Meaning("none", text=text)
    subject, pointing = trim(text)
    beside = {word.plain for word, token in zip(found, tokens, strict=True) if not token.startswith(CODE)}
    if any(token.startswith(CODE) for token in tokens) and len(found) <= 4 and beside <= NO_NAMES | HOLLOW:
        return Meaning("last_touched", subject, text, follow_up=pointing, same_intent=True)
    return Meaning("knowledge", subject, text, follow_up=pointing, same_intent=len(found) <= 4, fits="nothing")


def tokens_of(found: list[Word], is_name: IsName) -> list[str]:
    """The words as the phrase book sees them: # for somebody's name, § for code, §:1 for a line of a file."""
    return _joined([_token(word, is_name) for word in found], found, is_name)


def _token(word: Word, is_name: IsName) -> str:
    """The word as the phrase book sees it: # for somebody's name, §:1 for a line of a file."""
    if word.plain == CODE:
        return "§:1" if re.search(r"(?::|#L)\d+", word.raw) and "://" not in word.raw else CODE
    if word.plain == PERSON or (
        word.raw[:1].isalpha() and not _plain_word(word) and is_name(re.sub(r"['’]s$", "", word.raw))
    ):
        return "#"
    return word.plain


def _is_common(found: list[Word], at: int) -> bool:
    """Whether a small word stands where no name does, though somebody is called so: "from a git branch"."""
    if found[at].raw[:1].isupper():
        return False
    before = [word.plain for word in found[max(0, at - 2) : at]]
    return bool(before) and (before[-1] in _BEFORE_NOUNS or before[0] in {"a", "an"})


_BEFORE_NOUNS = frozenset("a an the my our your this these those any each every some no".split())


def _plain_word(word: Word) -> bool:
    """Whether it is a word of the question even where somebody is called that: "still", "will", "mark" in capitals."""
    return len(word.raw) == 1 or word.plain in CUES or (word.plain in vocabulary() and not word.raw[0].isupper())


def _joined(tokens: list[str], found: list[Word], is_name: IsName) -> list[str]:
    """A capital beside a name belongs to it: in "Davd Lord", Lord is known; so does what completes it, "ann li"."""
    out = [
        word.plain if said == "#" and word.plain != PERSON and _is_common(found, at) else said
        for at, (said, word) in enumerate(zip(tokens, found, strict=True))
    ]
    for at in range(len(found) - 1):
        one, other = out[at], out[at + 1]
        beside = (one == "#") != (other == "#") and CODE not in one + other
        if beside and is_name(f"{found[at].raw} {found[at + 1].raw}"):
            out[at] = out[at + 1] = "#"
    for at, word in enumerate(found):
        beside = "#" in (tokens[at - 1 : at] + tokens[at + 1 : at + 2])
        if (
            beside
            and at
            and tokens[at].isalpha()
            and word.raw[0].isupper()
            and word.raw != "I"
            and tokens[at] not in CUES
        ):
            out[at] = "#"
    return out


def _meaning(intent: Intent, match: re.Match[str], found: list[Word], text: str) -> Meaning:
    groups = match.groupdict()

    def typed(group: str) -> str:
        if groups.get(group) is None:
            return ""
        first = match.string[: match.start(group)].count(" ")
        return " ".join(word.raw for word in found[first : first + groups[group].count(" ")])

    subject = " ".join(filter(None, (typed("code"), typed("subject"))))
    subject, pointing = trim(subject)
    if intent == "who_knows":
        subject = "repository" if is_about_all(text) else topic(subject)
    needs = intent in _NEEDS_SUBJECT
    hanging = needs and not subject and not _WHOLE.match(text)
    if intent == "knowledge":
        words_said = {word.plain for word in found}
        hanging = bool(words_said & POINTERS) and words_said <= POINTERS | _GENERIC
    leans = intent == "knowledge" and not hanging and is_leaning(text)
    if intent == "stale" and not subject and len(found) <= MOST_POINTING:
        hanging = any(word.plain in _POINTING for word in found)  # "is it at risk?"
    more = intent == "who_knows" and text.lower().startswith("who else")
    about_what = trim(typed("about"))[0]
    return Meaning(intent, subject, text, follow_up=pointing or hanging, about=about_what, more=more, leans=leans)
