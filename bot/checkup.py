"""Everything that a support person would ask for, looked at one by one; what breaks is a finding, too."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from bot.people.account import user_name
from bot.troubles import mistake_of

if TYPE_CHECKING:
    from bot.wiring import House

MINIMUM_FREE_BYTES = 500_000_000
_ENVIRONMENT = (
    "LAMPLIGHTER_HOME", "SLACK_API_URL", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE", "HF_HUB_OFFLINE", "OMP_NUM_THREADS",
)  # fmt: skip


class Finding(NamedTuple):
    """One thing looked at; `cure` is empty where all is well."""

    what: str
    state: str
    cure: str = ""


def examine(house: House, now: int) -> Iterator[Finding]:
    """Every finding, the ground first and the people last; one that breaks is itself a finding."""
    ground, planned = [_versions, _machine, _surroundings, _home], [_timetable, _report, _platforms]
    checks: list[Callable[[House, int], Iterator[Finding]]] = [
        *ground, _store, _repositories, _lines, _model, _words, _meaning, _work_under_way, *planned, _nudges, _people
    ]  # fmt: skip
    if not house.has_store:  # looking makes no home
        checks = [*ground, _nothing, *planned]
    for check in checks:
        try:
            yield from check(house, now)
        except Exception as error:  # noqa: BLE001  (a doctor reports what breaks)
            yield _trouble(check.__name__.strip("_").replace("_", " "), error)


def _trouble(what: str, error: Exception) -> Finding:
    if (mistake := mistake_of(error)) is not None:
        return Finding(what, mistake.what, mistake.cure or "Mend it as it says.")
    return Finding(what, f"broke: {' '.join(repr(error).split())[:300]}", "Send this line to whoever supports you.")


def _versions(_house: House, _now: int) -> Iterator[Finding]:
    import sqlite3
    import subprocess
    from importlib.metadata import version
    from pathlib import Path

    yield Finding("lamplighter", f"{version('lamplighter')}, in {Path(__file__).parents[1]}")
    yield Finding("python", f"{sys.version.split()[0]}, {sys.executable}")
    libraries = ("faiss-cpu", "tantivy", "onnxruntime", "sqlalchemy", "gitpython", "slack-bolt")
    yield Finding("libraries", f"sqlite {sqlite3.sqlite_version}, {', '.join(f'{x} {version(x)}' for x in libraries)}")
    git = shutil.which("git")
    if git is None:
        yield Finding("git", "not found", "Install git, or put it on the PATH.")
        return
    told = subprocess.run([git, "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    yield Finding("git", f"{told}, {git}")


def _machine(_house: House, now: int) -> Iterator[Finding]:
    import locale
    import platform
    from datetime import UTC, datetime

    yield Finding("machine", f"{platform.platform()}, {os.cpu_count()} cores{_memory()}")
    here = datetime.fromtimestamp(now, UTC).astimezone()
    utc = datetime.fromtimestamp(now, UTC)
    yield Finding("clock", f"{here:%Y-%m-%d %H:%M} {here.tzname()}, {utc:%Y-%m-%d %H:%M} UTC")
    encoding = locale.getpreferredencoding(do_setlocale=False)
    plain = encoding.lower().replace("-", "") not in {"utf8", "cp65001"}
    cure = "Set LC_ALL=C.UTF-8, or letters beyond ASCII show as question marks." if plain else ""
    yield Finding("encoding", encoding, cure)


def _memory() -> str:
    """This machine's memory, and how much of it may be used, in words; "" where that cannot be asked."""
    try:
        total, free = (os.sysconf(name) * os.sysconf("SC_PAGE_SIZE") for name in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"))
    except (OSError, ValueError):
        return ""
    return f", {total / 1e9:.1f} GB memory ({free / 1e9:.1f} free)"


def _surroundings(_house: House, _now: int) -> Iterator[Finding]:
    """Who runs this, and what the environment says that changes how it runs; passwords in addresses left out."""
    yield Finding("user", f"{user_name()} (id {os.getuid()})")
    for name in _ENVIRONMENT:
        if value := os.environ.get(name):
            yield Finding(name, re.sub(r"//[^/@]*@", "//…@", value))


def _home(house: House, _now: int) -> Iterator[Finding]:
    from pathlib import Path

    from bot.config import FILE_NAME

    if house.config_file is None and (other := Path.cwd() / FILE_NAME).is_file():
        cure = f"If {other} is meant for Lamplighter, say so in its first line: # Lamplighter"
        yield Finding("config", "none found: defaults", cure)
    else:
        yield Finding("config", str(house.config_file or "none found: defaults"))
    free = shutil.disk_usage(house.home if house.home.exists() else house.settings.folder).free
    cure = "Free some space: indexes and the model need room." if free < MINIMUM_FREE_BYTES else ""
    yield Finding("home", f"{house.home} ({free / 1e9:.0f} GB free)", cure)
    if house.home.exists() and not os.access(house.home, os.W_OK):
        yield Finding("home", "not writable", f"Make {house.home} yours, or set LAMPLIGHTER_HOME.")


def _nothing(_house: House, _now: int) -> Iterator[Finding]:
    yield Finding("store", "none yet: nothing is indexed here", "Run `lamp index --repo PATH_OR_URL`.")


def _store(house: House, _now: int) -> Iterator[Finding]:
    from knowledge.store.schema import revision

    size = sum(file.stat().st_size for file in house.home.rglob("*") if file.is_file()) if house.home.exists() else 0
    yield Finding("store", f"{re.sub(r'//[^/@]*@', '//…@', house.db.url)}, schema {revision(house.db)}")
    if house.db.url.startswith("sqlite"):
        ((told,),) = house.db.read("PRAGMA quick_check(1)")
        cure = "" if told == "ok" else "Put a backup of lamplighter.sqlite in its place."
        yield Finding("store is sound", "yes" if told == "ok" else str(told), cure)
    yield Finding("size of home", f"{size / 1e6:,.0f} MB")
    counts = {
        table: house.db.read(f"SELECT COUNT(*) FROM {table}")[0][0]
        for table in ("commits", "touches", "passages", "people", "questions")
    }
    yield Finding("holds", ", ".join(f"{count:,} {table}" for table, count in counts.items()))


def _repositories(house: House, now: int) -> Iterator[Finding]:
    from bot.dates import ago
    from knowledge.store.repos import Repos

    repos = Repos(house.db).all()
    if not repos:
        yield Finding("repositories", "none indexed yet", "Run `lamp index --repo PATH_OR_URL`.")
    for repo in repos:
        rows: dict[str, int] = dict(
            house.db.read("SELECT source, time FROM cursors WHERE repo_id = :repo", repo=repo.id)
        )
        times = {"history": rows.get("git"), "docs": rows.get("docs"), "code": rows.get("code")}
        read = ", ".join(f"{what} {ago(time, now) if time else 'never'}" for what, time in times.items())
        behind = house.senses.behind(repo)
        where = f"{repo.location}, {repo.branch or 'no branch'} at {repo.head[:10] or 'nothing'}"
        yield Finding(f"repository {repo.name}", f"{where}; last read: {read}", behind)


def _lines(house: House, _now: int) -> Iterator[Finding]:
    from knowledge.store.lines import is_counted

    days = house.settings.index.history.lines_days
    if not days:
        yield Finding("lines", "not counted: index.history.lines_days is 0")
        return
    ((counted,),) = house.db.read("SELECT COUNT(*) FROM commits WHERE is_counted = 1 AND reachable = 1")
    cure = "" if is_counted(house.db) else "Run `lamp index --only lines`, or leave `lamp serve` running."
    yield Finding("lines", f"counted in {counted:,} commits of the last {days:,} days", cure)


def _model(house: House, _now: int) -> Iterator[Finding]:
    from bot.reports.backtest import fit_in_a_line
    from knowledge.proof.fitting import stored_fit
    from knowledge.store.repos import Repos

    for repo in Repos(house.db).all():
        yield Finding(f"who knows, in {repo.name}", fit_in_a_line(stored_fit(house.db, repo.id)))


def _words(house: House, _now: int) -> Iterator[Finding]:
    from knowledge.finding.words import Words

    counts = {channel: Words(house.home / "words", channel).count() for channel in ("pages", "commits")}
    total = house.db.read("SELECT COUNT(*) FROM passages")[0][0]
    cure = "Run `lamp index`: it follows the store." if counts["pages"] != total else ""
    yield Finding("words", f"{counts['pages']:,} of {total:,} passages, {counts['commits']:,} commits", cure)


def _meaning(house: House, _now: int) -> Iterator[Finding]:
    yield Finding("model", f"{house.settings.model.name}: {house.embedder.backend}; kept in {house.models}")
    done, total = house.coverage()
    cure = "" if done == total else "Run `lamp index --only meaning`, or leave `lamp serve` running."
    for channel, trouble in house.vector_troubles().items():
        yield Finding(f"meaning of {channel}", trouble, "Run `lamp index`: it is filled again from the store.")
    yield Finding("meaning", f"{done:,} of {total:,} passages read", cure)


def _work_under_way(house: House, now: int) -> Iterator[Finding]:
    from bot.senses.reading import LINES, MEANING, READING
    from bot.serve import served
    from knowledge.errors import Busy
    from knowledge.store.locks import held

    busy = []
    for name in (READING, LINES, MEANING):
        try:
            with held(house.home, name, house.db):
                pass
        except Busy:
            busy.append(name)
    yield Finding("indexing", f"under way: {' and '.join(busy)}" if busy else "nothing under way")
    state = served(house)
    if state is None:
        yield Finding("lamp serve", "not running in this home")
        return
    age = now - int(state["time"])
    slack = {True: "connected", None: "not asked for"}.get(state["slack"], "not connected")
    told = f"process {state['pid']}, last sign {age} s ago, Slack {slack}"
    yield Finding("lamp serve", told, "" if state["slack"] is not False and age < 90 else "See its log; restart it.")


def _timetable(house: House, now: int) -> Iterator[Finding]:
    from bot.planned import in_words, planned
    from bot.serve import served

    state = served(house)
    jobs = state.get("jobs", {}) if state else {}
    for one in planned(house.settings, now):
        mine = jobs.get(one.job, {}) if state else None
        failed = mine is not None and not mine.get("ok", True)
        yield Finding(f"job {one.name}", in_words(one, mine, now), "See the log of `lamp serve`." if failed else "")


def _people(house: House, _now: int) -> Iterator[Finding]:
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


def _report(house: House, _now: int) -> Iterator[Finding]:
    from bot.reports.calendar import trigger
    from bot.reports.zone import zone_of

    said, mail = house.settings.report, house.settings.mail
    trigger(said.when, zone_of(house.settings))
    where = [*([f"Slack {said.channel}"] if said.channel else []), *said.to]
    yield Finding("weekly report", f"{said.when} {said.timezone}, to {', '.join(where) or 'nobody'}")
    if said.to and not (mail.host and mail.sender):
        yield Finding("mail", "no server is set", "Fill in mail.host and mail.sender in config.yaml.")
    if mail.user and not os.environ.get("MAIL_PASSWORD"):
        yield Finding("mail", f"{mail.user} has no password", "Set MAIL_PASSWORD.")


def _platforms(house: House, _now: int) -> Iterator[Finding]:
    from bot.chat.slack_scopes import MISSING
    from bot.config import SECRETS
    from knowledge.store.repos import get_meta

    for name, what in SECRETS.items():
        yield Finding(name, f"{'set' if os.environ.get(name) else 'not set'} ({what})")
    if house.has_store and (missing := get_meta(house.db, MISSING)):
        cure = "Add it under OAuth & Permissions (docs/slack.md) and install the app again."
        yield Finding("Slack scopes", f"{missing} is missing: “do not disturb” is not seen before writing first", cure)
    if any(os.environ.get(name) for name in SECRETS if name.startswith("SLACK")):
        from bot.chat.slack import Tokens

        Tokens.from_environment(house.settings.slack.mode)  # one that is missing or of the wrong kind is a finding


def _nudges(house: House, _now: int) -> Iterator[Finding]:
    house.nudging()  # hours, zone, country or texts that cannot be are a finding
    said = house.settings.nudges
    state = f"{said.hours} o'clock, {said.timezone}, {said.country or 'no country'}; {said.budget} a person and week"
    yield Finding("nudges", state)
