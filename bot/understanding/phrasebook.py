# ruff: noqa: E501  (a phrase stays on its line)
"""How people ask: one phrase a line, tried from top to bottom; the first that fits the whole question wins.

How to read a phrase (its words are the plain words of `bot.understanding.wording`):

    who|whom        either word                      <changed>     a word of that list below
    hit_by_a_bus    words that belong together       X             what is asked about, one or more words
    ~               any of the little words, or none N             somebody's name, or he, she, they
    %               prepositions, or none            Y             a second matter: what N may know
    person+:        here N may also be a word that is nobody's name ("what does Zed know")
    again?          may be missing                   §             a path, link or piece of code
    ...             anything or nothing              X? Y?         may be missing
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, cast

from bot.message import Intent

LISTS = {
    "changed": "touched touch changed change edited edit modified modify updated update committed commit worked work fixed "
    "altered pushed rewrote reworked broke refactored made_changes messed",
    "last": "last latest most_recently recently previously",
    "latest": "last latest newest most_recent",
    "gone": "away ill sick off_sick on_holiday on_vacation on_leave on_parental_leave on_sabbatical on_pto unavailable gone "
    "absent out_of_office out_of_the_office hit_by_a_bus run_over_by_a_bus under_a_bus not_here not_around not_available",
    "leaves": "leaves left leave leaving quits quit quitting resigns retires retired goes went out off disappears "
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
    "get gets speak speaks spoke good_with good_at good great_with great_at skilled proficient fluent strong comfortable confident walk",
    "expert": "expert experts owner owners maintainer maintainers specialist specialists guru gurus contact contacts person "
    "people responsible reviewer reviewers holder holders go-to lead contributor contributors committers authors "
    "point_of_contact point_person right_person best_person",
    "ask": "ask bother annoy pester disturb interrupt chase nudge contact_about talk speak contact ping message consult approach turn go reach_out reach email mail bug poke involve assign "
    "tag cc pair get_help get_a_review request_a_review",
    "who": "who whom which_person which_dev which_developer which_engineer which_colleague what_person",
    "someone": "someone somebody anyone anybody people person a_person any_one",
    "team": "we they people the_team someone somebody everyone you",
    "around": "around here active available there away in back gone online reachable working contributing "
    "left off out sick at_work with_us on_the_team part_of_the_team on_holiday on_vacation on_leave a_bot in_the_office",
    "if": "if when once after",
}

LITTLE = (
    "is are was were be been being has have had do does did can could would should will the a an our all exactly actually "
    "really just still currently ever even originally initially first now then there that one please likely might may best "
    "most else also here usually mostly mainly normally generally typically often always"
)
PREPOSITIONS = "on in at to of for with about into by from around regarding behind under inside within as up"

PHRASES = """
history: catch|bring|get|fill|refresh me|us ~ up|up_to_speed|in|back|back_up_to_speed|up_to_date % X?
history: getting|get back % X
history: ... am_back|are_back|is_back|was_away|were_away|was_out|have_been_away|have_been_out|was_on_leave|was_on_holiday ... what|which ~ <team>? did? i|we? miss|missed|changed|change|happened|happen|is_new|has_changed|has_happened|new|been? ~ i|we? miss|missed|changed|happened|new|there? % X?
history: what ~ i|we miss|missed % X?
history: what ~ <team>? ~ changed|happened|new|different since_i|since_we|while_i|while_we was|were|am|are|left|had ...
history: what ~ <team>? ~ changed|happened|new|different|done|been_going_on % X since_i|since_we|since_my|while_i|while_we ...
history: what ~ <team>? ~ changed|happened|new|different % since_i|since_we|since_my|while_i|while_we ... worked_on|touched|was_in|changed|were_in|knew|saw|last_worked_on X
none: who_knows|god_knows|who_cares|whatever|never_mind|nevermind|forget_it maybe|really?
none: gm|gn|good_evening|evening all|everyone|everybody|team|folks|there|you?
none: see_ya|cya|see_you|bye_bye|ttyl|so_long|take_care ...
none: thanks|thank_you|cheers|ta|merci|danke so|very|a|that|for|it|lamplighter|bot|all|again|this|everyone|§|@|a_lot? ...
none: hello|hi|hey|hallo|howdy|yo|greetings|good_morning|good_afternoon|good_evening|good_night|good_day|morning|evening there|all|team|everyone|folks|lamplighter|bot|you|@?
none: bye|goodbye|ciao|see_you|later|welcome ~ tomorrow|later|soon|around|then|all|back|everyone|monday?
none: no thanks|thank_you|need|worries|problem
none: ok|okay|yes|yep|yeah|no|nope|sure|cool|nice|great|awesome|perfect|good|right|fine|lol|haha|hahaha|hm|hmm|wow|oh|ah|done|indeed|exactly|brilliant|amazing|np|test|testing|ping|hurray ok|thanks|great|then|one|now|job|bot|work|point|lol|it|indeed|stuff|to_know|a_lot|thank_you|cool|that_helps|that_helped|that_worked|works|worked|helpful|nice|perfect|awesome|love_it|no_worries|never_mind|got_it|thx|ta?
none: ~ wrong|sorry_wrong channel|chat|thread|window|room|person|bot|place|tab|button|conversation ...
none: sorry|oops|my_bad|whoops|ups|pardon|excuse_me|nevermind|never_mind|ignore_that|ignore_me|ignore_this|disregard|disregard_that ~ that|this|it|me|again|all|everyone|for_the_noise?
none: brb|afk|bbl|gtg|g2g|ttyl|omw|wip|fyi|idk|tbh|oops|ups|hooray|yay|yikes|meh|nah|nvm ...
none: ~ let me|us try|check|see|think|look|test that|it|this|then|again?
none: got_it|i_see|makes_sense|sounds_good|well_done|you_rock|love_it|no_worries|no_problem|that_helps|that_helped|that_worked|good_to_know ...
none: you_are|that_is|that_was|this_is|it_is|this_was ~ great|awesome|helpful|wrong|right|good|nice|amazing|funny|cool|best|very_helpful|so_helpful|correct|perfect|useless|very|so ...
none: how_are_you|how_do_you_do|how_is_it_going|how_is_life|how_was_your|what_is_up|are_you_there|are_you_ok|are_you_a_bot|are_you_awake|you_there|have_a_nice|have_a_good|have_a_great|happy|congrats|congratulations ...
none: i|we had|went|love|like|hate|feel|am_back|am_tired|am_hungry|just_had|think ...

