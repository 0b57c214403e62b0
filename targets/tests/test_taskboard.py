"""The task board: who moves a part on, when a task is done, when one is overdue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from contracts.tests.persons import browser_of
from institutions.models import RegionGrant
from institutions.tests.factories import LONG_AGO
from targets.models import (
    BureauGrant,
    PolicyTask,
    TaskMilestone,
    TaskMode,
    TaskProgress,
    TaskReport,
)
from targets.models import ReportKind as K
from targets.models import TaskRole as R
from targets.models import TaskState as S
from targets.supervision.lights import Light
from targets.taskboard.actions import (
    reach_milestone,
    report_part,
    set_milestone,
    void_milestone,
)
from targets.taskboard.board import ShownTask, board, by_bureau
from targets.taskboard.states import STEPS, state_of
from targets.tests.factories import City
from targets.tests.page_scene import make_policy
from targets.tests.task_scene import (
    actor_of,
    make_bureau,
    make_liaison,
    make_task,
    make_user,
    part_of,
    queries_of,
)
from yiyang.access.actions import change_role
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM

TODAY = date(2026, 3, 16)  # 星期一
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([], S.NOT_STARTED),
        ([(R.EACH, S.NOT_STARTED), (R.EACH, S.NOT_STARTED)], S.NOT_STARTED),
        ([(R.EACH, S.DONE), (R.EACH, S.NOT_STARTED)], S.ONGOING),
        ([(R.EACH, S.DONE), (R.EACH, S.CLAIMED)], S.CLAIMED),
        ([(R.EACH, S.DONE), (R.EACH, S.DONE)], S.DONE),
        ([(R.LEAD, S.DONE), (R.SUPPORT, S.NOT_STARTED)], S.DONE),
        ([(R.LEAD, S.DONE), (R.LEAD, S.ONGOING)], S.ONGOING),
        ([(R.LEAD, S.NOT_STARTED), (R.SUPPORT, S.ONGOING)], S.ONGOING),
        ([(R.SOLE, S.DONE)], S.DONE),
        ([(R.SUPPORT, S.ONGOING)], S.ONGOING),
    ],
)
def test_a_task_is_done_when_all_who_answer_for_it_are(parts: list[tuple[R, S]], state: S) -> None:
    assert state_of(parts) is state


# own 本部门联络员，other 别的部门联络员，checker 市卫健审核；末列是到哪个状态，None 是不许。
TABLE = [
    ("own", S.NOT_STARTED, K.PROGRESS, S.ONGOING),
    ("own", S.NOT_STARTED, K.CLAIM, S.CLAIMED),
    ("own", S.ONGOING, K.PROGRESS, S.ONGOING),
    ("own", S.ONGOING, K.CLAIM, S.CLAIMED),
    ("own", S.CLAIMED, K.PROGRESS, None),
    ("own", S.CLAIMED, K.CLAIM, None),
    ("own", S.CLAIMED, K.CONFIRM, None),
    ("own", S.DONE, K.PROGRESS, None),
    ("own", S.DONE, K.REOPEN, None),
    ("other", S.NOT_STARTED, K.PROGRESS, None),
    ("other", S.ONGOING, K.CLAIM, None),
    ("checker", S.NOT_STARTED, K.PROGRESS, None),
    ("checker", S.ONGOING, K.CONFIRM, None),
    ("checker", S.CLAIMED, K.CONFIRM, S.DONE),
    ("checker", S.CLAIMED, K.RETURN, S.ONGOING),
    ("checker", S.DONE, K.CONFIRM, None),
    ("checker", S.DONE, K.RETURN, None),
    ("checker", S.DONE, K.REOPEN, S.ONGOING),
    ("clerk", S.CLAIMED, K.CONFIRM, None),
    ("district", S.CLAIMED, K.CONFIRM, None),
    ("leader", S.CLAIMED, K.CONFIRM, None),
]


@pytest.fixture
def task(city: City) -> PolicyTask:
    policy = make_policy(city.city)
    return make_task(policy, (R.LEAD, make_bureau("民政局")), (R.SUPPORT, make_bureau("财政局")))


@pytest.fixture
def people(city: City, task: PolicyTask) -> dict[str, User]:
    lead, support = (part.bureau for part in task.bureaus.all())
    people = {
        "own": make_liaison(lead),
        "other": make_liaison(support),
        "checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "district": make_user(Role.DISTRICT_HEALTH_REVIEWER),
        "leader": make_user(Role.LEADER),
    }
    RegionGrant.objects.create(user=people["district"], region=city.city, starts_on=LONG_AGO)
    return people


def brought_to(task: PolicyTask, state: S, people: dict[str, User]) -> Any:
    """The lead's part in the state, the way people bring it there."""
    part = task.bureaus.get(role=R.LEAD)
    ways = {
        S.NOT_STARTED: [],
        S.ONGOING: [("own", K.PROGRESS)],
        S.CLAIMED: [("own", K.CLAIM)],
        S.DONE: [("own", K.CLAIM), ("checker", K.CONFIRM)],
    }
    for who, kind in ways[state]:
        report_part(by=actor_of(people[who], TODAY), part=part, kind=kind, text="已办")
    return part


