"""What a person waits for at the shell, against git in the same run: `lamp last`, a cold answer, one new commit.

usage: python -m bench.shell REPOSITORY …

Every figure is of whole processes, as a person starts them. `lamp last` is measured against what it may cost at most:
an interpreter's start plus twice `git log -1 -- PATH`, path by path.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PATHS, TRIES = 40, 5
LOOKED_AT = 200  # places, for those of which others have to be told
QUESTIONS = ("how do I run the tests", "where is the configuration read", "how is a release made")
LAMP = str(Path(sys.executable).parent / "lamp")


def run(repositories: dict[str, Path], *, meaning: bool = True) -> list[dict[str, object]]:
    """A row for each repository; it is indexed into a temporary home first."""
    return [_row(name, path, meaning=meaning) for name, path in repositories.items()]


def _row(name: str, repository: Path, *, meaning: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "LAMPLIGHTER_HOME": f"{folder}/home"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as on the machine of whoever installed it
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", "--shared", str(repository), str(clone)], check=True)
        steps = ["history", "docs", "code", *(["meaning"] if meaning else [])]
        first = {step: _timed([LAMP, "index", "--repo", str(clone), "--only", step], env, clone)[0] for step in steps}
        row: dict[str, object] = {"repository": name, **{f"first {step} s": round(t, 2) for step, t in first.items()}}
        row |= _last(clone, env)
        row |= _cold(clone, env)
        row |= _one_commit(clone, env, first)  # with its meaning, if that is read
        return row


def _last(clone: Path, env: dict[str, str]) -> dict[str, object]:
    """Of drawn files, of directories at every level, and of places of which others have to be told: share of the line.

    CPU, the least of TRIES of each: in wall time, a neighbour on the machine weighs more than a git process.
    """
    drawn = _places(clone, env)
    start = min(_cpu([sys.executable, "-c", "pass"], env, clone) for _ in range(5 * TRIES))
    row: dict[str, object] = {"start, CPU ms": round(start * 1000, 1)}
    for kind, paths in drawn.items():
        git = [min(_cpu(["git", "log", "-1", "--", path], env, clone) for _ in range(TRIES)) for path in paths]
        lamp = [min(_cpu([LAMP, "last", path], env, clone) for _ in range(TRIES)) for path in paths]
        share = [mine / (start + 2 * its) for mine, its in zip(lamp, git, strict=True)]
        if share:
            row |= {
                f"{kind}: git log -1 / lamp last, CPU ms": f"{_ms(git)} / {_ms(lamp)}",
                f"{kind}: last / (start + 2 git)": f"median {statistics.median(share):.2f}, worst {max(share):.2f}"
                f" of {len(share)}, {sum(one > 1 for one in share)} above 1",
            }
    return row


def _places(clone: Path, env: dict[str, str]) -> dict[str, list[str]]:
    """Files, directories (all at the top, some below), and drawn ones of both of which others have to be told."""
    chance = random.Random(0)
    tree = subprocess.run(["git", "ls-files"], cwd=clone, capture_output=True, text=True, check=True).stdout
    files = sorted(set(tree.splitlines()))
    folders = sorted({str(above) for file in files for above in list(Path(file).parents)[:-1]})
    deep = [folder for folder in folders if "/" in folder]
    asked = {
        "files": chance.sample(files, min(PATHS, len(files))),
        "directories": [f for f in folders if "/" not in f] + chance.sample(deep, min(PATHS // 2, len(deep))),
    }
    told: list[str] = []
    for path in chance.sample([*files, *folders], min(LOOKED_AT, len(files) + len(folders))):
        said = subprocess.run([LAMP, "last", path], env=env, cwd=clone, capture_output=True, text=True, check=False)
        told += [path] if "Who knows it now" in said.stdout and len(told) < PATHS // 2 else []
    return {**asked, "others told": told}


def _cpu(command: Sequence[str], env: dict[str, str], where: Path) -> float:
    """User and system seconds of a whole process."""
    process = subprocess.Popen(command, env=env, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def _cold(clone: Path, env: dict[str, str]) -> dict[str, object]:
    runs = [_timed([LAMP, "ask", question], env, clone) for question in QUESTIONS for _ in range(3)]
    return {"cold answer s": round(statistics.median(t for t, _ in runs), 3), "its memory MB": max(m for _, m in runs)}


def _one_commit(clone: Path, env: dict[str, str], first: dict[str, float]) -> dict[str, object]:
    (clone / "docs-bench.md").write_text("# A new page\n\nIt says how the bench adds one commit.\n")
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "One new page"], cwd=clone, check=True)
    took = sum(_timed([LAMP, "index", "--repo", str(clone), "--only", step], env, clone)[0] for step in first)
    return {"one commit s": round(took, 2), "one commit / first run": round(took / sum(first.values()), 4)}


def _timed(command: Sequence[str], env: dict[str, str], where: Path) -> tuple[float, int]:
    """Wall seconds and peak memory in MB of a whole process."""
    before = time.perf_counter()
    process = subprocess.Popen(command, env=env, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - before, usage.ru_maxrss // 1024


def _ms(seconds: Sequence[float]) -> float:
    return round(statistics.median(seconds) * 1000, 1)


def main(arguments: Sequence[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for row in run({Path(a).name: Path(a) for a in arguments}):
        for key, value in row.items():
            print(f"{key:>34}  {value}")


if __name__ == "__main__":
    main(sys.argv[1:])
