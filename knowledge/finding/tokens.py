"""Text → the terms that words are found by: identifiers in parts and whole, stems, no stop words; pure.

    input   "How does create_logger() read app.config['DEBUG']?  See HTTPServer, Python 3.11"
    output  creat logger createlogger read app config app.config debug see http server httpserver python 3 11 3.11

An identifier gives its camelCase and snake_case parts, stemmed (Snowball), and itself without underscores, so that
`createLogger`, `create_logger` and "create logger" meet. A dotted name gives its pieces and itself. Accents are folded;
scripts without spaces give pairs of characters. Queries and passages take the same way, so that equal words meet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

LONGEST = 64  # characters of a term: longer ones are hashes, base64 and the like, which nobody types

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are aren as at be because been before being below between
    both but by can cannot could couldn d did didn do does doesn doing don down during each few for from further
    had hadn has hasn have haven having he her here hers him his how i if in into is isn it its itself just ll m
    may me might more most must my no nor not now o of off on once only or other our ours out over own please re
    s same shall she should shouldn so some such t than that the their theirs them then there these they this
    those through to too under until up us ve very was wasn we were weren what when where which while who whom
    why will with won would wouldn y you your yours""".split()
)

_CHUNK = re.compile(r"\w+(?:\.\w+)*")
_PART = re.compile(
    r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+"  # HTTP|Server, camel|Case, v|2
    r"|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+"  # Chinese, Japanese, Korean: no spaces between words
    r"|[^\W\d_a-zA-Z\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+"  # every other script, a word as it stands
)
_PLAIN = re.compile(r"[a-z]+\Z")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_REMEMBERED = 400_000  # words of one process; a repository of 100,000 passages uses about as many


class Tokenizer:
    """Terms of a text in one language of Snowball; remembers what became of each word."""

    def __init__(self, language: str = "english") -> None:
        import Stemmer

        self._stem = Stemmer.Stemmer(language).stemWord
        self._known = _Known(self._expand)

    def terms(self, text: str) -> list[str]:
        """Terms in the order of the text, repeated as often as they occur; never empty strings or white space."""
        return self.spaced(text).split()

    def spaced(self, text: str) -> str:
        """The same terms with a space between two, made without a step of Python for each word."""
        return " ".join(filter(None, map(self._known.__getitem__, _CHUNK.findall(text))))

    def _expand(self, chunk: str) -> tuple[str, ...]:
        if _PLAIN.match(chunk):  # most words, most of the time
            return self._word(chunk)
        folded = _fold(chunk)
        out: list[str] = []
        pieces = folded.split(".")
        for piece in pieces:
            out += self._identifier(piece)
        if len(pieces) > 1 and len(folded) <= LONGEST:
            out.append(folded.lower())
        return tuple(out)

    def _identifier(self, piece: str) -> list[str]:
        parts = _PART.findall(piece)
        out: list[str] = []
        for part in parts:
            out += self._word(part.lower())
        whole = piece.replace("_", "").lower()
        if len(parts) > 1 and 2 < len(whole) <= LONGEST:
            out.append(whole)
        return out

    def _word(self, word: str) -> tuple[str, ...]:
        if word in STOP_WORDS or len(word) > LONGEST:
            return ()
        if _UNSPACED.match(word):
            return tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        return (self._stem(word),)


class _Known(dict[str, str]):
    """What became of each word, its terms with spaces between them; a new word is expanded when it is asked for."""

    def __init__(self, expand: Callable[[str], Iterable[str]]) -> None:
        super().__init__()
        self._expand = expand

    def __missing__(self, chunk: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        terms = self[chunk] = " ".join(self._expand(chunk))
        return terms


def _fold(text: str) -> str:
    """Without accents and compatibility forms: "Café" → "Cafe", "ﬁle" → "file"."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept)  # puts Korean syllables together again
