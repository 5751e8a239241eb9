"""What several tests of the voice need: a mail server."""

import pytest
from aiosmtpd.controller import Controller

from bot.mail import MailServer
from tests.bot.fake_mail import Post, free_port


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def smtp(post):
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield MailServer("127.0.0.1", controller.port, False, "", "lamp@example.org")
    controller.stop()
