"""The people of the store: identities mapped to persons, kept up to date without ever losing a person's id."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from knowledge.people import Entry, Group, Identity, Rules, group
from knowledge.store import absences, sayings
from knowledge.store.carrying import carry
from knowledge.store.database import Database, Row, Transaction
from knowledge.store.finding import Unmapped, by_chat, find, unmapped
from knowledge.store.merging import merge, split
from knowledge.store.persons import people_by_id

__all__ = [
    "PeopleSummary", "Unmapped", "by_chat", "find", "identities", "merge", "people_by_id", "split", "sync", "unmapped",
]  # fmt: skip

ROWS = "SELECT id, name, email, person_id, why FROM identities ORDER BY id"
FORM = 2  # raised when the same identities would now be mapped differently
NOT_HUMAN = ("bot", "AI agent")
Aliases = Mapping[tuple[str, str], tuple[str, str]]


class Described(NamedTuple):
    """A person as mapping and config describe them."""

    name: str
    email: str
    is_bot: bool


class PeopleSummary(NamedTuple):
    """What a mapping run found."""

    people: int
    identities: int
    bots: int
    new: int


def identities(tx: Database | Transaction) -> list[Identity]:
    """Every identity with how often it authored and (only where there are several repositories) in which."""
    read = _reader(tx)
    counts: dict[int, int] = dict(
        read("SELECT identity_id, COUNT(*) FROM roles WHERE kind = 'authored' GROUP BY identity_id")
    )
    seen: dict[int, set[int]] = defaultdict(set)
    if len(read("SELECT id FROM repos LIMIT 2")) > 1:
        for identity_id, repo_id in read(
            "SELECT DISTINCT r.identity_id, c.repo_id FROM roles r JOIN commits c ON c.id = r.commit_id"
        ):
            seen[identity_id].add(repo_id)
    rows = read(ROWS)
    return [
        Identity(number, name, email, person_id, why, counts.get(number, 0), frozenset(seen.get(number, ())))
        for number, name, email, person_id, why in rows
    ]


def sync(
    db: Database,
    rules: Rules | None = None,
    aliases: Callable[[list[tuple[str, str]]], Aliases] | None = None,
    repo_id: int | None = None,
) -> PeopleSummary:
    """Map every identity to a person, in one transaction; ids of persons stay, and only what changed is written.

    Costs one look when neither identities nor rules nor mailmaps changed since the last run.

    A group keeps the id that most of its commits had; a person whom a mailmap change splits keeps theirs where most of
    their commits are.

    Args:
        db: the store.
        rules: people and bot patterns of the config.
        aliases: names and addresses → proper ones by .mailmap, where they differ (`GitSource.aliases`).
        repo_id: whose mailmap that is; those of other repositories are remembered from their own runs.
    """
    rules = rules or Rules()
    with db.transaction() as tx:
        rows = tx.run(ROWS)
        proper = _aliases(tx, aliases([row[1:3] for row in rows]) if aliases else {}, repo_id)
        if _meta(tx, "people") == _stamp(rules, proper, rows):
            return _summary(tx)
        known = identities(tx)
        groups = group(known, rules, proper)
        people = {row[0]: row for row in tx.run("SELECT id, name, email, is_bot FROM people")}
        taken = _keep(groups)
        silent = _silent(people, {i.person_id for i in known}, rules.entries)
        now_of: dict[int, int] = {}
        config: dict[int, Entry] = {}
        for position, one in enumerate(groups):
            before = taken.get(position) or (silent.pop(one.entry, None) if one.entry else None)
            person_id = _store(tx, people, before, Described(one.name, one.email, one.is_bot))
            if one.entry is not None:
                config.setdefault(person_id, one.entry)
            for identity in one.identities:
                now_of[identity.id] = person_id
                why = one.why[identity.id]
                if (identity.person_id, identity.why) != (person_id, why):
                    tx.run(
                        "UPDATE identities SET person_id = :person, why = :why, is_bot = :bot WHERE id = :id",
                        person=person_id, why=why, bot=int(why in NOT_HUMAN), id=identity.id,
                    )  # fmt: skip
        _follow_names(tx, known, now_of)
        for entry in rules.entries:
            if entry not in config.values():
                email = next(iter(entry.emails), "")
                described = Described(entry.name or email, email, entry.bot)
                config[_store(tx, people, silent.get(entry), described)] = entry
        _say_by_config(tx, config)
        _set_meta(tx, "people", _stamp(rules, proper, tx.run(ROWS)))
        return _summary(tx)._replace(new=len(groups) - len(taken))


def _summary(tx: Transaction) -> PeopleSummary:
    rows = tx.run(
        "SELECT COUNT(DISTINCT CASE WHEN p.is_bot = 0 THEN p.id END), COUNT(*),"
        " COUNT(DISTINCT CASE WHEN p.is_bot = 1 THEN p.id END) FROM identities i JOIN people p ON p.id = i.person_id"
    )
    found, known, bots = rows[0]
    return PeopleSummary(found, known, bots, 0)


def _stamp(rules: Rules, proper: Aliases, rows: Iterable[Row]) -> str:
    """Of everything that the mapping follows from."""
    told = repr((FORM, rules, sorted(proper.items()), list(rows)))
    return blake2b(told.encode(errors="replace"), digest_size=12).hexdigest()


def _aliases(tx: Transaction, here: Aliases, repo_id: int | None) -> Aliases:
    """By all mailmaps: this repository's as it is now, the others' as they were at their last run."""
    listed = sorted((*pair, *to) for pair, to in here.items() if tuple(to) != pair)
    key = f"mailmap {repo_id or 0}"
    if json.dumps(listed) != (_meta(tx, key) or "[]"):
        _set_meta(tx, key, json.dumps(listed))
    stored = tx.run("SELECT value FROM meta WHERE key LIKE 'mailmap %' ORDER BY key = :own, key", own=key)
    return {(a, b): (c, d) for (text,) in stored for a, b, c, d in json.loads(text)}


def _meta(tx: Transaction, key: str) -> str:
    rows = tx.run("SELECT value FROM meta WHERE key = :key", key=key)
    return str(rows[0][0]) if rows else ""


def _set_meta(tx: Transaction, key: str, value: str) -> None:
    tx.insert("meta", "key, value", [(key, value)], "ON CONFLICT (key) DO UPDATE SET value = excluded.value")


def _keep(groups: Sequence[Group]) -> dict[int, int]:
    """Which group keeps which person: the one with most of that person's commits, each person and group once."""
    votes: Counter[tuple[int, int]] = Counter()
    for position, one in enumerate(groups):
        for identity in one.identities:
            if identity.person_id is not None:
                votes[position, identity.person_id] += identity.commits + 1
    kept: dict[int, int] = {}
    held: set[int] = set()
    for (position, person_id), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if position not in kept and person_id not in held:
            kept[position] = person_id
            held.add(person_id)
    return kept


