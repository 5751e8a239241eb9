"""Which people may be one, and why: what a lead decides with `lamp people merge`; nothing here ever merges. Pure.

Input: the groups of `people.group`. Output: pairs, the surest kind of reason first, the busier pairs first among those.

    Ada Lovelace <ada@work.example>     A. Lovelace <al@home.example>              "A. Lovelace" may be Ada Lovelace
    Ada Lovelace <ada@work.example>     alovelace <7+alovelace@users.noreply…>     "alovelace" is written like the name
    Jürgen Groß <jg@work.example>       Juergen Gross <jg@home.example>            the same name in another spelling
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from knowledge.people import (
    MANY_NAMES,
    SHARED_ADDRESS,
    SPLIT,
    Group,
    Identity,
    is_full_name,
    login,
    plain_name,
)

WIDE_LOCALS = frozenset(
    """hello github github.com gitlab email contact public opensource gmail mail mailbox info office support code
    dev development developer webmaster postmaster software work home team git spam lists junk lkml linux kernel
    python django flask release docs""".split()
)
MOST_ALIKE = 3  # people under one key; more of them are namesakes, not one person
SHORTEST = 5  # letters of a login or local part that say anything


class Suggestion(NamedTuple):
    """Two identities that may be one person, and the people they are now; a human decides."""

    first: Identity
    second: Identity
    why: str


class _Sign(NamedTuple):
    """Something that two people may have in common; `rank` orders kinds of signs, the surest first."""

    rank: int
    key: str
    how: str  # how this side has it: two of the same name in words are told apart by it
    said: str


def suggestions(groups: Sequence[Group], limit: int = 50) -> list[Suggestion]:
    """Pairs of people that may be one, the surest reason first, then the busiest."""
    people = [g for g in groups if not g.is_bot and not any(i.why == SPLIT for i in g.identities)]
    given = {_words(i.name)[0] for g in people for i in g.identities if is_full_name(i.name) and _words(i.name)}
    by_key: dict[tuple[int, str], dict[int, list[_Sign]]] = defaultdict(lambda: defaultdict(list))
    for at, person in enumerate(people):
        for sign in _signs(person, given):
            by_key[sign.rank, sign.key][at].append(sign)
    found: dict[tuple[int, int], tuple[int, int, Suggestion]] = {}
    for (rank, _), alike in sorted(by_key.items()):
        if 2 <= len(alike) <= MOST_ALIKE and not _fits_several(alike):
            for one, other in combinations(sorted(alike), 2):
                why = _why(people[one], people[other], alike[one], alike[other])
                if why and (one, other) not in found:
                    busy = min(_commits(people[one]), _commits(people[other]))
                    pair = sorted((_face(people[one]), _face(people[other])), key=lambda i: (-i.commits, i.id))
                    found[one, other] = (rank, -busy, Suggestion(pair[0], pair[1], why))
    return [suggestion for _, _, suggestion in sorted(found.values(), key=lambda entry: entry[:2])[:limit]]


def _fits_several(alike: Mapping[int, Sequence[_Sign]]) -> bool:
    """Whether an account is written like several names: StephenB is no hint at Stephen Boyd where Stephen Berg is."""
    return sum(all(sign.how == "name" for sign in signs) for signs in alike.values()) > 1


def _commits(person: Group) -> int:
    return sum(identity.commits for identity in person.identities)


def _face(person: Group) -> Identity:
    """The identity that stands for a person: the busiest."""
    return max(person.identities, key=lambda identity: (identity.commits, -identity.id))


def _why(one: Group, other: Group, mine: Sequence[_Sign], theirs: Sequence[_Sign]) -> str:
    """The reason in words; empty where both sides have the sign in the same way that means nothing, or names differ."""
    for sign in mine:
        for its in theirs:
            if (sign.how != its.how or sign.how == "both") and _compatible(one, other):
                return sign.said or its.said
    return ""


# -- signs ------------------------------------------------------------------------------------------------------------


def _signs(person: Group, given: Collection[str]) -> Iterator[_Sign]:
    """Everything that somebody may have in common with others; a mere first name (of `given`) is nothing."""
    seen = set()
    for identity in person.identities:
        for sign in (*_of_name(identity.name), *_of_address(identity, given)):
            if sign not in seen:
                seen.add(sign)
                yield sign


def _of_name(name: str) -> Iterator[_Sign]:
    """What a full name has in common with other spellings of it."""
    words = _words(name)
    if not is_full_name(name) or len(words) < 2:
        return
    first, last = words[0], words[-1]
    folded = " ".join(words)
    yield _Sign(
        1, "name " + plain_name(name), "both", "the same full name, which .mailmap or their repositories keep apart"
    )
    yield _Sign(1, "spelt " + folded, " ".join(plain_name(name).split()), "the same name in another spelling")
    yield _Sign(1, "turned " + " ".join(sorted(words)), folded, "the same name, turned around")
    if len(words) > 2:
        yield _Sign(2, f"middle {first} {last}", "long", f"the same name, once with “{' '.join(words[1:-1])}” in it")
    elif len(first) > 1:
        yield _Sign(2, f"middle {first} {last}", "short", "")
    if len(first) == 1 and len(last) > 2 and len(words) == 2:
        yield _Sign(3, f"initial {first} {last}", "initial", f"“{name}” may be short for the other name")
    elif len(last) > 2:
        yield _Sign(3, f"initial {first[0]} {last}", "full", "")
    for short in ("".join(words), first[0] + last, first + last[0], last + first[0]):
        if len(short) >= SHORTEST:
            yield _Sign(2, "login " + short, "name", "")


def _of_address(identity: Identity, given: Collection[str]) -> Iterator[_Sign]:
    """What a login or the part before the @ has in common with others, and with names."""
    account = login(identity.email)
    local = account or identity.email.lower().partition("@")[0].partition("+")[0]
    if SHARED_ADDRESS.search(f"{local}@") or local in WIDE_LOCALS or len(local) < SHORTEST:
        local = ""
    words = _words(identity.name)
    local = "" if local in given or local in words[:1] else local
    if local:
        yield _Sign(2, "local " + local, "both", f"both write as {local}@…")
    bare = re.sub(r"[^a-z]", "", local)
    if len(bare) >= SHORTEST:
        yield _Sign(2, "login " + bare, "account", f"“{local}” is written like the other name")
    single = words[0] if len(words) == 1 and len(words[0]) >= SHORTEST else ""
    if single and single not in WIDE_LOCALS and single not in given:
        yield _Sign(2, "login " + single, "account", f"“{identity.name}” is written like the other name")
        yield _Sign(2, "local " + single, "nickname", "")
        yield _Sign(4, "nickname " + single, "both", f"both call themselves {identity.name}")


GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"})


def _words(name: str) -> list[str]:
    """The words of a name in plain letters, umlauts and their spellings with e alike: Jürgen and Juergen → jurgen."""
    if "," in name:  # "Lovelace, Ada"
        last, _, first = name.partition(",")
        name = f"{first} {last}"
    low = unicodedata.normalize("NFC", name.casefold()).translate(GERMAN)
    bare = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
    return re.findall(r"[^\W\d_]+", bare)


# -- against false ones -----------------------------------------------------------------------------------------------


def _compatible(one: Group, other: Group) -> bool:
    """Whether no two full names contradict each other: "David Lord" and "David Wolever" are two, whatever the login."""
    mine = [_words(i.name) for i in one.identities if is_full_name(i.name)]
    theirs = [_words(i.name) for i in other.identities if is_full_name(i.name)]
    if len(mine) >= MANY_NAMES * 2 or len(theirs) >= MANY_NAMES * 2:
        return False
    return not mine or not theirs or any(_same(a, b) for a in mine for b in theirs)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two full names may be one: the last names meet, and the first ones or their initials."""
    if sorted(one) == sorted(other):
        return True
    if one[-1] != other[-1] and one[-1] not in other and other[-1] not in one:
        return False
    a, b = one[0], other[0]
    if len(one) == len(other) == 3 and one[1][0] != other[1][0]:
        return False  # James Y. Knight is not James D. Knight
    return a == b or (a[0] == b[0] and (len(a) == 1 or len(b) == 1 or a.startswith(b[:3]) or b.startswith(a[:3])))
