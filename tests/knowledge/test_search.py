"""Search: words and meaning together, on a harbour team's small handbook, with a model of eight concepts."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embed import Meaning, QueryMeaning
from knowledge.finding import fuse, leaning
from knowledge.finding.abstaining import Signs, confidence, held_share, together_share
from knowledge.finding.fuse import Recipe
from knowledge.finding.quoting import quote
from knowledge.finding.tokens import Tokenizer
from knowledge.finding.words import Words
from knowledge.model import Document, Evidence, Passage
from knowledge.search import Search
from knowledge.store.database import Database
from knowledge.store.passages import Embedding, Passages
from knowledge.store.repos import set_meta
from knowledge.store.schema import open_store
from knowledge.vectors import Vectors

CONCEPTS = [
    "boat ship vessel ferry".split(),
    "lamp light lantern beacon".split(),
    "night dark evening".split(),
    "oil fuel wick".split(),
    "harbour port quay".split(),
    "storm gale wind".split(),
    "cook stove kettle".split(),
    "pay wage salary".split(),
]


class EightConcepts:
    """An embedder by hand: a text is the sum of the concepts that it names, a token the concept that it is."""

    name = "eight"
    dim = 8
    token_dim = 8
    backend = "by hand"

    def passages(self, texts: Iterable[str]) -> Iterator[Meaning]:
        for text in texts:
            meaning = self.query(text)
            yield Meaning(meaning.vector, np.round(meaning.tokens * 127).astype(np.int8))

    def query(self, text: str) -> QueryMeaning:
        rows = []
        for word in re.findall(r"[a-z]+", text.lower()):
            for place, words in enumerate(CONCEPTS):
                if word.rstrip("s") in words:
                    rows.append(np.eye(8, dtype=np.float32)[place])
        tokens = np.array(rows, dtype=np.float32).reshape(-1, 8)
        total = tokens.sum(axis=0) + np.float32(1e-3)
        return QueryMeaning((total / np.linalg.norm(total)).astype(np.float32), tokens)


class Team:
    """A store in a folder, filled by hand."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.db: Database = open_store(f"sqlite:///{home}/store.db")
        self.embedder = EightConcepts()
        with self.db.transaction() as tx:
            tx.run("INSERT INTO repos (name) VALUES ('harbour')")
            set_meta(tx, "model", self.embedder.name)

    def write(self, path: str, *sections: tuple[str, str], kind: str = "doc") -> list[int]:
        passages = tuple(
            Passage(kind, path, 10 * n + 1, 10 * n + 9, title, text, hash=f"{kind}{title}{text}")  # type: ignore[arg-type]
            for n, (title, text) in enumerate(sections)
        )
        with self.db.transaction() as tx:
            return Passages(self.db).replace(tx, 1, "docs", Document(path, passages, "c0ffee"))[0]

    def read_words(self) -> None:
        Words(self.home / "words", "pages").catch_up(self.db)
        Words(self.home / "words", "commits").catch_up(self.db)

    def read_meaning(self, limit: int | None = None) -> None:
        store = Passages(self.db)
        waiting = store.unembedded(self.embedder.name)[:limit]
        held = store.get(u.id for u in waiting)
        texts = [f"{held[u.id].title}\n{held[u.id].text}" for u in waiting]
        with self.db.transaction() as tx:
            store.put_embeddings(
                tx,
                self.embedder.name,
                [
                    Embedding(u.hash, m.vector.astype(np.float16).tobytes(), m.tokens.tobytes())
                    for u, m in zip(waiting, self.embedder.passages(texts), strict=True)
                ],
            )
        Vectors(self.home / "vectors", "pages", self.embedder.name, 8).catch_up(self.db)

    def search(self, *, meaning: bool = True) -> Search:
        return Search(self.db, self.home, (lambda: self.embedder) if meaning else None)


