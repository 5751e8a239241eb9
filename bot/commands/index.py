"""Read what is new in history, docs and code; safe to interrupt, it goes on where it was."""

from __future__ import annotations

import argparse
import sys

from bot.commands import add_json, moment, print_json

STEPS = ("history", "docs", "code", "lines", "meaning")
AREAS = "areas"  # not by itself: works out ahead what the first question about areas would wait for


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp index`."""
    parser.add_argument(
        "--repo", action="append", default=[], metavar="PATH_OR_URL", help="a repository to read (again: more of them)"
    )
    parser.add_argument(
        "--only", action="append", choices=(*STEPS, AREAS), help="one step instead of all (again: more of them)"
    )
    parser.add_argument("--rebuild", action="store_true", help="build the indexes of words and meaning anew")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Index and print the summary."""
    from bot.progress import Bar
    from bot.wiring import open_house

    house = open_house(args.config)
    with Bar() as bar:
        summary = house.senses.index(
            locations=args.repo,
            steps=[step for step in (*STEPS, AREAS) if step in (args.only or STEPS)],
            progress=bar,
            now=moment(None),
            rebuild=args.rebuild,
            on_wait=lambda: print("Another Lamplighter is indexing here; waiting for it …", file=sys.stderr),
        )
    if args.json:
        print_json(as_json(summary))
    else:
        print(in_words(summary))
    return 0


def as_json(summary: object) -> dict[str, object]:
    """The object of `lamp index --json`."""
    from knowledge.model import IndexSummary

    assert isinstance(summary, IndexSummary)  # noqa: S101  (keeps the import of the nouns lazy)
    return {
        "commits": summary.commits,
        "events": summary.events,
        "passages": summary.passages,
        "embedded": summary.embedded,
        "skipped": [{"where": s.where, "why": s.why} for s in summary.skipped],
        "seconds": round(summary.seconds, 2),
    }


def in_words(summary: object) -> str:
    """The summary for people: what was read, what is new, what was skipped and why, how long it took."""
    from collections import Counter

    from bot.phrases import count, join
    from knowledge.model import IndexSummary

    assert isinstance(summary, IndexSummary)  # noqa: S101
    found = [
        f"{count(summary.commits, 'new commit')} ({count(summary.events, 'event')})" if summary.commits else "",
        count(summary.passages, "new passage") if summary.passages else "",
        f"the meaning of {count(summary.embedded, 'text')}" if summary.embedded else "",
    ]
    read = join([part for part in found if part])
    took = f"{summary.seconds:.1f} s"
    lines = [f"Read {read}, in {took}." if read else f"No new commits, docs or code; looking took {took}."]
    reasons = Counter(s.why for s in summary.skipped)
    for why, times in reasons.most_common(8):
        where = next(s.where for s in summary.skipped if s.why == why)
        lines.append(f"  skipped {where}: {why}" if times == 1 else f"  skipped {times} files, such as {where}: {why}")
    if len(reasons) > 8:
        lines.append(f"  … and {len(reasons) - 8} more reasons (--json lists all)")
    return "\n".join(lines)
