"""The nouns of Lamplighter, all of them values that never change (and tuples, which cost a cold start least).

Times are whole seconds since 1970 in UTC (`*_time`) unless a name says otherwise; a path is repository-relative with
forward slashes; line numbers start at 1 and spans include both ends.
"""

from __future__ import annotations

from knowledge.lean import NamedTuple
from knowledge.person import FOREVER as FOREVER
from knowledge.person import SOMEONE as SOMEONE
from knowledge.person import Person as Person

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from typing import Any, Literal

    PassageKind = Literal["doc", "code", "commit", "wiki", "chat"]
    SourceName = Literal["git", "docs", "code"]
else:
    PassageKind = SourceName = str

# How a person took part in a commit. `authored` and `coauthored` are work; the others are review.
COMMIT_ROLES = ("authored", "coauthored", "reviewed", "acked", "tested", "reported", "documented")


class Role(NamedTuple):
    """Somebody's part in a commit, with the name and address as the history holds them."""

    kind: str  # one of COMMIT_ROLES
    name: str
    email: str


class Touch(NamedTuple):
    """One path of a commit. `change` is git's letter: A, M, D, R, C or T."""

    path: str
    change: str
    old_path: str | None = None  # for R and C


class Commit(NamedTuple):
    """A commit as the bundle of events that it is: every role × every touch."""

    sha: str
    author_time: int
    commit_time: int
    subject: str
    body: str
    roles: tuple[Role, ...]
    touches: tuple[Touch, ...]
    weight: float = 1.0  # below 1 for mass commits; 0 for those named in .git-blame-ignore-revs
    why: str = ""  # why the weight is below 1, in words: "reformats 312 files", "listed in .git-blame-ignore-revs"
    is_merge: bool = False


class Passage(NamedTuple):
    """A piece of text that can be found and cited, at the commit it was read from."""

    kind: PassageKind
    path: str
    line_start: int
    line_end: int
    title: str  # heading path ("Deploying › Rolling back") or qualified name ("Flask.create_url_adapter")
    text: str
    symbol: str = ""  # for code: the qualified name
    hash: str = ""  # of kind, title and text; equal hashes are never embedded twice


class Document(NamedTuple):
    """All passages of one file in its present version; replaces what was known of that path from that source."""

    path: str
    passages: tuple[Passage, ...]
    commit: str  # the commit at which the file was read
    traits: frozenset[str] = frozenset()  # generated, vendored, binary, lfs, symlink, submodule


class Gone(NamedTuple):
    """A path that no longer has passages in this source."""

    path: str


class Skipped(NamedTuple):
    """Something a source could not or would not read, and why, in one sentence."""

    where: str
    why: str


class Cursor(NamedTuple):
    """Everything yielded before it is complete up to here; stored in the same transaction."""

    value: dict[str, Any]


class Event(NamedTuple):
    """A fact: this person did this to this path at this time. Never rewritten, only superseded by a re-read."""

    kind: str
    person_id: int
    path: str
    time: int
    weight: float = 1.0
    reference: str = ""  # a commit, a chat permalink, a page


class Knower(NamedTuple):
    """A person as an answer to "who knows this", with the reasons in plain words."""

    person: Person
    score: float  # normalised activation in [0, 1]: ranks, says nothing by itself
    retention: float  # probability in [0, 1] of touching, reviewing or answering here within 180 days
    staleness: float  # share in [0, 1] of the area changed by others since their last event here
    last_time: int  # their last event here
    why: str
    fading: float = -1.0  # the share of activation that time took since last_time; below 0: not worked out


class WhoKnows(NamedTuple):
    """The people who know an area at a time; `nobody` is an answer, not a failure."""

    target: str
    people: tuple[Knower, ...]
    nobody: str = ""  # why nobody is above the bar, and the way back in; empty when somebody is
    backup: Knower | None = None


class Freshness(NamedTuple):
    """How far what a passage talks about has moved since the passage was last changed."""

    changed_time: int | None  # when the page was last changed
    drift: int  # commits since then to the code that the passage names
    named: tuple[str, ...] = ()  # the paths and symbols it names
    missing: tuple[str, ...] = ()  # of those, the ones that are no longer there


class Evidence(NamedTuple):
    """What an answer rests on."""

    kind: PassageKind
    path: str
    line_start: int
    line_end: int
    title: str
    quote: str
    commit: str
    date: int | None  # of the last change to these lines' file
    score: float = 0.0
    freshness: Freshness | None = None
    passage_id: int | None = None


class IndexSummary(NamedTuple):
    """What one run of the indexers read, in the words of `lamp index --json`."""

    commits: int = 0
    events: int = 0
    passages: int = 0
    embedded: int = 0
    skipped: tuple[Skipped, ...] = ()
    seconds: float = 0.0