@pytest.mark.parametrize(("who", "start", "kind", "end"), TABLE)
def test_who_takes_which_step_from_which_state(
    task: PolicyTask, people: dict[str, User], who: str, start: S, kind: K, end: S | None
) -> None:
    part = brought_to(task, start, people)
    reports = TaskReport.objects.count()
    actor = actor_of(people[who], TODAY)
    if end is None:
        with pytest.raises((ValidationError, PermissionDenied)):
            report_part(by=actor, part=part, kind=kind, text="情况")
        assert TaskReport.objects.count() == reports
        end = start
    else:
        report_part(by=actor, part=part, kind=kind, text="情况")
    progress = TaskProgress.objects.filter(part=part).first()
    assert (progress.state if progress else S.NOT_STARTED) == end


def test_the_table_tries_every_step() -> None:
    assert {kind for _, _, kind, end in TABLE if end} == set(STEPS)


def test_a_supporting_bureau_reports_and_does_not_claim(
    task: PolicyTask, people: dict[str, User]
) -> None:
    part, actor = task.bureaus.get(role=R.SUPPORT), actor_of(people["other"], TODAY)
    report_part(by=actor, part=part, kind=K.PROGRESS, text="已拨经费")
    with pytest.raises(ValidationError, match="由牵头"):
        report_part(by=actor, part=part, kind=K.CLAIM, text="已办完")


def test_a_step_that_needs_words_says_so(task: PolicyTask, people: dict[str, User]) -> None:
    part = task.bureaus.get(role=R.LEAD)
    with pytest.raises(ValidationError, match="报进展须写明情况"):
        report_part(by=actor_of(people["own"], TODAY), part=part, kind=K.PROGRESS, text=" ")


def test_who_claims_never_confirms_even_by_hand(task: PolicyTask, people: dict[str, User]) -> None:
    part = brought_to(task, S.CLAIMED, people)
    claimed = TaskProgress.objects.filter(part=part)
    with pytest.raises(IntegrityError), transaction.atomic():
        claimed.update(state=S.DONE, confirmed_by=people["own"])
    with pytest.raises(IntegrityError), transaction.atomic():
        claimed.update(state=S.DONE)


def test_an_account_that_changed_sides_does_not_confirm_its_own_claim(
    task: PolicyTask, people: dict[str, User]
) -> None:
    part, user = brought_to(task, S.CLAIMED, people), people["own"]
    change_role(by=SYSTEM, user=user, role=Role.CITY_HEALTH_REVIEWER, reason="调任")
    user.refresh_from_db()
    with pytest.raises(ValidationError, match="申报人以外"):
        report_part(by=actor_of(user, TODAY), part=part, kind=K.CONFIRM, text="")


def test_a_liaison_speaks_for_the_bureau_that_its_own_has_succeeded(city: City) -> None:
    old, heir = make_bureau("国土资源局"), make_bureau("自然资源局")
    task = make_task(make_policy(city.city), (R.SOLE, old))
    actor = actor_of(make_liaison(heir), TODAY)
    part = part_of(task, old)
    with pytest.raises(PermissionDenied):
        report_part(by=actor, part=part, kind=K.PROGRESS, text="已办")
    type(old).objects.filter(pk=old.pk).update(successor=heir, succeeded_on=TODAY)
    report_part(by=actor, part=part, kind=K.PROGRESS, text="已办")
    (row,) = board(PolicyTask.objects.all(), TODAY)
    assert (row.parts[0].bureau.name, row.parts[0].bureau.printed) == ("自然资源局", "国土资源局")


def shown(task: PolicyTask, day: date = TODAY) -> ShownTask:
    return next(row for row in board(PolicyTask.objects.all(), day) if row.task.pk == task.pk)


def test_a_task_without_a_milestone_is_never_overdue(task: PolicyTask) -> None:
    assert shown(task, date(2099, 1, 1)).light is Light.UNDATED


