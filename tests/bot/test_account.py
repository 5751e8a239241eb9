"""A number that no account has, as containers give to a process, is a name as well."""

import getpass
import os

import pytest

from bot.people.account import user_name


def test_whoever_has_an_account_goes_by_its_name():
    assert user_name() == getpass.getuser()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a number without an account")
def test_a_number_without_an_account():
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            os.environ.pop(name, None)
        os.setuid(54_321)
        os.write(writing, user_name().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.read() == "user 54321"
    assert os.waitpid(child, 0)[1] == 0
