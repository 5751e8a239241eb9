"""What is going stale, and how one area is doing: the state, the reason, the trend and one step for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.answer import Answer, Asked, Ground, about, ask_back, code, count, join, not_known, taken_to_mean
from bot.dates import DAY, day
from bot.message import Note, Part, Sources, Text, plain
from bot.telling.area_words import as_json, details, entry, name_of
from bot.telling.citing import page_source
from bot.telling.quoted import in_words
from knowledge.areas.health import AreaHealth, is_team_of_one
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.fresh import freshness
from knowledge.model import Evidence
from knowledge.paths import is_page
from knowledge.store.passages import Passages

if TYPE_CHECKING:
    from knowledge.areas.view import View

MOST_AREAS = 5
OLD_DAYS = 30  # a history that ends longer ago says little about who is active
WORTH = 0.05  # below this risk an area is only mentioned, unless it is critical
_HEALTH = re.compile(
    r"\b(?:doing|health|healthy|holding\s+up|in\s+good\s+hands|state\s+of|covered|held|(?:bus|truck)\s+factor|risk\s+of)\b"
    r"|^(?:is|are)\s.*\b(?:at\s+risk|in\s+danger|safe|dying)\b",
    re.IGNORECASE,
)
_TRUCK = re.compile(r"\b(?:bus|truck)\s+factor", re.IGNORECASE)
Found = list[tuple[str, AreaHealth]]  # (repository, area)


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what's going stale?", with a subject only what lies under it, and "how is src/auth doing?"."""
    subject = asked.meaning.subject
    before = asked.before if asked.meaning.leans or asked.meaning.follow_up else None
    target = ground.resolver.subject(subject) if subject else before
    asks_health = bool(_HEALTH.search(asked.meaning.text))
    if isinstance(target, Unknown):
        return not_known(target, "how is {} doing?")
    if isinstance(target, Several):
        directories = [one for one in target.choices if one.kind == "directory"]
        same = [one for one in directories if one.path == subject.strip("`/ ")]
        target = same[0] if len(same) == 1 else directories[0] if len(directories) == 1 else target
    if isinstance(target, Several) and asks_health:
        return ask_back(target, "how is {} doing?")
    if isinstance(target, Target) and target.kind == "file" and not asks_health and is_page(target.path):
        return _of_page(ground, target)
    if isinstance(target, Several):  # words that fit several places: all of them
        target = Target("topic", topic=subject, paths=tuple(one.path for one in target.choices))
    if isinstance(target, Target) and target.kind in {"file", "symbol", "line", "directory", "topic"}:
        return _of_place(ground, target, asks_health=asks_health)
    return _of_everything(ground, asks_truck=bool(_TRUCK.search(asked.meaning.text)))


def _views(ground: Ground, repo_id: int | None = None) -> list[tuple[str, View]]:
    """What is known of the areas of one repository or of all; with their names where there are several."""
    from knowledge.areas.view import look

    repos = [repo for repo in ground.resolver.repos() if repo_id in {None, 0, repo.id}]
    return [(repo.name if len(repos) > 1 else "", look(ground.db, repo.id, ground.now)) for repo in repos]


def _surveyed(views: list[tuple[str, View]]) -> Found:
    """Their areas, the riskiest first."""
    from knowledge.areas.survey import surveyed

    found = [(repo, area) for repo, view in views for area in surveyed(view)]
    return sorted(found, key=lambda one: -one[1].risk)


# -- everything -------------------------------------------------------------------------------------------------------


def _of_everything(ground: Ground, *, asks_truck: bool) -> Answer:
    from knowledge.areas.survey import repository_truck_factors

    views = _views(ground)
    found = _surveyed(views)
    if not found:
        nothing = "No area has been worked on enough yet to go stale." if views else "Nothing is indexed yet."
        return Answer((Text(nothing),), abstained=True)
    factors = [(repo, *repository_truck_factors(view)) for repo, view in views]
    told = _told(ground, found, "")
    extra = {
        "truck_factors": [{"repo": repo, "authorship": wrote, "active": active} for repo, wrote, active in factors]
    }
    parts = (*map(_truck, factors), *told.parts) if asks_truck else told.parts
    return Answer(parts, extra={**told.extra, **extra})


