"""How much of a file or directory others changed since somebody last knew it: pure functions of counted lines.

Of a file. Change k of weight w_k added a_k lines, removed r_k and left L_k, so that there were B_k = L_k − a_k + r_k
before. If nothing is known of where in the file it fell, a line survives it with the same chance as any other. Then of
what is there now and of what was there then

    S = Π_k (1 − w_k · a_k / L_k)    the expected share of today's lines that somebody already knew,
    R = Π_k (1 − w_k · r_k / B_k)    the expected share of the lines they knew that are still there,

    staleness = 1 − 2·S·R / (S + R).

With w = 1 the same M lines are S of today's L and R of the former B, and the staleness is 1 − 2M / (L + B): the share
of lines, before and after taken together, in which the two versions differ (what `git diff` shows, over all there is).
Every factor lies in [0, 1] and the harmonic mean rises with both, so that staleness lies in [0, 1], more changes never
make it less, and neither does an earlier moment of last knowing. A reformatting weighs next to nothing and makes
nobody stale.

Where lines were not counted (a binary file, a change before the counted years) a change counts by its number: it takes
w_k / W_k of both, with W_k the weights of the file's changes up to it. Those products telescope: when nothing is
counted, staleness is the share of the file's changes that came since.

Of a directory: the mean over its present files, weighted by their length; a file whose length is unknown weighs as
much as the mean of the others, generated and vendored ones nothing. A file that came new is changed whole; one that
vanished is no longer part of what there is to know. A change that was not counted counts as a change of the whole file
by its weight, since the earlier changes of a file are not read for a directory. An earlier moment never gives less here
either; more changes may, where a file that was changed anyhow shrinks or goes: there is less left to catch up on.
"""

from __future__ import annotations

from knowledge.lean import NamedTuple

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Iterable

LINES_AN_HOUR = 400  # careful reading of changed code: the upper end of what studies of inspections find (Cohen 2006)
SECONDS_A_CHANGE = 20  # to find out what it was for


class Survival(NamedTuple):
    """What one change, or several, left as it was: S and R of the module's formula, both in [0, 1]."""

    of_new: float
    of_old: float

    def then(self, later: Survival) -> Survival:
        """After a later change, too."""
        return Survival(self.of_new * later.of_new, self.of_old * later.of_old)

    @property
    def staleness(self) -> float:
        """1 − their harmonic mean."""
        both = self.of_new + self.of_old
        return 1.0 - 2.0 * self.of_new * self.of_old / both if both else 1.0


UNTOUCHED = Survival(1.0, 1.0)


def survival(weight: float, added: int | None, removed: int | None, lines: int | None) -> Survival | None:
    """Of a change that was counted; None of one that was not.

    Args:
        weight: of the commit, in [0, 1].
        added: lines that it added to the file.
        removed: lines that it removed.
        lines: how long the file was after it.
    """
    if added is None or removed is None or lines is None:
        return None
    after = max(lines, added)
    before = after - added + removed
    return Survival(1.0 - weight * added / after if after else 1.0, 1.0 - weight * removed / before if before else 1.0)


def uncounted(weight: float, whole: float) -> Survival:
    """Of a change whose lines nobody counted, `whole` being the weights of the file's changes up to and with it."""
    left = 1.0 - min(1.0, weight / whole if whole > 0.0 else 1.0)
    return Survival(left, left)


def together(changes: Iterable[Survival]) -> Survival:
    """What is left after all of these."""
    of_new = of_old = 1.0
    for new, old in changes:
        of_new *= new
        of_old *= old
    return Survival(of_new, of_old)


def minutes_to_read(lines: float, changes: int) -> int:
    """How long catching up takes, in steps that promise no precision: 5, 10, 20, 30, 60, 120, 240, … minutes.

    Args:
        lines: expected new lines, each read once.
        changes: commits that they came in.
    """
    minutes = 60.0 * lines / LINES_AN_HOUR + changes * SECONDS_A_CHANGE / 60.0
    steps = [5, 10, 20, 30]
    while steps[-1] < minutes:
        steps.append(max(60, 2 * steps[-1]))
    return next(step for step in steps if minutes <= step)