report: report|weekly|digest please?
report: show|give|send|get|open|print|see|read|post me|us? ~ weekly|latest|newest|last|current|this_weeks|this_week's|weeks|week's? knowledge|risk|stale|stale-knowledge|stale_knowledge? report|reports|digest|risk_register|register this_week|for_this_week|of_this_week|of_the_week|for_the_week|now|please?
report: ~ weekly|latest|newest|last|current|this_weeks|this_week's|week's knowledge|risk|stale|stale-knowledge|stale_knowledge? report|digest please?
report: ~ knowledge report please?
report: what is|are in|on ~ weekly? report|reports|risk_register
report: how are|is we|things|our_team|the_team|our_knowledge|the_knowledge|team_knowledge doing|going|looking this_week|today|now|overall|these_days|lately|at_the_moment|with_knowledge?

help: help|commands|command|usage|manual|menu|options|instructions|help_me|please_help|how_to_use_you|how_to_use_this|how_to_use_this_bot|how_to_use_lamplighter please?
help: what|how can|could|do|are|should you do|know|answer|help|able_to_do|offer|understand for_me|with|me_with|here?
help: what|how can|could|do|should|may i ask|use|talk_to|do|say|work_with ~ you|with_you|here|this_bot|the_bot|lamplighter|this|from_you|lamplighter_about|you_about?
help: what are|is|r you|u|this_bot|the_bot|it good_for|able_to|capable_of|here_for|made_for ...
help: who|what are you|u|r_u
help: what|which ~ type|write|enter|say ~ i|to? ~ here?
help: what ~ i type|write|enter|say|do here|to_you?
help: what is lamplighter|this_bot|this_thing|the_bot
help: how do|does you|this_bot|lamplighter|the_bot|this_thing work
help: what|which kind|kinds|sort|sorts|types of questions|things|question ...
help: what|which questions|commands can|do i|you|we|one|it ...
help: what|which questions|commands are there|supported|available|known|possible|ok|allowed ...
help: show|give|tell me|us? ~ some|few? example|examples % ...
help: me|us|out|me_out|examples|example_questions|sample_questions
help: show|list|give me? ~ your|all? commands|help|options|usage

