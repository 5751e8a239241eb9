"""What config.yaml and what people say of a person, and what holds of it.

Both are kept apart, so that neither overwrites the other: config.yaml's part is written anew by every mapping run, what
was said by hand (`lamp people`, or by somebody of themselves in chat) stays until it is taken back. What holds:

- config.yaml wins wherever it says something; by hand wins where config.yaml is silent.
- Opting out holds from whichever side says it, and follows every name that the person had then: no later mapping run
  can make somebody named again.
- Absences of both sides add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from knowledge import zones
from knowledge.store.database import Database, Row, Transaction

What = Literal["left", "opted_out", "timezone", "slack", "discord"]
Source = Literal["config", "hand"]

COLUMNS: Mapping[What, str] = {"timezone": "timezone", "slack": "slack_id", "discord": "discord_id"}
_HELD = "id, has_left, opted_out, left_time, timezone, slack_id, discord_id"


class Saying(NamedTuple):
    """One thing said of a person: `value` is the day of leaving (or ""), the time zone, or the chat id."""

    person_id: int
    what: str
    source: str
    value: str
    time: int
    said_by: str


def say(tx: Transaction, person_id: int, what: What, value: str, time: int, by: str, source: Source = "hand") -> None:
    """Keep what was said, instead of what that side said before; `settle` makes it hold."""
    tx.insert(
        "sayings",
        "person_id, what, source, value, time, said_by",
        [(person_id, what, source, value, time, by)],
        "ON CONFLICT (person_id, what, source) DO UPDATE SET value = excluded.value, time = excluded.time,"
        " said_by = excluded.said_by",
    )


def take_back(tx: Transaction, person_id: int, what: What) -> None:
    """Forget what was said by hand."""
    tx.run("DELETE FROM sayings WHERE person_id = :p AND what = :w AND source = 'hand'", p=person_id, w=what)


def of_person(source: Database | Transaction, person_id: int) -> dict[tuple[str, str], Saying]:
    """What was said of somebody, by what and source."""
    read = source.read if isinstance(source, Database) else source.run
    rows = read("SELECT person_id, what, source, value, time, said_by FROM sayings WHERE person_id = :p", p=person_id)
    return {(row[1], row[2]): Saying(*row) for row in rows}


def contradictions(db: Database) -> list[tuple[Saying, Saying]]:
    """Where config.yaml and a hand say different things of somebody who did not opt out; config.yaml's comes first."""
    rows = db.read(
        "SELECT c.person_id, c.what, c.source, c.value, c.time, c.said_by, h.person_id, h.what, h.source, h.value,"
        " h.time, h.said_by FROM sayings c JOIN sayings h ON h.person_id = c.person_id AND h.what = c.what"
        " JOIN people p ON p.id = c.person_id WHERE c.source = 'config' AND h.source = 'hand' AND c.value <> h.value"
        " AND p.opted_out = 0 ORDER BY c.person_id, c.what"
    )
    return [(Saying(*row[:6]), Saying(*row[6:])) for row in rows]


def opt_out(tx: Transaction, person_id: int, time: int, by: str) -> None:
    """Opt somebody out under every name that is theirs now."""
    say(tx, person_id, "opted_out", "", time, by)
    tx.run("UPDATE identities SET opted_out = 1 WHERE person_id = :p", p=person_id)


def opt_in(tx: Transaction, person_id: int) -> None:
    """Take that back for every name that is theirs now."""
    take_back(tx, person_id, "opted_out")
    tx.run("UPDATE identities SET opted_out = 0 WHERE person_id = :p", p=person_id)


def settle(tx: Transaction, only: Iterable[int] | None = None) -> None:
    """Make what was said hold: of these people, or of everybody."""
    wanted = None if only is None else set(only)
    said: dict[int, dict[tuple[str, str], str]] = defaultdict(dict)
    for person_id, what, source, value in tx.run("SELECT person_id, what, source, value FROM sayings"):
        said[person_id][what, source] = value
    silenced = {row[0] for row in tx.run("SELECT DISTINCT person_id FROM identities WHERE opted_out = 1")}
    for row in tx.run(f"SELECT {_HELD} FROM people"):
        if wanted is None or row[0] in wanted:
            holds = _holds(row[0], said.get(row[0], {}), opted_out=row[0] in silenced)
            if holds != tuple(row):
                values = dict(zip(_HELD.split(", "), holds, strict=True))
                tx.run(f"UPDATE people SET {', '.join(f'{c} = :{c}' for c in values if c != 'id')} WHERE id = :id",
                       **values)  # fmt: skip
    _settle_absences(tx, wanted)


def _holds(number: int, said: Mapping[tuple[str, str], str], *, opted_out: bool) -> Row:
    if not (said or opted_out):  # most people, of whom nobody said anything
        return (number, 0, 0, 0, "", "", "")

    def one(what: What) -> str:
        return said.get((what, "config")) or said.get((what, "hand"), "")

    left = ("left", "config") in said or ("left", "hand") in said
    out = opted_out or ("opted_out", "config") in said or ("opted_out", "hand") in said
    day, zone = one("left"), one("timezone")
    since = zones.begin(day, zone) if day else 0
    return (number, int(left), int(out), since, zone, one("slack"), one("discord"))


def _settle_absences(tx: Transaction, wanted: set[int] | None) -> None:
    """The seconds of absences follow from their days and the person's time zone as it is now."""
    rows = tx.run(
        "SELECT a.id, a.person_id, a.first_day, a.last_day, a.from_time, a.until_time, p.timezone FROM absences a"
        " JOIN people p ON p.id = a.person_id"
    )
    for number, person_id, first, last, *held, zone in rows:
        begins, ends = zones.span(first, last, zone)
        if (wanted is None or person_id in wanted) and held != [begins, ends]:
            tx.run("UPDATE absences SET from_time = :f, until_time = :u WHERE id = :id", f=begins, u=ends, id=number)
