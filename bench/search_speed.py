"""Search among 100,000 passages: milliseconds of a warm question, of a cold process, of one changed page; memory.

    python -m bench.search_speed --repositories FOLDER [--passages 100000] [--work FOLDER]

The passages are real: docs and code of every clone in FOLDER, with copies of them under other names, a sentence dropped
from each, until there are enough. 1,500 are read by the model; the other vectors are those with noise added, which for
the time that a search takes is the same. The questions are titles and sentences of passages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

EMBEDDED = 1500
QUESTIONS = 300
_ENV = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as bot/cli.py says
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{20,90}[.!?]")


def run(repositories: Path, work: Path, count: int = 100_000) -> list[dict[str, Any]]:
    """The table, each row a measurement."""
    home, models = work / f"speed-{count}", work / "models"
    if not (home / "questions.json").exists():
        build(repositories, home, models, count)
    questions = json.loads((home / "questions.json").read_text())
    rows = [_warm(home, models, meaning=meaning) for meaning in (False, True)]
    rows += [_cold(home, models, questions[0], meaning=meaning) for meaning in (False, True)]
    return [*rows, _change(home)]


def build(repositories: Path, home: Path, models: Path, count: int) -> None:
    """A store of `count` passages with its indexes of words and vectors."""
    import numpy as np

    from knowledge.embed import open_embedder, passage_text
    from knowledge.finding.words import Words
    from knowledge.model import Document, Passage
    from knowledge.store.passages import Embedding, Passages
    from knowledge.store.repos import Repos, set_meta
    from knowledge.store.schema import open_store
    from knowledge.vectors import Vectors

    home.mkdir(parents=True, exist_ok=True)
    db = open_store(f"sqlite:///{home / 'lamplighter.sqlite'}")
    repo_id = Repos(db).register("speed", "speed")
    draw, store = random.Random(0), Passages(db)
    real = list(documents(repositories, home))
    rounds, made = 0, 0
    while made < count:
        with db.transaction() as tx:
            for path, passages in real:
                copies = [
                    Passage(p.kind, f"{path}.{rounds}", p.line_start, p.line_end, p.title, text, p.symbol, f"{rounds}{p.hash}")
                    for p in passages
                    for text in [_shortened(p.text, draw) if rounds else p.text]
                ]  # fmt: skip
                store.replace(tx, repo_id, "docs", Document(f"{path}.{rounds}", tuple(copies), "c0ffee"))
                made += len(copies)
                if made >= count:
                    break
        rounds += 1
    embedder = open_embedder("all-MiniLM-L6-v2", cache=models)
    waiting = store.unembedded(embedder.name)
    sample = draw.sample(waiting, min(EMBEDDED, len(waiting)))
    held = store.get(u.id for u in sample)
    read = list(embedder.passages(passage_text(held[u.id].title, held[u.id].text) for u in sample))
    noise = np.random.default_rng(0)
    rows = []
    for n, unread in enumerate(waiting):
        vector, tokens = read[n % len(read)]
        moved = vector + noise.normal(0, 0.4 / np.sqrt(len(vector)), len(vector)).astype(np.float32)
        moved /= np.linalg.norm(moved)
        rows.append(Embedding(unread.hash, moved.astype(np.float16).tobytes(), tokens.tobytes()))
    with db.transaction() as tx:
        store.put_embeddings(tx, embedder.name, rows)
        set_meta(tx, "model", embedder.name)
    Words(home / "words", "pages").catch_up(db)
    Vectors(home / "vectors", "pages", embedder.name, embedder.dim).catch_up(db)
    texts = [held[u.id] for u in sample]
    asked = [p.title.split(" › ")[-1] for p in texts] + [s for p in texts for s in _SENTENCE.findall(p.text)[:1]]
    (home / "questions.json").write_text(json.dumps(draw.sample(asked, min(QUESTIONS, len(asked)))))


def documents(repositories: Path, home: Path) -> Iterator[tuple[str, Any]]:
    """Path and passages of every document of every clone, as the sources read them."""
    from indexers.repository import Repository
    from indexers.sources.code import CodeSource
    from indexers.sources.docs import DocsSource
    from knowledge.model import Document

    for folder in sorted(repositories.iterdir()):
        clone = folder / "repo" if (folder / "repo").exists() else folder
        repository = Repository.open(str(clone), home)
        for source in (DocsSource(repository), CodeSource(repository)):
            for record in source.read(None):
                if isinstance(record, Document):
                    yield f"{folder.name}/{record.path}", record.passages


def _shortened(text: str, draw: random.Random) -> str:
    pieces = text.split(". ")
    if len(pieces) > 2:
        pieces.pop(draw.randrange(len(pieces)))
    return ". ".join(pieces)


def _open(home: Path, models: Path, *, meaning: bool) -> Any:
    from knowledge.search import Search
    from knowledge.store.database import open_database

    def embedder() -> Any:
        from knowledge.embed import open_embedder

        return open_embedder("all-MiniLM-L6-v2", cache=models)

    held: list[Any] = []
    db = open_database(f"sqlite:///{home / 'lamplighter.sqlite'}")
    return Search(db, home, (lambda: held[0] if held else held.append(embedder()) or held[0]) if meaning else None)


def _warm(home: Path, models: Path, *, meaning: bool) -> dict[str, Any]:
    """Times of warm questions, in a process of its own, so that memory is that of serving."""
    code = f"from bench.search_speed import _ask; _ask({str(home)!r}, {str(models)!r}, {meaning})"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=_ENV).stdout
    row: dict[str, Any] = json.loads(out)
    return {"what": f"warm question, {_mode(meaning)}"} | row


def _ask(home: str, models: str, meaning: bool) -> None:
    questions = json.loads((Path(home) / "questions.json").read_text())
    search = _open(Path(home), Path(models), meaning=meaning)
    for question in questions[:30]:
        search.pages(question, 10)
    cpu, wall = [], []
    for question in questions:
        began, clock = time.process_time(), time.perf_counter()
        search.pages(question, 10)
        cpu.append(1000 * (time.process_time() - began))
        wall.append(1000 * (time.perf_counter() - clock))
    rss = peak_mb()
    status = Path("/proc/self/status").read_text()
    anon = (
        int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) // 1024
    )  # the rest is pages of mapped files, shared and given back
    print(json.dumps(spread("cpu", cpu) | spread("wall", wall) | {"rss_mb": rss, "anon_mb": anon}))


def peak_mb() -> int:
    """The peak of this process by itself: `ru_maxrss` begins with that of whoever started it."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) // 1024