what_if+: what|who|which ... if|when|once|after|should|while N ~ goes|go|gets|falls|calls_in|went|fell? ~ <gone> ...
what_if: what|who|which ... if|when|once|after|should|while X ~ on_holiday|on_vacation|on_leave|hit_by_a_bus|run_over_by_a_bus|under_a_bus|off_sick|out_of_office|on_sabbatical|on_parental_leave|is_sick|was_sick|were_sick|is_ill|were_away|is_away|was_away|be_away|goes_away ...
what_if: what ~ if|happens_if|happens_when|happen_if|happen_when|happens_once|do_we_do_if|do_we_lose_if|do_we_lose_when|we_lose_if|breaks_if|breaks_when|goes_dark_if|goes_dark_when|go_dark_if|become_dark_if|lost_if|happens_after N will|would|suddenly|just? <leaves> ...
what_if+: what|which|who ... dark|lost|orphaned|unowned|missing without|if|when|once N ...
what_if: what|which|who ... if|when|while|once i am|was|were|go|will_be|would_be|get|got|fall ~ <gone> ...
what_if: what|which|who ... if|when|while|once i will|would? leave|left|quit|resign|retire ...
what_if: what|which|who ... if|when|while|once i will|would? take|go|went ~ off|away|leave|holiday|holidays|vacation|sabbatical|parental_leave|a_break|time_off|the_week ...
what_if+: if|when|suppose|assume|assuming|say|imagine N ~ <gone> ...
what_if+: if|suppose|assume|assuming|say|imagine N ... what|who|then|which ...
what_if: what|who|how ... if|when <team> ~ lose|lost|losing|loses|fire|fired|sack|had_to_do_without N ...
what_if: if|suppose|assume|assuming|say|imagine N ~ <leaves> ...
what_if+: what|who|how ~ happens|happen|becomes|become|about to|with|of|about ... if|when|once|after|should|while N ~ <leaves>|<gone>|be ...
what_if+: who ... if|when|once|after|while N ~ <leaves>|<gone> ...
what_if: N ~ <leaves> ... what|who|how|which ...
what_if: ~ impact|risk|effect|effects|consequence|consequences|cost % ~ N leaving|quitting|retiring|going|leave|away|absence|departure|out ...
what_if: what|which ... depends|hangs|rests|relies|hinges|depend|hang|rest|rely|hinge only|solely|entirely|just? on|upon N alone|only?
what_if: who can|could|would|will|should|might? cover|covers|step_in|steps_in|fill_in|fills_in|stand_in|stands_in|take_over|takes_over for|from N next_week|tomorrow|this_week|then|in_the_meantime|next_month?
what_if: who can|could|would|will|should|might? cover|covers|step_in|steps_in|fill_in|fills_in|stand_in|stands_in|take_over|takes_over for|from X if|when|while|during ...
what_if: who can|could|would|will|should|might? cover|covers|step_in|steps_in|fill_in|fills_in|stand_in|stands_in|take_over|takes_over|replace|replaces for|from? N
what_if: who can|could|would|will|should|might? cover|covers|step_in|steps_in|fill_in|fills_in|stand_in|stands_in|take_over|takes_over for|from X
what_if: who can|could|would|will|should replace|replaces X if|when|while ...
what_if: can|could we ... without|lose|losing N ...
what_if+: N ~ is|goes|will_be|leaves|be|has_been|gets going? <gone>|<leaves>|on|away|leaving ... what|who|how ...
what_if: who takes_over|take_over|steps_in|step_in|covers|cover|fills_in|fill_in if|when|once|while N ...
what_if: what|which|who|how ... without N ...
what_if: what|which ~ only N <knows>
what_if: away N

