"""What hides a person who opted out, wherever their names stand in a text: names, addresses, logins → "someone". Pure.

Input: the names and addresses of everybody who opted out, exactly as histories hold them. Output: the text
without them.

    Reviewed-by: Ann Lee <ann@example.org>            Reviewed-by: someone
    thanks to @annlee (github.com/annlee)             thanks to someone (github.com/someone)
    # TODO(annlee): as Lee, Ann said                  # TODO(someone): as someone said
    src/annlee/plan.md                                stays: a citation must be found

A first name alone stays, and so does a single word that is an ordinary one, unless it is an @mention.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from knowledge.model import SOMEONE
from knowledge.people import SHARED_ADDRESS, is_full_name, login

_ORDINARY = frozenset(
    """admin agent alpha author base beta black blue book build builder change chat check class client code commit
    config core data default demo design docs editor error field file fixed flask future general github green guest
    help home index info init input linux local login mail main master model module name none null object office
    output owner page parser patch people person plan player python query release remote report request review root
    ruby runner script search server service session setup someone source stable stage start state store system table
    team test tester tests this time tool tools true type unknown update user users value version view white wiki
    with work worker writer""".split()
)
SHORTEST = 4  # letters of a single word that is hidden by itself


class Veil:
    """Hides some people in texts; made once for a set of them."""

    def __init__(self, identities: Iterable[tuple[str, str]], accounts: Iterable[str] = ()) -> None:
        """`identities` are names with addresses, `accounts` ids of chat platforms."""
        pairs = [(" ".join(name.split()), email.strip()) for name, email in identities]
        addresses = {email for _, email in pairs if "@" in email and not SHARED_ADDRESS.search(email.lower())}
        full = {name for name, _ in pairs if is_full_name(name)}
        single = {name for name, _ in pairs if not is_full_name(name) and " " not in name and "@" not in name}
        single |= {login(email) for _, email in pairs} - {""}
        local = {email.partition("@")[0].partition("+")[0] for email in addresses}
        self._pattern = _pattern(addresses, full | _turned(full), single, local, {a for a in accounts if a})

    def text(self, text: str) -> str:
        """The text with "someone" in the place of whoever is hidden."""
        return self._pattern.sub(SOMEONE, text) if self._pattern is not None else text

    def value(self, value: Any) -> Any:
        """The same for every text within lists, tuples and mappings (JSON)."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
            return type(value)(self.value(one) for one in value)
        return value


def _turned(names: Iterable[str]) -> set[str]:
    """`Lee, Ann` for `Ann Lee`."""
    return {f"{name.rpartition(' ')[2]}, {name.rpartition(' ')[0]}" for name in names}


def _pattern(
    addresses: Iterable[str], names: Iterable[str], single: Iterable[str], local: Iterable[str], accounts: Iterable[str]
) -> re.Pattern[str] | None:
    """One pattern for everything, what is longer first."""
    ways = []
    if mail := _any(addresses, re.escape):
        # With the name before it, however that is spelt: "Reviewed-by: A. M. Lee <ann@example.org>".
        signed = r"(?:(?<=-by: )[^\n<>]{1,60}<|(?:\b[A-Z][\w.'’-]*[ \t]+){0,4}<)"
        ways.append(rf"{signed}\s*(?i:{mail})\s*>")
        ways.append(rf"(?<![\w.+-])(?i:mailto:)?(?i:{mail})(?![\w-])")
    if full := _any(names, _spaced):
        ways.append(rf"(?<!\w)(?i:{full})(?!\w)")
    bare = [word for word in single if len(word) >= SHORTEST and word.lower() not in _ORDINARY]
    if words := _any(bare, re.escape):
        ways.append(rf"(?<=(?:github|gitlab)\.com/)(?i:{words})(?![\w-])")
        ways.append(rf"(?<![\w/.@-])(?i:{words})(?![\w/-])(?!\.\w{{1,5}}\b)")
    if mentioned := _any({*single, *local, *accounts}, re.escape):
        ways.append(rf"<@!?(?i:{mentioned})>|(?<![\w.])@(?i:{mentioned})(?![\w-])")
    if ids := _any(accounts, re.escape):
        ways.append(rf"(?<!\w)(?:{ids})(?!\w)")
    return re.compile("|".join(ways)) if ways else None


def _any(words: Iterable[str], escaped: Callable[[str], str]) -> str:
    kept: Sequence[str] = sorted({word for word in words if word.strip()}, key=lambda word: (-len(word), word))
    return "|".join(escaped(word) for word in kept)


def _spaced(name: str) -> str:
    """A name over any blanks, also where a line breaks in it."""
    return r"\s+".join(re.escape(word) for word in name.split())
