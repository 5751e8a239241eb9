"""What `--as-of` refuses: the past is looked at, never changed, and nothing is said in it."""

from __future__ import annotations

from knowledge.errors import Mistake


def only_looks(what: str = "this") -> Mistake:
    """The sentence and its cure; `what` is what would have been done."""
    return Mistake(f"--as-of only looks back: {what} is not done on a day in the past", "Say it without --as-of.")