person: what is|are|was N area|areas|job|role|focus|expertise|field|background|team|speciality|strengths|domain ...
person: when ~ <team>|<someone>|i|anybody ~ last? ~ seen|see|heard_from|hear_from|met|meet N ...
person: is|are|was N ~ right|best|go-to|correct|good|better|main? person|one|contact|choice|expert|owner|maintainer|reviewer % ~ ask|talk_to|contact|ping|bother? % Y?
person: should|can|could|may|shall|must|would i|we|you|it <ask>|be_ok_to_ask|talk_to|speak_to|turn_to|reach_out_to N % Y?
person: where|how|on_what|what|which ... N ~ spend|spends|spent|busy|been_busy|occupied|engaged ...
person: how_long|since_when|how_often|how_active|how_busy|how_much ~ N ...
person: anything|something|things|stuff|areas|topics ~ N ~ <knows> ...
person: has|did|have <someone> ~ seen|heard_from|see|met N ...
person: what did|has|have N ~ <changed>|<made>|ship|shipped|merge|merged|write|wrote|push|do % Y? ...
person: when was|is|did|has ~ N ~ last|been? active|seen|around|here|commit|back|there|commit_something|change_something ...
person+: what|how_much ~ N ~ know|knows|knowing % Y?
person: what|which|how_much ... N ~ <knows>|do|done|doing|touched|changed|committed|up_to|good_at|focus_on|been_doing|been_up_to % Y?
person+: does|do|is|would|did|can|could|should|has|will i|we|ask|talk_to? N ~ able_to? <knows>|touched|know_about|know_anything|know_something|know_much|change ~ % me? % Y?
person: should|can|could|may i|we ask|talk_to|ping|contact|message N % Y?
person+: is|are|was|will|has|does N ~ been|work|works? <around> ...
person: who is|was N
person: whois|profile|lookup|look_up|about N
person: where|when|how is|was|did|has N <around>|today|now|these_days|last_seen|last_active|last_commit|doing?
person: tell|what|how|show|describe|introduce me|us|about? about|to? N
person: N knows|works|around|here|still|active|knowledge|expertise|areas? ...

