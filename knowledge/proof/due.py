"""When a repository's past is to be learnt from again; light, since every run of the index asks."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge.memory import DAY
from knowledge.store import fits
from knowledge.store.database import Database

MONTH = 30 * DAY
GROWTH = 1.2


def is_due(db: Database, repo_id: int, now: int) -> bool:
    """Whether a half-year was completed since the last fit, its history grew by a fifth, or there is no fit yet."""
    made, before, until = fits.made(db, repo_id)
    if not made or fits.of_older_form(db, repo_id):
        return True
    passed = bool(checkpoints(until + 1, now)) if until else True
    return (now >= made + MONTH and passed) or fits.count_commits(db, repo_id) > before * GROWTH


def checkpoints(first: int, last: int) -> list[int]:
    """The first of every January and July from `first` to `last`, in seconds UTC."""
    years = range(datetime.fromtimestamp(first, UTC).year, datetime.fromtimestamp(last, UTC).year + 1)
    days = (int(datetime(year, month, 1, tzinfo=UTC).timestamp()) for year in years for month in (1, 7))
    return [day for day in days if first <= day <= last]
