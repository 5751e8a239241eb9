"""The ranking of one question: the recipe of fuse.py over what words and vectors find, remembered for a moment.

An answer asks for the same question two or three times (is it answered anywhere? then what says so?), so that the last
few rankings are kept, each for as long as nothing that it rests on has changed.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from knowledge.finding import fuse, leaning
from knowledge.finding.places import Places
from knowledge.finding.rereading import by_words
from knowledge.finding.words import Words
from knowledge.store.database import Database
from knowledge.store.passages import Passages

if TYPE_CHECKING:
    from knowledge.embed import Embedder, QueryMeaning
    from knowledge.vectors import Vectors

_DISCOUNT_DEPTH = 3  # hits looked at for each candidate, as some will be discounted
_SLIPS = 2  # unknown words of one question that are looked up as slips of the fingers
_SLIP_WEIGHT = 0.7
_COSINE_DISCOUNT = 0.75  # of leaning's discount is taken off a cosine; cosines stand closer together than BM25
_READ_ASIDE = 2  # times leaning's discount is taken off what re-reading by words gives: code repeats a question's words
_KEPT = 16  # rankings
_FILLERS = re.compile(  # say nothing of what is asked about, and are rarer than what does
    r"\b(?:certain|particular|specific|specifically|somehow|simply|easily|actually|want|wants|like to|need to|able to"
    r"|possible|best way|right now|at the moment)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question as the indexes see it."""

    text: str
    weights: dict[str, float]  # term → how rare it is, in the spelling of the index
    unknown: int  # terms that occur nowhere
    meaning: QueryMeaning | None


class Look(NamedTuple):
    """The ranking of one question: passages, best first, and what speaks for them. `cosines` fall."""

    question: Question
    ranked: list[int]
    scores: dict[int, float]
    cosines: dict[int, float]
    late: dict[int, float]


class Ranking:
    """Ranks the pages of one home. Safe to share between threads."""

    def __init__(
        self, db: Database, home: Path, words: Words, embedder: Callable[[], Embedder] | None, recipe: fuse.Recipe
    ) -> None:
        self._db = db
        self._home = home
        self._words = words
        self._embedder = embedder
        self._recipe = recipe
        self._passages = Passages(db)
        self._places = Places(db)
        self._lock = threading.Lock()
        self._held_vectors: Vectors | None = None
        self._kept: OrderedDict[tuple[object, ...], Look] = OrderedDict()

    def look(self, text: str) -> Look:
        """The ranking of a question."""
        vectors = self.vectors()
        key = (text, self._words.stamp(), vectors.stamp() if vectors is not None else None, self._places.seq())
        with self._lock:
            held = self._kept.get(key)
        if held is not None:
            return held
        look = self._ranked(self._asked(text, vectors), vectors)
        with self._lock:
            self._kept[key] = look
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return look

    def coverage(self) -> float:
        """The share of passages, of those that words find, that meaning finds too."""
        return self._covered(self.vectors())

    def _covered(self, vectors: Vectors | None) -> float:
        total = self._words.count()
        return min(1.0, vectors.count() / total) if vectors is not None and total else float(not total)

    def _asked(self, text: str, vectors: Vectors | None) -> Question:
        terms = self._words.terms(_FILLERS.sub(" ", text)) or self._words.terms(text)
        weights = self._words.rarity(dict.fromkeys(terms))
        unknown = [term for term, rarity in weights.items() if not rarity]
        for term in unknown[:_SLIPS]:
            meant = self._words.spelled(term)
            if meant is not None and meant not in weights:
                weights[meant] = _SLIP_WEIGHT * self._words.rarity([meant])[meant]
        meaning = self._embedder().query(text) if self._embedder and vectors is not None and vectors.count() else None
        known = {term: rarity for term, rarity in weights.items() if rarity}
        return Question(text, known, len(unknown), meaning)

    def _ranked(self, question: Question, vectors: Vectors | None) -> Look:
        recipe = self._recipe
        depth = _DISCOUNT_DEPTH * recipe.candidates
        words = self._words.search(question.weights, depth)
        near: list[tuple[int, float]] = []
        if question.meaning is not None and vectors is not None:
            near = vectors.search(question.meaning.vector, depth)
        standing = self._places.of({*(i for i, _ in words), *(i for i, _ in near)})
        off = leaning.discounts(code_asked=leaning.speaks_of_code(question.text))
        scores = fuse.mix(
            fuse.best_of(((i, s * (1 - off[standing[i][1]])) for i, s in words if i in standing), recipe.candidates),
            fuse.best_of(
                ((i, s - _COSINE_DISCOUNT * off[standing[i][1]]) for i, s in near if i in standing), recipe.candidates
            ),
            self._unread([*standing], vectors),
            recipe,
        )
        page_of = {i: standing[i][0] for i in scores}
        scores = fuse.in_page(scores, page_of, recipe)
        taken = {i: off[standing[i][1]] for i in scores}
        late: dict[int, float] = {}
        if question.meaning is not None and vectors is not None:
            late = self._late(question.meaning, fuse.best_first(scores)[: recipe.reread], vectors.model)
            scores = fuse.reread(scores, fuse.late_in_page(late, page_of, recipe), taken, recipe)
        else:
            for number, close in self._by_words(question, scores).items():
                scores[number] += recipe.reading * (close - _READ_ASIDE * taken[number])
        return Look(question, fuse.best_first(scores), scores, dict(near), late)

    def _by_words(self, question: Question, scores: dict[int, float]) -> dict[int, float]:
        """How closely the best by words alone speak to the question."""
        best = self._passages.get(fuse.best_first(scores)[: self._recipe.reread_words])
        return by_words(question.text, question.weights, question.unknown, best, self._words.terms)

    def _unread(self, ids: Sequence[int], vectors: Vectors | None) -> frozenset[int]:
        """Those that the model has not read yet."""
        if not ids or self._covered(vectors) >= 1:
            return frozenset()
        if vectors is None:
            return frozenset(ids)
        return frozenset(ids) - self._passages.embedded(ids, vectors.model)

    def _late(self, meaning: QueryMeaning, ids: Iterable[int], model: str) -> dict[int, float]:
        import numpy as np

        width = meaning.tokens.shape[1]
        held = self._passages.tokens(ids, model)
        read = {i: np.frombuffer(data, dtype=np.int8).reshape(-1, width) for i, data in held.items() if data}
        return fuse.max_sims(meaning.tokens, read)

    # -- what is there ------------------------------------------------------------------------------------------------

    def vectors(self) -> Vectors | None:
        """The index of passages by meaning; None before the model has read anything."""
        if self._embedder is None:
            return None
        rows = self._db.read("SELECT value FROM meta WHERE key = 'model'")
        model = str(rows[0][0]) if rows else ""
        if not model:
            return None
        with self._lock:
            if self._held_vectors is None or self._held_vectors.model != model:
                from knowledge.vectors import Vectors

                dim = self._db.read("SELECT vector FROM embeddings WHERE model = :model LIMIT 1", model=model)
                if not dim:
                    return None
                self._held_vectors = Vectors(self._home / "vectors", "pages", model, len(dim[0][0]) // 2)
            return self._held_vectors
