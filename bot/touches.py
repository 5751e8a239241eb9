"""The touch that answers "who last touched this", the newer ones that do not, and the words for both.

Light on imports: `bot/quick.py` answers from the shell with these very words.
"""

from __future__ import annotations

from bot.dates import day, when
from bot.phrases import called, code, count, cut, join, plain
from knowledge.lean import NamedTuple
from knowledge.memory import is_fresh
from knowledge.person import SOMEONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.activation.past import PastCommit
    from knowledge.model import Knower

LONGEST_SUBJECT = 110


class Last(NamedTuple):
    """The touch that counts, and the newer ones that do not."""

    commit: PastCommit
    skipped: tuple[tuple[PastCommit, str], ...]  # with the reason
    before: PastCommit | None = None  # where the touch is a merge: the newest change by itself


def last_of(touches: Sequence[PastCommit]) -> Last | None:
    """The newest touch by a human that was about this place; the newest of all where there is none such."""
    skipped: list[tuple[PastCommit, str]] = []
    for commit in touches:
        why = why_skipped(commit)
        if not why:
            own = next((c for c in touches if not c.is_merge and c is not commit), None) if commit.is_merge else None
            return Last(commit, tuple(skipped), own)
        skipped.append((commit, why))
    humans = [c for c in touches if not c.author.is_bot] or list(touches)
    return Last(humans[0], tuple(s for s in skipped if s[0].seq > humans[0].seq)) if humans else None


def why_skipped(commit: PastCommit) -> str:
    """Why a touch says nothing about who worked here; empty when it does."""
    if commit.author.is_bot:
        return f"by a bot, {commit.author.name}"
    return commit.why if commit.is_mass and not commit.is_merge else ""


def sentence(last: Last, place: str, now: int, *, alive: bool = True) -> str:
    """Who did what to a place, when, and in which commit; `place` is Markdown."""
    commit = last.commit
    if commit.is_cut_off:
        return (
            f"Who last touched {place} is not known: the clone is shallow, and its history begins"
            f" {when(commit.time, now)} with {commit.sha[:9]}, in which everything is new."
        )
    did = {"D": "deleted", "A": "added"}.get(commit.change if not alive or commit.change == "A" else "", "last touched")
    wrote = [hand for hand in commit.hands if hand.kind in {"authored", "coauthored"}]
    others = [plain(hand.name) for hand in wrote if hand != commit.author]
    author = commit.author.name
    who = called(author.capitalize() if author == SOMEONE else author)
    who += f" (with {join(list(dict.fromkeys(others))[:3])})" if others else ""
    return f"{who} {did} {place} {when(commit.time, now)}: “{titled(commit)}”."


def titled(commit: PastCommit) -> str:
    """The subject of a commit, shortened where somebody wrote a paragraph."""
    return cut(plain(commit.subject), LONGEST_SUBJECT)


def notes(last: Last, path: str = "") -> list[str]:
    """The small print: earlier names of a file at `path`, what was left out, what a merge brought together."""
    commit, said = last.commit, []
    if path and commit.path and commit.path != path:
        said.append(f"It was called {code(commit.path)} then.")
    if commit.change == "R" and commit.old_path:
        said.append(f"That commit renamed it from {code(commit.old_path)}.")
    if last.skipped:
        reasons: dict[str, int] = {}
        for _, why in last.skipped:
            reasons[why] = reasons.get(why, 0) + 1
        most = sorted(reasons.items(), key=lambda pair: -pair[1])[:3]
        told = join([f"{number} × {why}" if number > 1 else why for why, number in most])
        newest = last.skipped[0][0]
        which = f"the newest {newest.sha[:9]} of {day(newest.time)}"
        said.append(f"Left out {count(len(last.skipped), 'newer commit')} ({plain(told)}), {which}.")
    if commit.is_cut_off:
        said.append(f"{code('git fetch --unshallow')} in that clone brings the rest.")
    elif commit.is_merge:
        said.append(_merged(last))
    elif why_skipped(commit):
        said.append(f"Nothing but bots and mass commits touched it; this one: {plain(why_skipped(commit))}.")
    return said


def _merged(last: Last) -> str:
    """What a merge brought together, where git names the merge itself."""
    own = last.before
    if own is None:
        return "That commit is a merge of lines that both changed it."
    change = f"“{titled(own)}” by {plain(own.author.name)}, {day(own.time)}"
    return f"That commit is a merge of lines that both changed it; the newest change in them is {change}."


def nobody_now(commit: PastCommit, spare: Knower | None, now: int) -> str:
    """That nobody holds a place that was last touched by `commit`; whoever has just done that and can be asked, is.

    Empty where a shallow clone tells nothing of who worked on it.
    """
    if commit.is_cut_off:
        return ""
    fresh = spare is not None and spare.person.id == commit.author.person_id and is_fresh(commit.time, now)
    return "Nobody active has known it for long: ask them." if fresh else "Nobody active knows it now."