HANDBOOK = [
    ("lamps.md", ("Lamps", "Every lantern is lit at dusk."), ("Lamps › Fuel", "Wicks and fuel are kept behind the shed.")),
    ("boats.md", ("Boats", "A ferry crosses the harbour at noon."), ("Boats › Storms", "In a gale no vessel leaves the quay.")),
    ("people.md", ("Wages", "Salaries are paid on the last day."), ("Kitchen", "The kettle belongs to everybody.")),
    ("tides.md", ("Tides", "High water comes twice a day and is written on the board.")),
]  # fmt: skip


@pytest.fixture
def team(tmp_path: Path) -> Team:
    team = Team(tmp_path)
    for path, *sections in HANDBOOK:
        team.write(path, *sections)
    team.read_words()
    return team


def titles(found: list[Evidence]) -> list[str]:
    return [e.title for e in found]


def test_words_alone_answer_before_anything_is_embedded(team: Team) -> None:
    search = team.search()
    assert titles(search.pages("who owns the kettle?"))[0] == "Kitchen"
    assert search.coverage() == 0
    assert search.pages("ship") == []  # a word that no passage holds; only meaning knows ships


def test_meaning_finds_what_words_cannot(team: Team) -> None:
    team.read_meaning()
    search = team.search()
    assert titles(search.pages("may a ship sail in strong wind"))[0] == "Boats › Storms"
    assert titles(search.pages("when is my pay day"))[0] == "Wages"
    assert search.coverage() == 1


def test_evidence_says_where_and_quotes(team: Team) -> None:
    team.read_meaning()
    (first, *_) = team.search().pages("where is the fuel")
    assert (first.kind, first.path, first.title) == ("doc", "lamps.md", "Lamps › Fuel")
    assert first.line_start <= 11
    assert first.line_end == 19
    assert first.quote == "Wicks and fuel are kept behind the shed."
    assert first.commit == "c0ffee"
    assert first.passage_id is not None


def test_what_is_not_embedded_yet_is_not_punished(team: Team) -> None:
    """Three passages are embedded, none of them is what the words ask for."""
    team.read_meaning(limit=3)
    search = team.search()
    assert 0 < search.coverage() < 1
    assert titles(search.pages("the kettle of the kitchen"))[0] == "Kitchen"
    assert titles(search.pages("high water on the board"))[0] == "Tides"


def test_without_an_embedder_words_answer_although_there_are_vectors(team: Team) -> None:
    team.read_meaning()
    assert titles(team.search(meaning=False).pages("kettle")) == ["Kitchen"]


def test_neighbouring_sections_that_are_both_found_are_one_place(team: Team) -> None:
    team.read_meaning()
    (first, *others) = team.search().pages("fuel for the lantern at dusk")
    assert first.path == "lamps.md"
    assert (first.line_start, first.line_end) == (1, 19)
    assert "lamps.md" not in [e.path for e in others]


def test_one_result_a_section_and_near_twins_once(team: Team) -> None:
    long = [("Anchors", "an anchor holds the boat"), ("Anchors", "an anchor is weighed by hand")]
    team.write("anchors.md", *long)
    ids = team.write("copy.md", ("Anchor copy", "an anchor holds the boat, says this copy"))
    with team.db.transaction() as tx:
        original = tx.run("SELECT MIN(p.id) FROM passages p WHERE p.title = 'Anchors'")[0][0]
        tx.run("UPDATE passages SET near_id = :near WHERE id = :id", near=original, id=ids[0])
    team.read_words()
    found = team.search().pages("anchor holds the boat")
    assert [e.path for e in found if "nchor" in e.title] == ["anchors.md"]


def test_tests_and_code_stand_behind_pages_unless_code_is_asked_for(team: Team) -> None:
    team.write("docs/flags.md", ("Flags", "The flag signal is hoisted by the mate."))
    team.write(
        "tests/test_flags.py", ("test_flag_signal", "def test_flag_signal(): hoist the flag signal"), kind="code"
    )
    team.write("src/flags.py", ("flag_signal", "def flag_signal(): hoist the flag signal"), kind="code")
    team.read_words()
    search = team.search()
    assert search.pages("hoist the flag signal")[0].path == "docs/flags.md"
    assert search.pages("which function is flag_signal()")[0].path == "src/flags.py"


