"""A new master key takes along the sheets of unfinished imports, and every other wrapped key."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone
from psycopg2.extensions import connection as Connection
from pytest_django import Settings

from contracts.tests.test_rotation import NEW, OLD, held, kill_half_way, rotate, turn
from institutions.imports.actions import confirm_import, match_columns
from institutions.imports.files import open_file
from institutions.imports.keys import SHEETS
from institutions.models import BedCount, ImportBatch, ImportState, Institution, RegionLevel
from institutions.tests.batches import BEDS_CELLS, actor_of, confirm, counts, preview, send_cells
from institutions.tests.factories import make_health, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.keys import key_columns, keys_in_use
from yiyang.lib.crypto import wrapped_key_id

# 数据库里每一个二进制列：要么是登记在册、换主密钥时一并换的数据密钥，要么写明它为什么不是。
NO_KEYS = {
    ("contracts_person", "name_sealed"): "以本人的数据密钥加密",
    ("contracts_person", "id_sealed"): "以本人的数据密钥加密",
    ("contracts_person", "phone_sealed"): "以本人的数据密钥加密",
    ("contracts_person", "name_digest"): "检索值，随检索密钥换",
    ("contracts_person", "id_digest"): "检索值，随检索密钥换",
    ("institutions_importpage", "sealed"): "以所属批次的数据密钥加密",
    ("institutions_importpiece", "sealed"): "以所属批次的数据密钥加密",
    ("yiyang_attachmentcontent", "sealed"): "以这个文件的数据密钥加密",
    ("targets_bulletintemplate", "content"): "通报的 Word 模板，没有人的信息，不加密",
}
BYTES = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'bytea'
"""


@pytest.fixture(autouse=True)
def old_keys(settings: Settings) -> None:
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"k1": OLD, "k2": NEW}, "k1"


@pytest.fixture
def clerk(db: None) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def hospital(db: None) -> Institution:
    return make_health(make_region("测试市", RegionLevel.CITY, code="150300000000"))


def beds(hospital: Institution) -> str:
    return BEDS_CELLS.replace("T-999999", hospital.code)


def text_of(batch: ImportBatch) -> str:
    return open_file(ImportBatch.objects.get(pk=batch.pk)).read().decode()


@pytest.mark.django_db
def test_every_column_of_wrapped_keys_is_registered() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BYTES)
        stored = set(cursor.fetchall())
    registered = {column.place for column in key_columns()}
    assert registered.isdisjoint(NO_KEYS)
    assert stored == registered | set(NO_KEYS)


def test_a_sheet_waiting_for_its_sender_is_previewed_and_imported_under_the_new_key(
    clerk: User, hospital: Institution, settings: Settings
) -> None:
    uploaded = send_cells(clerk, "beds", beds(hospital))
    previewed = preview(clerk, send_cells(clerk, "beds", beds(hospital)))
    settings.FIELD_KEY_ID = "k2"
    assert "主密钥 k1 还包裹着 2 份导入文件的密钥，不得移除。" in rotate("--dry-run")
    assert "主密钥 k1 已无人使用" in rotate()
    settings.FIELD_KEYS = {"k2": NEW}
    uploaded.refresh_from_db()
    previewed.refresh_from_db()
    assert counts(preview(clerk, uploaded)) == (1, 0, 0, 0)
    assert confirm(clerk, previewed).state == ImportState.DONE
    assert BedCount.objects.get().counted_on == date(2017, 6, 30)


@pytest.mark.parametrize("step", ["match", "confirm"])
def test_a_step_begun_before_the_rotation_does_not_write_the_old_wrapping_back(
    clerk: User, hospital: Institution, settings: Settings, step: str
) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", beds(hospital)))
    settings.FIELD_KEY_ID = "k2"
    rotate()
    by, at = actor_of(clerk), timezone.now()
    if step == "match":
        match_columns(by=by, batch=batch, columns=batch.columns, is_whole=False, at=at)
    else:
        confirm_import(by=by, batch=batch, at=at)
    assert keys_in_use() == {"k2": 1}


def test_a_sheet_whose_key_was_dropped_is_none_of_the_rotations_business(
    clerk: User, settings: Settings
) -> None:
    batch = send_cells(clerk, "beds", BEDS_CELLS)
    ImportBatch.objects.filter(pk=batch.pk).update(wrapped_key=None)
    settings.FIELD_KEY_ID = "k2"
    assert "0 份导入文件的密钥" in rotate()


def test_a_rotation_of_sheets_killed_half_way_goes_on_and_loses_none(
    process_environment: dict[str, str], owner_connection: Connection, settings: Settings
) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    lines = [BEDS_CELLS.replace("T-999999", f"T-{number}") for number in range(6)]
    known = {batch: text_of(batch) for batch in (send_cells(clerk, "beds", one) for one in lines)}
    turn(settings)
    environment = {
        **process_environment,
        "FIELD_KEYS": f"k1={OLD},k2={NEW}",
        "FIELD_KEY_ID": "k2",
    }
    lock = "SELECT 1 FROM institutions_importbatch WHERE id = %s FOR UPDATE"
    with held(owner_connection, lock, sorted(batch.pk for batch in known)[3]):
        kill_half_way(environment, lambda: SHEETS.stale().count() == 3)
        assert {batch: text_of(batch) for batch in known} == known
    rotate("--batch", "2")
    settings.FIELD_KEYS = {"k2": NEW}
    assert {batch: text_of(batch) for batch in known} == known
    assert {wrapped_key_id(one.wrapped_key or b"") for one in ImportBatch.objects.all()} == {"k2"}
