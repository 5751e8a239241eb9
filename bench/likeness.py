"""What questions of an intent sound like: learns bot/assets/likeness.npz, and says how well it is heard.

    python -m bench.likeness [--phrases FILE …] [--natural FILE …] [--write]

Learned from bot/assets/examples.phrases, the phrases that the phrase book was written against (tests/bot/phrasings.txt) and
the everyday questions of abstaining.py. Measured, by the whole of `understand` and `guessed`, on tests/bot/
phrasings_unseen.txt, on files of lines `{"text", "intents"}` (--phrases), and on questions to documentation
(`{"query"}`, --natural), which must stay questions to documentation. Fitting is deterministic: slots are filled with a
fixed seed, the optimum is unique (a ridge on all but the constants), reached by FISTA (Beck and Teboulle, 2009).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.abstaining import EVERYDAY
from bot.understanding import likeness
from bot.understanding.guess import Looks, guessed
from bot.understanding.intent import tokens_of, understand
from bot.understanding.likeness import LEARNED, MEANING_WEIGHT, WORDS_WEIGHT, as_text, grams, masked
from bot.understanding.phrasebook import vocabulary
from bot.understanding.wording import words
from knowledge.embed import Embedder, open_embedder

HERE = Path(__file__).parents[1]
EXAMPLES = HERE / "bot" / "assets" / "examples.phrases"
PHRASES = HERE / "tests" / "bot" / "phrasings.txt"
UNSEEN = HERE / "tests" / "bot" / "phrasings_unseen.txt"
TEAM = {"ann", "bob", "david", "mei"}  # who is called something in PHRASES
TOPICS = (
    "the json provider|retries|billing|sessions|the login code|async views|url routing|the scheduler|webhooks"
    "|deployment|caching|feature flags|the importer|logging|error pages|the cli|migrations|rate limiting|search"
    "|the parser|fixtures|timezones|the config loader|payments|templates|test client|docker setup|signals|the queue"
    "|permissions|src/app.py|config.py|docs/setup.md"
).split("|")
FILES = "src/app.py|docs/setup.md|lib/|Makefile|src/util/strings.ts".split("|")
COPIES = 3  # of an example with slots, each filled by chance
SEED = 1
SEEN_TWICE = 2  # a pair of words that occurs once says nothing
RIDGE = 0.5
STEPS = 600


class Example(NamedTuple):
    """An intent and the masked tokens of a question that has it."""

    intent: str
    tokens: list[str]


def examples() -> tuple[list[Example], frozenset[str]]:
    """What is learned from, and the words that carry a question."""
    draw = random.Random(SEED)
    carriers = set(vocabulary())
    found = []
    for intent, text in [*_lines(EXAMPLES), *_lines(PHRASES), *(("knowledge", text) for text in EVERYDAY)]:
        slots = re.search(r"\b[XYFN]\b", text)
        if slots or intent not in {"knowledge", "none"}:
            carriers.update(word.plain for word in words(re.sub(r"\b[XYFN]\b", "", text)) if word.plain.isalpha())
        for _ in range(COPIES if slots else 1):
            filled = re.sub(r"\b[XYFN]\b", lambda slot: _filling(slot[0], draw), text)
            found.append(Example(intent, masked(tokens_of(words(filled), lambda word: word.lower() in TEAM))))
    return found, frozenset(carriers) - {word for topic in TOPICS for word in topic.lower().split()} | {"the"}


def _lines(file: Path) -> list[tuple[str, str]]:
    rows, intent = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            intent = line.strip("[]")
        elif line and not line.startswith("# "):
            # What a phrase is about is no word of the question.
            text, _, subject = line.partition(" => ")
            rows.append((intent, text.replace(subject, "X") if subject and file == PHRASES else text))
    return rows


def _filling(slot: str, draw: random.Random) -> str:
    return "Ann" if slot == "N" else draw.choice(FILES if slot == "F" else TOPICS)


def learn(found: list[Example], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """The numbers for each intent: over words, over meaning, and the constants."""
    seen = Counter(gram for example in found for gram in grams(example.tokens))
    held = {gram: at for at, gram in enumerate(sorted(gram for gram, count in seen.items() if count >= SEEN_TWICE))}
    intents = sorted({example.intent for example in found})
    x = np.zeros((len(found), len(held) + embedder.dim + 1), dtype=np.float32)
    for row, example in enumerate(found):
        at = [held[gram] for gram in grams(example.tokens) if gram in held]
        x[row, at] = WORDS_WEIGHT / max(1, len(at)) ** 0.5
        x[row, len(held) : -1] = MEANING_WEIGHT * embedder.query(as_text(example.tokens)).vector
    x[:, -1] = 1
    y = np.eye(len(intents), dtype=np.float32)[[intents.index(example.intent) for example in found]]
    w = _fitted(x, y)
    return {
        "intents": np.array(" ".join(intents)),
        "grams": np.array("\n".join(held)),
        "words": w[: len(held)].astype(np.float16),
        "meaning": w[len(held) : -1].astype(np.float16),
        "bias": w[-1].astype(np.float32),
    }  # fmt: skip


def _fitted(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax regression with a ridge on all but the last row."""
    ridge = np.full((x.shape[1], 1), RIDGE, dtype=np.float32)
    ridge[-1] = 0
    probe = np.ones(x.shape[1], dtype=np.float32)
    for _ in range(30):  # the largest curvature, by power iteration
        probe = x.T @ (x @ probe)
        probe /= np.linalg.norm(probe)
    step = 1 / (0.5 * float(np.linalg.norm(x.T @ (x @ probe))) + RIDGE)
    w = ahead = np.zeros((x.shape[1], y.shape[1]), dtype=np.float32)
    pace = 1.0
    for _ in range(STEPS):
        scores = x @ ahead
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        after = ahead - step * (x.T @ (shares - y) + ridge * ahead)
        faster = (1 + (1 + 4 * pace**2) ** 0.5) / 2
        ahead = after + (pace - 1) / faster * (after - w)
        w, pace = after, faster
    return w


