"""bot/lamp.sh, the `lamp` that an installation puts on the PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LAMP = Path(__file__).parents[2] / "bot" / "lamp.sh"


@pytest.fixture
def installed(tmp_path):
    """A bin folder as an installation makes it: the launcher beside a Python that knows our packages."""
    folder = tmp_path / "a venv" / "bin"
    folder.mkdir(parents=True)
    shutil.copy(LAMP, folder / "lamp")
    (folder / "python").symlink_to(sys.executable)
    site = tmp_path / "a venv" / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"
    site.mkdir(parents=True)
    (site / "_editable_impl_lamplighter.pth").write_text(f"{LAMP.parents[1]}\n")
    return folder / "lamp"


def lamp(*command, **said):
    return subprocess.run(
        [str(c) for c in command], check=False, capture_output=True, text=True, env=os.environ, **said
    )


def test_it_starts_the_command_line_from_any_place(installed, tmp_path):
    answer = lamp(installed, "--help", cwd=tmp_path)
    assert answer.returncode == 0
    assert answer.stdout.startswith("usage: lamp COMMAND")
    link = tmp_path / "elsewhere"
    link.symlink_to(installed)
    assert lamp(link, "--help").stdout == answer.stdout


def test_a_folder_of_our_name_where_one_stands_is_not_ours(installed, tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('the wrong bot')")
    assert lamp(installed, "--help", cwd=tmp_path).stdout.startswith("usage: lamp COMMAND")


def test_arguments_arrive_as_they_are_and_exit_codes_come_back(installed):
    refused = lamp(installed, "as k", 'a "b" $c')
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("lamp: there is no command 'as k'.")


def test_it_has_the_site_packages_where_a_command_needs_them(installed, tmp_path):
    """In the real environment, whose `lamp` is this very script: a command that imports what is installed."""
    real = Path(sys.executable).parent / "lamp"
    assert real.read_text() == LAMP.read_text(), "the environment is older than the launcher: make setup"
    told = lamp(real, "index", "--help", cwd=tmp_path)
    assert told.returncode == 0
    assert "--only" in told.stdout
