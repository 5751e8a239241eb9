"""What a question is like where no phrase fits: heard by a real model; what it is about: left over by its words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.understanding.guess import Looks, candidates, guessed
from bot.understanding.intent import Meaning, understand
from bot.understanding.likeness import MODEL, as_text, learned, likeness, masked
from bot.understanding.wording import words
from indexers.pipeline import Silent
from knowledge.embed import Embedder, open_embedder
from knowledge.finding.model_files import BUNDLED, slug
from tests.bot.house import NOW, Talk, opened
from tests.bot.test_intent import TEAM, phrasings

Guess = Callable[..., Meaning]


@pytest.fixture(scope="module")
def embedder(models: Path) -> Embedder:
    return open_embedder(BUNDLED, models, threads=1)


@pytest.fixture(scope="module")
def guess(embedder: Embedder) -> Guess:
    def meant(text: str, places: frozenset[str] = frozenset(), *, answered: bool = False) -> Meaning:
        def named(word: str) -> bool:
            return word.lower() in TEAM

        looks = Looks(named, lambda said: embedder.query(said).vector, places.__contains__, lambda _: answered)
        return guessed(understand(text, NOW, named), text, looks)

    return meant


@pytest.mark.parametrize(
    ("text", "intent", "subject"),
    [
        ("whoever fiddled with app.py most recently", "last_touched", "app.py"),
        ("whose brain can I borrow about the reloader", "who_knows", "reloader"),
        ("anyone deep enough into webhooks to have a look at my patch", "who_knows", "webhooks"),
        ("backstory of the retry limit?", "history", "retry limit"),
        ("imagine Mei wins the lottery", "what_if", "Mei"),
        ("@Mei still among us?", "person", "@Mei"),
        ("splendid, exactly my question", "none", ""),
    ],
)
def test_idioms_that_no_phrase_knows(guess: Guess, text: str, intent: str, subject: str) -> None:
    meaning = guess(text)
    assert (meaning.intent, meaning.subject) == (intent, subject)


def test_what_the_book_was_not_written_against_is_heard_better(guess: Guess) -> None:
    rows = phrasings("phrasings_unseen.txt")
    right = sum(guess(phrase).intent == intent for intent, phrase, _ in rows)
    assert right / len(rows) >= 0.9


def test_a_phrase_that_fits_is_never_overruled(guess: Guess) -> None:
    for _, phrase, _ in phrasings()[::7]:
        plain = understand(phrase, NOW, lambda word: word.lower() in TEAM)
        if plain.fits == "phrase":
            assert guess(phrase) == plain


def test_what_pages_answer_stays_a_question_to_them(guess: Guess) -> None:
    text = "only signed-in people may open this page"
    assert guess(text, answered=True).intent == "knowledge"


def test_no_meaning_no_guess() -> None:
    plain = understand("whose brain can I borrow about the reloader", NOW)
    assert guessed(plain, plain.text, Looks(bool, lambda _: None, bool, bool)) == plain


def test_words_that_name_a_place_are_what_it_is_about() -> None:
    """Of "turnips" and "the frobnicator", the repository knows the second."""
    found = words("turnips break, who could I bother with frobnicator")
    assert next(candidates(found, {"frobnicator"}.__contains__)) == "frobnicator"
    assert next(candidates(found, lambda _: False)) == "frobnicator"  # after "with"


def test_what_it_is_about_is_masked() -> None:
    assert masked(["who", "knows", "§:1", "§", "and", "#", "#"]) == ["who", "knows", "§", "and", "#"]
    assert as_text(["who", "is", "#"]) == "who is Sam"


def test_the_numbers_are_of_the_bundled_model(embedder: Embedder) -> None:
    assert slug(BUNDLED) == MODEL
    assert embedder.name.startswith(MODEL)
    held = learned()
    assert held.meaning.shape == (embedder.dim, len(held.intents))
    assert likeness(["who", "knows", "§"], embedder.query("who knows this file").vector).intent == "who_knows"


def test_with_meaning_read_the_conversation_hears_idioms(embedder: Embedder, tmp_path: Path) -> None:
    house = opened(tmp_path)
    idiom = "whose brain can I borrow about the provider"
    assert Talk(house, "before")(idiom).intent == "knowledge"  # until then it is looked for
    house.__dict__["embedder"] = embedder
    house.senses.index(locations=(), steps=("meaning",), progress=Silent(), now=NOW)
    told = Talk(house, "after")(idiom)
    assert (told.intent, told.data["target"]["path"]) == ("who_knows", "app/json/provider.py")
    assert Talk(house, "after")("how do I roll back a release?").intent == "knowledge"
