"""Code that a grammar does not survive costs its own outline, and nothing else."""

import os
import signal
import threading

import pytest

from indexers.apart import Apart
from indexers.symbols import NO_OUTLINE, outline

CODE = b"class A:\n    def f(self):\n        pass\n"


@pytest.fixture(scope="module")
def apart():
    return Apart(seconds=0.3)


def test_it_is_the_same_outline(apart):
    assert apart.outline("python", CODE) == outline("python", CODE)
    assert [s.name for s in apart.outline("python", CODE).symbols] == ["A"]


@pytest.mark.parametrize(("language", "source"), [("perl", b"<<M\n$`"), ("tsx", b"<a {{b:>c:d(e f)\n")])
def test_what_no_grammar_comes_to_the_end_of_has_none(apart, language, source):
    assert apart.outline(language, source) == NO_OUTLINE
    assert apart.outline("python", CODE).symbols


def test_one_that_was_killed_is_started_again(apart):
    apart.outline("python", CODE)
    os.kill(apart._process.pid, signal.SIGKILL)
    assert apart.outline("python", CODE).symbols


def test_it_ends_when_nobody_asks_any_more():
    apart = Apart(idle_seconds=1)
    apart.outline("python", CODE)
    assert apart._process.wait(10) == -signal.SIGALRM
    assert apart.outline("python", CODE).symbols


def test_threads_get_their_own_answers(apart):
    found = {}

    def ask(number):
        found[number] = apart.outline("python", b"def f%d(): pass\n" % number).symbols[0].name

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == {number: f"f{number}" for number in range(8)}


def test_a_fault_of_ours_is_raised_here(apart):
    with pytest.raises(KeyError, match="klingon"):
        apart.outline("klingon", b"")


def test_a_process_that_cannot_start_is_no_empty_file(monkeypatch):
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(RuntimeError, match="exit 1"):
        Apart().outline("python", CODE)


def test_a_question_broken_off_leaves_no_answer_behind(apart):
    """Ctrl-C between question and answer: the next question gets its own answer."""
    main, usual = threading.main_thread().ident, signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            for _ in range(10_000):
                apart.outline("python", b"def late(): pass\n" * 2000)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert [s.name for s in apart.outline("python", CODE).symbols] == ["A"]


@pytest.mark.parametrize("character", ["\u00e9", "\u2026", "\U0001f600", "\U00031860", "\U000ffffd", "\U0010fffd"])
def test_bash_with_any_character_after_a_brace(apart, character):
    """Its scanner looks characters up in a table of 256 (tree-sitter-bash 337); that nothing is lost shows in the name."""
    source = f"{character}() {{\n  echo {{{character} ${{x}}\n}}\nlast() {{ :; }}\n".encode()
    found = [(s.name, s.line_start, s.line_end) for s in apart.outline("bash", source).symbols]
    assert found == [(character, 1, 3), ("last", 4, 4)]
