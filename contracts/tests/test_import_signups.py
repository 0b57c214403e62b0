"""The sheet of sign-ups: persons known by their ID number, homes and sign-ups set by set."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import ric

from contracts.identity import open_identity
from contracts.models import DoctorTeam, FamilyDoctorSignup, Person, PersonResidence
from contracts.tests.factories import make_known_person, make_person, make_signup, make_team
from contracts.tests.persons import City
from institutions.imports.pages import all_pages
from institutions.imports.registry import register_named
from institutions.imports.shown import preview_of
from institutions.models import ImportBatch, ImportState, RegionGrant, RegionLevel
from institutions.tests.batches import confirm, counts, preview, send, send_cells, workbook
from institutions.tests.factories import LONG_AGO, make_health, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change
from yiyang.lib import sheets
from yiyang.lib.crypto import digest

pytestmark = pytest.mark.django_db
HEADER = (
    *("身份证号", "姓名", "联系电话", "居住地区划代码", "团队编码", "签约日期", "到期日期"),
    *("自动续约", "解约日期", "解约原因"),
)


def id_number(number: int, born: str = "19400307") -> str:
    stem = f"150399{born}{number:03d}"
    return stem + ric.calc_check_digit(stem + "0")


@pytest.fixture
def city() -> City:
    return City.make()


@pytest.fixture
def team(city: City) -> DoctorTeam:
    return make_team(make_health(city.street), city.community)


@pytest.fixture
def clerk(city: City) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


def line(team: DoctorTeam, number: int = 1, **given: str) -> tuple[str, ...]:
    """One line; what is not given is as usual."""
    usual = {
        "身份证号": id_number(number),
        "姓名": "王秀英",
        "联系电话": "",
        "居住地区划代码": "",
        "团队编码": team.code,
        "签约日期": "2025-03-01",
        "到期日期": "2026-02-28",
    }
    filled = usual | given
    return tuple(filled.get(heading, "") for heading in HEADER)


def sheet(*lines: tuple[str, ...]) -> str:
    return "\n".join("\t".join(cells) for cells in (HEADER, *lines))


def faults(batch: ImportBatch) -> list[str]:
    return [str(fault) for one in all_pages(batch) for fault in one.faults]


def test_new_persons_are_entered_sealed_with_home_and_sign_up(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    cells = sheet(
        line(team, 1, 姓名="欧阳兰芝", 联系电话="15400001234", 居住地区划代码=city.community.code),
        line(team, 2, 居住地区划代码=city.community.code),
    )
    before = Change.objects.count()
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert (batch.message, counts(batch), faults(batch)) == ("", (2, 0, 0, 0), [])
    assert (Person.objects.count(), Change.objects.count()) == (0, before)
    confirm(clerk, batch)
    assert (batch.state, batch.message, counts(batch)) == (ImportState.DONE, "", (2, 0, 0, 0))
    first = Person.objects.order_by("id").first()
    assert first is not None
    who = open_identity(first)
    assert (who.name, who.id_number, who.phone) == ("欧阳兰芝", id_number(1), "15400001234")
    assert (first.born_on, first.sex) == (date(1940, 3, 7), "M")
    home = PersonResidence.objects.get(person=first)
    assert (home.region, home.kind, home.starts_on) == (city.community, "USUAL", date(2025, 3, 1))
    signup = FamilyDoctorSignup.objects.get(person=first)
    assert (signup.team, signup.starts_on, signup.expires_on, signup.auto_renews) == (
        team,
        date(2025, 3, 1),
        date(2026, 2, 28),
        False,
    )
    logged = Change.objects.filter(batch=f"import:{batch.pk}")
    assert set(logged.values_list("actor_id", flat=True)) == {clerk.pk}
    assert sum(logged.values_list("row_count", flat=True)) == 6


def test_a_workbook_read_row_by_row_enters_the_same(
    clerk: User, city: City, team: DoctorTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the sealed pieces of the file, through header, preview and import."""
    monkeypatch.setattr(sheets, "STREAMED_BYTES", -1)
    lines = [line(team, number, 居住地区划代码=city.community.code) for number in range(200)]
    batch = preview(clerk, send(clerk, "signups", workbook([HEADER, *lines])))
    assert (batch.message, counts(batch)) == ("", (200, 0, 0, 0))
    confirm(clerk, batch)
    assert (batch.state, counts(batch)) == (ImportState.DONE, (200, 0, 0, 0))
    entered = {bytes(one or b"") for one in Person.objects.values_list("id_digest", flat=True)}
    assert entered == {digest(id_number(number), "id_number") for number in range(200)}
    uids = FamilyDoctorSignup.objects.values_list("uid", flat=True)
    assert (len(set(uids)), {uid.version for uid in uids}) == (200, {4})


