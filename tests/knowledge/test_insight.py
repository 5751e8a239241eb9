"""Who knows, who would be missed, what goes stale: on teams written down as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from knowledge.activation.batch import Wanted, rank_batch
from knowledge.activation.standing import find_place, stand
from knowledge.areas.partition import find_areas
from knowledge.insight import going_stale, survey, what_if_away, who_knows, who_knows_topic
from knowledge.memory import DAY
from knowledge.people import Entry, Rules
from knowledge.store import activations, people
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from tests.knowledge.histories import fill, seconds


def _iso(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).date().isoformat()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    yield store
    store.close()


def indexed(db: Database, lines: str, *entries: Entry) -> int:
    repo_id = fill(db, lines)
    people.sync(db, Rules(entries=entries))
    with db.transaction() as tx:
        activations.fold(tx, repo_id)
    return repo_id


TEAM = """
    2023-01-10 | Ada Old        | app/login.py app/token.py app/session.py
    2023-02-10 | Ada Old        | app/login.py
    2024-01-02 | Bob            | app/login.py docs/a.md docs/b.md docs/c.md
    2024-01-20 | Cleo           | docs/a.md
    2024-02-05 | Bob            | app/login.py
    2024-02-12 | Bob            | app/login.py app/token.py
    2024-02-19 | Bob / Cleo     | app/login.py
    2024-02-26 | Bob + Cleo     | app/login.py
    2024-02-27 | deploy-bot     | app/login.py
