"""Near-duplicates: which passage stands for which.

Among passages that say nearly the same, the first one stands for all: the others' `near_id` names it, and only its
bands are kept (table `passage_bands`), so a text that is repeated ten thousand times costs one row a band. When it
goes, the oldest of the others takes its place with its bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from knowledge.store.database import Transaction

_CHUNK = 500  # numbers in one IN (…) list
_CANDIDATES = 8  # texts compared for one passage; the oldest first


def mark(
    tx: Transaction,
    ids: Iterable[int],
    bands_of: Callable[[str], Sequence[int]],
    alike: Callable[[str, str], bool],
) -> int:
    """Look at new passages in order: each is near to an older one, or becomes one that later ones may be near to.

    Args:
        tx: the transaction that stored them.
        ids: of passages that `mark` has not seen before.
        bands_of: keys of which like texts share one; none for a text that is not to be compared.
        alike: whether two texts really say the same.

    Returns:
        How many were found to be near to another.
    """
    found = 0
    for some in _chunks(list(ids)):
        for passage_id, text in tx.run(f"SELECT id, text FROM passages WHERE id IN ({_numbers(some)}) ORDER BY id"):
            keys = bands_of(text)
            if not keys:
                continue
            twin = _twin(tx, keys, text, alike)
            if twin is None:
                tx.insert("passage_bands", "band, passage_id", ((key, passage_id) for key in keys))
            else:
                tx.run("UPDATE passages SET near_id = :twin WHERE id = :id", twin=twin, id=passage_id)
                found += 1
    return found


def _twin(tx: Transaction, keys: Sequence[int], text: str, alike: Callable[[str, str], bool]) -> int | None:
    rows = tx.run(
        f"""SELECT p.id, p.text FROM passages p
            WHERE p.id IN (SELECT passage_id FROM passage_bands WHERE band IN ({_numbers(keys)}))
            ORDER BY p.id LIMIT {_CANDIDATES}"""
    )
    return next((int(row[0]) for row in rows if row[1] == text or alike(row[1], text)), None)


def forget(tx: Transaction, ids: Sequence[int]) -> None:
    """Passages are about to be deleted: whoever was near to one of them gets a new one to be near to."""
    going = set(ids)
    for some in _chunks(list(ids)):
        followers: dict[int, list[int]] = {}
        for follower, leader in tx.run(
            f"SELECT id, near_id FROM passages WHERE near_id IN ({_numbers(some)}) ORDER BY id"
        ):
            if follower not in going:
                followers.setdefault(leader, []).append(follower)
        for leader, (heir, *others) in followers.items():
            tx.run("UPDATE passages SET near_id = NULL WHERE id = :id", id=heir)
            tx.run("UPDATE passage_bands SET passage_id = :heir WHERE passage_id = :leader", heir=heir, leader=leader)
            for chunk in _chunks(others):
                tx.run(f"UPDATE passages SET near_id = :heir WHERE id IN ({_numbers(chunk)})", heir=heir)
        tx.run(f"DELETE FROM passage_bands WHERE passage_id IN ({_numbers(some)})")


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(str(int(number)) for number in ids)
