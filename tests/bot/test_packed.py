"""The pack of the quick way's modules: taken while it holds what the sources say, never after."""

import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import sys
sys.path.insert(0, {root!r})
from bot import packed
pack = packed.read({file!r})
print(pack is not None)
if pack:
    sys.meta_path.insert(0, pack)
import knowledge.fitted
print(knowledge.fitted.BAR, type(knowledge.fitted.__spec__.loader).__name__, knowledge.fitted.__file__)
print(packed.keep({file!r}))
"""


@pytest.fixture
def house(tmp_path):
    """A copy of the little that is packed here, and where to."""
    for name in ("bot/__init__.py", "bot/packed.py", "knowledge/__init__.py", "knowledge/fitted.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def run(house, *flags):
    code = CODE.format(root=str(house), file=str(house / "quick.pack"))
    done = subprocess.run([sys.executable, "-P", "-B", *flags, "-c", code], capture_output=True, text=True, check=True)
    taken, module, kept = done.stdout.splitlines()
    return taken == "True", module, kept == "True"


def test_what_was_packed_is_taken_and_says_where_it_is_from(house):
    source = f"{house}/knowledge/fitted.py"
    assert run(house) == (False, f"0.15 SourceFileLoader {source}", True)
    assert run(house) == (True, f"0.15 _Loader {source}", True)


def test_after_an_edit_it_is_made_anew(house):
    run(house)
    file = house / "knowledge" / "fitted.py"
    file.write_text(file.read_text().replace("BAR = 0.15", "BAR = 0.25"))  # of the same size
    assert run(house)[:2] == (False, f"0.25 SourceFileLoader {file}")
    assert run(house)[:2] == (True, f"0.25 _Loader {file}")


def test_a_source_that_is_gone_or_older_is_noticed(house):
    run(house)
    os.utime(house / "knowledge" / "fitted.py", (1, 1))  # an older release was put back
    assert not run(house)[0]
    (house / "knowledge" / "fitted.py").rename(house / "knowledge" / "fitted2.py")
    (house / "knowledge" / "fitted2.py").rename(house / "knowledge" / "fitted.py")
    assert run(house)[0]


@pytest.mark.parametrize("bytes_", [b"", b"no pack", marshal.dumps((b"another Python", 0)), marshal.dumps(5)])
def test_a_damaged_pack_is_passed_over_and_made_anew(house, bytes_):
    (house / "quick.pack").write_bytes(bytes_)
    assert run(house)[0] is False
    assert run(house)[0] is True


def test_bytecode_of_other_flags_or_another_python_is_not_taken(house):
    run(house)
    assert run(house, "-O")[0] is False
    form, packed = marshal.loads((house / "quick.pack").read_bytes())
    (house / "quick.pack").write_bytes(marshal.dumps(((b"\x00\x00\r\n", form[1]), packed)))
    assert run(house)[0] is False


def test_where_it_cannot_be_written_modules_come_the_ordinary_way(house):
    (house / "quick.pack").mkdir()
    assert run(house) == (False, f"0.15 SourceFileLoader {house}/knowledge/fitted.py", False)
