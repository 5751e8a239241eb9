"""Changes in groups by what they are about: the same words or files belong together, and name the group."""

from __future__ import annotations

import pytest

from knowledge.ways_in.grouping import OTHERS, UPKEEP, Text, grouped

STORY = """
    Add session cookies             | app/session.py
    Sign session cookies            | app/session.py app/keys.py
    Session cookies expire          | app/session.py
    Encode decimals in JSON         | app/json.py
    JSON: encode dates              | app/json.py
    Fix typo in the README          | README.md
    Bump ruff                       | pyproject.toml
    Show the subdomain of routes    | app/cli.py
    Ask before overwriting a thing  | app/wizard.py
"""


def texts(story: str) -> list[Text]:
    lines = [line.split("|") for line in story.strip().splitlines()]
    return [Text(subject.strip(), tuple(paths.split())) for subject, paths in lines]


def test_what_speaks_of_the_same_thing_is_one_group_named_by_its_own_words() -> None:
    found = grouped(texts(STORY))
    assert [group.members for group in found] == [(0, 1, 2), (3, 4), (7, 8), (5, 6)]
    assert [group.name for group in found][2:] == [OTHERS, UPKEEP]
    assert {"session", "cookies"} >= set(found[0].name.lower().split(" and "))
    assert "JSON" in found[1].name
    assert found[0].middle in found[0].members


def test_the_same_changes_give_the_same_groups_and_each_is_in_one() -> None:
    many = texts("\n".join(f"Change {word} number {n} | src/{word}.py" for n in range(8) for word in "abcdefghij"))
    found = grouped(many)
    assert found == grouped(many)
    assert sorted(n for group in found for n in group.members) == list(range(80))
    assert len([group for group in found if group.name not in {OTHERS, UPKEEP}]) <= 5


def test_meaning_brings_together_what_words_keep_apart() -> None:
    pair = [
        Text("Rotate the signing key daily at midnight through cron jobs"),
        Text("Quarterly signing secret, derived freshly per tenant environment"),
        Text("Paint the door"),
        Text("A roof"),
    ]
    assert next(group.members for group in grouped(pair)) != (0, 1)
    vectors = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert grouped(pair, vectors)[0].members == (0, 1)


@pytest.mark.parametrize("subjects", [[], ["One change"], ["Fix typo", "Bump black"]])
def test_few_changes_are_no_trouble(subjects: list[str]) -> None:
    found = grouped([Text(subject) for subject in subjects])
    assert sorted(n for group in found for n in group.members) == list(range(len(subjects)))
