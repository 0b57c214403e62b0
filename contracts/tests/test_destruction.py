"""Destroyed data opens nowhere any more; only a confirmed plan destroys, and only whom it names."""

from __future__ import annotations

import base64
import logging
import subprocess
import sys
import time
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from psycopg2.extensions import connection as Connection
from pytest_django import Settings

from contracts.destruction import carry_out, confirm_destruction, plan_destruction
from contracts.identity import COLUMNS, DIGEST_COLUMNS, TABLE, Identity, open_identity
from contracts.models import DestructionItem, DestructionPlan, Person, PersonKey
from contracts.sealed import flaws, logged_values
from contracts.tasks import watch_retention
from contracts.tests.factories import make_known_person
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.audit.models import AuditEvent
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError, digest, unwrap

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
DIED = date(2010, 1, 1)
WHO: dict[str, Any] = {"name": "王秀英", "id_number": "150399194501010018", "phone": "15400000001"}
WAIT_SECONDS = 60.0


@pytest.fixture
def maker() -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def checker() -> User:
    return open_user(Role.CITY_HEALTH_REVIEWER)


@pytest.fixture
def dead() -> Person:
    return make_known_person(died_on=DIED, **WHO)


def confirmed(maker: User, checker: User) -> DestructionPlan:
    plan = plan_destruction(by=maker, as_of=DAY)
    confirm_destruction(by=checker, plan=plan)
    return plan


def test_nothing_of_the_identity_is_left(dead: Person, maker: User, checker: User) -> None:
    kept = (dead.born_on, dead.sex, dead.died_on, dead.uid)
    carry_out(plan=confirmed(maker, checker), as_of=DAY)
    dead.refresh_from_db()
    assert not PersonKey.objects.exists()
    for column in (*COLUMNS.values(), *DIGEST_COLUMNS.values()):
        assert getattr(dead, column) is None
    assert open_identity(dead) == Identity()
    assert (dead.born_on, dead.sex, dead.died_on, dead.uid) == kept
    assert not Person.objects.filter(id_digest=digest(WHO["id_number"], "id_number")).exists()
    assert list(flaws(in_log=True)) == []


def test_the_log_keeps_nothing_to_find_or_open_them_by(
    dead: Person, maker: User, checker: User
) -> None:
    wrapped = bytes(PersonKey.objects.get().wrapped)
    carry_out(plan=confirmed(maker, checker), as_of=DAY)
    entries = list(ChangeEntry.objects.of(TABLE, dead.pk))
    assert len(entries) == 2
    # 旧密文还在日志里，但没有任何一处还存着打开它的钥匙，也没有可比对的检索值。
    assert logged_values(entries[1].before or {}) == logged_values(entries[0].after or {}) != []
    for entry in ChangeEntry.objects.all():
        text = f"{entry.before}{entry.after}"
        assert "digest" not in text
        assert wrapped.hex() not in text
        assert all(plain not in text for plain in WHO.values())


def test_an_old_backup_opens_no_more_once_the_master_key_is_changed(
    dead: Person, maker: User, checker: User, settings: Settings
) -> None:
    backed_up = bytes(PersonKey.objects.get().wrapped)
    carry_out(plan=confirmed(maker, checker), as_of=DAY)
    assert unwrap(backed_up, dead.uid)
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "next": base64.b64encode(bytes(32)).decode()}
    settings.FIELD_KEY_ID = "next"
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_KEYS = {"next": settings.FIELD_KEYS["next"]}
    with pytest.raises(SealError, match="不在 FIELD_KEYS"):
        unwrap(backed_up, dead.uid)


def test_only_those_on_the_plan_and_still_due_are_touched(
    dead: Person, maker: User, checker: User
) -> None:
    alive = make_known_person(name="李桂兰")
    mistaken = make_known_person(name="刘玉珍", died_on=DIED)
    plan = confirmed(maker, checker)
    later = make_known_person(name="陈凤霞", died_on=DIED)
    Person.objects.filter(pk=mistaken.pk).update(died_on=None)
    result = carry_out(plan=plan, as_of=DAY)
    assert (result.persons, result.spared) == (1, (mistaken.uid,))
    left = PersonKey.objects.values_list("person", flat=True)
    assert set(left) == {alive.pk, mistaken.pk, later.pk}


