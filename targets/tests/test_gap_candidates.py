"""Who does not count yet, what each lacks, nearest first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.tests.factories import make_agreement, make_person, make_signup, make_team
from institutions.models import Institution, Region
from institutions.tests.factories import (
    make_beds,
    make_care,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_pilot,
)
from targets.gap.candidates import candidates_of, headcounts_of
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import tree_on
from targets.tests.factories import DAY, City
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor


def acting(role: Role) -> Actor:
    """An account of the role, nothing granted to it."""
    definition = ROLES[role]
    return Actor(DAY, 1, role, definition.permissions, definition.whole_city)


CLERK = acting(Role.CITY_HEALTH_CLERK)


def before(days: int) -> date:
    return DAY - timedelta(days)


def lacking(
    code: str, reading: str, region: Region, actor: Actor = CLERK
) -> list[tuple[str, tuple[str, ...]]]:
    found = candidates_of(
        BY_KEY[code, reading],
        day=DAY,
        region=region.pk,
        tree=tree_on(DAY, region.pk),
        actor=actor,
    )
    return [(one.name, one.lacks) for one in found]


def hospital(city: City, name: str, licensed_to: date | None = None) -> Institution:
    found = make_health(city.east_street, name=name)
    make_licence(found, ends_on=licensed_to)
    return found


def test_a_channel_lacks_steps_a_licence_or_all_of_it(city: City) -> None:
    make_channel(hospital(city, "甲已开通"))
    make_channel(hospital(city, "乙缺取药"), steps=["REGISTRATION", "CONSULTATION", "PAYMENT"])
    make_channel(hospital(city, "丙已停"), ends_on=before(12))
    hospital(city, "丁未开")
    make_channel(hospital(city, "戊证过期", before(30)))
    make_health(city.east_street, name="己停业", status="SUSPENDED")
    make_health(city.east_street, name="庚注销", status="CLOSED")
    assert lacking("GC17", "standard", city.city) == [
        ("丙已停", ("绿色通道 12 天前停止",)),
        ("乙缺取药", ("绿色通道缺：取药",)),
        ("丁未开", ("没有开通绿色通道",)),
        ("戊证过期", ("执业许可证 30 天前过期",)),
        ("己停业", ("没有开通绿色通道", "停业", "没有登记执业证（备案凭证）")),
    ]


def test_who_is_shut_comes_last_and_is_not_worth_asking(city: City) -> None:
    make_channel(hospital(city, "甲缺两样", before(30)), ends_on=before(12))
    shut = make_health(city.east_street, name="乙只缺开门", status="SUSPENDED")
    make_licence(shut)
    make_channel(shut)
    make_health(city.east_street, name="丙筹建", status="PLANNED")
    found = candidates_of(
        BY_KEY["GC17", "standard"],
        day=DAY,
        region=city.city.pk,
        tree=tree_on(DAY, city.city.pk),
        actor=CLERK,
    )
    assert [(one.name, one.is_worth_asking) for one in found] == [
        ("甲缺两样", True),
        ("丙筹建", True),
        ("乙只缺开门", False),
    ]


def home(city: City, name: str, **filing: object) -> Institution:
    found = make_elderly(city.west_street, name=name)
    make_filing(found, **filing)  # type: ignore[arg-type]
    return found


def test_a_home_is_nearest_with_a_draft_then_with_a_lapsed_agreement(city: City) -> None:
    partner = hospital(city, "医院")
    make_care(home(city, "甲有巡诊"))
    make_agreement(partner, home(city, "乙已拟"), signed_on=None)
    make_agreement(partner, home(city, "丙到期"), expires_on=before(12))
    home(city, "丁什么也没有")
    make_agreement(partner, home(city, "戊备案过期", ends_on=before(1)))
    stopped = hospital(city, "对方", before(5))
    make_agreement(stopped, home(city, "己对方不合"))
    assert lacking("EL20", "any_form", city.city) == [
        ("乙已拟", ("协议已拟未签",)),
        ("丙到期", ("协议 12 天前到期",)),
        ("丁什么也没有", ("没有内设、签约、托管或巡诊",)),
        ("己对方不合", ("协议在期但对方证照或状态不合",)),
        ("戊备案过期", ("养老备案 1 天前过期",)),
    ]


def test_a_home_without_a_bed_report_is_asked_for_it(city: City) -> None:
    make_beds(home(city, "甲已报"), DAY, 100, nursing=40)
    home(city, "乙缺报")
    make_beds(home(city, "丙太少"), DAY, 100, nursing=21)
    assert lacking("NURS", "standard", city.city) == [
        ("乙缺报", ("缺床位报告（民政实有，一季内）",))
    ]
    assert lacking("BD20", "institution_share", city.city)[-1] == (
        "丙太少",
        ("护理、康复型床位不足 30%，改造 9 张可达到",),
    )


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"signed_on": None}, ["协议已拟未签"]),
        ({"expires_on": before(12)}, ["协议 12 天前到期"]),
        ({"expires_on": DAY}, []),
        ({"terminated_on": before(3)}, ["协议 3 天前解约"]),
        ({"starts_on": DAY + timedelta(1)}, ["协议尚未生效"]),
    ],
)
def test_an_agreement_lacks_its_signature_or_its_days(
    city: City, fields: dict[str, date | None], lacks: list[str]
) -> None:
    make_agreement(hospital(city, "医"), home(city, "养"), **fields)
    found = lacking("PAIR", "total", city.city)
    assert found == [("医—养", tuple(lacks))] * bool(lacks)


def test_a_pilot_waits_for_verification(city: City) -> None:
    make_pilot(city.city, name="试点", in_use_on=DAY)
    assert lacking("PJ05", "in_use", city.city) == [("试点", ("投入使用情况未核实",))]


def test_only_institutions_in_scope_are_named(city: City) -> None:
    hospital(city, "东区医院")
    nothing_granted = acting(Role.DISTRICT_HEALTH_CLERK)
    assert lacking("GC17", "standard", city.city, nothing_granted) == []


def test_persons_are_counted_by_reason_and_never_named(city: City) -> None:
    team = make_team(make_health(city.east_street))
    for ends in (before(1), before(2), DAY):
        signup = {"starts_on": before(600), "expires_on": ends}
        make_signup(make_person(city.east_community), team, **signup)
    assert lacking("FD17", "aged_65_plus", city.city) == []
    found = headcounts_of(
        BY_KEY["FD17", "aged_65_plus"],
        day=DAY,
        region=city.city.pk,
        tree=tree_on(DAY, city.city.pk),
    )
    assert [(count.reason, count.records) for count in found] == [("已到期", 2)]


@pytest.mark.parametrize("key", sorted(BY_KEY))
def test_every_reading_has_its_candidates(city: City, key: tuple[str, str]) -> None:
    assert lacking(*key, city.city) == []
