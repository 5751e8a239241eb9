"""Paths as they are typed in a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.here import from_here
from tests.teams import Team


@pytest.mark.parametrize(
    ("typed", "stands", "meant"),
    [
        (".", "/code/shop", "the whole repository"),
        ("./", "/code/shop", "the whole repository"),
        ("..", "/code/shop/app", "the whole repository"),
        (".", "/code/shop/app", "app"),
        ("./pay.py:12", "/code/shop/app", "app/pay.py:12"),
        ("../docs/", "/code/shop/app", "docs"),
        (".", "/code/shop/vendored", "the whole repository"),
        ("app/pay.py", "/code/shop/app", "app/pay.py"),
        (".github", "/code/shop", ".github"),
        ("..", "/code/shop", ".."),
        ("/code/shop/app/pay.py:3", "/elsewhere", "app/pay.py:3"),
        ("/code/shop/vendored/x", "/code/shop", "x"),
        ("/etc/passwd", "/code/shop", "/etc/passwd"),
        ("/code/shop", "/", "the whole repository"),
    ],
)
def test_a_relative_path_is_seen_from_where_one_stands(typed: str, stands: str, meant: str) -> None:
    assert from_here(typed, ["/code/shop", "/code/shop/vendored"], stands) == meant


def test_dot_is_the_whole_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Team(tmp_path / "shop")
    shop.commit("Ada", "2024-03-01", "Pay", files={"app/pay.py": "def pay():\n    pass\n", "README.md": "# Shop\n"})
    monkeypatch.chdir(shop.path)
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    assert main(["index", "--only", "history"]) == 0
    capsys.readouterr()
    for typed in (".", "./"):
        assert main(["last", typed]) == 0
        assert f"last touched the repository {shop.path.name}" in capsys.readouterr().out
    monkeypatch.chdir(shop.path / "app")
    assert main(["who", "."]) in (0, 2)
    assert "app" in capsys.readouterr().out.splitlines()[0]
    seen = {}
    for stands in (shop.path, shop.path / "app"):
        monkeypatch.chdir(stands)
        for command in (["refresh", "--as", "ada@example.org"], ["stale"], ["tour"]):
            main([command[0], ".", *command[1:], "--json"])
            seen[stands.name, command[0]] = json.loads(capsys.readouterr().out)["target"]
    assert {key: target and target["path"] for key, target in seen.items()} == {
        ("shop", "refresh"): "", ("shop", "stale"): None, ("shop", "tour"): "",
        ("app", "refresh"): "app", ("app", "stale"): "app", ("app", "tour"): "app",
    }  # fmt: skip