@pytest.mark.parametrize(
    ("due", "light"),
    [
        ("2026-03-13", Light.OVERDUE),
        ("2026-03-14", Light.RED),  # 星期六到期，顺延到星期一
        ("2026-03-16", Light.RED),
        ("2026-03-18", Light.RED),
        ("2026-03-19", Light.YELLOW),
        ("2026-03-23", Light.YELLOW),
        ("2026-03-24", Light.REMIND),
        ("2026-03-30", Light.REMIND),
        ("2026-03-31", Light.NORMAL),
    ],
)
def test_the_next_milestone_lights_the_task(task: PolicyTask, due: str, light: Light) -> None:
    TaskMilestone.objects.create(task=task, title="节点", due_on=date.fromisoformat(due))
    assert shown(task).light is light


def test_overdue_begins_the_day_after_also_on_a_weekend(task: PolicyTask) -> None:
    TaskMilestone.objects.create(task=task, title="节点", due_on=date(2026, 3, 13))
    assert shown(task, date(2026, 3, 13)).light is Light.RED
    assert shown(task, date(2026, 3, 14)).light is Light.OVERDUE


def test_a_milestone_reached_or_taken_back_or_of_a_done_task_lights_nothing(
    task: PolicyTask, people: dict[str, User]
) -> None:
    clerk = actor_of(people["clerk"], TODAY)
    reached = set_milestone(by=clerk, task=task, title="出台细则", due_on=date(2026, 3, 1))
    mistaken = set_milestone(by=clerk, task=task, title="设错的", due_on=date(2026, 3, 2))
    last = set_milestone(by=clerk, task=task, title="全面铺开", due_on=date(2026, 3, 3))
    reach_milestone(by=clerk, milestone=reached, on=TODAY)
    void_milestone(by=clerk, milestone=mistaken, reason="设错")
    assert shown(task).milestone == last
    brought_to(task, S.DONE, people)
    assert (shown(task).light, shown(task).milestone) == (Light.UNDATED, None)


def test_a_milestone_is_not_reached_in_the_future_nor_twice(
    task: PolicyTask, people: dict[str, User]
) -> None:
    clerk = actor_of(people["clerk"], TODAY)
    one = set_milestone(by=clerk, task=task, title="出台细则", due_on=date(2026, 3, 1))
    with pytest.raises(ValidationError, match="还没有到"):
        reach_milestone(by=clerk, milestone=one, on=date(2026, 3, 17))
    reach_milestone(by=clerk, milestone=one, on=TODAY)
    with pytest.raises(ValidationError, match="已登记达到"):
        reach_milestone(by=clerk, milestone=one, on=TODAY)


def test_a_milestone_is_corrected_with_a_reason_and_keeps_its_history(
    task: PolicyTask, people: dict[str, User]
) -> None:
    one = TaskMilestone.objects.create(task=task, title="出台细则", due_on=date(2026, 3, 1))
    browser, way = browser_of(people["clerk"]), f"/tasks/milestones/{one.pk}/correct"
    typed = {"title": "印发细则", "due_on": "2026-06-30", "reason": "原定日期录错"}
    for wrong, told in (
        ({"reason": ""}, "请填写更正的原因"),
        ({"due_on": "六月"}, "请写成"),
        ({"title": "出台细则", "due_on": "2026-03-01"}, "没有改动"),
    ):
        page = browser.post(way, {**typed, **wrong}, follow=True).content.decode()
        assert told in page
    browser.post(way, typed)
    one.refresh_from_db()
    assert (one.title, one.due_on) == ("印发细则", date(2026, 6, 30))
    assert browser_of(people["own"]).post(way, typed).status_code == 403
    void_milestone(by=actor_of(people["clerk"], TODAY), milestone=one, reason="设错")
    assert browser.post(way, typed).status_code == 404


