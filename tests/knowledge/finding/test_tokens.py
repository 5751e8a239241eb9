"""Terms: what must meet does, and nothing odd ever comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.finding.tokens import LONGEST, STOP_WORDS, Tokenizer

tokenizer = Tokenizer()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("create_logger", "creat logger createlogger"),
        ("createLogger", "creat logger createlogger"),
        ("HTTPServer", "http server httpserver"),
        ("parseHTTPResponse2", "pars http respons 2 parsehttpresponse2"),
        ("app.config", "app config app.config"),
        ("Python 3.11", "python 3 11 3.11"),
        ("How do we run the tests?", "run test"),
        ("running runs RUN", "run run run"),
        ("the visitor's app isn't", "visitor app"),
        ("__init__.py", "init py __init__.py"),
        ("Café ﬁles naïve", "cafe file naiv"),
        ("部署数据库", "部署 署数 数据 据库"),
        ("배포 절차", "배포 절차"),
        ("развёртывание", "развертывание"),
        ("x" * 200, ""),
        ("", ""),
        ("... --- !!", ""),
    ],
)
def test_terms(text: str, terms: str) -> None:
    assert tokenizer.terms(text) == terms.split()


def test_styles_of_one_identifier_share_the_whole_and_the_parts() -> None:
    styles = [set(tokenizer.terms(t)) for t in ("send_from_directory", "sendFromDirectory", "SendFromDirectory")]
    assert styles[0] == styles[1] == styles[2]
    assert set(tokenizer.terms("send directory")) <= styles[0]


def test_another_language_of_snowball() -> None:
    assert Tokenizer("german").terms("Häuser Haus") == ["haus", "haus"]


@given(st.text(max_size=300))
def test_any_text_gives_clean_terms_and_the_same_ones_twice(text: str) -> None:
    terms = tokenizer.terms(text)
    assert terms == Tokenizer().terms(text)
    for term in terms:
        assert term
        assert not any(c.isspace() for c in term)
        assert term not in STOP_WORDS or "." in text or "_" in text or term == term.lower()
        assert len(term) <= LONGEST * 4


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_apart_are_read_apart(left: str, right: str) -> None:
    assert tokenizer.terms(left + "\n" + right) == tokenizer.terms(left) + tokenizer.terms(right)


@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=2, max_size=4))
def test_snake_and_camel_meet(words: list[str]) -> None:
    snake = tokenizer.terms("_".join(words))
    camel = tokenizer.terms(words[0] + "".join(w.capitalize() for w in words[1:]))
    assert snake == camel
