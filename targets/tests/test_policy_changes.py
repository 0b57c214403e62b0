"""After publication: a policy ends on a day, a row is confirmed, a target is corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from targets.models import (
    Confirmation,
    PolicyChange,
    PolicyDocument,
    RevisionState,
    Target,
    TargetRevision,
    ValidityStatus,
)
from targets.policies.deciding import SAME_PERSON
from targets.policies.validity import validity_on
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as
from targets.tests.policy_scene import add_target, make_published, make_revision
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import recorded

SIGNED, LAST_DUE = date(2017, 2, 9), date(2020, 12, 31)
FROM_DAY = date(2019, 7, 1)
R, S, F = ValidityStatus.REPEALED, ValidityStatus.SUPERSEDED, ValidityStatus.IN_FORCE
DAY = timedelta(days=1)


def user_of(browser: Client) -> User:
    user: User = User.objects.get(pk=browser.session["_auth_user_id"])
    return user


@pytest.mark.parametrize(
    ("status", "from_day", "day", "word"),
    [
        (F, None, SIGNED - DAY, "尚未印发"),
        (F, None, SIGNED, "有效"),
        (F, None, date(2099, 1, 1), "有效"),
        (R, None, LAST_DUE, "有效"),
        (R, None, LAST_DUE + DAY, "已失效"),
        (R, FROM_DAY, FROM_DAY - DAY, "有效"),
        (R, FROM_DAY, FROM_DAY, "已失效"),
        (S, FROM_DAY, FROM_DAY - DAY, "有效"),
        (S, FROM_DAY, FROM_DAY, "已被取代"),
        (R, FROM_DAY, SIGNED - DAY, "尚未印发"),
    ],
)
def test_what_holds_on_a_day_is_told_as_the_table_takes_it(
    scene: Scene, status: str, from_day: date | None, day: date, word: str
) -> None:
    PolicyDocument.objects.update(status=status, repealed_on=from_day)
    policy = PolicyDocument.objects.get()
    assert validity_on(policy, day).tone.word == word
    assert PolicyDocument.objects.in_force(day).exists() is policy.holds_on(day)


def end(browser: Client, slug: str, **typed: Any) -> Any:
    data = {"status": "REPEALED", "seen_on": "2026-01-01", "reason": "新文件写明废止", **typed}
    return browser.post(f"/policies/{slug}/end/", data, follow=True)


def test_a_policy_is_superseded_from_a_day_after_its_effect_was_shown(scene: Scene) -> None:
    clerk, leader = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.LEADER)
    later = make_published(scene.city.city, user_of(clerk))
    typed = {"status": "SUPERSEDED", "superseded_by": later.pk, "from_day": "2018-01-01"}
    asked = end(clerk, scene.policy.slug, **typed).content.decode()
    assert "自 2018-01-01 起，这些目标为历史目标" in asked
    assert "到期结果照原判定保留" in asked
    assert PolicyDocument.objects.get(pk=scene.policy.pk).status == R
    end(clerk, scene.policy.slug, **typed, agreed="on")
    change = PolicyChange.objects.get()
    assert PolicyDocument.objects.get(pk=scene.policy.pk).status == R
    way = f"/policies/changes/{change.pk}/"
    assert clerk.post(way, {"decision": "agree"}).status_code == 403
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert "自 2018-01-01 起，这些目标为历史目标" in reviewer.get(way).content.decode()
    assert reviewer.post(way, {"decision": "agree"}).status_code == 302
    page = leader.get(f"/policies/{scene.policy.slug}/").content.decode()
    assert "已被取代" in page
    assert later.number in page
    assert scene.policy.number in leader.get(f"/policies/{later.slug}/").content.decode()
    for day, tab in ((DUE_DAY, "current"), (LATER_DAY, "historical")):
        answer = leader.get(f"/targets/?as_of={day}&tab={tab}")
        assert scene.policy in [section.policy for section in answer.context["sections"]]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"status": "SUPERSEDED", "from_day": "2018-01-01"}, "请选择取代它的文件"),
        ({"status": "SUPERSEDED", "superseded_by": "later"}, "请写明自哪天起被取代"),
        ({"superseded_by": "later", "from_day": "2018-01-01"}, "只有已被取代的"),
        ({"from_day": "2017-02-09"}, "须晚于成文日期"),
        ({"seen_on": "2099-01-01"}, "还没有到"),
        ({"status": "IN_FORCE", "from_day": "2018-01-01"}, "请清空日期"),
        ({"reason": ""}, "请填写依据"),
    ],
)
def test_an_end_that_cannot_be_is_refused(scene: Scene, typed: dict[str, Any], told: str) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    later = make_published(scene.city.city, user_of(clerk))
    if "superseded_by" in typed:
        typed = typed | {"superseded_by": later.pk}
    answer = end(clerk, scene.policy.slug, **typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_an_unknown_day_needs_a_last_due_day(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    later = make_published(scene.city.city, user_of(clerk))
    assert "请写明日期" in end(clerk, later.slug).content.decode()
    told = end(clerk, scene.policy.slug).content.decode()
    assert "至 2020-12-31（最后一项目标的到期日）仍按有效判定" in told


def test_policies_do_not_supersede_each_other_in_a_circle(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    later = make_published(scene.city.city, user_of(clerk))
    PolicyDocument.objects.filter(pk=later.pk).update(
        status=S, superseded_by=scene.policy, repealed_on=FROM_DAY
    )
    typed = {"status": "SUPERSEDED", "superseded_by": later.pk, "from_day": "2020-01-01"}
    assert "绕成了圈" in end(clerk, scene.policy.slug, **typed).content.decode()


def test_a_confirmation_names_who_and_on_what_ground(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    Target.objects.update(confirmation=Confirmation.UNCONFIRMED)
    way = f"/policies/{scene.policy.slug}/confirm/"
    assert clerk.post(way, {"rows": [], "ground": "公报"}).status_code == 422
    assert clerk.post(way, {"rows": ["T1"], "ground": ""}).status_code == 422
    page = clerk.post(way, {"rows": ["T1"], "ground": "政府公报"}, follow=True).content.decode()
    assert "测试账号 " + timezone.localdate().isoformat() in page
    policy = PolicyDocument.objects.get(pk=scene.policy.pk)
    assert policy.confirmation == Confirmation.UNCONFIRMED
    clerk.post(way, {"rows": ["document"], "ground": "政府公报"})
    policy.refresh_from_db()
    assert policy.confirmation == Confirmation.CONFIRMED
    assert "都已核实" in clerk.get(way).content.decode()


def propose(browser: Client, target: Target, **typed: Any) -> Any:
    data = {
        "judged_reading": target.judged_reading,
        "threshold": "80%",
        "due_on": target.due_on or "",
        "wording": target.wording,
        "reason": "原件写的是六成",
        **typed,
    }
    return browser.post(f"/policies/{target.policy.slug}/targets/{target.code}/revise/", data)


def test_a_corrected_number_judges_every_day_and_is_footnoted(scene: Scene) -> None:
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    named = {"threshold": "60%", "wording": "绿色通道六成"}
    assert propose(clerk, scene.target, **named).status_code == 302
    revision = TargetRevision.objects.get()
    table = f"/targets/?as_of={DUE_DAY}"
    assert "未达标" in clerk.get(table).content.decode()
    way = f"/policies/revisions/{revision.pk}/"
    shown = reviewer.get(way)
    assert [(e.region.name, e.before.word, e.after.word) for e in shown.context["effects"]] == [
        ("测试市", "政策已失效，不再判定", "政策已失效，不再判定"),
        ("东区", "政策已失效，不再判定", "政策已失效，不再判定"),
        ("西区", "政策已失效，不再判定", "政策已失效，不再判定"),
    ]
    assert "审核意见" not in clerk.get(way).content.decode()
    assert clerk.post(way, {"decision": "agree"}).status_code == 403
    assert reviewer.post(way, {"decision": "agree"}).status_code == 302
    answer = browse_as(Role.LEADER).get(table)
    told = "目标值由“≥80%”改为“≥60%”、目标说明由“目标1”改为“绿色通道六成”，原因：原件写的是六成"
    assert told in answer.content.decode()
    row = answer.context["sections"][0].rows[0]
    assert [cell.entries[0].shown.word for cell in row.cells] == ["达标", "达标", "未达标"]
    assert reviewer.post(way, {"decision": "refuse", "answer": "晚了"}).status_code == 422


def test_a_changed_reading_judges_from_its_day_and_leaves_the_due_result(scene: Scene) -> None:
    """rules.md 2 and 5: the result of a due day keeps its word for ever."""
    clerk, reviewer = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    revision = make_revision(scene.target, clerk)
    decided_on = DUE_DAY + DAY
    with recorded(by=reviewer, reason="批准"):
        TargetRevision.objects.filter(pk=revision.pk).update(
            state=RevisionState.APPLIED, decided_by=reviewer, decided_on=decided_on
        )
        Target.objects.filter(pk=scene.target.pk).update(judged_reading="with_clinics")
    leader = browse_as(Role.LEADER)
    before = leader.get(f"/targets/?as_of={DUE_DAY}")
    rows = before.context["sections"][0].rows
    assert [(row.indicator.reading, row.is_judged) for row in rows] == [
        ("standard", True),
        ("with_clinics", False),
    ]
    assert "判定口径由" not in before.content.decode()
    after = leader.get(f"/targets/?as_of={LATER_DAY}&tab=historical")
    entries = {
        row.indicator.reading: [(e.is_due_result, e.line.is_judged) for e in row.cells[0].entries]
        for row in after.context["sections"][0].rows
    }
    assert entries == {
        "with_clinics": [(True, False), (False, True)],
        "standard": [(True, True), (False, False)],
    }
    assert "由“默认机构范围”改为“含诊所、村卫生室”" in after.content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "没有改动"),
        ({"threshold": "八成"}, "看不懂"),
        ({"due_on": "2016-01-01"}, "早于成文日期"),
        ({"judged_reading": "nobody"}, "请从列表里选择"),
        ({"threshold": "70%", "reason": ""}, "请填写更正的原因"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    scene: Scene, typed: dict[str, Any], told: str
) -> None:
    answer = propose(browse_as(Role.CITY_HEALTH_CLERK), scene.target, **typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not TargetRevision.objects.exists()


def test_one_correction_waits_at_a_time_and_its_proposer_does_not_decide(scene: Scene) -> None:
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert propose(reviewer, scene.target, threshold="70%").status_code == 302
    again = propose(reviewer, scene.target, threshold="75%")
    assert "已有一份更正待审核" in again.content.decode()
    revision = TargetRevision.objects.get()
    answer = reviewer.post(f"/policies/revisions/{revision.pk}/", {"decision": "agree"})
    assert SAME_PERSON in answer.content.decode()
    with (
        pytest.raises(IntegrityError, match="targets_revision_two_persons"),
        transaction.atomic(),
    ):
        TargetRevision.objects.update(
            state=RevisionState.APPLIED, decided_by=user_of(reviewer), decided_on=DUE_DAY
        )


def test_the_database_lets_nobody_change_a_judgement_alone(scene: Scene) -> None:
    reviewer = open_user(Role.CITY_HEALTH_REVIEWER)
    rows = Target.objects.filter(pk=scene.target.pk)
    for change in (
        {"judged_reading": "with_clinics"},
        {"threshold": Decimal("0.5")},
        {"due_on": LATER_DAY},
    ):
        with (
            pytest.raises(IntegrityError, match="须经另一人批准的更正"),
            recorded(by=reviewer, reason="悄悄改"),
        ):
            rows.update(**change)
    with recorded(by=reviewer, reason="说明"):
        rows.update(note="说明可以改")


def test_a_decision_is_final(scene: Scene) -> None:
    clerk, reviewer = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    revision = make_revision(
        scene.target,
        clerk,
        state=RevisionState.REFUSED,
        decided_by=reviewer,
        decided_on=DUE_DAY,
        answer="原文如此",
    )
    with pytest.raises(IntegrityError, match="已经审核"), transaction.atomic():
        TargetRevision.objects.filter(pk=revision.pk).update(answer="改口")


def test_a_refusal_says_why_and_changes_nothing(scene: Scene) -> None:
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    propose(clerk, scene.target, threshold="60%")
    way = f"/policies/revisions/{TargetRevision.objects.get().pk}/"
    assert reviewer.post(way, {"decision": "refuse"}).status_code == 422
    assert reviewer.post(way, {"decision": "refuse", "answer": "原文如此"}).status_code == 302
    assert str(Target.objects.get(pk=scene.target.pk).threshold) == "0.800000"
    assert "原文如此" in clerk.get(way).content.decode()


def test_the_page_asks_the_database_no_more_often_for_more_rows(scene: Scene) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    maker = open_user(Role.CITY_HEALTH_CLERK)
    policy = make_published(scene.city.city, maker)
    make_revision(add_target(policy, "later-1"), maker)
    ways = (f"/policies/{policy.slug}/", "/policies/", f"/policies/{policy.slug}/table/")
    few = [queries(clerk, way) for way in ways]
    for number in range(2, 12):
        target = add_target(policy, f"later-{number}")
        make_revision(target, maker)
        make_published(scene.city.city, maker, slug=f"p{number}", number=f"测〔2019〕{number}号")
    assert [queries(clerk, way) for way in ways] == few


def queries(browser: Client, way: str) -> int:
    browser.get(way)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(way).status_code == 200
    return len(captured)


def test_the_history_calls_a_reading_by_its_title(scene: Scene) -> None:
    maker = open_user(Role.CITY_HEALTH_CLERK)
    policy = make_published(scene.city.city, maker)
    with recorded(by=maker, reason="录入"):
        add_target(policy, "later-1")
    page = browse_as(Role.CITY_HEALTH_CLERK).get(f"/policies/{policy.slug}/")
    assert "判定口径：标准口径" in page.content.decode()
