"""From a document on the desk to its row in the table: entered, checked by another, published."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from targets.models import EntryState, PolicyDocument, PolicyTask, Target
from targets.policies.actions_publish import SAME_PERSON
from targets.tests.page_scene import DUE_DAY, Scene, browse_as
from targets.tests.policy_scene import add_target, make_bureau, make_draft
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

NUMBER = "测政办发〔2017〕12号"
FACTS = {
    "number": NUMBER,
    "title": "关于再提高一步的通知",
    "issuer": "测试市人民政府办公室",
    "signed_on": "2017-03-01",
    "published_on": "2017-03-09",
    "status_seen_on": "2017-03-10",
    "is_checked": "on",
    "source_note": "原件在办公室。",
}
TARGET = {
    "wording": "医疗机构绿色通道六成以上",
    "due_on": "2017-12-31",
    "judged_reading": "standard",
    "has_upper_failure": "on",
    "note": "",
}
TABLE = f"/targets/?as_of={DUE_DAY}"


def enter(scene: Scene, clerk: Client, threshold: str = "60%") -> PolicyDocument:
    """Facts, a clause, a target and a task, as a clerk enters them; not yet submitted."""
    city = scene.city.city.pk
    answer = clerk.post("/policies/new/", FACTS | {"region": city})
    assert answer.status_code == 302, answer.content.decode()
    policy = PolicyDocument.objects.get(number=NUMBER)
    way = f"/policies/{policy.slug}"
    clause = {"reference": "第一条", "topic": "绿色通道"}
    assert clerk.post(f"{way}/clauses/new/", clause).status_code == 302
    filled = TARGET | {"clause": policy.clauses.get().pk, "region": city, "threshold": threshold}
    answer = clerk.post(f"{way}/targets/new/?indicator=GC17", filled)
    assert answer.status_code == 302, answer.content.decode()
    make_bureau("civil", "测试市民政局")
    make_bureau("health", "测试市卫生计生委")
    task = {"title": "开通绿色通道", "printed_number": "7", "mode": "LEAD_SUPPORT"}
    task |= {"main": "测试市卫生计生委", "support": "测试市民政局"}
    answer = clerk.post(f"{way}/tasks/new/", task)
    assert answer.status_code == 302, answer.content.decode()
    return policy


def words_of(answer: Any, wording: str) -> dict[str, tuple[str, str]]:
    """Region → value and word of the judged reading of the target."""
    return {
        cell.region.name: (cell.entries[0].shown.value, cell.entries[0].shown.word)
        for section in answer.context["sections"]
        for row in section.rows
        if row.target.wording == wording and row.is_judged
        for cell in row.cells
    }


def test_a_policy_is_entered_checked_published_and_judged(scene: Scene) -> None:
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    leader = browse_as(Role.LEADER)
    policy = enter(scene, clerk)
    way = f"/policies/{policy.slug}/"
    assert leader.get(way).status_code == 404
    assert NUMBER not in leader.get("/policies/").content.decode()
    assert words_of(leader.get(TABLE), TARGET["wording"]) == {}

    assert "已提交" in clerk.post(f"{way}submit/", follow=True).content.decode()
    preview = reviewer.get(f"{way}table/").content.decode()
    assert "这是预览" in preview
    assert "66.67%" in preview
    assert "发布这份政策" in preview
    assert "已发布" in reviewer.post(f"{way}publish/", follow=True).content.decode()

    assert words_of(leader.get(TABLE), TARGET["wording"]) == {
        "测试市": ("66.67%", "达标"),
        "东区": ("75.00%", "达标"),
        "西区": ("50.00%", "未达标"),
    }
    assert TARGET["wording"] in leader.get(f"/targets/GC17/?as_of={DUE_DAY}").content.decode()
    assert NUMBER in leader.get(f"/targets/export.csv?as_of={DUE_DAY}").content.decode()
    page = leader.get(way).content.decode()
    for told in ("第一条", "≥60%", "默认机构范围", "牵头：测试市卫生计生委；配合：测试市民政局"):
        assert told in page
    assert PolicyTask.objects.published().filter(policy=policy).count() == 1


def test_who_entered_it_cannot_publish_it(scene: Scene) -> None:
    """An account may change its role; the two persons stay two."""
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    policy = make_draft(
        scene.city.city, clerk, entry_state=EntryState.SUBMITTED, submitted_by=clerk
    )
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    person = User.objects.get(pk=reviewer.session["_auth_user_id"])
    PolicyDocument.objects.filter(pk=policy.pk).update(submitted_by=person)
    answer = reviewer.post(f"/policies/{policy.slug}/publish/", follow=True)
    assert SAME_PERSON in answer.content.decode()
    policy.refresh_from_db()
    assert policy.entry_state == EntryState.SUBMITTED


@pytest.mark.parametrize("same", ["entered_by", "submitted_by"])
def test_the_database_refuses_one_person_for_both(scene: Scene, same: str) -> None:
    one, two = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_CLERK)
    policy = make_draft(scene.city.city, one, entry_state=EntryState.SUBMITTED, submitted_by=two)
    rows = PolicyDocument.objects.filter(pk=policy.pk)
    publisher = {"entered_by": one, "submitted_by": two}[same]
    with pytest.raises(IntegrityError, match="targets_policy_two_persons"), transaction.atomic():
        rows.update(entry_state=EntryState.PUBLISHED, released_by=publisher, released_on=DUE_DAY)
    with pytest.raises(IntegrityError, match="published_by_someone"), transaction.atomic():
        rows.update(entry_state=EntryState.PUBLISHED)
    with pytest.raises(IntegrityError, match="录入人与发布记录不能改动"), transaction.atomic():
        rows.update(entered_by=None)


def test_what_is_published_is_neither_taken_back_nor_taken_apart(scene: Scene) -> None:
    with pytest.raises(IntegrityError, match="发布记录不能改动"), transaction.atomic():
        PolicyDocument.objects.filter(pk=scene.policy.pk).update(
            entry_state=EntryState.DRAFT, entered_by=open_user(Role.CITY_HEALTH_CLERK)
        )
    with pytest.raises(IntegrityError, match="只有草稿里的"), transaction.atomic():
        Target.objects.filter(pk=scene.target.pk).delete()
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    add_target(draft, "draft-1").delete()
    assert not draft.targets.exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("threshold", "80", "请写上百分号"),
        ("threshold", "八成", "看不懂"),
        ("due_on", "2016-12-31", "早于成文日期"),
        ("due_on", "明年", "这样的日期"),
        ("wording", "", "请填写目标说明"),
        ("clause", "", "请选择条款"),
        ("judged_reading", "nobody", "请从列表里选择判定口径"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_what_to_do(
    scene: Scene, field: str, typed: str, told: str
) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    clause = add_target(draft, "draft-1").clause_id
    filled = TARGET | {"clause": clause, "region": scene.city.city.pk, "threshold": "80%"}
    way = f"/policies/{draft.slug}/targets/new/?indicator=GC17"
    answer = clerk.post(way, filled | {field: typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert draft.targets.count() == 1


@pytest.mark.parametrize(
    ("mode", "main", "support", "told"),
    [
        ("LEAD_SUPPORT", "", "", "请填写主责部门"),
        ("LEAD_SUPPORT", "没有的局", "", "没有部门叫“没有的局”"),
        ("LEAD_SUPPORT", "民政局、民政局", "", "写了两次"),
        ("EACH", "民政局", "", "至少两个部门"),
        ("EACH", "民政局、财政局", "老龄办", "没有配合部门"),
        ("SOLE", "民政局 财政局", "", "只写一个部门"),
        ("RESPONSIBLE_SUPPORT", "民政局", "", "请写明配合部门"),
        ("LEAD_SUPPORT", "民政局", "财政局\n老龄办", ""),
        ("EACH", "民政局，财政局", "", ""),
        ("SOLE", "民政局", "", ""),
    ],
)
def test_a_task_names_its_bureaus_as_its_mode_asks(
    scene: Scene, mode: str, main: str, support: str, told: str
) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    for code, name in (("a", "民政局"), ("b", "财政局"), ("c", "老龄办")):
        make_bureau(code, name)
    data = {"title": "任务", "printed_number": "1", "mode": mode, "main": main, "support": support}
    answer = clerk.post(f"/policies/{draft.slug}/tasks/new/", data)
    assert answer.status_code == (422 if told else 302), answer.content.decode()
    assert told in answer.content.decode()
    assert draft.tasks.count() == (0 if told else 1)


def test_sent_back_it_is_a_draft_again_with_the_reason(scene: Scene) -> None:
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    policy = enter(scene, clerk)
    way = f"/policies/{policy.slug}/"
    clerk.post(f"{way}submit/")
    assert clerk.get(f"{way}facts/").status_code == 404
    assert reviewer.post(f"{way}send-back/", {"reason": ""}).status_code == 422
    reviewer.post(f"{way}send-back/", {"reason": "目标值看错了"})
    assert "退回的原因：目标值看错了" in clerk.get(way).content.decode()
    target = policy.targets.get()
    filled = TARGET | {"clause": target.clause_id, "region": scene.city.city.pk}
    answer = clerk.post(f"{way}targets/{target.code}/", filled | {"threshold": "0.7"})
    assert answer.status_code == 302
    target.refresh_from_db()
    assert str(target.threshold) == "0.700000"


def test_a_draft_given_up_frees_its_number(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    first = enter(scene, clerk)
    again = FACTS | {"region": scene.city.city.pk}
    refused = clerk.post("/policies/new/", again)
    assert refused.status_code == 422
    assert "这个发文字号已经登记" in refused.content.decode()
    clerk.post(f"/policies/{first.slug}/discard/", {"reason": "重复录入"})
    assert clerk.post("/policies/new/", again).status_code == 302
    assert PolicyDocument.objects.filter(number=NUMBER).count() == 2


def test_an_empty_draft_is_not_submitted(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    page = clerk.post(f"/policies/{draft.slug}/submit/", follow=True).content.decode()
    assert "还没有条款" in page


def test_steps_lie_between_signing_and_due_day(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    draft = make_draft(scene.city.city, open_user(Role.CITY_HEALTH_CLERK))
    target = add_target(draft, "draft-1")
    way = f"/policies/{draft.slug}/targets/{target.code}/steps/"
    for day, number, status in (
        ("2017-02-28", "40%", 422),
        ("2018-01-01", "40%", 422),
        ("2017-12-31", "40", 422),
        ("2017-12-31", "60%", 302),
        ("2017-12-31", "50%", 422),
        ("2017-03-01", "40%", 302),
    ):
        assert clerk.post(way, {"step_on": day, "step": number}).status_code == status, day
    days = target.milestones.values_list("due_on", "threshold")
    assert [(str(day), str(number)) for day, number in days] == [
        ("2017-03-01", "0.400000"),
        ("2017-12-31", "0.600000"),
    ]
