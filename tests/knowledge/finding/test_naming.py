"""How well places are called what is asked for, and how names are taken apart."""

from __future__ import annotations

import pytest

from knowledge.finding.naming import Names, Wanted, alike, letters, parts, score, split, taken_apart
from knowledge.finding.tokens import Tokenizer

BEAT = Wanted("beat", {"beat": 1.0}, 1.0, 6.0)
SCHEDULER = Wanted("scheduler", {"schedul": 1.0}, 1.0, 6.0)


HOME = ["beat", "schedul"]


def test_a_name_that_says_it_all_where_all_is_called_so_is_worth_one():
    assert score([SCHEDULER], Names(["schedul"], {"scheduler"}, ["schedul"])) == 1.0
    assert score([SCHEDULER], Names(["schedul"], {"scheduler"}, ["shell"])) == pytest.approx(0.92)


def test_a_word_is_worth_less_the_farther_from_the_name_it_stands():
    def at(**where):
        return score([BEAT, SCHEDULER], Names(["schedul"], {"scheduler"}, **where))

    assert at(around=HOME) == pytest.approx(0.9)
    assert at() == pytest.approx(0.92 * 0.5)
    assert at(folder=["beat"]) == at(head=["beat"]) == pytest.approx(0.92 * 0.8)
    assert at(body=["beat"]) == pytest.approx(0.92 * 0.675)


def test_what_else_a_name_says_and_other_letters_cost_a_little():
    def called(name, *, asked="scheduler"):
        own = parts(name, Tokenizer().terms)
        return score([SCHEDULER._replace(said=asked)], Names(own, letters(name), ["schedul"]))

    assert called("Scheduler") == called("Scheduler", asked="schedulers") == 1.0
    assert called("PersistentScheduler") == pytest.approx(0.875)
    assert called("schedule") == pytest.approx(0.88)


def test_a_rare_word_that_is_missing_weighs_most():
    unknown = Wanted("graphql", {}, 1.0, 8.0)
    wanted = [unknown, SCHEDULER._replace(weight=2.0)]
    assert score(wanted, Names(["schedul"], {"scheduler"}, HOME)) == pytest.approx(0.2 * 0.936)
    assert score([], Names(["schedul"])) == 0.0


def test_names_are_split_where_their_writers_joined_them():
    assert split("RFPDupeFilter") == ["rfp", "dupe", "filter"]
    assert split("t_zset") == ["t", "zset"]
    assert parts("create_session.HTTPServers", Tokenizer().terms) == ["creat", "session", "http", "server"]
    assert letters("Save_sessions") == {"save", "session"}


def test_words_alike_begin_the_same_and_go_on_for_little():
    assert alike("pars", ["parser", "parallel", "par"]) == ["parser"]
    assert alike("configur", ["config", "conf"]) == ["config"]
    assert alike("restart", ["rest"]) == []


def test_a_compound_is_taken_apart_at_an_asked_word_where_the_rest_is_known():
    known = {"extractor", "dupe"}.__contains__
    assert taken_apart("linkextractor", ["link"], known) == ["link", "extractor"]
    assert taken_apart("dupefilter", ["filter"], known) == ["filter", "dupe"]
    assert taken_apart("generate", ["rate"], known) == ["generate"]
