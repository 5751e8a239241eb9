"""A question → the passages and the commits that speak of it, best first: words and meaning together, read once more.

`pages` takes the recipe of fuse.py over what `Words` and `Vectors` find. As long as the model has not read everything,
words stand for what it has not read; without an embedder, words alone answer. Every step is a lookup in an index or in
the store: nothing here is computed over all passages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from knowledge.finding import fuse, leaning
from knowledge.finding.abstaining import Signs, confidence, held_share, together_share
from knowledge.finding.quoting import quote
from knowledge.finding.ranking import Look, Ranking
from knowledge.finding.words import Words
from knowledge.model import Evidence, PassageKind
from knowledge.store.database import Database
from knowledge.store.passages import Passages, StoredPassage
from knowledge.store.veils import veil_over

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embed import Embedder
    from knowledge.finding.wanting import Sought
    from knowledge.finding.whereabouts import Found
    from knowledge.veil import Veil

_JOIN_DEPTH = 2  # results looked at for each that is asked for, as neighbours become one
_ALIKE = 10  # more than are wanted are read at once, as some will be of one section
_BACKGROUND = 100  # the place in the ranking by meaning that says how near just any passage is
_LIFTED = 0.3  # above that, a passage is as near as a question for a place can be to one
_REMEMBERED = 64  # questions whose signs are kept for `confidence`, and ways of asking whose sense is
_COMMIT_WORDS = 3.0  # how many commits are looked at for each that is asked for: some are unreachable


class CommitHit(NamedTuple):
    """A reachable commit that words found. `score` is its BM25; who asks for people squares and decays it."""

    id: int
    sha: str
    time: int
    subject: str
    score: float


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
        self._ranking = Ranking(db, home, self._pages, embedder, self._recipe)
        self._lock = threading.Lock()
        self._signs: OrderedDict[str, Signs] = OrderedDict()
        self._senses: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()

    # -- questions ----------------------------------------------------------------------------------------------------

    def pages(self, query: str, k: int = 10) -> list[Evidence]:
        """The `k` best places, best first, each with the sentences that speak to the question.

        A place is the best passage of a section; neighbouring sections that were both found are one place, under the
        title of the better one.
        """
        query = self._unnamed(query)
        look = self._ranking.look(query)
        best = self._distinct(look.ranked, min(_JOIN_DEPTH * k, self._recipe.candidates))
        last = leaning.comes_last(query)
        best.sort(key=lambda p: last(p.path))
        tests = leaning.speaks_of_tests(query) or leaning.speaks_of_code(query)
        speaking = [p for p in best[:3] if tests or not leaning.is_test(p.path)]
        self._remember(query, self._read_signs(look, speaking))
        spans = [fuse.Span(p.id, (p.repo_id, p.path), p.line_start, p.line_end, len(p.text)) for p in best]
        held, veil = {p.id: p for p in best}, veil_over(self.db)
        places = fuse.joined(spans, k, self._recipe)
        return [self._evidence(held[place.key], place, look, veil) for place in places]

    def _distinct(self, ranked: Sequence[int], count: int) -> list[StoredPassage]:
        """The first `count` of a ranking, one a section and one of near twins."""
        kept: list[StoredPassage] = []
        once = fuse.OneEach()
        step = count + _ALIKE
        for at in range(0, len(ranked), step):
            held = self._passages.get(ranked[at : at + step])
            for passage in (held[i] for i in ranked[at : at + step] if i in held):
                section = (passage.repo_id, passage.path, passage.kind, passage.title)
                if once.lets(section, passage.near_id or passage.id):
                    kept.append(passage)
                    if len(kept) == count:
                        return kept
        return kept

    def places(self, sought: Sought) -> Found:
        """The places that are called what is sought, by name and by meaning."""
        from knowledge.finding.whereabouts import places

        said = self._unnamed(" ".join(word for word, _ in sought.words))
        return places(self.db, self._pages, sought, self._near(said))

    def _near(self, text: str) -> dict[int, float]:
        """Passages nearest in meaning, each with how far it stands above just any passage, in [0, 1]."""
        vectors = self._ranking.vectors()
        if self._embedder is None or vectors is None or not vectors.count():
            return {}
        found = vectors.search(self._embedder().query(text).vector, _BACKGROUND)
        background = found[-1][1]
        return {row: min(1.0, (cosine - background) / _LIFTED) for row, cosine in found if cosine > background}

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
        return self._ranking.coverage()

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
        vectors = self._ranking.vectors()
        if self._embedder is None or vectors is None or not vectors.count() or not vectors.model.startswith(model):
            return None
        key = (text, vectors.model)
        with self._lock:
            if (held := self._senses.get(key)) is not None:
                return held
        vector = self._embedder().query(text).vector
        with self._lock:
            self._senses[key] = vector
            while len(self._senses) > _REMEMBERED:
                self._senses.popitem(last=False)
        return vector

    # -- evidence -----------------------------------------------------------------------------------------------------

    def _evidence(self, passage: StoredPassage, place: fuse.Span, look: Look, veil: Veil | None) -> Evidence:
        said = quote(passage.text, look.question.weights, self._pages.terms, code=passage.kind == "code")
        title = passage.title
        if veil is not None:
            said, title = veil.text(said), veil.text(title)
        kind: PassageKind = passage.kind  # type: ignore[assignment]  # the store holds no other
        return Evidence(
            kind, passage.path, place.line_start, place.line_end, title, said, passage.commit, None,
            score=look.scores[passage.id], passage_id=passage.id,
        )  # fmt: skip

    def _read_signs(self, look: Look, best: Sequence[StoredPassage]) -> Signs:
        question = look.question
        terms_of = self._pages.terms
        texts = [terms_of(f"{p.title}\n{p.path}\n{p.text}") for p in best]
        held = [held_share(question.weights, question.unknown, text) for text in texts]
        if question.meaning is None or not look.late:
            best, texts = best[:1], texts[:1]  # what is quoted is what must say it
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
        background = [*look.cosines.values()][:_BACKGROUND][-1:]
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
