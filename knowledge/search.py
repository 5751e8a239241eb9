"""A question → the passages and the commits that speak of it, best first: words and meaning together, read once more.

`pages` takes the recipe of fuse.py over what `Words` and `Vectors` find. As long as the model has not read everything,
words stand for what it has not read; without an embedder, words alone answer. Every step is a lookup in an index or in
the store: nothing here is computed over all passages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from knowledge.finding import fuse, leaning
from knowledge.finding.abstaining import Signs, confidence, held_share, together_share
from knowledge.finding.quoting import quote
from knowledge.finding.words import Words
from knowledge.model import Evidence, PassageKind
from knowledge.store.database import Database
from knowledge.store.passages import Passages, StoredPassage
from knowledge.store.veils import veil_over

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embed import Embedder, QueryMeaning
    from knowledge.vectors import Vectors

_JOIN_DEPTH = 2  # results looked at for each that is asked for, as neighbours become one
_DISCOUNT_DEPTH = 3  # hits looked at for each candidate, as some will be discounted
_BACKGROUND = 100  # the place in the ranking by meaning that says how near just any passage is
_REMEMBERED = 64  # questions whose signs are kept for `confidence`
_SLIPS = 2  # unknown words of one question that are looked up as slips of the fingers
_SLIP_WEIGHT = 0.7
_COSINE_DISCOUNT = 0.75  # of leaning's discount is taken off a cosine; cosines stand closer together than BM25
_COMMIT_WORDS = 3.0  # how many commits are looked at for each that is asked for: some are unreachable


class CommitHit(NamedTuple):
    """A reachable commit that words found. `score` is its BM25; who asks for people squares and decays it."""

    id: int
    sha: str
    time: int
    subject: str
    score: float


class _Place(NamedTuple):
    """What ranking needs of a candidate."""

    document: int
    title: str
    kind: str
    path: str
    twin: int  # the first of its near-duplicates, itself without any
    unread: bool


@dataclass(frozen=True)
class _Question:
    """A question as the indexes see it."""

    text: str
    weights: dict[str, float]  # term → how rare it is, in the spelling of the index
    unknown: int  # terms that occur nowhere
    meaning: QueryMeaning | None


class _Look(NamedTuple):
    """The ranking of one question."""

    ranked: list[int]
    scores: dict[int, float]
    cosines: dict[int, float]
    late: dict[int, float]


class Search:
    """Search over everything in one home. Safe to share between threads.

    Args:
        db: the store.
        home: the folder that holds the indexes.
        embedder: gives the model when it is first needed; None: words only.
        recipe: the numbers of the ranking.
    """

    def __init__(
        self,
        db: Database,
        home: Path,
        embedder: Callable[[], Embedder] | None = None,
        recipe: fuse.Recipe | None = None,
    ) -> None:
        self._passages = Passages(db)
        self.db = db
        self.home = home
        self._embedder = embedder
        self._recipe = recipe or fuse.Recipe()
        self._pages = Words(home / "words", "pages")
        self._commits = Words(home / "words", "commits")
        self._lock = threading.Lock()
        self._held_vectors: Vectors | None = None
        self._signs: OrderedDict[str, Signs] = OrderedDict()

    # -- questions ----------------------------------------------------------------------------------------------------

    def pages(self, query: str, k: int = 10) -> list[Evidence]:
        """The `k` best places, best first, each with the sentences that speak to the question.

        A place is the best passage of a section; neighbouring sections that were both found are one place, under the
        title of the better one.
        """
        query = self._unnamed(query)
        question = self._question(query)
        look = self._look(question)
        passages = self._passages.get(look.ranked[: _JOIN_DEPTH * k])
        best = [passages[i] for i in look.ranked[: _JOIN_DEPTH * k] if i in passages]
        speaking = best[:3]
        if not leaning.speaks_of_tests(query):
            best.sort(key=lambda p: leaning.is_test(p.path))
            speaking = [p for p in best[:3] if leaning.speaks_of_code(query) or not leaning.is_test(p.path)]
        self._remember(query, self._read_signs(question, look, speaking))
        spans = [fuse.Span(p.id, (p.repo_id, p.path), p.line_start, p.line_end, len(p.text)) for p in best]
        places = fuse.joined(spans, k, self._recipe)
        return [self._evidence(passages[place.key], place, question, look.scores[place.key]) for place in places]

    def _unnamed(self, query: str) -> str:
        """The question without anybody who opted out: what speaks of them is not looked for."""
        veil = veil_over(self.db)
        return query if veil is None else veil.text(query)

    def commits(self, query: str, k: int = 10) -> list[CommitHit]:
        """The reachable commits whose message fits the question's words best."""
        query = self._unnamed(query)
        hits = self._commits.search(self._commits.terms(query), int(k * _COMMIT_WORDS))
        if not hits:
            return []
        numbers = ",".join(str(row_id) for row_id, _ in hits)
        sql = f"SELECT id, sha, commit_time, subject FROM commits WHERE id IN ({numbers}) AND reachable = 1"
        found = {row_id: (sha, time, subject) for row_id, sha, time, subject in self.db.read(sql)}
        return [CommitHit(row_id, *found[row_id], score) for row_id, score in hits if row_id in found][:k]

    def coverage(self) -> float:
        """The share of passages, of those that words find, that meaning finds too."""
        total = self._pages.count()
        vectors = self._vectors()
        return min(1.0, vectors.count() / total) if vectors is not None and total else float(not total)

    def confidence(self, query: str, evidence: Sequence[Evidence]) -> float:
        """The probability that what `pages` found speaks of what is asked (docs/abstaining.md); 0 for nothing found."""
        if not evidence:
            return 0.0
        query = self._unnamed(query)
        with self._lock:
            signs = self._signs.get(query)
        if signs is None:
            self.pages(query, 3)
            with self._lock:
                signs = self._signs[query]
        return confidence(signs)

    def signs(self, query: str) -> Signs:
        """What the confidence in an answer rests on."""
        self.pages(query, 3)
        with self._lock:
            return self._signs[query]

    def sense(self, text: str, model: str) -> NDArray[np.float32] | None:
        """The unit vector of `text`, where `model` (as `model_files.slug` writes it) is the one that reads here."""
        vectors = self._vectors()
        if self._embedder is None or vectors is None or not vectors.count() or not vectors.model.startswith(model):
            return None
        return self._embedder().query(text).vector

    # -- ranking ------------------------------------------------------------------------------------------------------

    def _question(self, text: str) -> _Question:
        weights = self._pages.rarity(dict.fromkeys(self._pages.terms(text)))
        unknown = [term for term, rarity in weights.items() if not rarity]
        for term in unknown[:_SLIPS]:
            meant = self._pages.spelled(term)
            if meant is not None and meant not in weights:
                weights[meant] = _SLIP_WEIGHT * self._pages.rarity([meant])[meant]
        vectors = self._vectors()
        meaning = self._embedder().query(text) if self._embedder and vectors is not None and vectors.count() else None
        known = {term: rarity for term, rarity in weights.items() if rarity}
        return _Question(text, known, len(unknown), meaning)

    def _look(self, question: _Question) -> _Look:
        recipe = self._recipe
        depth = _DISCOUNT_DEPTH * recipe.candidates
        words = dict(self._pages.search(question.weights, depth))
        vectors = self._vectors()
        cosines: dict[int, float] = {}
        if question.meaning is not None and vectors is not None:
            cosines = dict(vectors.search(question.meaning.vector, depth))
        places = self._places(words.keys() | cosines.keys())
        code_asked = leaning.speaks_of_code(question.text)
        off = {i: leaning.discount(p.kind, p.path, code_asked=code_asked) for i, p in places.items()}
        scores = fuse.mix(
            self._best({i: s * (1 - off[i]) for i, s in words.items() if i in places}),
            self._best({i: s - _COSINE_DISCOUNT * off[i] for i, s in cosines.items() if i in places}),
            frozenset(i for i, place in places.items() if place.unread),
            recipe,
        )
        page_of = {i: places[i].document for i in scores}
        scores = fuse.in_page(scores, page_of, recipe)
        late: dict[int, float] = {}
        if question.meaning is not None:
            late = self._late(question.meaning, fuse.best_first(scores)[: recipe.reread])
            scores = fuse.reread(scores, fuse.late_in_page(late, page_of, recipe), off, recipe)
        marks = {i: (("section", places[i].document, places[i].title), ("twin", places[i].twin)) for i in scores}
        ranked = fuse.one_each(fuse.best_first(scores), marks, recipe.candidates)
        return _Look(ranked, scores, cosines, late)

    def _best(self, scores: dict[int, float]) -> dict[int, float]:
        return {i: scores[i] for i in fuse.best_first(scores)[: self._recipe.candidates]}

    def _places(self, ids: Iterable[int]) -> dict[int, _Place]:
        numbers = ",".join(str(i) for i in sorted(ids))
        if not numbers:
            return {}
        unread = "0"
        if self.coverage() < 1:
            unread = "NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = p.hash AND e.model = :model)"
        rows = self.db.read(
            f"""SELECT p.id, p.document_id, p.title, p.kind, d.path, COALESCE(p.near_id, p.id), {unread}
                FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.id IN ({numbers})""",
            **({"model": self._model()} if unread != "0" else {}),
        )
        return {row[0]: _Place(row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows}

    def _late(self, meaning: QueryMeaning, ids: Sequence[int]) -> dict[int, float]:
        import numpy as np

        width = meaning.tokens.shape[1]
        held = self._passages.tokens(ids, self._model())
        return {
            i: fuse.max_sim(meaning.tokens, np.frombuffer(data, dtype=np.int8).reshape(-1, width))
            for i, data in held.items()
            if data
        }

    # -- evidence -----------------------------------------------------------------------------------------------------

    def _evidence(self, passage: StoredPassage, place: fuse.Span, question: _Question, score: float) -> Evidence:
        said = quote(passage.text, question.weights, self._pages.terms, code=passage.kind == "code")
        title = passage.title
        if (veil := veil_over(self.db)) is not None:
            said, title = veil.text(said), veil.text(title)
        kind: PassageKind = passage.kind  # type: ignore[assignment]  # the store holds no other
        return Evidence(
            kind, passage.path, place.line_start, place.line_end, title, said, passage.commit, None,
            score=score, passage_id=passage.id,
        )  # fmt: skip

    def _read_signs(self, question: _Question, look: _Look, best: Sequence[StoredPassage]) -> Signs:
        terms_of = self._pages.terms
        texts = [terms_of(f"{p.title}\n{p.path}\n{p.text}") for p in best]
        held = [held_share(question.weights, question.unknown, text) for text in texts]
        if question.meaning is None or not look.late:
            quoted = [quote(p.text, question.weights, terms_of, code=p.kind == "code") for p in best]
            windows = [terms_of(f"{p.title}\n{p.path}\n{said}") for p, said in zip(best, quoted, strict=True)]
            asked = terms_of(question.text)
            return Signs(
                0.0, 0.0, max(held, default=0.0), len(question.weights) + question.unknown,
                window=max((held_share(question.weights, question.unknown, window) for window in windows), default=0.0),
                together=max((together_share(asked, text) for text in texts), default=0.0),
            )  # fmt: skip
        cosine = max((look.cosines.get(p.id, 0.0) for p in best), default=0.0)
        late = max((look.late.get(p.id, 0.0) for p in best), default=0.0)
        background = sorted(look.cosines.values(), reverse=True)[:_BACKGROUND][-1:]
        return Signs(
            cosine, late, max(held, default=0.0), len(question.weights) + question.unknown, read=True,
            lift=cosine - sum(background),
        )  # fmt: skip

    def _remember(self, query: str, signs: Signs) -> None:
        with self._lock:
            self._signs[query] = signs
            self._signs.move_to_end(query)
            while len(self._signs) > _REMEMBERED:
                self._signs.popitem(last=False)

    # -- what is there ------------------------------------------------------------------------------------------------

    def _model(self) -> str:
        rows: list[Any] = self.db.read("SELECT value FROM meta WHERE key = 'model'")
        return str(rows[0][0]) if rows else ""

    def _vectors(self) -> Vectors | None:
        """The index of passages by meaning; None before the model has read anything."""
        if self._embedder is None:
            return None
        model = self._model()
        if not model:
            return None
        with self._lock:
            if self._held_vectors is None or self._held_vectors.model != model:
                from knowledge.vectors import Vectors

                dim = self.db.read("SELECT vector FROM embeddings WHERE model = :model LIMIT 1", model=model)
                if not dim:
                    return None
                self._held_vectors = Vectors(self.home / "vectors", "pages", model, len(dim[0][0]) // 2)
            return self._held_vectors
