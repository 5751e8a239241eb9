"""How changes, pages and owners are said; the same in a terminal and in chat."""

from __future__ import annotations

from bot.phrases import code, join, plain
from bot.wiki.reviews import Owner, Page
from knowledge.store.wiki import Draft

_WHAT = {
    "new": "The page {page}",
    "update": "The change of {page}",
    "confirm": "Confirming {page}",
    "adopt": "The new owner of {page}",
    "retire": "Retiring {page}",
}


def draft_words(draft: Draft) -> str:
    """What became of a change, and what to do about it; one or two sentences."""
    what = _WHAT[draft.kind].format(page=code(draft.path))
    match draft.state:
        case "merged" if not draft.sha:
            return f"{what} is noted; no file had to change."
        case "merged":
            return f"{what} is in ({code(draft.sha[:10])})."
        case "pushed":
            return f"{what} waits on branch {code(draft.branch)} ({code(draft.sha[:10])}) for somebody to merge it."
        case "conflict":
            return (
                f"{what} was not made: {draft.why}. Both versions are kept; `lamp wiki show {draft.id}` shows them,"
                f" `lamp wiki retry {draft.id}` goes on."
            )
        case "dropped":
            return f"{what} was given up: {draft.why}."
        case _:
            why = f": {plain(draft.why)}" if draft.why else ""
            return f"{what} is kept{why}. It is tried again by itself; `lamp wiki retry {draft.id}` tries at once."


def draft_line(draft: Draft) -> str:
    """A change in a list."""
    where = f" on {draft.branch}" if draft.branch and draft.state == "pushed" else ""
    return f"{draft.id}  {draft.kind} {draft.path}: {draft.state}{where}{f' ({draft.why})' if draft.why else ''}"


def page_line(page: Page) -> str:
    """A page that is due, and why."""
    return f"{page.path}: {page_why(page)}"


def page_why(page: Page) -> str:
    """Why a page should be looked at."""
    return join(page.stale.why[:3])


def owner_words(owner: Owner) -> str:
    """Whose pages follow."""
    if owner.asked:
        return f"Nobody's; {plain(owner.words)} would know:"
    return f"{plain(owner.words)}:" if owner.words else "Somebody's:" if owner.person else "Nobody's:"


def redacted_words(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """What was taken out of a draft."""
    return (f"Taken out before it was kept: {join(list(kinds))}.",) if kinds else ()