"""
NOW = seconds("2024-03-01")


def test_who_knows_says_who_and_why(db: Database) -> None:
    indexed(db, TEAM)
    knows = who_knows(db, 1, "app/login.py", NOW)
    assert [k.person.name for k in knows.people] == ["Bob Example", "Cleo Example"]
    bob, cleo = knows.people
    assert bob.why == "worked on it in 4 of the last 8 weeks; unchanged by others since"
    assert cleo.why == "worked on it in 1 of the last 8 weeks, reviewed 1 change; unchanged by others since"
    assert bob.score > cleo.score
    assert 0.5 < bob.retention < 1
    assert bob.last_time == seconds("2024-02-26")
    assert knows.nobody == ""
    assert knows.backup is not None
    assert knows.backup.person.name == "Ada Old Example"
    assert knows.backup.why == (
        "worked on it twice, last on 2023-02-10 (1 year ago); 71 % changed by others since (5 changes)"
    )


def test_a_directory_counts_the_files_that_others_changed(db: Database) -> None:
    """Cleo changed one of three docs after Bob wrote them."""
    indexed(db, TEAM)
    knows = who_knows(db, 1, "docs", NOW)
    staleness = {k.person.name: k.staleness for k in (*knows.people, knows.backup) if k}
    assert staleness["Bob Example"] == pytest.approx(1 / 3)
    assert staleness["Cleo Example"] == 0.0


def test_at_most_three_and_a_backup(db: Database) -> None:
    lines = "\n".join(f"2024-02-{d:02} | P{d % 5} | app/x.py" for d in range(1, 26))
    indexed(db, lines)
    knows = who_knows(db, 1, "app/x.py", NOW)
    assert len(knows.people) == 3
    assert knows.backup is not None
    assert knows.backup.person.name not in {k.person.name for k in knows.people}
    assert len(who_knows(db, 1, "app/x.py", NOW, top=5).people) == 5


def test_nobody_is_an_answer_with_a_way_back_in(db: Database) -> None:
    indexed(db, TEAM)
    knows = who_knows(db, 1, "app/session.py", NOW)
    assert knows.people == ()
    assert knows.nobody.startswith(
        "nobody is active in app/session.py any more: last was Ada Old Example on 2023-01-10 (1 year ago)"
    )
    assert "Way back in: " in knows.nobody
    empty = who_knows(db, 2, "app/session.py", NOW)
    assert empty.nobody == "no history of this repository has been read yet."


def test_an_unknown_path_is_answered_for_what_is_above_it(db: Database) -> None:
    indexed(db, TEAM)
    assert who_knows(db, 1, "app/nope/x.py", NOW).target == "app"
    assert who_knows(db, 1, "/docs/a.md/", NOW).target == "docs/a.md"


def test_people_who_left_are_away_or_opted_out_are_passed_over(db: Database) -> None:
    email = "bob@example.org"
    for entry in (
        Entry("Bob Example", emails=(email,), left=True),
        Entry("Bob Example", emails=(email,), opted_out=True),
        Entry("Bob Example", emails=(email,), away=((_iso(NOW - DAY), _iso(NOW + DAY)),)),
    ):
        indexed(db, TEAM if not db.read("SELECT 1 FROM commits LIMIT 1") else "", entry)
        knows = who_knows(db, 1, "app/login.py", NOW)
        assert "Bob Example" not in {k.person.name for k in (*knows.people, knows.backup) if k}
    back = who_knows(db, 1, "app/login.py", NOW + 2 * DAY)
    assert back.people[0].person.name == "Bob Example"


def test_someone_who_opted_out_is_named_nowhere(db: Database) -> None:
    lines = "\n".join(f"2024-02-{d:02} | Bob | core/a.py core/b.py core/c.py" for d in range(1, 20))
    indexed(
        db, lines + "\n2023-01-01 | Ada | core/a.py", Entry("Bob Example", emails=("bob@example.org",), opted_out=True)
    )
    said = [
        *map(repr, survey(db, 1, NOW)),
        *map(repr, going_stale(db, 1, NOW)),
        repr(who_knows(db, 1, "core/a.py", NOW)),
        repr(who_knows(db, 1, "", NOW)),
        repr(who_knows_topic(db, [Hit(1, 1.0)], ["core/a.py"], NOW)),
        *map(
            repr,
            rank_batch(
                db, {"team": 1}, [Wanted(NOW, "core/a.py"), Wanted(NOW, topic="core")], search=lambda _: [Hit(1, 1.0)]
            ),
        ),
    ]
    assert not [text for text in said if "Bob" in text]
    assert survey(db, 1, NOW)[0].last_person == "someone"


def test_identities_without_a_person_yet_are_people_already(db: Database) -> None:
    repo_id = fill(db, TEAM)
    with db.transaction() as tx:
        activations.fold(tx, repo_id)
    assert who_knows(db, 1, "app/login.py", NOW).people[0].person.email == "bob@example.org"


def test_answers_and_pairing_count_from_their_time_on(db: Database) -> None:
    """Ada, who left no trace for a year, paired on app/token.py in February and answered about it."""
    indexed(db, TEAM)
    ada = people.find(db, "Ada Old")[0]
    then = seconds("2024-02-20")
    with db.transaction() as tx:
        token = tx.run("SELECT id FROM nodes WHERE path = 'app/token.py'")[0][0]
        for kind in ("paired", "answered", "asked"):
            tx.run(
                "INSERT INTO events (kind, person_id, node_id, time) VALUES (:k, :p, :n, :t)",
                k=kind, p=ada.id, n=token, t=then,
            )  # fmt: skip
    here = {one.person: one for one in stand(db, 1, find_place(db, 1, "app/token.py"), NOW)}[ada.id].here
    age = (NOW - then) / DAY
    assert here.events == 3  # her commit of 2023, pairing and answering; asking is no evidence
    assert here.work == pytest.approx(
        3 * 2 ** (-age / 180) + 3**-0.5 * 2 ** (-(NOW - seconds("2023-01-10")) / DAY / 180)
    )
    assert ada in [k.person for k in who_knows(db, 1, "app/token.py", NOW).people]
    assert ada not in [k.person for k in who_knows(db, 1, "app/token.py", then - 1).people]
    assert next(o for o in stand(db, 1, find_place(db, 1, "docs"), NOW) if o.person == ada.id).here.events == 0


# -- the past ---------------------------------------------------------------------------------------------------------

POISON = """
    2024-03-05 | Eve            | app/login.py
    2024-03-06 | Eve            | app/login.py > app/enter.py
    2024-03-07 | Eve            | -docs/a.md docs/b.md app/token.py
    2024-03-08 | Eve / Bob      | app/enter.py docs/d.md docs/e.md