def test_slips_of_the_fingers_are_understood(team: Team) -> None:
    assert titles(team.search().pages("kettel"))[0] == "Kitchen"


def test_a_changed_page_is_found_by_its_new_words_and_meaning(team: Team) -> None:
    team.read_meaning()
    search = team.search()
    assert titles(search.pages("kettle"))[0] == "Kitchen"
    team.write(
        "people.md", ("Wages", "Salaries are paid on the last day."), ("Kitchen", "Soup is for the lantern crew.")
    )
    team.read_words()
    team.read_meaning()
    assert "Kitchen" not in [e.title for e in search.pages("kettle") if "kettle" in e.quote]
    assert titles(search.pages("who gets soup at the beacon"))[0] == "Kitchen"


@pytest.mark.parametrize(
    "query", ["", "   ", "?!", "the of and", "\x00\x01", "🙂", "x" * 5000, "a AND (b OR", "id:1 words:*"]
)
def test_odd_questions_find_nothing_or_something_but_never_break(team: Team, query: str) -> None:
    team.read_meaning()
    for search in (team.search(), team.search(meaning=False)):
        found = search.pages(query)
        assert 0 <= search.confidence(query, found) <= 1


def test_an_empty_home_finds_nothing(tmp_path: Path) -> None:
    team = Team(tmp_path)
    search = team.search()
    assert search.pages("kettle") == []
    assert search.commits("kettle") == []
    assert search.confidence("kettle", []) == 0
    assert search.coverage() == 1


def test_commits_are_found_by_their_words_if_they_are_reachable(team: Team) -> None:
    rows = [
        (1, 1, "a" * 40, 100, 100, "Trim the wick before dusk", "The smoke was black.", 1),
        (1, 2, "b" * 40, 200, 200, "Trim the wick", "A branch that was dropped.", 0),
        (1, 3, "c" * 40, 300, 300, "Paint the ferry", "", 1),
    ]
    with team.db.transaction() as tx:
        tx.insert("commits", "repo_id, seq, sha, author_time, commit_time, subject, body, reachable", rows)
    team.read_words()
    (hit,) = team.search().commits("why do we trim the wick?")
    assert (hit.sha, hit.time, hit.subject) == ("a" * 40, 100, "Trim the wick before dusk")
    assert hit.score > 0
    assert team.search().commits("wick", 0) == []


# -- the recipe -------------------------------------------------------------------------------------------------------


def test_mix_weighs_words_and_meaning() -> None:
    mixed = fuse.mix({1: 10.0, 2: 5.0, 3: 0.0}, {2: 0.9, 3: 0.8, 4: 0.5}, frozenset(), Recipe())
    assert mixed == pytest.approx({1: 0.4, 2: 0.4 * 0.5 + 0.6, 3: 0.6 * 0.75, 4: 0.0})


def test_the_words_of_what_is_unread_stand_for_both() -> None:
    mixed = fuse.mix({1: 10.0, 2: 5.0, 3: 0.0}, {2: 0.9, 3: 0.1}, frozenset({1}), Recipe())
    assert mixed == pytest.approx({1: 1.0, 2: 0.8, 3: 0.0})


def test_a_page_that_answers_in_several_places_rises() -> None:
    recipe = Recipe(page=0.3, page_best=3)
    lifted = fuse.in_page({1: 0.9, 2: 0.8, 3: 0.8, 4: 0.1}, {1: "a", 2: "b", 3: "b", 4: "b"}, recipe)
    assert lifted == pytest.approx({1: 0.9 + 0.09, 2: 0.8 + 0.17, 3: 0.8 + 0.17, 4: 0.1 + 0.17})


