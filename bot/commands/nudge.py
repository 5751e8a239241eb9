"""Whom to bring together about what: what would be said to whom and why, and what is held back.

Without words, or with --dry-run: this week's round as it would be decided now; nothing is kept or sent. Until a lead
says `lamp nudge approve`, a team's first round waits. What you want of it yourself, only you are shown:

    lamp nudge snooze [until DATE | N days | N weeks]
    lamp nudge stop [KIND]                            lamp nudge resume [KIND]
    lamp nudge never pair me with NAME                lamp nudge pair NAME again
    lamp nudge interest AREA                          lamp nudge no interest AREA
    lamp nudge wishes

What was proposed to you, without a chat: `lamp nudge inbox` shows it and how to answer (yes, later, other, no, at,
told, never, card), `lamp nudge deliver` brings what is due into the inboxes.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from bot.commands import add_as_of, add_json, moment, print_json
from bot.looking_back import only_looks
from bot.people.account import user_name

if TYPE_CHECKING:
    from bot.nudge import Decision, Proposal
    from bot.nudging.inbox import Inbox
    from bot.nudging.rounds import Nudging
    from bot.wiring import House


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp nudge`."""
    parser.add_argument("words", nargs="*", help="approve, or what you want of it; none: show the round")
    parser.add_argument("--as", dest="email", metavar="EMAIL", help="who you are; default: git's user.email")
    parser.add_argument("--ics", metavar="FILE", help="with card: write the invitation there")
    parser.add_argument("--dry-run", action="store_true", help="what would be said, to whom and why (the default)")
    parser.add_argument("--texts", action="store_true", help="with the messages as their people would read them")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Show the round, or approve what waits."""
    from bot.nudging.inbox import is_answer
    from bot.nudging.rounds import decision
    from bot.wiring import open_house

    if args.words and args.as_of:
        raise only_looks(f"`lamp nudge {args.words[0]}`")
    house = open_house(args.config).begun()
    now = moment(args.as_of)
    if args.words == ["approve"]:
        return _approve(house, now, args)
    if args.words == ["deliver"]:
        return _deliver(house, args)
    if args.words == ["inbox"] or is_answer(args.words):
        return _inbox(house, now, args)
    if args.words:
        return _wish(house, now, args)
    nudging = house.nudging()
    made = decision(house.fresh().db if not args.as_of else house.db, nudging, now)
    names = _names(house, made)
    if args.json:
        print_json(_object(nudging, made, names))
    else:
        print(_words(house, nudging, made, names, texts=args.texts))
    return 0 if made.proposals else 2


def _approve(house: House, now: int, args: argparse.Namespace) -> int:

    from knowledge.store.nudges import Nudges

    let_go = Nudges(house.db).approve(user_name(), now)
    weeks = [one.week for one in let_go]
    if args.json:
        print_json({"approved": weeks})
    else:
        print(
            f"Approved: {', '.join(weeks)}; later rounds go out by themselves."
            if weeks
            else "Nothing waits for a look."
        )
    return 0 if weeks else 2


def _wish(house: House, now: int, args: argparse.Namespace) -> int:
    from bot.nudging.wanting import Wanting
    from knowledge.errors import Mistake

    person = _me(house, args)
    nudging = house.nudging()
    zone_name = _zone(house, person) or nudging.team.manners.zone
    told = Wanting(house.db, person, now, zone_name).said(" ".join(args.words))
    if told is None:
        raise Mistake(f"{' '.join(args.words)!r} is not understood", "`lamp nudge --help` lists what can be said.")
    if args.json:
        print_json({"person": person, "text": told})
    else:
        print(told)
    return 0


def _me(house: House, args: argparse.Namespace) -> int:
    """Whose words these are.

    Raises:
        Mistake: nobody, or more than one, is known by that address.
    """
    from knowledge.errors import Mistake
    from knowledge.store.people import find

    email = args.email or _own_email()
    people = find(house.db, email) if email else []
    if not email:
        raise Mistake("git knows no user.email here", "Say who you are with --as EMAIL; `lamp people` lists them.")
    if len(people) != 1:
        raise Mistake(
            f"nobody here is known as {email!r}", "Say who you are with --as EMAIL; `lamp people` lists them."
        )
    return people[0].id


def _inbox(house: House, now: int, args: argparse.Namespace) -> int:
    from pathlib import Path

    from bot.nudging.inbox import Inbox, next_words
    from bot.render import terminal

    inbox = Inbox(house.db, house.nudging(), _me(house, args), now)
    if args.words == ["inbox"]:
        return _waiting(inbox, args)
    if args.words[0] == "card":
        shown = inbox.card(args.words[1])
        if args.ics:
            Path(args.ics).write_bytes(shown.data["files"][0][2])
        print_json({"text": shown.text}) if args.json else print(terminal(shown))
        return 0
    said = inbox.say(args.words)
    if args.json:
        times = [{"time": at, "text": text} for at, text in said.times]
        state = said.nudge.state if said.nudge else ""
        print_json({"text": said.text, "id": said.nudge.id if said.nudge else "", "state": state, "times": times})
    else:
        print("\n".join([said.text, *next_words(said)]))
    return 0 if said.nudge else 2


def _waiting(inbox: Inbox, args: argparse.Namespace) -> int:
    found = inbox.waiting()
    if args.json:
        print_json({"waiting": [one._asdict() for one in found]})
    elif not found:
        print("Nothing waits for you.")
    else:
        said = [f"{one.text}\n" + "\n".join(f"    lamp nudge {words}" for words in one.says) for one in found]
        print("\n\n".join(said))
    return 0 if found else 2


def _deliver(house: House, args: argparse.Namespace) -> int:
    import asyncio
    import time

    from bot.nudging.inbox import Terminal
    from knowledge.store.outbox import LEASE_SECONDS

    speaking = house.with_people().speaking(Terminal(), lambda: moment(None))
    number = asyncio.run(speaking.run())
    if speaking.runner.outbox.posting():  # somebody is at it, or died at it: that is known after a while
        time.sleep(LEASE_SECONDS + 1)
        number += asyncio.run(speaking.run())
    print_json({"delivered": number}) if args.json else print(f"Brought into inboxes: {number}.")
    return 0 if number else 2


def _own_email() -> str:
    import subprocess

    done = subprocess.run(["git", "config", "user.email"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _zone(house: House, person: int) -> str:
    rows = house.db.read("SELECT timezone FROM people WHERE id = :id", id=person)
    return str(rows[0][0]) if rows else ""


def _names(house: House, made: Decision) -> dict[int, str]:
    from knowledge.model import SOMEONE
    from knowledge.store.persons import people_by_id

    wanted = {person for one in made.proposals for person in one.nudge.people}
    found = people_by_id(house.db, wanted)
    return {number: SOMEONE if one.opted_out else one.name for number, one in found.items()}


def _object(nudging: Nudging, made: Decision, names: dict[int, str]) -> dict[str, Any]:
    from bot.nudging.rounds import wording

    return {
        "week": made.week,
        "proposals": [
            {
                "id": one.nudge.id,
                "kind": one.candidate.kind,
                "area": one.candidate.title,
                "people": [{"name": names.get(p.person, ""), "role": p.role} for p in one.nudge.parties],
                "when": _when(nudging, one),
                "reasons": list(one.candidate.reasons),
                "text": wording(nudging, one, names).text,
            }
            for one in made.proposals
        ],
        "held_back": [one._asdict() for one in made.held],
    }


def _words(house: House, nudging: Nudging, made: Decision, names: dict[int, str], *, texts: bool) -> str:
    from bot.nudging.kinds import KINDS
    from bot.nudging.rounds import wording

    lines = [f"Week {made.week}: {len(made.proposals) or 'no'} message{'' if len(made.proposals) == 1 else 's'}."]
    for one in made.proposals:
        roles = {p.role: names.get(p.person, "somebody") for p in one.nudge.parties}
        who = " with ".join(roles[r] for r in ("shows", "learns", "asked") if r in roles)
        lines += ["", f"{who} · {one.candidate.title} · {KINDS[one.candidate.kind].words}, {_when(nudging, one)}"]
        lines += [f"    {reason}" for reason in one.candidate.reasons]
        if texts:
            lines += ["", *(f"    > {line}" for line in wording(nudging, one, names).text.splitlines()), ""]
    if made.held:
        lines += ["", "Held back:"]
        lines += [f"    {one.title} ({KINDS[one.kind].words}): {one.why}" for one in made.held]  # type: ignore[index]
    if _waits(house):
        lines += ["", "The first round waits: `lamp nudge approve` sends it."]
    return "\n".join(lines)


def _waits(house: House) -> bool:
    from knowledge.store.nudges import Nudges

    rounds = Nudges(house.db).rounds()
    return bool(rounds) and all(one.approved is None for one in rounds)


def _when(nudging: Nudging, one: Proposal) -> str:
    from bot.etiquette import HOURS, Hold
    from bot.nudging.wording import local_time

    if not isinstance(one.verdict, Hold):
        return "now"
    at = local_time(one.verdict.until, nudging.team.manners.zone)
    return at if one.verdict.why.startswith(HOURS) else f"{at}: {one.verdict.why}"