"""


class Hit(NamedTuple):
    id: int
    score: float


def test_as_of_uses_nothing_later_than_the_date(db: Database) -> None:
    """The same questions about 2024-03-01, before and after a week in which Eve changed everything."""
    paths = ["app/login.py", "app", "docs", "docs/a.md", "", "app/session.py"]
    hits = [Hit(n, 1.0) for n in range(1, 14)]

    def said() -> list[object]:
        return [
            *(who_knows(db, 1, path, NOW) for path in paths),
            who_knows_topic(db, hits, ["docs/a.md", "app/login.py"], NOW),
            list(rank_batch(db, {"team": 1}, [Wanted(NOW, path) for path in paths])),
            list(rank_batch(db, {"team": 1}, [Wanted(NOW, topic="t")], search=lambda _: hits)),
        ]

    indexed(db, TEAM)
    before = said()
    indexed(db, POISON)
    after = said()
    for one, other in zip(before, after, strict=True):
        assert rounded(one) == rounded(other)
    assert who_knows(db, 1, "app/enter.py", seconds("2024-03-09")).people[0].person.name == "Bob Example"
    assert "Eve" in repr(who_knows(db, 1, "app", seconds("2024-03-09")))


def rounded(value: object) -> str:
    """Representation with floats of nine digits, since sums in another order differ in the last."""
    import re

    return re.sub(r"\d+\.\d+", lambda match: f"{float(match.group()):.9f}", repr(value))


def test_a_batch_ranks_like_single_questions(db: Database) -> None:
    indexed(db, TEAM)
    dates = [NOW, seconds("2023-06-01"), seconds("2024-02-13"), seconds("2022-01-01")]
    wanted = [Wanted(date, path, as_of=str(date)) for path in ("app/login.py", "docs", "app/nope.py") for date in dates]
    answers = list(rank_batch(db, {"team": 1}, wanted))
    assert [(a["path"], a["as_of"]) for a in answers] == [(w.path, w.as_of) for w in wanted]
    for line, answer in zip(wanted, answers, strict=True):
        knows = who_knows(db, 1, line.path, line.now, top=10)
        single = [
            (k.person.name, round(k.score, 6), round(k.retention, 4), round(k.staleness, 4)) for k in knows.people
        ]
        batch = [(e["name"], e["score"], e["retention"], e["staleness"]) for e in answer["ranking"]]
        assert [entry for entry in batch if entry in single] == single
    assert answers[3]["ranking"] == []  # before the first commit


def test_a_batch_looks_in_every_repository(db: Database) -> None:
    """app/ exists in both, docs/ only in the team's, lib/ only in the other."""
    indexed(db, TEAM)
    second = fill(db, "2024-02-25 | Cleo | app/login.py lib/x.py\n2024-02-26 | Dan | lib/x.py", "other")
    people.sync(db, Rules())
    repos = {"team": 1, "other": second}

    def names(path: str = "", topic: str = "", *, hits: Sequence[Hit] = (), only: str = "") -> list[str]:
        asked = {only: repos[only]} if only else repos
        [answer] = rank_batch(db, asked, [Wanted(NOW, path, topic)], search=lambda _: hits)
        scores.update((entry["name"].split()[0], entry["score"]) for entry in answer["ranking"])
        return [entry["name"].split()[0] for entry in answer["ranking"]]

    scores: dict[str, float] = {}
    assert names("docs/a.md") == names("docs/a.md", only="team")
    assert names("lib/x.py") == names("lib/x.py", only="other")
    assert names("other:app/login.py") == names("app/login.py", only="other")
    assert names("lib/new/file.py") == names("lib", only="other")  # only the other one knows the directory
    there = set(names("app/login.py", only="team"))
    best = scores["Cleo"]
    there |= set(names("app/login.py", only="other"))
    best = max(best, scores["Cleo"])
    assert set(names("app/login.py")) == there
    assert scores["Cleo"] == best  # her better place counts
    commits = [row[0] for row in db.read("SELECT id FROM commits WHERE repo_id = 2 ORDER BY id")]
    assert names(topic="libraries", hits=[Hit(commits[1], 5.0)])[0] == "Dan"
    assert names(topic="tokens", hits=[Hit(2, 5.0)]) == names(topic="tokens", hits=[Hit(2, 5.0)], only="team")


