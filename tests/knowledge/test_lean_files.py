"""What stands in for os answers as os does."""
# os is what it is held against.
# ruff: noqa: PTH109, PTH110, PTH112, PTH113, PTH118, PTH120

import os
import os.path
import subprocess
import sys

import pytest

from knowledge import lean_files


@pytest.mark.parametrize(
    ("path", "start"),
    [("/a/b/c.py", "/a"), ("/a/b", "/a/b"), ("/a/../x//y/.", "/a/b"), ("/x", "/"), ("/a/b", "/a/c/d"), ("/", "/a")],
)
def test_a_path_as_seen_from_a_folder(path, start):
    assert lean_files.relative(path, start) == os.path.relpath(path, start)


@pytest.mark.parametrize(("folder", "path"), [("/a", "b"), ("/a/", "b/c"), ("/a", "/b"), ("/", "b"), ("/a", "../b")])
def test_joined(folder, path):
    assert lean_files.join(folder, path) == os.path.join(folder, path)


@pytest.mark.parametrize("folder", ["/a/b", "/a", "/"])
def test_the_folder_above(folder):
    assert lean_files.above(folder) == os.path.dirname(folder)


def test_what_is_there(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "broken").symlink_to("nowhere")
    for name in ("file", "link", "broken", "none", ".", "nul\0"):
        path = f"{tmp_path}/{name}"
        expected = (os.path.isfile(path), os.path.isdir(path), os.path.exists(path))
        assert (lean_files.is_file(path), lean_files.is_folder(path), lean_files.exists(path)) == expected
    assert lean_files.written_ns(f"{tmp_path}/file") == (tmp_path / "file").stat().st_mtime_ns
    assert lean_files.getcwd() == os.getcwd()


def test_a_setting_is_that_of_now_or_of_the_start(monkeypatch):
    monkeypatch.setenv("LAMP_TEST", "ä")
    assert (lean_files.setting("LAMP_TEST"), lean_files.setting("LAMP_TEST_NONE")) == ("ä", "")
    code = "import sys; sys.path[:0] = [sys.argv[1]]; from knowledge.lean_files import setting; import sys"
    code += "; assert 'os' not in sys.modules; print(setting('LAMP_TEST'))"
    told = subprocess.run(
        [sys.executable, "-S", "-c", code, os.getcwd()], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert told.stdout == "ä\n"
