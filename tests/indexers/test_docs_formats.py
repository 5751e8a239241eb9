"""Each kind of document, as its own small page; and anything at all, which must neither raise nor lose a line."""

import itertools
import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.chunk import passages
from indexers.formats import format_of, parse
from indexers.formats.page import lines_of


def told(form, text, path="docs/page.x"):
    return [(p.title, p.line_start, p.line_end, p.text) for p in passages(parse(form, text), path)]


# -- Markdown ---------------------------------------------------------------------------------------------------------

MARKDOWN = """\
---
title: Deploying
owner: "#team"
---

Every merge deploys.

Rolling back
------------
Press the button:

```sh
# not a heading
make rollback
```

### With `kubectl` [docs](https://example.org/x) { #kubectl .wide }
Ask Ann.
"""


def test_markdown_has_front_matter_both_kinds_of_heading_and_fences():
    assert told("markdown", MARKDOWN) == [
        ("Deploying", 1, 6, "Every merge deploys."),
        ("Deploying › Rolling back", 8, 15, "Press the button:\n\n```sh\n# not a heading\nmake rollback\n```"),
        ("Deploying › Rolling back › With kubectl docs", 17, 18, "Ask Ann."),
    ]


def test_what_sites_put_into_markdown_is_no_text():
    """Imports of MDX, ERB lines, comments, badges, link definitions; the admonition stays."""
    text = (
        "import Tabs from '@theme/Tabs'\n\n<%= partial 'x' %>\n\n# Guide\n\n[![CI](https://ci/x.svg)](https://ci)\n\n"
        ":::note\nMind the gap.\n:::\n\n<!-- secret plans -->\n\n[gap]: https://example.org\n"
    )
    assert told("markdown", text) == [("Guide", 1, 15, ":::note\nMind the gap.\n:::")]


def test_list_items_are_where_a_long_list_is_cut():
    text = "# List\n\n" + "".join(f"- item {n} " + "x" * 190 + "\n" for n in range(12))
    found = told("markdown", text)
    assert [(start, end) for _, start, end, _ in found] == [(1, 8), (9, 14)]
    assert all(body.startswith("- item") for *_, body in found)


def test_toml_front_matter_and_a_description():
    text = '+++\ntitle = "On call"\ndescription = "Who is called at night"\n+++\n# Rota\nAnn.\n'
    assert told("markdown", text) == [("On call", 1, 4, "Who is called at night"), ("On call › Rota", 5, 6, "Ann.")]


def test_a_page_without_headings_is_called_by_its_file():
    assert told("markdown", "Hello.\n", "docs/deal-desk.md") == [("deal desk", 1, 1, "Hello.")]
    assert told("markdown", "Hello.\n", "docs/on-call/index.md") == [("on call", 1, 1, "Hello.")]


# -- reStructuredText -------------------------------------------------------------------------------------------------

RST = """\
.. _deploying:

=========
Deploying
=========

Every merge deploys, see :doc:`ci`.

Rolling back
------------

.. note::

    Ask first.

    Then press.

Example::

    Title
    -----
    $ make rollback

.. a comment
   of two lines

By hand
~~~~~~~
Ask Ann.

Alerts
------
None.
"""


def test_rst_levels_are_the_order_of_adornments():
    assert told("rst", RST) == [
        ("Deploying", 1, 7, "Every merge deploys, see :doc:`ci`."),
        (
            "Deploying › Rolling back", 9, 25,
            ".. note::\n\n    Ask first.\n\n    Then press.\n\nExample::\n\n    Title\n    -----\n    $ make rollback",
        ),
        ("Deploying › Rolling back › By hand", 27, 29, "Ask Ann."),
        ("Deploying › Alerts", 31, 33, "None."),
    ]  # fmt: skip


def test_an_rst_table_and_a_transition_are_no_headings():
    text = "Ab\n==\n\nIntro.\n\n=====  =====\nname   value\n=====  =====\nx      1\n=====  =====\n\n----\n\nMore.\n"
    assert [title for title, *_ in told("rst", text)] == ["Ab"]


def test_rst_headings_lose_their_roles():
    assert told("rst", ":mod:`flask.json` and ``x``\n===========================\nText.\n")[0][0] == "flask.json and x"


# -- AsciiDoc ---------------------------------------------------------------------------------------------------------

ASCIIDOC = """\
git-log(1)
==========

:toc:

NAME
----
git-log - Show commit logs

OPTIONS
-------
--follow::
\tContinue beyond renames.

ifdef::x[]
[[anchor]]
== Examples

----
== not a heading
$ git log
----

////
never shown
////
"""


def test_asciidoc_has_two_kinds_of_title_and_delimited_blocks():
    assert told("asciidoc", ASCIIDOC) == [
        ("git-log(1) › NAME", 1, 8, "git-log - Show commit logs"),
        ("git-log(1) › OPTIONS", 10, 16, "--follow::\n\tContinue beyond renames."),
        ("git-log(1) › Examples", 17, 26, "----\n== not a heading\n$ git log\n----"),
    ]


# -- text, HTML, notebooks --------------------------------------------------------------------------------------------


def test_plain_text_has_underlined_headings():
    text = "Install\n=======\n\nRun make.\n\nNo\n--heading\n"
    assert told("text", text) == [("Install", 1, 7, "Run make.\n\nNo\n--heading")]


