"""Spans of time as people say them, seen from Sunday 2026-11-22 01:00 UTC."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.when import window

NOW = int(datetime(2026, 11, 22, 1, tzinfo=UTC).timestamp())


def days(text: str) -> tuple[str | None, str | None]:
    span, _ = window(text, NOW)
    assert span is not None, text
    return tuple(t and datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d") for t in (span.since, span.until))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("yesterday", "2026-11-21", "2026-11-22"),
        ("what changed in app.py last week", "2026-11-09", None),
        ("this month", "2026-11-01", None),
        ("last month", "2026-10-01", "2026-11-01"),
        ("since last month", "2026-10-01", None),
        ("since June", "2026-06-01", None),
        ("in May", "2026-05-01", "2026-06-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("in May 2021", "2021-05-01", "2021-06-01"),
        ("in 2023", "2023-01-01", "2024-01-01"),
        ("before 2020", None, "2020-01-01"),
        ("since 2024-05-01", "2024-05-01", None),
        ("March 5, 2024", "2024-03-05", "2024-03-06"),
        ("on the 5th of march", "2026-03-05", "2026-03-06"),
        ("in the last 3 months", "2026-08-24", None),
        ("over the last couple of weeks", "2026-11-08", None),
        ("the past year", "2025-11-22", None),
        ("since two years ago", "2024-11-22", None),
        ("3 weeks ago", "2026-10-29", "2026-11-04"),
        ("since monday", "2026-11-16", None),
        ("recently", "2026-08-24", None),
    ],
)
def test_spans(text: str, since: str | None, until: str | None) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    "text", ["may I ask", "error 2013 lost connection", "the second week of nothing", "on 31 February", "app.py"]
)
def test_what_is_no_span(text: str) -> None:
    assert window(text, NOW) == (None, text)


def test_the_words_of_the_span_are_taken_out() -> None:
    assert window("what changed in app.py last week?", NOW)[1] == "what changed in app.py ?"


@given(st.text(max_size=80))
def test_any_text_is_survived(text: str) -> None:
    window(text, NOW)
