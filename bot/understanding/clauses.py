# ruff: noqa: E501  (a pattern stays on its line)
"""A situation and then a question: "I'm stuck with blueprints, whom may I ask?" is the question, about blueprints."""

from __future__ import annotations

import re
from typing import NamedTuple

from knowledge.asking.mentions import mentions


class Told(NamedTuple):
    """What was told before, and what is asked; nothing told where all of it is the question."""

    situation: str
    question: str


_ASKS = (
    r"(?:(?:with|to|from|by|of) whom|who|whom|whose|which|any(?:one|body)|any (?:experts?|reviewers?|volunteers?|takers?|owners?)|some(?:one|body)|when|why|since when|what changed|what happened"
    r"|(?:can|could|does|do|is|has|did) (?:any(?:one|body)|some(?:one|body)))\b"
)
_POLITE = (
    r"(?:(?:so|and|but|please|hi|hey|also|now|bot|do you know|any (?:idea|clue)|can you tell me|could you tell me"
    r"|(?:i['’]?m |am )?not sure|(?:i have )?no idea|dunno|idk|i (?:don['’]?t|do not) know|(?:i )?(?:am |['’]?m )?wonder(?:ing)?"
    r"|need to know|want to know)\s+)*"
)
_BREAK = re.compile(rf"(?:[,;.!:]\s+|\s+(?:[-–—]+|<?[-=]+>?|[→←|])\s+|\n+)(?={_POLITE}{_ASKS})", re.IGNORECASE)
# "need somebody for the cli, who would that be?" asks nothing that was not asked before.
_TAG = re.compile(
    r"(?:[\s,;.:!?–-]+(?:any (?:ideas?|clues?|thoughts?|hints?|pointers?|takers?|suggestions?)(?: (?:on|about) (?:this|that|it))?"
    r"|(?:hey )?(?:bot,? )?(?:do|would) you (?:happen to )?know(?: (?:it|that|this))?|does any(?:one|body)(?: here)? know"
    r"|who (?:is|was|would|could|might|can|should) (?:it|that|this|this person|he|she|they)(?: be)?"
    r"|who(?: i|['’]| )?s (?:it|that|this))"
    r"|\s*[,;.:!?–-]\s*(?:any(?:one|body)(?: here)?(?: know| knows)?|some(?:one|body)|thoughts|bot|right))\s*[?!.]*$",
    re.IGNORECASE,
)
_LEAST_WORDS = 3  # stay of a question without its tag
_POLITELY = re.compile(f"^{_POLITE}", re.IGNORECASE)
_ITSELF_ASKS = re.compile(
    rf"{_POLITE}(?:{_ASKS}|what|where|how|are|will|would|should|may|tell|show|give|if|suppose|assuming|imagine)\b"
    r"|.*\?", re.IGNORECASE
)  # fmt: skip
_MERELY = re.compile(  # says nothing of what is asked: "hmm ok, what happened last week"
    r"(?:(?:ok(?:ay)?|k|h+m+|u+h+m*|a+h+|oh|well|thanks?|thank you|thx|ty|cool|great|nice|fine|perfect|sure|right|alright|hi|hey|hello"
    r"|so|yes|yeah|yep|no|nope|please|sorry|lol|haha|wow|got it|i see|that helps|makes sense|good|then|now|all|there|everyone|folks"
    r"|team|guys|bot|quick|one|another|a|question|just|dear|morning|evening|very much|a lot|for that|again)[\s,.!;:-]*)+",
    re.IGNORECASE,
)
_WHO = re.compile(r"whom?\W*", re.IGNORECASE)
_SELF = re.compile(
    r"(?:i|we|i['’]?m|we['’]?re|there['’]?s|there|got|having|have|need|needs|trying|looking|working|stuck|just)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r".*?\b(?:with|by|in|on|about|into|inside|regarding|of|at|to (?!be\b|the\b)[a-z]+)\s+(?=\S)", re.IGNORECASE
)
_SAYS_ABOUT = re.compile(
    r".*\b(?:is|are|was|were|question|questions|something|anything|problem|bug|issue|ticket|pr|change)\s+(?:about|regarding|concerning|re:?)\s+(?=\S)",
    re.IGNORECASE,
)
_HAVING = re.compile(
    r"(?:(?:i|we|i['’]?m|we['’]?re)\s+)?(?:just\s+)?(?:got|getting|get|gets|having|have|hit|hitting|see|seeing|found|met)\s+(?!no\b)",
    re.IGNORECASE,
)
_ODD = r"weird|strange|odd|nasty|funny|annoying|random|ugly|big|small|new|another|sporadic|flaky|broken|failing"
_TROUBLE = (
    r"crash(?:es)?|errors?|bugs?|problems?|issues?|exceptions?|tracebacks?|failures?|questions?|regressions?|glitch(?:es)?"
    r"|prs?|pull requests?|mrs?|branch(?:es)?|patch(?:es)?|tickets?|warnings?|hangs?|segfaults?|trouble|mess"
)
_TIMES = re.compile(
    r"\s+(?:(?:on|since|until|from|next|this|last|every)\s+)?(?:today|tomorrow|yesterday|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:next|this|last)\s+(?:week|month|year|quarter|sprint))\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:hi|hey|hello|ok|so|well)\b\W*)?"
    r"(?:(?:my|our|this|a) (?:pr|mr|pull request|change|patch|branch|ticket|issue|diff) \w+ )?",
    re.IGNORECASE,
)
_FILLING = re.compile(
    r"^(?:(?:the|a|an|this|that|our|my|some|it|is|are|was|has|have|seems?|looks?|like)\s+)+"
    r"|\s+(?:is|are|was|seems?|looks?|keeps?|again|today|for me|somehow|please|fails|failing|failed|breaks|broken|broke|waits|waiting|hangs|lies|sits|crashes"
    r"|red)\b.*$",
    re.IGNORECASE,
)