stale: is|are X healthy|in_good_hands|in_good_shape|well_covered|well_held|at_risk
stale: what ~ bus_factor|truck_factor of|for|in|under X
stale: what|which areas|parts|files|pages|corners|places|things of|in|under|below|within X is|are|go|goes|get|gets going|getting|becoming? <dark> ...
stale: how is|are|was X doing|going|holding_up|faring|covered|held today|now|these_days|lately?
stale: how healthy|well_covered|well_held|well_known|fit|safe|risky is|are X
stale: health|state|status|condition|risk of|for X
stale: what ~ health|state|status|condition|risk of|for X
stale: what|which|where|anything|something|any|is_anything|is_something ... <dark> in|under|below|within|inside X
stale: X health|area_health
stale: what|which|where|anything|any ... is|are|going|gone|go|goes|getting|becoming|becomes|look|looks|has|have? <dark> ...
stale: is|are there any? anything|something|any ... <dark> ...
stale: is|are X still? stale|outdated|out_of_date|out-of-date|up_to_date|up-to-date|current still|any_more|anymore?
stale: show|tell|list|give me|us? what|which|where ... <dark> ...
stale: what|which areas|parts|files|code|places|modules|pages|corners ~ nobody|no_one|no_owner|no_owners|nobody_left|no_maintainer|without_owner ...
stale: what|which ~ knowledge|parts|areas|things|docs|pages? should|must|shall|needs|need we|i|you|to|the_team? ~ document|write_down|capture|preserve|save|be_documented|be_written_down|hand_over|refresh|be_refreshed ...
stale: is|are ~ anything|something|any|some|parts|areas ... <dark>|at_risk|forgotten|lost ...
stale: ... knowledge|team|documentation|docs gap|gaps|hole|holes|silo|silos|debt|risk|risks|loss ...
stale: parts|areas|files|code|modules|places|what|which|anything ... only|just|a_single one|a|single? maintainer|owner|person|expert|head|developer ...
stale: where|what|which ... hurt ... people|someone|somebody|anybody|left|leave|leaves ...
stale: show|list|give me|us? ~ stale|fading|dark|dim|outdated ...
stale: how up_to_date|outdated|stale|fresh ~ X
stale: stale|fading|outdated|risks|risk|bus_factor|truck_factor report|areas|pages|docs|knowledge|places? % X?
stale: knowledge|pages|docs|areas at_risk|going_stale|going_dark
stale: what|which|where|who|show|list|how ... at_risk|bus_factor|truck_factor|risk_register|single_point_of_failure|single_points_of_failure|one_head|one_person|single_person|a_single_head|nobody_knows|no_one_knows|nobody_know|about_to_forget|are_we_forgetting|are_we_losing|did_we_forget|will_we_forget|losing_knowledge|nobody_looks_after|are_we_about_to_lose|nobody_understands ...
stale: what|which|where|who|anything ... about_to_be|going_to_be|being|gets|get|getting|will_be forgotten|lost|orphaned|outdated|unowned ...
stale: any|some|which|what|where ... nobody|no_one|none|no-one ~ <knows>|looks_at|touches|touched ...
stale: ... weak|weakest|fragile|blind|sore|dark|vulnerable spot|spots|point|points|corner|corners|area|areas|side|sides ...
stale: ~ old|oldest|outdated|stale|forgotten|abandoned|neglected|unloved pages|docs|documents|documentation|areas|modules|wiki|corners ...
stale: what|which|where ... knowledge fading|fade|fades|lost|leaking|dying|risks ...

last_touched: who ~ made|did|make ~ <latest> change|changes|commit|edit|update % X
last_touched: by <who> ~ X <changed> last|latest|most_recently
last_touched: <who> ~ <last> ~ time|person|who|to? ~ <changed>|wrote|been_in % X? and_when|when|last?
last_touched: <who> ~ <changed>|wrote|in % X last|latest|most_recently|last_time|the_last_time|the_other_day|lately_last|just_now|and_when ...
last_touched: who|whose ~ <latest> person|one|author|committer|editor|contributor|developer|dev|commit|change|edit|toucher|guy? that|who|to? ~ <changed>|work_on|commit_to|be? % X?
last_touched: <who> ~ touched|touch|changed|edited|modified|updated|committed|broke|altered|pushed|rewrote|fixed|refactored|made_changes|reworked|been_in|messed_with|messed_up|change % X
last_touched: did|has|have|was <someone>|<team>|there ~ <changed> X recently|lately|today|yesterday|this_week ~ and|if_so|or? ~ who|whom|when? ...
last_touched: X ~ <latest> commit|change|edit|update|touch|author|committer ~ by? who|whom|when|by_whom|whose|and_when|and_who ...
last_touched: X <who> ~ <last> <changed>
last_touched: <who> ~ working|busy|active|in % X last|latest|most_recently|lately
last_touched: whose ~ change|commit|edit|work % X <latest>|last
last_touched: when ~ <someone>|<team> <last> <changed> % X
last_touched: when ~ <latest> change|commit|edit|touch|update|time ~ <team>? ~ <changed>|there_was_a_change? % X
last_touched: when ~ X been|get|got? <last> been|be? <changed>|touched ...
last_touched: when ~ X <changed> last|most_recently|the_last_time|for_the_last_time ...
last_touched: when ~ <team>|<someone> <last> <changed> % X
last_touched: how_long_ago|how_recently|how_long_is_it_since|how_long_has_it_been_since ~ <team>|<someone>? last? ~ X last|been|was|were? last? <changed> ...
last_touched: how_long_ago|how_recently|how_long_is_it_since|how_long_has_it_been_since ~ <team>|<someone> last? <changed> % X
last_touched: show|give|get|find|what|which me? ~ <latest> commit|change|edit|touch|update|modification|author|committer|editor|contributor|toucher % that? <changed>? % X
last_touched: <latest> commit|change|edit|touch|update|modification|author|committer|editor|contributor|toucher|person % that? <changed>? % X
last_touched: X was|were|got? <last> <changed> by|on|when|who|whom|by_whom|by_who?
last_touched: last <changed> % X?
last_touched: last|blame|git_blame|lamp_last % §code X?
last_touched: <last> one|person|guy|dev % X
last_touched: whodunnit|whodunit|culprit % X
last_touched: git_blame|blame % X
last_touched: who ~ to_blame|blame % X
last_touched: who ~ wrote|added|created|authored|write|put ~ code? % X_line
last_touched: whose code|line ~ % X


