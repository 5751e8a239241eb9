"""Names of people: looked for one by one, a word has the same bearers as where everybody's name is taken apart."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.asking.bearers import Bearers, Parts

TEAM = [
    (1, ("Ann Lee", "ann.lee@example.org", "", "")),
    (2, ("Stéphane D'Angelo-Ruiz", "sd+git@example.org")),
    (3, ("lee", "x@example.org")),
    (4, ("Annabel  O_Neil 3rd", "annabel@example.org")),
    (5, ("Ångström Öz", "")),
    (6, ("", "")),
]
WORDS = (
    "ann lee annabel stéphane stephane angelo d'angelo-ruiz o neil rd öz oz angstrom ann.lee sd x git 3rd an".split()
)


def everybody(rows: list[tuple[int, tuple[str, ...]]], word: str) -> Parts:
    bearers = Bearers(rows)
    return Parts(bearers.by_first.get(word, set()), bearers.by_part.get(word, set()))


def test_a_word_has_its_bearers() -> None:
    bearers = Bearers(TEAM)
    assert bearers.parts("lee") == ({3}, {1, 3})
    assert bearers.parts("ann") == ({1}, {1})  # not Annabel
    assert bearers.parts("stephane") == bearers.parts("stéphane") == ({2}, {2})
    assert bearers.parts("angelo") == (set(), set())
    assert bearers.parts("annabel") == ({4}, {4})
    assert bearers.parts("") == (set(), set())


def test_one_by_one_or_all_at_once_is_the_same() -> None:
    bearers = Bearers(TEAM)
    for word in [*WORDS, *(f"nobody{n}" for n in range(50)), *WORDS]:
        assert bearers.parts(word) == everybody(TEAM, word)


names = st.text(st.sampled_from("abAé'’-_ 4.İß"), max_size=8)


@given(st.lists(st.tuples(names, names), max_size=4), names)
def test_whatever_people_are_called(rows: list[tuple[str, str]], word: str) -> None:
    team = list(enumerate(rows, 1))
    assert Bearers(team).parts(word.lower()) == everybody(team, word.lower())
