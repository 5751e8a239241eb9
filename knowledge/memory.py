"""How active a person's knowledge of an area is: pure functions of (events, now, parameters).

Activation with hierarchical back-off ("AKB"): the evidence a person left in a file is mixed with what they left in its
directory, that with the directory above, up to the repository, like a Dirichlet prior along the path:

    A_n(p) = Σ_e w_kind(e) · weight(e) · files_in_commit(e)^−½ · 2^(−age_days(e) / h_level)
    P_n(p) = (A_n(p) + m_n · P_parent(n)(p)) / (Σ_q A_n(q) + m_n),      P_root(p) = A_root(p) / Σ_q A_root(q)
    m_n    = base_level + slope_level · Σ_q A_n(q)
    score  = P_n(p) · turnout(p),      turnout(p) = presence(p)^a · breadth(p)^b · settled(p)^c

Presence says whether somebody is still around, breadth how many files a commit of theirs usually touches: whoever works
across the tree turns up in more places. Settled is who has been coming for long: of those who are new, few stay.
Half-lives, priors and exponents are those that were best on public repositories; `Params` are what a repository's own
past may change (`knowledge/proof/fitting.py`), and what turns scores into probabilities is fitted
(`knowledge/fitted.py`). Sums are kept with *forward decay* (Cormode et al. 2009): value · 2^((t − EPOCH) / h) is added
once and never touched again; multiplied by 2^(−(now − EPOCH) / h) it is the decayed sum at any later time.

Only `math` is imported: a question from the shell comes through here.
"""

from __future__ import annotations

from math import exp, log, log1p

from knowledge import fitted
from knowledge.lean import NamedTuple

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeVar

    Key = TypeVar("Key")
    Number = TypeVar("Number", bound=Any)

DAY = 86_400
EPOCH = 2_051_222_400  # 2035-01-01: the middle of 1970..2099, so that 2^((t − EPOCH) / 90 d) stays within 2^±265
EARLIEST, LATEST = 0, 4_102_444_800  # 1970-01-01 and 2100-01-01; times outside are drawn to these
FRESH_DAYS = 60  # who worked somewhere within so many days has it in their head
HORIZON_DAYS = 180  # "still active" means: works on it within this time

# Work makes a holder; review counts a quarter towards "who works on it next".
REVIEW_SHARE = 0.25
WORK_KINDS = {"authored": 1.0, "coauthored": 1.0, "documented": 1.0}
REVIEW_KINDS = {"reviewed": 1.0, "acked": 0.5, "tested": 0.5, "reported": 0.25}
# Outside of commits, in touches of a small commit; documented guesses until there are outcomes to fit them to.
AGENT_SHARE = 0.5  # of work that an AI agent is named for beside the human: a documented guess, as those below
EVENT_KINDS = {"answered": 1.0, "documented": 1.0, "paired": 2.0, "taught": 2.0, "attended": 1.0, "confirmed": 0.5}


class Level(NamedTuple):
    """What a level of the path believes: how fast evidence fades, and how much the level above is worth."""

    half_life_days: float
    base: float
    slope: float


FILE = Level(180.0, 8.0, 1.0)
DIRECTORY = Level(120.0, 50.0, 3.0)
ROOT = Level(130.0, 0.0, 0.0)


class Levels(NamedTuple):
    """What each level of the path believes."""

    file: Level = FILE
    directory: Level = DIRECTORY
    root: Level = ROOT


LEVELS = Levels()


class Params(NamedTuple):
    """What a repository's own past may change; these are the defaults, fitted to public histories."""

    presence: float = 0.8  # the exponent a: 0 does not ask who is still around
    breadth: float = 0.3  # the exponent b
    settled: float = 0.45  # the exponent c
    retention: tuple[float, ...] = fitted.RETENTION


DEFAULT = Params()
PRESENCE = 0.5  # the exponent where nothing is fitted: of topics, reviewers and AKB+
MOST_PATHS = 50  # of one commit, that count towards breadth
NEW_DAYS, SETTLING_DAYS = 30.0, 365.0