# -- topics and areas -------------------------------------------------------------------------------------------------


def test_a_topic_is_known_by_those_who_wrote_of_it_and_work_on_it(db: Database) -> None:
    indexed(db, TEAM)
    by_commits = who_knows_topic(db, [Hit(3, 3.0)], [], NOW)
    assert by_commits.people[0].person.name == "Bob Example"
    docs = who_knows_topic(db, [Hit(4, 9.0)], ["docs/a.md"], NOW)
    assert "Cleo Example" in [k.person.name for k in docs.people]
    cleo = next(k for k in docs.people if k.person.name == "Cleo Example")
    assert (
        cleo.why == "took part in 1 change about it and worked on the files about it once, last 5 weeks ago;"
        " unchanged by others since"
    )
    assert cleo.staleness == 0.0


def test_who_knows_a_topic_tells_how_much_of_it_others_changed_since(db: Database) -> None:
    """Cleo was at the topic on 1 March; of its two files others changed one twice and the other not at all.

    Nothing is counted in lines, so each file is as stale as the share of its changes that came since:
    a.py 2 of 4, b.py 0 of 1, and the topic the mean of both, 25 %. Ben was there last: nothing is new to him.
    """
    indexed(db, """
        2024-01-01 | Ben  | pay/a.py pay/b.py
        2024-03-01 | Cleo | pay/a.py
        2024-03-10 | Ben  | pay/a.py
        2024-03-20 | Ben  | pay/a.py
    """)  # fmt: skip
    told = who_knows_topic(db, [Hit(2, 5.0), Hit(1, 4.0)], ["pay/a.py", "pay/b.py"], seconds("2024-03-31"))
    stale = {k.person.name: (round(k.staleness, 3), k.why.partition("; ")[2]) for k in told.people}
    assert stale == {
        "Ben Example": (0.0, "unchanged by others since"),
        "Cleo Example": (0.25, "25 % changed by others since"),
    }


def test_nobody_knows_a_topic_names_pages_the_last_who_did_and_who_is_next_door(db: Database) -> None:
    """Old wrote of it and has left; Ann is around, but was never there. Nobody who was quiet for a year is named."""
    lines = ["2021-01-01 | Old | pay/a.py pay/b.py", "2022-01-05 | Quiet | pay/b.py"]
    lines += [f"2024-02-{d:02} | Ann | app/a.py" for d in range(1, 20)]
    indexed(db, "\n".join(lines), Entry("Old Example", left=True))
    with db.transaction() as tx:
        tx.run("INSERT INTO documents (repo_id, path, source, commit_sha) VALUES (1, 'pay/b.py', 'docs', '')")  # fmt: skip
    told = who_knows_topic(db, [Hit(1, 5.0), Hit(2, 4.0)], ["pay/a.py", "pay/b.py"], seconds("2024-03-01"))
    assert told.people == ()
    assert told.nobody.startswith(
        "nobody is active in what was found about it any more: last was Quiet Example on 2022-01-05 (2 years ago), "
        "before that Old Example. Way back in: read pay/b.py; ask Quiet Example, the last who did ("
    )
    assert told.backup is not None
    assert told.backup.person.name == "Quiet Example"


def test_topics_rank_alike_in_a_batch_and_alone_and_merging_is_not_writing(db: Database) -> None:
    """Commits 3 to 8 speak of it; Mel only merges, and would come first by the number of commits found."""
    indexed(db, TEAM + "\n".join(f"2024-02-{d} | Mel | z.py" for d in range(11, 26)))
    merged = [row[0] for row in db.read("SELECT commit_id FROM touches t JOIN nodes n ON n.id = t.node_id"
                                        " WHERE n.path = 'z.py'")]  # fmt: skip
    with db.transaction() as tx:
        tx.run(f"UPDATE commits SET is_merge = 1 WHERE id IN ({', '.join(map(str, merged))})")
    hits = [Hit(n, 9.0 - n % 4) for n in range(3, 9)] + [Hit(n, 20.0) for n in merged]
    for date in (NOW, seconds("2024-02-13")):
        alone = who_knows_topic(db, hits, [], date, top=10)
        (batch,) = rank_batch(db, {"team": 1}, [Wanted(date, topic="t")], search=lambda _: hits)
        scores = {entry["name"]: entry["score"] for entry in batch["ranking"]}
        assert {k.person.name: round(k.score, 6) for k in alone.people} == {
            k.person.name: scores[k.person.name] for k in alone.people
        }
        assert next(iter(scores)) == alone.people[0].person.name == "Bob Example"
        assert "took part" not in next((k.why for k in alone.people if k.person.name == "Mel Example"), "")


