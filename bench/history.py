"""Reading a history into the store, beside what git itself needs to print it.

    python -m bench.history flask=/path/to/flask git=/path/to/git [--rounds 3] [--check 400] [--peers VENV]

Anchor: the CPU time of `git log --no-renames --numstat` in the same round, to nowhere. Two things of ours are held
against it, and CPU always includes that of the gits they start:

- `ingest`: parsing and storing the history, from opening the repository to the last commit of the store, after imports.
- `command`: all of `lamp index --only history` as a process from its start to its end: Python and its imports, a new
  store, the ingest, and what follows it (people, activation sums, CODEOWNERS, the words of commits).

`one_more` is the run after one new commit, in seconds and as a share of the CPU of its first run. `--check` compares
"last touched" with `git log -1` for so many paths (0: all of them). `--peers` is a virtual environment with PyDriller
and git-fame; they are run on repositories of up to 20,000 commits.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

LAST = """SELECT c.sha FROM nodes n JOIN commits c ON c.id = COALESCE(n.git_last_commit_id,
          (SELECT t.commit_id FROM touches t JOIN commits k ON k.id = t.commit_id
           WHERE t.node_id = n.id AND k.reachable = 1 ORDER BY k.seq DESC LIMIT 1)) WHERE n.path = :path"""
PEER_COMMITS = 20_000
Reader = Callable[[Path, Path], dict[str, Any]]  # a repository, a home → the figures of a run
PYDRILLER = """
import sys
from pydriller import Repository
print(sum(len(commit.modified_files) for commit in Repository(sys.argv[1]).traverse_commits()))
"""


def cpu_of(command: Sequence[str], folder: Path | None = None) -> float:
    """CPU seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ingest(repository: Path, home: Path) -> dict[str, Any]:
    """One run of the history indexer in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.history", "--ingest", str(repository), str(home)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found: dict[str, Any] = json.loads(told)
    return found


def _ingest(location: str, home: Path) -> dict[str, Any]:
    import git  # noqa: F401  (imports are not what is measured)

    import indexers.sources.git
    from indexers.pipeline import Tally, read_source
    from indexers.repository import Repository
    from knowledge.store.repos import Repos
    from knowledge.store.schema import open_store

    db = open_store(f"sqlite:///{home}/store.db")
    repo_id = Repos(db).register("bench", location)
    tally = Tally()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    read_source(db, repo_id, indexers.sources.git.GitSource(Repository.open(location, home)), tally, now=0)
    wall = time.perf_counter() - began
    after, later = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
    gits = later.ru_utime + later.ru_stime - children.ru_utime - children.ru_stime
    return {
        "commits": tally.commits, "events": tally.events, "cpu_s": ours + gits, "own_cpu_s": ours, "git_cpu_s": gits,
        "wall_s": wall, "peak_mb": max(after.ru_maxrss, later.ru_maxrss) / 1024, "own_peak_mb": after.ru_maxrss / 1024,
    }  # fmt: skip


def command(repository: Path, home: Path) -> dict[str, Any]:
    """One run of `lamp index --only history` as a person starts it, on a home that is new or has been read before."""
    env = {**os.environ, "LAMPLIGHTER_HOME": str(home / "home"), "PYTHONPATH": str(Path(__file__).parents[1])}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as on the machine of whoever installed it
    words = [sys.executable, "-m", "bot.cli", "index", "--only", "history", "--repo", str(repository)]
    began = time.perf_counter()
    process = subprocess.Popen(words, cwd=home, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)  # its own and its children's
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall, "peak_mb": usage.ru_maxrss / 1024}


def one_more_commit(repository: Path, home: Path, read: Reader) -> dict[str, Any]:
    """The run after one new commit, on a clone that borrows the objects of `repository`; its first run included."""
    home.mkdir()
    clone = home / "clone.git"
    _git(home, "clone", "--quiet", "--bare", "--shared", str(repository), str(clone))
    first = read(clone, home)
    path = _git(clone, "ls-tree", "-r", "--name-only", "HEAD").splitlines()[-1]
    blob = _git(clone, "hash-object", "-w", "--stdin", given=b"one more\n")
    index = {"GIT_INDEX_FILE": str(home / "index"), **{f"GIT_{who}_{what}": "bench@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}  # fmt: skip
    _git(clone, "read-tree", "HEAD", env=index)
    _git(clone, "update-index", "--cacheinfo", f"100644,{blob},{path}", env=index)
    tree = _git(clone, "write-tree", env=index)
    _git(clone, "update-ref", "HEAD", _git(clone, "commit-tree", tree, "-p", "HEAD", "-m", "One more", env=index))
    second = read(clone, home)
    return {"wall_s": second["wall_s"], "share": second["cpu_s"] / first["cpu_s"]}


def agreement(repository: Path, store: Path, sample: int = 0, seed: int = 1) -> tuple[int, int, list[str]]:
    """How many paths of HEAD have the last touch that `git log -1` names, of how many, and some that do not."""
    from knowledge.store.database import open_database

    db = open_database(f"sqlite:///{store}", create=False)
    listing = subprocess.run(["git", "ls-tree", "-r", "-z", "--name-only", "HEAD"], cwd=repository, check=True, capture_output=True).stdout  # fmt: skip
    paths = [path for path in listing.split(b"\0") if path]
    if sample:
        paths = random.Random(seed).sample(paths, min(sample, len(paths)))
    wrong = []
    for path in paths:
        said = _git(repository, "--literal-pathspecs", "log", "-1", "--format=%H", "--", os.fsdecode(path))
        name = path.decode(errors="backslashreplace")
        if db.read(LAST, path=name) != [(said,)]:
            wrong.append(name)
    return len(paths) - len(wrong), len(paths), wrong[:5]


def measure(name: str, repository: Path, *, rounds: int, check: int | None, peers: Path | None) -> dict[str, Any]:
    """One line of the table."""
    anchors, runs, whole = [], [], []
    row: dict[str, Any] = {"repository": name}
    for number in range(rounds):
        anchors.append(cpu_of(["git", "log", "--no-renames", "--numstat"], repository))
        with tempfile.TemporaryDirectory() as folder:
            runs.append(ingest(repository, Path(folder)))
            whole.append(command(repository, Path(folder)))
            if number == 0 and check is not None:
                agree, of, wrong = agreement(repository, Path(folder) / "store.db", check)
                row |= {"last_touched": f"{agree}/{of}", "wrong": wrong}
    with tempfile.TemporaryDirectory() as folder:
        one = one_more_commit(repository, Path(folder) / "ingest", ingest)
        all_of_it = one_more_commit(repository, Path(folder) / "command", command)
    row |= {"commits": runs[0]["commits"], "events": runs[0]["events"], "numstat_cpu_s": statistics.median(anchors)}
    row |= _told("ingest", runs, anchors, one) | {"own_peak_mb": max(run["own_peak_mb"] for run in runs)}
    row |= _told("command", whole, anchors, all_of_it)
    if peers and row["commits"] <= PEER_COMMITS:
        anchor = row["numstat_cpu_s"]
        row["pydriller"] = cpu_of([str(peers / "bin/python"), "-c", PYDRILLER, str(repository)]) / anchor
        row["git_fame"] = cpu_of([str(peers / "bin/git-fame"), "-s", "-e", str(repository)]) / anchor
    return row


def _told(what: str, runs: Sequence[dict[str, Any]], anchors: Sequence[float], more: dict[str, Any]) -> dict[str, Any]:
    """The figures of `runs`, of which each has its anchor, and of the run after one new commit."""
    ratios = [run["cpu_s"] / anchor for run, anchor in zip(runs, anchors, strict=True)]
    told = {
        "ratio": statistics.median(ratios), "ratio_min": min(ratios),
        "cpu_s": statistics.median(run["cpu_s"] for run in runs), "wall_s": min(run["wall_s"] for run in runs),
        "peak_mb": max(run["peak_mb"] for run in runs),
        "one_more_wall_s": more["wall_s"], "one_more_share": more["share"],
    }  # fmt: skip
    return {f"{what}_{key}": value for key, value in told.items()}


def run(
    repositories: dict[str, Path], *, rounds: int = 3, check: int | None = None, peers: Path | None = None
) -> list[dict[str, Any]]:
    """The table, a row a repository; ratios are to the anchor of the same round."""
    return [measure(name, path, rounds=rounds, check=check, peers=peers) for name, path in repositories.items()]


def _git(folder: Path, *args: str, given: bytes = b"", env: dict[str, str] | None = None) -> str:
    done = subprocess.run(["git", *args], cwd=folder, input=given, check=True, capture_output=True, env={**os.environ, **(env or {})})  # fmt: skip
    return done.stdout.decode(errors="backslashreplace").strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Reading histories, beside git log --no-renames --numstat.")
    parser.add_argument("repositories", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", type=int)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--ingest", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ingest:
        print(json.dumps(_ingest(given.ingest[0], Path(given.ingest[1]))))
        return
    repositories = {name: Path(path) for name, _, path in (word.partition("=") for word in given.repositories)}
    for row in run(repositories, rounds=given.rounds, check=given.check, peers=given.peers):
        for key, value in row.items():
            print(f"{key:>24}  {value:.3f}" if isinstance(value, float) else f"{key:>24}  {value}")


if __name__ == "__main__":
    main()
