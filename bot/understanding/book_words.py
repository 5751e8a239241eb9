# ruff: noqa: E501  (a list stays together)
"""The word lists that the phrases of `book.py` are made of, and the little words that they pass over."""

from __future__ import annotations

LISTS = {
    "changed": "touched touch changed change edited edit modified modify updated update committed commit worked work fixed "
    "altered pushed rewrote reworked broke refactored made_changes messed",
    "last": "last latest most_recently recently previously",
    "latest": "last latest newest most_recent",
    "gone": "away ill sick off_sick on_holiday on_vacation on_leave on_parental_leave on_paternity_leave on_maternity_leave on_family_leave on_medical_leave on_sabbatical on_pto unavailable gone "
    "absent out_of_office out_of_the_office hit_by_a_bus run_over_by_a_bus under_a_bus not_here not_around not_available",
    "leaves": "leaves left leave leaving quits quit quitting resigns retires retired goes went out off disappears resigned resign resigning retire fired dies died "
    "moves_on stops is_out is_off has_left goes_away takes_time_off changes_teams gets_sick",
    "dark": "stale fading fade fades dark dim cold outdated out_of_date out-of-date rotting decaying orphaned unowned "
    "unmaintained abandoned neglected rotten rotting obsolete up_to_date up-to-date",
    "made": "added introduced removed created deleted dropped renamed moved replaced deprecated merged implemented written "
    "rewritten refactored reverted disabled switched split bumped upgraded pinned extracted reformatted changed change "
    "touched modified edited updated fixed add introduce remove create delete drop rename move replace deprecate "
    "rewrite refactor revert switch born started gone",
    "came": "come_in came_in come_from come_into appear appeared arrive arrived land landed disappear disappeared go_away "
    "vanish start begin break stop exist change",
    "knows": "know knows knew known knowing understand understands understood remember remembers grok groks familiar "
    "knowledgeable expert experts experienced clue idea context maintain maintains maintaining maintainer own owns "
    "responsible in_charge care cares work works worked working been_working been_changing changing look_after "
    "looks_after looking_after take_care takes_care handle handles deal_with deals_with help helps explain tell answer teach "
    "review reviews reviewed approve approves contribute contributes contributing active develop develops up_to_speed "
    "get gets follow follows followed speak speaks spoke good_with good_at good great_with great_at skilled proficient fluent strong comfortable confident walk",
    "expert": "expert experts owner owners maintainer maintainers specialist specialists guru gurus contact contacts person "
    "people responsible reviewer reviewers holder holders go-to lead contributor contributors committers authors "
    "point_of_contact point_person right_person best_person",
    "ask": "ask sync sync_up check_with align coordinate call phone page wake wake_up bother annoy pester disturb interrupt chase nudge contact_about talk speak contact ping message consult approach turn go reach_out reach email mail bug poke involve assign "
    "tag cc pair get_help get_a_review request_a_review",
    "who": "who whom which_person which_dev which_developer which_engineer which_colleague what_person",
    "someone": "someone somebody anyone anybody people person a_person any_one",
    "team": "we they people the_team someone somebody everyone you",
    "around": "around here active available there away in back gone online reachable working contributing "
    "left off out sick at_work with_us on_the_team part_of_the_team on_holiday on_vacation on_leave a_bot in_the_office",
    "returned": "am_back is_back are_back just_back back_from back_after back_in back_on came_back coming_back come_back "
    "got_back returned returning was_away were_away was_out were_out was_off were_off was_gone been_away been_out been_off "
    "been_gone on_leave on_holiday on_holidays on_vacation on_sabbatical parental_leave maternity_leave paternity_leave was_sick were_sick "
    "been_sick was_ill were_ill been_ill was_absent was_offline was_afk after_my after_our since_my",
    "if": "if when once after",
}

LITTLE = (
    "is are was were be been being has have had do does did can could would should will the a an our all exactly actually "
    "really just still currently ever even originally initially first now then there that one please likely might may best "
    "most else also here usually mostly mainly normally generally typically often always"
)
PREPOSITIONS = "on in at to of for with about into by from around regarding behind under inside within as up"
