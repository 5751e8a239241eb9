"""CODEOWNERS as GitHub and GitLab read it."""

from __future__ import annotations

import pytest

from knowledge.areas.codeowners import NO_OWNERS, parse

GITHUB = """
# comment
*                   @org/all
*.js                @js  # inline
/build/logs/        @logs
docs/*              docs@example.org
apps/               @apps
/scripts/**         @scripts @second
**/logs             @deep
/apps/github
/a\\ b.txt          @blank
nonsense            not-an-owner
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x.py", ("@org/all",)),
        ("src/x.js", ("@js",)),
        ("build/logs/x.txt", ("@deep",)),
        ("docs/guide.md", ("docs@example.org",)),
        ("docs/build/troubleshooting.md", ("@org/all",)),
        ("apps/web/x.py", ("@apps",)),
        ("sub/apps/x.py", ("@apps",)),
        ("scripts/a/b.sh", ("@scripts", "@second")),
        ("deep/down/logs/x", ("@deep",)),
        ("apps/github/x.py", ()),
        ("a b.txt", ("@blank",)),
        ("nonsense", ()),
        ("docs.md", ("@org/all",)),
    ],
)
def test_the_last_match_wins(path: str, owners: tuple[str, ...]) -> None:
    assert parse(GITHUB).owners_of(path) == owners


def test_sections_of_gitlab_have_owners_of_their_own() -> None:
    owners = parse("""
        * @everyone
        [Database] @dba
        db/
        db/seeds/ @seeder
        ^[Docs][2] @writer
        *.md
    """)
    assert owners.owners_of("db/schema.sql") == ("@everyone", "@dba")
    assert owners.owners_of("db/seeds/a.sql") == ("@everyone", "@seeder")
    assert owners.owners_of("db/a.md") == ("@everyone", "@dba", "@writer")


def test_nobody_owns_what_no_line_matches() -> None:
    assert NO_OWNERS.owners_of("a.py") == ()
    assert parse("\n# only words\n!negated @x\n").rules == ()
    assert parse("/a/ @x").rule_of("b/a/c") is None
