"""A small team whose repository tells everything that the conversations ask about, indexed for real (without meaning)."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings
from bot.message import Asker, Incoming, Message
from bot.wiring import House
from indexers.pipeline import Silent
from tests.teams import Team, seconds

NOW = seconds("2024-06-15")

SESSIONS = '''"""Sessions are kept in signed cookies."""


class SessionStore:
    """Where sessions live between requests."""

    def open_session(self, request):
        """Read the session cookie and check its signature."""
        return request.cookies

    def save_session(self, response):
        return response


def create_store(key):
    """Make the store that signs with this key."""
    return SessionStore()
'''

DEPLOY = """# Deploying

## Rolling back

To roll back a release, run `make rollback` on the deployment host. It takes the release before the present one and
restarts the web servers one after the other. The servers are listed in `app/json/provider.py`, and the old list was in
`app/servers.py`.

## Signing keys

The session cookie is signed with the key in the environment. Rotate the key every quarter with `make rotate`.
"""


def tell(path: Path) -> Team:
    """The story: who did what in half a year."""
    team = Team(path / "service")
    team.commit("Ada", "2023-11-01", "Start the service", files={"README.md": "# Service\n\nA service that keeps "
                "sessions for the shop and signs them. Start by running the tests, then read the deploy page.\n"})  # fmt: skip
    team.commit("Ada", "2023-11-10", "Keep sessions in cookies", files={"app/sessions.py": SESSIONS})
    team.commit("Bob", "2023-12-01", "List the servers", files={"app/servers.py": "SERVERS = ['a', 'b']\n"})
    team.commit("Bob", "2023-12-02", "Make JSON pluggable", files={"app/provider.py": "class Provider:\n    pass\n"},
                body="The shop needs decimals, which the standard encoder refuses.")  # fmt: skip
    team.tell("2023-12-20 | Bob | Give JSON a room of its own | app/provider.py > app/json/provider.py")
    team.commit("Ada", "2024-01-10", "Tell how to roll back", files={"docs/deploy.md": DEPLOY})
    team.tell("""
        2024-02-01 | Cleo | Drop the server list | -app/servers.py
        2024-03-01 | Cleo | Encode decimals faster | app/json/provider.py
        2024-05-02 | Bob + Cleo | Cache the encoder | app/json/provider.py
        2024-05-20 | Cleo | Two files named app | web/app.py tools/app.py
        2024-05-21 | Dan  | Colour the app | web/app.py
        2024-06-10 | renovate[bot] <bot@renovate.example> | Update the headers | app/json/provider.py
    """)
    return team


def opened(path: Path, **settings: object) -> House:
    """The house of that repository, with history, docs, code and words read."""
    team = tell(path)
    house = House(Settings(folder=path, **settings), None)  # type: ignore[arg-type]
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    return house


class Talk:
    """Says things in one thread and shows what comes back."""

    def __init__(self, house: House, thread: str = "t1", email: str = "") -> None:
        self.house = house
        self.thread = thread
        self.asker = Asker("terminal", "tester", "Tester", email)
        self.conversation = house.conversation()
        self.conversation._clock = lambda: float(NOW)

    def __call__(self, text: str, time: int = NOW) -> Message:
        return self.conversation.reply(Incoming(text, self.asker, "terminal", self.thread, time))