knowledge: what|which should|must|may|shall i|you|we|one|it X?
history: what ~ reason|reasons|motivation|rationale|purpose|thinking|background|reasoning % ~ why? ~ X
history: ~ reason|rationale|motivation for|behind|of X
history: explain ~ reason|history|rationale|motivation % X
history: what ... <team>? been|got|recently? <made>|happened|happening|new|done|going_on|merged|landed|committed|changing|changes|change % last? X?
history: what changes|commits|work|updates|edits ~ made|happened|landed|went|make? % X?
history: which changes|commits ~ made|happened|landed|went|touched|touch|changed? % X
history: what ~ <team> ship|shipped|release|released|deliver|delivered|build|built|break|broke % X?
history: what ~ <team> change|changed|done|do|doing|been_up_to|merge|merged|fix|fixed|add|added|remove|removed % X?
history: show|give|list|get|see|any|what|tell me? ~ recent|latest|last|newest|previous|past|interesting|important? history|log|git_log|changelog|changes|commits|commit_history|change_history|evolution|story % made? % X
history: history|log|git_log|changelog|changes|commits|recent_changes|latest_changes|recent_commits|last_changes|latest_commits|last_commits % X?
history: X history|changelog|git_log|recent_changes|commit_history
history: why ~ <team> <made> X
history: why ~ <team>? X been|get|got|being|ever|suddenly|just? <made> ...
history: ~ for|from which|what reason|reasons ~ <team>? X been|get|got|being|be? <made> ...
history: anything|something|what ~ interesting|important|new|big|major|notable|exciting|cool? <made>|merged|landed|happened|happening|going_on|shipped|released ...
history: why was|were|did|has|have|had|would ~ <team>? X
history: why is|are not? there|this|that|it X?
history: why is|are|was|were|do|does|did not ~ X any_more|anymore|any_longer
history: why is|are §code there|here|like_this|needed|so?
history: since_when|since_which_version|from_when do|does|did ... support|require|need|allow|use|have X
history: since_when|since_which_version|from_when ~ <team>? X not|no_longer|no_more|only? supported|required|needed|allowed|possible|available|used|deprecated|removed|gone|there|like_this|broken|support|require|need|allow|use|have|on|off ...
history: since_when ...
history: why do|are we X
history: why <made> X
history: how_come that? we? X
history: when|since_when|at_what_point|at_which_point|in_what_year|in_which_year|what_year|in_what_version|in_which_version|in_which_release|in_which_commit|in_what_commit ~ <team> guys|folks? ~ <made>|stop|stopped|start|begin|migrate|migrated|adopt|adopted|get_rid|got_rid using|supporting|shipping|testing|of? % X
history: when|since_when|at_what_point|at_which_point|in_what_year|in_which_year|what_year|in_what_version|in_which_version|in_which_release|in_which_commit|in_what_commit ~ <team>? X been|get|got|first|be|we? <made>|<came>|here|supported % ...
history: when did|was|were|has|have|had <team>? <made>? % X
history: <who> ~ came_up_with|come_up_with|thought_of|proposed|suggested|decided_to|decided_on|wanted|wanted_to|pushed_for|wrote|created|added|introduced|invented|started|authored|removed|deleted|renamed|moved|write|create|add|introduce|remove|delete|dropped|made|merged|implemented|built|designed|put|reverted|disabled|replaced|deprecated ~ code_for? % X
history: which|what commit|commits|pr|change|release|version|pull_request ~ <made>|broke|caused|about|is_about|did % X?
history: what happened to|with|in|on X
history: where did X go to?
history: how did|has|have X change|changed|evolve|evolved|develop|developed|come_about|come_to_be|grow|grown ...


