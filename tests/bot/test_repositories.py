"""A home of several repositories: a name that is in both is asked back, and what is chosen is answered."""

import pytest

from bot.config import RepoSettings, Settings
from bot.message import Choices
from bot.wiring import House, open_house
from indexers.pipeline import Silent
from indexers.repository import Repository
from knowledge.errors import Mistake
from knowledge.store.repos import Repos
from tests.bot.house import NOW, Talk
from tests.teams import Team

STEPS = ("history", "docs", "code")


@pytest.fixture
def house(tmp_path):
    Team(tmp_path / "api").tell("2024-05-01 | Ada | Start the service | README.md src/app.py")
    Team(tmp_path / "web").tell("2024-05-02 | Bob | Start the page | README.md src/app.py src/page.ts")
    said = (RepoSettings("api"), RepoSettings("web"))
    house = House(Settings(folder=tmp_path, repos=said), None)
    house.senses.index(steps=STEPS, progress=Silent(), now=NOW)
    return house


@pytest.mark.parametrize("question", ["who last touched {}?", "who knows {}?", "what changed in {}?"])
def test_a_choice_offered_is_a_choice_understood(house, question):
    talk = Talk(house)
    asked = talk(question.format("src/app.py"))
    [choices] = [part for part in asked.parts if isinstance(part, Choices)]
    assert sorted(choice.label for choice in choices.choices) == ["api:src/app.py", "web:src/app.py"]
    for say in (*(choice.say for choice in choices.choices), question.format("api:src/app.py")):
        answer = talk(say)
        assert not [part for part in answer.parts if isinstance(part, Choices)], say
        assert ("Ada" in answer.text) == ("api:" in say), answer.text
        assert answer.data["target"]["path"] == "src/app.py"


def test_a_path_of_one_repository_needs_no_name_and_the_answer_says_which_it_is(house):
    for question in ("who last touched src/page.ts?", "who knows src/page.ts?", "what changed in src/page.ts?"):
        text = Talk(house)(question).text
        assert "Bob" in text
        assert "In the repository `web`." in text


def test_what_is_in_both_under_one_name_is_told_apart(house):
    assert "`api:src` and `web:src`" in Talk(house)("who knows src?").text


def test_a_directory_of_one_repository(house):
    assert "Bob" in Talk(house)("who knows web:src/?").text
    assert house.conversation().who("web:src", NOW).data["people"][0]["name"] == "Bob Example"


def test_a_repository_takes_the_name_that_the_settings_give_it(house, tmp_path):
    said = (RepoSettings("api", name="backend"), RepoSettings("web"))
    renamed = House(Settings(folder=tmp_path, repos=said), None)
    renamed.senses.index(steps=("history",), progress=Silent(), now=NOW)
    assert renamed.subject() == "backend, web"
    assert "Ada" in Talk(renamed)("who last touched backend:README.md?").text


def test_what_changed_is_told_of_every_repository(house):
    text = Talk(house)("what changed last month?").text
    for name in ("api", "web"):
        assert f"1 commit changed the repository `{name}` last month" in text


def test_a_question_about_a_url_does_not_wait_for_the_network(tmp_path):
    """Only a sync fetches: lines and reviews are asked of the clone, also when the other side is gone or has moved."""
    team = Team(tmp_path / "api").tell("2024-05-01 | Ada | Start the service | src/app.py")
    house = House(Settings(folder=tmp_path, repos=(RepoSettings(f"file://{team.path}"),)), None)
    house.senses.index(steps=STEPS, progress=Silent(), now=NOW)
    team.tell("2024-05-09 | Bob | Start anew | src/app.py")
    head = Repos(house.db).all()[0].head
    assert "Ada Example" in Talk(house)("who last touched src/app.py:1?").text
    assert Repository.open(f"file://{team.path}", house.home, fetch=False).head() == head
    assert "lamp index" in house.senses.behind(Repos(house.db).all()[0])
    team.path.rename(tmp_path / "gone")
    assert "Ada Example" in Talk(house)("who last touched src/app.py:1?").text
    assert house.git.merges(Repos(house.db).all()[0].id, 0, NOW) == []
    assert "git cannot reach" in house.senses.behind(Repos(house.db).all()[0])
    with pytest.raises(Mistake, match="has not been fetched yet"):
        Repository.open("file:///nowhere", house.home, fetch=False)


def test_another_repository_is_talked_about_from_wherever_one_stands(tmp_path, monkeypatch):
    shop = Team(tmp_path / "shop").tell("2024-05-01 | Ada | Open the shop | README.md")
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    house = open_house(repo=str(shop.path))
    assert house.home.parent == tmp_path / "home" / "others"
    assert house.senses.index(steps=("history",), progress=Silent(), now=NOW).commits == 1


def test_a_repository_of_the_settings_is_meant_from_another_folder_too_and_one_that_is_gone_troubles_nobody(
    house, tmp_path, monkeypatch
):
    said = (RepoSettings("gone", web="https://git.example.org/gone"), *house.settings.repos)
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    again = House(Settings(folder=tmp_path, repos=said), None)
    assert again.for_repo(str(tmp_path / "web")) is again
    assert "Bob" in Talk(again)("who last touched src/page.ts?").text


def test_a_repository_that_is_gone_keeps_nobody_from_reading_the_others(house, tmp_path):
    said = (RepoSettings("gone"), *house.settings.repos, RepoSettings("file:///nowhere/x.git"))
    Team(tmp_path / "api").tell("2024-05-03 | Cleo | Go on | src/app.py")
    summary = House(Settings(folder=tmp_path, repos=said), None).senses.index(steps=STEPS, progress=Silent(), now=NOW)
    assert summary.commits == 1
    assert [skipped.where for skipped in summary.skipped] == ["gone", "file:///nowhere/x.git"]
    assert summary.skipped[0].why.startswith("there is no folder ")
    nothing = House(Settings(folder=tmp_path, repos=(RepoSettings("gone"), RepoSettings("away"))), None)
    with pytest.raises(Mistake, match=r"there is no folder .*gone"):
        nothing.senses.index(steps=STEPS, progress=Silent(), now=NOW)
