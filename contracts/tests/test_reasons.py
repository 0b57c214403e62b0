"""What is written as a reason stays for ever, so it names nobody: every way in refuses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contracts.actions_signups import terminate_signup, void_signup
from contracts.correction import correct_identity
from contracts.handing_over import CopyFormat, hand_over
from contracts.merging import merge_persons
from contracts.models import FamilyDoctorSignup, Person, Reveal, RevealField, RevealReason
from contracts.persons.reveals import reveal
from contracts.reasons import NO_NAMES, NO_NUMBERS, identity_in
from contracts.tests.factories import make_signup, make_team
from contracts.tests.persons import ID_NUMBER, NAME, PHONE, City, make_lan_zhi
from contracts.tests.test_import_signups import faults, line, sheet
from institutions.imports.actions import _shown_name
from institutions.models import RegionLevel
from institutions.tests.batches import actor_of, preview, send_cells
from institutions.tests.factories import make_health, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor
from yiyang.access.tests.accounts import open_user
from yiyang.attachments.contents import shown_name
from yiyang.attachments.models import FileKind
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.models import Change

DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [
    ("通知 11 月 25 日上门体检", ""),
    ("2025-03-01 签的重了，2025 年 3 月 2 日发现", ""),
    ("本人持证件更正", ""),
    ("欧阳家的二女儿来电", ""),
    ("欧阳兰芝来电核对", NO_NAMES),
    ("欧 阳 兰 芝 来电核对", NO_NAMES),
    (f"证号 {ID_NUMBER} 录错", NO_NUMBERS),
    ("电话 154-0000-1234 打不通", NO_NUMBERS),
    ("电话１５４００００１２３４打不通", NO_NUMBERS),
]


@pytest.mark.parametrize(("reason", "wrong"), WORDS)
def test_which_reasons_name_somebody(reason: str, wrong: str) -> None:
    assert identity_in(reason, [NAME, ""]) == wrong


def looked(by: Actor, signup: FamilyDoctorSignup, reason: str) -> None:
    reveal(
        by=by, person=signup.person, field=RevealField.PHONE, reason=RevealReason.VERIFY,
        note=reason, at=AT,
    )  # fmt: skip


def merged(by: Actor, signup: FamilyDoctorSignup, reason: str) -> None:
    merge_persons(by=by, keep=Person.objects.create(born_on=DAY), drop=signup.person, reason=reason)


WAYS: dict[str, Callable[[Actor, FamilyDoctorSignup, str], Any]] = {
    "look": looked,
    "correct": lambda by, signup, reason: correct_identity(
        by=by, person=signup.person, as_of=DAY, phone="15400009999", reason=reason
    ),
    "correct to": lambda by, signup, reason: correct_identity(
        by=by, person=signup.person, as_of=DAY, name="司马青竹", reason=f"改为司马青竹{reason[6:]}"
    ),
    "merge": merged,
    "copy": lambda by, signup, reason: hand_over(
        by=by, person=signup.person, reason=reason, form=CopyFormat.JSON
    ),
    "terminate": lambda by, signup, reason: terminate_signup(
        by=by, signup=signup, on=date(2018, 1, 1), reason=reason
    ),
    "void": lambda by, signup, reason: void_signup(by=by, signup=signup, reason=reason),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_refuses_the_name_and_writes_nothing(way: str) -> None:
    city = City.make()
    person = make_lan_zhi(city.community)
    signup = make_signup(person, make_team(make_health(city.street), city.community))
    by = actor_of(open_user(Role.CITY_HEALTH_REVIEWER), DAY)
    before = Change.objects.exclude(table_name="contracts_person").count()
    with pytest.raises(ValidationError, match="姓名"):
        WAYS[way](by, signup, f"{NAME}来电核对")
    assert Change.objects.exclude(table_name="contracts_person").count() == before
    assert not Reveal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [f"{NAME}本人要求", f"打 {PHONE} 联系不上"])
def test_a_sheet_whose_reason_names_them_is_told_so(reason: str) -> None:
    city = City.make()
    clerk: User = open_user(Role.CITY_HEALTH_CLERK)
    team = make_team(make_health(city.street), city.community)
    home = city.community.code
    one = line(team, 姓名=NAME, 居住地区划代码=home, 解约日期="2025-09-01", 解约原因=reason)
    cells = sheet(one)
    (fault,) = faults(preview(clerk, send_cells(clerk, "signups", cells)))
    assert "事由里不要写" in fault


@pytest.mark.django_db
def test_the_change_log_blots_numbers_out_of_any_reason() -> None:
    with recorded(by=SYSTEM, reason=f"录错，证号 {ID_NUMBER}，电话 {PHONE}"):
        make_region("测试市", RegionLevel.CITY, code="150300000000")
    assert Change.objects.latest("pk").reason == "录错，证号 …，电话 …"


def test_the_names_of_files_keep_no_numbers() -> None:
    assert _shown_name(f"{ID_NUMBER} 签约.xlsx") == "… 签约.xlsx"
    assert shown_name(f"{ID_NUMBER}.pdf", FileKind.PDF) == "….pdf"
    assert shown_name(f"协议 {PHONE}.pdf", FileKind.PDF) == "协议 ….pdf"
