"""What waits to be done about 建议提案, and for whom."""

from __future__ import annotations

from datetime import date

import pytest

from targets.models import ProposalVerb as V
from targets.tests.factories import City
from targets.tests.proposals.scene import Scene, drafted, make_scene, registered, step
from targets.tests.task_scene import actor_of
from yiyang.work import Severity, line_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


def waiting(scene: Scene, source: str, who: str, day: date = date(2026, 3, 2)) -> int:
    line = line_of(source, actor_of(scene.people[who], day), day=day, limit=10)
    assert line is None or line.number == len(line.items)
    return line.number if line else -1


def test_each_step_waits_for_whoever_takes_it(scene: Scene) -> None:
    """待会办、待审核、待发出；-1 是那个角色没有这一项。"""
    sources = ("proposals-opine", "proposals-check", "proposals-send")
    whose = ("assistant", "checker", "clerk")
    proposal, told = registered(scene), []
    ways = [("clerk", V.TAKE), ("assistant", V.OPINE), ("clerk", V.SUBMIT), ("checker", V.APPROVE)]
    for who, verb in [*ways, ("clerk", V.ANSWER)]:
        if verb is V.SUBMIT:
            drafted(scene, proposal)
        step(scene, proposal, who, verb)
        told.append([waiting(scene, *pair) for pair in zip(sources, whose, strict=True)])
    assert told == [[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert waiting(scene, "proposals-opine", "other") == 0
    assert waiting(scene, "proposals-check", "clerk") == -1


# 期限 2026-06-02，看的那天 → 几件、多急
@pytest.mark.parametrize(("day", "found", "severity"), [
    ("2026-05-02", 0, None),
    ("2026-05-03", 1, Severity.SOON),
    ("2026-05-18", 1, Severity.URGENT),
    ("2026-06-02", 1, Severity.URGENT),
    ("2026-06-03", 1, Severity.OVERDUE),
])  # fmt: skip
def test_a_term_comes_near(scene: Scene, day: str, found: int, severity: Severity | None) -> None:
    registered(scene)
    today = date.fromisoformat(day)
    line = line_of("proposals-term", actor_of(scene.people["clerk"], today), day=today, limit=10)
    assert line is not None
    assert (line.number, [item.severity for item in line.items]) == (
        *(found, [severity] if severity else []),
    )
