"""Shortening keeps what matters, whatever the message; the terminal shows the same things, plain when it is piped."""

from hypothesis import given
from hypothesis import strategies as st

from bot.message import Choice, Choices, Message, Note, People, PersonLine, Quote, Source, Sources, Text
from bot.phrases import cut
from bot.render import markdown, shorten, terminal

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=200).filter(
    str.strip
)
PARTS = st.one_of(
    WORDS.map(Text),
    WORDS.map(Note),
    st.builds(Quote, WORDS, st.just("docs/a.md:1-2"), st.sampled_from(["", "python"])),
    st.lists(st.builds(PersonLine, WORDS, WORDS), min_size=1, max_size=3).map(lambda p: People(tuple(p))),
    st.lists(st.builds(Choice, WORDS, WORDS), min_size=1, max_size=5).map(lambda c: Choices("Which?", tuple(c))),
    st.lists(st.builds(Source, WORDS), min_size=1, max_size=3).map(lambda s: Sources(tuple(s))),
)
MESSAGES = st.lists(PARTS, min_size=1, max_size=8).map(lambda parts: Message(tuple(parts)))


def sources(message: Message) -> list[Source]:
    return [source for part in message.parts if isinstance(part, Sources) for source in part.sources]


def people(message: Message) -> list[str]:
    return [part.people[0].name for part in message.parts if isinstance(part, People)]


@given(MESSAGES, st.integers(0, 2000))
def test_shortening_never_drops_a_source_or_the_first_person(message: Message, limit: int) -> None:
    short = shorten(message, limit)
    assert sources(short) == sources(message)
    assert people(short) == people(message)
    assert short.parts
    assert len(markdown(short)) <= max(limit, len(markdown(message)))
    if len(markdown(message)) <= limit:
        assert short == message


@given(MESSAGES)
def test_a_limit_is_kept_where_only_words_are_in_the_way(message: Message) -> None:
    words = Message(tuple(part for part in message.parts if isinstance(part, Text | Note | Quote)) or (Text("x"),))
    assert len(markdown(shorten(words, 120))) <= 120


@given(WORDS, st.integers(0, 50))
def test_a_cut_text_fits_and_closes_its_marks(text: str, most: int) -> None:
    short = cut(text, most)
    assert len(short) <= max(most, 0)
    if short != text:
        assert short.count("**") % 2 == 0
        assert short.count("`") % 2 == 0


ANSWER = Message(
    (
        Text("**Ann** last touched `src/app.py`."),
        Quote("line one\nline two", "docs/a.md:1-2"),
        Quote("def f(): ...", "src/app.py:1", "python"),
        People((PersonLine("Ann", "worked on it"), PersonLine("Bob", "reviewed it"))),
        Choices("Which?", (Choice("src/app.py", "who last touched src/app.py?"),)),
        Sources((Source("docs/a.md:1-2 · 3f2c1ab", "https://git.example.org/a"), Source("src/app.py:1"))),
        Note("Searched by words only."),
    )
)


def test_notes_go_first_then_quotes_then_people() -> None:
    whole = len(markdown(ANSWER))
    kinds = [type(part) for part in shorten(ANSWER, whole - 1).parts]
    assert kinds == [Text, Quote, Quote, People, Choices, Sources]
    tight = shorten(ANSWER, 200)
    assert [type(part) for part in tight.parts] == [Text, People, Choices, Sources]
    assert [p.name for p in next(part for part in tight.parts if isinstance(part, People)).people] == ["Ann", "Bob"]
    assert [p.name for p in next(part for part in shorten(ANSWER, 165).parts if isinstance(part, People)).people] == [
        "Ann"
    ]


def test_markdown() -> None:
    assert markdown(ANSWER) == (
        "**Ann** last touched `src/app.py`.\n\n> line one\n> line two\n\ndocs/a.md:1-2\n\n```python\ndef f(): ...\n```\n\n"
        "src/app.py:1\n\n- **Ann**: worked on it\n- **Bob**: reviewed it\n\nWhich?\n1. src/app.py\n\n"
        "- [docs/a.md:1-2 · 3f2c1ab](https://git.example.org/a)\n- src/app.py:1\n\n_Searched by words only._"
    )


def test_a_fence_is_longer_than_any_fence_in_the_code() -> None:
    assert markdown(Message((Quote("```\nx\n```", "", "md"),))) == "````md\n```\nx\n```\n````"


def test_the_terminal_is_plain_and_unwrapped_when_piped() -> None:
    assert terminal(ANSWER) == (
        "Ann last touched src/app.py.\n\n  | line one\n  | line two\n    docs/a.md:1-2\n\n  | def f(): ...\n    src/app.py:1\n\n"
        "  * Ann: worked on it\n  * Bob: reviewed it\n\nWhich?\n  1. src/app.py\n\n"
        "  - docs/a.md:1-2 · 3f2c1ab  https://git.example.org/a\n  - src/app.py:1\n\nSearched by words only."
    )


def test_the_terminal_wraps_and_colours_for_a_person() -> None:
    long = Message((Text("word " * 60), Note("small print")))
    assert max(len(line) for line in terminal(long, width=40, colour=False).splitlines()) <= 40
    coloured = terminal(ANSWER, width=60, colour=True)
    assert "\x1b[" in coloured
    assert "Ann" in coloured
    assert "**" not in coloured
