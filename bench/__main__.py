"""The whole table: `make bench REPOS="flask=/path/to/flask git=/path/to/git" EVALS=… CLONES=…`.

Without REPOS it measures this very repository, which is small. EVALS (a folder of question sets with their README and
scorer) and CLONES (a folder of the clones that they name) switch on search quality, speed at 100,000 passages and the
model of experts. Every section says what it is measured against, in the same run.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.showing import show


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("repositories", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--evals", type=Path)
    parser.add_argument("--clones", type=Path)
    parser.add_argument("--peers", type=Path, help="a virtual environment with PyDriller and git-fame")
    parser.add_argument("--work", type=Path, help="where scratch stores are kept between runs")
    given = parser.parse_args()
    here = Path(__file__).parents[1]
    repositories = {n: Path(p) for n, _, p in (w.partition("=") for w in given.repositories)} or {here.name: here}

    from bench import embedding, experts, history, search_quality, search_speed, shell, staleness

    numstat = "CPU of `git log --no-renames --numstat` to nowhere, same round (line: 0.3 for ingest_ratio)"
    show(
        "history: ingest (reading, parsing, storing), and the whole command",
        numstat,
        history.run(repositories, peers=given.peers),
    )
    start = "an interpreter's start + 2 × `git log -1 -- PATH`, path by path (line: 1); the first run's seconds"
    show("at the shell", start, shell.run(repositories))
    show("staleness in lines", "git diff from then to now; the share of changes", staleness.run(repositories))
    show("embedding", "sentence-transformers on torch fp32, one thread, same texts", embedding.run())
    if given.evals and given.clones:
        work = given.work or Path(tempfile.mkdtemp(prefix="lamplighter-bench-"))
        lines = "known answers; nDCG@10 (line: mean 0.63)"
        show("search quality", lines, search_quality.run(given.evals, given.clones, work))
        show("search at 100,000 passages", "15 ms warm, 0.5 s cold, 250 MB", search_speed.run(given.clones, work))
        show(
            "who works on it next",
            "last toucher, DOA, AKB on the same trials",
            experts.run(repositories.values(), work),
        )


if __name__ == "__main__":
    main()
