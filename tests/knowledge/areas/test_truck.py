"""Truck factors of readable teams."""

from __future__ import annotations

from math import log

from knowledge.areas.truck import authors, truck_factor

ANN, BO, CLEO = 1, 2, 3


def test_authors_are_those_whose_doa_is_near_the_best() -> None:
    """Ann made the file; Bo changed it five times: DOA 3.293 + 1.098 + .164 − .321·ln 6 = 3.98 and 3.73."""
    assert authors([[ANN]]) == {ANN}
    assert authors([[ANN], *[[BO]] * 5]) == {ANN, BO}
    ann = 3.293 + 1.098 + 0.164 - 0.321 * log(1 + 20)
    bo = 3.293 + 0.164 * 20 - 0.321 * log(1 + 1)
    assert ann < 0.75 * bo  # so that Ann is no author any more
    assert authors([[ANN], *[[BO]] * 20]) == {BO}
    assert authors([[ANN], [BO], *[[CLEO]] * 8]) == {ANN, CLEO}  # Bo: 3.293 + .164 − .321·ln 10 = 2.72 < 3.293
    assert authors([]) == frozenset()


def test_people_go_until_more_than_half_is_nobodys() -> None:
    alone = {name: [ANN] for name in "abcd"}
    assert truck_factor(alone) == 1
    assert truck_factor({**alone, "e": [BO]}) == 1
    assert truck_factor({"a": [ANN], "b": [BO]}) == 2  # half is not yet more than half
    assert truck_factor({"a": [ANN, BO], "b": [ANN, BO], "c": [CLEO]}) == 2
    assert truck_factor({"a": [], "b": []}) == 0
    assert truck_factor({}) == 0
