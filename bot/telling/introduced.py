"""What something is: a page that is called just that introduces it in its first lines, whatever else was found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Ground
from bot.telling.citing import repo_of
from knowledge.finding.leaning import is_test
from knowledge.finding.tokens import Tokenizer
from knowledge.model import Evidence
from knowledge.store.passages import Passages, StoredPassage

_WHAT_IS = re.compile(
    r"^(?:(?:so|and|please|hi|hey)\W+)*(?:what(?: is| are|['’]?s|['’]?re)|explain|describe|define|tell me about)\s+"
    r"(?:(?:a|an|the|our|this)\s+)?(?P<subject>[\w .`_-]{2,60}?)(?:\s+(?:for|about|again|exactly|please))*[?.!\s]*$",
    re.IGNORECASE,
)
_LEAST = 60  # characters of an introduction; less is a heading or a label


def introduced(ground: Ground, question: str, found: Sequence[Evidence]) -> Evidence | None:
    """For "what is X": where the page, else the section among `found` begins whose title is X and nothing else."""
    asked = _WHAT_IS.match(question.strip())
    if asked is None:
        return None
    terms_of = Tokenizer().terms
    wanted = set(terms_of(asked["subject"]))
    pages = [page for page in found if wanted and page.kind != "code" and not is_test(page.path)]
    for page in pages:
        if set(terms_of(page.title.partition(" › ")[0])) == wanted:
            first = _first(Passages(ground.db).of_path(repo_of(ground, page).id, page.path))
            if first is not None:
                return _at(page, first)
    for page in pages:
        if set(terms_of(page.title.rpartition(" › ")[2])) == wanted:
            held = Passages(ground.db).of_path(repo_of(ground, page).id, page.path)
            first = _first([passage for passage in held if passage.title == page.title])
            if first is not None:
                return _at(page, first)
    return None


def _at(page: Evidence, first: StoredPassage) -> Evidence:
    return page._replace(
        line_start=first.line_start, line_end=first.line_end, title=first.title, quote=first.text, passage_id=first.id
    )


def _first(passages: Sequence[StoredPassage]) -> StoredPassage | None:
    """The first passage in which more stands than a heading and marks."""
    return next((p for p in passages[:3] if len(re.sub(r"\W+", " ", p.text)) - len(p.title) >= _LEAST), None)
