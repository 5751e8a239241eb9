"""The risk register in the store: what each week's report saw (`risk_weeks`), and where each risk stands (`risks`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knowledge.areas.register import Acceptance, Risk, Seen
from knowledge.store.database import Database


class Past(NamedTuple):
    """What is remembered of a repository's areas, by area."""

    seen: dict[str, list[Seen]]  # oldest first
    acceptances: dict[str, Acceptance]


def read_past(db: Database, repo_id: int, until: int) -> Past:
    """What reports up to `until` saw, and what was accepted by then."""
    seen: dict[str, list[Seen]] = {}
    rows = db.read(
        "SELECT area, week, time, factors FROM risk_weeks WHERE repo_id = :repo AND time <= :until ORDER BY week",
        repo=repo_id,
        until=until,
    )
    for area, week, time, factors in rows:
        kept = json.loads(factors)
        kept["holders"] = tuple(kept["holders"])
        seen.setdefault(area, []).append(Seen(week=week, time=time, **kept))
    rows = db.read(
        "SELECT area, accepted_time, accepted_until, accepted_by, accepted_reason, accepted_level FROM risks"
        " WHERE repo_id = :repo AND accepted_time IS NOT NULL AND accepted_time <= :until",
        repo=repo_id,
        until=until,
    )
    return Past(seen, {row[0]: Acceptance(*row[1:]) for row in rows})


def save(db: Database, repo_id: int, seen: Mapping[str, Sequence[Seen]], risks: Sequence[Risk]) -> None:
    """Keep what was seen and what follows; keeping the same again changes nothing."""
    rows = [(repo_id, area, one.week, one.time, _factors(one)) for area, every in seen.items() for one in every]
    entries = [
        (repo_id, r.area, r.seen.title, r.mark, r.first_time, r.seen.time, r.resolved_time, r.note) for r in risks
    ]
    with db.transaction() as tx:
        tx.insert(
            "risk_weeks",
            "repo_id, area, week, time, factors",
            rows,
            "ON CONFLICT (repo_id, area, week) DO UPDATE SET time = excluded.time, factors = excluded.factors"
            " WHERE risk_weeks.factors <> excluded.factors",
        )
        tx.insert(
            "risks",
            "repo_id, area, title, mark, first_time, last_time, resolved_time, note",
            entries,
            "ON CONFLICT (repo_id, area) DO UPDATE SET title = excluded.title, mark = excluded.mark,"
            " first_time = excluded.first_time, last_time = excluded.last_time,"
            " resolved_time = excluded.resolved_time, note = excluded.note",
        )


def accept(db: Database, repo_id: int, area: str, title: str, acceptance: Acceptance) -> None:
    """Note that a risk is accepted; a later acceptance replaces an earlier one."""
    with db.transaction() as tx:
        tx.run(
            """INSERT INTO risks (repo_id, area, title, mark, first_time, last_time, accepted_time, accepted_until,
                                  accepted_by, accepted_reason, accepted_level)
               VALUES (:repo, :area, :title, 'accepted', :time, :time, :time, :until, :by, :reason, :level)
               ON CONFLICT (repo_id, area) DO UPDATE SET mark = 'accepted', accepted_time = excluded.accepted_time,
                   accepted_until = excluded.accepted_until, accepted_by = excluded.accepted_by,
                   accepted_reason = excluded.accepted_reason, accepted_level = excluded.accepted_level""",
            repo=repo_id, area=area, title=title, **acceptance._asdict(),
        )  # fmt: skip


def reopen(db: Database, repo_id: int, area: str) -> bool:
    """Take an acceptance back; False where there was none."""
    with db.transaction() as tx:
        rows = tx.run(
            "UPDATE risks SET mark = 'same', accepted_time = NULL, accepted_until = NULL, accepted_by = '',"
            " accepted_reason = '', accepted_level = 0 WHERE repo_id = :repo AND area = :area"
            " AND accepted_time IS NOT NULL RETURNING area",
            repo=repo_id,
            area=area,
        )
    return bool(rows)


def _factors(one: Seen) -> str:
    kept = one._asdict()
    del kept["week"], kept["time"]
    kept["risk"] = round(one.risk, 2)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
