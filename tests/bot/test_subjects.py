"""What is left of a question's words is what it is about, without people, politeness and time."""

import pytest

from bot.understanding.subjects import is_about_all, is_leaning, topic, trim


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("the json provider nowadays", "json provider"),
        ("app.py best", "app.py"),
        ("the router to me", "router"),
        ("our billing in depth", "billing"),
        ("timezones right", "timezones right"),
        ("app.py and why", "app.py"),
    ],
)
def test_articles_and_time_are_trimmed(words: str, left: str) -> None:
    assert trim(words) == (left, False)


def test_what_only_points_says_nothing() -> None:
    assert trim("that thing") == ("", True)
    assert trim("it") == ("", True)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("cache wizard", "cache"),
        ("distutils stuff", "distutils"),
        ("we have for uploads", "uploads"),
        ("answer a question about logging", "logging"),
        ("you comfortable with the vcs backends", "vcs backends"),
        ("team page", "team page"),
        ("release process", "release process"),
        ("people", "people"),
    ],
)
def test_words_for_people_and_knowing_are_no_topic(words: str, left: str) -> None:
    assert topic(words) == left


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("does it support proxies", True),
        ("how do I turn it off", True),
        ("is that still experimental", True),
        ("is the process documented", True),
        ("is it possible to install from git", False),
        ("how do I make sure that the tests pass", False),
        ("what is a wheel", False),
    ],
)
def test_a_question_that_says_it_leans_on_the_thread(text: str, leans: bool) -> None:
    assert is_leaning(text) is leans


def test_who_is_active_at_all_is_asked_of_the_repository() -> None:
    assert is_about_all("who are the most active people")
    assert is_about_all("who are the core maintainers of this project")
    assert not is_about_all("who are the active people in the cli")
