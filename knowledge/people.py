"""One person, many names: which identities of which histories are the same human, and which are no human at all.

Input: identities, each a name and address exactly as a history holds them. Output: groups, one a person, with the
reason that joined each identity to its group. Pure; `knowledge/store/people.py` keeps the result.

    "Ann Lee" <ann@old.example>   ─ same full name ─┐
    "Ann Lee" <ann@new.example>   ──────────────────┼─ Ann Lee
    "ann" <7+ann@users.noreply.github.com> ─ config ┘   (people: [{name: Ann Lee, emails: [7+ann@users…]}])
    "dependabot[bot]" <…>         ── a bot: never a holder
    "Claude" <noreply@anthropic.com> ── an AI agent: never a holder; the human who committed is

Joined by, strongest first: "merged by hand", "config", "mailmap", "same address", "GitHub login", "same full name".
What only looks alike is suggested (`alike.py`), never merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

MERGED, SPLIT = "merged by hand", "split by hand"


class Identity(NamedTuple):
    """A row of `identities`; `commits` is how often it authored."""

    id: int
    name: str
    email: str
    person_id: int | None = None
    why: str = ""
    commits: int = 0
    repos: frozenset[int] = frozenset()


class Entry(NamedTuple):
    """A person as config.yaml's `people` describes them; days are ISO, in the person's time zone."""

    name: str
    emails: tuple[str, ...] = ()
    slack: str = ""
    discord: str = ""
    timezone: str = ""
    left: bool = False
    left_day: str = ""  # the first day without them; "" where nobody says when
    opted_out: bool = False
    bot: bool = False
    away: tuple[tuple[str, str], ...] = ()  # first and last day away; the last is "" where nobody knows it


class Rules(NamedTuple):
    """The configurable part: `bots` and `not_bots` are shell patterns over "Name <address>", in small letters."""

    entries: tuple[Entry, ...] = ()
    bots: tuple[str, ...] = ()
    not_bots: tuple[str, ...] = ()


class Group(NamedTuple):
    """A person in the making; `why` by identity id ("" for the identity that the others were joined to)."""

    identities: tuple[Identity, ...]
    why: Mapping[int, str]
    name: str
    email: str
    is_bot: bool
    entry: Entry | None = None


# -- who is no human --------------------------------------------------------------------------------------------------

# "bot" or "robot" as a word of its own ("pytest bot", "renovate-bot", "x[bot]", "k8s-ci-robot"): Abbott, Talbot and
# robotics pass.
BOT_WORD = re.compile(r"(?:^|[\s\-_.+<\[])(?:ro)?bot(?:$|[\s\-_.@>\]])")
BOT_NAMES = re.compile(
    r"^(?:dependabot|renovate|greenkeeper|pyup|snyk|imgbot|codecov|allcontributors|mergify|whitesource|restyled)\b"
    r"|^(?:github[ -]actions?|pre-commit-ci|semantic-release|web-flow|travis ci|jenkins|weblate|transifex|copybara)\b"
    r"|^(?:dependabot|renovate|greenkeeper|scala-steward|mergify|imgbot|allcontributors)(?:-preview|bot)?$"
    r"|^(?:bors|homu|zuul|kodiakhq|gerrit code review)$"  # they merge what people approved
)
# Agents by the very address that they sign with (people work at those companies), or a name that no human bears:
# Claude Paroz is a person.
AGENT_ADDRESS = re.compile(
    r"^(?:noreply@anthropic\.com|claude@anthropic\.com|codex@openai\.com|(?:cursoragent|ai)@cursor\.(?:com|sh)|grok@x\.ai|aider@aider\.chat"
    r"|(?:\d+\+)?(?:copilot|claude|codex|cursoragent|devin-ai-integration\[bot\]|gemini-code-assist\[bot\])"
    r"@(?:users\.noreply\.)?github\.com)$"
)
AGENT_NAME = re.compile(
    r"^(?:claude (?:code|opus|sonnet|haiku|fable|\d).*|(?:github )?copilot(?: (?:swe|coding)[ -]agent| autofix)?"
    r"|copilot-swe-agent.*|cursor(?: agent| ai| grok.*)?|cursoragent|openai codex|codex|chatgpt.*|gpt-\d.*|devin ai"
    r"|gemini(?:-cli| code assist| \d.*)?|google jules|google-labs-jules.*|aider(?: \(.*)?|sweep ai|windsurf|amp)$"
)


AGENT = "AI agent"


def not_human(name: str, email: str, rules: Rules = Rules()) -> str:  # noqa: B008  (a frozen value)
    """The words "bot" or "AI agent" for what never holds knowledge, "" for a human."""
    low_name, low_email = name.strip().lower(), email.strip().lower()
    both = f"{low_name} <{low_email}>"
    if any(fnmatchcase(both, f"*{pattern.lower()}*") for pattern in rules.not_bots):
        return ""
    if any(fnmatchcase(both, f"*{pattern.lower()}*") for pattern in rules.bots):
        return "bot"
    if is_agent(low_name, low_email):
        return AGENT
    local = low_email.partition("@")[0].partition("+")[2] or low_email.partition("@")[0]
    if BOT_WORD.search(low_name) or BOT_WORD.search(local) or BOT_NAMES.search(low_name) or BOT_NAMES.search(local):
        return "bot"
    return ""


def is_agent(name: str, email: str) -> bool:
    """Whether an AI agent bears this name and address, which are in small letters."""
    return AGENT_ADDRESS.match(email) is not None or AGENT_NAME.match(name) is not None


# -- what may join ----------------------------------------------------------------------------------------------------

NOREPLY = re.compile(r"^(?:\d+\+)?([^@+]+)@users\.noreply\.(?:github\.com|.+)$")
SHARED_ADDRESS = re.compile(
    r"^(?:no-?reply|root|none|unknown|nobody|git|admin|user|dev|devnull)@|@localhost|^[^@]*$|^$"
)
NO_NAMES = {
    "unknown user",
    "your name",
    "john doe",
    "jane doe",
    "root user",
    "no name",
    "not committed yet",
    "the team",
}
MANY_NAMES = 4  # an address under so many full names belongs to a team or a pair, not to one person


_SPACED = str.maketrans('."', "  ")


@lru_cache(maxsize=16_384)  # a mapping run asks thrice for each name
def plain_name(name: str) -> str:
    """Small letters, no accents, single spaces: "José  Núñez" and "Jose Nunez" are one name."""
    if name.isascii():
        return " ".join(name.lower().translate(_SPACED).split()).removeprefix("signed-off-by: ")
    stripped = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(" " if c in '."' else c for c in stripped if not unicodedata.combining(c))
    return " ".join(bare.split()).removeprefix("signed-off-by: ")


def login(email: str) -> str:
    """The GitHub login of a noreply address in small letters, else ""."""
    match = NOREPLY.match(email.lower())
    return match.group(1) if match else ""


@lru_cache(maxsize=16_384)
def is_full_name(name: str) -> bool:
    """Two words or more, a human's; only such a name may join by itself."""
    plain = plain_name(name)
    words = plain.split()
    return len(words) >= 2 and all(len(word) > 1 for word in words[-1:]) and plain not in NO_NAMES and "@" not in name