def _truck(factor: tuple[str, int, int]) -> Text:
    repo, wrote, active = factor
    of = f" of {plain(repo)}" if repo else ""
    people = f"{count(wrote, 'person', 'people')} by who wrote most of it, {count(active, 'person', 'people')}"
    so = "So many would have to go before more than half of it had nobody."
    return Text(f"Truck factor{of}: {people} by who is active now. {so}")


def _told(ground: Ground, found: Found, within: str) -> Answer:
    """The areas that matter, at most MOST_AREAS, and how many there are beside them."""
    weak = [(repo, area) for repo, area in found if area.state != "lit"]
    worth = [one for one in weak if one[1].critical or (one[1].risk >= WORTH and one[1].matters)]
    worth.sort(key=lambda one: (-one[1].critical, -one[1].risk))
    shown, more = worth[:MOST_AREAS], worth[MOST_AREAS:]
    rest = [one for one in weak if one not in worth]
    extra = {"areas": [as_json(area, repo) for repo, area in (*worth, *rest)]}
    parts: list[Part] = [
        Text(_opening(len(worth), len(found), within, alone=is_team_of_one([area for _, area in found])))
    ]
    if shown:
        parts.append(Text("\n".join(_entry(*one) for one in shown)))
    if more:
        parts.append(Note(f"{count(len(more), 'more area')}: {_names(more)}."))
    if rest:
        parts.append(Note(f"Dim or dark as well, but hardly needed now: {_names(rest)}."))
    parts += _how_old(ground)
    return Answer(tuple(parts), extra=extra)


def _opening(worth: int, areas: int, within: str, *, alone: bool) -> str:
    where = f" in {code(within)}" if within else ""
    if not worth:
        return f"Nothing{where} that the team works on is about to be forgotten."
    if alone:
        rests = f"{worth} of {areas} areas{where} rest" if areas > 1 else "it rests"
        return f"One person works here, so {rests} on one memory; where writing down helps most comes first:"
    if worth == 1:
        return (
            f"One of {areas} areas{where} needs more people who know it:"
            if areas > 1
            else "It needs more people who know it:"
        )
    return f"{worth} of {areas} areas{where} need more people who know them, the most pressing first:"


def _how_old(ground: Ground) -> tuple[Note, ...]:
    """Says so when the history that was read ends long before the question."""
    rows = ground.db.read("SELECT MAX(commit_time) FROM commits WHERE commit_time <= :now", now=ground.now)
    newest = int(rows[0][0] or 0)
    if not newest or ground.now - newest < OLD_DAYS * DAY:
        return ()
    return (Note(f"The newest commit that I have read is of {day(newest)}; what happened since, I do not know."),)


def _entry(repo: str, area: AreaHealth) -> str:
    told = entry(area)
    return told.replace("- ", f"- {plain(repo)}: ", 1) if repo else told


def _names(found: Found, most: int = 6) -> str:
    names = [f"{plain(repo)}: {name_of(area)}" if repo else name_of(area) for repo, area in found]
    return join([*names[:most], f"{len(names) - most} more"] if len(names) > most else names)


# -- one place --------------------------------------------------------------------------------------------------------