def test_areas_are_directories_that_a_team_would_recognise() -> None:
    files = [f"src/app/{d}/{n}.py" for d in ("auth", "billing") for n in range(30)]
    files += [f"src/app/{n}.py" for n in range(4)] + ["README.md", "setup.py", "LICENSE"]
    files += ["docs/one.md", "docs/two.md", "docs/deep/three.md", "tools/x.sh"]
    areas = find_areas(files)
    assert [(a.path, a.own, len(a.files)) for a in areas] == [
        ("", True, 4),
        ("docs", False, 3),
        ("src/app", True, 4),
        ("src/app/auth", False, 30),
        ("src/app/billing", False, 30),
    ]
    assert find_areas([]) == []


def test_going_stale_names_areas_with_few_or_fading_holders(db: Database) -> None:
    lines = [f"2024-02-{d:02} | {who} | app/a.py app/b.py app/c.py" for d, who in enumerate(["Ann", "Ben"] * 10, 1)]
    lines += ["2022-05-01 | Old | old/a.py old/b.py old/c.py", "2023-09-01 | Old | old/a.py"]
    lines += [f"2024-02-{d:02} | Ann | solo/a.py solo/b.py solo/c.py" for d in range(1, 10)]
    indexed(db, "\n".join(sorted(lines)))
    found = {one.path: one for one in going_stale(db, 1, NOW)}
    assert set(found) == {"old", "solo"}
    assert (found["old"].state, found["old"].holders) == ("dark", ())
    assert (
        found["old"].why
        == "nobody is active here; last was Old Example on 2023-09-01 (6 months ago); 1 change in the last year"
    )
    assert found["solo"].title == "solo"
    assert found["solo"].state == "dim"
    assert [p.name for p in found["solo"].holders] == ["Ann Example"]
    assert found["solo"].why.startswith("only Ann Example is active here")
    ann = people.find(db, "ann@example.org")[0]
    assert [one.path for one in what_if_away(db, 1, ann.id, NOW)] == ["solo"]
    assert what_if_away(db, 1, people.find(db, "ben@example.org")[0].id, NOW) == []


def test_a_newcomers_first_commit_is_not_nobody_active_any_more(db: Database) -> None:
    """Zoe came yesterday: she is below the bar, and still the one to ask; Old has left what Zoe then changed."""
    lines = ["2021-01-01 | Old | pay/old.py"] + [f"2024-01-{d:02} | Ann | app/a{d}.py" for d in range(1, 30)]
    lines += ["2024-02-29 | Zoe | docs/keys.md", "2024-02-29 | Zoe | pay/old.py"]
    indexed(db, "\n".join(lines), Entry("Old Example", left=True))
    now = seconds("2024-03-01 12:00")
    knows = who_knows(db, 1, "docs/keys.md", now)
    assert (knows.people, knows.backup and knows.backup.person.name) == ((), "Zoe Example")
    assert knows.nobody == (
        "Zoe Example worked on docs/keys.md yesterday, for the first time: ask them; nobody has known it for longer."
    )
    assert who_knows(db, 1, "pay/old.py", now).nobody == (
        "Zoe Example worked on pay/old.py yesterday, for the first time: ask them;"
        " before that it was Old Example on 2021-01-01 (3 years ago)."
    )
    gone = who_knows(db, 1, "docs/keys.md", now + 400 * DAY).nobody
    assert gone.startswith("nobody is active in docs/keys.md any more: last was Zoe Example on 2024-02-29 (1 year ago)")
