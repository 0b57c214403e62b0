"""A person gets a copy of everything held about them, and nobody else does."""

from __future__ import annotations

import json
import stat
from base64 import b64encode
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from pytest_django import Settings

from contracts.correction import correct_identity
from contracts.handing_over import CopyFormat, hand_over
from contracts.held import RESTRICTED_LEFT_OUT, held_about, registers_of_persons
from contracts.keys import renew_digests
from contracts.merging import merge_persons
from contracts.models import KeyGroup, Person, SignupService
from contracts.tests.factories import (
    make_health_management,
    make_key_group,
    make_known_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import Region, RegionGrant, RegionLevel
from institutions.tests.factories import LONG_AGO, make_institution, make_region
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM
from yiyang.lib.sheets import read_rows

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
REASON = "本人书面申请查阅"
WHO: dict[str, Any] = {"name": "王秀英", "id_number": "150399194501010018", "phone": "15400000001"}


@pytest.fixture
def street() -> Region:
    return make_region("甲街道", RegionLevel.STREET)


@pytest.fixture
def person(street: Region) -> Person:
    """A person with a row in every register that has persons."""
    person = make_known_person(**WHO)
    institution = make_institution()
    make_residence(person, street)
    signup = make_signup(person, make_team(institution))
    SignupService.objects.create(signup=signup, served_on=date(2017, 5, 6), kind="上门随访")
    make_health_management(person, institution)
    make_sickbed(person, institution)
    make_key_group(person)
    make_key_group(person, group=KeyGroup.SEVERE_MENTAL_DISORDER)
    return person


def actor(role: Role, *regions: Region) -> Actor:
    user = open_user(role)
    for region in regions:
        RegionGrant.objects.create(user=user, region=region, starts_on=LONG_AGO)
    return known_actor(user.pk, role, DAY)


def copy_of(person: Person, by: Actor) -> dict[str, Any]:
    content = hand_over(by=by, person=person, reason=REASON, form=CopyFormat.JSON).content
    found: dict[str, Any] = json.loads(content)
    return found


def test_the_copy_holds_every_register(person: Person) -> None:
    content = copy_of(person, actor(Role.CITY_HEALTH_REVIEWER))["内容"]
    assert list(content) == [
        *("本人", "居住地", "重点人群归属", "老年人健康管理", "家庭病床"),
        *("家庭医生签约", "签约服务记录", "变更历史", "查阅与处理记录"),
    ]
    (who,) = content["本人"]
    assert (who["姓名"], who["身份证号"], who["电话"]) == tuple(WHO.values())
    assert content["居住地"][0]["行政区划"] == "甲街道"
    assert content["签约服务记录"][0]["服务内容"] == "上门随访"
    groups = {row["重点人群"] for row in content["重点人群归属"]}
    assert groups == {"高血压患者", "严重精神障碍患者"}


def test_keys_and_digests_are_not_handed_out(person: Person) -> None:
    text = json.dumps(copy_of(person, actor(Role.CITY_HEALTH_REVIEWER)), ensure_ascii=False)
    for column in (person.name_digest, person.id_digest, person.name_sealed):
        assert bytes(column or b"").hex() not in text
    assert "密）" not in text


def test_every_register_that_points_at_a_person_is_known() -> None:
    names = {model.__name__ for model, _ in registers_of_persons()}
    assert names >= {
        *("PersonResidence", "KeyGroupMembership", "FamilyDoctorSignup", "SignupService"),
        *("HealthManagement", "HomeSickbed", "DestructionItem", "Reveal"),
    }
    assert "PersonKey" not in names


def test_history_is_in_plain_for_the_person(person: Person) -> None:
    correct_identity(by=SYSTEM, person=person, as_of=DAY, name="王秀瑛", reason="证件上是瑛字")
    history = copy_of(person, actor(Role.CITY_HEALTH_REVIEWER))["内容"]["变更历史"]
    changed = [line for line in history if line["项目"] == "姓名" and line["操作"] == "修改"]
    assert [(line["变更前"], line["变更后"], line["原因"]) for line in changed] == [
        ("王秀英", "王秀瑛", "证件上是瑛字")
    ]


def test_a_change_of_search_key_is_no_history_of_anyone(person: Person, settings: Settings) -> None:
    by = actor(Role.CITY_HEALTH_REVIEWER)
    before = copy_of(person, by)["内容"]["变更历史"]
    settings.OLD_DIGEST_KEYS = [settings.DIGEST_KEY]
    settings.DIGEST_KEY = b64encode(b"d" * 32).decode()
    assert renew_digests(lambda _: None).changed == 1
    assert copy_of(person, by)["内容"]["变更历史"] == before


def test_what_was_merged_in_is_the_same_persons(person: Person) -> None:
    twin = make_known_person(name="王秀英", phone="15400000009")
    merge_persons(by=SYSTEM, keep=person, drop=twin, reason="入户核对同一人")
    content = copy_of(person, actor(Role.CITY_HEALTH_REVIEWER))["内容"]
    assert [row["电话"] for row in content["本人"]] == ["15400000001", "15400000009"]
    assert "合并个人记录" in {row["事项"] for row in content["查阅与处理记录"]}


def test_a_district_hands_out_nothing_restricted_and_says_so(
    person: Person, street: Region
) -> None:
    by = actor(Role.DISTRICT_HEALTH_REVIEWER, street)
    copy = copy_of(person, by)
    assert copy["说明"] == RESTRICTED_LEFT_OUT
    text = json.dumps(copy, ensure_ascii=False)
    assert "精神障碍" not in text
    assert "SEVERE" not in text


def test_another_districts_reviewer_gets_nothing(person: Person) -> None:
    elsewhere = make_region("乙街道", RegionLevel.STREET)
    with pytest.raises(PermissionDenied):
        held_about(person, actor(Role.DISTRICT_HEALTH_REVIEWER, elsewhere))


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.CITY_HEALTH_REVIEWER, Role.DISTRICT_HEALTH_REVIEWER})
)
def test_roles_that_may_not_export_get_nothing(person: Person, street: Region, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(by=actor(role, street), person=person, reason=REASON, form=CopyFormat.JSON)
    assert not AuditEvent.objects.filter(kind="EXPORT", subject=f"person:{person.uid}").exists()


def test_a_copy_without_a_reason_is_refused(person: Person) -> None:
    by = actor(Role.CITY_HEALTH_REVIEWER)
    with pytest.raises(ValidationError, match="请写明理由"):
        hand_over(by=by, person=person, reason=" 查 ", form=CopyFormat.JSON)


def test_every_copy_is_on_record_under_its_number(person: Person) -> None:
    by = actor(Role.CITY_HEALTH_REVIEWER)
    copy = copy_of(person, by)
    event = AuditEvent.objects.get(kind="EXPORT", subject=f"person:{person.uid}")
    assert copy["编号"] == f"FB2026-{event.pk}"
    assert (event.actor_id, event.reason) == (by.user_id, REASON)


def test_the_workbook_is_text_and_no_formula(person: Person, settings: Settings) -> None:
    settings.DEMO = True
    bad = "=HYPERLINK(1)"
    SignupService.objects.update(kind=bad)
    by = actor(Role.CITY_HEALTH_REVIEWER)
    content = hand_over(by=by, person=person, reason=REASON, form=CopyFormat.XLSX).content
    rows = list(read_rows(content))
    assert rows[0].cells[0].startswith("个人信息副本 FB2026-")
    assert settings.DEMO_MARK in rows[0].cells[0]
    assert rows[3].cells[:3] == tuple(WHO.values())
    assert b"<f>" not in content


def export(person: Person, path: Path, *, by: str, reason: str = REASON) -> str:
    output = StringIO()
    arguments = ("--by", by, "--reason", reason, "--to", str(path))
    call_command("export_held", str(person.uid), *arguments, stdout=output)
    return output.getvalue()


def test_the_command_writes_a_private_file_once(person: Person, tmp_path: Path) -> None:
    user = open_user(Role.CITY_HEALTH_REVIEWER)
    path = tmp_path / "copy.json"
    assert "副本 FB" in export(person, path, by=user.username)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WHO["id_number"] in path.read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="写不了"):
        export(person, path, by=user.username)


def test_the_command_refuses_what_the_action_refuses(person: Person, tmp_path: Path) -> None:
    leader, reviewer = open_user(Role.LEADER), open_user(Role.CITY_HEALTH_REVIEWER)
    for path, by, reason, message in (
        (tmp_path / "a.json", leader.username, REASON, "不能提供"),
        (tmp_path / "a.json", reviewer.username, "查", "请写明理由"),
        (tmp_path / "a.json", "nobody", REASON, "没有启用的账号"),
        (tmp_path / "a.txt", reviewer.username, REASON, r"\.xlsx"),
    ):
        with pytest.raises(CommandError, match=message):
            export(person, path, by=by, reason=reason)
        assert not path.exists()
