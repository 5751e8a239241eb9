"""docs/indexing.md tells what is really read."""

from pathlib import Path

from indexers import rules
from indexers.formats import BY_SUFFIX
from indexers.languages import LANGUAGES

PAGE = (Path(__file__).parents[2] / "docs" / "indexing.md").read_text()


def test_every_format_is_documented():
    words = PAGE.replace("`", " ").split()
    assert [suffix for suffix in BY_SUFFIX if suffix not in words] == []


def test_every_language_is_documented():
    spelled = {"csharp": "c#", "cpp": "c++"}
    words = PAGE.lower().replace(",", " ").replace(":", " ").split()
    assert [name for name in LANGUAGES if spelled.get(name, name) not in words] == []


def test_every_reason_is_documented():
    reasons = [
        rules.GENERATED,
        rules.VENDORED,
        rules.BINARY,
        rules.LOCK_FILE,
        rules.PICTURE,
        rules.TRANSLATION,
        rules.FIXTURE,
    ]
    assert [why for why in reasons if why not in PAGE] == []
