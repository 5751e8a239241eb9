"""Who will work on it next, and how sure is that: the activation model against baselines, on real repositories.

    python -m bench.experts --repositories FOLDER [--work FOLDER] [NAME …]      the table
    python -m bench.experts --repositories FOLDER --fit                         writes knowledge/fitted.py

FOLDER holds clones, as `flask`, `pallets/flask` or `pallets+flask/repo`; without names, all of them are taken. The
protocol is that of `knowledge/proof/protocol.py`. The parameters are fitted on the repositories of FITTED_ON alone, so that
all others show what a team may expect whose history was never seen.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

FITTED_ON = (
    "psf/requests",
    "celery/celery",
    "redis/redis",
    "pypa/pip",
    "fastapi/fastapi",
    "pallets/flask",
    "pytest-dev/pytest",
    "git/git",
)
FITTED = Path(__file__).parent.parent / "knowledge" / "fitted.py"
FITTED_TEXT = '''"""Parameters of `knowledge/memory.py`, fitted to public histories by `python -m bench.experts --fit`. Do not edit.

{on}
{cases:,} cases, of which {100 * share:.1f} % were active.
Left out one repository at a time: Brier skill {skill:.3f}, calibration error {error:.4f}.
"""

VERSION = "{version}"

# The weights of `memory.FEATURES`.
RETENTION = (
{weights})

# Above it somebody counts as a holder: the lowest retention whose F1 is within 0.02 of the best.
BAR = {bar}
'''


def index(location: Path, work: Path) -> tuple[Any, int]:
    """A store with the history of a repository and its people; one that is there is brought up to date."""
    from indexers.pipeline import Tally, read_source
    from indexers.repository import Repository
    from indexers.sources.git import GitSource
    from knowledge.store import activations, people
    from knowledge.store.repos import Repos
    from knowledge.store.schema import open_store

    work.mkdir(parents=True, exist_ok=True)
    db = open_store(f"sqlite:///{work / 'lamplighter.sqlite'}")
    repository = Repository.open(str(location), work)
    repo_id = Repos(db).register(repository.name, str(location))
    source = GitSource(repository)
    now = int(time.time())
    read_source(db, repo_id, source, Tally(), now=now)
    people.sync(db, aliases=source.aliases, repo_id=repo_id)
    with db.transaction() as tx:
        activations.fold(tx, repo_id, now)
    return db, repo_id


def run(repositories: Iterable[Path], work: Path | None = None) -> list[dict[str, Any]]:
    """A row per repository, kind of area and model: MRR, hits, hard cases; and a row of calibration per repository."""
    with tempfile.TemporaryDirectory() as scratch:
        return [row for location in repositories for row in _measured(location, (work or Path(scratch)))]


def _measured(location: Path, work: Path) -> list[dict[str, Any]]:
    import numpy as np

    from knowledge.activation.replay import Replay
    from knowledge.proof.baselines import AKB_LEVELS, Akb, Authors
    from knowledge.proof.figures import brier_skill, calibration_error, figures, interval
    from knowledge.proof.fitting import chances_of, walk
    from knowledge.proof.lessons import sigmoid
    from knowledge.proof.protocol import MODELS, Trial, trials_at

    name = name_of(location)
    db, repo_id = index(location, work / name.replace("/", "+"))
    began = time.process_time()
    replay, akb, authors, seen = Replay(db, repo_id), Akb(Replay(db, repo_id, levels=AKB_LEVELS)), Authors(), 0
    done, said, plain, active = list[Trial](), [], [], []
    for half in walk(replay):
        akb.advance(half.cut)
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        done += trials_at(replay, akb, authors, half.right)
        chance, came = chances_of(replay, half)
        said.append(chance)
        plain.append(sigmoid(half.lesson.odds))
        active.append(came)
    db.close()
    rows: list[dict[str, Any]] = []
    ours = len(MODELS) - 1
    base = {"repository": name, "fitted_on": name in FITTED_ON}
    for kind in ("files", "directories"):
        part = [trial for trial in done if trial.is_dir == (kind == "directories")]
        for model, called in enumerate(MODELS if part else ()):
            row = base | {"kind": kind, "model": called, "n": len(part)}
            row |= {key: round(value, 4) for key, value in figures(part, model).items()}
            if model != ours:
                low, high = interval(part, ours, model)
                row["ours_ahead"] = [round(low, 4), round(high, 4)]
            rows.append(row)
    if active:
        came, whole = np.concatenate(active), {"ours": np.concatenate(said), "defaults": np.concatenate(plain)}
        for called, chance in whole.items():
            row = {"kind": "retention", "model": called, "n": len(came), "base": round(float(came.mean()), 4)}
            skill, error = brier_skill(chance, came), calibration_error(chance, came)
            rows.append(base | row | {"brier_skill": round(skill, 4), "ece": round(error, 4)})
    for row in rows:
        row["seconds"] = round(time.process_time() - began, 1)
    return rows


def fit_all(repositories: Sequence[Path], work: Path | None = None) -> str:
    """The text of knowledge/fitted.py from the histories of these repositories."""
    import numpy as np

    from knowledge.activation.replay import Replay
    from knowledge.proof.figures import best_bar, brier_skill, calibration_error
    from knowledge.proof.lessons import chances, pooled
    from knowledge.proof.protocol import cases

    samples = {}
    with tempfile.TemporaryDirectory() as scratch:
        for location in repositories:
            name = name_of(location)
            db, repo_id = index(location, (work or Path(scratch)) / name.replace("/", "+"))
            samples[name] = cases(Replay(db, repo_id))
            db.close()
    said, seen = [], []
    for name, sample in samples.items():
        others = pooled({other: cases for other, cases in samples.items() if other != name})
        said.append(chances(sample, others))
        seen.append(np.array([case.active for case in sample], dtype=float))
    chance, active = np.concatenate(said), np.concatenate(seen)
    weights = pooled(samples)
    names = sorted(samples)
    return FITTED_TEXT.format(
        on=fill(f"Fitted on {', '.join(names[:-1])} and {names[-1]}:", 118, break_on_hyphens=False),
        cases=len(active),
        share=float(active.mean()),
        skill=brier_skill(chance, active),
        error=calibration_error(chance, active),
        version=f"{len(weights)} features, {len(active)} cases",
        weights="".join(f"    {weight:.4f},\n" for weight in weights),
        bar=best_bar(chance, active),
    )


def name_of(location: Path) -> str:
    """`pallets/flask` from `…/pallets+flask/repo` or `…/pallets/flask`."""
    place = location.parent if location.name == "repo" else location
    return place.name.replace("+", "/") if "+" in place.name else f"{place.parent.name}/{place.name}"


def find(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The clones of a folder, or those with these names."""
    there = sorted({head.parent for depth in ("*", "*/*", "*/*/*") for head in folder.glob(f"{depth}/HEAD")})
    places = [place.parent if place.name == ".git" else place for place in there]
    return [place for place in places if not names or name_of(place) in names]


