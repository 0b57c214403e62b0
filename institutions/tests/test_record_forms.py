"""Entering, correcting, ending and taking back what a record holds, through its forms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from institutions.models import (
    GreenChannel,
    Institution,
    InstitutionGrant,
    InstitutionProfile,
    Licence,
    Note,
    Population,
    Region,
    RegionGrant,
    RegionLevel,
    StaffCount,
)
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_care,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
    make_profile,
    make_region,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change

CLERK, CIVIL = Role.CITY_HEALTH_CLERK, Role.CITY_CIVIL_AFFAIRS_CLERK
REPORTER = Role.INSTITUTION_REPORTER


@pytest.fixture
def street(db: None) -> Region:
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    east = make_region("东区", RegionLevel.DISTRICT, city)
    make_region("西区", RegionLevel.DISTRICT, city)
    return make_region("东街道", RegionLevel.STREET, east)


def browse_as(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="yiyang.access.backends.PasswordWithCodeBackend")
    return client


def browser(role: Role, *institutions: Institution) -> Client:
    user = open_user(role)
    for institution in institutions:
        InstitutionGrant.objects.create(user=user, institution=institution, starts_on=LONG_AGO)
    return browse_as(user)


def way_of(institution: Institution, *rest: object) -> str:
    return "/".join(["/institutions", str(institution.pk), *(str(one) for one in rest), ""])


def post_fact(role: Role, institution: Institution, kind: str, data: dict[str, Any]) -> Any:
    return browser(role, *([institution] if role is REPORTER else [])).post(
        way_of(institution, "facts", kind, "new"), data
    )


LICENCE = {"kind": "MEDICAL_LICENCE", "number": "证 1", "starts_on": "2016-01-01"}
FILING = {"kind": "ELDERLY_FILING", "number": "备 1", "starts_on": "2016-01-01"}
STEPS = ["REGISTRATION", "CONSULTATION", "PAYMENT", "DISPENSING"]
CHANNEL = {"steps": STEPS, "starts_on": "2016-01-01"}
SERVICE = {"form": "MEDICAL_ROUND", "gives_medical": "on", "starts_on": "2016-01-01"}
DESIGNATION = {"scheme": "BASIC", "starts_on": "2016-01-01"}
CONTACT = {"name": "钱主任", "phone": "15400005678", "starts_on": "2016-01-01"}
BEDS = {"register": "HEALTH", "basis": "ACTUAL", "counted_on": "2016-12-31", "total": "20"} | (
    dict.fromkeys(
        ("nursing", "rehabilitation", "hospice", "day_care", "in_both", "in_both_care"), "0"
    )
)
CIVIL_BEDS = BEDS | {"register": "CIVIL_AFFAIRS"}
OCCUPANCY = {"counted_on": "2016-12-31", "occupants": "9"} | dict.fromkeys(
    ("dependent", "partly_dependent", "aged_80_plus"), "1"
)
STAFF = {"counted_on": "2016-12-31"} | dict.fromkeys(
    ("physicians", "nurses", "care_workers", "rehabilitation_staff", "multi_site_physicians"), "1"
)
NOTE = {"text": "看过"}


@pytest.mark.parametrize(
    ("kind", "data", "writers"),
    [
        ("licence", LICENCE, {CLERK}),
        ("licence", FILING | {"full_time_beds": "30"}, {CIVIL}),
        ("channel", CHANNEL, {CLERK}),
        ("service", SERVICE, {CLERK, CIVIL}),
        ("designation", DESIGNATION, {CLERK, CIVIL}),
        ("contact", CONTACT, {CLERK, CIVIL}),
        ("beds", BEDS, {CLERK, REPORTER}),
        ("beds", CIVIL_BEDS, {CIVIL, REPORTER}),
        ("occupancy", OCCUPANCY, {CIVIL, REPORTER}),
        ("staff", STAFF, {CLERK, REPORTER}),
        ("note", NOTE, {CLERK, CIVIL}),
    ],
)
def test_who_may_enter_what(
    street: Region, kind: str, data: dict[str, Any], writers: set[Role]
) -> None:
    for role in (CLERK, CIVIL, REPORTER):
        answer = post_fact(role, make_elderly(street), kind, data)
        assert (answer.status_code == 302) == (role in writers), role
        assert Change.objects.filter(actor__role=role).exists() == (role in writers), role


def test_a_reporter_reports_for_its_own_institution_only(street: Region) -> None:
    own, other = make_elderly(street), make_elderly(street)
    client = browser(REPORTER, own)
    assert client.post(way_of(own, "facts", "staff", "new"), STAFF).status_code == 302
    assert client.post(way_of(other, "facts", "staff", "new"), STAFF).status_code == 404


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        ("licence", {**LICENCE, "number": ""}, "请填写证照编号"),
        ("licence", {**LICENCE, "ends_on": "2015-01-01"}, "截止日期不能早于起始日期"),
        ("licence", {**LICENCE, "starts_on": "2016/13/01"}, "2026-03-31"),
        ("licence", {**LICENCE, "starts_on": "0001-01-01"}, "年份应在"),
        ("channel", {"starts_on": "2016-01-01"}, "请勾选覆盖环节"),
        ("service", {"form": "MEDICAL_ROUND", "starts_on": "2016-01-01"}, "至少一项"),
        ("contact", {**CONTACT, "phone": "123"}, "11 位手机号"),
        ("beds", {**BEDS, "total": "-1"}, "0"),
        ("beds", {**BEDS, "total": "9" * 12}, "2147483647"),
        ("beds", {**BEDS, "counted_on": "2190-01-01"}, "不能晚于今天"),
        ("note", {"text": " "}, "请填写内容"),
    ],
)
def test_a_bad_form_says_beside_the_field_what_to_do(
    street: Region, kind: str, data: dict[str, Any], told: str
) -> None:
    answer = post_fact(CLERK, make_health(street), kind, data)
    assert answer.status_code == 422
    assert told in answer.content.decode()


@pytest.mark.parametrize(
    ("counted_on", "occupants", "told"),
    [("2016-12-30", "9", "当月最后一天"), ("2016-12-31", "1", "不能多于在住总数")],
)
def test_a_month_end_report_is_checked(
    street: Region, counted_on: str, occupants: str, told: str
) -> None:
    data = OCCUPANCY | {"counted_on": counted_on, "occupants": occupants}
    answer = post_fact(CIVIL, make_elderly(street), "occupancy", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_second_licence_of_the_kind_is_refused_in_words(street: Region) -> None:
    hospital = make_health(street)
    make_licence(hospital)
    answer = post_fact(CLERK, hospital, "licence", LICENCE)
    assert answer.status_code == 422
    assert "请先截止原证照" in answer.content.decode()


def test_a_new_channel_ends_the_one_before(street: Region) -> None:
    hospital = make_health(street)
    make_channel(hospital, steps=["REGISTRATION"])
    assert post_fact(CLERK, hospital, "channel", CHANNEL).status_code == 302
    held = GreenChannel.objects.kept().order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(held) == [(LONG_AGO, date(2015, 12, 31)), (date(2016, 1, 1), None)]


def test_a_correction_voids_the_mistake_and_keeps_the_rest(street: Region) -> None:
    hospital = make_health(street)
    wrong = make_licence(hospital, number="错号", issued_by="市卫健委")
    client = browser(CLERK)
    data = {**LICENCE, "number": "对号", "issued_by": "市卫健委", "starts_on": "2015-01-01"}
    way = way_of(hospital, "facts", "licence", wrong.pk, "correct")
    assert client.post(way, data).status_code == 422
    assert client.post(way, data | {"reason": "抄错"}).status_code == 302
    wrong.refresh_from_db()
    assert (wrong.void_reason, Licence.objects.kept().get().number) == ("更正：抄错", "对号")
    assert client.post(way, data | {"reason": "再来"}).status_code == 404


def test_an_end_closes_a_fact_on_its_last_day(street: Region) -> None:
    hospital = make_health(street)
    licence = make_licence(hospital)
    way = way_of(hospital, "facts", "licence", licence.pk, "end")
    client = browser(CLERK)
    early = client.post(way, {"ends_on": "2014-12-31", "reason": "停办"})
    assert early.status_code == 422
    assert "不能早于起始日期" in early.content.decode()
    assert client.post(way, {"ends_on": "2020-06-30", "reason": "停办"}).status_code == 302
    licence.refresh_from_db()
    assert licence.ends_on == date(2020, 6, 30)


def test_a_void_is_confirmed_with_a_reason_and_stays_in_the_history(street: Region) -> None:
    hospital = make_health(street)
    licence = make_licence(hospital, number="错录一号")
    client, way = browser(CLERK), way_of(hospital, "facts", "licence", licence.pk, "void")
    page = client.get(way).content.decode()
    assert "错录一号" in page
    assert "请照原样重新登记" in page
    assert client.post(way, {"reason": " "}).status_code == 422
    assert client.post(way, {"reason": "录到别家"}).status_code == 302
    assert not Licence.objects.kept().exists()
    history = client.get(way_of(hospital, "history")).content.decode()
    assert "录到别家" in history


def test_a_filing_is_not_the_health_clerks_to_correct(street: Region) -> None:
    home = make_elderly(street)
    filing = make_filing(home)
    for verb in ("correct", "end", "void"):
        way = way_of(home, "facts", "licence", filing.pk, verb)
        assert browser(CLERK).get(way).status_code == 403
        assert browser(CIVIL).get(way).status_code == 200


def test_a_note_is_signed_and_only_taken_back(street: Region) -> None:
    hospital = make_health(street)
    user = open_user(CLERK)
    client = browse_as(user)
    client.post(way_of(hospital, "facts", "note", "new"), {"text": "院长已换，待核"})
    note = Note.objects.get()
    assert (note.author, note.text) == (user, "院长已换，待核")
    page = client.get(way_of(hospital)).content.decode()
    assert "院长已换，待核" in page
    assert client.get(way_of(hospital, "facts", "note", note.pk, "correct")).status_code == 404
    client.post(way_of(hospital, "facts", "note", note.pk, "void"), {"reason": "写错"})
    assert not Note.objects.kept().exists()


# ── 概况 ──────────────────────────────────────────────────────────────────────


def profile_data(street: Region, **changed: str) -> dict[str, Any]:
    return {
        "starts_on": "2016-07-01",
        "name": "示例医院",
        "status": "OPERATING",
        "region": street.code,
        "category": "A100",
        **changed,
    }


def test_a_new_institution_is_entered_with_its_pinyin(street: Region) -> None:
    client = browser(CLERK)
    data = profile_data(street, code="SL-1")
    assert client.post("/institutions/new/", data).status_code == 302
    profile = InstitutionProfile.objects.get()
    assert (profile.name, profile.pinyin, profile.region) == ("示例医院", "slyy", street)
    again = client.post("/institutions/new/", data)
    assert again.status_code == 422
    assert "已有登记" in again.content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"category": ""}, "卫生机构类别或养老服务机构类型"),
        ({"credit_code": "12345"}, "18 位"),
        ({"region": "999999999999"}, "请从查找结果里选"),
        ({"code": "中文"}, "数字、字母"),
        ({"host": "无此单位"}, "请从查找结果里选"),
    ],
)
def test_a_wrong_institution_is_refused(street: Region, changed: dict[str, str], told: str) -> None:
    data = profile_data(street, code="SL-1") | changed
    answer = browser(CLERK).post("/institutions/new/", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Institution.objects.exists()


def test_each_office_enters_its_own_side(street: Region) -> None:
    """The health clerk cannot set an elderly kind, nor civil affairs a category."""
    both = profile_data(street, code="SL-1", elderly_kind="CARE_HOME")
    assert browser(CLERK).post("/institutions/new/", both).status_code == 302
    assert InstitutionProfile.objects.get().elderly_kind == ""
    other = browser(CIVIL).post("/institutions/new/", profile_data(street, code="SL-2"))
    assert other.status_code == 422


def test_a_district_clerk_enters_in_the_own_district_only(street: Region) -> None:
    user = open_user(Role.DISTRICT_CIVIL_AFFAIRS_CLERK)
    west = Region.objects.get(name="西区")
    RegionGrant.objects.create(user=user, region=west, starts_on=LONG_AGO)
    data = profile_data(street, code="SL-1", category="", elderly_kind="CARE_HOME")
    assert browse_as(user).post("/institutions/new/", data).status_code == 422
    data["region"] = west.code
    assert browse_as(user).post("/institutions/new/", data).status_code == 302


def test_what_moves_indicators_needs_a_reason_and_a_second_press(street: Region) -> None:
    hospital = make_health(street, name="示例医院")
    client, way = browser(CLERK), way_of(hospital, "edit")
    data = profile_data(street, status="SUSPENDED")
    silent = client.post(way, data)
    assert silent.status_code == 422
    assert "改动了状态" in silent.content.decode()
    data["reason"] = "停业公告"
    shown = client.post(way, data)
    assert shown.status_code == 200
    assert "请确认" in shown.content.decode()
    assert InstitutionProfile.objects.kept().count() == 1
    assert client.post(way, data | {"confirmed": "yes"}).status_code == 302
    held = InstitutionProfile.objects.kept().order_by("starts_on")
    assert [(one.status, one.ends_on) for one in held] == [
        ("OPERATING", date(2016, 6, 30)),
        ("SUSPENDED", None),
    ]


def test_a_change_taken_back_lets_the_one_before_hold_on(street: Region) -> None:
    hospital = make_health(street, name="示例医院", ends_on=date(2016, 6, 30))
    only = make_profile(street, category="A100")
    wrong = make_profile(
        street,
        institution=hospital,
        category="A100",
        name="错名医院",
        starts_on=date(2016, 7, 1),
        ends_on=date(2019, 12, 31),
    )
    client = browser(CLERK)
    way = way_of(hospital, "profiles", wrong.pk, "void")
    assert "错名医院" in client.get(way).content.decode()
    assert client.post(way, {"reason": "不曾更名"}).status_code == 302
    held = hospital.profiles.get(voided_at=None)
    assert (held.name, held.ends_on) == ("示例医院", date(2019, 12, 31))
    refused = client.post(way_of(only.institution, "profiles", only.pk, "void"), {"reason": "x"})
    assert refused.status_code == 422
    assert "仅有的一份概况" in refused.content.decode()


def test_a_channel_taken_back_reopens_the_one_before_if_so_ticked(street: Region) -> None:
    for ticked, ends in (("on", None), ("", date(2015, 12, 31))):
        hospital = make_health(street)
        first = make_channel(hospital, ends_on=date(2015, 12, 31))
        wrong = make_channel(hospital, starts_on=date(2016, 1, 1))
        way = way_of(hospital, "facts", "channel", wrong.pk, "void")
        data = {"reason": "没有变", **({"reopens": ticked} if ticked else {})}
        assert browser(CLERK).post(way, data).status_code == 302
        first.refresh_from_db()
        assert first.ends_on == ends


def test_a_new_address_needs_neither(street: Region) -> None:
    hospital = make_health(street, name="示例医院")
    data = profile_data(street, address="新址 2 号")
    assert browser(CLERK).post(way_of(hospital, "edit"), data).status_code == 302
    assert hospital.profiles.get(ends_on=None).address == "新址 2 号"


def test_the_other_offices_institution_is_not_changed(street: Region) -> None:
    home = make_elderly(street)
    assert browser(CLERK).get(way_of(home, "edit")).status_code == 403
    assert "修改概况" not in browser(CLERK).get(way_of(home)).content.decode()
    assert "修改概况" in browser(CIVIL).get(way_of(home)).content.decode()


def test_a_population_is_published_and_corrected(street: Region) -> None:
    data = {
        "region": street.code,
        "group": "AGED_60",
        "basis": "USUAL",
        "counted_on": "2016-12-31",
        "people": "800",
        "source": "统计公报",
    }
    client = browser(CLERK)
    assert client.post("/populations/new/", data).status_code == 302
    assert client.post("/populations/new/", data | {"people": "810"}).status_code == 302
    assert Population.objects.kept().get().people == 810
    kept = Population.objects.kept().get()
    way = f"/populations/{kept.pk}/void/"
    assert "统计公报" in client.get(way).content.decode()
    assert client.post(way, {"reason": ""}).status_code == 422
    assert client.post(way, {"reason": "文号登错"}).status_code == 302
    assert not Population.objects.kept().exists()
    assert client.get(way).status_code == 404
    late = client.post("/populations/new/", data | {"counted_on": "2190-01-01"})
    assert late.status_code == 422


def test_the_page_asks_the_same_number_of_questions_for_many_facts(
    street: Region, django_assert_max_num_queries: Any
) -> None:
    home = make_elderly(street)
    client = browser(CLERK)

    author = open_user(Role.CITY_HEALTH_REVIEWER)

    def fill(year: int) -> None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        make_licence(home, number=f"{year}", starts_on=first, ends_on=last)
        make_channel(home, starts_on=first, ends_on=last)
        make_care(home, starts_on=first, ends_on=last, provider=make_health(street))
        make_beds(home, last, 20)
        make_occupancy(home, last, 9)
        StaffCount.objects.create(institution=home, counted_on=last, nurses=2)
        Note.objects.create(institution=home, author=author, written_on=last, text="看过")
        make_health(street, host=home)

    def ask(year: int) -> int:
        # 变更记录只列最近 20 条；先填满，里面提到的登记种类才一样。
        for each in range(year, year + 4):
            fill(each)
        client.get(way_of(home))
        with django_assert_max_num_queries(60) as asked:
            client.get(way_of(home))
        return len(asked)

    assert ask(2016) == ask(2020)
