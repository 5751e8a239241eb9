"""What the pages of a repository name, kept page by page: only pages whose text changed are read again.

Reading every page for names is half of what a study of areas costs. What was found is kept as JSON in `meta` beside a
digest of each page's text; losing it costs a reading, never knowledge.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from knowledge.errors import fault_id
from knowledge.fresh import MOST_NAMES, names
from knowledge.store.database import Database
from knowledge.store.repos import get_meta, set_meta

log = logging.getLogger("lamplighter.studies")

FORM = 1  # raised when the same text would now yield other names
AT_ONCE = 500
_KEY = "page names {}"
Said = dict[str, list[str]]  # by path


def said(db: Database, repo_id: int) -> Said:
    """What of each page's text looks like a path or a name of code, in the order of the text."""
    passages, digests = _pages(db, repo_id)
    kept = _kept(db, repo_id)
    known = {path: kept[path][1] for path, digest in digests.items() if path in kept and kept[path][0] == digest}
    fresh = _read(db, {path: passages[path] for path in passages if path not in known})
    found = {path: known[path] if path in known else fresh[path] for path in passages}
    if fresh or len(kept) != len(found):
        _keep(db, repo_id, {path: [digests[path], listed] for path, listed in found.items()})
    return found


def _pages(db: Database, repo_id: int) -> tuple[dict[str, list[int]], dict[str, str]]:
    """The passages of each page, in order, and a digest of what they say."""
    passages: dict[str, list[int]] = defaultdict(list)
    hashes: dict[str, list[str]] = defaultdict(list)
    for path, number, digest in db.read(
        "SELECT d.path, p.id, p.hash FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo AND p.kind = 'doc' ORDER BY p.id",
        repo=repo_id,
    ):
        passages[path].append(number)
        hashes[path].append(digest)
    return passages, {path: blake2b("".join(one).encode(), digest_size=12).hexdigest() for path, one in hashes.items()}


def _read(db: Database, wanted: Mapping[str, Iterable[int]]) -> Said:
    page_of = {number: path for path, numbers in wanted.items() for number in numbers}
    found: dict[str, dict[str, None]] = {path: {} for path in wanted}
    numbers = sorted(page_of)
    for start in range(0, len(numbers), AT_ONCE):
        marks = ", ".join(map(str, numbers[start : start + AT_ONCE]))
        for number, text in db.read(f"SELECT id, text FROM passages WHERE id IN ({marks}) ORDER BY id"):
            found[page_of[number]].update(dict.fromkeys(names(text)[:MOST_NAMES]))
    return {path: list(listed) for path, listed in found.items()}


def _kept(db: Database, repo_id: int) -> Mapping[str, tuple[str, list[str]]]:
    kept = json.loads(get_meta(db, _KEY.format(repo_id)) or "{}")
    return kept["pages"] if kept.get("form") == FORM else {}


def _keep(db: Database, repo_id: int, pages: Mapping[str, list[object]]) -> None:
    try:
        with db.transaction() as tx:
            set_meta(tx, _KEY.format(repo_id), json.dumps({"form": FORM, "pages": pages}))
    except Exception:  # the store may be full or busy; what was found is worth more than its copy
        log.exception("the names on pages could not be kept (id %s)", fault_id())
