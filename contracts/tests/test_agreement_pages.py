"""The pages of an agreement: quick to fill, refused inline, seen and worked on by whoever may."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from contracts.tests.persons import City, browse_as, browser_of
from institutions.models import Institution, InstitutionGrant
from institutions.tests.factories import LONG_AGO, make_elderly, make_health
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change

END = date(2027, 12, 31)
Parties = tuple[Institution, Institution]


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def parties(city: City) -> Parties:
    hospital = make_health(city.street, name="春风医院")
    return hospital, make_elderly(city.street, name="长青公寓")


@pytest.fixture
def clerk(city: City) -> Client:
    return browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)


class Fields(HTMLParser):
    """The form as a browser would send it untouched, and what the clerk is made to fill."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent, self.required = dict[str, str](), set[str]()
        self._select, self._is_posted = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_posted = named.get("method") == "post" and "action" not in named
        if not self._is_posted:
            return
        if tag == "input" and named.get("type") not in ("checkbox", "submit"):
            self.sent[named["name"]] = named.get("value", "")
        if tag == "select":
            self._select = named["name"]
        if tag == "option" and "selected" in named:
            self.sent[self._select] = named["value"]
        if "required" in named and not named.get("value") and tag == "input":
            self.required.add(named["name"])


def test_a_new_one_takes_two_fields(clerk: Client, parties: Parties) -> None:
    form = Fields(clerk.get("/agreements/new/").content.decode())
    assert form.required == {"medical", "elderly"}
    filled = form.sent | {"medical": "春风医院", "elderly": parties[1].code}
    assert clerk.post("/agreements/new/", filled).status_code == 302
    made = PartnershipAgreement.objects.get()
    assert (made.medical, made.elderly) == parties
    assert made.expires_on is not None
    assert made.signed_on is None
    assert made.number.startswith("医养协")


