"""The command line: help on one screen, one sentence for every mistake, every command documented."""

import re
from pathlib import Path

import pytest

from bot import cli

ROOT = Path(__file__).parents[2]


def test_help_fits_one_screen_and_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) <= 24
    assert max(map(len, out.splitlines())) <= 80
    for name in cli.COMMANDS:
        assert re.search(rf"^  {name} ", out, re.MULTILINE), name


def test_every_command_is_a_file_and_stands_in_the_docs():
    documented = (ROOT / "docs" / "commands.md").read_text()
    files = {path.stem for path in (ROOT / "bot" / "commands").glob("[a-z]*.py")}
    assert files == set(cli.COMMANDS)
    for name in cli.COMMANDS:
        assert f"`lamp {name}" in documented, name


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert "--config" in capsys.readouterr().out


def test_an_unknown_command_is_one_sentence_with_the_nearest(capsys):
    assert cli.main(["serch", "x"]) == 1
    assert capsys.readouterr().err == "lamp: there is no command 'serch'. Did you mean `lamp search`?\n"
    assert cli.main(["zzzz"]) == 1
    assert capsys.readouterr().err == "lamp: there is no command 'zzzz'. `lamp --help` lists the commands.\n"


def test_a_wrong_option_is_one_sentence_and_exit_1(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["search", "--nope", "x"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_mistake_in_the_config_is_told_and_nothing_else(tmp_path, capsys):
    config = tmp_path / "config.yaml"
    config.write_text("# Lamplighter\nanswrs: {}\n")
    assert cli.main(["search", "--config", str(config), "x"]) == 1
    assert capsys.readouterr().err == "lamp: config.yaml:2: answrs is unknown; did you mean answers?\n"


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert re.fullmatch(r"lamplighter \d+\.\d+\.\d+\n", capsys.readouterr().out)
