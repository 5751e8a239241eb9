"""A team of four whose areas fare differently, for the tests of the weekly report; and questions that were asked."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.store.questions import Questions
from tests.teams import Team, seconds, team

MONDAY = seconds("2024-06-17 09:00")
DEPLOY = (
    "# Deploying\n\n## Rolling back\n\nCall `src/pay/api.py` and then `src/pay/card.py`, as `src/pay/old.py` did.\n"
)


def _files(folder: str, names: str) -> dict[str, str]:
    """An area of a team's size: a directory this small would be one with its neighbours."""
    return {f"{folder}/{name}.py": f"# {name}\n" for name in [*names.split(), *(f"part{n}" for n in range(12))]}


def tell(folder: Path) -> Team:
    """`src/auth` is Ada's alone, `src/pay` is shared, `src/mail` was Zed's, who is gone; the page on deploying is old."""
    shop = team(folder)
    shop.commit("Ada", "2023-01-10", "Start", files=_files("src/auth", "login token key"))
    shop.commit("Bob", "2023-01-11", "Pay", files=_files("src/pay", "api card old"))
    shop.commit("Zed", "2023-01-12", "Mail", files=_files("src/mail", "smtp queue form"))
    shop.commit(
        "Bob", "2023-02-01", "Tell how to deploy", files={"docs/deploy.md": DEPLOY, "docs/a.md": "# A\n\nAbc.\n"}
    )
    shop.tell("2023-02-02 | Bob | Drop the old | -src/pay/old.py\n2023-02-03 | Bob | Add | src/pay/list.py")
    for month in range(1, 7):
        shop.tell(f"""
            2024-{month:02d}-03 | Ada | Auth {month} | src/auth/login.py src/auth/token.py
            2024-{month:02d}-05 | Ada | Keys {month} | src/auth/key.py
            2024-{month:02d}-06 | Bob | Pay {month} | src/pay/api.py src/pay/card.py
            2024-{month:02d}-08 | Ada | Cards {month} | src/pay/card.py src/pay/list.py
            2024-{month:02d}-09 | Cleo | Mail {month} | src/mail/smtp.py src/mail/queue.py src/mail/form.py
        """)
    return shop


def opened(folder: Path, **settings: object) -> House:
    """The house of that repository, with history, docs and code read."""
    shop = tell(folder)
    house = House(Settings(folder=folder, **settings), None)  # type: ignore[arg-type]
    read(house, shop)
    return house


def read(house: House, shop: Team, now: int = MONDAY) -> None:
    house.senses.index(locations=(str(shop.path),), steps=("history", "docs", "code"), progress=Silent(), now=now)


def ask(house: House, who: str, text: str, *, days_ago: float = 1, page: str = "", place: str = "T1/C1", **more) -> int:
    """A question in Slack; it was answered from `page`, or not at all."""
    evidence = [{"kind": "doc", "path": page, "line_start": 1, "line_end": 2}] if page else []
    return Questions(house.db).record(
        time=int(MONDAY - days_ago * 86_400), platform="slack", place=place, thread="", asker=who, person_id=None,
        text=text, intent="knowledge", target={}, abstained=not page, answer={"evidence": evidence}, took_ms=1, **more,
    )  # fmt: skip
