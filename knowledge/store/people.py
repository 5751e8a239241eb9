"""The people of the store: identities mapped to persons, kept up to date without ever losing a person's id."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from knowledge.errors import Mistake
from knowledge.model import Person
from knowledge.people import MERGED, SPLIT, Entry, Group, Identity, Rules, Suggestion, group, suggestions
from knowledge.store.database import Database, Row, Transaction
from knowledge.store.persons import PERSON_COLUMNS, people_by_id, person

__all__ = [
    "PeopleSummary", "Unmapped", "by_chat", "find", "identities", "may_be_one", "merge", "people_by_id", "person",
    "split", "sync", "unmapped",
]  # fmt: skip

FULL_COLUMNS = "id, name, email, is_bot, has_left, opted_out, away_from, away_until, timezone, slack_id, discord_id"
ROWS = "SELECT id, name, email, person_id, why FROM identities ORDER BY id"
FORM = 1  # raised when the same identities would now be mapped differently
NOT_HUMAN = ("bot", "AI agent")
Aliases = Mapping[tuple[str, str], tuple[str, str]]


class Unmapped(NamedTuple):
    """Somebody on a chat platform whom no person of the store is known to be."""

    platform: str
    asker: str
    questions: int


class Described(NamedTuple):
    """A person as mapping and config describe them."""

    name: str
    email: str
    is_bot: bool
    entry: Entry | None


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
        people = {row[0]: row for row in tx.run(f"SELECT {FULL_COLUMNS} FROM people")}
        taken = _keep(groups)
        for position, one in enumerate(groups):
            person_id = _store(tx, people, taken.get(position), Described(one.name, one.email, one.is_bot, one.entry))
            for identity in one.identities:
                why = one.why[identity.id]
                if (identity.person_id, identity.why) != (person_id, why):
                    tx.run(
                        "UPDATE identities SET person_id = :person, why = :why, is_bot = :bot WHERE id = :id",
                        person=person_id, why=why, bot=int(why in NOT_HUMAN), id=identity.id,
                    )  # fmt: skip
        _store_silent(tx, people, rules.entries, {one.entry for one in groups})
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
    """Insert or bring up to date one person; without a config entry, flags that were set by hand stay."""
    name, email, bot, entry = one
    if person_id is None:
        person_id = int(tx.run("INSERT INTO people (name) VALUES (:name) RETURNING id", name=name)[0][0])
    before = people.get(person_id, (person_id, name, "", 0, 0, 0, None, None, "", "", ""))
    flags = before[4:] if entry is None else (
        int(entry.left), int(entry.opted_out), entry.away_from, entry.away_until,
        entry.timezone, entry.slack or before[9], entry.discord or before[10],
    )  # fmt: skip
    wanted = (person_id, name, email, int(bot), *flags)
    if people.get(person_id) != wanted:
        values = dict(zip(FULL_COLUMNS.split(", "), wanted, strict=True))
        tx.run(f"UPDATE people SET {', '.join(f'{c} = :{c}' for c in values if c != 'id')} WHERE id = :id", **values)
    return person_id


def _store_silent(
    tx: Transaction, people: Mapping[int, Row], entries: Iterable[Entry], seen: Container[Entry | None]
) -> None:
    """People whom only the config knows: they chat, and have no commit yet."""
    for entry in entries:
        if entry not in seen:
            emails = {email.lower() for email in entry.emails}
            same = (n for n, row in people.items() if row[2].lower() in emails or (not emails and row[1] == entry.name))
            email = entry.emails[0] if entry.emails else ""
            _store(tx, people, next(same, None), Described(entry.name or email, email, entry.bot, entry))


def find(db: Database, words: str) -> list[Person]:
    """People whom these words name: an address, a chat id or a full name first, else part of a name.

    Never a bot; someone who opted out is found (a lead may ask for their flags) and it is the caller who must call
    them `model.SOMEONE`.
    """
    low = words.strip().lstrip("@").lower()
    rows = db.read(
        f"SELECT DISTINCT {PERSON_COLUMNS}, CASE WHEN LOWER(p.name) = :w OR LOWER(p.email) = :w OR LOWER(i.email) = :w"
        " OR LOWER(p.slack_id) = :w OR LOWER(p.discord_id) = :w OR LOWER(i.name) = :w THEN 0 ELSE 1 END AS rank"
        " FROM people p LEFT JOIN identities i ON i.person_id = p.id WHERE p.is_bot = 0 AND (LOWER(p.email) = :w"
        " OR LOWER(i.email) = :w OR LOWER(p.slack_id) = :w OR LOWER(p.discord_id) = :w OR LOWER(i.name) = :w"
        " OR LOWER(p.name) LIKE :part ESCAPE '!' OR LOWER(i.email) LIKE :local ESCAPE '!') ORDER BY rank, p.id",
        w=low, part=f"%{_like(low)}%", local=f"{_like(low)}@%",
    )  # fmt: skip
    best = min((row[-1] for row in rows), default=1)
    return list({row[0]: person(row[:-1]) for row in rows if row[-1] == best}.values())


def _like(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def by_chat(db: Database, platform: str, asker: str, email: str = "") -> Person | None:
    """The person behind a chat account: by its linked id, else by the address that the platform vouches for."""
    column = {"slack": "slack_id", "discord": "discord_id"}.get(platform)
    rows: list[Row] = []
    if column:
        rows = db.read(f"SELECT {PERSON_COLUMNS} FROM people p WHERE p.{column} = :asker", asker=asker) if asker else []
    if not rows and email:
        rows = db.read(
            f"SELECT {PERSON_COLUMNS} FROM people p LEFT JOIN identities i ON i.person_id = p.id"
            " WHERE LOWER(p.email) = :email OR LOWER(i.email) = :email ORDER BY p.id LIMIT 1",
            email=email.lower(),
        )
    return person(rows[0]) if rows else None


def unmapped(db: Database) -> list[Unmapped]:
    """Chat accounts that asked something and that no person is linked to, the most curious first."""
    rows = db.read(
        "SELECT q.platform, q.asker, COUNT(*) FROM questions q WHERE q.person_id IS NULL AND q.asker <> ''"
        " AND q.platform IN ('slack', 'discord') AND NOT EXISTS (SELECT 1 FROM people p"
        " WHERE (q.platform = 'slack' AND p.slack_id = q.asker) OR (q.platform = 'discord' AND p.discord_id = q.asker))"
        " GROUP BY q.platform, q.asker ORDER BY COUNT(*) DESC, q.asker"
    )
    return [Unmapped(*row) for row in rows]


def may_be_one(db: Database, rules: Rules | None = None, limit: int = 20) -> list[Suggestion]:
    """Merges that a human should decide, from the mapping as it is stored."""
    known = [one._replace(why="") if one.why not in (MERGED, SPLIT) else one for one in identities(db)]
    return suggestions(group(known, rules or Rules()), limit)


def merge(db: Database, into: int, other: int) -> None:
    """Join two people by hand; the next mapping run keeps it.

    Raises:
        Mistake: one of them is not there, or both are the same.
    """
    with db.transaction() as tx:
        there = {row[0] for row in tx.run("SELECT id FROM people WHERE id IN (:a, :b)", a=into, b=other)}
        if there != {into, other}:
            raise Mistake(f"there are no two people {into} and {other}", "`lamp people` lists them with their numbers.")
        for table in ("events", "questions"):
            tx.run(f"UPDATE {table} SET person_id = :a WHERE person_id = :b", a=into, b=other)
        tx.run("UPDATE identities SET person_id = :a, why = :why WHERE person_id = :b", a=into, b=other, why=MERGED)
        tx.run("DELETE FROM people WHERE id = :b", b=other)


def split(db: Database, identity_id: int) -> int:
    """Take an identity out of its person for good, into a person of its own; returns that person's id.

    Raises:
        Mistake: there is no such identity.
    """
    with db.transaction() as tx:
        rows = tx.run("SELECT name, email FROM identities WHERE id = :id", id=identity_id)
        if not rows:
            raise Mistake(f"there is no identity {identity_id}", "`lamp people` lists them with their numbers.")
        made = tx.run("INSERT INTO people (name, email) VALUES (:n, :e) RETURNING id", n=rows[0][0], e=rows[0][1])
        tx.run(
            "UPDATE identities SET person_id = :p, why = :why WHERE id = :id", p=made[0][0], why=SPLIT, id=identity_id
        )
        return int(made[0][0])


def _reader(source: Database | Transaction) -> Callable[..., list[Row]]:
    return source.read if isinstance(source, Database) else source.run
