"""A step that cannot be supposed is refused in one clear sentence, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.models import BedCount, GreenChannel, Institution, RegionGrant, Status
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.models import Comparator, Plan, PlanStatus, PlanStep, StepKind
from targets.plans.actions import add_step, draw_up_plan, remove_step
from targets.plans.steps import suppose
from targets.tests.factories import DAY, City
from targets.tests.page_scene import make_policy, make_target
from targets.tests.plan_scene import (
    Scene,
    a_plan,
    add_beds,
    agree,
    convert_beds,
    make_plan_scene,
    open_channel,
    renew,
    sign,
    step,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user

AFTER = date(2018, 1, 1)
NOBODY = PartnershipAgreement(pk=987_654_321)
TODAY = date(2018, 6, 1)


@pytest.fixture
def scene(city: City) -> Scene:
    return make_plan_scene(city)


def actor(user: User) -> Actor:
    return known_actor(user.pk, user.role, TODAY)


def beds(kind: StepKind, amount: str | None) -> Callable[[Scene], PlanStep]:
    return lambda scene: step(kind, scene.home, amount=amount)


def signed_already(scene: Scene) -> PlanStep:
    return step(StepKind.SIGN_AGREEMENT, make_agreement(make_health(scene.city.east), scene.home))


def draft(**fields: date) -> Callable[[Scene], PlanStep]:
    def build(scene: Scene) -> PlanStep:
        agreement = make_agreement(scene.hospital, scene.home, signed_on=None, **fields)
        return step(StepKind.SIGN_AGREEMENT, agreement)

    return build


def with_itself(scene: Scene) -> PlanStep:
    return step(StepKind.NEW_AGREEMENT, scene.hospital, scene.hospital)


def without_partner(scene: Scene) -> PlanStep:
    return step(StepKind.NEW_AGREEMENT, scene.hospital)


def turned_round(scene: Scene) -> PlanStep:
    return step(StepKind.NEW_AGREEMENT, scene.home, scene.hospital)


def nobody(kind: StepKind) -> Callable[[Scene], PlanStep]:
    return lambda scene: step(kind, NOBODY, scene.home, amount=1)


def again(scene: Scene) -> PlanStep:
    make_agreement(scene.hospital, scene.home)
    return agree(scene)


def opened_already(scene: Scene) -> PlanStep:
    make_channel(scene.hospital)
    return open_channel(scene)


def not_reported(scene: Scene) -> PlanStep:
    return step(StepKind.ADD_BEDS, make_elderly(scene.city.east), amount=10)


def reported_long_ago(scene: Scene) -> PlanStep:
    home = make_elderly(scene.city.east)
    make_beds(home, date(2017, 9, 29), 50)
    return step(StepKind.ADD_BEDS, home, amount=10)


def valid_licence(scene: Scene) -> PlanStep:
    return step(StepKind.RENEW_LICENCE, make_licence(make_health(scene.city.east), ends_on=DAY))


def later_licence(scene: Scene) -> PlanStep:
    return step(StepKind.RENEW_LICENCE, make_filing(make_elderly(scene.city.east), starts_on=AFTER))


def target(amount: str | None, **fields: object) -> Callable[[Scene], PlanStep]:
    def build(scene: Scene) -> PlanStep:
        asked = make_target(make_policy(scene.city.city), scene.city.city, "GC17", 1)
        for name, value in fields.items():
            setattr(asked, name, value)
        asked.save()
        return step(StepKind.CHANGE_TARGET, asked, amount=amount)

    return build


K = StepKind
REFUSED: list[tuple[Callable[[Scene], PlanStep], str]] = [
    (nobody(K.SIGN_AGREEMENT), "没有这份协议"),
    (signed_already, "不是草稿"),
    (draft(starts_on=AFTER), "才生效"),
    (draft(starts_on=LONG_AGO, expires_on=date(2017, 12, 30)), "已经到期"),
    (without_partner, "两家机构"),
    (with_itself, "不能是同一个机构"),
    (turned_round, "没有这家医疗卫生机构"),
    (nobody(K.NEW_AGREEMENT), "没有这家医疗卫生机构"),
    (again, "双方这段时间已有“签约合作”协议"),
    (nobody(K.OPEN_CHANNEL), "没有这家医疗卫生机构"),
    (opened_already, "四个环节都已开通"),
    (nobody(K.ADD_BEDS), "没有这家养老服务机构"),
    (not_reported, "没有一季度之内的床位报表"),
    (reported_long_ago, "没有一季度之内的床位报表"),
    (beds(K.ADD_BEDS, None), "床位数须为正整数"),
    (beds(K.ADD_BEDS, "0"), "床位数须为正整数"),
    (beds(K.ADD_BEDS, "-3"), "床位数须为正整数"),
    (beds(K.ADD_BEDS, "2.5"), "床位数须为正整数"),
    (beds(K.ADD_BEDS, "100000"), "最多填 99999"),
    (beds(K.CONVERT_BEDS, "71"), "普通床位 70 张，不够转 71 张"),
    (nobody(K.RENEW_LICENCE), "没有这份证照"),
    (valid_licence, "有效（至 2017-12-31），不必续期"),
    (later_licence, "还没有发放"),
    (nobody(K.CHANGE_TARGET), "没有这个目标"),
    (target("0.5", comparator=Comparator.NONE, threshold=None), "没有数字"),
    (target(None), "须大于 0"),
    (target("1.01"), "不能超过 100%"),
    (target("0.8"), "与现行目标值相同"),
]


@pytest.mark.parametrize(("build", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_supposed(
    scene: Scene, build: Callable[[Scene], PlanStep], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        suppose([build(scene)], DAY)
    assert len(refused.value.messages) == 1
    assert refused.value.messages[0].startswith("第 1 步“")
    assert said in refused.value.messages[0]


ACCEPTED: list[Callable[[Scene], PlanStep]] = [
    *(sign, agree, open_channel, add_beds, convert_beds, renew),
    draft(starts_on=DAY),
    draft(starts_on=LONG_AGO, expires_on=DAY),
    beds(K.CONVERT_BEDS, "70"),
    beds(K.ADD_BEDS, "1"),
    target("1"),
]


@pytest.mark.parametrize("build", ACCEPTED)
def test_what_can_just_be_supposed(scene: Scene, build: Callable[[Scene], PlanStep]) -> None:
    overlay = suppose([build(scene)], DAY)
    assert overlay.tables or overlay.targets


def test_a_step_builds_on_the_steps_before_it(scene: Scene) -> None:
    forty_more = step(K.ADD_BEDS, scene.home, amount=40)
    with pytest.raises(ValidationError, match="第 2 步“新签一份协议”"):
        suppose([sign(scene), agree(scene)], DAY)
    overlay = suppose([forty_more, step(K.CONVERT_BEDS, scene.home, amount=70)], DAY)
    latest = overlay.first(
        BedCount.objects.filter(institution=scene.home).order_by("-counted_on", "-id")
    )
    assert latest is not None
    assert (latest.total, latest.nursing) == (140, 130)


def test_a_part_channel_keeps_its_other_steps_and_its_last_day(scene: Scene) -> None:
    make_channel(scene.hospital, steps=["REGISTRATION", "LABORATORY"], ends_on=date(2018, 3, 1))
    overlay = suppose([open_channel(scene)], DAY)
    opened = overlay.first(GreenChannel.objects.on(DAY).filter(institution=scene.hospital))
    assert opened is not None
    assert set(opened.steps) >= {"LABORATORY", "DISPENSING"}
    assert (opened.starts_on, opened.ends_on) == (DAY, date(2018, 3, 1))


def test_a_refused_step_writes_nothing(scene: Scene) -> None:
    user = open_user(Role.CITY_HEALTH_CLERK)
    plan = a_plan(scene.city, author=user)
    for subject in (scene.home.pk, NOBODY.pk):
        with pytest.raises(ValidationError):
            add_step(by=actor(user), plan=plan, kind=K.OPEN_CHANNEL, subject_id=subject)
    assert not PlanStep.objects.exists()


def test_the_same_step_twice_is_refused(scene: Scene) -> None:
    user = open_user(Role.CITY_HEALTH_CLERK)
    plan = a_plan(scene.city, author=user)
    for amount in (10, 20):
        if amount == 20:
            with pytest.raises(ValidationError, match="方案里已有同一对象的这一步"):
                added(user, plan, scene.home, amount)
        else:
            added(user, plan, scene.home, amount)
    assert plan.steps.count() == 1


def added(user: User, plan: Plan, home: Institution, amount: int) -> PlanStep:
    return add_step(
        by=actor(user),
        plan=plan,
        kind=K.ADD_BEDS,
        subject_id=home.pk,
        amount=Decimal(amount),
    )


def test_only_the_author_changes_a_plan_and_only_while_it_is_a_draft(scene: Scene) -> None:
    user, other = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_CLERK)
    plan = a_plan(scene.city, author=user)
    first = added(user, plan, scene.home, 10)
    with pytest.raises(PermissionDenied):
        remove_step(by=actor(other), step=first)
    Plan.objects.update(status=PlanStatus.SAVED)
    with pytest.raises(ValidationError, match="方案已保存"):
        remove_step(by=actor(user), step=first)
    assert plan.steps.count() == 1


WRITERS = {
    Role.DISTRICT_HEALTH_CLERK,
    Role.DISTRICT_HEALTH_REVIEWER,
    Role.CITY_HEALTH_CLERK,
    Role.CITY_HEALTH_REVIEWER,
    Role.DISTRICT_CIVIL_AFFAIRS_CLERK,
    Role.CITY_CIVIL_AFFAIRS_CLERK,
    Role.CIVIL_AFFAIRS_CLIENT,
}


@pytest.mark.parametrize("role", Role)
def test_which_roles_draw_up_plans(city: City, role: Role) -> None:
    user = open_user(role)
    RegionGrant.objects.create(user=user, region=city.east, starts_on=LONG_AGO)
    if role in WRITERS:
        plan = draw_up_plan(by=actor(user), name="一", region=city.east, as_of=DAY)
        assert plan.author_id == user.pk
    else:
        with pytest.raises(PermissionDenied):
            draw_up_plan(by=actor(user), name="一", region=city.east, as_of=DAY)


def test_a_district_plans_for_itself_about_records_it_may_see(scene: Scene) -> None:
    city, user = scene.city, open_user(Role.DISTRICT_HEALTH_CLERK)
    RegionGrant.objects.create(user=user, region=city.east, starts_on=LONG_AGO)
    for elsewhere in (city.west, city.city):
        with pytest.raises(ValidationError, match="不在您的授权范围"):
            draw_up_plan(by=actor(user), name="一", region=elsewhere, as_of=DAY)
    plan = draw_up_plan(by=actor(user), name="一", region=city.east, as_of=DAY)
    hidden = make_health(city.west_community, status=Status.OPERATING)
    with pytest.raises(ValidationError, match="没有这个对象，或不在您的授权范围"):
        add_step(by=actor(user), plan=plan, kind=K.OPEN_CHANNEL, subject_id=hidden.pk)
    add_step(by=actor(user), plan=plan, kind=K.OPEN_CHANNEL, subject_id=scene.hospital.pk)
    assert plan.steps.count() == 1
