"""When a text speaks of a topic: half of two words is not enough."""

import pytest

from bot.answers.who_knows import speaks_of


@pytest.mark.parametrize(
    ("text", "topic", "does"),
    [
        ("Add tests for policy fallback", "vacation policy", False),
        ("The vacation policies of the office", "our vacation policy", True),
        ("Add tests that check asyncio support", "asyncio support", True),
        ("Log asyncio on spider start", "asyncio support", False),
        ("How the release is tagged and published", "releases", True),
        ("Avoid getting banned by slowing the spider down", "my spider gets banned after a while", True),
        ("Anything", "", False),
    ],
)
def test_most_of_the_words_are_there(text, topic, does):
    assert speaks_of(text, topic) is does