def _of_place(ground: Ground, target: Target, *, asks_health: bool) -> Answer:
    found = _surveyed(_views(ground, target.repo_id))
    inside = _inside(found, target)
    if target.kind == "topic" and not inside:
        return _of_topic(ground, target, found, asks_health=asks_health)
    if not inside and (around := _around(found, target)) is not None:
        return _of_area(ground, target, *around)
    if not inside:
        said = f"{about(target)} belongs to no area that I know of."
        return Answer((Text(said[0].upper() + said[1:]),), target, abstained=True)
    if len(inside) == 1 and (asks_health or target.kind == "topic"):
        return _of_area(ground, target, *inside[0])
    told = _told(ground, inside, target.path)
    if not asks_health:
        return told
    states = [f"{name_of(area)} is {area.state}" for _, area in inside[:MOST_AREAS]]
    more = len(inside) - len(states)
    listed = join([*states, f"{count(more, 'more area')} beside them"] if more else states)
    summary = Text(f"{code(target.path)} is {count(len(inside), 'area')}: {listed}.")
    return Answer((summary, *told.parts), target, extra=told.extra)


def _of_topic(ground: Ground, target: Target, found: Found, *, asks_health: bool) -> Answer:
    """Words that are no area's name: the areas of the places they fit, else all of them."""
    places = [Target("directory", path=path) for path in target.paths]
    areas = {area.key: (repo, area) for place in places for repo, area in _inside(found, place)}
    for one in (_around(found, place) for place in places):
        if one is not None and not areas:
            areas[one[1].key] = one
    if areas:
        return _told(ground, list(areas.values()), "")
    if asks_health:
        said = f"I know no area called {about(target)}; `lamp stale` lists those that need somebody."
        return Answer((Text(said),), target, abstained=True)
    return _told(ground, found, "")


def _inside(found: Found, target: Target) -> Found:
    """The areas that a target stands for: of that name, at that path or below it."""
    if target.kind == "topic":
        return [one for one in found if one[1].name and one[1].name == target.topic]
    if target.kind != "directory":
        return []
    exact = [one for one in found if one[1].path == target.path and not one[1].own and not one[1].start]
    return exact or [one for one in found if one[1].path == target.path or one[1].path.startswith(f"{target.path}/")]


def _around(found: Found, target: Target) -> tuple[str, AreaHealth] | None:
    """The area that a file or a small directory belongs to."""
    holding = [
        (repo, area)
        for repo, area in found
        if not area.path or target.path == area.path or target.path.startswith(f"{area.path}/")
    ]
    started = [
        one for one in holding if one[1].start and target.path.startswith(f"{one[1].path}/{one[1].start}".lstrip("/"))
    ]
    plain_ones = [one for one in holding if not one[1].start]
    return max(started or plain_ones, key=lambda one: len(one[1].path), default=None)


def _of_area(ground: Ground, target: Target, repo: str, area: AreaHealth) -> Answer:
    """Everything about one area, every factor in words."""
    meant = taken_to_mean(target)
    within = (
        "" if target.path in {area.path, ""} or target.kind == "topic" else f"{code(target.name)} belongs to an area: "
    )
    trend = f" ({area.trend} than before: {area.trend_words})" if area.trend in {"better", "worse"} else ""
    said = f"{within}{name_of(area)} is **{area.state}**{trend}: {plain(area.why)}."
    parts: list[Part] = [Text(f"{meant} {said}".strip()), Text("\n".join(details(area))), Text(f"→ {plain(area.step)}")]
    parts += _how_old(ground)
    return Answer(tuple(parts), target, extra={"areas": [as_json(area, repo)]})


def _of_page(ground: Ground, target: Target) -> Answer:
    """Whether one page is up to date: when it was changed, and what became of the code that it names."""
    held = Passages(ground.db).of_path(target.repo_id, target.path)
    text = "\n".join(passage.text for passage in held)
    verdict = freshness(ground.db, target.repo_id, target.path, text, ground.as_of)
    last = held[-1].line_end if held else 1
    sha = held[0].commit if held else ""
    page = Evidence("doc", target.path, 1, last, "", "", sha, verdict.changed_time, freshness=verdict)
    said = in_words(verdict, page, ground.now)
    return Answer((Text(f"{code(target.path)}: {said}"), Sources((page_source(ground, page),))), target, (), (page,))
