"""The wiki: pages that are due by owner, and changes on their way into git.

  lamp wiki                                which pages are due, whose they are, and why
  lamp wiki new --from-question last       a page from an answer; --title, --text FILE (- is stdin) for your own words
  lamp wiki new --from-session last        a page from what a session's people wrote down
  lamp wiki edit PAGE --text FILE          a page as you rewrote it
  lamp wiki confirm|adopt|not-mine|retire PAGE
  lamp wiki show|retry|drop ID             a change that waits; `retry` alone tries all of them

Without --text, `new` and `edit` open $EDITOR where there is a terminal. docs/wiki.md tells how pages get in.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import add_as_of, add_json, moment, print_json
from bot.looking_back import only_looks
from knowledge.errors import Mistake

if TYPE_CHECKING:
    from bot.wiki.desk import Shown
    from bot.wiki.drafting import Sketch
    from bot.wiki.reviews import Reviews
    from bot.wiring import House
    from knowledge.model import Person
    from knowledge.store.wiki import Draft

MOST_SHOWN = 8  # pages of an owner, the stalest; --all shows every one
LOOKED_BACK = (
    "As of {day}, pages are as git held them, with the confirmations up to then; owners, retirements and changes that"
    " were told to me are not kept by day and left out."
)
DOES = ("list", "new", "edit", "confirm", "adopt", "not-mine", "retire", "show", "retry", "drop")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `lamp wiki`."""
    parser.add_argument("what", nargs="?", choices=DOES, default="list", help="default: list the pages that are due")
    parser.add_argument("subject", nargs="?", default="", help="a page (path, name or title), or a change's id")
    parser.add_argument("--from-question", metavar="ID", help="begin with a question's answer; last: the latest one")
    parser.add_argument("--from-request", metavar="ID", help="begin with what a person answered (`lamp requests`)")
    parser.add_argument("--from-session", metavar="ID", help="begin with a session's notes; last: the latest ones")
    parser.add_argument("--title", default="", help="what the page is called")
    parser.add_argument("--text", metavar="FILE", help="the text, Markdown; - reads it from stdin")
    parser.add_argument("--update", metavar="PAGE", default="", help="add it to this page as a section")
    parser.add_argument("--new", action="store_true", help="a page of its own, also where one says much of it")
    parser.add_argument("--dry-run", action="store_true", help="show the change; nothing is kept")
    parser.add_argument("--as", dest="who", metavar="EMAIL", default="", help="who you are; default: git's user.email")
    parser.add_argument("--all", action="store_true", help="every page, not only those that are due")
    add_as_of(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """List what is due, or do something about it."""
    from bot.wiring import open_house

    if args.what != "list" and args.as_of:
        raise only_looks(f"`lamp wiki {args.what}`")
    house = open_house(args.config).begun()
    if args.what == "list" and not args.as_of:
        house.fresh()
    now = moment(args.as_of)
    wiki = house.wiki
    match args.what:
        case "list":
            return _list(wiki, args, now)
        case "new" | "edit":
            return _write(house, wiki, args, now)
        case "show" | "retry" | "drop":
            return _change(wiki, args, now)
        case _:
            return _review(house, wiki, args, now)


# -- pages that are due -----------------------------------------------------------------------------------------------


def _list(wiki: Reviews, args: argparse.Namespace, now: int) -> int:
    from bot.wiki.reviews import by_owner

    past = bool(args.as_of)
    pages = wiki.all(now, looks_back=past) if args.all else wiki.due(now, looks_back=past)
    drafts = [] if past else wiki.desk.drafts.unfinished()
    if args.json:
        told = {"pages": [page_as_json(one) for one in pages], "changes": [draft_as_json(one) for one in drafts]}
        print_json({"wiki": wiki.what_it_is(), **told})
    else:
        from bot.dates import day
        from bot.wiki.words import draft_line, owner_words, page_line

        for owner, own in by_owner(pages).items():
            print(owner_words(owner))
            shown = own if args.all else own[:MOST_SHOWN]
            print("\n".join(f"    {page_line(one)}" for one in shown))
            if len(own) > len(shown):
                print(f"    and {len(own) - len(shown)} more")
        if not pages:
            print("No page is due.")
        if past:
            print(f"\n{LOOKED_BACK.format(day=day(now))}")
        if drafts:
            print("\nOn their way:")
            print("\n".join(f"    {draft_line(one)}" for one in drafts))
        print(f"\n{wiki.what_it_is()}")
    return 0 if pages or drafts else 2


def page_as_json(page: Any) -> dict[str, Any]:
    """A page and its review."""
    from bot.wiki.desk import day_of

    stale = page.stale
    return {
        "path": page.path,
        "title": page.title,
        "owner": page.owner.words or None,
        "owner_is_asked": page.owner.asked,
        "confirmed": day_of(page.confirmed),
        "due": stale.is_due,
        "overdue_days": stale.overdue_days,
        "staleness": round(stale.score, 3),
        "factors": {"age": round(stale.age, 3), "drift": round(stale.drift, 3), "loss": round(stale.loss, 3)},
        "why": list(stale.why),
    }


def draft_as_json(draft: Draft) -> dict[str, Any]:
    """A change and how far it has come."""
    names = ("id", "kind", "path", "title", "state", "why", "branch")
    return {name: getattr(draft, name) for name in names} | {"commit": draft.sha}


# -- writing ----------------------------------------------------------------------------------------------------------


def _write(house: House, wiki: Reviews, args: argparse.Namespace, now: int) -> int:
    author = who(house, wiki, args.who)
    if args.what == "edit":
        shown = _edited(wiki, args, author, now)
    else:
        sketch = _sketch(house, args)
        update = wiki.resolve(args.update) if args.update else ""
        near = None if update or args.new else wiki.desk.near(sketch)
        if near is not None:
            cure = f"Add --update {near.path} to make it a section there, or --new for a page of its own."
            if args.json:
                print_json({"near": near._asdict(), "text": f"{near.path} {near.why}. {cure}"})
            else:
                print(f"{near.path} {near.why}. {cure}")
            return 2
        shown = wiki.desk.show(sketch, _authors(house, sketch, author), now, update)
    return _keep(wiki, shown, args, now)


def _authors(house: House, sketch: Sketch, author: Person | None) -> list[Person]:
    """Whoever keeps it, and whose notes stand in it."""
    from knowledge.store.persons import people_by_id

    wrote = people_by_id(house.db, sketch.wrote).values()
    return list({one.email: one for one in (*((author,) if author else ()), *wrote)}.values())


def _edited(wiki: Reviews, args: argparse.Namespace, author: Person | None, now: int) -> Shown:
    path = wiki.resolve(args.subject or args.update)
    text = _text(args, wiki.desk.carrier.tree().read(path) or "")
    return wiki.desk.edit(path, text, author, now)


def _sketch(house: House, args: argparse.Namespace) -> Sketch:
    from bot.wiki.drafting import Sketch
    from bot.wiki.sources import of_question, of_request, of_session

    if sum(bool(one) for one in (args.from_question, args.from_request, args.from_session)) > 1:
        raise Mistake("a page begins with one thing", "Give one --from-… alone.")
    sketch = of_question(house.db, _number(house, args.from_question)) if args.from_question else Sketch("", "")
    if args.from_request:
        sketch = of_request(house.db, args.from_request)
    if args.from_session:
        sketch = of_session(house.db, args.from_session)
    sketch = replace(sketch, title=args.title or args.subject or sketch.title)
    written = _text(args, f"# {sketch.title}\n\n{sketch.text}\n")
    return titled(sketch, written)


def _number(house: House, said: str) -> int:
    """The id of a question."""
    if said.isdigit():
        return int(said)
    if said != "last":
        raise Mistake(f"there is no question {said!r}", "`lamp ask --json` tells their numbers; `last` is the latest.")
    from bot.wiki.sources import last_question

    return last_question(house.db)


def titled(sketch: Sketch, written: str) -> Sketch:
    """A text whose first line is a heading brings its title along."""
    head, _, rest = written.lstrip().partition("\n")
    if head.startswith("# "):
        return replace(sketch, title=head[2:].strip() or sketch.title, text=rest.strip())
    return replace(sketch, text=written.strip())


def _text(args: argparse.Namespace, begin: str) -> str:
    """What somebody wrote: a file, stdin, their editor, or the draft as it is."""
    if args.text == "-":
        return sys.stdin.read()
    if args.text:
        try:
            return Path(args.text).expanduser().read_text(encoding="utf-8")
        except OSError as error:
            raise Mistake(
                f"{args.text} cannot be read ({error.strerror})", "Name a text file, or - for stdin."
            ) from error
        except UnicodeDecodeError as error:
            raise Mistake(f"{args.text} is not text in UTF-8", "Name a text file, or - for stdin.") from error
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not (editor and sys.stdin.isatty()):
        return begin
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
        file = Path(folder) / "page.md"
        file.write_text(begin, encoding="utf-8")
        done = subprocess.run([*shlex.split(editor), str(file)], check=False)
        if done.returncode:
            raise Mistake(f"{editor} ended with {done.returncode}", "Nothing was kept; try again, or use --text FILE.")
        return file.read_text(encoding="utf-8")


def _keep(wiki: Reviews, shown: Shown, args: argparse.Namespace, now: int) -> int:
    from bot.wiki.words import draft_words, redacted_words

    if not args.json:
        print(shown.diff or "Nothing would change.")
        for note in (*redacted_words(shown.redacted), *shown.notes):
            print(note)
    if args.dry_run:
        if args.json:
            print_json({**draft_as_json(shown.draft), "diff": shown.diff, "notes": list(shown.notes)})
        return 0
    kept = wiki.desk.keep(shown.draft)
    carried = wiki.desk.carry(kept.id, now) or kept
    if args.json:
        print_json({**draft_as_json(carried), "diff": shown.diff, "notes": list(shown.notes)})
    else:
        print(draft_words(carried))
    return 0


# -- reviews and changes ----------------------------------------------------------------------------------------------


def _review(house: House, wiki: Reviews, args: argparse.Namespace, now: int) -> int:
    from bot.wiki.words import draft_words

    path = wiki.resolve(args.subject)
    person = who(house, wiki, args.who)
    if person is None or not person.id:
        raise Mistake("nobody in the histories has that address", "Say who you are with --as EMAIL.")
    if args.what == "not-mine":
        wiki.not_mine(path, person)
        told: dict[str, Any] = {"path": path, "state": "noted"}
        words = f"Noted: you are not asked about {path} any more."
    else:
        done = {"confirm": wiki.confirm, "adopt": wiki.adopt, "retire": wiki.retire}[args.what](path, person, now)
        carried = wiki.desk.carry(done.id, now) or done
        told, words = draft_as_json(carried), draft_words(carried)
    print_json(told) if args.json else print(words)
    return 0


def _change(wiki: Reviews, args: argparse.Namespace, now: int) -> int:
    from bot.wiki.words import draft_words

    desk = wiki.desk
    if args.what == "retry" and not args.subject:
        found: list[Draft | None] = [
            desk.retry(one.id, now) for one in desk.drafts.unfinished() if one.state != "conflict"
        ]
    elif args.what == "retry":
        found = [desk.retry(args.subject, now, _text(args, "") if args.text else "")]
    else:
        found = [desk.drop(args.subject) if args.what == "drop" else desk.drafts.get(args.subject)]
    if None in found:
        raise Mistake(f"there is no change {args.subject!r}", "`lamp wiki` lists those on their way.")
    drafts = [one for one in found if one is not None]
    if args.json:
        print_json({"changes": [draft_as_json(one) for one in drafts]})
    else:
        print("\n".join(draft_words(one) for one in drafts) or "Nothing waits.")
        if args.what == "show":
            _versions(wiki, drafts[0])
    return 0 if drafts else 2


def _versions(wiki: Reviews, draft: Draft) -> None:
    clash = wiki.desk.versions(draft) if draft.state == "conflict" else None
    if clash is None:
        print(draft.text)
        return
    print(f"---- as it is now ----\n{clash.theirs}\n---- as this change would have it ----\n{clash.ours}")


def who(house: House, wiki: Reviews, email: str) -> Person | None:
    """Who speaks: the person of an address, somebody new under it, or nobody where none is known."""
    from knowledge.model import Person
    from knowledge.store.finding import by_chat

    said = email or (house.git.email(wiki.repo_id) if wiki.repo_id else "")
    if not said:
        return None
    return by_chat(house.db, "terminal", "", said) or Person(0, said.partition("@")[0], said)
