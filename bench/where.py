"""Where something is: how often the first, or one of the first three places that an answer names is a right one.

    python -m bench.where [--words] [--show] HOME …

Each HOME is an indexed home (`LAMPLIGHTER_HOME=HOME lamp index …`) of one of the repositories of bench/where.jsonl, and its
folder is called as that is there. The questions were written, and their places found by reading, before any answer was seen. A path that
ends in "/" holds for whatever lies below it; a question without paths asks for what is not there, and only an abstention
is right. A choice that is offered is a place among the first three. `--words` leaves the model out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.config import Settings
from bot.conversation import Conversation
from bot.message import Asker, Choices, Incoming, Message
from bot.wiring import House
from knowledge.search import Search

QUESTIONS = Path(__file__).with_suffix(".jsonl")
NAMED = 3


class Tally(NamedTuple):
    """What became of the questions about one repository."""

    found: int
    first: int
    named: int
    unknown: int
    abstained: int

    def __str__(self) -> str:
        places = f"first {self.first}/{self.found}, among the first {NAMED} {self.named}/{self.found}"
        return f"{places}, abstained where nothing is {self.abstained}/{self.unknown}"


def places(message: Message) -> list[str]:
    """The paths that an answer names, the first first; "" stands before the choices of a question back."""
    if message.abstained:
        return []
    offered = [choice.label for part in message.parts if isinstance(part, Choices) for choice in part.choices]
    if offered:
        return ["", *(label.removesuffix(" (gone)").rpartition(" in ")[2] for label in offered)]
    target = message.data.get("target") or {}
    cited = [str(one["path"]) for one in message.data.get("evidence", ())]
    return cited or [str(target.get("path", ""))]


def is_right(path: str, right: Sequence[str]) -> bool:
    """Whether a path is one of the right ones, or below a directory that is."""
    return any(path == one or (one.endswith("/") and (path + "/").startswith(one)) for one in right)


def tally(house: House, questions: Sequence[dict[str, Any]], *, words: bool, show: bool) -> Tally:
    """Ask every question in a home."""
    search = Search(house.db, house.home) if words else house.search()
    talk = Conversation(house.db, lambda: search)
    counts = [0] * 5
    for row in questions:
        message = talk.reply(Incoming(row["question"], Asker("terminal", "bench"), thread=row["question"]))
        assert "fault" not in message.data, row["question"]
        named, right = places(message), row["paths"]
        if right:
            hit = bool(named) and is_right(named[0], right)
            near = any(is_right(path, right) for path in named[: NAMED + (named[:1] == [""])])
            counts = [a + b for a, b in zip(counts, (1, hit, near, 0, 0), strict=True)]
            mark = "1" if hit else "3" if near else "-" if named else "a"
        else:
            counts = [a + b for a, b in zip(counts, (0, 0, 0, 1, not named), strict=True)]
            mark = "ok" if not named else "!!"
        if show:
            print(f"{mark:>3} {message.intent:<12} {row['question']}  →  {' | '.join(named[:4]) or 'abstained'}")
    return Tally(*counts)


def main() -> None:
    """Print a line a home."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("homes", nargs="+", type=Path)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for home in args.homes:
        asked = [row for row in rows if row["repo"] == home.name]
        print(f"{home.name}: {tally(House(Settings(), None, home), asked, words=args.words, show=args.show)}")


if __name__ == "__main__":
    main()
