"""Keeps what is dear to compute about a repository's areas, and what the team says about them, as JSON in `meta`.

A study is valid for one stamp: the newest commit and page, what was dropped, who is whom, the rules and the day.
Losing it costs seconds, never knowledge.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from knowledge.areas.codeowners import PLACES, parse
from knowledge.areas.partition import NO_RULES, AreaRules, NamedArea
from knowledge.errors import fault_id
from knowledge.store.database import Database
from knowledge.store.repos import get_meta, set_meta

log = logging.getLogger("lamplighter.studies")

FORM = 2  # raised when the same history would now be studied differently
NAMED = "areas"
_OWNERS = "codeowners of {}"  # [[since when, path, text]], the oldest first
MOST_VERSIONS = 20  # of CODEOWNERS are kept
_STUDY = "area study {}"


def stamp(db: Database, repo_id: int, day: int, keys: str) -> str:
    """What a study of this moment depends on, in short."""
    commits = db.read(
        "SELECT COUNT(*), COALESCE(MAX(id), 0), COALESCE(SUM(reachable), 0) FROM commits WHERE repo_id = :repo",
        repo=repo_id,
    )
    pages = db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")
    facts = [FORM, day, *map(int, commits[0]), int(pages[0][0]), get_meta(db, "people"), keys]
    return blake2b(json.dumps(facts).encode(), digest_size=12).hexdigest()


def recall(db: Database, repo_id: int, stamped: str) -> Mapping[str, Any] | None:
    """The kept study of that stamp."""
    kept = get_meta(db, _STUDY.format(repo_id))
    found = json.loads(kept) if kept.startswith(f'{{"stamp": "{stamped}"') else None
    return found["study"] if found else None


def keep(db: Database, repo_id: int, stamped: str, study: Mapping[str, Any]) -> None:
    """Keep the study of a stamp in place of an older one."""
    try:
        with db.transaction() as tx:
            set_meta(tx, _STUDY.format(repo_id), json.dumps({"stamp": stamped, "study": study}))
    except Exception:  # the store may be full or busy; the study is worth more than its copy
        log.exception("a study of areas could not be kept (id %s)", fault_id())


# -- what the team says -----------------------------------------------------------------------------------------------


def set_named(db: Database, named: tuple[NamedArea, ...]) -> None:
    """Remember the areas that config.yaml names; one look when they are those of before."""
    said = json.dumps([one._asdict() for one in named], sort_keys=True)
    if (get_meta(db, NAMED) or "[]") != said:
        with db.transaction() as tx:
            set_meta(tx, NAMED, said)


def has_owners(db: Database, repo_id: int) -> bool:
    """Whether the past of CODEOWNERS was read."""
    return bool(get_meta(db, _OWNERS.format(repo_id)))


def ever_had_owners(db: Database, repo_id: int) -> bool:
    """Whether any commit that was read touched a CODEOWNERS where it counts."""
    places = {f"p{number}": place for number, place in enumerate(PLACES)}
    marks = ", ".join(f":{name}" for name in places)
    return bool(db.read(f"SELECT 1 FROM nodes WHERE repo_id = :repo AND path IN ({marks})", repo=repo_id, **places))


def set_owners_past(db: Database, repo_id: int, versions: Sequence[tuple[int, str, str]]) -> None:
    """Remember what CODEOWNERS said before: (since when, path, text), the oldest first."""
    with db.transaction() as tx:
        set_meta(tx, _OWNERS.format(repo_id), json.dumps(versions[-MOST_VERSIONS:]))


def set_owners(db: Database, repo_id: int, path: str, text: str) -> None:
    """Remember the CODEOWNERS of the indexed commit beside what it said before.

    Args:
        db: the store.
        repo_id: the repository.
        path: where it lies; "" for none.
        text: what it says.
    """
    key = _OWNERS.format(repo_id)
    versions = json.loads(get_meta(db, key) or "[]")
    before = versions[-1][1:] if versions else ["", ""]
    if before != [path, text]:
        versions.append([_last_touch(db, repo_id, path or before[0]), path, text])
        with db.transaction() as tx:
            set_meta(tx, key, json.dumps(versions[-MOST_VERSIONS:]))


def rules(db: Database, repo_id: int, now: int) -> AreaRules:
    """What the team says about its areas; CODEOWNERS as it stood at `now`."""
    named = tuple(
        NamedArea(one["name"], tuple(one["paths"]), one["critical"], one["holders_wanted"])
        for one in json.loads(get_meta(db, NAMED) or "[]")
    )
    versions = json.loads(get_meta(db, _OWNERS.format(repo_id)) or "[]")
    text = next((text for time, _, text in reversed(versions) if time <= now), "")
    return AreaRules(named, parse(text)) if text else NO_RULES._replace(named=named)


def _last_touch(db: Database, repo_id: int, path: str) -> int:
    rows = db.read(
        "SELECT MAX(c.commit_time) FROM nodes n JOIN touches t ON t.node_id = n.id JOIN commits c ON c.id = t.commit_id"
        " WHERE n.repo_id = :repo AND n.path = :path AND c.reachable = 1",
        repo=repo_id,
        path=path,
    )
    return int(rows[0][0] or 0)
