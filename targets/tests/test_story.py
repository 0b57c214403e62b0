"""The story of a week: sheets come in, the night measures, page and workbook show one figure."""

from __future__ import annotations

from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from institutions.ingest.regions import load_regions
from institutions.models import Institution, InstitutionProfile
from targets.models import IndicatorRun, Target
from targets.tests.page_scene import browse_as
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import Change

REGIONS = """code,name,level,parent
150000000000,内蒙古自治区,province,
150300000000,乌海市,city,150000000000
150302000000,海勃湾区,district,150300000000
150304000000,乌达区,district,150300000000
"""
INSTITUTIONS = """机构编码,名称,区划代码,起始日期,状态,卫生机构类别,医院级别
YY-01,演示第一医院,150302000000,2015.1.1,正常,综合医院,二级
YY-02,演示第二医院,150302000000,2015年1月1日,正常,中医医院,二级
YY-03,演示卫生服务中心,150304000000,20150101,正常,社区卫生服务中心,
"""
LICENCES = """机构编码,证照种类,证照编号,起始日期,截止日期
YY-01,医疗机构执业许可证,A1,2015-01-01,2030-12-31
YY-02,医疗机构执业许可证,A2,2015-01-01,2030-12-31
YY-03,医疗机构执业许可证,A3,2015-01-01,2030-12-31
"""
CHANNELS = """机构编码,覆盖环节,起始日期
YY-01,挂号、就诊、缴费、取药,2016-05-01
YY-02,挂号、就诊,2016-05-01
YY-03,挂号、就诊、缴费、取药、住院,2017-12-31
"""


def bring_in(tmp_path: Path, sheet: str, text: str, encoding: str = "utf-8-sig") -> str:
    path = tmp_path / f"{sheet}.csv"
    path.write_bytes(text.encode(encoding))
    said = StringIO()
    call_command("import_register", sheet, str(path), stdout=said)
    return said.getvalue()


@pytest.fixture
def registers(transactional_db: None, tmp_path: Path) -> Path:
    load_regions(by=SYSTEM, content=REGIONS.encode(), starts_on=date(2015, 1, 1), batch="测试")
    call_command("load_policies", stdout=StringIO())
    bring_in(tmp_path, "institutions", INSTITUTIONS)
    bring_in(tmp_path, "licences", LICENCES, encoding="gb18030")
    bring_in(tmp_path, "green_channels", CHANNELS)
    return tmp_path


def test_sheets_in_and_the_same_figure_on_page_and_in_excel(registers: Path) -> None:
    call_command("take_snapshot", "--as-of", "2017-12-31", stdout=StringIO())
    client = browse_as(Role.CITY_HEALTH_CLERK)
    asked = {"as_of": "2017-12-31"}
    page = client.get(reverse("indicator-detail", args=["GC17"]), asked).content.decode()
    assert "2/3" in page
    assert "66.67%" in page
    book = client.get(reverse("target-table-xlsx"), asked).content
    workbook = CalamineWorkbook.from_filelike(BytesIO(book))
    rows = [
        row for name in workbook.sheet_names for row in workbook.get_sheet_by_name(name).to_python()
    ]
    wording = Target.objects.get(code="GC17").wording
    row = next(row for row in rows if wording in row)
    city = row.index(2.0)
    assert row[city : city + 2] == [2.0, 3.0]


def test_the_template_of_a_sheet_is_accepted_as_its_header(registers: Path) -> None:
    said = StringIO()
    call_command("import_register", "institutions", "--template", stdout=said)
    header = said.getvalue().strip()
    assert header.startswith("机构编码*,名称*,区划代码*,起始日期*,状态*,地址,")
    row = "YY-09,演示九院,150302000000,2016-01-01,正常,,,综合医院,二级,,公办,"
    assert "新增 1 行" in bring_in(registers, "institutions", f"{header}\n{row}\n")


def test_the_same_sheet_again_changes_nothing(registers: Path) -> None:
    before = Change.objects.count()
    assert "新增 0 行，变更 0 行，未变 3 行" in bring_in(registers, "institutions", INSTITUTIONS)
    assert Change.objects.count() == before


def test_a_sheet_with_bad_rows_is_refused_whole(registers: Path) -> None:
    bad = INSTITUTIONS + (
        "YY-04,演示四,150302000000,2017-02-30,正常,综合医院,二级\n"
        "YY-05,演示五,150399000000,2017-02-01,开业,综合医院,二级\n"
        "YY-06,演示六,150302000000,2017-02-01,正常,综合医院,二级\n"
    )
    with pytest.raises(CommandError) as refused:
        bring_in(registers, "institutions", bad)
    message = str(refused.value)
    assert "第 5 行：“起始日期”" in message
    assert "第 6 行：“区划代码”“150399000000”不在区划表中" in message
    assert "第 6 行：“状态”“开业”不认识，请填：筹建、正常" in message
    assert "整个文件没有导入" in message
    assert not Institution.objects.filter(code="YY-06").exists()


def test_a_changed_row_ends_the_old_profile_and_keeps_it(registers: Path) -> None:
    closed = INSTITUTIONS.splitlines()[0] + (
        "\nYY-02,演示第二医院,150302000000,2018-03-01,停业,中医医院,二级\n"
    )
    assert "变更 1 行" in bring_in(registers, "institutions", closed)
    rows = InstitutionProfile.objects.filter(institution__code="YY-02").order_by("starts_on")
    assert [(row.status, row.starts_on, row.ends_on) for row in rows] == [
        ("OPERATING", date(2015, 1, 1), date(2018, 2, 28)),
        ("SUSPENDED", date(2018, 3, 1), None),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("take_snapshot", "--as-of", "2999-01-01"), "还没有过完"),
        (("take_snapshot", "--as-of", "2017-12-31", "--region", "150399000000"), "没有行政区划"),
        (("targets", "--as-of", "2016-12-31"), "还没有量度"),
        (("import_register", "nothing", "x.csv"), "没有台账"),
    ],
)
def test_bad_input_gets_one_chinese_message_and_changes_nothing(
    registers: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = Change.objects.count()
    with pytest.raises(CommandError, match=message):
        call_command(*arguments)
    assert Change.objects.count() == before
    assert not IndicatorRun.objects.exists()
