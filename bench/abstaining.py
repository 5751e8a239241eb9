"""When to abstain: fits knowledge/assets/abstaining.json, and says how well it holds on repositories left out.

    python -m bench.abstaining --evals FOLDER --repositories FOLDER [--work FOLDER] [--write]

Answerable are the questions with known answers, asked on their own repository; unanswerable are questions of the
other repositories, everyday questions, and words that nobody ever wrote. What is fitted is whether a question is
answerable there; what is told besides is what becomes of the answers that are right, of which one of the first three
results is a known place. Six questions of ten are taken to be answerable, most of those to be natural ones (SHARES).
Weights come from Newton's method with a ridge of 1 on everything but the constant; nothing is drawn by chance but the
invented words, with a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench import search_quality
from knowledge.finding.abstaining import PARAMETERS, Signs, features

EVERYDAY = [
    "what is the capital of France", "how do I bake sourdough bread", "who won the world cup in 1998",
    "what time does the supermarket close", "how tall is Mount Everest", "recommend a good science fiction novel",
    "how do I remove red wine from a carpet", "what is the weather like tomorrow", "when did the Roman empire fall",
    "how many calories are in an avocado", "which train goes to the airport", "how do I tune a guitar",
    "what are the rules of chess", "how do I change a bicycle tyre", "who painted the Mona Lisa",
    "best way to train for a marathon", "how long do I boil an egg", "what causes a solar eclipse",
    "how do I get my cat to stop scratching the sofa", "where can I buy cheap flights to Lisbon",
    "what is the meaning of life", "tell me a joke about penguins", "how do vaccines work",
    "how do I prune roses in winter", "what is the exchange rate of the yen", "who is the president of Brazil",
    "how do I make a paper aeroplane", "which wine goes with salmon", "how old is the universe", "translate good morning into Greek",
    "how do I unblock a kitchen sink", "what should I name my puppy", "how do I knit a scarf",
    "which museum has the dinosaur bones", "why do leaves turn red in autumn", "how do I renew my driving licence",
    "what is a good birthday present for my aunt", "how far is the moon", "how do I grow tomatoes on a balcony",
    "who invented the telephone",
]  # fmt: skip
SYLLABLES = "bra dro fle gno hib jul kra lum nop pri quo rix sta tro vul wex yab zim".split()


SHARES = {"natural": 0.4, "heading": 0.2, "stranger": 0.4 / 3, "everyday": 0.4 / 3, "invented": 0.4 / 3}
OWN = ("natural", "heading")


class Case(NamedTuple):
    """A question asked on a repository, and what came of it."""

    repository: str
    kind: str  # a key of SHARES
    right: bool
    read: Signs
    words: Signs


def run(evals: Path, repositories: Path, work: Path) -> tuple[list[dict[str, Any]], dict[str, list[float]]]:
    """A row for each mode with its figures on repositories left out, and the weights fitted on all of them."""
    cases = collect(evals, repositories, work)
    rows, weights = [], {}
    for mode in ("read", "words"):
        left_out: list[tuple[Case, float]] = []
        for name in sorted({case.repository for case in cases}):
            fitted = fit([c for c in cases if c.repository != name], mode)
            left_out += [(c, probability(c, mode, fitted)) for c in cases if c.repository == name]
        rows += [_figures(left_out, mode, threshold) for threshold in (0.3, 0.4, 0.5, 0.6, 0.7)]
        weights[mode] = [round(float(w), 3) for w in fit(cases, mode)]
    return rows, weights


def collect(evals: Path, repositories: Path, work: Path) -> list[Case]:
    """Every question on every repository, with and without the model."""
    from knowledge.search import Search

    scorer = search_quality.scorer_of(evals / "score_search.py")
    sets = {file.name.removesuffix(".jsonl"): file for file in sorted(evals.glob("*.jsonl"))}
    asked = {name: [json.loads(line) for line in file.read_text().splitlines()] for name, file in sets.items()}
    cases: list[Case] = []
    for name, questions in asked.items():
        short = name.split(".", maxsplit=1)[0]
        search, _ = search_quality.indexed(evals, repositories, work, name, questions)
        plain = Search(search.db, search.home, None)
        own = "heading" if ".heading" in name else "natural"
        cases += [_case(short, own, q["query"], q["units"], search, plain, scorer) for q in questions]
        others = [(other, q["query"]) for other, rows in asked.items() if not other.startswith(short) for q in rows]
        strangers = [text for n, (other, text) in enumerate(others) if ".hand" in other or n % 4 == 0]
        for kind, texts in (("stranger", strangers), ("everyday", EVERYDAY), ("invented", invented(name))):
            cases += [_case(short, kind, text, [], search, plain, scorer) for text in texts]
    return cases


def invented(seed: str, count: int = 20) -> list[str]:
    """Questions in words that nobody ever wrote."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 3))) for _ in range(count * 3)]
    return [f"how do I {a} the {b} {c}" for a, b, c in zip(words[::3], words[1::3], words[2::3], strict=True)]


