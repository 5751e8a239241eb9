"""What a path says of the file."""

from __future__ import annotations

import pytest

from knowledge.paths import explains


@pytest.mark.parametrize(
    ("path", "tells"),
    [
        ("docs/deploy.md", True), ("README", True), ("docs/owners-guide.md", True), ("docs/licensing.rst", True),
        (".github/CODEOWNERS", False), ("LICENSE", False), ("LICENSE-APACHE", False), ("docs/AUTHORS.rst", False),
        ("MAINTAINERS.md", False), ("NOTICE.txt", False), ("CHANGELOG.md", False), ("docs/adr/0001-use-x.md", False),
    ],
)  # fmt: skip
def test_which_pages_may_tell_how_something_works(path: str, tells: bool) -> None:
    assert explains(path) is tells
