"""The texts: every shipped one passes the rules of tone, a team's own that does not is refused in one sentence."""

import pytest
import yaml

from bot.nudging.kinds import KINDS
from bot.nudging.texts import PLACEHOLDERS, SAMPLE, SHIPPED, choose, fill, load_texts
from bot.nudging.tone import ASKS, MOST_CHARACTERS, faults
from knowledge.errors import Mistake

GOOD = "{why}. {now}. {shows} and {learns}, would {minutes} minutes on {area} suit you, so that {gain}?"


def test_every_kind_has_texts_and_every_text_passes():
    texts = load_texts()
    assert set(texts) == set(PLACEHOLDERS)
    assert set(KINDS) <= set(texts)
    for name, variants in texts.items():
        for text in variants:
            said = fill(text, SAMPLE)
            assert list(faults(name, said)) == []
            assert len(said) < MOST_CHARACTERS
            assert "{" not in said
            if name in ASKS:
                assert said.endswith("?")


def test_proposals_have_several_variants_and_one_is_taken_for_good():
    texts = load_texts()
    assert all(len(texts[kind]) >= 2 for kind in KINDS)
    assert len({choose(texts, "re-light", str(n)) for n in range(50)}) == 3
    assert choose(texts, "share", "a") == choose(texts, "share", "a")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("share", GOOD.replace("?", "."), "it does not end in a question"),
        ("share", GOOD.replace("{why}. ", ""), "it does not say {why}"),
        ("share", GOOD.replace("{now}. ", ""), "it does not say {now}"),
        ("share", "You forgot this. " + GOOD, "it blames"),
        ("re-light", "You should have looked. " + GOOD, "it blames"),
        ("share", "{shows} is the best developer. " + GOOD, "it ranks people"),
        ("share", "{shows} scored 9. " + GOOD, "it ranks people"),
        ("share", GOOD + " " + "Really, truly and wholly so? " * 20, "characters, and 599 are the most"),
        ("share", "{why}. {now}. {shows} met {learns} on {area}, {gain}?", "it does not look ahead"),
        ("share", GOOD + " {nobody}?", "{nobody} is unknown there"),
        ("share", GOOD + " {", "its braces do not match"),
    ],
)
def test_a_text_that_breaks_a_rule_is_refused_in_one_sentence(tmp_path, name, text, why):
    own = tmp_path / "ours.yaml"
    own.write_text(yaml.safe_dump({name: [GOOD, text]}))
    with pytest.raises(Mistake) as refused:
        load_texts(own)
    assert why in str(refused.value)
    assert f"text 2 of {name}" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_teams_own_text_takes_the_place_of_ours_and_the_rest_stays(tmp_path):
    own = tmp_path / "ours.yaml"
    own.write_text(yaml.safe_dump({"share": GOOD}))
    texts = load_texts(own)
    assert texts["share"] == (GOOD,)
    assert texts["re-light"] == load_texts()["re-light"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("- a\n", "holds lists of texts by name"), ("shares: [x]\n", "nothing is called 'shares'"), ("share: 3\n", "is a list"),
     ("a: [\n", "is not YAML")],
)  # fmt: skip
def test_a_file_that_is_none_is_told(tmp_path, content, sentence):
    own = tmp_path / "ours.yaml"
    own.write_text(content)
    with pytest.raises(Mistake, match=sentence):
        load_texts(own)
    with pytest.raises(Mistake, match="cannot be read"):
        load_texts(tmp_path / "nowhere.yaml")


def test_names_stay_as_people_write_them_and_sentences_begin_large():
    said = fill("{why}. {now}. {shows}, shall we?", {"why": "it is fresh", "now": "now it is", "shows": "pgjones"})
    assert said == "It is fresh. Now it is. pgjones, shall we?"
    facts = {"why": "{shows} is at it", "now": "now it is", "shows": "albert E. n.", "learns": "{x} y. z"}
    assert (
        fill("{why}. {now}. {learns} and {shows} too?", facts)
        == "albert E. n. is at it. Now it is. {x} y. z and albert E. n. too?"
    )
    assert SHIPPED.is_file()