def test_html_has_headings_and_neither_menus_nor_scripts():
    text = (
        "<html><head><title>Ops</title><style>p {}</style></head>\n<body><nav>Home | About</nav>\n"
        "<h1>Deploying</h1>\n<p>Every merge\ndeploys.</p>\n<script>alert('x')</script>\n"
        "<h2>Rolling <em>back</em></h2>\n<pre>make\n  rollback</pre>\n"
        "<table><tr><td>a</td><td>b</td></tr></table></body></html>\n"
    )
    assert told("html", text) == [
        ("Ops › Deploying", 1, 6, "Every merge deploys."),
        ("Ops › Deploying › Rolling back", 7, 10, "make\n  rollback\na | b"),
    ]


NOTEBOOK = """\
{
 "nbformat": 4,
 "cells": [
  {
   "cell_type": "markdown",
   "source": ["# Churn\\n", "\\n", "What we measured."]
  },
  {
   "cell_type": "code",
   "outputs": [{"text": ["never shown"]}],
   "source": "model.fit(x)"
  },
  {"cell_type": "markdown", "source": "## Result"},
  {"cell_type": "raw", "source": "It fell."}
 ]
}
"""


def test_a_notebook_is_read_by_cell_with_the_lines_of_its_file():
    assert told("notebook", NOTEBOOK) == [
        ("Churn", 4, 12, "What we measured.\nmodel.fit(x)"),
        ("Churn › Result", 13, 14, "It fell."),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', '{"cells": [1, {"source": [2]}]}', "no json"])
def test_a_file_that_is_no_notebook_has_no_passages(text):
    assert told("notebook", text) == []


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("README.md", "markdown"),
        ("source/manual/alerts.html.md.erb", "markdown"),
        ("docs/intro.mdx", "markdown"),
        ("docs/index.html.erb", None),
        ("CHANGES.rst", "rst"),
        ("git-log.adoc", "asciidoc"),
        ("CONTRIBUTING", "text"),
        ("analysis.ipynb", "notebook"),
        ("plan.docx", "office"),
        ("main.py", None),
        ("Makefile", None),
        (".gitignore", None),
    ],
)
def test_the_name_says_the_format(path, form):
    assert format_of(path) == form


# -- anything ---------------------------------------------------------------------------------------------------------

PIECES = ["# A", "## B {#b}", "Title\n====", "Sub\n---", "```", "~~~", "    code", "- item", "1. one", "> quote", "---",
          "| a | b |\n|---|---|", "<div>", "</p>", "<!--", "-->", "<script>", "<pre>", ".. note::", ".. _t:", "::", "....",
          "----", "====", "|===", "[NOTE]", ":attr: x", "+---+", "text of words", "", "\t", "\r", "\x0c", " ", "é\0",
          "[a]: http://b", ":::tip", "<![CDATA[", "&#0;", "***", "+++"]  # fmt: skip
wild = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=25).map("\n".join)


@pytest.mark.parametrize("form", ["markdown", "rst", "asciidoc", "text", "html", "notebook"])
def test_anything_is_a_page(form):
    @settings(max_examples=120, deadline=None)
    @given(wild)
    def check(text):
        last = len(lines_of(text))
        blocks = parse(form, text).blocks
        assert all(1 <= b.line_start <= b.line_end <= max(last, 1) for b in blocks)
        assert all(a.line_start <= b.line_start for a, b in itertools.pairwise(blocks))
        found = list(passages(parse(form, text), "a/b.md"))
        assert all(1 <= p.line_start <= p.line_end <= max(last, 1) for p in found)
        assert all(a.line_start <= b.line_start for a, b in itertools.pairwise(found))
        assert all(p.text for p in found)

    check()


@pytest.mark.parametrize("form", ["markdown", "rst", "asciidoc", "text"])
def test_no_line_of_prose_is_lost(form):
    @settings(max_examples=120, deadline=None)
    @given(wild)
    def check(text):
        lines = lines_of(text)
        covered = {n for b in parse(form, text).blocks for n in range(b.line_start, b.line_end + 1)}
        assert {n for n, line in enumerate(lines, 1) if line.strip()} <= covered

    check()


cells = st.lists(
    st.fixed_dictionaries({"cell_type": st.sampled_from(["markdown", "code", "raw", "odd"])}, optional={
        "source": st.one_of(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3), st.none()),
    }), max_size=5,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(cells, st.sampled_from([None, 1]))
def test_any_notebook_is_read(made, indent):
    text = json.dumps({"metadata": {"cells": []}, "cells": made, "nbformat": 4}, indent=indent)
    last = len(lines_of(text))
    assert all(1 <= b.line_start <= b.line_end <= last for b in parse("notebook", text).blocks)


@pytest.mark.parametrize("unit", ["<!--", "<a", "<![", "&a", "- a\n  ", "[", "`", "a ::\n\n "])
def test_repetition_is_no_trap(unit):
    """Patterns and parsers that take the square of the time would take minutes here."""
    start = process_time()
    for form in ("markdown", "rst", "asciidoc", "text", "html"):
        list(passages(parse(form, unit * (200_000 // len(unit))), "a.md"))
    assert process_time() - start < 20
