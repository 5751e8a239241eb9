"""Check everything a support person would ask for; `!` marks what needs a look, with its cure."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from bot.commands import add_json, print_json
from bot.troubles import mistake_of

if TYPE_CHECKING:
    from bot.wiring import House

MINIMUM_FREE_BYTES = 500_000_000


class Finding(NamedTuple):
    """One thing looked at; `cure` is empty where all is well."""

    what: str
    state: str
    cure: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp doctor`."""
    parser.add_argument("--health", action="store_true", help="only: is `lamp serve` connected? (exit 0 or 1)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Look at everything and print it."""
    from bot.wiring import open_house

    house = open_house(args.config)
    if args.health:
        from bot.serve import is_healthy

        return 0 if is_healthy(house, time.time()) else 1
    found = list(examine(house))
    if args.json:
        print_json({"findings": [f._asdict() for f in found]})
    else:
        width = max(len(f.what) for f in found)
        for f in found:
            print(
                f"{'!' if f.cure else ' '} {f.what:<{width}}  {f.state}"
                + (f"\n  {'':<{width}}  → {f.cure}" if f.cure else "")
            )
    return 0


def examine(house: House) -> Iterator[Finding]:
    """Every finding; one that breaks is itself a finding."""
    checks: list[Callable[[House], Iterator[Finding]]] = [
        _versions, _home, _store, _repositories, _words_and_meaning, _people, _platforms,
    ]  # fmt: skip
    for check in checks:
        try:
            yield from check(house)
        except Exception as error:  # noqa: BLE001  (a doctor reports what breaks)
            yield _trouble(check.__name__.strip("_").replace("_", " "), error)


def _trouble(what: str, error: Exception) -> Finding:
    if (mistake := mistake_of(error)) is not None:
        return Finding(what, mistake.what, mistake.cure or "Mend it as it says.")
    return Finding(what, f"broke: {' '.join(repr(error).split())[:300]}", "Send this line to whoever supports you.")


def _versions(_: House) -> Iterator[Finding]:
    import subprocess
    from importlib.metadata import version

    yield Finding("lamplighter", version("lamplighter"))
    yield Finding("python", sys.version.split()[0])
    git = shutil.which("git")
    if git is None:
        yield Finding("git", "not found", "Install git.")
        return
    told = subprocess.run([git, "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    yield Finding("git", told)


def _home(house: House) -> Iterator[Finding]:
    yield Finding("config", str(house.config_file or "none found: defaults"))
    free = shutil.disk_usage(house.home if house.home.exists() else house.settings.folder).free
    cure = "Free some space: indexes and the model need room." if free < MINIMUM_FREE_BYTES else ""
    yield Finding("home", f"{house.home} ({free / 1e9:.0f} GB free)", cure)
    if house.home.exists() and not os.access(house.home, os.W_OK):
        yield Finding("home", "not writable", f"Make {house.home} yours, or set LAMPLIGHTER_HOME.")


def _store(house: House) -> Iterator[Finding]:
    from knowledge.store.schema import revision

    yield Finding("store", f"{house.settings.store_url.split('@')[-1]}, schema {revision(house.db)}")
    counts = {
        table: house.db.read(f"SELECT COUNT(*) FROM {table}")[0][0]
        for table in ("commits", "touches", "passages", "people", "questions")
    }
    yield Finding("holds", ", ".join(f"{count:,} {table}" for table, count in counts.items()))


def _repositories(house: House) -> Iterator[Finding]:
    from knowledge.store.repos import Repos

    repos = Repos(house.db).all()
    if not repos:
        yield Finding("repositories", "none indexed yet", "Run `lamp index --repo PATH_OR_URL`.")
    for repo in repos:
        behind = house.senses.behind(repo)
        yield Finding(f"repository {repo.name}", f"{repo.location} at {repo.head[:10] or 'nothing'}", behind)


def _words_and_meaning(house: House) -> Iterator[Finding]:
    done, total = house.coverage()
    cure = "" if done == total else "Run `lamp index --only meaning`, or leave `lamp serve` running."
    yield Finding("model", f"{house.settings.model.name}: {house.embedder.backend}")
    for channel, trouble in house.vector_troubles().items():
        yield Finding(f"meaning of {channel}", trouble, "Run `lamp index`: it is filled again from the store.")
    yield Finding("meaning", f"{done:,} of {total:,} passages read", cure)


def _people(house: House) -> Iterator[Finding]:
    from knowledge.store import people
    from knowledge.store.likely import may_be_one
    from knowledge.store.sayings import contradictions

    house.with_people()
    for someone in people.unmapped(house.db)[:10]:
        yield Finding(
            f"{someone.platform} account",
            f"{someone.asker} asked {someone.questions} times and is nobody known",
            "Link it: `lamp people link PERSON --slack ID`, or add its id to people in config.yaml.",
        )
    for pair in may_be_one(house.db, limit=5):
        yield Finding(
            "maybe one person",
            f"{pair.first.name} <{pair.first.email}> and {pair.second.name} <{pair.second.email}> ({pair.why})",
            f"If they are one: `lamp people merge {pair.first.person_id} {pair.second.person_id}`.",
        )
    for config, hand in contradictions(house.db):
        yield Finding(
            "two sides",
            f"config.yaml says {config.what} {config.value or 'yes'} of person {config.person_id},"
            f" {hand.said_by} said {hand.value or 'yes'}; config.yaml holds",
            "Change config.yaml, or say the same with `lamp people`.",
        )


def _platforms(_: House) -> Iterator[Finding]:
    from bot.config import SECRETS

    for name, what in SECRETS.items():
        yield Finding(name, f"{'set' if os.environ.get(name) else 'not set'} ({what})")
