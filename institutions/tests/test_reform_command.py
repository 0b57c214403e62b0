"""The reform command: each way once, and what it refuses."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from institutions.models import InstitutionProfile, Region, RegionLevel, RegionPlacement
from institutions.tests.factories import make_profile, make_region

BASIS = ("--on", "2020-07-01", "--basis", "区划调整批复")


@pytest.fixture
def city(db: None) -> Region:
    return make_region("市", RegionLevel.CITY, code="150300000000")


@pytest.fixture
def street(city: Region) -> Region:
    return make_region("大街道", RegionLevel.STREET, city, code="150302001000")


def reform(*arguments: str) -> str:
    said = StringIO()
    call_command("reform_region", *arguments, *BASIS, stdout=said)
    return said.getvalue()


def test_a_split_is_assigned_and_retired_by_command(street: Region) -> None:
    profile = make_profile(street, category="A100")
    assert "1 条记录待归入" in reform("split", street.code, "150302999000", "新街道")
    with pytest.raises(CommandError, match="还有 1 条记录没有归入"):
        reform("retire", street.code)
    assert "已归入 新街道" in reform(
        "assign", "150302999000", "institutionprofile", str(profile.pk)
    )
    assert "撤销" in reform("retire", street.code)
    now = InstitutionProfile.objects.get(institution=profile.institution, ends_on=None)
    assert now.region.code == "150302999000"


def test_renaming_moving_and_merging_say_what_was_done(city: Region, street: Region) -> None:
    other = make_region("小街道", RegionLevel.STREET, city, code="150302002000")
    assert "更名为 新名" in reform("rename", street.code, "新名")
    assert "并入 新名" in reform("merge", other.code, street.code)
    assert "隶属 市" in reform("move", street.code, city.code)
    assert RegionPlacement.objects.filter(region=other, ends_on="2020-06-30").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rename", "150399000000", "新名"), "没有行政区划"),
        (("rename", "15030", "新名"), "12 位"),
        (("assign", "150302001000", "nothing", "1"), "没有登记“nothing”"),
        (("assign", "150302001000", "institutionprofile", "x"), "没有编号为 x 的记录"),
        (("split", "150302001000", "150302001000", "重码"), "已存在|已有"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    street: Region, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        reform(*arguments)
    assert Region.objects.count() == 2