who_knows: who else|all ~ <knows>? % X?
who_knows: <who> ~ team|in_the_team|on_the_team|of_us|of_you|i|we? ~ <knows> % ~ anything|something|everything|lot|much|me|us|people? % X?
who_knows: <who> ~ i|we|you|somebody|someone|need? ~ need? to? <ask> % ~ me|us|help|advice|a_review|reviewer|if|when? % X?
who_knows: <who> ~ <expert> to? <ask>|<knows>|is? % who|when|for|with? ~ <knows>? % X?
who_knows: <who> ~ pair|pair_up|join|mentor|guide|support|team_up|assist|help|review|look|unblock ~ with|at|over? ~ me|us|it|this|that|them|in? % X?
who_knows: X <who> ~ to <ask>|<ask>_to|go_to|talk_to ...
who_knows: X <who> ~ i|we <ask>
who_knows: <someone> here|around|on_the_team|in_the_team? <knows> % X
who_knows: whose area|responsibility|job|baby|domain ~ % ~ X
who_knows: <someone> ~ i|we|you|to ~ <ask> % X
who_knows: <who> ~ newbie|newcomer|beginner|junior|new_hire|somebody|someone|one|somebody_new|developer|dev <ask>|go_to|talk_to % X
who_knows: go-to|right|best|good person|contact|expert|reviewer|one % X
who_knows: <who> ~ X <expert>
who_knows: ~ we <someone> ~ left|around? who|that ~ <knows> % X
who_knows: does|do|is|are|has|have there? ~ <someone>|an_expert|a_maintainer|an_owner|any_expert|any_experts ~ left|around|in_the_team|who|that? ~ % <knows>? % ~ anything|me|us|something? % X
who_knows: do we have ~ <someone>|<expert> ~ left|around|who|that? ~ <knows>? % X
who_knows: <someone> who|that|here|left|still|around? ~ <knows> % ~ anything|me? % X
who_knows: find|get|name|show|give|suggest|recommend|list|need|point|looking_for|i_need|we_need|i_am_looking_for|point_me|point_us me|us|to|out? ~ <someone>|<expert> ~ who|that|to|can|could? ~ <knows>|<ask>? % ~ me|us? % X
who_knows: any? ~ <expert>|knowers of|for|on|in|at ~ X around|here|left?
who_knows: X experts|maintainers|owners|reviewers|expert|maintainer|owner|reviewer
who_knows: i|we need|want|could_use|would_like|am_looking_for|require ~ review|reviewer|code_review|pairing|pair ~ % X
who_knows: by? who|whom ~ X maintained|owned|known|run|managed|handled by?
who_knows: X ~ maintained|owned|looked_after|managed|handled by who|whom?
who_knows: who ~ % X

