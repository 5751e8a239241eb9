"""A whole answer of a process that serves, kind by kind of question: understanding, finding, citing, freshness, people.

    python -m bench.answer_speed --config FILE [--questions 100] [--words]

It asks the conversation of a home that is indexed, about places that are drawn from its own store, and counts the CPU
milliseconds from the text of a question to the message with its sources. Every question is recorded, as in service: let
it be a copy. With `--words`, the model has read nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bench.search_speed import peak_mb, spread

if TYPE_CHECKING:
    from knowledge.store.database import Database

WARM_UP = 20  # questions of each kind that are not counted
LEAST = 10  # answers of one outcome that are worth a row
_LIVING = "FROM nodes WHERE alive = 1 AND is_dir = 0 ORDER BY id"
_SYMBOLS = "SELECT DISTINCT symbol FROM passages WHERE kind = 'code' AND symbol <> '' ORDER BY symbol"


def kinds(db: Database, draw: random.Random) -> dict[str, Callable[[], str]]:
    """What makes a question of each kind."""
    paths = [row[0] for row in db.read(f"SELECT path {_LIVING}")]
    titles = [title for row in db.read("SELECT title FROM passages WHERE kind = 'doc'") if (title := _spoken(row[0]))]
    symbols = [row[0].rpartition(".")[2] for row in db.read(_SYMBOLS)]

    def about(form: str, subjects: list[str]) -> Callable[[], str]:
        return lambda: form.format(draw.choice(subjects))

    return {
        "knowledge, how": about("how does {} work?", titles),
        "knowledge, what": about("what do I need to know about {}?", titles),
        "where, a page": about("where is {} documented?", titles),
        "where, a symbol": about("where is `{}` defined?", symbols),
        "last touched": about("who last touched {}?", paths),
        "who knows, a path": about("who knows {}?", paths),
        "who knows, a topic": about("who knows about {}?", titles),
        "history, a path": about("why was {} changed?", paths),
        "history, a topic": about("when did we change {}?", titles),
    }


def _spoken(title: str) -> str:
    words = re.sub(r"[^\w\s'-]", " ", title.rsplit(" › ", maxsplit=1)[-1]).split()
    return " ".join(words).lower() if 1 <= len(words) <= 6 else ""


def run(config: str, count: int, *, words: bool) -> Iterator[dict[str, object]]:
    """A row for each kind of question and what became of it, with the peak of memory up to then."""
    from bot.message import Asker, Incoming
    from bot.wiring import open_house
    from knowledge.search import Search

    house = open_house(config).begun()
    if words:
        house.__dict__["_search"] = Search(house.db, house.home)  # what the house would make of it with a model
    talk = house.conversation()
    asker = Asker("terminal", "bench", "bench")
    makers = kinds(house.db, random.Random(0))
    for make in makers.values():
        for _ in range(WARM_UP):
            talk.reply(Incoming(make(), asker))
    for kind, make in makers.items():
        told: dict[str, list[tuple[float, float]]] = {}
        for _ in range(count):
            question = Incoming(make(), asker)
            began, clock = time.process_time(), time.perf_counter()
            message = talk.reply(question)
            took = (1000 * (time.process_time() - began), 1000 * (time.perf_counter() - clock))
            outcome = "abstained" if message.abstained else "answered"
            told.setdefault(f"{message.intent}, {outcome}", []).append(took)
        for outcome, times in told.items():
            if len(times) >= LEAST:
                cpu, wall = zip(*times, strict=True)
                row: dict[str, object] = {"what": kind, "outcome": outcome, "questions": len(times)}
                yield row | spread("cpu", [*cpu]) | spread("wall", [*wall]) | {"rss_mb": peak_mb()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--words", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as bot/cli.py says
    for row in run(given.config, given.questions, words=given.words):
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