def test_the_same_sheet_twice_changes_nothing_and_leaves_no_history(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    phone = {"联系电话": "15400001234", "居住地区划代码": city.community.code}
    cells = sheet(line(team, 1, **phone), line(team, 2, **phone, 自动续约="是"))
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", cells)))
    before = Change.objects.count()
    again = confirm(clerk, preview(clerk, send_cells(clerk, "signups", cells)))
    assert (again.state, counts(again)) == (ImportState.DONE, (0, 0, 2, 0))
    assert Change.objects.count() == before


def test_what_is_known_is_corrected_and_the_old_values_are_masked(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    person = make_known_person(
        city.community, name="王秀英", id_number=id_number(1), phone="15400000001"
    )
    signup = make_signup(
        person,
        team,
        signed_on=date(2025, 3, 1),
        starts_on=date(2025, 3, 1),
        expires_on=date(2026, 2, 28),
    )
    moved_to = make_region("西社区", RegionLevel.COMMUNITY, city.west)
    other = make_team(make_health(city.street))
    cells = sheet(
        line(
            other,
            姓名="王秀瑛",
            联系电话="15400000002",
            居住地区划代码=moved_to.code,
            解约日期="2025-09-01",
            解约原因="居民要求",
        )
    )
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    (one,) = all_pages(batch)
    assert one.old == {
        "name": "王**",
        "phone": "154****0001",
        "region": "春风社区",
        "team": team.code,
        "terminated_on": "（空）",
        "termination_reason": "（空）",
    }
    confirm(clerk, batch)
    assert (batch.message, counts(batch)) == ("", (0, 1, 0, 0))
    person.refresh_from_db()
    assert open_identity(person).name == "王秀瑛"
    assert open_identity(person).phone == "15400000002"
    signup.refresh_from_db()
    assert (signup.team, signup.terminated_on) == (other, date(2025, 9, 1))
    homes = person.residences.order_by("starts_on").values_list("region", "starts_on", "ends_on")
    assert list(homes) == [
        (city.community.pk, LONG_AGO, date(2025, 2, 28)),
        (moved_to.pk, date(2025, 3, 1), None),
    ]
    assert counts(preview(clerk, send_cells(clerk, "signups", cells))) == (0, 0, 1, 0)


def test_a_wider_region_or_an_older_sheet_moves_nobody(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    person = make_known_person(city.community, id_number=id_number(1))
    PersonResidence.objects.filter(person=person).update(starts_on=date(2025, 6, 1))
    cells = sheet(line(team, 居住地区划代码=city.street.code))
    assert counts(preview(clerk, send_cells(clerk, "signups", cells))) == (1, 0, 0, 0)
    cells = sheet(line(team, 居住地区划代码=city.west.code))
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", cells)))
    assert person.residences.count() == 1


REFUSED = {
    "ruined": ({"身份证号": "1.50302E+17"}, "转成了数值，末几位已丢失"),
    "cut": ({"身份证号": "150302194003070000"}, "可能被表格软件截断"),
    "too young": ({"身份证号": id_number(1, "19900101")}, "不满 60 岁"),
    "the day before 60": ({"身份证号": id_number(1, "19660303")}, "不满 60 岁"),
    "on the 60th birthday": ({"身份证号": id_number(1, "19660302")}, ""),
    "no region": ({"居住地区划代码": ""}, "须填居住地区划代码"),
    "unknown region": ({"居住地区划代码": "999999999999"}, "不在区划表中"),
    "unknown team": ({"团队编码": "无此队"}, "先导入家庭医生团队"),
    "a day short": ({"到期日期": "2026-02-27"}, "签约期不得少于一年"),
    "a leap day": ({"签约日期": "2024-02-29", "到期日期": "2025-02-27"}, ""),
    "signed tomorrow": ({"签约日期": "2026-03-03", "到期日期": "2027-03-02"}, "晚于今天"),
    "signed today": ({"签约日期": "2026-03-02", "到期日期": "2027-03-01"}, ""),
    "ended without reason": ({"解约日期": "2025-05-01"}, "须同时填写"),
    "one letter": ({"姓名": "王"}, "全名"),
    "phone": ({"联系电话": "12345"}, "电话须为"),
    "date": ({"签约日期": "2025-02-30"}, "不存在"),
    "year": ({"签约日期": "0025-02-01"}, "年份不对"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_is_refused_with_the_reason(
    clerk: User, city: City, team: DoctorTeam, case: str
) -> None:
    given, told = REFUSED[case]
    cells = sheet(line(team, 1, **({"居住地区划代码": city.community.code} | given)))
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert bool(counts(batch)[3]) == bool(told)
    assert told in "".join(faults(batch))


def test_one_team_at_a_time_and_one_line_for_each_sign_up(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    place = {"居住地区划代码": city.community.code}
    cells = sheet(
        line(team, 1, **place),
        line(team, 1, **place, 签约日期="2026-02-28", 到期日期="2027-02-27"),
        line(team, 1, **place, 签约日期="2026-03-01", 到期日期="2027-02-28"),
        line(team, 1, **place),
        line(team, 2, **place, 自动续约="是"),
        line(team, 2, **place, 签约日期="2026-03-01", 到期日期="2027-02-28"),
    )
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert counts(batch) == (3, 0, 0, 3)
    told = "".join(faults(batch))
    assert told.count("重叠") == 2
    assert "与第 2 行是同一人" in told


def test_a_sign_up_after_death_is_refused(clerk: User, city: City, team: DoctorTeam) -> None:
    make_known_person(city.community, id_number=id_number(1), died_on=date(2025, 3, 1))
    batch = preview(clerk, send_cells(clerk, "signups", sheet(line(team))))
    assert "登记死亡" in "".join(faults(batch))


def test_a_district_enters_its_own_people_only(city: City, team: DoctorTeam) -> None:
    user = open_user(Role.DISTRICT_HEALTH_CLERK)
    RegionGrant.objects.create(user=user, region=city.east, starts_on=LONG_AGO)
    make_known_person(city.west, id_number=id_number(3))
    far = make_team(make_health(city.west))
    cells = sheet(
        line(team, 1, 居住地区划代码=city.community.code),
        line(team, 2, 居住地区划代码=city.west.code),
        line(team, 3),
        line(far, 4, 居住地区划代码=city.community.code),
    )
    batch = preview(user, send_cells(user, "signups", cells))
    assert counts(batch) == (1, 0, 0, 3)
    outside, elsewhere, foreign = faults(batch)
    assert outside.startswith("“居住地区划代码”不在您的授权范围")
    assert elsewhere.startswith("这个人现登记居住在您的授权范围以外")
    assert foreign.startswith(f"“团队编码”“{far.code}”没有登记")


def test_the_page_masks_what_the_sheet_says_of_a_person(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    given = {"姓名": "欧阳兰芝", "联系电话": "15400001234", "居住地区划代码": city.street.code}
    cells = sheet(line(team, 1, **given))
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    register = register_named("signups")
    assert register is not None
    shown = preview_of(batch, register, "NEW", 1)
    assert shown is not None
    assert [cell.text for cell in shown.lines[0].cells][:3] == [
        f"150{'*' * 13}{id_number(1)[-2:]}",
        "欧阳**",
        "154****1234",
    ]


def test_a_chunk_ends_between_two_lines_of_one_person(
    clerk: User, city: City, team: DoctorTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contracts.imports.signups.CHUNK", 1)
    place = {"居住地区划代码": city.community.code}
    later = {"签约日期": "2026-03-01", "到期日期": "2027-02-28"}
    cells = sheet(line(team, 1, **place), line(team, 1, **place, **later), line(team, 1, **place))
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert counts(batch) == (2, 0, 0, 1)
    assert "文件里只能出现一次" in "".join(faults(batch))


def test_what_the_database_refuses_is_said_with_the_lines(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    """A record without its key cannot be found, but its ID number is taken all the same."""
    make_person(city.community, id_digest=digest(id_number(1), "id_number"))
    cells = sheet(line(team, 居住地区划代码=city.community.code))
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert batch.state == ImportState.FAILED
    assert batch.message.startswith("第 2—2 行之间写不进登记")
