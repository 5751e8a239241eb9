"""What commit messages keep to themselves. All keys here are made up."""

from hypothesis import given
from hypothesis import strategies as st

from indexers.messages import cleaned, worth_a_look
from indexers.redact import redact
from tests.indexers.test_redact import AWS, GITHUB, SLACK, made


def test_a_message_is_read_closely_where_a_key_or_a_password_may_stand():
    """Seven subjects with their bodies; the plain ones are not looked at again."""
    messages = [
        ("Fix the parser", "Because it broke.\n\nSigned-off-by: Ann Example <ann@example.org>"),
        ("Add the key", f"It is {GITHUB}."),
        (f"Try {AWS}", ""),
        ("Revert it", "This reverts commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904.\nChange-Id: I" + "0f" * 20),
        ("Log in", "user: root\nPassword: Zx9kLm2qRt77"),
        ("Use the cache", "redis://:hunter2Xyz99@cache:6379/0"),
        ("Rename test_a_very_long_name_of_a_test_in_t4253", "see https://example.org/some/long/path"),
    ]
    assert [n for n, pair in enumerate(messages) if worth_a_look("\n".join(pair).encode())] == [1, 2, 4, 5]


def test_what_is_read_closely_comes_back_without_secrets():
    assert cleaned(f"Add token {GITHUB}".encode(), f"\nslack {SLACK}\npassword=Zx9kLm2qRt77\n".encode()) == (
        "Add token [redacted: GitHub token]",
        "slack [redacted: Slack token]\npassword=[redacted: secret]",
    )


def test_a_message_that_is_no_utf8_is_read_as_latin_1():
    assert cleaned(b"Caf\xe9", f"key {AWS}".encode()) == ("Caf\xe9", "key [redacted: AWS access key]")


@given(
    st.lists(st.text("ab1 \n:=/-_", max_size=60), max_size=8),
    st.sampled_from(
        [AWS, GITHUB, SLACK, "password=Zx9kLm2qRt77", "x://:hunter2Xyz99@h", made("hf", "_", "aBcDeFgHiJ" * 4)]
    ),
    st.integers(0, 7),
)
def test_no_secret_is_overlooked_wherever_it_stands(parts, secret, where):
    lines = [*parts]
    lines.insert(where, secret)
    body = "\n".join(lines)
    assert worth_a_look(f"subject\n{body}".encode()) or not redact(body)[1]