knowledge: tour X?
knowledge: show|take|give|guide me|us ~ around|round|on|tour|through ...
knowledge: i|we want|need|would_like|like ~ tour ...
knowledge: i_am|we_are|am|i ~ new|onboarding|a_newcomer|a_new_hire|a_beginner|starter|newbie ...
knowledge: how|where|what|which|explain|describe|define|documentation|document|docs|readme|guide|tutorial|example|examples|is|are|am|do|does|did|can|could|should|shall|may|must|will|would|was|were|tell|show|find|search|look_up|give|point|teach|walk|why|when|whether|if|has|have|new_here|onboarding|onboard|getting_started|get_started|start|need|looking_for X?
"""


class Rule(NamedTuple):
    """A phrase. Its pattern is made when a question has a word of every part that may not be missing.

    Two hundred patterns take a cold start 0.2 s to make; a question needs a handful of them.
    """

    intent: Intent
    phrase: str
    any_name: bool  # N may be a word that is nobody's name
    parts: tuple[frozenset[str], ...]  # the words with which each part may begin that may not be missing

    @property
    def is_about_code(self) -> bool:
        """Whether it speaks of a path, link or piece of code."""
        return "§" in self.phrase or "X_line" in self.phrase

    def match(self, line: str, words: frozenset[str]) -> re.Match[str] | None:
        """Fit it to a whole question: `line` is its words, each after a blank, and `words` the same as a set."""
        if any(part.isdisjoint(words) for part in self.parts):
            return None
        return _pattern(self.phrase).fullmatch(line)


@cache
def rules() -> tuple[Rule, ...]:
    """The phrases in their order."""
    lines = [line.split(": ", 1) for line in PHRASES.splitlines() if line.strip()]
    return tuple(
        Rule(cast("Intent", intent.rstrip("+")), phrase, intent.endswith("+"), tuple(_parts(phrase)))
        for intent, phrase in lines
    )


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile("".join(map(_piece, phrase.split())))


def _parts(phrase: str) -> Iterator[frozenset[str]]:
    for token in phrase.split():
        if token not in _OPEN and not token.endswith("?"):
            yield frozenset(way.partition("_")[0] for way in _ways(token))


@cache
def vocabulary() -> frozenset[str]:
    """Every word that the book knows, so that a colleague called Still or Contact does not make names of them."""
    lists = " ".join(
        (*LISTS.values(), LITTLE, PREPOSITIONS, *(line.partition(": ")[2] for line in PHRASES.splitlines()))
    )
    return frozenset(re.findall(r"[a-z]+", lists))


_OPEN = {
    "...": r"(?: \S+)*?",
    "X": r"(?P<subject>(?: \S+)+?)",
    "X?": r"(?P<subject>(?: \S+)+?)?",
    "X_line": r"(?P<subject>(?: \S+)*? (?:lines? \d\S*|§:\d+)(?: \S+)*)",
    "Y?": r"(?P<about>(?: \S+)+?)?",
    "N": r"(?P<subject> (?:#(?: #)*|he|she|they|him|her|them|@))",
    "§code": r"(?P<code> §(?::\d+)?)",
    "~": "(?: (?:" + "|".join(LITTLE.split()) + r"))*",
    "%": "(?: (?:" + "|".join(PREPOSITIONS.split()) + r"))*",
}


def _piece(token: str) -> str:
    if token in _OPEN:
        return _OPEN[token]
    optional, token = token.endswith("?"), token.removesuffix("?")
    body = "|".join(re.escape(way.replace("_", " ")) for way in sorted(_ways(token), key=len, reverse=True))
    return f"(?: (?:{body}))" + ("?" if optional else "")


def _ways(token: str) -> list[str]:
    ways: list[str] = []
    for way in token.split("|"):
        ways += LISTS[way[1:-1]].split() if way.startswith("<") and way.endswith(">") else [way]
    return ways
