"""The work list's tasks and 督办: each number counts what the role may act on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from contracts.tests.persons import browser_of
from institutions.models import RegionGrant
from institutions.tests.factories import LONG_AGO
from targets.models import (
    Basis,
    Bureau,
    Frequency,
    Supervision,
    SupervisionKind,
    TaskMilestone,
    TaskProgress,
    TaskRole,
    TaskState,
    Urgency,
)
from targets.models import SupervisionState as S
from targets.models import SupervisionVerb as V
from targets.supervision.actions import Draft, open_supervision, take_step
from targets.supervision.work import SUPERVISION_WORK
from targets.taskboard.work import TASK_WORK
from targets.tests.factories import City
from targets.tests.page_scene import make_policy
from targets.tests.task_scene import actor_of, make_bureau, make_liaison, make_task, make_user
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.work import line_of

MONDAY = date(2026, 3, 2)
pytestmark = pytest.mark.django_db
SOURCES = [source.id for source in (*TASK_WORK, *SUPERVISION_WORK)]


@pytest.fixture
def bureau(city: City) -> Bureau:
    return make_bureau("民政局")


@pytest.fixture
def people(city: City, bureau: Bureau) -> dict[str, User]:
    people = {
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "own": make_liaison(bureau),
        "other": make_liaison(make_bureau("财政局")),
        "east": make_user(Role.DISTRICT_HEALTH_CLERK),
        "leader": make_user(Role.LEADER),
    }
    RegionGrant.objects.create(user=people["east"], region=city.east, starts_on=LONG_AGO)
    return people


def numbers(people: dict[str, User], day: date = MONDAY) -> dict[tuple[str, str], int]:
    """What each person's work list counts, where there is anything; its items are as many."""
    found = {}
    for who, user in people.items():
        for source in SOURCES:
            line = line_of(source, actor_of(user, day), day=day, limit=100)
            if line is not None and line.number:
                assert len(line.items) == line.number
                found[who, source] = line.number
    return found


def order(people: dict[str, User], *verbs: tuple[str, V], **lead: object) -> Supervision:
    draft = Draft(
        title="督办",
        kind=SupervisionKind.ROUTINE,
        urgency=Urgency.NORMAL,
        basis=Basis.OTHER,
        basis_text="会议",
        content="内容",
        frequency=Frequency.WEEK,
        allowed_days=20,
        **lead,  # type: ignore[arg-type]
    )
    opened = open_supervision(by=actor_of(people["clerk"], MONDAY), draft=draft)
    for who, verb in verbs:
        take_step(by=actor_of(people[who], MONDAY), supervision=opened, verb=verb, text="x")
    return opened


ASSIGN, SIGN = ("checker", V.ASSIGN), ("own", V.SIGN)


def test_orders_wait_for_whose_step_is_next(people: dict[str, User], bureau: Bureau) -> None:
    order(people, lead_bureau=bureau)
    assert numbers(people) == {("checker", "supervisions-assign"): 1}
    order(people, ASSIGN, lead_bureau=bureau)
    order(people, ASSIGN, SIGN, ("own", V.SUBMIT), lead_bureau=bureau)
    assert numbers(people) == {
        ("checker", "supervisions-assign"): 1,
        ("checker", "supervisions-review"): 1,
        ("own", "supervisions-sign"): 1,
    }


def test_a_district_signs_for_its_own(city: City, people: dict[str, User]) -> None:
    for region in (city.east, city.west):
        order(people, ASSIGN, lead_region=region)
    assert numbers(people) == {("east", "supervisions-sign-here"): 1}


def test_feedback_and_term_come_up_as_their_days_do(
    people: dict[str, User], bureau: Bureau
) -> None:
    """每周反馈：3 月 9 日；20 个工作日：3 月 30 日，剩 10 天起提醒。"""
    order(people, ASSIGN, SIGN, lead_bureau=bureau)
    feedback, term = ("own", "supervisions-feedback"), ("clerk", "supervisions-term")
    assert numbers(people) == {feedback: 1}
    assert numbers(people, date(2026, 3, 13)) == {feedback: 1}
    assert numbers(people, date(2026, 3, 16)) == {feedback: 1, term: 1}


def test_tasks_wait_for_who_answers_for_them(
    city: City, people: dict[str, User], bureau: Bureau
) -> None:
    task = make_task(make_policy(city.city), (TaskRole.LEAD, bureau))
    TaskMilestone.objects.create(task=task, title="节点", due_on=MONDAY + timedelta(days=1))
    assert numbers(people) == {("own", "tasks-own"): 1, ("clerk", "tasks-lit"): 1}
    part = task.bureaus.get()
    TaskProgress.objects.create(part=part, state=TaskState.CLAIMED, claimed_by=people["own"])
    assert numbers(people)["checker", "tasks-claimed"] == 1
    TaskProgress.objects.update(state=TaskState.DONE, confirmed_by=people["checker"])
    assert numbers(people) == {}


def test_the_home_page_opens_for_every_role(people: dict[str, User], bureau: Bureau) -> None:
    order(people, ASSIGN, lead_bureau=bureau)
    for user in people.values():
        browser: Client = browser_of(user)
        assert browser.get("/").status_code == 200
    assert "待签收" in browser_of(people["own"]).get("/").content.decode()
    assert Supervision.objects.get().state == S.ASSIGNED
