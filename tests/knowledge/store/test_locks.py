"""One at a time: on one machine, on two machines that share a database, and after a kill."""

import signal
import subprocess
import sys
import textwrap

import pytest

from knowledge.errors import Busy
from knowledge.store.locks import held

HOLDER = """
    import sys, time
    from pathlib import Path
    from knowledge.store.database import open_database
    from knowledge.store.locks import held
    with held(Path(sys.argv[1]), "reading", open_database(sys.argv[2])):
        print("mine", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def other(both_stores, tmp_path):
    """Another process that holds the lock, from a home of its own on the same store."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(tmp_path / "theirs"), both_stores.url],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "mine\n"
    yield process
    process.kill()
    process.wait()


def test_two_homes_on_one_store_take_turns(other, both_stores, tmp_path):
    mine = tmp_path / "mine"
    with pytest.raises(Busy, match="another Lamplighter is busy with reading here"), held(mine, "reading", both_stores):
        pass
    with held(mine, "meaning", both_stores):  # something else may go on
        pass
    waits = []

    def told():
        waits.append("said")
        other.send_signal(signal.SIGKILL)

    with held(mine, "reading", both_stores, wait_seconds=20, on_wait=told):
        assert waits == ["said"]
    with held(mine, "reading", both_stores):
        assert waits == ["said"]


def test_a_lock_is_given_back_after_a_fault(both_stores, tmp_path):
    with pytest.raises(ZeroDivisionError), held(tmp_path, "reading", both_stores):
        raise ZeroDivisionError
    with held(tmp_path, "reading", both_stores), pytest.raises(Busy), held(tmp_path / "b", "reading", both_stores):
        pass
    with held(tmp_path / "b", "reading", both_stores):
        pass


def test_waiting_has_an_end(both_stores, tmp_path):
    with (
        held(tmp_path, "reading", both_stores),
        pytest.raises(Busy),
        held(tmp_path / "b", "reading", both_stores, wait_seconds=0.3),
    ):
        pass
