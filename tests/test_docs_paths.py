"""What the documentation names is there: files, folders, links and their headings, modules, make targets, commands."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from bot.cli import COMMANDS

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench/README.md", ROOT / "config.yaml"])
FOLDERS = "bench|bot|docs|indexers|knowledge|tests"
EXAMPLES = {"docs/deploy.md", "docs/invoices.md", "docs/config.rst"}  # of a reader's own repository
PATH = re.compile(rf"(?<![\w./<>-])(?:{FOLDERS})/[\w./<>*-]*")
TICKED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
MODULE = re.compile(r"(?:bench|bot|indexers|knowledge)(?:\.\w+)+")

each_page = pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)


def prose(page: Path) -> str:
    """The text of a page without what it prints in a block."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_paths_are_there(page: Path) -> None:
    named = {found.rstrip(".-/") for found in PATH.findall(prose(page)) if "<" not in found and "*" not in found}
    assert [path for path in sorted(named - EXAMPLES) if not (ROOT / path).exists()] == []


@each_page
def test_modules_named_by_their_file_alone_are_there(page: Path) -> None:
    named = {said for said in TICKED.findall(prose(page)) if re.fullmatch(r"[\w/]+\.(?:py|sh|npz)", said)}
    known = [str(path.relative_to(ROOT)) for folder in FOLDERS.split("|") for path in (ROOT / folder).rglob("*.*")]
    named = {said for said in named if not said.startswith("src/")}  # of the repository that a page shows
    examples = {"app.py", "x.py"}
    assert [
        said for said in sorted(named - examples) if not any(f"/{path}".endswith(f"/{said}") for path in known)
    ] == []


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


@each_page
def test_names_of_modules_can_be_imported(page: Path) -> None:
    for said in TICKED.findall(prose(page)):
        for name in MODULE.findall(said) if re.search(r"(?:^|-m )(?:bench|bot|indexers|knowledge)\.", said) else ():
            module, _, member = name.rpartition(".")
            try:
                importlib.import_module(name)
            except ModuleNotFoundError:
                assert hasattr(importlib.import_module(module), member), name


@each_page
def test_make_targets_and_commands_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {word for found in re.findall(r"`make ([a-z][a-z -]*)", text) for word in found.split()}
    assert said - targets == set()
    assert set(re.findall(r"`lamp ([a-z]+)", text)) - {*COMMANDS, "X"} == set()