def test_carrying_out_again_does_nothing(dead: Person, maker: User, checker: User) -> None:
    plan = confirmed(maker, checker)
    carry_out(plan=plan, as_of=DAY)
    at = DestructionItem.objects.get().destroyed_at
    entries = ChangeEntry.objects.count()
    assert carry_out(plan=plan, as_of=DAY).persons == 0
    assert DestructionItem.objects.get().destroyed_at == at is not None
    assert ChangeEntry.objects.count() == entries
    with pytest.raises(ValidationError, match="没有保存期满"):
        plan_destruction(by=maker, as_of=DAY)


def test_the_audit_names_them_by_uid(dead: Person, maker: User, checker: User) -> None:
    plan = confirmed(maker, checker)
    carry_out(plan=plan, as_of=DAY)
    event = AuditEvent.objects.get(kind="DESTROY", subject=f"person:{dead.uid}")
    assert (event.actor_id, event.details) == (checker.pk, {"plan": plan.pk})
    assert event.reason == "死亡后保存期满"


def test_whoever_made_a_plan_cannot_confirm_it(dead: Person, checker: User) -> None:
    plan = plan_destruction(by=checker, as_of=DAY)
    with pytest.raises(ValidationError, match="制定人以外"):
        confirm_destruction(by=checker, plan=plan)
    with pytest.raises(DatabaseError, match="two_persons"), transaction.atomic():
        DestructionPlan.objects.update(confirmed_by=checker, confirmed_at="2026-01-01T00:00Z")
    with pytest.raises(ValidationError, match="没有经另一人确认"):
        carry_out(plan=plan, as_of=DAY)


@pytest.mark.parametrize("role", set(Role) - {Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER})
def test_other_roles_neither_plan_nor_confirm(dead: Person, maker: User, role: Role) -> None:
    user = open_user(role)
    with pytest.raises(PermissionDenied):
        plan_destruction(by=user, as_of=DAY)
    with pytest.raises(PermissionDenied):
        confirm_destruction(by=user, plan=plan_destruction(by=maker, as_of=DAY))


def test_a_clerk_plans_and_does_not_confirm(dead: Person, checker: User, maker: User) -> None:
    plan = plan_destruction(by=checker, as_of=DAY)
    with pytest.raises(PermissionDenied, match="市级卫健审核"):
        confirm_destruction(by=maker, plan=plan)