def told(text: str) -> Told:
    """The text cut where a question follows a situation."""
    for found in _BREAK.finditer(text):
        before = text[: found.start()].strip()
        after = text[found.end() :].strip()
        alone = len(before.split()) == 1 and "," not in found[0]  # "thanks, who …", but "the cli: who …"
        if (not alone and len(before.split()) < 2) or _MERELY.fullmatch(before):
            continue
        if (len(after.split()) > 1 or _WHO.fullmatch(after)) and not _ITSELF_ASKS.match(before):
            return Told(before, _POLITELY.sub("", after))
    return Told("", text)


def untagged(text: str) -> str:
    """The text without a question at its end that only asks for an answer: "…, any ideas?", "…, who would that be?"."""
    while (tag := _TAG.search(text)) is not None and len(text[: tag.start()].split()) >= _LEAST_WORDS:
        text = text[: tag.start()].rstrip()
    return text


def about(situation: str) -> str:
    """What a situation is about: the code that it names, else what stands after "with", "in", "about"."""
    named = [mention.raw for mention in mentions(situation) if mention.is_code]
    if named:
        return named[-1]
    situation = _TIMES.sub("", _OPENING.sub("", situation))
    if (said := _SAYS_ABOUT.match(situation)) is not None:
        return _without_trouble(situation[said.end() :])
    if _SELF.match(situation):
        led = _ABOUT.match(situation)
        had = _HAVING.match(situation)
        situation = situation[led.end() :] if led else situation[had.end() :] if had else ""
        return _without_trouble(situation) if led or had else ""
    return _without_trouble(situation)


def _without_trouble(words: str) -> str:
    """What is left of "a weird crash of the mypy plugin today" is the mypy plugin."""
    words = _FILLING.sub("", _FILLING.sub("", words)).strip()
    words = re.sub(rf"^(?:(?:{_ODD})\s+)+", "", words, flags=re.IGNORECASE)
    words = re.sub(rf"^(?:{_TROUBLE})\s+(?:of|with|in|about|from|on|for)\s+(?:the\s+)?", "", words, flags=re.IGNORECASE)
    return re.sub(rf"(?<=\w)\s+(?:{_TROUBLE})$", "", words, flags=re.IGNORECASE).strip()
