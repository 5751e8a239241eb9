"""Three proposed steps: where they help most, about different areas, never two that ask the same person; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.phrases import called, code, count
from knowledge.areas.health import AreaHealth
from knowledge.areas.register import Risk
from knowledge.asking.asked import Unanswered
from knowledge.pages import StalePage

MOST = 3


class Step(NamedTuple):
    """What to do, and what it would change; `people` are the ids of those whom it asks for their time."""

    text: str
    effect: str
    people: frozenset[int] = frozenset()
    area: str = ""


def propose(
    risks: Sequence[tuple[Risk, AreaHealth]],
    unanswered: Sequence[Unanswered],
    pages: Sequence[StalePage],
    *,
    alone: bool = False,
) -> tuple[Step, ...]:
    """At most three steps; risks are given in the order in which they matter.

    Two steps are about areas and one about words, where there is something that people asked for or rely on. Who is
    `alone` has nobody to show anything to: words and what fades are left.
    """
    areas = list(_for_one(risks) if alone else _for_areas(risks))
    words, rest = _wanted(unanswered, pages), _left_behind(pages)
    chosen = areas[: MOST - 1] + words[:1]
    chosen += [*areas[MOST - 1 :], *words[1:], *rest][: MOST - len(chosen)]
    return tuple(chosen)


def _for_areas(risks: Sequence[tuple[Risk, AreaHealth]]) -> Iterator[Step]:
    asked: set[int] = set()
    decided = False
    for risk, area in risks:
        step = next((one for one in _ways(risk, area) if not one.people & asked), None)
        if step is not None and (step.people or not decided):
            decided = decided or not step.people
            asked |= step.people
            yield step


def _for_one(risks: Sequence[tuple[Risk, AreaHealth]]) -> Iterator[Step]:
    """One area to write about, one to return to."""
    kept = next((pair for pair in risks if pair[1].holders), None)
    lost = next((pair for pair in risks if not pair[1].holders), None)
    if kept is not None:
        text = f"Write down what somebody who starts on {code(kept[1].title)} needs"
        yield Step(text, "then it does not rest on one memory alone", area=kept[0].area)
    if lost is not None:
        path = lost[1].path or "."
        yield Step(
            f"Look into {code(lost[1].title)} again",
            f"{code(f'lamp refresh {path}')} shows what moved",
            area=lost[0].area,
        )


def _ways(risk: Risk, area: AreaHealth) -> Iterator[Step]:
    """What could be done about one area, the best first."""
    where, follower = code(area.title), area.next_in_line
    for holder in area.holders:
        if follower is not None and follower.id != holder.id:
            text = f"{called(holder.name)} shows {called(follower.name)} around {where}"
            effect = "then two know it" if len(area.holders) == 1 else "then it stays lit when others fade"
            yield Step(text, effect, frozenset({holder.id, follower.id}), risk.area)
    if not area.holders and follower is not None:
        text = f"{called(follower.name)} looks into {where} and notes what a newcomer needs"
        yield Step(text, "then somebody knows it again", frozenset({follower.id}), risk.area)
    for holder in area.holders:
        text = f"{called(holder.name)} writes down what a newcomer to {where} needs"
        yield Step(text, "then it is easier to take over", frozenset({holder.id}), risk.area)
    name = f'"{area.title}"' if " " in area.title else area.title
    decide = f"Decide about {where}: who learns it, or accept it until a date"
    yield Step(decide, f"`lamp report accept {name} --reason … --until …`", area=risk.area)


def _wanted(unanswered: Sequence[Unanswered], pages: Sequence[StalePage]) -> list[Step]:
    return [*_questions(unanswered), *_relied_on(pages)]


def _questions(unanswered: Sequence[Unanswered]) -> Iterator[Step]:
    for one in unanswered:
        if one.people > 1 or one.wants_person or one.times > 1:
            yield Step(
                f"Write the answer to “{brief(one.text, 60)}” on a page",
                f"{count(one.people, 'person', 'people')} asked in vain",
            )
            return


def _relied_on(pages: Sequence[StalePage]) -> Iterator[Step]:
    for page in pages:
        if page.answers:
            text = f"Bring {code(page.path)} up to date"
            yield Step(text, f"{count(page.answers, 'answer')} of late rested on it")


def _left_behind(pages: Sequence[StalePage]) -> Iterator[Step]:
    for page in pages[:1]:
        if not page.answers:
            moved = f"{count(page.recent or page.drift, 'commit')} changed what it names of late"
            gone = f"it names {code(page.missing[0])}, which is gone" if page.missing else moved
            yield Step(f"Bring {code(page.path)} up to date", gone)


def brief(text: str, most: int) -> str:
    """The beginning of foreign words, harmless and on one line."""
    from bot.message import plain
    from bot.phrases import cut

    return cut(plain(" ".join(text.split())), most, marks=False)
