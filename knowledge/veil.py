"""What hides a person who opted out, wherever their names stand in a text: names, addresses, logins → "someone". Pure.

Input: the names and addresses of everybody who opted out, exactly as histories hold them. Output: the text
without them.

    Reviewed-by: Ann Lee <ann@example.org>            Reviewed-by: someone
    thanks to @annlee (github.com/annlee)             thanks to someone (github.com/someone)
    # TODO(annlee): as Lee, Ann said                  # TODO(someone): as someone said
    src/annlee/plan.md                                stays: a citation must be found

    Cleo mended it; what did cleo do?                 someone mended it; what did someone do?

A first or last name alone is hidden where nobody else bears it. One that is an ordinary word ("Mark", or any that the
team's own files and messages use as such), or of three letters, is hidden where it is written like a name behind a word
that names come after ("ask Mark", never "mark as read"); so is a login that is one, as an @mention.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
# First and last names that a text may mean as a word, beside those above.
_WORDS = frozenset(
    """ada alpha amber angel april archer art ash aspen august autumn baker banks bar barn basil bay bell benny berry
    bill bishop blaze block bloom bond bow bridge brook brooks buck bud bush butler byte cage candy carpenter
    case cash castle chain chance char chase cherry chip christian church clay cliff cloud cole colt constant
    cook cooper cross crystal daisy dale dash dawn day dean dell diamond docker dot drew duke earl east ember
    ernest eve faith field fisher flint flora forest forge fox frank free gale garden gene ginger glen gold
    grace grant graph gray grey guard guy hall hand hardy harmony harper hash haven hazel head heath hill holly
    hook hope house hunt hunter int iris ivy jack jade jar jasmine java jay jenkins jet jewel jobs joy jude
    judge julia july june justice kafka key keys king kit knight lake lance land lane lark law leaf lee lily
    link list little lock long love lucky mack major maker march mark marks mars marshal martin mason max may
    melody mercy merit miles mill miller min mint misty mode moon moss nick noble north nova ocean olive opal
    palm park parker pascal patience pattern paul peace pearl penny pepper perl pierce pike pin pitch pole pond
    poppy port porter post power price pride prince prose queen rain raven ray reed reef rex rice rich ridge
    ring river rob robin rock rod roman rose rowan royal rule rush rust rusty sage sail salt sand sandy scala
    sharp shell shepherd short sierra sky slack small smart smith snow solo sparks spring star starr sterling
    stern stone storm story strand street strong sue summer sun sunny swift taylor temple terry thorn tiger
    trace tracy travis tree trip tucker turner tyler vale van victor vim violet wade wagner walker wall ward
    waters wave way weaver webb wells west wheeler wild will willow winter wise wolf wood woods word worth wren
    young zen zip""".split()
)
SHORTEST = 4  # letters of a single word that is hidden by itself
_BEFORE_NAMES = "ask asked by cc dear did does from hey hi is thank thanks told was with".split()


class Veil:
    """Hides some people in texts; made once for a set of them."""

    def __init__(
        self,
        identities: Iterable[tuple[str, str]],
        accounts: Iterable[str] = (),
        others: Collection[str] | None = None,
        words: Collection[str] = (),
    ) -> None:
        """`identities` are names with addresses, `accounts` ids of chat platforms.

        `others` are the parts of names (lower case) that others bear, too: they stay where they stand alone; None: so
        does every part. `words` are parts that are words in this team's files and messages.
        """
        pairs = [(" ".join(name.split()), email.strip()) for name, email in identities]
        addresses = {email for _, email in pairs if "@" in email and not SHARED_ADDRESS.search(email.lower())}
        full = {name for name, _ in pairs if is_full_name(name)}
        single = {name for name, _ in pairs if not is_full_name(name) and " " not in name and "@" not in name}
        single |= {login(email) for _, email in pairs} - {""}
        borne = {word for word in single if others is not None and word.lower() in others}  # a “Julien” among Juliens
        local = {email.partition("@")[0].partition("+")[0] for email in addresses}
        known = {account for account in accounts if account}
        parts = {
            part for name in full for part in name_parts(name) if others is not None and part.lower() not in others
        }
        plain = {
            part for part in parts if len(part) >= SHORTEST and not is_ordinary(part) and part.lower() not in words
        }
        self._pattern = _pattern(
            addresses, full | _turned(full), single - borne, local | borne, known, plain, parts - plain
        )

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


def name_parts(name: str) -> list[str]:
    """The first and the last of a full name, of three letters or more."""
    words = name.replace(",", " ").split()
    return [word for word in dict.fromkeys((words[0], words[-1])) if len(word) > 2] if len(words) > 1 else []


def _turned(names: Iterable[str]) -> set[str]:
    """`Lee, Ann` for `Ann Lee`."""
    return {f"{name.rpartition(' ')[2]}, {name.rpartition(' ')[0]}" for name in names}


def _pattern(
    addresses: Iterable[str],
    names: Iterable[str],
    single: Iterable[str],
    local: Iterable[str],
    accounts: Iterable[str],
    parts: Iterable[str],
    parts_as_words: Iterable[str],
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
    if alone := _any(parts, re.escape):
        ways.append(rf"(?<![\w/.@-])(?i:{alone})(?![\w/-])(?!\.\w{{1,5}}\b)")
    if alone := _any(parts_as_words, re.escape):
        ways.append(rf"(?:{'|'.join(_BEHIND)})(?:{alone})(?![\w/-])(?!\.\w{{1,5}}\b)")
    if mentioned := _any({*single, *local, *accounts}, re.escape):
        ways.append(rf"<@!?(?i:{mentioned})>|(?<![\w.])@(?i:{mentioned})(?![\w-])")
    if ids := _any(accounts, re.escape):
        ways.append(rf"(?<!\w)(?:{ids})(?!\w)")
    return re.compile("|".join(ways)) if ways else None


_BEHIND = [rf"(?<=\b{word} )" for said in _BEFORE_NAMES for word in (said, said.capitalize())]


def is_ordinary(word: str) -> bool:
    """Whether a text may mean a word rather than the name."""
    return word.lower() in _ORDINARY or word.lower() in _WORDS


def _any(words: Iterable[str], escaped: Callable[[str], str]) -> str:
    kept: Sequence[str] = sorted({word for word in words if word.strip()}, key=lambda word: (-len(word), word))
    return "|".join(escaped(word) for word in kept)


def _spaced(name: str) -> str:
    """A name over any blanks, also where a line breaks in it."""
    return r"\s+".join(re.escape(word) for word in name.split())
