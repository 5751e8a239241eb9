"""One way of writing percentages, wherever something is said."""

import re
from pathlib import Path

import pytest

from knowledge.shares import percent

ROOT = Path(__file__).parent.parent
SAID = [path for room in ("bot", "knowledge", "indexers") for path in sorted((ROOT / room).rglob("*.py"))]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_whole_per_cent_with_a_blank() -> None:
    assert [percent(share) for share in (0.0, 0.204, 0.996, 1.0)] == ["0 %", "20 %", "100 %", "100 %"]


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in (*SAID, *DOCS)])
def test_nothing_else_writes_them(path: Path) -> None:
    """No format of Python's own ("20%"), and none by hand."""
    text = re.sub(r"width:\d+%|-M100%", "", path.read_text(encoding="utf-8"))
    assert re.findall(r":[<>^]?\d*\.\d%\}|\b\d+%(?=[\s.,;:)'\"])", text) == []
