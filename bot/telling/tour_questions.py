"""Questions worth asking, made of what a repository says itself: headings, symbols, messages of commits; pure.

    "Rolling Back a Release" → how do I roll back a release?      "How to add a page" → how do I add a page?
    "Deprecate string IDs (#12)" → why were string IDs deprecated?  `Crawler` → where is `Crawler` defined?

What reads oddly is left out rather than mended; whether the bot can answer is asked of the bot (touring.py).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["who", "how", "where", "why"]


class Question(NamedTuple):
    """A question; `expects` is the path or sha that its answer must rest on, "" for any."""

    kind: Kind
    text: str
    area: str  # key
    expects: str = ""


_VERBS = frozenset(
    """access add allow apply attach back backup block build bump call change check choose clean clear clone close
    collect configure connect contribute convert copy create customise customize debug define delete deploy develop
    disable download drain edit enable exclude export extend extract find fix force generate get give grant handle
    import include inspect install invoke join keep launch limit list load log make manage mark merge migrate modify
    monitor move open organise organize override pass perform plan prepare prevent promote provision publish pull purge
    push query raise read rebuild receive record recover redirect register release reload remove rename render replace
    report request reset resolve restart restore retire return review revoke roll rotate run save schedule select send
    serve set share show sign skip sort start stop store stream submit subclass switch test trace transfer troubleshoot
    turn unpublish update upgrade upload use validate verify view visit work write""".split()
)
_IRREGULAR = {"setting": "set", "shutting": "shut", "putting": "put"}
_DONE = {
    "add": "added", "remove": "removed", "drop": "dropped", "deprecate": "deprecated", "rename": "renamed",
    "introduce": "introduced", "replace": "replaced", "disable": "disabled", "enable": "enabled",
    "revert": "reverted", "extract": "extracted", "rewrite": "rewritten",
}  # fmt: skip
_FORMS = {form: done for verb, done in _DONE.items() for form in (verb, f"{verb}s", done, f"{verb}d")}
# Verbs that are nouns as often ("Debug Mode", "test coverage"): only with an article behind them.
_NOUNS = frozenset(
    """access backup block build call change check clean clone copy debug deploy download export filter fix handle
    import limit list load log monitor override plan query record release reload remote report request reset restart
    return review roll run schedule serve set share show sort start stop store stream switch test trace
    transfer turn update upgrade upload use view visit work back""".split()
)
# What a page or a part of one is called: "Query basics", "Deploying overview"; nobody asks how to do a basics.
_LABELS = frozenset(
    """basics overview guide guides reference tutorial tutorials faq notes tips essentials fundamentals introduction
    internals concepts details summary cookbook recipes howto walkthrough background terminology guidelines conventions
    practices pitfalls""".split()
)
# What a name stands before in a title without a verb: "Clear commands", "Delete options".
_KINDS = frozenset("commands options flags methods functions parameters hooks events endpoints fields errors".split())
_ARTICLES = frozenset("a an the your our up out off on multiple several".split())
_ODD = re.compile(r"https?:|[{}<>|=\\]|\bTODO\b|^\d|\.\w{2,4}\b.*\.\w{2,4}\b")
_NAME = re.compile(r"[A-Z]\w*[A-Z]|_|[`.()/]|^[A-Z]{2,}|\d")
_ABOUT_NOTHING = frozenset(
    "it this that them these things usage code tests test docs files typo typos imports support more some".split()
)
_NO_THING = frozenset("and or not one two three it this that these those all any no our your".split())
MOST_WORDS = 9


def how(title: str, area: str, path: str) -> Question | None:
    """What a heading answers, as a question."""
    said = re.sub(r"\s*[:.]+$", "", " ".join(title.replace("`", "").split()))
    words = said.split()
    if not 2 <= len(words) <= MOST_WORDS or _ODD.search(said):
        return None
    if said.endswith("?") and re.match(
        r"(?:how|where|what(?! about)|why|when|which|can|do|does|is)\b", said, re.IGNORECASE
    ):
        return Question("how", _uncapped(said), area, path)
    said = re.sub(r"^(?:how to|how do i|how do you)\s+", "", said, flags=re.IGNORECASE)
    is_told = len(said.split()) < len(words)  # "How to …"
    first, rest = said.split()[0].lower(), said.split()[1:]
    verb = _base(first) or (first if first in _VERBS else "")
    is_bare = verb == first and not is_told and bool(rest) and rest[0].lower() not in _ARTICLES
    last = rest[-1].lower() if rest else ""
    is_name = is_bare and (not last.endswith("s") or last in _KINDS)  # "Clear command": a command of that name
    if last in _LABELS or is_name or (is_bare and (first in _NOUNS or rest[0][:1].isupper())):
        return None
    if not verb or not rest or rest[0].lower() in {"and", "or", "with", "is", "are", "of"}:
        return None
    told = " ".join(_common(word) for word in rest)
    if told.split()[-1].lower() in {"the", "a", "to", "with", "in", "of", "for"} or told.lower() in _ABOUT_NOTHING:
        return None
    return Question("how", f"how do I {verb} {told}?", area, path)


def why(subject: str, area: str, sha: str) -> Question | None:
    """Why a commit did what its subject says, where that can be asked as "why was X added?"."""
    said = re.sub(r"\s*\((?:#|gh-|fixes|closes)[^)]*\)", "", subject, flags=re.IGNORECASE).strip().rstrip(".")
    said = re.sub(r"^[\w/*.\[\]-]+: ?(?=\w)|^\[\w+\] ?", "", said)
    first, _, rest = said.partition(" ")
    done = _FORMS.get(first.lower())
    rest = re.split(r",|;|\s+(?:from|to|in|for|with|when|which|that|and|by|as|so|instead|on|into|via|because)\s", rest)[
        0
    ]
    words = rest.replace("``", "`").strip(" ,;:").split()
    if words and words[0].lower() in {"a", "an", "the", "some", "more", "missing", "new"}:
        words = words[1:]
    if not done or not 1 <= len(words) <= 5 or _ODD.search(rest):
        return None
    if (
        words[0].lower() in _NO_THING
        or (len(words) == 1 and not _NAME.search(words[0]))
        or words[-1].lower() in _ABOUT_NOTHING - {"support"}
    ):
        return None
    many = words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is")) and not _NAME.search(words[-1])
    article = "the " if len(words) > 1 and not many else ""
    return Question("why", f"why {'were' if many else 'was'} {article}{' '.join(words)} {done}?", area, sha)


def _base(word: str) -> str:
    """The verb of an -ing form; "" for what is none that we know."""
    if word in {"reporting", "testing", "logging", "listing"}:  # hooks, tools and files are called so
        return ""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    stem = word[:-3] if word.endswith("ing") else ""
    ways = (stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else "")
    return next((way for way in ways if way in _VERBS), "")


def _common(word: str) -> str:
    """A word of a heading as it stands in a sentence: names keep their capitals."""
    return word if _NAME.search(word) else word.lower()


def _uncapped(said: str) -> str:
    first, _, rest = said.partition(" ")
    return f"{first.lower()} {rest}"
