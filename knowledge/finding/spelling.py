"""How far two words are apart, in slips of the finger."""

from __future__ import annotations


def near(a: str, b: str) -> bool:
    """Whether two names are a slip apart (two where they are long), so that one may be meant by the other."""
    shortest = min(len(a), len(b))
    most = 0 if shortest < 4 else 1 if shortest < 8 else 2
    return a == b or (most > 0 and slips(a, b, most) <= most)


def slips(a: str, b: str, most: int) -> int:
    """Edits between two words, a swap of neighbours counting one (optimal string alignment); `most` + 1 when more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