class Trace(NamedTuple):
    """What somebody left in one node. `work` and `review` are decayed sums at the time of reading."""

    work: float
    review: float
    events: int  # commits and other events, not decayed
    first: int
    last: int
    paths: int = 0  # touched by these commits below this node, at most MOST_PATHS each, not decayed

    @property
    def activation(self) -> float:
        """A_n(p) of the module's formula."""
        return self.work + REVIEW_SHARE * self.review

    def joined(self, other: Trace) -> Trace:
        """Both traces as one person's."""
        events = self.events + other.events
        first, last = min(self.first, other.first), max(self.last, other.last)
        paths = self.paths + other.paths
        return Trace(self.work + other.work, self.review + other.review, events, first, last, paths)


NO_TRACE = Trace(0.0, 0.0, 0, 0, 0)


def clamp(time: int) -> int:
    """A commit time within what forward decay can hold."""
    return min(max(time, EARLIEST), LATEST)


def forward(time: float, half_life_days: float) -> float:
    """The factor with which evidence of `time` is stored."""
    return float(2.0 ** ((time - EPOCH) / (half_life_days * DAY)))


def backward(now: float, half_life_days: float) -> float:
    """The factor that turns a stored sum into the decayed sum at `now`."""
    return float(2.0 ** ((EPOCH - now) / (half_life_days * DAY)))


def share_of_commit(weight: float, path_count: int) -> float:
    """What one path of a commit is worth: a commit of 100 files says little about each."""
    return float(weight * max(path_count, 1) ** -0.5)


def presence(first: Number, last: Number, events: Number, now: int, power: float = PRESENCE) -> Number:
    """Whether somebody is still around, in (0, 1], against their own cadence of events anywhere.

    Takes numbers or arrays of them: times of the first and last event anywhere, and how many there were.
    """
    gap_days = (now - last) / DAY
    cadence_days = (last - first) / DAY / (events - 1 + (events <= 1))
    return (1.0 + gap_days / (3.0 * cadence_days + 15.0)) ** -power  # type: ignore[no-any-return]


def breadth(events: Number, paths: Number, power: float = DEFAULT.breadth) -> Number:
    """How widely somebody works, at least 1: the paths of a usual commit of theirs, drawn to 1 while there are few.

    Takes numbers or arrays of them.
    """
    return ((paths + 3.0) / (events + 3.0)) ** power  # type: ignore[no-any-return]


def settled(first: Number, last: Number, power: float = DEFAULT.settled) -> Number:
    """How surely somebody stays, in (0, 1), by how long they have been coming: ⅓ on the first day, 0.9 after 3 years.

    Takes numbers or arrays of them: times of the first and last event anywhere.
    """
    days = (last - first) / DAY
    return ((days + NEW_DAYS) / (days + SETTLING_DAYS)) ** power  # type: ignore[no-any-return]


def turnout(anywhere: Trace, now: int, params: Params = DEFAULT) -> float:
    """How much more or less likely than their share says somebody turns up; at most MOST_PATHS ** params.breadth."""
    events = max(1, anywhere.events)
    around = presence(anywhere.first, anywhere.last, events, now, params.presence)
    wide = breadth(events, max(anywhere.paths, events), params.breadth)
    return float(around * wide * settled(anywhere.first, anywhere.last, params.settled))


def shares(
    chain: Sequence[Mapping[Key, float]], levels: Sequence[Level], totals: Sequence[float] | None = None
) -> dict[Key, float]:
    """P_n(p) for everybody with a trace in the chain.

    Args:
        chain: A_n(p) by person, from the root down to the node asked for.
        levels: of the same length.
        totals: Σ_q A_n(q), where the chain does not hold everybody.
    """
    believed: dict[Key, float] = {}
    wholes = [sum(found.values()) for found in chain] if totals is None else totals
    for level, found, total in zip(levels, chain, wholes, strict=True):
        prior = level.base + level.slope * total
        whole = total + prior
        if whole <= 0.0:
            continue
        believed = {person: prior * share / whole for person, share in believed.items()}
        for person, activation in found.items():
            believed[person] = believed.get(person, 0.0) + activation / whole
    return believed


def worths(levels: Sequence[Level], totals: Sequence[float]) -> list[float]:
    """What activation at each node of a path adds to a share at its end: P_n(p) = Σ_m worth_m · A_m(p), as `shares`.

    Args:
        levels: from the root down.
        totals: Σ_q A_n(q), of the same length.
    """
    found: list[float] = []
    passed_on = 1.0  # of a share at the node above, what the ones below leave of it
    for level, total in zip(reversed(levels), reversed(totals), strict=True):
        prior = level.base + level.slope * total
        whole = total + prior
        found.insert(0, passed_on / whole if whole > 0.0 else 0.0)
        passed_on *= prior / whole if whole > 0.0 else 1.0
    return found