REFUSED = {
    "deleting a key": "DELETE FROM contracts_personkey",
    "an unconfirmed plan": "SELECT contracts_destroy_person((SELECT max(id) FROM"
    " contracts_destructionitem))",
    "nobody's item": "SELECT contracts_destroy_person(0)",
    "marking as done": "UPDATE contracts_destructionitem SET destroyed_at = now()",
    "swapping the person": "UPDATE contracts_destructionitem SET person_id = 1",
    "rewriting the log": "UPDATE yiyang_changeentry SET before = NULL",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_app_role_cannot_go_round_the_second_person(
    dead: Person, maker: User, statement: str
) -> None:
    plan_destruction(by=maker, as_of=DAY)
    with (
        pytest.raises(DatabaseError, match=r"permission denied|另一人确认"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert PersonKey.objects.exists()


def test_a_confirmed_plan_takes_nobody_else(dead: Person, maker: User, checker: User) -> None:
    plan = confirmed(maker, checker)
    other = make_known_person(name="李桂兰")
    with pytest.raises(DatabaseError, match="不能再添人"), transaction.atomic():
        DestructionItem.objects.create(plan=plan, person=other, ground="DEATH", since=DIED)
    with pytest.raises(DatabaseError, match="不能改"), transaction.atomic():
        DestructionPlan.objects.update(confirmed_by=open_user(Role.CITY_HEALTH_REVIEWER))
    with pytest.raises(DatabaseError, match="不能改"), transaction.atomic():
        DestructionPlan.objects.update(as_of=date(2030, 1, 1))


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("destroy_persons", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_says_first_and_destroys_for_a_second_person(
    dead: Person, maker: User, checker: User
) -> None:
    assert "保存期满 1 人" in run()
    assert "不可撤销" in run("--plan")
    assert not DestructionPlan.objects.exists()
    said = run("--plan", "--by", maker.username)
    number = str(DestructionPlan.objects.get().pk)
    assert f"--confirm {number}" in said
    assert PersonKey.objects.exists()
    assert f"计划 {number}：已销毁 1 人。" in run("--confirm", number, "--by", checker.username)
    assert not PersonKey.objects.exists()
    assert "没有半途停下的" in run("--resume")
    assert WHO["name"] not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--confirm", "999999", "--by", "{checker}"), "没有销毁计划 999999"),
        (("--confirm", "{plan}"), "请用 --by"),
        (("--confirm", "{plan}", "--by", "nobody"), "没有账号 nobody"),
        (("--confirm", "{plan}", "--by", "{maker}"), "市级卫健审核"),
    ],
)
def test_a_wrong_call_destroys_nothing(
    dead: Person, maker: User, checker: User, arguments: tuple[str, ...], message: str
) -> None:
    known = {
        "plan": plan_destruction(by=maker, as_of=DAY).pk,
        "maker": maker.username,
        "checker": checker.username,
    }
    with pytest.raises(CommandError, match=message):
        run(*(argument.format(**known) for argument in arguments))
    assert PersonKey.objects.exists()


def test_a_destruction_killed_half_way_goes_on(
    process_environment: dict[str, str], owner_connection: Connection, settings: Settings
) -> None:
    persons = [make_known_person(name=f"王{n}", died_on=DIED) for n in "一二三四五六"]
    maker, checker = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    plan = plan_destruction(by=maker, as_of=DAY)
    command = [sys.executable, "manage.py", "destroy_persons"]
    command += ["--confirm", str(plan.pk), "--by", checker.username]
    owner_connection.autocommit = False
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM contracts_personkey WHERE person_id = %s FOR UPDATE", [persons[3].pk]
        )
        process = subprocess.Popen(command, env=process_environment, stdout=subprocess.DEVNULL)
        waited_until = time.monotonic() + WAIT_SECONDS
        while PersonKey.objects.count() > 3:
            assert process.poll() is None
            assert time.monotonic() < waited_until
            time.sleep(0.05)
        process.kill()
        process.wait()
    owner_connection.rollback()
    # 每人要么全没了，要么原样：没有密钥没了而密文还在的人。
    assert list(flaws()) == []
    assert list(DestructionPlan.objects.unfinished()) == [plan]
    run("--resume")
    assert not PersonKey.objects.exists()
    assert not DestructionPlan.objects.unfinished().exists()
    assert not plan.items.filter(destroyed_at=None).exists()


def test_the_nightly_task_goes_on_with_a_stopped_plan_and_starts_none(
    maker: User, checker: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    make_known_person(died_on=DIED)
    plan = plan_destruction(by=maker, as_of=DAY)
    watch_retention()
    assert PersonKey.objects.count() == 1
    assert "0 destroyed, 1 due" in caplog.text
    confirm_destruction(by=checker, plan=plan)
    watch_retention()
    assert not PersonKey.objects.exists()
    assert "1 destroyed, 0 due" in caplog.text


def test_no_file_of_a_person_is_kept_that_destruction_does_not_know() -> None:
    # 扫描件与导入的文件都加密存在数据库里（test_rotated_sheets.py 逐列列着）；没有文件存在盘上。
    # 添了文件字段，就要在 destruction.py 里一并销毁。
    files = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
    ]
    assert files == []