def test_max_sim_is_the_mean_of_the_best() -> None:
    question = np.array([[1, 0], [0, 1]], dtype=np.float32)
    passage = np.array([[127, 0], [0, 64]], dtype=np.int8)
    other = np.array([[0, 127]], dtype=np.int8)
    found = fuse.max_sims(question, {7: passage, 8: passage[:0], 9: other, 10: passage[:1]})
    assert found == pytest.approx({7: (1 + 64 / 127) / 2, 8: 0, 9: 0.5, 10: 0.5})
    assert fuse.max_sims(question[:0], {7: passage}) == {7: 0}
    assert fuse.max_sims(question, {}) == {}


def test_reread_keeps_the_others_behind() -> None:
    recipe = Recipe(reread=2, late=0.5)
    judged = fuse.reread({1: 0.9, 2: 0.8, 3: 0.7, 4: 0.6}, {1: 0.2, 2: 0.9}, dict.fromkeys(range(5), 0.0), recipe)
    assert fuse.best_first(judged)[2:] == [3, 4]
    assert judged[1] == judged[2] == 0.5


def test_neighbours_are_joined_up_to_the_size_of_a_passage() -> None:
    spans = [
        fuse.Span(1, "a", 10, 19, 600),
        fuse.Span(2, "a", 40, 49, 100),  # too far
        fuse.Span(3, "b", 20, 29, 100),  # another page
        fuse.Span(4, "a", 21, 30, 600),  # joins the first
        fuse.Span(5, "a", 32, 36, 600),  # would make it longer than a passage
    ]
    found = [(s.key, s.line_start, s.line_end) for s in fuse.joined(spans, 9, Recipe())]
    assert found == [(1, 10, 30), (2, 32, 49), (3, 20, 29)]
    assert len(fuse.joined(spans, 2, Recipe())) == 2
    assert spans[0].line_end == 19  # what came in is left as it was


def test_the_best_of_a_page_lift_its_late_scores() -> None:
    lifted = fuse.late_in_page({1: 0.5, 2: 0.7, 3: 0.2}, {1: "a", 2: "a", 3: "a"}, Recipe(late_page=0.5))
    assert lifted == pytest.approx({1: 0.8, 2: 1.0, 3: 0.5})


scores = st.dictionaries(st.integers(1, 30), st.floats(-1, 50, allow_subnormal=False), max_size=20)


@given(scores, scores, st.frozensets(st.integers(1, 30)))
def test_mixed_scores_stay_within_bounds_and_rank_the_same_twice(words, meaning, unread) -> None:
    mixed = fuse.mix(words, meaning, unread, Recipe())
    assert set(mixed) == set(words) | set(meaning)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in mixed.values())
    assert fuse.best_first(mixed) == fuse.best_first(dict(reversed(mixed.items())))


@pytest.mark.parametrize(
    ("path", "aside"),
    [
        ("tests/test_app.py", True),
        ("src/app_test.go", True),
        ("web/app.spec.ts", True),
        ("examples/tutorial/flaskr/db.py", True),
        ("src/flask/testing.py", False),
        ("src/contest/latest.py", False),
        ("conftest.py", True),
    ],
)
def test_what_stands_aside(path: str, aside: bool) -> None:
    assert leaning.stands_aside(path) is aside


def test_what_is_of_tests() -> None:
    assert [leaning.is_test(p) for p in ("tests/wifi.md", "src/test_app.py", "docs/testing.md", "app/latest.py")] == [
        True,
        True,
        False,
        False,
    ]
    assert leaning.speaks_of_tests("where are the fixtures?")
    assert not leaning.speaks_of_tests("what is our latest policy?")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("how do I deploy", False),
        ("where is create_logger", True),
        ("what calls parseArgs", True),
        ("which function reads the file", True),
        ("open app.py", True),
        ("who pays for lunch. And when", False),
    ],
)
def test_what_speaks_of_code(question: str, code: bool) -> None:
    assert leaning.speaks_of_code(question) is code