FEATURES = (
    "one",  # the intercept
    "log activation here",
    "log activation in the repository",
    "log days since the last event here",
    "log days since the last event anywhere",
    "log events here",
    "log days since the first event here",
    "log activation of everybody here",
    "log share",  # P_n(p) × turnout
    "directory",
    "no event here",
)


def features(
    here: Trace, anywhere: Trace, now: int, *, everybody: float, score: float, is_dir: bool
) -> tuple[float, ...]:
    """What retention is computed from, in the order of FEATURES; all of it known at `now`."""
    seen = here.events > 0
    return (
        1.0,
        log(here.activation + 0.01),
        log(anywhere.activation + 0.01),
        log1p(max(0, now - here.last) / DAY / 30) if seen else 0.0,
        log1p(max(0, now - anywhere.last) / DAY / 30),
        log1p(here.events),
        log1p(max(0, now - here.first) / DAY / 30) if seen else 0.0,
        log(everybody + 0.01),
        log(score + 1e-4),
        float(is_dir),
        float(not seen),
    )


def retention(values: Sequence[float], weights: Sequence[float] = fitted.RETENTION) -> float:
    """The calibrated probability that somebody works on an area within HORIZON_DAYS: a logistic on FEATURES.

    The weights are fitted by `bench/experts.py` on public histories, and moved by a repository's own (`Params`).
    """
    z = sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1.0 / (1.0 + exp(-z)) if z > -700 else 0.0


class Limit(NamedTuple):
    """What retention can come to at most at one place and time, for who is known by a share and two counts alone."""

    fixed: float  # the features that are the same for everybody, and those that nobody looked at, at their best
    per_event: float
    per_gap: float
    per_score: float
    highest: float  # of any turnout

    def allows(self, share: float, events: int, gap_days: float, bar: float) -> bool:
        """Whether retention may be `bar` or more.

        Args:
            share: P_n(p) there.
            events: theirs there.
            gap_days: since their last event anywhere, so that there it is no less.
            bar: in (0, 1).
        """
        z = self.fixed + self.per_event * log1p(events) + self.per_gap * log1p(max(0.0, gap_days) / 30)
        return z + self.per_score * log(share * self.highest + 1e-4) >= log(bar / (1.0 - bar))

    def least_share(self, events: int, gap_days: float, bar: float) -> float:
        """The share below which it does not allow `bar` to anybody with so many events at most, and gone so long."""
        z = self.fixed + max(0.0, self.per_event * log1p(events)) + self.per_gap * log1p(gap_days / 30)
        return (exp((log(bar / (1.0 - bar)) - z) / self.per_score) - 1e-4) / self.highest


def limit(now: int, params: Params, *, everybody: float, anywhere: float, is_dir: bool) -> Limit | None:
    """The limit at a place; None where a fit turned the sign of a weight on which it rests.

    Args:
        now: seconds UTC.
        params: of the repository.
        everybody: the activation of all people at the place.
        anywhere: the same in the whole repository.
        is_dir: whether it is a directory.
    """
    one, here, there, since_here, since, events, first, whole, score, directory, _ = params.retention
    if since_here > 0.0 or since > 0.0 or score <= 0.0:
        return None
    fixed = one + whole * log(everybody + 0.01) + directory * is_dir
    fixed += max(here * log(0.01), here * log(everybody + 0.01))
    fixed += max(there * log(0.01), there * log(anywhere + 0.01))
    fixed += max(0.0, first * log1p((now - EARLIEST) / DAY / 30))
    return Limit(fixed, events, since_here + since, score, MOST_PATHS**params.breadth)


def is_fresh(time: int, now: int) -> bool:
    """Whether somebody worked somewhere so lately that nobody may call it left alone."""
    return now - time < FRESH_DAYS * DAY


def fading(here: Trace, now: int, level: Level) -> float:
    """What time took: the share in [0, 1) of their activation here that decayed since their last event here.

    1 − 2^(−days / half-life) of the level, 0 for who was never here. It depends on nobody else: what others did since
    is staleness, a number of its own.
    """
    days = max(0, now - here.last) / DAY
    return float(1.0 - 2.0 ** (-days / level.half_life_days)) if here.events else 0.0