def test_it_may_be_entered_signed_with_its_services_and_a_number_of_its_own(
    clerk: Client, parties: Parties
) -> None:
    data = {
        "medical": parties[0].code,
        "elderly": parties[1].code,
        "mode": "TRUSTEESHIP",
        "items": ["NURSING", "REFERRAL"],
        "starts_on": "2020-01-01",
        "expires_on": "",
        "medical_signed_on": "2019-12-30",
        "elderly_signed_on": "2019-12-31",
        "number": "乌医养〔2019〕3号",
    }
    answer = clerk.post("/agreements/new/", data, follow=True)
    made = PartnershipAgreement.objects.get()
    assert (made.signed_on, made.items) == (date(2019, 12, 31), ["NURSING", "REFERRAL"])
    assert "乌医养〔2019〕3号" in answer.content.decode()
    change = Change.objects.filter(table_name="contracts_partnershipagreement").latest("pk")
    assert (change.reason, change.actor is not None) == ("新建协议", True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"medical": ""}, "请选择医疗方"),
        ({"medical": "没有的"}, "没有编码或名称为“没有的”的机构"),
        ({"elderly": "{medical}"}, "的机构，或不在您的授权范围"),
        ({"starts_on": "2020-13-01"}, "请写成 2027-12-31 这样的日期"),
        ({"starts_on": "1020-01-01"}, "请核对年份"),
        ({"expires_on": "2019-12-31"}, "到期日期不能早于生效日期"),
        ({"medical_signed_on": "2099-01-01"}, "签订日期不能晚于今天"),
        ({"mode": "x"}, "请选择合作方式"),
        ({"number": "协一"}, "已经用过"),
        (
            {"medical_signed_on": "2019-12-30", "elderly_signed_on": "2019-12-30"},
            "双方这段时间已有“签约合作”协议",
        ),
    ],
)
def test_what_is_wrong_is_said_on_the_form(
    clerk: Client, parties: Parties, wrong: dict[str, str], message: str
) -> None:
    make_agreement(*parties, number="协一")
    data = {
        "medical": parties[0].code,
        "elderly": parties[1].code,
        "mode": "COOPERATION",
        "starts_on": "2020-01-01",
    }
    data |= {name: value.format(medical=parties[0].code) for name, value in wrong.items()}
    answer = clerk.post("/agreements/new/", data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert PartnershipAgreement.objects.count() == 1


def test_a_partner_of_another_district_is_taken_by_its_code(
    city: City, clerk: Client, parties: Parties
) -> None:
    abroad, home_abroad = make_health(city.west), make_elderly(city.west)
    data: dict[str, Any] = {"mode": "COOPERATION", "starts_on": "2020-01-01"}
    both_abroad = data | {"medical": abroad.code, "elderly": home_abroad.code}
    answer = clerk.post("/agreements/new/", both_abroad)
    assert "至少一方须在您的授权范围内" in answer.content.decode()
    one_abroad = data | {"medical": abroad.code, "elderly": parties[1].code}
    assert clerk.post("/agreements/new/", one_abroad).status_code == 302


def test_a_renewal_is_offered_from_the_day_after_with_the_services_copied(
    clerk: Client, parties: Parties
) -> None:
    old = make_agreement(*parties, number="协一", expires_on=END, items=["NURSING"])
    way = f"/agreements/{old.pk}/renew/"
    page = clerk.get(way).content.decode()
    assert Fields(page).sent["starts_on"] == "2028-01-01"
    assert Fields(page).sent["expires_on"] == "2028-12-31"
    data = Fields(page).sent | {"items": ["NURSING"], "starts_on": "2028-01-11"}
    answer = clerk.post(way, data, follow=True).content.decode()
    assert "断档 10 天" in answer
    assert PartnershipAgreement.objects.get(renewal_of=old).items == ["NURSING"]
    assert clerk.get(way).status_code == 422


def test_a_step_the_state_does_not_allow_is_refused_in_words(
    clerk: Client, parties: Parties
) -> None:
    draft = make_agreement(*parties, signed_on=None)
    answer = clerk.post(f"/agreements/{draft.pk}/terminate/", {"on": "2020-01-01", "reason": "x"})
    assert answer.status_code == 422
    assert "现在是“草稿”，不能办“解约”" in answer.content.decode()


def test_a_draft_is_edited_and_a_signed_one_is_not(clerk: Client, parties: Parties) -> None:
    draft = make_agreement(*parties, number="协一", signed_on=None)
    way = f"/agreements/{draft.pk}/edit/"
    data = Fields(clerk.get(way).content.decode()).sent | {"mode": "TRUSTEESHIP"}
    assert clerk.post(way, data).status_code == 302
    draft.refresh_from_db()
    assert (draft.mode, draft.number) == ("TRUSTEESHIP", "协一")
    PartnershipAgreement.objects.update(signed_on=LONG_AGO)
    assert clerk.get(way).status_code == 422


def test_readers_read_and_a_reporter_sees_its_own(city: City, parties: Parties) -> None:
    agreement = make_agreement(*parties)
    other = make_agreement(make_health(city.street), make_elderly(city.street))
    user = open_user(Role.INSTITUTION_REPORTER)
    InstitutionGrant.objects.create(user=user, institution=parties[1], starts_on=LONG_AGO)
    reporter = browser_of(user)
    page = reporter.get(f"/agreements/{agreement.pk}/")
    assert page.status_code == 200
    assert "/terminate/" not in page.content.decode()
    assert reporter.get(f"/agreements/{agreement.pk}/terminate/").status_code == 403
    assert reporter.get(f"/agreements/{other.pk}/").status_code == 404
    reviewer = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east)
    assert reviewer.get("/agreements/new/").status_code == 403


def test_the_page_asks_as_much_for_a_long_chain_as_for_a_short_one(
    clerk: Client, parties: Parties, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chain = [make_agreement(*parties, expires_on=date(2015, 12, 31))]

    def renew() -> None:
        year = date(chain[-1].starts_on.year + 1, 1, 1)
        end = year.replace(month=12, day=31)
        renewal: dict[str, Any] = {"starts_on": year, "expires_on": end, "signed_on": year}
        chain.append(make_agreement(*parties, renewal_of=chain[-1], **renewal))

    renew()
    clerk.get(f"/agreements/{chain[1].pk}/")
    with django_assert_max_num_queries(100) as short:
        clerk.get(f"/agreements/{chain[1].pk}/")
    for _ in range(9):
        renew()
    with django_assert_max_num_queries(len(short)):
        page = clerk.get(f"/agreements/{chain[5].pk}/")
    assert page.content.decode().count("紧接，没有断档") == 10
