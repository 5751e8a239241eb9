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


# Mark Cleoson: another Mark is known to nobody here; Ann Lee shares her last name with Bo Lee.
PARTS = Veil(
    [("Mark Quirke", "mq@example.org"), ("Cleo Vance", "cv@example.org"), ("Ann Lee", "al@example.org"),
     ("Parser Jonsdottir", "pj@example.org")],
    others={"lee"},
    words={"parser"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("what did cleo do to mail? Cleo's idea", "what did someone do to mail? someone's idea"),
        ("QUIRKE said so", "someone said so"),
        ("docs/cleo.md, cleo/a.py, cleo.py and Cleopatra", "docs/cleo.md, cleo/a.py, cleo.py and Cleopatra"),
        ("Mark as read; mark it; How to Mark a page", "Mark as read; mark it; How to Mark a page"),
        ("ask Mark or Ann; thanks Mark. Fixed by Mark", "ask someone or Ann; thanks someone. Fixed by someone"),
        ("Ask Ann, not ann(x); the Vance engine", "Ask someone, not ann(x); the someone engine"),
        ("is Lee around? Bo Lee is", "is Lee around? Bo Lee is"),
        ("the parser; Parser(); told Parser", "the parser; Parser(); told someone"),
        ("the parser of Jonsdottir", "the parser of someone"),
        ("Mark Quirke and Quirke, Mark", "someone and someone"),
    ],
)
def test_a_part_of_a_name_is_hidden_where_it_can_only_be_the_name(text: str, hidden: str) -> None:
    assert PARTS.text(text) == hidden


def test_json_is_veiled_in_its_texts() -> None:
    assert VEIL.value({"a": ["Ann Lee", 1, None], "b": {"c": ("by annlee",)}}) == {
        "a": ["someone", 1, None],
        "b": {"c": ("by someone",)},
    }


def test_nobody_to_hide_changes_nothing() -> None:
    assert Veil([]).text("Ann Lee") == "Ann Lee"


def test_a_name_of_one_word_that_others_bear_stays_theirs() -> None:
    """Somebody who once wrote as plain “Julien” opts out; Julien Levesy and julien.duchesne@… did not."""
    veil = Veil([("Julien Pivotto", "jp@example.org"), ("Julien", "jp@example.org")], (), {"julien"})
    assert veil.text("Julien Levesy and julien.duchesne@example.org") == "Julien Levesy and julien.duchesne@example.org"
    assert veil.text("@julien and Julien Pivotto") == "someone and someone"
