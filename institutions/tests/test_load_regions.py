"""A region file is loaded whole or refused with the lines to correct."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from institutions.ingest.regions import RegionFileRefused, load_regions, read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.models import Region, RegionLevel, RegionPlacement
from yiyang.changelog.context import SYSTEM

PROVINCE = "150000000000,内蒙古自治区,province,"
CITY = "150300000000,乌海市,city,150000000000"
DISTRICT = "150302000000,海勃湾区,district,150300000000"


def csv(*lines: str) -> bytes:
    return "\n".join(("code,name,level,parent", *lines)).encode()


def load(content: bytes) -> None:
    load_regions(by=SYSTEM, content=content, starts_on=date(2015, 1, 1), batch="test")


@pytest.mark.django_db
def test_wuhai_loads_with_every_region_under_its_parent() -> None:
    output = StringIO()
    call_command("load_regions", stdout=output)
    assert "新增区划 114 个" in output.getvalue()
    assert dict(_levels()) == {
        "PROVINCE": 1,
        "CITY": 1,
        "DISTRICT": 3,
        "STREET": 22,
        "COMMUNITY": 87,
    }
    placed = RegionPlacement.objects.on(date(2015, 1, 1)).get(region__code="150304101009")
    assert placed.parent.name == "乌兰淖尔镇"
    assert not RegionPlacement.objects.on(date(2014, 12, 31)).exists()


def _levels() -> list[tuple[str, int]]:
    return [(level, Region.objects.filter(level=level).count()) for level in RegionLevel.values]


@pytest.mark.django_db
def test_a_second_load_changes_nothing() -> None:
    call_command("load_regions", stdout=StringIO())
    output = StringIO()
    call_command("load_regions", stdout=output)
    assert "新增区划 0 个，已有 114 个未变" in output.getvalue()
    assert RegionPlacement.objects.count() == 113


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (csv(), "没有一个区划"),
        (b"a,b\n1,2", "第一行须是表头"),
        (csv(PROVINCE, "1503,乌海市,city,150000000000"), "第 3 行：区划代码“1503”须为 12 位数字"),
        (csv(PROVINCE, "150300000000,乌海市,town,150000000000"), "级别“town”不认识"),
        (csv(PROVINCE, "150300000000,,city,150000000000"), "名称须为"),
        (csv(PROVINCE, CITY, CITY), "第 4 行：区划代码 150300000000 与第 3 行重复"),
        (csv(PROVINCE, DISTRICT), "的上级 150300000000 不在文件里"),
        (csv(PROVINCE, "150300000000,乌海市,city,"), "没有上级"),
        (csv(PROVINCE, "150300000000,乌海市,city,15030"), "上级代码“15030”须为 12 位数字"),
        (csv(PROVINCE, "150300000000,乌海市,city,150300000000"), "绕回到自己"),
        (
            csv(
                PROVINCE,
                "150301000000,甲,district,150302000000",
                "150302000000,乙,district,150301000000",
            ),
            "绕回到自己",
        ),
        (
            csv(PROVINCE, CITY, DISTRICT, "150303000000,海南区,city,150302000000"),
            "级别不高于它",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_line_to_correct(content: bytes, message: str) -> None:
    with pytest.raises(RegionFileRefused, match=message):
        read_regions(content)


def test_every_wrong_line_is_reported_at_once() -> None:
    with pytest.raises(RegionFileRefused) as refused:
        read_regions(csv("1,甲,province,", "2,乙,province,"))
    assert len(refused.value.mistakes) == 2


@pytest.mark.django_db
def test_a_region_that_changed_is_refused_and_nothing_is_written() -> None:
    load(csv(PROVINCE, CITY))
    renamed = CITY.replace("乌海市", "另一市")
    with pytest.raises(RegionFileRefused, match="请走区划调整"):
        load(csv(PROVINCE, renamed, DISTRICT))
    assert not Region.objects.filter(code="150302000000").exists()


@pytest.mark.django_db
def test_more_of_the_tree_can_be_added_later() -> None:
    load(csv(PROVINCE, CITY))
    load(csv(PROVINCE, CITY, DISTRICT))
    assert RegionPlacement.objects.get(region__code="150302000000").parent.code == "150300000000"


@pytest.mark.django_db
def test_the_command_refuses_a_missing_file_and_a_wrong_day(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("load_regions", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="日期"):
        call_command("load_regions", str(WUHAI), "--starts-on", "昨天")
