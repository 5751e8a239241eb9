"""Everybody the history knows: which names are one person and why, and who may be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from bot.commands import add_json, print_json

if TYPE_CHECKING:
    from knowledge.store.database import Database


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp people`."""
    parser.add_argument("words", nargs="*", help="only people whom these words name")
    parser.add_argument("--suggest", action="store_true", help="pairs that may be one person")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """List people, in the order of the alphabet: never a ranking."""
    from bot.wiring import open_house
    from knowledge.store import people

    db = open_house(args.config).db
    if args.suggest:
        pairs = people.may_be_one(db)
        rows = [
            {"first": _who(p.first.name, p.first.email), "second": _who(p.second.name, p.second.email), "why": p.why}
            for p in pairs
        ]
        if args.json:
            print_json({"suggestions": rows})
        else:
            print(
                "\n".join(f"{r['first']} and {r['second']}: {r['why']}" for r in rows)
                or "Nobody seems to be there twice."
            )
        return 0
    wanted = {p.id for p in people.find(db, " ".join(args.words))} if args.words else None
    found = [p for p in listing(db) if wanted is None or p["id"] in wanted]
    if args.json:
        print_json({"people": found})
    else:
        for p in found:
            names = "; ".join(f"{i['name']} <{i['email']}> ({i['why']})" for i in p["identities"])
            print(f"{p['name']} <{p['email']}>{' · ' + p['state'] if p['state'] else ''}\n    {names}")
    return 0 if found else 2


def listing(db: Database) -> list[dict[str, Any]]:
    """Every human by name with the identities that are them; who opted out is "someone", without names."""
    from knowledge.model import SOMEONE

    identities: dict[int, list[dict[str, str]]] = {}
    for person_id, name, email, why in db.read("SELECT person_id, name, email, why FROM identities ORDER BY id"):
        identities.setdefault(person_id, []).append({"name": name, "email": email, "why": why})
    rows = db.read("SELECT id, name, email, has_left, opted_out FROM people WHERE is_bot = 0 ORDER BY LOWER(name), id")
    return [
        {
            "id": number,
            "name": SOMEONE if opted_out else name,
            "email": "" if opted_out else email,
            "state": "opted out" if opted_out else "left" if left else "",
            "identities": [] if opted_out else identities.get(number, []),
        }
        for number, name, email, left, opted_out in rows
    ]


def _who(name: str, email: str) -> str:
    return f"{name} <{email}>"
