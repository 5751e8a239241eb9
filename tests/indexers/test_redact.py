"""Secrets leave no trace; everything else stays to the letter. All keys here are made up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.redact import looks_secret, redact


def made(*parts):
    """A key put together here, so that no scanner takes this file for a leak."""
    return "".join(parts)


AWS = made("AKIA", "QZ7XKPL2M4NV8RTW")
GITHUB = made("ghp", "_", "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2")
SLACK = made("xox", "b-", "123456789012-1234567890123-", "AbCdEfGhIjKlMnOpQrStUvWx".lower())
KEY = made("-----BEGIN RSA ", "PRIVATE KEY-----\n", "MIIEpAIBAAKCAQEA7Zq9" * 3, "\n", "xY7bQ2" * 10, "\n-----END RSA ",
           "PRIVATE KEY-----")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"key: {AWS} (old)", "key: [redacted: AWS access key] (old)"),
        (f"export TOKEN={GITHUB}", "export TOKEN=[redacted: GitHub token]"),
        (f"slack {SLACK}", "slack [redacted: Slack token]"),
        ("password = 'hunter2-Kx9'", "password = '[redacted: secret]'"),
        ('"api_key": "9f8a7b6c5d4e3f2a1b0c"', '"api_key": "[redacted: secret]"'),
        ("git clone https://me:s3cr3tPw9@git.acme.org/x", "git clone https://me:[redacted: password]@git.acme.org/x"),
        ("SESSION_SECRET=kJ8x2Lq9Zr4Vb7Nm1T", "SESSION_SECRET=[redacted: secret]"),
        ("DB_PASSWORD=correcthorsebatterystaple9", "DB_PASSWORD=[redacted: secret]"),
        ("run it with password=Zx9kLm2qRt77 and wait", "run it with password=[redacted: secret] and wait"),
        ("redis://:hunter2Xyz99@cache:6379/0", "redis://:[redacted: password]@cache:6379/0"),
        ("Authorization: Bearer 7d9f8e6c5b4a39281706f5e4d3c2b1a0", "Authorization: Bearer [redacted: secret]"),
        (made("at hv", "s.CAESIJ0kqWz7PdTn4LmXc9RvBhYg2FuE5s here"), "at [redacted: Vault token] here"),
        (made("hf", "_", "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"), "[redacted: Hugging Face token]"),
        (made("dckr", "_pat_", "zX9kQ2mN7pL4rT6vB8cD1fG3hJ5"), "[redacted: Docker token]"),
        (
            made("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"),
            "[redacted: JSON web token]",
        ),
    ],
)
def test_a_secret_goes_and_its_surroundings_stay(text, clean):
    assert redact(text)[0] == clean


def test_a_private_key_goes_as_a_whole_and_the_lines_stay_counted():
    clean, kinds = redact(f"before\n{KEY}\nafter")
    assert clean == "before\n[redacted: private key]\n\n\n\nafter"
    assert kinds == ("private key",)


def test_two_kinds_in_one_line():
    clean, kinds = redact(f"{AWS} and {GITHUB}")
    assert clean == "[redacted: AWS access key] and [redacted: GitHub token]"
    assert kinds == ("AWS access key", "GitHub token")


@pytest.mark.parametrize(
    "text",
    [
        "SECRET_KEY = 'dev'",
        "PASSWORD=changeme123",
        "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE",
        "The bearer is responsible for `Authorization: Basic authentication_of_the_user`.",
        'password = "changeme"',
        "password: your-password-here",
        "postgresql://user:password@localhost/db",
        "Pass the token: it is checked by `check_token(token)`.",
        "secret_key = os.environ['SECRET_KEY']",
        "token = get_token(request.headers)",
        "api_key: ${API_KEY}",
        "The key is stored under 'user.name.first' in the table.",
        "commit 2ac89889f4cc330eabd50f295dcef02828522c69",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "see https://example.org/a/very/long/path/2024/01/02/that-goes-on-and-on",
        "def test_password_reset_token_is_single_use(client): ...",
        'key="primary-button"',
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redact(text) == (text, ())


@pytest.mark.parametrize(
    ("value", "secret"),
    [("hunter2", True), ("P4$$w0rd!", True), ("dev", False), ("example-key-1", False), ("ab12cd34ef", True),
     ("two words 1", False), ("${TOKEN}", False), ("user.email.verified", False)],
)  # fmt: skip
def test_what_looks_like_a_password(value, secret):
    assert looks_secret(value) is secret


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_taken_and_keeps_its_lines(text):
    clean, kinds = redact(text)
    assert clean.count("\n") == text.count("\n")
    assert kinds or clean is text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["password", "=", ":", "'", '"', " ", "token", "://", "@", "a1B2c3D4", "\n", AWS, "-----"]),
                max_size=40).map("".join))  # fmt: skip
def test_secrets_among_anything_keep_the_lines_and_go(text):
    clean, _ = redact(text)
    assert clean.count("\n") == text.count("\n")
    assert f" {AWS} " not in clean


def test_a_long_line_is_no_trap():
    """Quadratic patterns would take minutes here."""
    text = "password" * 20_000 + "://" * 20_000 + "key = '" * 10_000 + "A" * 100_000
    assert redact(text)[0].count("\n") == 0
