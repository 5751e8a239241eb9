"""The three kinds of trouble: a value for bad data, a sentence with its cure for a person, an id for the rest.

Bad data in a source is `knowledge.model.Skipped`, a value. `Mistake` is something a person can mend.
Everything else is a fault: it is logged with an id, and the person is told the id.
"""

from __future__ import annotations

import secrets


class Mistake(Exception):  # noqa: N818  (a person's mistake, in the words of the people who read it)
    """What a person can mend: one sentence that says what is wrong, and its cure.

    The command line prints it on stderr and exits 1; chat platforms answer with it.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        self.what = what.rstrip(". ")
        self.cure = cure
        end = "" if self.what.endswith(("?", "!", "…")) else "."
        super().__init__(f"{self.what}{end} {cure}".strip())


class Busy(Mistake):
    """Another process holds what this one needs, and the caller did not want to wait."""


def fault_id() -> str:
    """Six letters and digits that join what a person saw to a line in the log."""
    return secrets.token_hex(3)
