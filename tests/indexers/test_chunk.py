"""Pages become passages by heading; long sections are cut where a reader would pause."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.chunk import Size, cut, passage, passages, split_lines
from indexers.formats.page import Block, Page


def page(*blocks, title=""):
    """Blocks of one line each, two lines apart; "# A" is a heading of level 1."""
    made = []
    for number, text in enumerate(blocks):
        hashes = len(text) - len(text.lstrip("#"))
        made.append(Block(2 * number + 1, 2 * number + 1, text.lstrip("# ") if hashes else text, level=hashes))
    return Page(title, tuple(made))


def told(page, path="docs/deploying.md"):
    return [(p.title, p.line_start, p.line_end, p.text) for p in passages(page, path)]


def test_titles_are_heading_paths_below_the_page():
    found = told(
        page("# Deploying", "Every merge deploys.", "## Rolling back", "Press the button.", "# Alerts", "None.")
    )
    assert found == [
        ("deploying", 1, 3, "Every merge deploys."),
        ("deploying › Rolling back", 5, 7, "Press the button."),
        ("deploying › Alerts", 9, 11, "None."),
    ]


def test_the_one_top_heading_is_the_page_and_not_said_twice():
    found = told(page("# Deploying", "Every merge.", "## Rolling back", "Press."), "docs/x.md")
    assert [title for title, *_ in found] == ["Deploying", "Deploying › Rolling back"]


def test_an_empty_parent_heading_joins_its_first_child_and_keeps_its_line():
    found = told(page("# Guide", "## Setup", "Install it."), "docs/x.md")
    assert found == [("Guide › Setup", 1, 5, "Install it.")]


def test_an_empty_heading_beside_others_can_still_be_found():
    found = told(page("# Guide", "Intro.", "## Later", "## Now", "Do it."), "docs/x.md")
    assert [(title, text) for title, _, _, text in found] == [
        ("Guide", "Intro."),
        ("Guide › Later", "Later"),
        ("Guide › Now", "Do it."),
    ]


def test_a_short_section_keeps_a_passage_of_its_own():
    found = told(page("# FAQ", "## Who?", "Ann.", "## When?", "Now."), "docs/x.md")
    assert [(title, text) for title, _, _, text in found] == [("FAQ › Who?", "Ann."), ("FAQ › When?", "Now.")]


def test_a_long_section_is_cut_in_even_parts_at_blocks():
    blocks = [Block(n, n, "x" * 400) for n in range(1, 7)]  # 2,400 characters: two parts, not 1,200 + 1,200 + crumbs
    parts = cut(blocks, Size())
    assert [len(part) for part in parts] == [3, 3]


def test_a_code_block_is_not_torn_while_it_is_bearable():
    code = Block(3, 60, "\n".join(["call()" * 6] * 55), solid=True)  # 2,034 characters
    parts = cut([Block(1, 1, "Before. " * 20), code], Size())
    assert [block for part in parts for block in part if block.solid] == [code]


def test_lines_are_cut_at_blank_lines_rather_than_anywhere():
    lines = ["a" * 50] * 20 + [""] + ["b" * 50] * 20
    assert [(first, last) for first, last, _ in split_lines(lines, 1500)] == [(0, 19), (21, 40)]


def test_one_endless_line_is_cut_at_sentences_and_keeps_its_number():
    line = "This is a sentence of forty characters. " * 100
    parts = list(split_lines([line], 1500))
    assert all(first == last == 0 and len(text) <= 1500 for first, last, text in parts)
    assert all(text.endswith("characters.") for _, _, text in parts)


def test_equal_text_has_an_equal_hash_wherever_it_stands():
    one, other = passage("doc", "a.md", (1, 2), "T", "text"), passage("doc", "b.md", (5, 9), "T", "text")
    assert one.hash == other.hash
    assert len(one.hash) == 32
    assert one.hash != passage("code", "a.md", (1, 2), "T", "text").hash
    assert one.hash != passage("doc", "a.md", (1, 2), "U", "text").hash


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=200)
lines_of_text = st.lists(st.one_of(words, st.just("word " * 700), st.just("")), max_size=60)


@settings(max_examples=60, deadline=None)
@given(lines_of_text, st.integers(40, 2000))
def test_cut_lines_lose_nothing_and_stay_short(lines, high):
    parts = list(split_lines(lines, high))
    assert all(len(text) <= high for _, _, text in parts)
    assert all(first <= last for first, last, _ in parts)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(parts))
    kept = "".join(text for _, _, text in parts)
    assert "".join(kept.split()) == "".join("".join(lines).split())
