"""Reads the table `activations`: what people left in the files and directories of the tree, decayed to a moment.

Apart from `activations.py`, which writes it, so that a question from the shell imports little.
"""

from __future__ import annotations

from knowledge.memory import DEFAULT, REVIEW_SHARE, Params, Trace, backward

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from knowledge.store.database import Database, Row

SOURCE = "activations"  # of the cursor that says how far the table goes


def folded_until(db: Database, repo_id: int) -> int:
    """The time of the newest folded commit; the stored sums are right for every moment from then on."""
    rows = db.read("SELECT time FROM cursors WHERE source = :s AND repo_id = :repo", s=SOURCE, repo=repo_id)
    return int(rows[0][0]) if rows else 0


def params_at(db: Database, repo_id: int, now: int) -> Params:
    """What the repository had taught by `now`: of the fits that looked no further, the newest; else the defaults."""
    rows = db.read(
        "SELECT params FROM fits WHERE repo_id = :repo AND until <= :now ORDER BY until DESC LIMIT 1",
        repo=repo_id,
        now=now,
    )
    return read_params(rows[0][0]) if rows else DEFAULT


def read_params(text: str) -> Params:
    """Parameters as `write_params` wrote them; the defaults where they are of another form."""
    values = [float(value) for value in text.split()]
    if len(values) != len(DEFAULT) - 1 + len(DEFAULT.retention):
        return DEFAULT
    presence, breadth, settled, *weights = values
    return Params(presence, breadth, settled, tuple(weights))


def write_params(params: Params) -> str:
    """Parameters as text: the exponents of presence, breadth and settled, and the weights of retention."""
    exponents = (params.presence, params.breadth, params.settled)
    return " ".join(f"{value:.6g}" for value in (*exponents, *params.retention))


# Of the stored sums: whose they are, and that they are a human's; both are asked when reading.
_PERSON = "COALESCE(i.person_id, -i.id)"
_HUMANS = (
    "FROM activations a JOIN identities i ON i.id = a.identity_id LEFT JOIN people p ON p.id = i.person_id"
    " WHERE a.node_id IN ({nodes}) AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0"
)


def traces(
    db: Database, nodes: Sequence[tuple[int, float]], now: int, only: Collection[int] | None = None
) -> dict[int, dict[int, Trace]]:
    """What every human left in these nodes, decayed to `now`, by node and person.

    Args:
        db: the store.
        nodes: (node id, half-life in days of its level).
        now: at or after `folded_until`.
        only: the persons to read; None for all.

    Returns:
        Persons by id; identities that are not mapped yet stand under minus their id.
    """
    found: dict[int, dict[int, Trace]] = {node: {} for node, _ in nodes}
    fade = {node: backward(now, half_life_days) for node, half_life_days in nodes}
    rows = db.read(
        f"SELECT a.node_id, {_PERSON}, a.work, a.review, a.event_count, a.first_time, a.last_time, a.path_count "
        + _HUMANS.format(nodes=_listed(fade))
        + ("" if only is None else _whose(only))
    )
    for node, person, work, review, events, first, last, paths in rows:
        had = found[node].get(person)
        factor = fade[node]
        new = Trace(work * factor, review * factor, events, first, last, paths)
        found[node][person] = new if had is None else had.joined(new)
    return found


FEW = 5  # events


def shares_here(
    db: Database, worths: Sequence[tuple[int, float]], *, small: float, old: int, most_are_here: bool
) -> list[Row]:
    """(person, share, share of most, events, time of the last event) of every human who left something at a place.

    The last event is that anywhere. Whoever has at most FEW events there, a share below `small`, and was last seen
    anywhere before `old`, is in one row for all of them, of person 0.

    Args:
        db: the store.
        worths: nodes from the root down to the place, and what activation as it is stored is worth there.
        small: a share.
        old: seconds UTC.
        most_are_here: so that everybody is looked at rather than each of those who are here.
    """
    here = worths[-1][0]
    worth = " ".join(f"WHEN {node} THEN {value!r}" for node, value in worths)
    everybody = (
        f"SELECT {_PERSON} AS who, SUM((a.work + {REVIEW_SHARE} * a.review) * CASE a.node_id {worth} END) AS share,"
        f" SUM(CASE WHEN a.node_id = {here} THEN a.event_count ELSE 0 END) AS events, MAX(a.last_time) AS seen"
        f" {_HUMANS.format(nodes=_listed([node for node, _ in worths]))}"
    )
    if most_are_here:
        everybody += f" GROUP BY 1 HAVING SUM(CASE WHEN a.node_id = {here} THEN 1 ELSE 0 END) > 0"
    else:
        owners = (
            f"SELECT o.person_id FROM activations b JOIN identities o ON o.id = b.identity_id WHERE b.node_id = {here}"
        )
        everybody += (
            f" AND a.identity_id IN (SELECT id FROM identities WHERE person_id IN ({owners}) OR id IN"
            f" (SELECT identity_id FROM activations WHERE node_id = {here})) GROUP BY 1"
        )
    return db.read(
        f"SELECT CASE WHEN share < :small AND seen < :old AND events <= {FEW} THEN 0 ELSE who END, SUM(share),"
        f" MAX(share), MAX(events), MAX(seen) FROM ({everybody}) AS everybody GROUP BY 1",
        small=small,
        old=old,
    )


def reviewers_in(db: Database, node: int, work: float, limit: int) -> list[int]:
    """The humans with the most reviews in a node, work counting `work` of one; of at most `limit` traces."""
    rows = db.read(f"SELECT {_PERSON} {_HUMANS.format(nodes=node)} ORDER BY {work} * a.work + a.review DESC,"
                   f" a.identity_id LIMIT {limit}")  # fmt: skip
    return [person for (person,) in rows]


def sums(db: Database, nodes: Sequence[tuple[int, float]], now: int) -> dict[int, tuple[float, float]]:
    """Work and review of all humans together in each of these nodes; arguments as of `traces`."""
    fade = {node: backward(now, half_life_days) for node, half_life_days in nodes}
    rows = db.read(
        f"SELECT a.node_id, SUM(a.work), SUM(a.review) {_HUMANS.format(nodes=_listed(fade))} GROUP BY a.node_id"
    )
    return {node: (work * fade[node], review * fade[node]) for node, work, review in rows}


def crowds(db: Database, nodes: Collection[int]) -> dict[int, tuple[float, int]]:
    """Of all humans in each of these nodes, the activation as it is stored (not decayed), and how many traces."""
    rows = db.read(
        f"SELECT a.node_id, SUM(a.work + {REVIEW_SHARE} * a.review), COUNT(*) {_HUMANS.format(nodes=_listed(nodes))}"
        " GROUP BY a.node_id"
    )
    return {node: (float(total), count) for node, total, count in rows}


def _whose(persons: Collection[int]) -> str:
    """That a trace is of one of these persons, so that it is found by its key."""
    loose, known = [-number for number in persons if number <= 0], [number for number in persons if number > 0]
    return (
        f" AND a.identity_id IN (SELECT id FROM identities WHERE person_id IN ({_listed(known) or 'NULL'})"
        f" OR (person_id IS NULL AND id IN ({_listed(loose) or 'NULL'})))"
    )


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers)) or "0"  # nothing has that id; PostgreSQL takes no empty list