class _Groups:
    """Union-find that remembers why; a pair that may not meet ("split by hand") is refused."""

    def __init__(self, identities: Sequence[Identity]) -> None:
        self.parent = {identity.id: identity.id for identity in identities}
        self.rank = {identity.id: identity.commits for identity in identities}
        self.why: dict[int, str] = {}

    def find(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, one: int, other: int, why: str) -> None:
        a, b = self.find(one), self.find(other)
        if a == b:
            return
        if (self.rank[a], -a) < (self.rank[b], -b):
            a, b, one, other = b, a, other, one
        self.parent[b] = a
        self.why.setdefault(other, why)
        self.why.setdefault(b, why)


def group(
    identities: Sequence[Identity],
    rules: Rules = Rules(),  # noqa: B008
    aliases: Mapping[tuple[str, str], tuple[str, str]] | None = None,
) -> list[Group]:
    """One group a person, in the order of their first identity.

    Args:
        identities: every identity of the store.
        rules: the people and bot patterns of the config.
        aliases: (name, address) → the proper ones by .mailmap, for the identities that a mailmap knows.
    """
    aliases = aliases or {}
    proper = {i.id: aliases[(i.name, i.email)] for i in identities if (i.name, i.email) in aliases}
    bots = {i.id: not_human(i.name, i.email, rules) for i in identities}
    free = [i for i in identities if i.why != SPLIT and not bots[i.id]]
    groups = _Groups(identities)
    entry_of = _by_config(groups, free, proper, rules)
    for key, members, why in (
        *_keyed(_by_hand(identities), MERGED),
        *_keyed(_by_mailmap(free, proper), "mailmap"),
        *_keyed(_by_address(free, proper), "same address"),
        *_keyed(_by_login(free), "GitHub login"),
        *_keyed(_by_name(groups, free, proper), "same full name"),
    ):
        del key
        for other in members[1:]:
            by_address = why == "mailmap" and other.id not in proper  # it is written as the mailmap wants it
            groups.join(members[0].id, other.id, "same address" if by_address else why)
    members_of: dict[int, list[Identity]] = defaultdict(list)
    for identity in sorted(identities):
        members_of[groups.find(identity.id)].append(identity)
    return [_finish(members, groups, proper, bots, entry_of) for members in members_of.values()]


def _keyed(found: Mapping[Any, list[Identity]], why: str) -> Iterator[tuple[Any, list[Identity], str]]:
    for key in sorted(found, key=str):
        if len(found[key]) > 1:
            yield key, found[key], why


