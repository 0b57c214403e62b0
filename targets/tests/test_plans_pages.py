"""The pages of what-if plans: drawing up, adding steps, evaluating, saving, looking back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import PartnershipAgreement
from institutions.models import RegionGrant
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_channel,
    make_health,
    make_licence,
)
from targets.models import Plan, PlanFigure, PlanStatus, PlanStep, Target
from targets.plans.progress import step_lines
from targets.plans.promises import kept_figures, run_to_compare
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import make_policy, make_target, store_run
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
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user

BACKEND = "yiyang.access.backends.PasswordWithCodeBackend"
LIST, NEW = "/targets/plans/", "/targets/plans/new/"


@pytest.fixture
def scene(city: City) -> Scene:
    return make_plan_scene(city)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def clerk() -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


def page(plan: Plan, rest: str = "") -> str:
    return f"/targets/plans/{plan.pk}/{rest}"


def test_a_plan_is_drawn_up_and_shown(city: City) -> None:
    client = browser(clerk())
    answer = client.post(NEW, {"name": "年底冲刺", "region": city.east.pk, "as_of": "2027-12-31"})
    plan = Plan.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(plan))
    assert "年底冲刺" in client.get(page(plan)).content.decode()
    assert "年底冲刺" in client.get(LIST).content.decode()


WRONG = [
    ({"name": "", "as_of": "2027-12-31"}, "请填写方案名称"),
    ({"name": "一", "as_of": "明天"}, "请写成 2027-12-31 这样的日期"),
    ({"name": "一", "as_of": "2027-12-31", "region": "999999"}, "请从列表里选择区划"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_a_wrong_field_is_named_beside_it(city: City, fields: dict[str, str], said: str) -> None:
    answer = browser(clerk()).post(NEW, {"region": city.city.pk, **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Plan.objects.exists()


def test_every_kind_of_step_has_its_page_and_offers_records_by_name(scene: Scene) -> None:
    user = clerk()
    plan = a_plan(scene.city, author=user)
    client = browser(user)
    make_target(make_policy(scene.city.city), scene.city.city, "GC17", 1)
    offered = {
        "sign-agreement": scene.draft.pk,
        "new-agreement": scene.hospital.pk,
        "open-channel": scene.hospital.pk,
        "add-beds": scene.home.pk,
        "convert-beds": scene.home.pk,
        "renew-licence": scene.filing.pk,
        "change-target": Target.objects.get().pk,
    }
    for kind, pk in offered.items():
        found = client.get(page(plan, f"add/{kind}/")).content.decode()
        assert f'<option value="{pk}">' in found, kind
    name = scene.hospital.profiles.get().name
    narrowed = client.get(page(plan, "add/open-channel/"), {"q": name}).content.decode()
    assert narrowed.count("<option") == 2
    nothing = client.get(page(plan, "add/open-channel/"), {"q": "无此机构"}).content.decode()
    assert "没有符合的医疗卫生机构" in nothing
    assert client.get(page(plan, "add/close-down/")).status_code == 404


def test_a_step_is_added_and_removed(scene: Scene) -> None:
    user = clerk()
    plan = a_plan(scene.city, author=user)
    client = browser(user)
    client.post(page(plan, "add/add-beds/"), {"subject": scene.home.pk, "amount": "40"})
    step = plan.steps.get()
    name = scene.home.profiles.get().name
    assert f"{name}，40 张" in client.get(page(plan)).content.decode()
    client.post(page(plan, f"steps/{step.pk}/remove/"))
    assert not plan.steps.exists()
    assert client.post(page(plan, f"steps/{step.pk}/remove/")).status_code == 404


REFUSED = [
    ("convert-beds", {"amount": "71"}, "不够转 71 张"),
    ("add-beds", {"amount": "2.5"}, "床位数须为正整数"),
    ("add-beds", {"amount": "很多"}, "请填写数字"),
    ("add-beds", {"amount": "1", "subject": ""}, "请选择养老服务机构"),
    ("add-beds", {"amount": "1", "subject": "x"}, "请从列表里选择养老服务机构"),
    ("add-beds", {"amount": "1", "subject": "9" * 30}, "请从列表里选择养老服务机构"),
    ("add-beds", {"amount": "1", "subject": "987654321"}, "不在您的授权范围"),
]


@pytest.mark.parametrize(("kind", "fields", "said"), REFUSED)
def test_a_wrong_step_says_why(scene: Scene, kind: str, fields: dict[str, str], said: str) -> None:
    user = clerk()
    plan = a_plan(scene.city, author=user)
    answer = browser(user).post(
        page(plan, f"add/{kind}/"), {"subject": str(scene.home.pk), **fields}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PlanStep.objects.exists()


def test_a_share_is_typed_as_a_percentage(scene: Scene) -> None:
    user = clerk()
    plan = a_plan(scene.city, author=user)
    target = make_target(make_policy(scene.city.city), scene.city.city, "GC17", 1)
    client = browser(user)
    client.post(page(plan, "add/change-target/"), {"subject": target.pk, "amount": "65.5"})
    assert str(plan.steps.get().amount) == "0.655000"
    assert "改为 65.5%" in client.get(page(plan)).content.decode()


def test_another_persons_plan_may_be_read_but_not_changed(scene: Scene) -> None:
    plan = a_plan(scene.city, sign(scene))
    step = plan.steps.get()
    client = browser(clerk())
    answer = client.get(page(plan))
    assert answer.status_code == 200
    assert "保存方案" not in answer.content.decode()
    changes = ("add/add-beds/", "save/", f"steps/{step.pk}/remove/")
    assert [client.post(page(plan, one)).status_code for one in changes] == [403, 403, 403]
    assert plan.steps.count() == 1


# 角色 → 列表、新建
ROLES = [
    (Role.CITY_HEALTH_CLERK, 200, 200),
    (Role.CITY_CIVIL_AFFAIRS_CLERK, 200, 200),
    (Role.LEADER, 200, 403),
    (Role.BUREAU_LIAISON, 200, 403),
    (Role.INSTITUTION_REPORTER, 200, 403),
]


@pytest.mark.parametrize(("role", "listed", "drawn"), ROLES)
def test_who_meets_which_page(city: City, role: Role, listed: int, drawn: int) -> None:
    client = browser(open_user(role))
    assert client.get(LIST).status_code == listed
    assert client.get(NEW).status_code == drawn


def test_a_district_sees_its_own_plans_only(scene: Scene) -> None:
    theirs = a_plan(scene.city, sign(scene))
    user = open_user(Role.DISTRICT_CIVIL_AFFAIRS_CLERK)
    RegionGrant.objects.create(user=user, region=scene.city.east, starts_on=LONG_AGO)
    client = browser(user)
    assert client.get(page(theirs)).status_code == 404
    assert "还没有测算方案" in client.get(LIST).content.decode()
    Plan.objects.update(region=scene.city.east)
    assert client.get(page(theirs)).status_code == 200


def test_the_pages_ask_no_more_for_more_steps_and_plans(scene: Scene) -> None:
    user = clerk()
    kinds = (sign, agree, open_channel, add_beds, convert_beds, renew)
    short = a_plan(scene.city, *(kind(scene) for kind in kinds), author=user)
    long = a_plan(scene.city, *(kind(scene) for kind in kinds * 5), author=user)
    client = browser(user)
    client.get(page(short))
    asked = []
    for address in (page(short), page(long)):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_saved_plan_is_held_against_the_run_of_its_day(scene: Scene) -> None:
    user = clerk()
    plan = a_plan(scene.city, open_channel(scene), sign(scene), author=user)
    promise(plan, "GC17", (1, 2), (2, 2))
    promise(plan, "GC20", (1, 2), (1, 2))
    assert run_to_compare(plan) is None
    store_run(scene.city.city, date(2017, 12, 30))
    assert run_to_compare(plan) is None
    make_channel(scene.hospital, starts_on=date(2018, 1, 15))
    late = make_health(scene.city.west)
    make_licence(late, starts_on=date(2018, 1, 1))
    run = store_run(scene.city.city, date(2018, 1, 31))
    assert run_to_compare(plan) == run
    actor = known_actor(user.pk, user.role, date(2018, 2, 1))
    (kept,) = kept_figures(plan, run, actor)
    assert (kept.actual.numerator, kept.actual.denominator) == (2, 3) if kept.actual else False
    assert kept.is_reached is False
    said = browser(user).get(page(plan)).content.decode()
    assert "2018-01-31" in said
    assert "未达到设想" in said


def promise(plan: Plan, indicator: str, before: tuple[int, int], after: tuple[int, int]) -> None:
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SAVED)
    PlanFigure.objects.create(
        plan=plan,
        region=plan.region,
        indicator=indicator,
        reading="standard",
        numerator_before=before[0],
        denominator_before=before[1],
        numerator=after[0],
        denominator=after[1],
    )


def test_which_steps_came_true(scene: Scene) -> None:
    plan = a_plan(scene.city, sign(scene), open_channel(scene), renew(scene), agree(scene))
    assert [line.came_true for line in step_lines(plan, day=DAY)] == [False] * 4
    PartnershipAgreement.objects.filter(pk=scene.draft.pk).update(signed_on=date(2018, 1, 10))
    make_channel(scene.hospital, starts_on=date(2018, 1, 15))
    on_the_10th = step_lines(plan, day=date(2018, 1, 10))
    assert [line.came_true for line in on_the_10th] == [True, False, False, True]
    assert on_the_10th[0].outcome == "已于 2018-01-10 签订"
    on_the_15th = step_lines(plan, day=date(2018, 1, 15))
    assert [line.came_true for line in on_the_15th] == [True, True, False, True]


# 报表日 护理型 → 说法、是否实现（设想增 40 张，原有 20 张）
BEDS = [
    (date(2018, 2, 1), 20, "尚未实现", False),
    (date(2018, 2, 1), 45, "护理型床位已增 25 张，设想 40 张", False),
    (date(2018, 2, 1), 60, "护理型床位已增 40 张，设想 40 张", True),
]


@pytest.mark.parametrize(("counted_on", "nursing", "said", "came_true"), BEDS)
def test_how_many_of_the_beds_came(
    scene: Scene, counted_on: date, nursing: int, said: str, came_true: bool
) -> None:
    plan = a_plan(scene.city, add_beds(scene))
    make_beds(scene.home, counted_on, 140, nursing=nursing)
    (line,) = step_lines(plan, day=date(2018, 3, 1))
    assert (line.outcome, line.came_true) == (said, came_true)


@pytest.mark.django_db(transaction=True)
def test_evaluating_and_saving_on_the_page() -> None:
    scene = make_plan_scene(make_city())
    make_target(make_policy(scene.city.city), scene.city.city, "GC17", 1)
    user = clerk()
    plan = a_plan(scene.city, open_channel(scene), author=user)
    client = browser(user)
    said = client.get(page(plan), {"evaluate": "1"}).content.decode()
    assert all(
        words in said for words in ("现在", "50.00%", "设想", "100.00%", "达标", "还差 1 家")
    )
    assert client.post(page(plan, "save/")).status_code == 302
    assert Plan.objects.get().status == PlanStatus.SAVED
    assert "到时在这里对照" in client.get(page(plan)).content.decode()
    refused = client.post(page(plan, "save/"))
    assert (refused.status_code, "方案已保存" in refused.content.decode()) == (422, True)
    assert client.post(page(plan, "add/add-beds/"), {}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_step_the_registers_have_overtaken_is_named() -> None:
    scene = make_plan_scene(make_city())
    user = clerk()
    plan = a_plan(scene.city, sign(scene), author=user)
    PartnershipAgreement.objects.filter(pk=scene.draft.pk).update(signed_on=DAY)
    client = browser(user)
    for answer in (client.get(page(plan), {"evaluate": "1"}), client.post(page(plan, "save/"))):
        assert answer.status_code == 422
        assert "第 1 步“签订草拟的协议”：" in answer.content.decode()
    assert not PlanFigure.objects.exists()
