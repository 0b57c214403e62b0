"""A sheet on its way into a register: matched, previewed, confirmed, and the same again."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from institutions.imports.actions import confirm_import
from institutions.imports.pages import all_pages
from institutions.ingest.registers import ingest
from institutions.ingest.sheets import BEDS
from institutions.models import (
    BedCount,
    ColumnMatch,
    ImportBatch,
    ImportState,
    Institution,
    Region,
    RegionGrant,
    RegionLevel,
)
from institutions.tests.batches import (
    actor_of,
    confirm,
    counts,
    preview,
    send,
    send_cells,
    workbook,
)
from institutions.tests.factories import LONG_AGO, make_beds, make_elderly, make_health, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.models import Change

pytestmark = pytest.mark.django_db
HEADER = ("机构编码", "统计日", "登记口径", "核定或实有", "床位总数", "护理型床位")


@pytest.fixture
def street() -> Region:
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    east = make_region("东区", RegionLevel.DISTRICT, city)
    return make_region("东街道", RegionLevel.STREET, east)


@pytest.fixture
def clerk(street: Region) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def hospital(street: Region) -> Institution:
    return make_health(street)


def beds(*lines: tuple[object, ...]) -> str:
    return "\n".join("\t".join(map(str, line)) for line in (HEADER, *lines))


def test_a_new_a_changed_and_an_unchanged_line(
    clerk: User, hospital: Institution, street: Region
) -> None:
    other = make_health(street)
    make_beds(hospital, date(2025, 6, 30), 100, register="HEALTH", nursing=20)
    make_beds(other, date(2025, 6, 30), 50, register="HEALTH")
    before = Change.objects.count()
    batch = send_cells(
        clerk,
        "beds",
        beds(
            (hospital.code, "2025.6.30", "卫健核定", "实有", 100, 30),
            (other.code, "2025年6月30日", "卫健核定", "实有", 50, 0),
            (other.code, "20250930", "卫健核定", "实有", chr(0xFF16) + chr(0xFF10), 0),
        ),
    )
    preview(clerk, batch)
    assert (batch.state, batch.message, counts(batch)) == (ImportState.PREVIEWED, "", (1, 1, 1, 0))
    assert Change.objects.count() == before
    assert BedCount.objects.count() == 2
    confirm(clerk, batch)
    assert (batch.state, batch.message, counts(batch)) == (ImportState.DONE, "", (1, 1, 1, 0))
    kept = BedCount.objects.kept().order_by("counted_on", "total")
    assert list(kept.values_list("total", "nursing")) == [(50, 0), (100, 30), (60, 0)]
    assert set(Change.objects.filter(batch=f"import:{batch.pk}").values_list("actor_id")) == {
        (clerk.pk,)
    }


def test_the_same_file_twice_changes_nothing_and_leaves_no_history(
    clerk: User, hospital: Institution
) -> None:
    cells = beds((hospital.code, "2025-06-30", "卫健核定", "实有", 100, 30))
    confirm(clerk, preview(clerk, send_cells(clerk, "beds", cells)))
    before = Change.objects.count()
    again = confirm(clerk, preview(clerk, send_cells(clerk, "beds", cells)))
    assert (again.state, counts(again)) == (ImportState.DONE, (0, 0, 1, 0))
    assert Change.objects.count() == before


def faults(batch: ImportBatch) -> list[str]:
    return [str(fault) for line in all_pages(batch) for fault in line.faults]


def test_one_wrong_line_and_nothing_is_imported(clerk: User, hospital: Institution) -> None:
    good = (hospital.code, "2025-06-30", "卫健核定", "实有", 100, 30)
    cells = beds(good, (*good[:4], "很多", 1), ("T-NONE", *good[1:]), good)
    batch = preview(clerk, send_cells(clerk, "beds", cells))
    assert counts(batch) == (1, 0, 0, 3)
    assert faults(batch) == [
        "“床位总数”“很多”不是 0 或正整数。",
        "“机构编码”“T-NONE”没有登记，请先导入机构台账。",
        "与第 2 行是同一条登记，文件里只能出现一次，请删去其中一行。",
    ]
    with pytest.raises(ValidationError, match="还有行有误"):
        confirm_import(by=actor_of(clerk), batch=batch, at=timezone.now())
    assert not BedCount.objects.exists()


def test_what_went_wrong_between_preview_and_confirm_stops_all_of_it(
    clerk: User, hospital: Institution, street: Region
) -> None:
    other = make_health(street)
    line = ("2025-06-30", "卫健核定", "实有", 100, 30)
    batch = preview(
        clerk, send_cells(clerk, "beds", beds((hospital.code, *line), (other.code, *line)))
    )
    Institution.objects.filter(pk=other.pk).update(voided_at=timezone.now(), void_reason="重复")
    confirm(clerk, batch)
    assert (batch.state, counts(batch)[3]) == (ImportState.FAILED, 1)
    assert "整份都没有导入" in batch.message
    assert not BedCount.objects.exists()


@pytest.mark.parametrize(
    ("role", "register", "told"),
    [
        (Role.CITY_HEALTH_CLERK, "卫健核定", ""),
        (Role.CITY_HEALTH_CLERK, "民政备案", "养老一侧由民政维护"),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, "民政备案", ""),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, "卫健核定", "医疗卫生一侧由卫健维护"),
        (Role.DISTRICT_HEALTH_CLERK, "卫健核定", "不在您的授权范围"),
        (Role.INSTITUTION_REPORTER, "卫健核定", "不在您的授权范围"),
    ],
)
def test_each_office_imports_its_own_side_and_its_own_district(
    hospital: Institution, role: Role, register: str, told: str
) -> None:
    user = open_user(role)
    cells = beds((hospital.code, "2025-06-30", register, "实有", 100, 30))
    batch = preview(user, send_cells(user, "beds", cells))
    assert told in "".join(faults(batch))
    assert bool(counts(batch)[3]) == bool(told)


def test_a_district_imports_what_lies_in_it(hospital: Institution, street: Region) -> None:
    user = open_user(Role.DISTRICT_HEALTH_CLERK)
    RegionGrant.objects.create(user=user, region=street, starts_on=LONG_AGO)
    cells = beds((hospital.code, "2025-06-30", "卫健核定", "实有", 100, 30))
    assert counts(preview(user, send_cells(user, "beds", cells))) == (1, 0, 0, 0)


def test_a_right_taken_back_since_the_upload_counts_no_more(
    clerk: User, hospital: Institution
) -> None:
    batch = send_cells(clerk, "beds", beds((hospital.code, "2025-06-30", "卫健核定", "实有", 1, 0)))
    preview(clerk, batch)
    with recorded(by=SYSTEM, reason="调任"):
        User.objects.filter(pk=clerk.pk).update(role=Role.LEADER)
    confirm(clerk, batch)
    assert batch.state == ImportState.FAILED
    assert "已无权导入" in batch.message


def test_the_columns_an_account_matched_are_remembered_for_the_same_header(
    clerk: User, hospital: Institution
) -> None:
    header = ("单位代码", "统计日期", "口径", "核定实有", "张数")
    rows = [header, (hospital.code, "2025-06-30", "卫健核定", "实有", "80")]
    batch = send(clerk, "beds", workbook(rows))
    preview(clerk, batch, 张数="total")
    assert ColumnMatch.objects.get().columns[-1] == "total"
    assert counts(preview(clerk, send(clerk, "beds", workbook(rows)))) == (1, 0, 0, 0)
    stranger = open_user(Role.CITY_HEALTH_CLERK)
    with pytest.raises(ValidationError, match="床位总数"):
        preview(stranger, send(stranger, "beds", workbook(rows)))


@pytest.mark.parametrize(
    ("rows", "is_whole", "refused"),
    [(1, True, True), (4, True, False), (5, True, False), (1, False, False)],
)
def test_half_a_register_is_refused_as_a_whole_one(
    clerk: User, street: Region, rows: int, *, is_whole: bool, refused: bool
) -> None:
    known = [make_health(street) for _ in range(5)]
    for one in known:
        make_beds(one, date(2025, 3, 31), 10, register="HEALTH")
    lines = [(one.code, "2025-06-30", "卫健核定", "实有", 10, 0) for one in known[:rows]]
    batch = preview(clerk, send_cells(clerk, "beds", beds(*lines)), is_whole=is_whole)
    assert (batch.state == ImportState.FAILED) == refused
    assert ("像是只有一部分" in batch.message) == refused


def test_a_column_the_sheet_lacks_stays_as_it_is_in_the_register(
    clerk: User, street: Region
) -> None:
    home = make_health(street, name="旧名", address="人民路 1 号", departments=["GERIATRICS"])
    cells = (
        "机构编码\t名称\t区划代码\t起始日期\t状态\t卫生机构类别\n"
        f"{home.code}\t新名\t{street.code}\t2025-01-01\t正常\t综合医院"
    )
    batch = confirm(clerk, preview(clerk, send_cells(clerk, "institutions", cells)))
    assert (batch.message, counts(batch)) == ("", (0, 1, 0, 0))
    now = home.profiles.get(ends_on=None)
    assert (now.name, now.address, now.departments) == ("新名", "人民路 1 号", ["GERIATRICS"])


def test_a_cell_emptied_at_the_end_of_its_line_is_emptied_in_the_register(
    clerk: User, hospital: Institution
) -> None:
    """By command and by page; the last cells of a line are read as if they were not there."""
    place = (hospital.code, "2025-06-30", "卫健核定", "实有", 20)
    for nursing, sent in ((5, 5), ("", 0)):
        content = ",".join(HEADER) + "\n" + ",".join(map(str, (*place, nursing)))
        ingest(BEDS, content.encode(), by=SYSTEM, batch="命令")
        assert BedCount.objects.kept().get().nursing == sent
    for nursing, sent in ((5, 5), ("", 0)):
        confirm(clerk, preview(clerk, send_cells(clerk, "beds", beds((*place, nursing)))))
        assert BedCount.objects.kept().get().nursing == sent


def test_the_old_values_are_shown_as_a_clerk_would_type_them(clerk: User, street: Region) -> None:
    home = make_health(street, name="旧名", status="SUSPENDED", level=2)
    cells = (
        "机构编码\t名称\t区划代码\t起始日期\t状态\t卫生机构类别\t医院级别\t科室\n"
        f"{home.code}\t新名\t{street.code}\t2025-01-01\t正常\t综合医院\t三级\t中医科"
    )
    (line,) = all_pages(preview(clerk, send_cells(clerk, "institutions", cells)))
    assert line.old == {"name": "旧名", "status": "停业", "level": "二级", "departments": "（空）"}


def test_a_civil_affairs_clerk_does_not_import_a_hospital(street: Region) -> None:
    user = open_user(Role.CITY_CIVIL_AFFAIRS_CLERK)
    make_elderly(street)
    cells = (
        "机构编码\t名称\t区划代码\t起始日期\t状态\t卫生机构类别\t养老服务机构类型\n"
        f"N-1\t甲\t{street.code}\t2025-01-01\t正常\t综合医院\t\n"
        f"N-2\t乙\t{street.code}\t2025-01-01\t正常\t\t养老院\n"
    )
    assert counts(preview(user, send_cells(user, "institutions", cells))) == (1, 0, 0, 1)


REPORTS = {
    "occupancy": "机构编码\t月末日\t入住人数\t半失能\n{home}\t2025-06-30\t50\t5",
    "care_services": "机构编码\t服务形式\t医疗服务\t起始日期\n{home}\t定期巡诊\t是\t2025-01-01",
    "licences": (
        "机构编码\t证照种类\t备案编号\t起始日期\t有效期至\t全日床位数\n"
        "{home}\t养老机构备案\tB-1\t2025-01-01\t2030-01-01\t80"
    ),
    "staff": "机构编码\t统计日\t医师\t护士\t护理员\n{home}\t2025-06-30\t1\t2\t10",
    "green_channels": "机构编码\t环节\t起始日\n{hospital}\t挂号、就诊\t2025-01-01",
    "populations": (
        "行政区划代码\t人群\t口径\t统计时点\t人口数\t数据来源\n"
        "{street}\t60 岁及以上\t常住\t2025-11-01\t1200\t公报"
    ),
}


@pytest.mark.parametrize("register", REPORTS)
def test_every_register_takes_its_sheet_and_the_same_again_unchanged(
    register: str, street: Region
) -> None:
    is_health = register in {"green_channels", "populations"}
    role = Role.CITY_HEALTH_CLERK if is_health else Role.CITY_CIVIL_AFFAIRS_CLERK
    user = open_user(role)
    places = {"home": make_elderly(street).code, "hospital": make_health(street).code}
    cells = REPORTS[register].format(street=street.code, **places)
    batch = confirm(user, preview(user, send_cells(user, register, cells)))
    assert (batch.message, counts(batch)) == ("", (1, 0, 0, 0))
    again = preview(user, send_cells(user, register, cells))
    assert (faults(again), counts(again)) == ([], (0, 0, 1, 0))