def test_bureaus_are_counted_once_per_task(task: PolicyTask, people: dict[str, User]) -> None:
    brought_to(task, S.DONE, people)
    lines = by_bureau(board(PolicyTask.objects.all(), TODAY))
    assert [(one.name, one.lead, one.each, one.support, one.done) for one in lines] == [
        ("民政局", 1, 0, 0, 1),
        ("财政局", 0, 0, 1, 0),
    ]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["甲任务", "乙任务"]),
        ("policy=test-policy", ["甲任务", "乙任务"]),
        ("mode=EACH", ["乙任务"]),
        ("state=NOT_STARTED", ["甲任务", "乙任务"]),
        ("state=DONE", []),
        ("light=OVERDUE", ["甲任务"]),
        ("light=RED", []),
        ("q=甲", ["甲任务"]),
        ("sort=-number", ["乙任务", "甲任务"]),
        ("sort=due", ["甲任务", "乙任务"]),  # 没有节点的在最后
        ("sort=-due", ["甲任务", "乙任务"]),
        ("state=NOT_STARTED&light=OVERDUE", ["甲任务"]),
    ],
)
def test_the_list_is_filtered(city: City, query: str, titles: list[str]) -> None:
    policy, bureau = make_policy(city.city), make_bureau("民政局")
    first = make_task(policy, (R.LEAD, bureau), title="甲任务")
    make_task(policy, (R.EACH, bureau), mode=TaskMode.EACH, title="乙任务")
    TaskMilestone.objects.create(task=first, title="节点", due_on=date(2020, 1, 1))
    page = browser_of(make_user(Role.LEADER)).get(f"/tasks/?{query}")
    assert [row.cells[0].text for row in page.context["page"].rows] == titles


def test_a_filter_that_is_none_is_refused_in_words(city: City) -> None:
    page = browser_of(make_user(Role.LEADER)).get("/tasks/?bureau=x")
    assert page.status_code == 400
    assert "请从列表里选择部门" in page.content.decode()


def test_a_liaison_begins_with_its_own_bureau(task: PolicyTask, people: dict[str, User]) -> None:
    make_task(task.policy, (R.LEAD, make_bureau("教育局")), title="别的任务")
    browser = browser_of(people["own"])
    begun = browser.get("/tasks/", follow=True)
    assert begun.redirect_chain[-1][0].startswith("/tasks/?bureau=")
    assert len(begun.context["page"].rows) == 1
    assert "部门：民政局" in begun.content.decode()
    assert len(browser.get("/tasks/?sort=").context["page"].rows) == 2
    assert 'href="/tasks/?sort="' in begun.content.decode()


def test_reports_are_read_by_the_city_and_by_the_bureaus_of_the_task(
    task: PolicyTask, people: dict[str, User]
) -> None:
    brought_to(task, S.CLAIMED, people)
    outsider = make_liaison(make_bureau("教育局"))
    seen = {
        who: "已办" in browser_of(user).get(f"/tasks/{task.pk}/").content.decode()
        for who, user in {**people, "outsider": outsider}.items()
    }
    assert seen == {
        **dict.fromkeys(("own", "other", "checker", "clerk", "leader", "district"), True),
        "outsider": False,
    }


def test_a_report_goes_through_the_page(task: PolicyTask, people: dict[str, User]) -> None:
    part = task.bureaus.get(role=R.LEAD)
    way = f"/tasks/{task.pk}/parts/{part.pk}/report"
    browser = browser_of(people["own"])
    refused = browser.post(way, {"kind": "PROGRESS", "text": "", "percentage": "120"})
    assert refused.status_code == 422
    assert "0 至 100" in refused.content.decode()
    assert browser.post(way, {"kind": "CONFIRM", "text": "x"}).status_code == 422
    assert browser.post(way, {"kind": "CLAIM", "text": "已印发"}).status_code == 302
    assert browser.post(way, {"kind": "CLAIM", "text": "已印发"}).status_code == 403
    assert TaskReport.objects.get().text == "已印发"


def test_a_bureau_is_granted_only_to_a_liaison_and_taken_back_at_once(task: PolicyTask) -> None:
    bureau = task.bureaus.get(role=R.LEAD).bureau
    security = browser_of(make_user(Role.SECURITY_ADMIN))
    liaison, clerk = make_user(Role.BUREAU_LIAISON), make_user(Role.CITY_HEALTH_CLERK)
    for user in (liaison, clerk):
        security.post(f"/tasks/grants/{user.pk}/new", {"bureau": bureau.pk})
    grant = BureauGrant.objects.get()
    assert grant.user == liaison
    assert "民政局" in security.get(f"/accounts/{liaison.pk}/").content.decode()
    security.post(f"/tasks/grants/{liaison.pk}/{grant.pk}/end")
    assert not BureauGrant.objects.kept().exists()


def test_a_bureau_is_asked_for_under_those_it_has_succeeded(city: City) -> None:
    old, heir = make_bureau("国土资源局"), make_bureau("自然资源局")
    make_task(make_policy(city.city), (R.LEAD, old), title="旧局的任务")
    type(old).objects.filter(pk=old.pk).update(successor=heir, succeeded_on=LONG_AGO)
    page = browser_of(make_user(Role.LEADER)).get(f"/tasks/?bureau={heir.pk}")
    assert "旧局的任务" in page.content.decode()
    assert "自然资源局（原文：国土资源局）" in page.content.decode()