def _by_config(
    groups: _Groups, free: Iterable[Identity], proper: Mapping[int, tuple[str, str]], rules: Rules
) -> dict[int, Entry]:
    """Identities that a config entry names, by address or (when it is a full name) by name."""
    by_email = {email.lower(): entry for entry in rules.entries for email in entry.emails}
    by_name = {plain_name(entry.name): entry for entry in rules.entries if is_full_name(entry.name)}
    found: dict[Entry, list[Identity]] = defaultdict(list)
    for identity in free:
        addresses = (identity.email.lower(), proper.get(identity.id, ("", ""))[1].lower())
        entry = next((by_email[a] for a in addresses if a in by_email), None) or by_name.get(plain_name(identity.name))
        if entry is not None:
            found[entry].append(identity)
    for members in found.values():
        for other in members[1:]:
            groups.join(members[0].id, other.id, "config")
    return {identity.id: entry for entry, members in found.items() for identity in members}


def _by_hand(identities: Iterable[Identity]) -> dict[Any, list[Identity]]:
    found: dict[Any, list[Identity]] = defaultdict(list)
    listed = list(identities)
    held = {i.person_id for i in listed if i.why == MERGED and i.person_id is not None}
    for identity in listed:
        if identity.person_id in held and identity.why != SPLIT:
            found[identity.person_id].append(identity)
    return found


def _by_mailmap(free: Iterable[Identity], proper: Mapping[int, tuple[str, str]]) -> dict[Any, list[Identity]]:
    found: dict[Any, list[Identity]] = defaultdict(list)
    for identity in free:
        name, email = proper.get(identity.id, (identity.name, identity.email))
        found[(email.lower() or plain_name(name))].append(identity)
    return {key: members for key, members in found.items() if any(member.id in proper for member in members)}


def _by_address(free: Iterable[Identity], proper: Mapping[int, tuple[str, str]]) -> dict[Any, list[Identity]]:
    """Not where the mailmap itself tells several people of one address apart ("Ada via Gadget <gadget@…>")."""
    found: dict[Any, list[Identity]] = defaultdict(list)
    for identity in free:
        email = identity.email.strip().lower()
        if not SHARED_ADDRESS.search(email):
            found[email].append(identity)
    return {key: members for key, members in found.items() if not _is_shared(members, proper)}


def _is_shared(members: Sequence[Identity], proper: Mapping[int, tuple[str, str]]) -> bool:
    if len({proper[member.id][1].lower() for member in members if member.id in proper}) > 1:
        return True
    return len({plain_name(member.name) for member in members if is_full_name(member.name)}) >= MANY_NAMES


def _by_login(free: Iterable[Identity]) -> dict[Any, list[Identity]]:
    """Noreply addresses of one login, and single-word names that are that very login."""
    listed = list(free)
    logins = {login(identity.email) for identity in listed} - {""}
    found: dict[Any, list[Identity]] = defaultdict(list)
    for identity in listed:
        name = identity.name.strip().lower()
        key = login(identity.email) or (name if name in logins and len(name) >= 4 else "")
        if key:
            found[key].append(identity)
    return found


def _by_name(
    groups: _Groups, free: Iterable[Identity], proper: Mapping[int, tuple[str, str]]
) -> dict[Any, list[Identity]]:
    """The same full name within one repository; not where the mailmap itself keeps namesakes apart."""
    found: dict[Any, list[Identity]] = defaultdict(list)
    for identity in free:
        if is_full_name(identity.name):
            for repo in identity.repos or (0,):
                found[(plain_name(identity.name), repo)].append(identity)
    return {
        key: members
        for key, members in found.items()
        if len({groups.find(member.id) for member in members if member.id in proper}) < 2
    }


def _finish(
    members: list[Identity],
    groups: _Groups,
    proper: Mapping[int, tuple[str, str]],
    bots: Mapping[int, str],
    entry_of: Mapping[int, Entry],
) -> Group:
    entry = next((entry_of[member.id] for member in members if member.id in entry_of), None)
    names: Counter[str] = Counter()
    emails: Counter[str] = Counter()
    for member in members:
        name, email = proper.get(member.id, (member.name, member.email))
        names[name] += member.commits * (3 if is_full_name(name) else 1) + (10**6 if member.id in proper else 0)
        emails[email] += member.commits + (10**6 if member.id in proper else 0) - (10**5 if login(email) else 0)
    is_bot = all(bots[member.id] for member in members) or (entry is not None and entry.bot)
    return Group(
        identities=tuple(members),
        why={m.id: m.why if m.why in (MERGED, SPLIT) else bots[m.id] or groups.why.get(m.id, "") for m in members},
        name=entry.name if entry and entry.name else names.most_common(1)[0][0],
        email=entry.emails[0] if entry and entry.emails else emails.most_common(1)[0][0],
        is_bot=is_bot,
        entry=entry,
    )