# -- quotes and confidence --------------------------------------------------------------------------------------------

LONG = (
    "Lamps are trimmed at dusk by whoever is on watch. The brass is polished on Sundays. " * 4
    + "Oil is kept in the shed behind the boat. Ask the mate for the key. "
    + "Wicks come by mail twice a year. Nothing else comes by mail. " * 4
)


def quoted(text: str, question: str, limit: int = 120, *, code: bool = False) -> str:
    tokenizer = Tokenizer()
    return quote(text, dict.fromkeys(tokenizer.terms(question), 1.0), tokenizer.terms, limit, code=code)


def test_a_quote_is_the_piece_that_speaks_to_the_question() -> None:
    found = quoted(LONG, "where is the oil kept?")
    assert found.startswith("Oil is kept in the shed behind the boat. Ask the mate for the key.")
    assert found in LONG
    assert len(found) <= 120


def test_a_short_passage_is_quoted_whole_and_code_by_lines() -> None:
    assert quoted("Oil is in the shed.", "tides") == "Oil is in the shed."
    code = "\n".join(f"def step_{n}():\n    return {n}\n" for n in range(20))
    assert quoted(code, "step_13", 40, code=True).startswith("def step_13():\n    return 13")


@given(st.text(max_size=900), st.text(max_size=40), st.integers(20, 200), st.booleans())
def test_a_quote_is_never_too_long_and_never_invented(text: str, question: str, limit: int, code: bool) -> None:
    found = quoted(text, question, limit, code=code)
    assert len(found) <= limit + 2
    assert found.removesuffix(" …") in text


def test_confidence_grows_with_every_sign() -> None:
    low = Signs(cosine=0.15, late=0.4, held=0.1, terms=4, read=True, lift=0.05)
    high = Signs(cosine=0.7, late=0.9, held=1.0, terms=4, read=True, lift=0.4)
    assert confidence(low) < 0.1
    assert confidence(high) > 0.8
    for sign in ("cosine", "late", "held", "lift"):
        assert confidence(low) < confidence(low._replace(**{sign: getattr(high, sign)})) < confidence(high)
    words = Signs(0, 0, 0, 4, window=0.6, together=0.0)
    assert confidence(Signs(0, 0, 0, 4, window=0.1)) < 0.5 < confidence(Signs(0, 0, 0, 4, window=1.0, together=1.0))
    assert confidence(words) < confidence(words._replace(together=1.0))
    assert confidence(Signs(0, 0, 0, 0)) == 0


def test_neighbouring_words_that_stand_together_are_told_from_words_that_only_occur() -> None:
    assert together_share(["oil", "lamp", "dusk"], ["the", "lamp", "oil", "at", "dusk"]) == 0.5
    assert together_share(["oil", "lamp"], ["oil", "is", "kept", "by", "the", "lamp"]) == 0
    assert together_share(["oil"], ["oil"]) == 0


def test_unknown_words_count_against_an_answer() -> None:
    assert held_share({"oil": 4.0, "shed": 4.0}, 0, ["oil"]) == 0.5
    assert held_share({"oil": 4.0, "shed": 4.0}, 1, ["oil", "shed"]) == 0.5
    assert held_share({}, 0, []) == 0


def test_what_is_asked_again_is_ranked_again_only_when_something_changed(team: Team) -> None:
    team.read_meaning()
    asked: list[str] = []

    class Counting(EightConcepts):
        def query(self, text: str) -> QueryMeaning:
            asked.append(text)
            return super().query(text)

    search = Search(team.db, team.home, Counting)
    assert search.pages("the kettle", 3) == search.pages("the kettle", 3)
    assert search.confidence("the kettle", search.pages("the kettle", 6)) > 0
    assert asked == ["the kettle"]
    team.write("stove.md", ("Stove", "The kettle stands on the stove."))
    team.read_words()
    assert "Stove" in titles(search.pages("the kettle", 3))
    assert asked == ["the kettle"] * 2
