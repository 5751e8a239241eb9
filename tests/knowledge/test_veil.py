"""What hides somebody in a text, and what it leaves alone."""

import pytest

from knowledge.veil import Veil

VEIL = Veil(
    [("Ann Lee", "ann.lee@example.org"), ("annlee", "7+annlee@users.noreply.github.com"), ("test", "root@localhost")],
    ["U012AB3CD"],
)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Reviewed-by: Ann Lee <ann.lee@example.org>", "Reviewed-by: someone"),
        ("Signed-off-by: A. M. Lee <Ann.Lee@Example.org>\nnext", "Signed-off-by: someone\nnext"),
        ("thanks to Ann M. Lee <ann.lee@example.org>!", "thanks to someone!"),
        ("ask Ann\n   Lee or ann.lee@example.org.", "ask someone or someone."),
        ("said Lee, Ann yesterday; ANN LEE's idea", "said someone yesterday; someone's idea"),
        ("see github.com/annlee/flask, @AnnLee and @ann.lee", "see github.com/someone/flask, someone and someone"),
        ("# TODO(annlee): mend", "# TODO(someone): mend"),
        ("<@U012AB3CD> and U012AB3CD", "someone and someone"),
        ("a test of <root@localhost> by @test", "a test of <root@localhost> by someone"),
        ("src/annlee/plan.py, annlee.md, Anna Leeds, Ann, Joann Lee", "src/annlee/plan.py, annlee.md, Anna Leeds, Ann, Joann Lee"),
        ("scann.lee@example.org", "scann.lee@example.org"),
    ],
)  # fmt: skip
def test_names_addresses_and_logins_are_hidden_and_nothing_else(text: str, hidden: str) -> None:
    assert VEIL.text(text) == hidden


def test_json_is_veiled_in_its_texts() -> None:
    assert VEIL.value({"a": ["Ann Lee", 1, None], "b": {"c": ("by annlee",)}}) == {
        "a": ["someone", 1, None],
        "b": {"c": ("by someone",)},
    }


def test_nobody_to_hide_changes_nothing() -> None:
    assert Veil([]).text("Ann Lee") == "Ann Lee"