def _store(tx: Transaction, people: Mapping[int, Row], person_id: int | None, one: Described) -> int:
    """Insert or bring up to date one person's name, address and nature; what else is said of them stays."""
    if person_id is None:
        person_id = int(tx.run("INSERT INTO people (name) VALUES (:name) RETURNING id", name=one.name)[0][0])
    wanted = (person_id, one.name, one.email, int(one.is_bot))
    if people.get(person_id) != wanted:
        tx.run("UPDATE people SET name = :n, email = :e, is_bot = :b WHERE id = :id",
               n=one.name, e=one.email, b=int(one.is_bot), id=person_id)  # fmt: skip
    return person_id


def _silent(people: Mapping[int, Row], with_names: Container[int | None], entries: Iterable[Entry]) -> dict[Entry, int]:
    """The people whom only config.yaml knew so far: they chat, and have no commit yet."""
    found: dict[Entry, int] = {}
    for entry in entries:
        emails = {email.lower() for email in entry.emails}
        same = (
            n for n, row in people.items()
            if n not in with_names and (row[2].lower() in emails or (not emails and row[1] == entry.name))
        )  # fmt: skip
        if (number := next(same, None)) is not None:
            found[entry] = number
    return found


def _follow_names(tx: Transaction, known: Iterable[Identity], now_of: Mapping[int, int]) -> None:
    """Whoever has no name left is somebody else now: everything that pointed at them goes where their commits went."""
    went: dict[int, Counter[int]] = defaultdict(Counter)
    for identity in known:
        if identity.person_id is not None:
            went[identity.person_id][now_of[identity.id]] += identity.commits + 1
    staying = set(now_of.values())
    for person_id, places in went.items():
        if person_id not in staying:
            carry(tx, places.most_common(1)[0][0], person_id)
            tx.run("DELETE FROM people WHERE id = :id", id=person_id)


def _say_by_config(tx: Transaction, config: Mapping[int, Entry]) -> None:
    """What config.yaml says now, in the place of what it said at the last run."""
    tx.run("DELETE FROM sayings WHERE source = 'config'")
    tx.insert("sayings", "person_id, what, source, value, time, said_by", list(_sayings(config)))
    sayings.settle(tx)  # so that the zones are right for the days
    absences.from_config(tx, [(person_id, *days) for person_id, entry in config.items() for days in entry.away])
    sayings.settle(tx)


def _sayings(config: Mapping[int, Entry]) -> Iterator[tuple[int, str, str, str, int, str]]:
    for person_id, entry in config.items():
        said = {"timezone": entry.timezone, "slack": entry.slack, "discord": entry.discord}
        told = {what: value for what, value in said.items() if value}
        told |= ({"left": entry.left_day} if entry.left else {}) | ({"opted_out": ""} if entry.opted_out else {})
        for what, value in told.items():
            yield person_id, what, "config", value, 0, "config.yaml"


def _reader(source: Database | Transaction) -> Callable[..., list[Row]]:
    return source.read if isinstance(source, Database) else source.run