def table(rows: Iterable[dict[str, Any]]) -> str:
    """The rows for people."""
    lines = []
    for row in rows:
        head = f"{row['repository']:34}{'*' if row['fitted_on'] else ' '} {row['kind']:12}"
        if row["kind"] == "retention":
            lines.append(
                f"{head} {row['model']:14} n {row['n']:7,}  base {row['base']:.3f}  Brier skill {row['brier_skill']:.3f}"
                f"  ECE {row['ece']:.4f}  ({row['seconds']:.1f} s)"
            )
            continue
        ahead = row.get("ours_ahead")
        lines.append(
            f"{head} {row['model']:14} n {row['n']:7,}  MRR {row['mrr']:.3f}  hit@1 {row['hit1']:.3f}"
            f"  hit@3 {row['hit3']:.3f}  hard {row['hard']:.3f}"
            + (f"  ours ahead by {ahead[0]:+.3f} to {ahead[1]:+.3f}" if ahead else "")
        )
    return "\n".join([*lines, "(* = the parameters were fitted on it)"])


def mean(rows: Sequence[dict[str, Any]], fitted_on: bool) -> list[dict[str, Any]]:
    """The means over repositories, each weighing the same; how far ours is ahead, with a 95 % interval over areas.

    The intervals of the repositories are independent, so that their half-widths add up as variances do.
    """
    found = []
    for kind in ("files", "directories"):
        for model in dict.fromkeys(row["model"] for row in rows if row["kind"] == kind):
            same = [r for r in rows if r["kind"] == kind and r["model"] == model and r["fitted_on"] == fitted_on]
            if same:
                row = {"repository": f"mean of {len(same)}", "fitted_on": fitted_on, "kind": kind, "model": model}
                row["n"] = sum(r["n"] for r in same)
                row |= {k: sum(r[k] for r in same) / len(same) for k in ("mrr", "hit1", "hit3", "hard")}
                found.append(row | _ahead([r["ours_ahead"] for r in same if "ours_ahead" in r]))
        same = [r for r in rows if r["kind"] == "retention" and r["model"] == "ours" and r["fitted_on"] == fitted_on]
        if same and kind == "files":
            row = {"repository": f"mean of {len(same)}", "fitted_on": fitted_on, "kind": "retention", "model": "ours"}
            row |= {k: sum(r[k] for r in same) / len(same) for k in ("base", "brier_skill", "ece", "seconds")}
            found.append(row | {"n": sum(r["n"] for r in same)})
    return found


def _ahead(intervals: Sequence[Sequence[float]]) -> dict[str, Any]:
    if not intervals:
        return {}
    middle = sum((low + high) / 2 for low, high in intervals) / len(intervals)
    half = sum(((high - low) / 2) ** 2 for low, high in intervals) ** 0.5 / len(intervals)
    return {"ours_ahead": [middle - half, middle + half]}


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="owner/name")
    parser.add_argument("--repositories", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keeps the stores between runs")
    parser.add_argument("--fit", action="store_true", help="fit the parameters on FITTED_ON and write them")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.fit:
        places = find(args.repositories, FITTED_ON)
        missing = set(FITTED_ON) - {name_of(place) for place in places}
        if missing:
            raise SystemExit(f"no clone of {', '.join(sorted(missing))} in {args.repositories}")
        FITTED.write_text(fit_all(places, args.work))
        print(FITTED.read_text())
        return
    rows = run(find(args.repositories, args.names), args.work)
    rows += [row for fitted_on in (True, False) for row in mean(rows, fitted_on)]
    print(json.dumps(rows, indent=1) if args.json else table(rows))


if __name__ == "__main__":
    main()