def heard(text: str, embedder: Embedder | None, is_name: set[str]) -> str:
    """The intent of a text, by the book and, with an embedder, by what it is like where the book is unsure."""

    def named(word: str) -> bool:
        return word.lower().strip("@").removesuffix("'s") in is_name

    meaning = understand(text, 1_770_000_000, named)
    if embedder is None:
        return meaning.intent
    looks = Looks(named, lambda said: embedder.query(said).vector, lambda _: False, lambda _: False)
    return guessed(meaning, text, looks).intent


def figures(name: str, rows: list[tuple[set[str], str]], embedder: Embedder, team: set[str]) -> dict[str, object]:
    """How many intents of a set are heard right by the book alone, and with likeness."""
    book = [heard(text, None, team) in wanted for wanted, text in rows]
    both = [heard(text, embedder, team) in wanted for wanted, text in rows]
    return {"set": name, "phrases": len(rows), "book": sum(book), "book_and_likeness": sum(both),
            "made_worse": sum(a and not b for a, b in zip(book, both, strict=True))}  # fmt: skip


def main() -> None:
    """Print the figures; with --write, keep the numbers first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=Path, nargs="*", default=[])
    parser.add_argument("--natural", type=Path, nargs="*", default=[])
    parser.add_argument("--names", default="", help="words of --phrases that are names")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lamplighter-likeness")
    parser.add_argument("--write", action="store_true", help=f"keep the numbers in {LEARNED.name}")
    args = parser.parse_args()
    embedder = open_embedder("all-MiniLM-L6-v2", args.work / "models")
    if args.write:
        found, carriers = examples()
        numbers = learn(found, embedder)
        np.savez_compressed(LEARNED, allow_pickle=False, carriers=np.array(" ".join(sorted(carriers))), **numbers)
        print(len(found), "examples,", len(str(numbers["grams"]).split("\n")), "words and pairs")
        likeness.learned.cache_clear()
    team = TEAM | set(args.names.lower().split())
    sets = {"unseen": [({intent}, text) for intent, text in _lines(UNSEEN)]}
    for file in args.phrases:
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        sets[file.stem] = [({i.replace("abstain", "knowledge") for i in row["intents"]}, row["text"]) for row in rows]
    for file in args.natural:
        sets[file.stem] = [({"knowledge"}, json.loads(line)["query"]) for line in file.read_text().splitlines()]
    for name, rows in sets.items():
        print("  ".join(f"{key} {value}" for key, value in figures(name, rows, embedder, team).items()))


if __name__ == "__main__":
    main()
