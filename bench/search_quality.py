"""Search quality on questions with known answers: nDCG@10, recall@5, MRR and hit@1 for each set.

    python -m bench.search_quality --evals FOLDER --repositories FOLDER [--work FOLDER] [--set NAME …]

FOLDER of evals holds `*.jsonl` sets, the scorer `score_search.py`, and a README.md that names each set's repository and
commit ("flask = pallets/flask 2ac8…"). FOLDER of repositories holds clones, as `flask`, `pallets/flask` or
`pallets+flask/repo`. For every set a scratch clone is made at that commit; for sets of headings, each heading that is a
question is replaced by a neutral word in it, or the test would be trivial. What is indexed is docs and code, by the
sources that `lamp index` uses; the work folder keeps the stores, so that a text is embedded once.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

NEUTRAL = "Section"
_MARKS = re.compile(r"^(\s*(?:#{1,6}|=={1,5}|<h[1-6][^>]*>)\s*)")


def run(evals: Path, repositories: Path, work: Path, sets: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A row for each set, and their mean."""
    scorer = scorer_of(evals / "score_search.py")
    rows = []
    for name in sets or sorted(file.name.removesuffix(".jsonl") for file in evals.glob("*.jsonl")):
        questions = [json.loads(line) for line in (evals / f"{name}.jsonl").read_text().splitlines()]
        search, seconds = indexed(evals, repositories, work, name, questions)
        began = time.process_time()
        scored = [scorer.score(q["units"], [span_of(e) for e in search.pages(q["query"], 50)]) for q in questions]
        mean = [sum(column) / len(scored) for column in zip(*scored, strict=True)]
        rows.append(
            {"set": name, "questions": len(questions)}
            | dict(zip(("ndcg10", "recall5", "mrr", "hit1"), (round(m, 4) for m in mean), strict=True))
            | {"index_s": round(seconds, 1), "ms": round(1000 * (time.process_time() - began) / len(questions), 1)}
        )
    means = {key: round(sum(row[key] for row in rows) / len(rows), 4) for key in ("ndcg10", "recall5", "mrr", "hit1")}
    return [*rows, {"set": "mean", "questions": sum(row["questions"] for row in rows)} | means]


def indexed(evals: Path, repositories: Path, work: Path, name: str, questions: Iterable[dict[str, Any]]) -> Any:
    """A `Search` over the set's repository as the set wants it, and the seconds that indexing took."""
    short = name.split(".", maxsplit=1)[0]
    full, commit = named_in((evals / "README.md").read_text(), short)
    clone = _clone(work / "clones" / short, find(repositories, full), commit)
    changed = {(q["path"], q["heading_line"]) for q in questions if "heading_line" in q}
    _neutralise(clone, changed)
    began = time.monotonic()
    return index(clone, work / "homes" / short, work / "models"), time.monotonic() - began


def index(clone: Path, home: Path, models: Path) -> Any:
    """A `Search` over docs and code of a work tree; a home that is there is brought up to date."""
    from indexers.meaning import read_meaning
    from indexers.near import mark_new
    from indexers.pipeline import Silent, Tally, read_source
    from indexers.repository import Repository
    from indexers.sources.code import CodeSource
    from indexers.sources.docs import DocsSource
    from knowledge.embed import open_embedder
    from knowledge.finding.words import Words
    from knowledge.search import Search
    from knowledge.store.repos import Repos, set_meta
    from knowledge.store.schema import open_store

    home.mkdir(parents=True, exist_ok=True)
    db = open_store(f"sqlite:///{home / 'lamplighter.sqlite'}")
    repository = Repository.open(str(clone), home)
    repo_id = Repos(db).register(repository.name, str(clone))
    embedder = open_embedder("all-MiniLM-L6-v2", models)
    tally = Tally()
    for source in (DocsSource(repository), CodeSource(repository)):
        read_source(db, repo_id, source, tally, now=0, on_new=mark_new)
    Words(home / "words", "pages").catch_up(db)
    with db.transaction() as tx:
        set_meta(tx, "model", embedder.name)
    read_meaning(db, home, embedder, tally, Silent())
    return Search(db, home, lambda: embedder)


def named_in(readme: str, short: str) -> tuple[str, str]:
    """Full name and commit of a repository as the README of the questions gives them."""
    found = re.search(rf"\b{re.escape(short)}\s*=\s*(\S+/\S+)\s+([0-9a-f]{{40}})", readme)
    if not found:
        raise SystemExit(f"README.md of the questions names no repository and commit for {short!r}")
    return found[1], found[2]


def find(repositories: Path, full: str) -> Path:
    """The clone of a repository, under one of the usual names."""
    for place in (full.split("/")[1], full, f"{full.replace('/', '+')}/repo"):
        if (repositories / place).exists():
            return repositories / place
    raise SystemExit(f"there is no clone of {full} in {repositories}")


def _git(clone: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(clone), *args], check=True, capture_output=True)


def _clone(clone: Path, origin: Path, commit: str) -> Path:
    if not clone.exists():
        clone.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", str(origin), str(clone)], check=True)
    _git(clone, "checkout", "-q", "--force", "--detach", commit)
    return clone


def _neutralise(clone: Path, headings: Iterable[tuple[str, int]]) -> None:
    """Replace lines by a neutral word that is still a heading, and commit that: the sources read commits."""
    headings = sorted(headings)
    for path, line in headings:
        file = clone / path
        lines = file.read_bytes().split(b"\n")
        marks = _MARKS.match(lines[line - 1].decode(errors="replace"))
        lines[line - 1] = ((marks[1] if marks else "") + NEUTRAL).encode()
        file.write_bytes(b"\n".join(lines))
    if headings:
        _git(clone, "-c", "user.name=Bench", "-c", "user.email=bench@localhost", "commit", "-qam", "Neutral headings")


def scorer_of(file: Path) -> Any:
    """The module that scores, from beside the questions."""
    spec = importlib.util.spec_from_file_location("score_search", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no scorer at {file}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def span_of(evidence: Any) -> dict[str, Any]:
    """A result as the scorer reads it."""
    return {"path": evidence.path, "line_start": evidence.line_start, "line_end": evidence.line_end}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evals", type=Path, required=True)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lamplighter-search-quality")
    parser.add_argument("--set", action="append", default=[])
    args = parser.parse_args()
    for row in run(args.evals, args.repositories, args.work, args.set):
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
