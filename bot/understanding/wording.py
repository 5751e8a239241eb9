"""The words of a question, made comparable: mentions kept apart, contractions opened, cue words spelt right.

Input: what somebody typed ("hey, who's teh last to tuch `src/app.py:120`?"). Output: words with their original form and
a plain form ("who is the last to touch §"), where § stands for anything that looks like code, a path, a link or a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from knowledge.asking.mentions import Mention, mentions
from knowledge.finding.spelling import slips

CODE = "§"  # the plain form of a mention that looks like code, a path or a link
PERSON = "@"  # the plain form of an @mention


class Word(NamedTuple):
    """A word as it was typed, and its plain form."""

    raw: str
    plain: str


_CONTRACTIONS = (
    (re.compile(r"\b(who|what|where|when|why|how|it|that|there|here|he|she|which)['’]?s\b", re.IGNORECASE), r"\1 is"),
    (re.compile(r"\b(who|what|where|when|why|how|you|they|we)['’]?re\b", re.IGNORECASE), r"\1 are"),
    (re.compile(r"\bi['’]?m\b", re.IGNORECASE), "i am"),
    (re.compile(r"\b(i|we|you|they|who)['’]ve\b", re.IGNORECASE), r"\1 have"),
    (re.compile(r"\b(i|we|you|they|he|she|it|who|what)['’]d\b", re.IGNORECASE), r"\1 would"),
    (re.compile(r"\b(i|we|you|they|he|she|it|who|what)['’]ll\b", re.IGNORECASE), r"\1 will"),
    (re.compile(r"\b(could|do|does|did|is|was|are|were|has|have|had|would|should)n['’]?t\b", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\b(can)(?:['’]?t|not)\b", re.IGNORECASE), r"\1 not"),
)

# What is written short around a word; "w/foo.py" is a path.
_SHORT = (
    (re.compile(r"(?<![\w/.])w/(?=\s)", re.IGNORECASE), "with"),
    (re.compile(r"(?<![\w/.])w/o(?=\s)", re.IGNORECASE), "without"),
    (re.compile(r"(?<![\w/.])b/c(?=\s)", re.IGNORECASE), "because"),
    (re.compile(r"(?<![\w/.])re:(?=\s)", re.IGNORECASE), "about"),
)

# "its" is a possessive and "were" and "where" are words of their own; those forms are never contractions here.
_KEPT = frozenset({"its", "were", "heres"})


def words(text: str) -> list[Word]:
    """The words of `text` in order, punctuation left out, cue words corrected."""
    for pattern, whole in _SHORT:
        text = pattern.sub(whole, text)
    for pattern, opened in _CONTRACTIONS:
        text = pattern.sub(lambda m, o=opened: m[0] if m[0].lower() in _KEPT else m.expand(o), text)  # type: ignore[misc]
    return _settle([_word(mention) for mention in mentions(text)])


def _word(mention: Mention) -> Word:
    if mention.is_code:
        return Word(mention.raw, CODE)
    if mention.kind == "at":
        return Word(mention.raw, PERSON)
    return Word(mention.raw, correct(mention.raw.lower().replace("’", "'")))


# -- spelling ---------------------------------------------------------------------------------------------------------

# Words that decide what is asked. Only towards these is spelling corrected; the rest of a question is the asker's.
CUES = frozenset(
    """who whom whose what where when which why how does anyone anybody someone somebody nobody
    everybody knows know knew knowledge
    knowledgeable understands understand expert experts owner owns maintains maintainer responsible familiar
    review reviews reviewer contact last latest recent recently touched touch changed change changes changing
    edited modified updated committed commit commits wrote written worked working added removed deleted
    introduced renamed moved history happened stale fading outdated risk factor forget forgotten losing away
    leaves leave holiday vacation sick quits around about explain document documented documentation please
    thanks hello help start started onboarding yesterday week weeks month months since""".split()
)

# Proper words one slip away from a cue.
_OWN_WORDS = frozenset(
    """above bout shout scout abort abbot who now how show shows snow known unknown knowing lest lost least list
    lists fast past cast mast blast lasts lasting chance charge changer hanged ranged clanged tough couch pouch
    touches touching touchy torch teach reach hat that want then than there here were wear while wheel wheel
    whole whose hose those house home him her stake state stall stalk scale stable shale tale sale style rest
    risky disk desk brisk commits committee commute comment comments common command commands lease please leaver
    leaved leaving cleave sleeve weak wreck seek meek weekly monthly mouth moth mount front wrote write writes
    writer rote quote vote note moved loved proved removes remove move moves mode model deleted delete deletes
    deletion adding adder padded update updates edit edits editor editing modify modifies modifier modification
    rename renames reset resent recant review reviewed view views viewer preview previews fiend owned own owning
    loner lower story way ways say sway days any many sky ski stick slick lick pick around round ground arounds
    tanks think thank yellow jello cello held heap hell kelp helper helped helping helps start starts starting
    stared stored restart started smart chart art star stat stats factor factory actor factors tractor forgot
    forgets format loading closing using hosing posing dosing done doe goes dose docs document documents experts
    expect except export exports import report reports contract content context contacts contain contains since
    hence mince sine side size science wait white whit while that's chat hate what's whats which witch rich
    hallo hollow hell shell fell cell tell well yell""".split()
)

_SLIPS = {
    "wo": "who", "hwo": "hwo", "woh": "who", "whos": "who", "waht": "what", "wat": "what", "wht": "what",
    "whta": "what", "wher": "where", "hw": "how", "hou": "how", "wy": "why", "hwy": "why", "teh": "the", "hte":
    "the", "lst": "last", "u": "you", "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "ty":
    "thanks", "tnx": "thanks", "doc": "docs", "abt": "about", "wich": "which", "whne": "when", "wehn": "when",
    "nkows": "knows", "documantation": "documentation", "im": "im", "tuched": "touched", "wheres": "where",
    "sb": "somebody", "smb": "somebody", "sbdy": "somebody", "sm1": "someone", "some1": "someone", "any1": "anyone",
    "wsa": "was", "taht": "that", "thsi": "this", "adn": "and", "cna": "can", "wiht": "with",
    "wld": "would", "cld": "could", "shld": "should", "hv": "have", "bcs": "because",
}  # fmt: skip


@lru_cache(maxsize=8192)
def correct(word: str) -> str:
    """The cue that `word` is a slip of, else the word itself."""
    if word in _SLIPS:
        return _SLIPS[word]
    if word in CUES or word in _OWN_WORDS or len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    allowed = 1 if len(word) < 8 else 2
    close = [
        (slips(word, cue, allowed), cue)
        for cue in sorted(CUES)
        if len(cue) > 3 and abs(len(cue) - len(word)) <= allowed
    ]
    best = min(((d, c) for d, c in close if d <= allowed), default=None)
    # A first letter is rarely wrong unless two letters changed places ("konws", "hwere").
    return best[1] if best and (best[1][0] == word[0] or sorted(best[1]) == sorted(word)) else word


_AFTER_Y = frozenset("is are was were do does did has have would should".split())
_AFTER_HOW = frozenset("do does did to can could is are should would much many long often about the".split())


def _settle(found: list[Word]) -> list[Word]:
    """Decide "hwo", which is how or who by what follows, and "y" at the start, which is why before a verb."""
    out = []
    for i, word in enumerate(found):
        following = found[i + 1].plain if i + 1 < len(found) else ""
        if word.plain == "y" and not i and following in _AFTER_Y:
            word = word._replace(plain="why")  # noqa: PLW2901
        out.append(word._replace(plain="how" if following in _AFTER_HOW else "who") if word.plain == "hwo" else word)
    return out


def mended(found: Iterable[Word], subject: str = "") -> str:
    """The words with one blank between, without sure slips of the pen; of the subject only the likes of "teh" are one.

    Sure is what stands in the list, or two letters that changed places: "worker" is no slip of "worked".
    """
    of_subject = set(subject.split())
    return " ".join(word.plain if _is_sure(word, named=word.raw in of_subject) else word.raw for word in found)


def _is_sure(word: Word, *, named: bool) -> bool:
    typed = word.raw.lower()
    if typed == word.plain or word.plain in {CODE, PERSON}:
        return False
    is_listed, is_swap = typed in _SLIPS, typed.isalpha() and sorted(typed) == sorted(word.plain)
    return is_listed and is_swap if named else is_listed or is_swap
