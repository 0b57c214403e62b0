"""An institution that stops: its agreements are shown first and settled in the same stroke."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contracts.agreements import stopping, work
from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from contracts.tests.persons import City, browse_as
from institutions.actions_facts import change_institution
from institutions.actions_status import change_status
from institutions.consequences import StatusChange, consequences_of, listed_keys
from institutions.models import Institution, InstitutionProfile, Status
from institutions.requests import agree, request_change
from institutions.tests.factories import make_elderly, make_health, make_profile
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM
from yiyang.work import line_of

VOIDED = {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}
DAY, BEFORE, AFTER = date(2017, 6, 1), date(2017, 5, 31), date(2017, 6, 2)


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def home(city: City) -> Institution:
    return make_elderly(city.street, name="长青老年公寓")


@pytest.fixture
def clerk(city: City) -> Client:
    return browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, city.east)


def actor() -> Actor:
    user: User = open_user(Role.CITY_CIVIL_AFFAIRS_CLERK)
    return known_actor(user.pk, user.role, DAY)


def close(home: Institution, status: Status, *ticked: PartnershipAgreement) -> None:
    change = StatusChange(status, DAY, "自行停办")
    change_status(
        by=actor(),
        institution=home,
        change=change,
        chosen={"agreements": [str(one.pk) for one in ticked]},
        listed=listed_keys(consequences_of(home, change)),
    )


# 协议 → 注销后：列不列、解约日、是否作废
CLOSING: list[tuple[str, dict[str, Any], bool, date | None, bool]] = [
    ("长期有效", {}, True, DAY, False),
    ("注销日到期", {"expires_on": DAY}, True, DAY, False),
    ("前一日已到期", {"expires_on": BEFORE}, False, None, False),
    ("注销日已解约", {"terminated_on": DAY}, False, DAY, False),
    ("约定次日解约", {"terminated_on": AFTER}, True, DAY, False),
    ("前一日生效", {"starts_on": BEFORE}, True, DAY, False),
    ("注销日才生效", {"starts_on": DAY}, True, None, True),
    ("草稿", {"signed_on": None}, True, None, True),
]


@pytest.mark.parametrize(
    ("case", "fields", "is_listed", "terminated_on", "is_voided"),
    CLOSING,
    ids=[row[0] for row in CLOSING],
)
def test_closing_settles_every_agreement(
    city: City,
    home: Institution,
    case: str,
    fields: dict[str, Any],
    is_listed: bool,
    terminated_on: date | None,
    is_voided: bool,
) -> None:
    agreement = make_agreement(make_health(city.street), home, **fields)
    assert stopping.standing_agreements(home, DAY).exists() is is_listed
    close(home, Status.CLOSED)
    agreement.refresh_from_db()
    assert agreement.terminated_on == terminated_on
    assert (agreement.voided_at is not None) is is_voided
    if is_listed:
        reason = agreement.void_reason or agreement.termination_reason
        assert reason == "长青老年公寓注销：自行停办"


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.LICENCE_SUSPENDED])
def test_a_suspension_keeps_what_is_not_ticked(
    city: City, home: Institution, status: Status
) -> None:
    kept, ended = (make_agreement(make_health(city.street), home) for _ in range(2))
    close(home, status, ended)
    kept.refresh_from_db()
    ended.refresh_from_db()
    assert (kept.terminated_on, ended.terminated_on) == (None, DAY)
    assert InstitutionProfile.objects.on(DAY).get(institution=home).status == status
    assert InstitutionProfile.objects.on(BEFORE).get(institution=home).status == Status.OPERATING


def test_nothing_is_done_when_the_list_has_changed(city: City, home: Institution) -> None:
    agreement = make_agreement(make_health(city.street), home)
    change = StatusChange(Status.CLOSED, DAY, "自行停办")
    with pytest.raises(ValidationError, match="受影响的记录有变"):
        change_status(by=actor(), institution=home, change=change, chosen={}, listed=[])
    agreement.refresh_from_db()
    assert agreement.terminated_on is None
    assert InstitutionProfile.objects.on(DAY).get(institution=home).status == Status.OPERATING


@pytest.mark.parametrize(
    ("before", "status", "message"),
    [
        (Status.CLOSED, Status.OPERATING, "已经注销"),
        (Status.SUSPENDED, Status.SUSPENDED, "已是“停业”"),
        (Status.OPERATING, Status.OPERATING, "已是“正常”"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    city: City, before: Status, status: Status, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        close(make_elderly(city.street, status=before), status)


def test_a_later_profile_must_be_settled_first(city: City) -> None:
    home = make_elderly(city.street, ends_on=AFTER)
    later = date(2017, 6, 3)
    make_profile(city.street, institution=home, elderly_kind="CARE_HOME", starts_on=later)
    with pytest.raises(ValidationError, match="2017-06-03 起已登记了另一份概况"):
        close(home, Status.CLOSED)


def test_the_page_lists_then_does_all_of_it(city: City, home: Institution, clerk: Client) -> None:
    agreement = make_agreement(make_health(city.street), home, number="协一")
    way = f"/institutions/{home.pk}/status/"
    assert way in clerk.get(f"/institutions/{home.pk}/").content.decode()
    asked = clerk.get(way, {"status": "CLOSED", "on": "2020-06-01"}).content.decode()
    assert "协一" in asked
    assert "2020-06-01 起解约" in asked
    data = {"status": "CLOSED", "on": "2020-06-01", "listed": f"agreements:{agreement.pk}"}
    assert clerk.post(way, data).status_code == 422
    assert clerk.post(way, {**data, "reason": "自行停办"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.terminated_on == date(2020, 6, 1)


def test_the_office_of_the_other_side_may_not(city: City, home: Institution) -> None:
    other = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert other.get(f"/institutions/{home.pk}/status/").status_code == 403


def test_other_ways_to_stop_lead_to_the_page_while_agreements_hang_on_it(
    city: City, home: Institution
) -> None:
    profile = InstitutionProfile.objects.get(institution=home)
    values = {
        name: getattr(profile, name)
        for name in ("name", "region", "elderly_kind", "category", "departments")
    }

    def suspend() -> None:
        change_institution(
            by=SYSTEM,
            institution=home,
            starts_on=DAY,
            reason="装修",
            profile={**values, "status": Status.SUSPENDED},
        )

    agreement = make_agreement(make_health(city.street), home)
    with pytest.raises(ValidationError, match="协议一并处理"):
        suspend()
    PartnershipAgreement.objects.filter(pk=agreement.pk).update(expires_on=BEFORE)
    suspend()
    assert InstitutionProfile.objects.on(DAY).get(institution=home).status == Status.SUSPENDED


def test_closing_what_both_offices_keep_is_asked_first_and_settled_when_agreed(city: City) -> None:
    unit = make_elderly(city.street, name="长青公寓", category="A100")
    agreement = make_agreement(unit, make_elderly(city.street))
    with pytest.raises(ValidationError, match=r"注销须卫健.*同意"):
        close(unit, Status.CLOSED)
    asker, checker = actor(), open_user(Role.CITY_HEALTH_REVIEWER)
    wanted = {"status": Status.CLOSED.value}
    (asked,) = request_change(
        by=asker, institution=unit, starts_on=DAY, wanted=wanted, reason="双方停办"
    )
    agree(by=known_actor(checker.pk, checker.role, DAY), request=asked, answer="属实")
    agreement.refresh_from_db()
    assert agreement.terminated_on == DAY
    assert "双方停办" in agreement.termination_reason


DRAFT: dict[str, Any] = {"signed_on": None}
# 协议与一方的情况 → 草稿待签、一方停业各几份
WAITING: list[tuple[str, dict[str, Any], Status, int, int]] = [
    ("正常履行", {}, Status.OPERATING, 0, 0),
    ("医疗方停业", {}, Status.SUSPENDED, 0, 1),
    ("停业但已到期", {"expires_on": BEFORE}, Status.SUSPENDED, 0, 0),
    ("草稿过了 31 天", DRAFT | {"starts_on": date(2017, 5, 1)}, Status.OPERATING, 1, 0),
    ("草稿过了 30 天", DRAFT | {"starts_on": date(2017, 5, 2)}, Status.OPERATING, 0, 0),
    ("作废的草稿", DRAFT | VOIDED, Status.OPERATING, 0, 0),
]


@pytest.mark.parametrize(
    ("case", "fields", "status", "drafts", "stopped"), WAITING, ids=[row[0] for row in WAITING]
)
def test_what_waits_on_the_work_list(
    city: City,
    home: Institution,
    case: str,
    fields: dict[str, Any],
    status: Status,
    drafts: int,
    stopped: int,
) -> None:
    make_agreement(make_health(city.street, status=status), home, number="协一", **fields)
    for source, number in ((work.DRAFTS, drafts), (work.PARTY_STOPPED, stopped)):
        line = line_of(source.id, actor(), day=DAY, limit=5)
        assert line is not None
        assert (line.number, len(line.items)) == (number, number)
        assert all("长青老年公寓（协一）" in item.text for item in line.items)


def test_the_page_asks_as_much_for_one_agreement_as_for_many(
    city: City, home: Institution, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    way = f"/institutions/{home.pk}/status/?status=CLOSED&on=2020-06-01"
    make_agreement(make_health(city.street), home)
    clerk.get(way)
    with django_assert_max_num_queries(60) as one:
        clerk.get(way)
    for _ in range(9):
        make_agreement(make_health(city.street), home)
    with django_assert_max_num_queries(len(one)):
        assert clerk.get(way).content.decode().count("起解约") == 10
