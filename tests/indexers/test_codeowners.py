"""CODEOWNERS and its past, read from real repositories."""

from bot.config import Settings
from bot.wiring import House
from indexers.codeowners import read_versions
from indexers.pipeline import Silent
from indexers.repository import Repository
from knowledge.store import studies
from knowledge.store.repos import get_meta
from tests.teams import Team, seconds


def story(path):
    team = Team(path)
    team.commit("Ada", "2024-01-01", "Start", files={"app/a.py": "A = 1\n"})
    team.commit("Ada", "2024-02-01", "Who owns what", files={"CODEOWNERS": "/app/ @ada\n"})
    team.commit("Ada", "2024-03-01", "Bob has it", files={".github/CODEOWNERS": "/app/ @bob\n"})
    team.tell("2024-04-01 | Bob | Nobody owns anything | -CODEOWNERS -.github/CODEOWNERS")
    team.commit("Cleo", "2024-05-01", "Mine", files={"CODEOWNERS": "/app/ @cleo\n"})
    return team


def test_its_past_is_read_from_the_main_line(tmp_path):
    team = story(tmp_path / "api")
    repository = Repository.open(str(team.path), tmp_path)
    versions = read_versions(repository, repository.head(), 20)
    assert versions == [
        (seconds("2024-02-01"), "CODEOWNERS", "/app/ @ada\n"),
        (seconds("2024-03-01"), ".github/CODEOWNERS", "/app/ @bob\n"),
        (seconds("2024-04-01"), "", ""),
        (seconds("2024-05-01"), "CODEOWNERS", "/app/ @cleo\n"),
    ]
    assert read_versions(repository, repository.head(), 1) == versions[-1:]


def test_a_question_about_the_past_knows_who_owned_it_then_though_it_was_indexed_later(tmp_path):
    team = story(tmp_path / "api")
    house = House(Settings(folder=tmp_path), None)

    def index():
        house.senses.index(
            locations=(str(team.path),), steps=("history",), progress=Silent(), now=seconds("2024-09-01")
        )

    def owners(day):
        return studies.rules(house.db, 1, seconds(day)).owners.owners_of("app/a.py")

    index()
    days = ["2024-01-15", "2024-02-15", "2024-03-15", "2024-04-15", "2024-05-15"]
    told = [(), ("@ada",), ("@bob",), (), ("@cleo",)]
    assert [owners(day) for day in days] == told
    team.commit("Dan", "2024-06-01", "Mine now", files={"CODEOWNERS": "/app/ @dan\n"})
    index()
    assert [owners(day) for day in [*days, "2024-06-15"]] == [*told, ("@dan",)]


def test_owners_who_were_gone_before_the_first_run_are_known_too(tmp_path):
    """Git is asked for versions only where history ever touched such a file."""
    team = story(tmp_path / "api")
    team.tell("2024-06-01 | Cleo | Nobody owns anything | -CODEOWNERS")
    plain = Team(tmp_path / "web")
    plain.commit("Ada", "2024-01-01", "Start", files={"docs/owners.md": "CODEOWNERS\n"})
    house = House(Settings(folder=tmp_path), None)
    places = [str(team.path), str(plain.path)]
    house.senses.index(locations=places, steps=("history",), progress=Silent(), now=seconds("2024-09-01"))
    owners = [studies.rules(house.db, 1, seconds(f"2024-{month}-15")).owners for month in ("03", "06")]
    assert [one.owners_of("app/a.py") for one in owners] == [("@bob",), ()]
    assert [studies.ever_had_owners(house.db, repo) for repo in (1, 2)] == [True, False]
    assert get_meta(house.db, "codeowners of 2") == "[]"