def many_tasks(task: PolicyTask, number: int) -> None:
    PolicyTask.objects.bulk_create(
        PolicyTask(
            policy=task.policy,
            position=100 + place,
            printed_number=100 + place,
            mode=TaskMode.EACH,
            title=f"任务{place:03}",
        )
        for place in range(number)
    )
    TaskMilestone.objects.bulk_create(
        TaskMilestone(task=one, title="节点", due_on=date(2030, 1, 1 + one.position % 3))
        for one in PolicyTask.objects.filter(position__gte=100, position__lt=160)
    )


@pytest.mark.parametrize("sort", ["", "-number", "due", "-due", "mode"])
def test_pages_of_the_board_miss_no_task(task: PolicyTask, sort: str) -> None:
    many_tasks(task, 120)
    browser, seen, after = browser_of(make_user(Role.LEADER)), [], ""
    for _ in range(3):
        page = browser.get(f"/tasks/?sort={sort}&after={after}").context["page"]
        seen += [row.cells[0].text for row in page.rows]
        after = page.after
    assert after is None
    assert sorted(seen) == sorted(PolicyTask.objects.values_list("title", flat=True))


def file_of(browser: Any, way: str) -> list[str]:
    answer = browser.get(way)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode().splitlines()


def test_the_file_of_the_board_holds_what_is_listed(
    task: PolicyTask, people: dict[str, User]
) -> None:
    brought_to(task, S.CLAIMED, people)
    make_task(task.policy, (R.LEAD, make_bureau("教育局")), title="别的任务")
    lines = file_of(
        browser_of(people["clerk"]), "/tasks/export.csv?state=CLAIMED&col=state&col=done"
    )
    assert lines[2:] == ["任务,状态,完成部门", f"{task.title},待确认,0/1"]
    assert "状态：待确认" in lines[1]


def test_reports_are_listed_and_handed_out_to_those_who_may_read_them(
    task: PolicyTask, people: dict[str, User]
) -> None:
    brought_to(task, S.CLAIMED, people)
    outsider = make_liaison(make_bureau("教育局"))
    listed = {
        who: "已办" in browser_of(user).get("/tasks/reports/").content.decode()
        for who, user in {**people, "outsider": outsider}.items()
    }
    assert {who for who, seen in listed.items() if not seen} == {"outsider"}
    bureau = task.bureaus.get(role=R.LEAD).bureau_id
    browser = browser_of(people["clerk"])
    lines = file_of(browser, f"/tasks/reports/export.csv?bureau={bureau}&kind=CLAIM&col=kind")
    assert lines[2:] == ["任务,类型", f"{task.title},申报完成"]


@pytest.mark.parametrize("way", ["/tasks/", "/tasks/bureaus/", "/tasks/reports/"])
def test_queries_do_not_grow_with_tasks(
    task: PolicyTask, people: dict[str, User], way: str
) -> None:
    browser = browser_of(people["clerk"])
    few = queries_of(browser, way)
    for number in range(10):
        bureau = make_bureau(f"第{number}局")
        more = make_task(task.policy, (R.EACH, bureau), title=f"任务{number}")
        brought_to(task, S.ONGOING, people)
        TaskMilestone.objects.create(task=more, title="节点", due_on=TODAY)
    assert queries_of(browser, way) == few


def test_queries_of_a_task_do_not_grow_with_its_parts_and_reports(
    task: PolicyTask, people: dict[str, User]
) -> None:
    browser, way = browser_of(people["clerk"]), f"/tasks/{task.pk}/"
    brought_to(task, S.ONGOING, people)
    few = queries_of(browser, way)
    for _ in range(10):
        brought_to(task, S.ONGOING, people)
    assert queries_of(browser, way) == few


def test_papers_of_a_part_are_the_bureaus_and_the_citys(
    task: PolicyTask, people: dict[str, User]
) -> None:
    """别的部门、区里看不到，也传不了；市级看得到，传不了。"""
    part = task.bureaus.get(role=R.LEAD)
    page, upload = f"/tasks/{task.pk}/parts/{part.pk}/", f"/attachments/task-part/{part.pk}/new/"
    opened = {}
    for who, user in people.items():
        browser = browser_of(user)
        told = browser.get(page).content.decode()
        assert "民政局的办理情况" in told
        shown = "附件（扫描件）" in told
        opened[who] = (shown, browser.get(upload).status_code)
    reads = (True, 403)
    assert opened == {
        **dict.fromkeys(("checker", "clerk", "leader", "district"), reads),
        "own": (True, 200),
        "other": (False, 404),
    }
