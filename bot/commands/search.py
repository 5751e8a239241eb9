"""The passages that match a question best, with path and lines; --batch reads JSON lines {"id", "query"}."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from bot.commands import add_json, number, print_json
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from knowledge.model import Evidence

MOST = 1_000  # results at once


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp search`."""
    parser.add_argument("query", nargs="*", help="in your own words")
    parser.add_argument("-k", type=number(1, MOST), default=10, metavar="N", help="how many results (default 10)")
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON lines {"id", "query"} (- is stdin); writes {id, results} each'
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Search and print."""
    from bot.wiring import open_house

    search = open_house(args.config).fresh().search()
    if args.batch:
        for question in read_batch(args.batch, "query"):
            found = search.pages(question["query"], args.k) if question["query"].strip() else []
            print_json({"id": question.get("id"), "results": as_json(found)})
        return 0
    if not "".join(args.query).strip():
        raise Mistake("there is nothing to search for", 'Try: lamp search "how are sessions signed"')
    found = search.pages(" ".join(args.query), args.k)
    if args.json:
        print_json({"results": as_json(found)})
    else:
        print("\n\n".join(in_words(e) for e in found) or "Nothing matches these words.")
    return 0 if found else 2


def read_batch(file: str, key: str = "") -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, each with a text under `key` if that is given."""
    rows: list[dict[str, Any]] = []
    try:
        stream = nullcontext(sys.stdin) if file == "-" else open(file, encoding="utf-8")  # noqa: PTH123, SIM115
        with stream as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    rows.append(_row(file, number, line, key))
    except OSError as error:
        raise Mistake(
            f"{file} cannot be read ({error.strerror})", "Name a file of JSON lines, or - for stdin."
        ) from error
    except UnicodeDecodeError as error:
        raise Mistake(f"{file} is not text in UTF-8", "Name a file of JSON lines, or - for stdin.") from error
    return rows


def _row(file: str, number: int, line: str, key: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise Mistake(f"{file}:{number} is not JSON ({error})", "Write one object a line.") from error
    if not isinstance(row, dict) or (key and not isinstance(row.get(key), str)):
        raise Mistake(f"{file}:{number} has no text under {key!r}", f'Write {{"{key}": "…"}}.')
    return row


def as_json(found: Sequence[Evidence]) -> list[dict[str, Any]]:
    """The `results` of `lamp search --json`."""
    return [
        {
            "path": e.path,
            "line_start": e.line_start,
            "line_end": e.line_end,
            "title": e.title,
            "kind": e.kind,
            "commit": e.commit,
            "score": round(e.score, 4),
        }
        for e in found
    ]


def in_words(e: Evidence) -> str:
    """One result for people."""
    quote = " ".join(e.quote.split())
    shown = quote if len(quote) <= 240 else quote[:239] + "…"
    return f"{e.path}:{e.line_start}-{e.line_end}  {e.title}\n  {shown}"
