"""A published policy corrected in the browser: steps, end, tasks and notes, and by how many."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from targets.models import (
    Bureau,
    Milestone,
    PolicyChange,
    PolicyDocument,
    RevisionState,
    Target,
    TaskBureau,
    TaskProgress,
    ValidityStatus,
)
from targets.policies.deciding import OVERTAKEN, SAME_PERSON
from targets.policies.steps import check_steps
from targets.tests.page_scene import DUE_DAY, Scene, browse_as, make_target, store_run
from targets.tests.policy_scene import (
    add_target,
    add_task,
    make_bureau,
    make_change,
    make_draft,
    make_published,
)
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import recorded

SEPTEMBER = date(2017, 9, 30)


def typed(**cells: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in cells.items()}


def propose(browser: Client, slug: str, cells: dict[str, str], days: str = "2017-09-30") -> Any:
    data = {"reason": "原文另有年度安排", **cells}
    return browser.post(f"/policies/{slug}/steps/?days={days}", data)


def decide(browser: Client, decision: str = "agree", **said: str) -> Any:
    way = f"/policies/changes/{PolicyChange.objects.latest('pk').pk}/"
    return browser.post(way, {"decision": decision, **said})


def steps(target: Target) -> list[tuple[str, str]]:
    rows = Milestone.objects.filter(target=target).order_by("due_on")
    return [(str(row.due_on), str(row.threshold)) for row in rows]


def test_steps_of_several_targets_are_proposed_at_once_and_decided_by_another(
    scene: Scene,
) -> None:
    """东区 3/4 开通：6 月底要 70% 则达到序时，要 80% 则落后。"""
    other = make_target(scene.policy, scene.city.city, "GC17", 2)
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    cells = typed(step_1_20170930="80%", step_2_20170930="60%", step_2_20171231="80%")
    assert propose(clerk, scene.policy.slug, cells, "2017-09-30、2017").status_code == 302
    assert not Milestone.objects.exists()
    run = store_run(scene.city.city, date(2017, 10, 1))
    table = f"/targets/?as_of={run.as_of}"
    assert "落后序时" not in clerk.get(table).content.decode()
    assert decide(clerk).status_code == 403
    assert decide(reviewer).status_code == 302
    assert steps(scene.target) == [("2017-09-30", "0.800000")]
    assert steps(other) == [("2017-09-30", "0.600000"), ("2017-12-31", "0.800000")]
    page = clerk.get(table).content.decode()
    assert "落后序时" in page
    told = "更正阶段目标：由“没有”改为“2017-09-30 80%”，原因：原文另有年度安排"
    assert told in page
    assert "已生效" in clerk.get(f"/policies/{scene.policy.slug}/").content.decode()


def test_a_corrected_step_is_changed_and_one_left_empty_is_taken_out(scene: Scene) -> None:
    for day, number in ((date(2017, 6, 30), "0.4"), (SEPTEMBER, "0.6")):
        Milestone.objects.create(target=scene.target, due_on=day, threshold=Decimal(number))
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    shown = clerk.get(f"/policies/{scene.policy.slug}/steps/").content.decode()
    assert 'value="40%"' in shown
    propose(clerk, scene.policy.slug, typed(step_1_20170630="", step_1_20170930="65%"), "")
    decide(reviewer)
    assert steps(scene.target) == [("2017-09-30", "0.650000")]


@pytest.mark.parametrize(
    ("cells", "days", "told"),
    [
        ({}, "2017-09-30", "没有改动"),
        ({"step-1-20170930": "六成"}, "2017-09-30", "看不懂"),
        ({"step-1-20170930": "60"}, "2017-09-30", "请写上百分号"),
        ({"step-1-20181231": "60%"}, "2018", "没有改动"),  # 到期以后没有格子，硬塞的不看
        ({"step-1-20161231": "60%"}, "2016", "没有改动"),
        ({"step-1-20170930": "60%", "reason": ""}, "2017-09-30", "请填写更正的原因"),
    ],
)
def test_steps_that_cannot_be_are_refused_in_words(
    scene: Scene, cells: dict[str, str], days: str, told: str
) -> None:
    answer = propose(browse_as(Role.CITY_HEALTH_CLERK), scene.policy.slug, cells, days)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PolicyChange.objects.exists()


@pytest.mark.parametrize(
    ("day", "told"),
    [(date(2017, 2, 8), "不早于成文日期"), (date(2018, 1, 1), "不晚于到期日")],
)
def test_steps_lie_between_the_signing_and_the_due_day(scene: Scene, day: date, told: str) -> None:
    check_steps(scene.target, [date(2017, 2, 9), date(2017, 12, 31)])
    with pytest.raises(ValidationError, match=told):
        check_steps(scene.target, [day])


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("二〇二五", "不是年份或日期"),
        ("1900", "请核对年份"),
        ("、".join(str(year) for year in range(2001, 2015)), "最多 12 个节点"),
    ],
)
def test_columns_that_are_no_days_are_told(scene: Scene, days: str, told: str) -> None:
    page = browse_as(Role.CITY_HEALTH_CLERK).get(
        f"/policies/{scene.policy.slug}/steps/?days={days}"
    )
    assert told in page.content.decode()


def test_steps_of_a_draft_are_written_at_once(scene: Scene) -> None:
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    first, second = add_target(draft, "draft-1"), add_target(draft, "draft-2")
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    cells = typed(step_1_20170930="40%", step_2_20170930="50%")
    assert propose(clerk, draft.slug, cells).status_code == 302
    assert (steps(first), steps(second)) == (
        [("2017-09-30", "0.400000")],
        [("2017-09-30", "0.500000")],
    )
    assert not PolicyChange.objects.exists()


def test_the_database_lets_nobody_change_steps_or_the_end_alone(scene: Scene) -> None:
    step = Milestone.objects.create(target=scene.target, due_on=SEPTEMBER, threshold=Decimal("0.5"))
    reviewer = open_user(Role.CITY_HEALTH_REVIEWER)
    writes = (
        lambda: Milestone.objects.create(target=scene.target, due_on=DUE_DAY, threshold=1),
        lambda: Milestone.objects.filter(pk=step.pk).update(threshold=Decimal("0.6")),
        lambda: Milestone.objects.filter(pk=step.pk).delete(),
        lambda: PolicyDocument.objects.filter(pk=scene.policy.pk).update(
            status=ValidityStatus.IN_FORCE
        ),
    )
    for write in writes:
        with (
            pytest.raises(IntegrityError, match=r"须经另一人批准|只有草稿里"),
            recorded(by=reviewer, reason="悄悄改"),
        ):
            write()


def test_the_proposer_does_not_decide_nor_twice(scene: Scene) -> None:
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    propose(reviewer, scene.policy.slug, typed(step_1_20170930="60%"))
    again = propose(reviewer, scene.policy.slug, typed(step_1_20170930="70%"))
    assert "已有一份更正待审核" in again.content.decode()
    assert SAME_PERSON in decide(reviewer).content.decode()
    another = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert decide(another, "refuse").status_code == 422
    assert decide(another, "refuse", answer="原文如此").status_code == 302
    assert not Milestone.objects.exists()
    with pytest.raises(IntegrityError, match="已经审核"), transaction.atomic():
        PolicyChange.objects.update(answer="改口")


def test_what_has_changed_since_is_not_overwritten(scene: Scene) -> None:
    propose(browse_as(Role.CITY_HEALTH_CLERK), scene.policy.slug, typed(step_1_20170930="60%"))
    Milestone.objects.create(target=scene.target, due_on=SEPTEMBER, threshold=Decimal("0.5"))
    answer = decide(browse_as(Role.CITY_HEALTH_REVIEWER))
    assert OVERTAKEN in answer.content.decode()
    assert steps(scene.target) == [("2017-09-30", "0.500000")]
    assert PolicyChange.objects.get().state == RevisionState.PENDING


def published(scene: Scene) -> PolicyDocument:
    policy = make_published(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    for code, name in (
        ("civil", "测试市民政局"),
        ("money", "测试市财政局"),
        ("labour", "测试市人社局"),
    ):
        make_bureau(code, name)
    add_task(policy, Bureau.objects.get(code="civil"), "测试市民政局")
    return policy


def correct(browser: Client, policy: PolicyDocument, **fields: Any) -> Any:
    data = {
        "title": "单独负责的任务",
        "printed_number": "1",
        "mode": "SOLE",
        "main": "测试市民政局",
        "support": "",
        "reason": "与原件不符",
        **fields,
    }
    return browser.post(f"/policies/{policy.slug}/tasks/1/correct/", data)


def parts(policy: PolicyDocument) -> list[tuple[str, str]]:
    rows = TaskBureau.objects.filter(task__policy=policy).order_by("position")
    return [(row.role, row.printed_name) for row in rows]


def test_the_words_of_a_task_are_corrected_at_once(scene: Scene) -> None:
    policy, clerk = published(scene), browse_as(Role.CITY_HEALTH_CLERK)
    assert correct(clerk, policy, title="改过的短题", printed_number="7").status_code == 302
    task = policy.tasks.get()
    assert (task.title, task.printed_number) == ("改过的短题", 7)
    page = clerk.get(f"/policies/{policy.slug}/").content.decode()
    assert "更正任务：与原件不符" in page
    assert (
        "没有改动"
        in correct(clerk, policy, title="改过的短题", printed_number="7").content.decode()
    )
    assert (
        browse_as(Role.LEADER).get(f"/policies/{policy.slug}/tasks/1/correct/").status_code == 403
    )


def test_who_answers_for_a_task_is_corrected_by_two(scene: Scene) -> None:
    policy = published(scene)
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    changed = {"mode": "LEAD_SUPPORT", "main": "测试市财政局", "support": "测试市民政局"}
    assert "分两次" in correct(clerk, policy, title="别的", **changed).content.decode()
    assert correct(clerk, policy, **changed).status_code == 302
    assert parts(policy) == [("SOLE", "测试市民政局")]
    assert "第 1 项任务的责任" in reviewer.get("/work/policy-changes/").content.decode()
    decide(reviewer)
    assert parts(policy) == [("LEAD", "测试市财政局"), ("SUPPORT", "测试市民政局")]


def test_a_bureau_leaves_a_task_only_while_it_has_not_reported(scene: Scene) -> None:
    policy = published(scene)
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    assert correct(clerk, policy, main="测试市人社局").status_code == 302
    TaskProgress.objects.create(part=TaskBureau.objects.get(task__policy=policy))
    assert "已有办理记录" in decide(reviewer).content.decode()
    decide(reviewer, "refuse", answer="已有进展")
    assert "已有办理记录" in correct(clerk, policy, main="测试市人社局").content.decode()
    assert parts(policy) == [("SOLE", "测试市民政局")]


def test_a_bureau_without_reports_leaves_the_task(scene: Scene) -> None:
    policy = published(scene)
    correct(browse_as(Role.CITY_HEALTH_CLERK), policy, main="测试市人社局")
    assert decide(browse_as(Role.CITY_HEALTH_REVIEWER)).status_code == 302
    assert parts(policy) == [("SOLE", "测试市人社局")]


def test_notes_are_corrected_with_a_reason_and_judge_nothing(scene: Scene) -> None:
    clerk, way = browse_as(Role.CITY_HEALTH_CLERK), f"/policies/{scene.policy.slug}/notes/"
    data = {"source_note": "见公报", "note-1": "按机构数计", "reason": "原说明有误"}
    assert clerk.post(way, {**data, "reason": ""}).status_code == 422
    assert clerk.post(way, data).status_code == 302
    assert Target.objects.get(pk=scene.target.pk).note == "按机构数计"
    assert "更正说明：原说明有误" in clerk.get(f"/policies/{scene.policy.slug}/").content.decode()
    assert "没有改动" in clerk.post(way, data).content.decode()


def test_the_policys_page_asks_no_more_often_for_more_changes(scene: Scene) -> None:
    maker, reviewer = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    policy = make_published(scene.city.city, maker)
    decided = {"state": "REFUSED", "decided_by": reviewer, "decided_on": DUE_DAY, "answer": "否"}
    make_change(policy, maker, **decided)
    way, browser = f"/policies/{policy.slug}/", browse_as(Role.CITY_HEALTH_CLERK)

    def queries() -> int:
        browser.get(way)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(way).status_code == 200
        return len(captured)

    few = queries()
    for _ in range(8):
        make_change(policy, maker, **decided)
    assert queries() == few
