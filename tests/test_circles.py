"""No two modules import each other, not even late, inside a function: whoever reads one need not read the other first."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
KNOWN = {  # a value that can show itself; a door that opens what is behind it
    ("bot.message", "bot.render"),
    ("knowledge.store.database", "knowledge.store.engine"),
    ("knowledge.store.fresh", "knowledge.store.schema"),  # where it writes its own file anew
}


def modules():
    """By name, every module and the modules that it imports."""
    files = [file for folder in ("bot", "bench", "knowledge", "indexers") for file in (TOP / folder).rglob("*.py")]
    trees = {".".join(file.relative_to(TOP).with_suffix("").parts): ast.parse(file.read_text()) for file in files}
    return {
        name: {one for one in imported(tree) if one in trees and (name, one) not in KNOWN}
        for name, tree in trees.items()
    }


def imported(tree):
    """Whatever a module may import when it runs; what only types need is not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom):
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        yield from imported(node)


def test_no_circles():
    try:
        TopologicalSorter(modules()).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
