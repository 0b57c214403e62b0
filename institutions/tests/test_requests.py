"""One office asks, the other answers: who may, when it is refused, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from institutions.actions import register_institution
from institutions.actions_facts import change_institution, void_profile
from institutions.consent import held_by
from institutions.models import (
    ChangeRequest,
    Institution,
    InstitutionProfile,
    Region,
    RegionGrant,
    RegionLevel,
    RequestState,
)
from institutions.requests import (
    agree,
    answer_of,
    may_answer,
    request_change,
    send_back,
    withdraw,
)
from institutions.tests.factories import (
    LONG_AGO,
    make_elderly,
    make_health,
    make_profile,
    make_region,
)
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import ChangeEntry
from yiyang.dated import Written

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)
FROM = date(2026, 12, 1)
HEALTH, CIVIL = Role.DISTRICT_HEALTH_CLERK, Role.DISTRICT_CIVIL_AFFAIRS_CLERK
REVIEWER = Role.DISTRICT_HEALTH_REVIEWER


@pytest.fixture
def district() -> Region:
    return make_region("东区", RegionLevel.DISTRICT)


def acting(role: Role, district: Region) -> Actor:
    user = open_user(role)
    RegionGrant.objects.create(user=user, region=district, starts_on=LONG_AGO)
    return known_actor(user.pk, role, DAY)


def dual(district: Region) -> Institution:
    return make_profile(district, category="A100", elderly_kind="CARE_HOME").institution


def ask(by: Actor, institution: Institution, **wanted: Any) -> ChangeRequest:
    (request,) = request_change(
        by=by, institution=institution, starts_on=FROM, wanted=wanted, reason="实地核对"
    )
    return request


def held(institution: Institution, day: date, name: str) -> Any:
    return getattr(InstitutionProfile.objects.on(day).get(institution=institution), name)


@pytest.mark.parametrize(
    ("kind", "role", "wanted", "asked"),
    [
        # 对方登记的，要申请
        ("health", CIVIL, {"level": 3}, "health"),
        ("health", CIVIL, {"name": "新名"}, "health"),
        ("elderly", HEALTH, {"elderly_grade": 3}, "civil_affairs"),
        ("elderly", HEALTH, {"status": "SUSPENDED"}, "civil_affairs"),
        ("dual", CIVIL, {"departments": ["GERIATRICS"]}, "health"),
        # 两方都登记的机构：身份与注销须对方同意，其余自己改
        ("dual", HEALTH, {"name": "新名"}, "civil_affairs"),
        ("dual", CIVIL, {"status": "CLOSED"}, "health"),
        ("dual", HEALTH, {"status": "SUSPENDED"}, None),
        ("dual", CIVIL, {"address": "新址"}, None),
        # 自己登记的，直接改
        ("health", HEALTH, {"name": "新名"}, None),
        ("health", HEALTH, {"status": "CLOSED"}, None),
        ("elderly", CIVIL, {"credit_code": "X"}, None),
    ],
)
def test_who_must_agree(
    district: Region, kind: str, role: Role, wanted: dict[str, Any], asked: str | None
) -> None:
    makers: dict[str, Callable[[Region], Institution]] = {
        "health": make_health,
        "elderly": make_elderly,
        "dual": dual,
    }
    institution = makers[kind](district)
    actor = acting(role, district)
    if asked is None:
        with pytest.raises(ValidationError, match="不用申请，请直接修改"):
            ask(actor, institution, **wanted)
    else:
        assert ask(actor, institution, **wanted).side == asked


def test_agreement_applies_from_the_day_with_history(district: Region) -> None:
    hospital = make_health(district, level=2)
    request = ask(acting(CIVIL, district), hospital, level=3, name="东区医院")
    checker = acting(REVIEWER, district)
    agree(by=checker, request=request, answer="属实")
    assert (held(hospital, date(2026, 11, 30), "level"), held(hospital, FROM, "level")) == (2, 3)
    assert held(hospital, FROM, "pinyin") == "dqyy"
    told = answer_of(request.uid, actor=checker)
    assert told is not None
    assert (told.state, told.answer, told.due_on) == ("agreed", "属实", date(2026, 12, 1))
    entry = ChangeEntry.objects.filter(change__table_name="institutions_institutionprofile").latest(
        "pk"
    )
    assert entry.change.actor_id == checker.user_id
    assert entry.change.reason == f"修改申请 {request.pk}：实地核对"


def test_a_request_that_no_longer_fits_the_register_is_refused(district: Region) -> None:
    hospital = make_health(district, level=2)
    request = ask(acting(CIVIL, district), hospital, level=3)
    InstitutionProfile.objects.filter(institution=hospital).update(level=1)
    with pytest.raises(ValidationError, match="提出申请以后登记已变：医院级别"):
        agree(by=acting(REVIEWER, district), request=request)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING
    assert held(hospital, FROM, "level") == 1


def test_a_change_elsewhere_in_the_profile_is_kept(district: Region) -> None:
    hospital = make_health(district, level=2)
    request = ask(acting(CIVIL, district), hospital, level=3)
    InstitutionProfile.objects.filter(institution=hospital).update(address="新址")
    agree(by=acting(REVIEWER, district), request=request)
    assert (held(hospital, FROM, "level"), held(hospital, FROM, "address")) == (3, "新址")


def test_an_agreement_that_cannot_be_made_leaves_the_request_open(district: Region) -> None:
    hospital = make_health(district)
    request = ask(acting(CIVIL, district), hospital, category="")
    with pytest.raises(ValidationError, match="至少一项"):
        agree(by=acting(REVIEWER, district), request=request)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING


@pytest.mark.parametrize(
    ("maker", "wanted", "checker", "answers"),
    [
        (CIVIL, {"level": 3}, REVIEWER, True),
        (CIVIL, {"level": 3}, Role.CITY_HEALTH_REVIEWER, True),
        (CIVIL, {"level": 3}, HEALTH, False),
        (CIVIL, {"level": 3}, Role.CITY_CIVIL_AFFAIRS_CLERK, False),
        (CIVIL, {"level": 3}, Role.LEADER, False),
        (HEALTH, {"elderly_grade": 3}, CIVIL, True),
        (HEALTH, {"elderly_grade": 3}, Role.CITY_CIVIL_AFFAIRS_CLERK, True),
        (HEALTH, {"elderly_grade": 3}, Role.CITY_HEALTH_REVIEWER, False),
    ],
)
def test_who_answers(
    district: Region, maker: Role, wanted: dict[str, Any], checker: Role, answers: bool
) -> None:
    request = ask(acting(maker, district), dual(district), **wanted)
    actor = acting(checker, district)
    assert may_answer(actor, request) is answers
    if answers:
        agree(by=actor, request=request)
        return
    with pytest.raises(PermissionDenied):
        agree(by=actor, request=request)
    with pytest.raises(PermissionDenied):
        send_back(by=actor, request=request, answer="不同意")


def test_nobody_answers_their_own_request_not_even_past_the_action(district: Region) -> None:
    actor = acting(CIVIL, district)
    own = ask(acting(HEALTH, district), make_elderly(district), elderly_grade=3)
    mine = ChangeRequest.objects.create(
        institution=make_elderly(district),
        side="civil_affairs",
        starts_on=FROM,
        changes={"elderly_grade": {"old": None, "new": 3}},
        reason="自提",
        made_by_id=actor.user_id or 0,
        due_on=FROM,
    )
    with pytest.raises(ValidationError, match="提出人不能校核自己的申请"):
        agree(by=actor, request=mine)
    answered = "UPDATE institutions_changerequest SET state = 'agreed', answered_at = now(),"
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        run(f"{answered} answered_by_id = made_by_id WHERE id = {own.pk}")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("changes = '{}'", "申请提出后不能改动"),
        ("reason = '另一个'", "申请提出后不能改动"),
        ("due_on = '2030-01-01'", "申请提出后不能改动"),
        ("state = 'returned', answered_at = now()", "answer_has_a_person"),
        ("state = 'agreed'", "answer_has_a_person"),
    ],
)
def test_the_database_keeps_what_was_asked(district: Region, change: str, refusal: str) -> None:
    request = ask(acting(CIVIL, district), make_health(district), level=3)
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        run(f"UPDATE institutions_changerequest SET {change} WHERE id = {request.pk}")


def test_an_answer_is_final(district: Region) -> None:
    request = ask(acting(CIVIL, district), make_health(district), level=3)
    checker = acting(REVIEWER, district)
    send_back(by=checker, request=request, answer="请附等级证书")
    for again in (agree, send_back):
        with pytest.raises(ValidationError, match="已经答复或撤回"):
            again(by=checker, request=request, answer="再办")
    with pytest.raises(IntegrityError, match="已经答复或撤回"), transaction.atomic():
        run(f"UPDATE institutions_changerequest SET answer = '' WHERE id = {request.pk}")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("answer", ["", "  ", "长" * 201])
def test_sending_back_says_why(district: Region, answer: str) -> None:
    request = ask(acting(CIVIL, district), make_health(district), level=3)
    with pytest.raises(ValidationError):
        send_back(by=acting(REVIEWER, district), request=request, answer=answer)


def test_only_the_maker_withdraws(district: Region) -> None:
    maker = acting(CIVIL, district)
    hospital = make_health(district)
    request = ask(maker, hospital, level=3)
    with pytest.raises(PermissionDenied):
        withdraw(by=acting(CIVIL, district), request=request)
    with pytest.raises(ValidationError, match="已有一份申请"):
        ask(maker, hospital, grade="A")
    withdraw(by=maker, request=request)
    assert ask(maker, hospital, grade="A").state == RequestState.PENDING


def test_a_reporter_asks_each_side_for_what_it_keeps(district: Region) -> None:
    user = open_user(Role.INSTITUTION_REPORTER)
    reporter = known_actor(user.pk, Role.INSTITUTION_REPORTER, DAY)
    requests = request_change(
        by=reporter,
        institution=dual(district),
        starts_on=FROM,
        wanted={"level": 3, "elderly_grade": 4},
        reason="等级评定",
    )
    assert {one.side: list(one.changes) for one in requests} == {
        "health": ["level"],
        "civil_affairs": ["elderly_grade"],
    }


@pytest.mark.parametrize(
    ("role", "wanted", "refusal"),
    [
        (CIVIL, {}, "没有改动任何一项"),
        (CIVIL, {"departments": ["HOSPICE", "GERIATRICS"]}, "没有改动任何一项"),
    ],
)
def test_what_is_no_request(
    district: Region, role: Role, wanted: dict[str, Any], refusal: str
) -> None:
    hospital = make_health(district, departments=["GERIATRICS", "HOSPICE"])
    with pytest.raises(ValidationError, match=refusal):
        ask(acting(role, district), hospital, **wanted)
    with pytest.raises(PermissionDenied):
        ask(acting(Role.LEADER, district), hospital, level=3)


def test_a_day_without_a_profile_is_refused(district: Region) -> None:
    later = make_health(district, starts_on=date(2027, 1, 1))
    with pytest.raises(ValidationError, match="这一天没有登记过"):
        ask(acting(CIVIL, district), later, level=3)


@pytest.mark.parametrize(
    ("kind", "role", "wanted", "refused"),
    [
        ("health", CIVIL, {"level": 3}, "医院级别须卫健同意"),
        ("elderly", HEALTH, {"elderly_grade": 3}, "养老机构等级须民政同意"),
        ("dual", HEALTH, {"credit_code": "X"}, "统一社会信用代码须民政同意"),
        ("dual", HEALTH, {"status": "CLOSED"}, "状态须民政同意"),
        ("dual", HEALTH, {"level": 3}, ""),
        ("health", HEALTH, {"name": "新名"}, ""),
    ],
)
def test_a_sheet_or_a_form_cannot_go_past_the_request(
    district: Region, kind: str, role: Role, wanted: dict[str, Any], refused: str
) -> None:
    makers = {"health": make_health, "elderly": make_elderly, "dual": dual}
    institution: Institution = makers[kind](district)  # type: ignore[operator]
    now = InstitutionProfile.objects.get(institution=institution)
    fields = ("name", "region", "status", "category", "elderly_kind")
    row = {name: getattr(now, name) for name in fields} | wanted
    write = partial(
        register_institution,
        by=acting(role, district),
        code=institution.code,
        starts_on=FROM,
        **row,
    )
    if refused:
        with pytest.raises(ValidationError, match=refused):
            write()
    else:
        assert write() == Written.CHANGED


def test_taking_back_the_other_sides_change_needs_its_consent_too(district: Region) -> None:
    institution = dual(district)
    civil, health = acting(CIVIL, district), acting(HEALTH, district)
    now = InstitutionProfile.objects.get(institution=institution)
    change_institution(
        by=civil,
        institution=institution,
        starts_on=FROM,
        reason="评定",
        profile={**held_by(now), "region": now.region, "host": None, "elderly_grade": 3},
    )
    later = InstitutionProfile.objects.get(institution=institution, starts_on=FROM)
    with pytest.raises(ValidationError, match="养老机构等级须民政同意"):
        void_profile(by=health, profile=later, reason="不该改")
    void_profile(by=civil, profile=later, reason="录错")
    assert held(institution, FROM, "elderly_grade") is None
