"""Receipts: who answers a message, until when, and what became of it, so that every message gets exactly one reply.

A receipt is taken by one copy of the bot under a lease that it renews while it works. A copy that died stops renewing,
and another takes over. Every change is a compare-and-set on the holder: whoever lost the lease learns it from `False`.

    taken ──posting──▶ replied | refused | failed
      ▲                (closed: the payload is forgotten, the key stays)
      └── take_over, when the lease ran out
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from knowledge.store.database import Database, Row

Closed = Literal["replied", "refused", "failed"]

LEASE_SECONDS = 30  # a dead copy's messages are taken over after this; renewed at a third of it


class Key(NamedTuple):
    """What is answered once: a message, by where it stands. `ts` is the platform's id of it."""

    platform: str
    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that somebody is answering, with all that is needed to answer it after a restart."""

    key: Key
    thread: str
    asker: str
    payload: dict[str, Any]
    attempts: int = 1  # copies that tried, this one included
    resumed: bool = False  # taken over: somebody tried before
    was_posting: bool = False  # and was at sending the reply


class Receipts:
    """The receipts of one copy of the bot. `holder` must differ between any two copies that ever ran."""

    def __init__(self, db: Database, holder: str, lease_seconds: int = LEASE_SECONDS) -> None:
        self.db = db
        self.holder = holder
        self.lease_seconds = lease_seconds

    def take(self, receipt: Receipt, now: int) -> bool:
        """Whether the message is ours to answer: False when any copy took it before, at whatever time."""
        with self.db.transaction() as tx:
            rows = tx.run(
                "INSERT INTO receipts (platform, team, channel, ts, state, holder, taken_time, thread, asker, payload) "
                "VALUES (:platform, :team, :channel, :ts, 'taken', :holder, :now, :thread, :asker, :payload) "
                "ON CONFLICT (platform, team, channel, ts) DO NOTHING RETURNING ts",
                **receipt.key._asdict(),
                holder=self.holder,
                now=now,
                thread=receipt.thread,
                asker=receipt.asker,
                payload=json.dumps(receipt.payload),
            )
        return bool(rows)

    def renew(self, key: Key, now: int) -> bool:
        """Keep the lease for another `lease_seconds`; False when it was lost."""
        return self._change("taken_time = :now", key, now=now)

    def posting(self, key: Key, now: int) -> bool:
        """Say that the reply is about to be sent; False when the lease was lost, and nothing may be sent."""
        return self._change("state = 'posting', taken_time = :now", key, now=now)

    def close(self, key: Key, state: Closed, now: int, reply_ts: str = "") -> bool:
        """Finish, and forget what was asked; False when another copy had taken over meanwhile."""
        return self._change(
            "state = :state, taken_time = :now, reply_ts = :reply_ts, payload = ''",
            key,
            now=now,
            state=state,
            reply_ts=reply_ts,
        )

    def take_over(self, platform: str, now: int, limit: int = 20) -> list[Receipt]:
        """Receipts whose lease ran out, oldest first, now ours. Two copies never get the same one."""
        with self.db.transaction() as tx:
            stale = tx.run(
                "SELECT team, channel, ts, holder, taken_time, thread, asker, payload, attempts, state FROM receipts "
                "WHERE state IN ('taken', 'posting') AND platform = :platform AND taken_time < :before "
                "ORDER BY taken_time LIMIT :limit",
                platform=platform,
                before=now - self.lease_seconds,
                limit=limit,
            )
            won = [
                row
                for row in stale
                if tx.run(
                    "UPDATE receipts SET holder = :holder, taken_time = :now, attempts = attempts + 1, state = 'taken' "
                    "WHERE platform = :platform AND team = :team AND channel = :channel AND ts = :ts "
                    "AND holder = :old AND taken_time = :old_time AND state IN ('taken', 'posting') RETURNING ts",
                    **Key(platform, *row[:3])._asdict(),
                    holder=self.holder,
                    now=now,
                    old=row[3],
                    old_time=row[4],
                )
            ]
        return [_receipt(platform, row) for row in won]

    def give_back(self, key: Key) -> bool:
        """Leave it open without counting the attempt: nobody's fault but the platform's; taken over a lease later."""
        return self._change("attempts = attempts - 1", key)

    def release(self) -> None:
        """Leave all that is ours and not yet being sent to whoever comes next, at once: this copy stops."""
        with self.db.transaction() as tx:
            tx.run(
                "UPDATE receipts SET taken_time = 0, attempts = attempts - 1 "
                "WHERE holder = :holder AND state = 'taken'",
                holder=self.holder,
            )

    def addressed_by(self, platform: str, team: str, channel: str, thread: str) -> dict[str, str]:
        """Who spoke to the bot in this thread: id of the message → asker, without those who were refused."""
        rows = self.db.read(
            "SELECT ts, asker FROM receipts WHERE platform = :platform AND team = :team AND channel = :channel "
            "AND thread = :thread AND state <> 'refused'",
            platform=platform,
            team=team,
            channel=channel,
            thread=thread,
        )
        return {str(ts): str(asker) for ts, asker in rows}

    def state(self, key: Key) -> tuple[str, str] | None:
        """State and id of the reply, None for a message never taken."""
        rows = self.db.read(
            "SELECT state, reply_ts FROM receipts WHERE platform = :platform AND team = :team "
            "AND channel = :channel AND ts = :ts",
            **key._asdict(),
        )
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def forget(self, before: int) -> None:
        """Drop what was closed before that time; no platform redelivers for longer than hours."""
        with self.db.transaction() as tx:
            tx.run(
                "DELETE FROM receipts WHERE state IN ('replied', 'refused', 'failed') AND taken_time < :before",
                before=before,
            )

    def _change(self, change: str, key: Key, **params: Any) -> bool:
        with self.db.transaction() as tx:
            rows = tx.run(
                f"UPDATE receipts SET {change} WHERE platform = :platform AND team = :team AND channel = :channel "
                "AND ts = :ts AND holder = :holder AND state IN ('taken', 'posting') RETURNING ts",
                **key._asdict(),
                holder=self.holder,
                **params,
            )
        return bool(rows)


def _receipt(platform: str, row: Row) -> Receipt:
    team, channel, ts, _, _, thread, asker, payload, attempts, state = row
    return Receipt(
        Key(platform, str(team), str(channel), str(ts)),
        str(thread),
        str(asker),
        json.loads(payload or "{}"),
        int(attempts) + 1,
        resumed=True,
        was_posting=state == "posting",
    )
