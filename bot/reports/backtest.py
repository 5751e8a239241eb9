"""A backtest in words, for somebody who leads a team and is no statistician."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from textwrap import wrap

from knowledge.proof.backtest import OURS, Backtest, Calibration, Row
from knowledge.proof.figures import Bin
from knowledge.proof.fitting import Fit
from knowledge.shares import percent

TRUSTED = 100  # cases, below which a bar of the curve is not put into a sentence
BAR_WIDTH = 40
WIDTH = 100
NAMES = {
    "ours": "Lamplighter",
    "DOA": "degree of authorship",
    "surviving lines": "surviving lines *",
}
UNTOLD = ("ours", "AKB+", "defaults")  # earlier forms of the model are in the JSON


def lines(name: str, found: Backtest) -> Iterator[str]:
    """The whole result, a line each."""
    span = f"{found.halves} half-years, those from {_month(found.first)} to {_month(found.last)}"
    yield from _said(
        f"How right would Lamplighter have been about {name}? Tried on {span}: each from nothing but what was known on "
        "its first day, against who then really worked there in the next 180 days."
    )
    yield ""
    yield from _table("files", found.file_count, found.files, found)
    if found.directories:
        yield ""
        yield from _table("directories", found.directory_count, found.directories, None)
    yield ""
    yield from _said(
        "First guess: the first name was right. In three: one of the first three was. MRR: 1 for a right first name, ½ "
        "for a right second, and so on, with its 95 % interval. Hard: its mean where the last toucher did not return."
    )
    if found.calibration:
        yield ""
        yield from _calibration(found.calibration)
    yield ""
    yield from _fitted(found)
    yield ""
    yield from _meaning(found)


def _table(kind: str, count: int, rows: tuple[Row, ...], found: Backtest | None) -> Iterator[str]:
    yield f"Who works on it next? {count:,} {kind} that somebody known did work on."
    yield f"  {'':26}first guess   in three   MRR                  hard"
    order = [rows[OURS], *(row for row in rows if row.model not in UNTOLD)]
    lines_of = found.lines if found else None
    for row in [*order, *([lines_of.lines] if lines_of else [])]:
        yield (
            f"  {NAMES.get(row.model, row.model):26}{percent(row.hit1):>8}{percent(row.hit3):>13}"
            f"   {row.mrr:>7.3f} [{row.low:.3f}, {row.high:.3f}]  {row.hard:.3f}"
        )
    if lines_of:
        ours = f"{percent(lines_of.ours.hit1)}, {percent(lines_of.ours.hit3)} and {lines_of.ours.mrr:.3f}"
        yield from _said(
            f"  * ranked by the lines of theirs that were left (blame), for {lines_of.files} of these files, drawn; "
            f"Lamplighter has {ours} there."
        )


def _calibration(found: Calibration) -> Iterator[str]:
    yield f"How sure can it be? {found.cases:,} times it said how likely somebody is still active somewhere."
    yield "  it said   came true"
    for one in found.curve:
        bar = "█" * round(one.seen * BAR_WIDTH)
        yield f"  {percent(one.said):>6}   {percent(one.seen):>6}  {bar:<{BAR_WIDTH}} {one.cases:>9,} cases"
    yield f"  On average it was off by {found.error * 100:.1f} percentage points (ECE). Brier score {found.score:.4f},"
    yield f"  skill {found.skill:.2f} [{found.skill_low:.2f}, {found.skill_high:.2f}]: 0 knows nothing, 1 knows all."


def _fitted(found: Backtest) -> Iterator[str]:
    if not found.since:
        yield from _said(
            "There is too little history to learn from yet: these are the numbers that fit public repositories best."
        )
        return
    moved = found.params[:2] != found.defaults[:2]
    said = (
        "Fitted to this repository: what a probability means here. Each half-year was judged with what the ones before "
        f"it had taught, from {_month(found.since)} on; what came before taught too little, and is not counted above."
    )
    now, usual = found.params, found.defaults
    if moved:
        said += (
            f" Fitted, too: how much it counts who is still around (exponent {now.presence:g}, usually "
            f"{usual.presence:g}) and who works across the tree ({now.breadth:g}, usually {usual.breadth:g})."
        )
    else:
        said += " People are ranked as fits public repositories best: no other weighing was surely better here."
    yield from _said(said)


def _meaning(found: Backtest) -> Iterator[str]:
    if not found.files:
        yield "What it means: nobody known changed a file in these half-years: there was nothing to be right about."
        return
    ours, last = found.files[OURS], found.files[0]
    low, high = found.ahead
    better = "better than" if low > 0 else "worse than" if high < 0 else "no surer than"
    hits = [round(100 * share) for share in (ours.hit1, ours.hit3, last.hit1, last.hit3)]
    said = (
        f"What it means: the first name is right for {hits[0]} of 100 files, one of three for {hits[1]}; with whoever "
        f"touched it last, {hits[2]} and {hits[3]}. That is {better} the last toucher ({low:+.3f} to {high:+.3f} MRR)."
    )
    told = believable(found.calibration)
    if told:
        said += f" When it says {percent(told.said)}, {round(100 * told.seen)} of 100 were still active."
    yield from _said(said)


def believable(found: Calibration | None) -> Bin | None:
    """The highest bar of the curve with cases enough to be put into a sentence."""
    bins = [one for one in (found.curve if found else ()) if one.cases >= TRUSTED]
    return max(bins, key=lambda one: one.said, default=None)


def fit_in_a_line(fit: Fit | None) -> str:
    """What was learnt from a repository's past, and how right it was since, in a sentence."""
    if fit is None:
        return "nothing learnt from its past yet: `lamp index` does, behind everything else"
    if not fit.is_own or not fit.files:
        return "too little history to learn from: the numbers that fit public repositories best"
    until = datetime.fromtimestamp(fit.until, UTC).date()
    return (
        f"fitted to its past up to {until}; in {fit.halves} half-years, each before it was learnt from, the first name"
        f" was right for {percent(fit.hit1)} of the files, one of three for {percent(fit.hit3)} (MRR {fit.mrr:.2f},"
        f" last toucher {fit.last_mrr:.2f})"
    )


def _said(text: str) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent="    " if text.startswith("  *") else "")


def _month(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%B %Y")
