"""Any message fits into Slack and keeps its sources; small ones look as they should."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import slack_blocks
from bot.chat.slack_blocks import BUDGET, blocks, cut, cut_middle, mrkdwn, notice, plain_text, size
from bot.message import Choice, Choices, Message, Note, People, PersonLine, Quote, Source, Sources, Text
from tests.bot.fake_slack import refused, words

words_ = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)
long = st.builds(lambda text, times: text * times, words_, st.integers(1, 60))
labels = st.builds(lambda n, name: f"{name} {n}", st.integers(), st.text("abc/._-<>&*` é", min_size=1, max_size=120))
sources = st.builds(
    Source,
    labels,
    st.sampled_from(["", "https://git.example.org/x?a=1&b=2", "javascript:alert(1)", "https://e.org/" + "p" * 400]),
)
parts = st.one_of(
    st.builds(Text, long),
    st.builds(Quote, long, words_, st.sampled_from(["", "python"])),
    st.builds(Sources, st.lists(sources, max_size=8).map(tuple)),
    st.builds(
        People,
        st.lists(st.builds(PersonLine, words_, long, st.sampled_from(["", "U1ANA", "nobody"])), max_size=5).map(tuple),
    ),
    st.builds(Choices, long, st.lists(st.builds(Choice, words_, long), max_size=40).map(tuple)),
    st.builds(Note, long),
)
messages = st.builds(
    Message,
    st.one_of(st.lists(parts, max_size=8), st.lists(parts, min_size=30, max_size=70)).map(tuple),
    question_id=st.one_of(st.none(), st.integers(1, 10**12)),
)


@settings(max_examples=100, deadline=None)
@given(messages, st.sampled_from([BUDGET, 8000, 4000]), words_)
def test_any_message_fits_and_keeps_its_sources(message, budget, echo):
    cited = [s for p in message.parts if isinstance(p, Sources) for s in p.sources]
    if sum(len(s.label) + 40 for s in cited) * 5 > budget:
        budget = BUDGET * 10  # so many sources fit nowhere; see below
    out = blocks(message, marker="lamp-1", echo=echo, budget=budget)
    assert refused({"blocks": out}) in (("", "msg_blocks_too_long") if budget > BUDGET else ("",))
    assert size(out) <= budget
    assert out[0]["block_id"] == "lamp-1"
    shown = words({"blocks": out})
    for source in cited:
        assert " ".join(slack_blocks.escape(source.label).split()).replace("|", "¦") in shown
    assert len(notice(message)) <= 3000


def test_two_hundred_sources_are_all_there_by_both_their_ends():
    cited = tuple(Source(f"{n:03}/{'very/' * 40}deep.md:{n}", "https://e.org/" + "x" * 300) for n in range(200))
    out = blocks(Message((Text("See " * 3000), Sources(cited))))
    assert refused({"blocks": out}) == ""
    shown = words({"blocks": out})
    assert shown.startswith("See")
    for n in range(200):
        assert f"• {n:03}/very" in shown
        assert f"deep.md:{n}" in shown


def test_a_whole_answer():
    message = Message(
        (
            Text("**Ana** knows `app.py` <best>."),
            Quote("Run *make*\nand wait.", "docs/a.md:1-2"),
            Quote("x = 1 < 2", "src/a.py:1", "python"),
            People((PersonLine("Ana Ruiz", "6 of the last 8 weeks", "U1ANA"),)),
            Sources((Source("docs/a.md:1-2 · 3f2c1ab", "https://g.org/a?x=1&y=2"), Source("b.md"))),
            Choices("Another one?", (Choice("src/app.py", "who knows src/app.py?"),)),
            Note("4 commits since."),
        ),
        question_id=7,
    )
    section = {"type": "section"}
    text = {"type": "mrkdwn", "verbatim": True}
    button = {"type": "button"}

    def label(words):
        return {"type": "plain_text", "text": words, "emoji": False}

    value = json.dumps({"q": 7, "who": "U1ANA"})
    assert blocks(message, marker="lamp-1") == [
        {**section, "text": {**text, "text": "*Ana* knows `app.py` &lt;best&gt;."}, "block_id": "lamp-1"},
        {**section, "text": {**text, "text": ">Run *make*\n>and wait."}},
        {"type": "context", "elements": [{**text, "text": "docs/a.md:1-2"}]},
        {**section, "text": {**text, "text": "```\nx = 1 &lt; 2\n```"}},
        {"type": "context", "elements": [{**text, "text": "src/a.py:1"}]},
        {**section, "text": {**text, "text": "• *Ana Ruiz*: 6 of the last 8 weeks"}},
        {
            "type": "context",
            "elements": [{**text, "text": "• <https://g.org/a?x=1&amp;y=2|docs/a.md:1-2 · 3f2c1ab>\n• b.md"}],
        },
        {**section, "text": {**text, "text": "Another one?"}},
        {
            "type": "actions",
            "elements": [
                {
                    **button,
                    "text": label("src/app.py"),
                    "value": '{"say": "who knows src/app.py?"}',
                    "action_id": "lamplighter_choice:5:0",
                }
            ],
        },
        {"type": "context", "elements": [{**text, "text": "4 commits since."}]},
        {
            "type": "actions",
            "elements": [
                {**button, "text": label("Helpful"), "value": value, "action_id": "lamplighter_feedback:helpful"},
                {**button, "text": label("Not helpful"), "value": value, "action_id": "lamplighter_feedback:not"},
                {**button, "text": label("Ask a person"), "value": value, "action_id": "lamplighter_feedback:person"},
            ],
        },
    ]


def test_notes_go_first_then_quotes_then_people():
    quotes = tuple(Quote("q " * 950, f"a.md:{n}") for n in range(6))
    people = People(tuple(PersonLine(f"P{n}", "why") for n in range(3)))
    message = Message((Text("Answer."), *quotes, people, Note("n " * 900), Sources((Source("s.md"),))))
    shown = words({"blocks": blocks(message)})
    assert "n n n" not in shown
    assert "q q q" in shown
    assert "*P2*" in shown
    assert "Shortened" in shown
    shorter = words({"blocks": blocks(message, budget=4000)})
    assert shorter.count("q") < shown.count("q") / 2
    assert "*P2*" in shorter
    shortest = words({"blocks": blocks(message, budget=700)})
    assert "*P0*" in shortest
    assert "s.md" in shortest


@pytest.mark.parametrize(
    ("text", "limit", "out"),
    [("short", 9, "short"), ("one two three", 10, "one two…"), ("a &amp; b", 6, "a…"), ("x" * 20, 5, "xxxx…")],
)
def test_cut(text, limit, out):
    assert cut(text, limit) == out
    assert len(out) <= limit


def test_cut_middle_keeps_both_ends():
    assert cut_middle("src/very/long/path/app.py", 13) == "src/ve…app.py"


def test_code_is_left_alone_and_nothing_pings():
    assert mrkdwn("**b** `**x**` <!channel> <@U1>") == "*b* `**x**` &lt;!channel&gt; &lt;@U1&gt;"


def test_text_alone_keeps_the_sources():
    message = Message((Text("**Yes**"), Sources((Source("a.md:1", "https://g.org"),))))
    assert plain_text(message) == "*Yes*\n• a.md:1"


def test_marks_of_other_markups_in_quotes():
    quote = Quote("Use ``pytest`` or `tox`,\n**always** <here>.", "a.rst:1")
    assert words({"blocks": blocks(Message((quote,)))}) == ">Use `pytest` or `tox`,\n>*always* &lt;here&gt;.\na.rst:1"


@pytest.mark.parametrize("say", ["\x1f\N{LINEAR B SYLLABLE B008 A}" * 2000, '"' * 4000, "word " * 3000])
def test_what_a_button_says_fits_and_can_be_read(say):
    [actions] = blocks(Message((Choices("", (Choice("one", say),)),)))
    value = actions["elements"][0]["value"]
    assert len(value) <= 2000
    assert say.startswith(json.loads(value)["say"].rstrip("…").rstrip())


def test_choices_without_words_say_so():
    assert words({"blocks": blocks(Message((Choices("", (Choice("", ""),)),)), marker="m")}).startswith(
        "I have nothing"
    )


def test_nothing_to_say_says_so():
    assert words({"blocks": blocks(Message(()))}) == "I have nothing to say to that."
