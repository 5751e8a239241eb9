"""How often a question as people type it gets the right intent and the right thing that it is about, on real repositories.

    python -m bench.phrases FILE … --repository NAME=PATH … [--work FOLDER] [--meaning] [--wrong]

A line of a FILE: `{"repo", "text", "intents", "target", "before", "also"}`. Right is an answer of one of the `intents`
whose target (for people and pages also who and what it names) has one of the words of `target` ("a|b"; "" for any), or
a question back with such a choice. `before` are earlier questions of the thread; `also` are the intents of a second
question in the same words. With --meaning the repositories are embedded first, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.config import RepoSettings, Settings
from bot.conversation import Conversation
from bot.message import Asker, Choices, Incoming, Message
from bot.wiring import House
from indexers.pipeline import Silent


class Verdict(NamedTuple):
    """What became of a phrase."""

    intent: bool
    target: bool
    also: bool
    got: Message

    @property
    def right(self) -> bool:
        """Intent and target, both."""
        return self.intent and self.target


def conversation(name: str, path: str, work: Path, steps: Sequence[str]) -> Conversation:
    """A repository, read and ready to be asked about."""
    repo = RepoSettings(location=str(Path(path).resolve()), name=name)
    house = House(Settings(folder=work / name, repos=(repo,)), None)
    house.senses.index(locations=(repo.location,), steps=steps, progress=Silent(), now=int(time.time()))
    return house.fresh().conversation()


def asked(talk: Conversation, row: dict[str, Any], number: int) -> Message:
    """The answer to a phrase, after those that stand before it in its thread."""
    now = int(time.time()) - 100
    thread = f"{number}-{time.time_ns()}"
    for at, text in enumerate([*row.get("before", ()), row["text"]]):
        message = talk.reply(Incoming(text, Asker("terminal", "bench"), place="bench", thread=thread, time=now + at))
    return message


def judged(row: dict[str, Any], message: Message) -> Verdict:
    """Whether the answer has the intent and is about what was meant."""
    data = message.data
    wanted = [word for word in row["target"].casefold().split("|") if word]
    target = data.get("target") or {}
    said = " ".join(str(target.get(key) or "") for key in ("path", "topic", "line", "symbol"))
    if message.intent in {"person", "what_if"}:
        said += " ".join(person["name"] for person in data.get("people") or ())
    if message.intent in {"knowledge", "history", "stale", "person", "what_if"}:
        said += " " + message.text[:300] + " ".join(f"{e['path']} {e['title']}" for e in data.get("evidence") or ())
    said += " ".join(c.label for part in message.parts if isinstance(part, Choices) for c in part.choices)
    fits = not wanted or any(word in said.casefold() for word in wanted)
    told = {one["intent"] for one in data.get("also") or ()}
    return Verdict(message.intent in row["intents"], fits, set(row.get("also", ())) <= told, message)


def main() -> None:
    """Ask, judge and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--repository", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lamplighter-phrases")
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="show what was not right")
    args = parser.parse_args()
    steps = ("history", "docs", "code", *(("meaning",) if args.meaning else ()))
    paths = dict(one.split("=", 1) for one in args.repository)
    talks = {name: conversation(name, path, args.work, steps) for name, path in paths.items()}
    for file in args.files:
        rows = [row for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()) if row["repo"] in talks]
        verdicts = [judged(row, asked(talks[row["repo"]], row, number)) for number, row in enumerate(rows)]
        for row, verdict in zip(rows, verdicts, strict=True):
            if args.wrong and not verdict.right:
                print(f"  {'/'.join(row['intents'])} [{row['target']}] got {verdict.got.intent}: {row['text']}")
        right = Counter(row["intents"][0] for row, verdict in zip(rows, verdicts, strict=True) if verdict.right)
        every = Counter(row["intents"][0] for row in rows)
        two = [verdict.also for row, verdict in zip(rows, verdicts, strict=True) if row.get("also")]
        print(f"{file.stem}: {sum(right.values())} of {len(rows)} right, intent alone {sum(v.intent for v in verdicts)},"
              f" second questions {sum(two)} of {len(two)};", ", ".join(f"{i} {right[i]}/{n}" for i, n in every.items()))  # fmt: skip


if __name__ == "__main__":
    main()
