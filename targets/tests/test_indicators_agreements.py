"""Which pairs of a health institution and an elderly-service provider count on 2017-12-31."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.models import AgreementMode
from contracts.tests.factories import make_agreement
from institutions.models import Institution, Status
from institutions.tests.factories import (
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.tests.factories import DAY, City, counted

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)
JULY = date(2017, 7, 1)
NOTHING: dict[str, Any] = {}


def make_parties(city: City, kind: str = "CARE_HOME") -> tuple[Institution, Institution]:
    """A licensed community health centre in the west, a filed home in the east."""
    centre = make_health(city.west_community, "B100")
    make_licence(centre)
    home = make_elderly(city.east_community, kind)
    make_filing(home)
    return centre, home


# 协议 → 对 排除
DATES: list[tuple[str, dict[str, Any], int, int]] = [
    ("长期有效", NOTHING, 1, 0),
    ("统计日到期", {"expires_on": DAY}, 1, 0),
    ("前一日到期", {"expires_on": BEFORE}, 0, 1),
    ("统计日解约", {"terminated_on": DAY}, 0, 1),
    ("次日解约", {"terminated_on": AFTER}, 1, 0),
    ("统计日生效", {"starts_on": DAY}, 1, 0),
    ("次日生效", {"starts_on": AFTER}, 0, 1),
    ("统计日签订", {"signed_on": DAY}, 1, 0),
    ("次日才签订", {"signed_on": AFTER}, 0, 1),
    ("草稿未签", {"signed_on": None}, 0, 1),
    ("作废", {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}, 0, 0),
]


@pytest.mark.parametrize(
    ("case", "fields", "top", "excluded"), DATES, ids=[row[0] for row in DATES]
)
def test_an_agreement_in_force(
    city: City, case: str, fields: dict[str, Any], top: int, excluded: int
) -> None:
    make_agreement(*make_parties(city), **fields)
    assert counted("PAIR", "total", city.city) == (top, None, excluded, 0)


# 一方的情况 → 对 排除
PARTIES = [
    ("医疗方停业", 0, 1),
    ("医疗方暂停执业", 0, 1),
    ("养老方停业", 0, 1),
    ("医疗方许可证统计日到期", 1, 0),
    ("医疗方许可证前一日到期", 0, 1),
    ("医疗方没有许可证", 0, 1),
    ("养老方备案统计日到期", 1, 0),
    ("养老方备案前一日到期", 0, 1),
    ("养老方从未备案", 1, 0),
    ("医疗方是养老方的内设机构", 0, 1),
    ("养老方由医疗方举办", 0, 1),
    ("同一信用代码", 0, 1),
    ("都没填信用代码", 1, 0),
]


@pytest.mark.parametrize(("case", "top", "excluded"), PARTIES, ids=[row[0] for row in PARTIES])
def test_both_parties_are_sound_and_two(city: City, case: str, top: int, excluded: int) -> None:
    centre, home = make_parties(city)
    make_agreement(centre, home)
    _spoil(case, centre, home)
    assert counted("PAIR", "total", city.city) == (top, None, excluded, 0)
    assert counted("EL20", "any_form", city.city)[0] == (top if "从未备案" not in case else 0)


def _spoil(case: str, centre: Institution, home: Institution) -> None:
    party = centre if case.startswith("医疗方") else home
    if "停业" in case:
        party.profiles.update(status=Status.SUSPENDED)
    if "暂停" in case:
        party.profiles.update(status=Status.LICENCE_SUSPENDED)
    if "到期" in case:
        party.licences.update(ends_on=DAY if "统计日" in case else BEFORE)
    if "没有许可证" in case or "从未备案" in case:
        party.licences.update(voided_at="2017-05-05T00:00:00Z", void_reason="录错")
    if "内设" in case:
        centre.profiles.update(host=home)
        centre.licences.update(ends_on=BEFORE)
    if "举办" in case:
        home.profiles.update(host=centre)
        centre.licences.update(ends_on=BEFORE)
    if "同一信用代码" in case:
        for institution in (centre, home):
            institution.profiles.update(credit_code="91150300MA0XXXXXX1")


def test_two_agreements_of_one_pair_count_one(city: City) -> None:
    parties = make_parties(city)
    make_agreement(*parties)
    make_agreement(*parties, mode=AgreementMode.MEDICAL_ROUND)
    assert counted("PAIR", "total", city.city) == (1, None, 1, 0)


def test_a_renewed_agreement_counts_one_and_the_old_one_is_not_listed(city: City) -> None:
    parties = make_parties(city)
    old = make_agreement(*parties, expires_on=date(2017, 6, 30))
    make_agreement(*parties, starts_on=JULY, signed_on=JULY, renewal_of=old)
    assert counted("PAIR", "total", city.city) == (1, None, 0, 0)


def test_a_renewal_not_yet_started_leaves_the_old_agreement_counting(city: City) -> None:
    parties = make_parties(city)
    old = make_agreement(*parties, expires_on=DAY)
    make_agreement(*parties, signed_on=JULY, starts_on=AFTER, renewal_of=old)
    assert counted("PAIR", "total", city.city)[0] == 1


def test_one_centre_with_two_homes_is_two_pairs_where_the_homes_are(city: City) -> None:
    centre, home = make_parties(city)
    second = make_elderly(city.west_community)
    for elderly in (home, second):
        make_agreement(centre, elderly)
    rows = {region.name: counted("PAIR", "total", region)[0] for region in city.regions[:3]}
    assert rows == {"测试市": 2, "东区": 1, "西区": 1}


# 医疗方类别 养老方类型 → 其中：基层—养老服务中心（站）
@pytest.mark.parametrize(("category", "kind", "primary"), [
    ("B100", "STREET_ELDERLY_CENTRE", 1),
    ("B200", "COMMUNITY_ELDERLY_STATION", 1),
    ("C220", "RURAL_ELDERLY_CENTRE", 1),
    ("D600", "COMMUNITY_ELDERLY_STATION", 1),
    ("B100", "CARE_HOME", 0),
    ("B100", "DAY_CARE_CENTRE", 0),
    ("A100", "STREET_ELDERLY_CENTRE", 0),
])  # fmt: skip
def test_pairs_of_primary_care_and_service_centres(
    city: City, category: str, kind: str, primary: int
) -> None:
    medical = make_health(city.west_community, category)
    make_licence(medical)
    make_agreement(medical, make_elderly(city.east_community, kind))
    assert counted("PAIR", "total", city.city)[0] == 1
    assert counted("PAIR", "primary_care", city.city)[0] == primary
