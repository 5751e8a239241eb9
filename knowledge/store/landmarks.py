"""Reads what landmarks are made of, and keeps them as JSON in `meta` until a passage or the tree changes."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from knowledge.errors import fault_id
from knowledge.store.database import Database
from knowledge.store.repos import get_meta, set_meta
from knowledge.ways_in.landmarks import About, Guide, Landmark, Landmarks, Piece, landmarks

log = logging.getLogger("lamplighter.landmarks")

FORM = 2  # raised when the same passages would now be read differently
_KEY = "landmarks {}"


def stamp(db: Database, repo_id: int) -> str:
    """What depends on the indexed tree alone is valid for this: its commit and its passages, in short."""
    head = db.read("SELECT head FROM repos WHERE id = :repo", repo=repo_id)
    latest = db.read("SELECT COALESCE(MAX(seq), 0) FROM passage_changes")
    facts = [FORM, head[0][0] if head else "", int(latest[0][0])]
    return blake2b(json.dumps(facts).encode(), digest_size=12).hexdigest()


def read_landmarks(db: Database, repo_id: int) -> Landmarks:
    """The landmarks of the indexed tree; kept ones, where it has not changed since."""
    stamped = stamp(db, repo_id)
    kept = get_meta(db, _KEY.format(repo_id))
    if kept.startswith(f'{{"stamp": "{stamped}"'):
        return _revived(json.loads(kept))
    found = landmarks(_pieces(db, repo_id, "code"), _pieces(db, repo_id, "doc"), _paths(db, repo_id))
    told = {"stamp": stamped, "files": found.files, "guides": found.guides, "uses": found.uses}
    try:
        with db.transaction() as tx:
            set_meta(tx, _KEY.format(repo_id), json.dumps(told))
    except Exception:  # the store may be full or busy; landmarks are worth more than their copy
        log.exception("landmarks could not be kept (id %s)", fault_id())
    return found


def _revived(kept: Mapping[str, Any]) -> Landmarks:
    """Landmarks from their JSON."""
    files = {path: Landmark._make([*values[:-1], tuple(values[-1])]) for path, values in kept["files"].items()}
    guides = {
        path: Guide._make([*values[:-1], tuple(About._make(one) for one in values[-1])])
        for path, values in kept["guides"].items()
    }
    return Landmarks(files, guides, {path: tuple(found) for path, found in kept["uses"].items()})


def _pieces(db: Database, repo_id: int, kind: str) -> list[Piece]:
    column = "p.symbol" if kind == "code" else "p.title"
    rows = db.read(
        f"SELECT d.path, p.line_start, {column}, p.text FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo AND p.kind = :kind ORDER BY d.path, p.line_start, p.id",
        repo=repo_id,
        kind=kind,
    )
    return [Piece(*row) for row in rows]


def _paths(db: Database, repo_id: int) -> list[str]:
    rows = db.read("SELECT path FROM nodes WHERE repo_id = :repo AND alive = 1 AND is_dir = 0", repo=repo_id)
    return [row[0] for row in rows]