def spread(name: str, values: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(values), 2),
        f"{name}_p95_ms": round(statistics.quantiles(values, n=20)[-1], 2),
    }


def _mode(meaning: bool) -> str:
    return "words and meaning" if meaning else "words"


def _cold(home: Path, models: Path, question: str, *, meaning: bool) -> dict[str, Any]:
    code = f"""
import time
began = time.perf_counter()
from pathlib import Path
from bench.search_speed import _open, peak_mb
search = _open(Path({str(home)!r}), Path({str(models)!r}), meaning={meaning})
found = search.pages({question!r}, 10)
import sys
assert found and "torch" not in sys.modules
print(1000 * (time.perf_counter() - began), peak_mb())
"""
    runs = []
    for _ in range(5):
        clock = time.perf_counter()
        out = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=_ENV
        ).stdout.split()
        runs.append((1000 * (time.perf_counter() - clock), float(out[0]), int(out[1])))
    whole, inner, rss = min(runs)
    return {
        "what": f"cold process, {_mode(meaning)}",
        "wall_ms": round(whole),
        "in_python_ms": round(inner),
        "rss_mb": rss,
    }


def _change(home: Path) -> dict[str, Any]:
    """One changed document, re-indexed in words."""
    from knowledge.finding.words import Words
    from knowledge.store.database import open_database

    db = open_database(f"sqlite:///{home / 'lamplighter.sqlite'}")
    words = Words(home / "words", "pages")
    (document,) = islice(db.read("SELECT document_id FROM passages ORDER BY id LIMIT 1"), 1)
    cpu, wall = [], []
    for n in range(10):
        with db.transaction() as tx:
            tx.run("UPDATE passages SET text = text || :more WHERE document_id = :d", more=f" word{n}", d=document[0])
            ids = tx.run("SELECT id FROM passages WHERE document_id = :d", d=document[0])
            tx.insert("passage_changes", "passage_id, op", [(row[0], "+") for row in ids])
        began, clock = time.process_time(), time.perf_counter()
        words.catch_up(db)
        cpu.append(1000 * (time.process_time() - began))
        wall.append(1000 * (time.perf_counter() - clock))
    return {"what": "one changed page, words"} | spread("cpu", cpu) | spread("wall", wall)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lamplighter-search-speed")
    args = parser.parse_args()
    for row in run(args.repositories, args.work, args.passages):
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