def _case(repository: str, kind: str, text: str, units: Any, search: Any, plain: Any, scorer: Any) -> Case:
    found = search.pages(text, 3)
    right = any(scorer.found(search_quality.span_of(e), u) for e in found for u in units)
    return Case(repository, kind, right, search.signs(text), plain.signs(text))


def fit(cases: list[Case], mode: str) -> NDArray[np.float64]:
    """Logistic weights by Newton's method; the kinds weigh as SHARES says, however many cases they have."""
    x, y = _matrix(cases, mode), np.array([case.kind in OWN for case in cases], dtype=float)
    counts = Counter(case.kind for case in cases)
    share = np.array([SHARES[case.kind] / counts[case.kind] for case in cases]) * len(cases)
    ridge = np.eye(x.shape[1])
    ridge[0, 0] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (share * (y - p)) - ridge @ w
        bend = (x * (share * p * (1 - p))[:, None]).T @ x + ridge
        w += np.linalg.solve(bend, slope)
    return w


def probability(case: Case, mode: str, weights: NDArray[np.float64]) -> float:
    """The fitted probability for one case."""
    return float(1 / (1 + np.exp(-_matrix([case], mode) @ weights))[0])


def _matrix(cases: list[Case], mode: str) -> NDArray[np.float64]:
    return np.array([features(getattr(case, mode)) for case in cases])


def _figures(judged: list[tuple[Case, float]], mode: str, threshold: float) -> dict[str, Any]:
    p = np.array([p for _, p in judged])
    right = np.array([case.right for case, _ in judged])
    kind = np.array([case.kind for case, _ in judged])
    silent = p < threshold
    own = np.isin(kind, OWN)
    return {
        "mode": mode,
        "threshold": threshold,
        **{f"abstained_{name}": _share(silent[kind == name]) for name in SHARES if name not in OWN},
        **{f"lost_right_{name}": _share(silent[right & (kind == name)]) for name in OWN},
        "answered_own": _share(~silent[own]),
        "right_of_answered_own": _share(right[own & ~silent]),
        "abstaining_precision": _share(~right[silent]),
        "abstaining_recall": _share(silent[~own]),
        "auc": round(_auc(p, own.astype(float)), 3),
        "cases": f"{own.sum()}+{(~own).sum()}",
    }


def _share(flags: NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), 3) if len(flags) else 0.0


def _auc(p: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The chance that an answerable question gets more than an unanswerable one."""
    ranks = p.argsort().argsort() + 1
    ones, zeros = y.sum(), (1 - y).sum()
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def main() -> None:
    """Print the figures; with --write, keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evals", type=Path, required=True)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lamplighter-search-quality")
    parser.add_argument("--write", action="store_true", help="keep the weights in knowledge/assets/abstaining.json")
    args = parser.parse_args()
    rows, weights = run(args.evals, args.repositories, args.work)
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    print(json.dumps(weights))
    if args.write:
        PARAMETERS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
