"""The pages of change requests, the work they make, and what the other office is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.tests.factories import make_agreement
from institutions.actions import register_institution, report_beds
from institutions.models import ChangeRequest, Institution, InstitutionProfile, Region
from institutions.request_lists import fields_of, time_left
from institutions.tests.factories import LONG_AGO, make_elderly, make_health, make_licence
from targets.tests.factories import City, make_city
from targets.tests.page_scene import browse_as
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.lib.working_days import WorkCalendar
from yiyang.work import sources_for

CIVIL = Role.DISTRICT_CIVIL_AFFAIRS_CLERK
REVIEWER = Role.DISTRICT_HEALTH_REVIEWER
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def asking(hospital: Institution, **fields: Any) -> ChangeRequest:
    filled: dict[str, Any] = {
        "side": "health",
        "starts_on": timezone.localdate(),
        "changes": {"level": {"old": None, "new": 3}},
        "reason": "评审",
        "due_on": timezone.localdate() + timedelta(days=7),
        **fields,
    }
    if "made_by" not in filled:
        filled["made_by"] = open_user(CIVIL)
    return ChangeRequest.objects.create(institution=hospital, **filled)


def test_a_request_goes_from_the_form_to_the_register(city: City) -> None:
    hospital = make_health(city.east_street, name="东原医院", level=2)
    page = browse_as(CIVIL, city.east)
    form = page.get(f"/institutions/{hospital.pk}/request/").context["form"]
    assert "level" in form.fields
    assert "elderly_kind" not in form.fields
    asked = as_sent(form)
    asked |= {"level": "3", "reason": "评审文件"}
    answer = page.post(f"/institutions/{hospital.pk}/request/", asked, follow=True)
    assert "申请已交卫健校核" in answer.content.decode()
    request = ChangeRequest.objects.get()
    assert request.changes == {"level": {"old": 2, "new": 3}}
    checker = browse_as(REVIEWER, city.east)
    told = [(one.label, one.old, one.new) for one in detail(checker, request).context["changes"]]
    assert told == [("医院级别", "二级", "三级")]
    checker.post(f"/requests/{request.uid}/agree/", {"answer": "属实"})
    held = InstitutionProfile.objects.on(timezone.localdate()).get(institution=hospital)
    assert (held.level, held.name) == (3, "东原医院")
    assert "属实" in detail(page, request).content.decode()


def as_sent(form: Any) -> dict[str, Any]:
    """The form untouched, as a browser sends it."""
    filled = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in filled.items() if value}


def detail(client: Client, request: ChangeRequest) -> Any:
    return client.get(f"/requests/{request.uid}/")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"level": "2"}, "没有改动任何一项"),
        ({"reason": ""}, "请写明理由"),
        ({"starts_on": "2014-12-31"}, "这一天没有登记过"),
        ({"starts_on": "昨天"}, "请写成 2026-03-31 这样的日期"),
        ({"credit_code": "123"}, "统一社会信用代码"),
    ],
)
def test_a_form_filled_wrongly_says_what_to_do(
    city: City, changed: dict[str, str], message: str
) -> None:
    hospital = make_health(city.east_street, level=2)
    page = browse_as(CIVIL, city.east)
    form = page.get(f"/institutions/{hospital.pk}/request/").context["form"]
    asked = as_sent(form)
    asked |= {"level": "3", "reason": "评审文件", **changed}
    answer = page.post(f"/institutions/{hospital.pk}/request/", asked)
    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors)
    assert not ChangeRequest.objects.exists()


def test_of_a_hospital_with_beds_for_the_elderly_only_closing_and_identity_are_asked(
    city: City,
) -> None:
    both = make_health(city.east_street, elderly_kind="CARE_HOME")
    form = browse_as(CIVIL, city.east).get(f"/institutions/{both.pk}/request/").context["form"]
    assert [value for value, _ in form.fields["status"].choices] == ["OPERATING", "CLOSED"]
    assert "address" not in form.fields
    assert {"name", "credit_code", "category", "level"} <= set(form.fields)


def test_sending_back_without_a_reason_is_told_on_the_page(city: City) -> None:
    request = asking(make_health(city.east_street))
    checker = browse_as(REVIEWER, city.east)
    answer = checker.post(f"/requests/{request.uid}/return/", {"answer": " "})
    assert answer.status_code == 422
    assert "退回必须写明原因" in answer.content.decode()


def test_each_reviewer_checks_the_requests_of_its_own_district(city: City) -> None:
    for place in (city.east_street, city.east_street, city.west_street):
        asking(make_health(place))
    asking(make_elderly(city.east_street), side="civil_affairs")
    numbers = {
        (role, region.name): waiting(browse_as(role, region))
        for role, region in (
            (REVIEWER, city.east),
            (REVIEWER, city.west),
            (Role.CITY_HEALTH_REVIEWER, city.city),
            (CIVIL, city.east),
            (CIVIL, city.west),
            (Role.DISTRICT_HEALTH_CLERK, city.east),
        )
    }
    assert list(numbers.values()) == [2, 1, 3, 1, 0, 0]


def waiting(client: Client) -> int:
    """How many the list shows, after the work list said as many."""
    rows = client.get("/requests/?tab=check").context["page"].rows
    work = client.get("/").context["work"]
    lines = [line for section in work.sections for line in section.lines] + list(work.clear)
    told = {line.source.id: line.number for line in lines}
    assert told.get("requests-to-check", 0) == len(rows)
    return len(rows)


def test_ones_own_request_is_no_work_of_ones_own(city: City) -> None:
    client = browse_as(CIVIL, city.east)
    own = User.objects.get(pk=client.session["_auth_user_id"])
    asking(make_elderly(city.east_street), side="civil_affairs", made_by=own)
    assert waiting(client) == 0
    assert len(client.get("/requests/?tab=mine").context["page"].rows) == 1


def test_a_request_sent_back_comes_back_to_its_maker(city: City) -> None:
    client = browse_as(CIVIL, city.east)
    own = User.objects.get(pk=client.session["_auth_user_id"])
    request = asking(make_health(city.east_street), made_by=own)
    browse_as(REVIEWER, city.east).post(f"/requests/{request.uid}/return/", {"answer": "缺证书"})
    assert "缺证书" in client.get("/work/requests-returned/").content.decode()
    asking(request.institution, made_by=own)
    assert client.get("/work/requests-returned/").context["line"].number == 0


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 11, 24), "已超期 3 个工作日"),
        (date(2026, 11, 26), "已超期 1 个工作日"),
        (date(2026, 11, 27), "今天到期"),
        (date(2026, 11, 30), "还剩 1 个工作日"),
        (date(2026, 12, 4), "还剩 5 个工作日"),
    ],
)
def test_the_time_left_is_told_in_working_days(due_on: date, words: str) -> None:
    request = ChangeRequest(due_on=due_on, state="pending")
    assert time_left(request, FRIDAY, WorkCalendar()) == words


def test_a_closing_is_named_as_one_beside_other_changes() -> None:
    for status, words in (("CLOSED", "注销机构、医院级别"), ("SUSPENDED", "状态、医院级别")):
        changes = {"status": {"old": "OPERATING", "new": status}, "level": {"old": 2, "new": 3}}
        assert fields_of(ChangeRequest(changes=changes)) == words


def test_lists_cost_the_same_for_few_and_many(city: City) -> None:
    client = browse_as(Role.CITY_HEALTH_REVIEWER)
    asking(make_health(city.east_street))
    client.get("/requests/")
    few = [queries(client, way) for way in WAYS]
    for _ in range(10):
        asking(make_health(city.west_street))
    assert [queries(client, way) for way in WAYS] == few


WAYS = ("/requests/?tab=all", "/requests/?tab=check", "/requests/differences/?side=health")


def queries(client: Client, way: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(way).status_code == 200
    return len(captured)


# ── 差异清单 ──────────────────────────────────────────────────────────────────


def enter(role: Role, region: Region, name: str) -> Institution:
    user = open_user(role)
    register_institution(
        by=user,
        code=f"T-{name}",
        starts_on=LONG_AGO,
        name=f"机构{name}",
        region=region,
        status="OPERATING",
        elderly_kind="CARE_HOME",
    )
    return Institution.objects.get(code=f"T-{name}")


def test_each_office_is_told_what_the_other_wrote(city: City) -> None:
    home = enter(Role.CITY_CIVIL_AFFAIRS_CLERK, city.east_street, "E1")
    enter(Role.CITY_CIVIL_AFFAIRS_CLERK, city.west_street, "W1")
    enter(Role.CITY_HEALTH_CLERK, city.east_street, "E2")
    report_beds(
        by=open_user(CIVIL),
        institution=home,
        counted_on=LONG_AGO,
        register="CIVIL_AFFAIRS",
        basis="ACTUAL",
        total=50,
    )
    today = timezone.localdate()
    told = {
        role: differences(browse_as(role, city.east), today)
        for role in (Role.CITY_HEALTH_CLERK, Role.DISTRICT_HEALTH_CLERK, CIVIL)
    }
    assert told == {
        Role.CITY_HEALTH_CLERK: {"机构概况": 2, "床位数": 1},
        Role.DISTRICT_HEALTH_CLERK: {"机构概况": 1, "床位数": 1},
        CIVIL: {"机构概况": 1},
    }
    east = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert differences(east, today - timedelta(days=1)) == {}


def differences(client: Client, day: date) -> dict[str, int]:
    context = client.get(f"/requests/differences/?day={day}").context
    counted = {one.register: one.entries for one in context["counts"]}
    assert sum(counted.values()) == context["total"] == len(context["lines"])
    return counted


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "昨天"])
def test_a_day_that_cannot_be_asked_is_not_found(city: City, day: str) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    assert client.get("/requests/differences/", {"day": day}).status_code == 404


def test_the_institution_page_leads_to_the_form_where_there_is_reason(city: City) -> None:
    hospital = make_health(city.east_street)
    asked = {
        role: f"/institutions/{hospital.pk}/request/"
        in browse_as(role, city.east).get(f"/institutions/{hospital.pk}/").content.decode()
        for role in (CIVIL, Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER)
    }
    assert asked == {CIVIL: True, Role.CITY_HEALTH_CLERK: True, Role.CITY_HEALTH_REVIEWER: False}


@pytest.mark.django_db
def test_a_leader_has_no_work_of_requests() -> None:
    leader = known_actor(1, Role.LEADER, FRIDAY)
    assert not [one for one in sources_for(leader) if one.id.startswith("request")]


def test_the_checker_sees_first_what_agreeing_would_move(city: City) -> None:
    hospital = make_health(city.east_street)
    make_licence(hospital)
    asked = {"status": {"old": "OPERATING", "new": "SUSPENDED"}}
    request = asking(hospital, changes=asked)
    checker = browse_as(REVIEWER, city.east)
    page = detail(checker, request)
    assert page.context["effects"]
    InstitutionProfile.objects.filter(institution=hospital).update(status="PLANNED")
    assert "登记已变：状态" in detail(checker, request).context["obstacle"]
    request.refresh_from_db()
    assert request.state == "pending"


def test_the_edit_form_refuses_what_needs_the_other_sides_consent(city: City) -> None:
    both = make_health(city.east_street, name="东原医院", elderly_kind="CARE_HOME")
    page = browse_as(CIVIL, city.east)
    form = page.get(f"/institutions/{both.pk}/edit/").context["form"]
    sent = as_sent(form) | {"name": "西原医院", "reason": "更名"}
    answer = page.post(f"/institutions/{both.pk}/edit/", sent)
    assert answer.status_code == 422
    assert "名称须卫健同意才能改" in answer.content.decode()
    sent |= {"name": "东原医院", "address": "新址", "confirmed": "yes"}
    assert page.post(f"/institutions/{both.pk}/edit/", sent).status_code == 302


def test_agreeing_to_close_settles_the_agreements_with_it(city: City) -> None:
    both = make_health(city.east_street, elderly_kind="CARE_HOME")
    agreement = make_agreement(both, make_elderly(city.west_street))
    page = browse_as(CIVIL, city.east)
    today = timezone.localdate().isoformat()
    direct = {"status": "CLOSED", "on": today, "reason": "停办", "listed": []}
    answer = page.post(f"/institutions/{both.pk}/status/", direct)
    assert "注销须卫健同意" in answer.content.decode()
    request = asking(both, changes={"status": {"old": "OPERATING", "new": "CLOSED"}})
    checker = browse_as(REVIEWER, city.east)
    assert len(detail(checker, request).context["affected"]) == 1
    checker.post(f"/requests/{request.uid}/agree/", {"answer": ""})
    agreement.refresh_from_db()
    assert agreement.terminated_on == timezone.localdate()
    held = InstitutionProfile.objects.on(timezone.localdate()).get(institution=both)
    assert held.status == "CLOSED"
