"""The command line of the time lapse: see the package."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.timelapse.audit import audit
from bench.timelapse.coverage import coverage
from bench.timelapse.telling import ASSUMED, Told, as_object, lines
from bench.timelapse.year import Setting, index


def told(name: str, location: Path, work: Path, *, seeds: Iterable[int], kills: bool, minutes: int, weeks: int) -> Told:
    """Play every seed, and the first once more with deaths."""
    home = work / name
    store = home / "lamplighter.sqlite"
    if not store.exists():
        home.mkdir(parents=True, exist_ok=True)
        store = index(location, home)
    setting = Setting(store, work, weeks=weeks, step=60 * minutes)
    audits, covered = [], []
    for seed in seeds:
        year = setting.play(seed)
        audits.append(audit(year))
        covered.append(coverage(year))
        year.db.close()
        shutil.rmtree(year.folder)
    killed = None
    if kills:
        year = setting.play(0, mortal=True)
        killed = audit(year)
        year.db.close()
        shutil.rmtree(year.folder)
    return Told(name, setting.start, setting.end, tuple(audits), tuple(covered), killed)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.timelapse", description="A year of nudging, time-lapsed.")
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--seeds", type=int, default=5, help="years of other people (default 5)")
    parser.add_argument("--no-kills", action="store_true", help="without the year in which copies are killed")
    parser.add_argument("--minutes", type=int, default=20, help="between two looks of the simulated clock (default 20)")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--work", type=Path, help="where indexed stores are kept between runs")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="lamplighter-timelapse-"))
    if not given.json:
        print(ASSUMED, flush=True)
    for name, _, path in (word.partition("=") for word in given.repositories):
        found = told(
            name, Path(path), work, seeds=range(1, given.seeds + 1), kills=not given.no_kills, minutes=given.minutes,
            weeks=given.weeks,
        )  # fmt: skip
        print(json.dumps(as_object(found)) if given.json else "\n".join(lines(found)), flush=True)


if __name__ == "__main__":
    main()
