"""The pages of an import: what a clerk sees, what another may not, what comes back as a file."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from contracts.tests.persons import browser_of, events_after, last_event_id
from institutions.imports.actions import cancel_import, drop_old_files, start_again
from institutions.imports.files import open_file
from institutions.imports.registry import registers_for
from institutions.imports.running import BATCH_LOCK, check_batch, run_batch
from institutions.models import (
    BedCount,
    ImportBatch,
    ImportPage,
    ImportPiece,
    ImportState,
    Institution,
    RegionLevel,
)
from institutions.tests.batches import (
    TODAY,
    actor_of,
    confirm,
    match,
    preview,
    send_cells,
    workbook,
)
from institutions.tests.factories import make_health, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind

pytestmark = pytest.mark.django_db
HEADER = ("机构编码", "统计日", "登记口径", "核定或实有", "床位总数")


@pytest.fixture
def hospital() -> Institution:
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    return make_health(make_region("东街道", RegionLevel.STREET, city))


@pytest.fixture
def clerk() -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def desk(clerk: User) -> Client:
    return browser_of(clerk)


def cells(hospital: Institution, *totals: object) -> str:
    lines = [HEADER]
    for month, total in enumerate(totals, start=1):
        lines.append((hospital.code, f"2025-{month:02d}-28", "卫健核定", "实有", str(total)))
    return "\n".join("\t".join(line) for line in lines)


def sheet_of(answer: Any) -> list[list[Any]]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows: list[list[Any]] = (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    return rows


def test_from_upload_to_result(
    desk: Client, clerk: User, hospital: Institution, django_capture_on_commit_callbacks: Any
) -> None:
    content = workbook([HEADER, (hospital.code, "2025-06-30", "卫健核定", "实有", 80)])
    file = SimpleUploadedFile("床位 6 月.xlsx", content)
    answer = desk.post("/imports/new/", {"register": "beds", "file": file})
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/match/"
    assert "80" in desk.get(answer["Location"]).content.decode()
    columns = ("institution", "counted_on", "register", "basis", "total")
    data = {f"column-{place}": name for place, name in enumerate(columns)} | {"extent": "part"}
    assert desk.post(answer["Location"], data).status_code == 302
    page = desk.get(f"/imports/{batch.pk}/").content.decode()
    assert "正在检查" in page
    assert 'hx-trigger="every 2s"' in page
    check_batch(batch.pk, day=TODAY, at=timezone.now)
    page = desk.get(f"/imports/{batch.pk}/").content.decode()
    assert "确认导入（新增 1 行，变更 0 行）" in page
    assert desk.post(f"/imports/{batch.pk}/confirm/").status_code == 302
    run_batch(batch.pk, day=TODAY, at=timezone.now)
    assert "已导入：新增 1 行" in desk.get(f"/imports/{batch.pk}/").content.decode()
    assert BedCount.objects.get().total == 80


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"register": "beds"}, "请选择文件，或者粘贴单元格。"),
        ({"register": "signups_", "cells": "x"}, "请从列表里选择登记。"),
        ({"register": "beds", "cells": "一\t二"}, "找不到表头"),
        ({"register": "beds", "cells": "\t".join(HEADER)}, "只有表头，没有一行数据"),
        ({"register": "beds", "cells": "  "}, "请选择文件"),
    ],
)
def test_what_cannot_be_taken_is_said_on_the_form(
    desk: Client, data: dict[str, str], told: str
) -> None:
    answer = desk.post("/imports/new/", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_csv_that_ends_within_a_cell_is_refused_at_once(desk: Client) -> None:
    content = f'{",".join(HEADER)}\nT-1,2025-06-30,卫健核定,实有,"80'.encode("gb18030")
    file = SimpleUploadedFile("床位.csv", content)
    answer = desk.post("/imports/new/", {"register": "beds", "file": file})
    assert "引号不成对" in answer.content.decode()


def test_the_sheet_comes_back_with_results_and_reasons(
    desk: Client, clerk: User, hospital: Institution
) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10, "很多")))
    before = last_event_id()
    answer = desk.get(f"/imports/{batch.pk}/result.xlsx")
    rows = sheet_of(answer)
    assert rows[2] == [*HEADER, "结果", "原因"]
    assert rows[3][4:] == ["10", "新增", ""]
    assert rows[4][4:] == ["很多", "有误", "“床位总数”“很多”不是 0 或正整数。"]
    (event,) = events_after(before, EventKind.EXPORT)
    assert event.subject == f"institutions_importbatch:{batch.pk}"


def test_another_clerk_sees_nothing_of_it_and_a_reviewer_only_looks(
    clerk: User, hospital: Institution
) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10)))
    other = browser_of(open_user(Role.CITY_HEALTH_CLERK))
    reviewer = browser_of(open_user(Role.CITY_HEALTH_REVIEWER))
    assert other.get(f"/imports/{batch.pk}/").status_code == 404
    assert batch.file_name not in other.get("/imports/").content.decode()
    page = reviewer.get(f"/imports/{batch.pk}/").content.decode()
    assert "确认导入（" not in page
    for way in ("confirm", "cancel", "retry"):
        assert reviewer.post(f"/imports/{batch.pk}/{way}/").status_code == 404
    assert reviewer.get(f"/imports/{batch.pk}/result.xlsx").status_code == 404
    assert reviewer.get("/imports/new/").status_code == 403


def test_lines_are_shown_fifty_a_page_by_kind(
    desk: Client, clerk: User, hospital: Institution
) -> None:
    lines = [(hospital.code, f"2{year}-01-31", "卫健核定", "实有", "1") for year in range(100, 151)]
    sent = "\n".join("\t".join(line) for line in [HEADER, *lines])
    batch = preview(clerk, send_cells(clerk, "beds", sent))
    first = desk.get(f"/imports/{batch.pk}/").content.decode()
    assert "第 1 / 2 页" in first
    assert first.count('<th scope="row">') == 50
    last = desk.get(f"/imports/{batch.pk}/?kind=NEW&page=2").content.decode()
    assert last.count('<th scope="row">') == 1
    for odd in ("kind=ERROR", "kind=x", "page=999", "kind=NEW&page=999999999"):
        assert desk.get(f"/imports/{batch.pk}/?{odd}").status_code == 200
    assert desk.get(f"/imports/{batch.pk}/?page=x").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_as_often_for_one_batch_as_for_thirty(
    desk: Client, clerk: User, django_assert_max_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        send_cells(clerk, "beds", "\t".join(HEADER) + "\nT-1\t2025-06-30\t卫健核定\t实有\t1")
    desk.get("/imports/")
    with django_assert_max_num_queries(9):
        desk.get("/imports/")


def test_a_cancelled_batch_writes_nothing(clerk: User, hospital: Institution) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10)))
    cancel_import(by=actor_of(clerk), batch=batch, at=timezone.now())
    assert batch.state == ImportState.CANCELLED
    run_batch(batch.pk, day=TODAY, at=timezone.now)
    assert not BedCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_batch_asked_to_stop_while_it_runs_is_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wish is heard between two lines, over another connection than the work's own."""
    monkeypatch.setattr("institutions.imports.running.TOLD_EVERY_SECONDS", 0)
    monkeypatch.setattr("institutions.imports.running.LOOKED_EVERY_ROWS", 1)
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    hospital = make_health(city)
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10, 20)))
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.CONFIRMED, confirmed_at=timezone.now(), cancel_asked_at=timezone.now()
    )
    run_batch(batch.pk, day=TODAY, at=timezone.now)
    batch.refresh_from_db()
    assert batch.state == ImportState.CANCELLED
    assert not BedCount.objects.exists()


def test_a_batch_whose_worker_was_killed_can_be_started_again(
    desk: Client, clerk: User, hospital: Institution
) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10)))
    long_ago = timezone.now() - timedelta(hours=1)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.RUNNING, confirmed_at=long_ago, heard_at=long_ago
    )
    assert "重新开始" in desk.get(f"/imports/{batch.pk}/").content.decode()
    batch.refresh_from_db()
    start_again(by=actor_of(clerk), batch=batch, at=timezone.now())
    run_batch(batch.pk, day=TODAY, at=timezone.now)
    batch.refresh_from_db()
    assert batch.state == ImportState.DONE


def test_a_batch_somebody_works_on_is_left_alone(
    desk: Client, clerk: User, hospital: Institution
) -> None:
    batch = preview(clerk, send_cells(clerk, "beds", cells(hospital, 10)))
    long_ago = timezone.now() - timedelta(hours=1)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.RUNNING, confirmed_at=long_ago, heard_at=long_ago
    )
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [BATCH_LOCK, batch.pk])
        assert "重新开始" not in desk.get(f"/imports/{batch.pk}/").content.decode()
        run_batch(batch.pk, day=TODAY, at=timezone.now)
    other.close()
    assert not BedCount.objects.exists()


def test_files_are_destroyed_after_their_days(
    desk: Client, clerk: User, hospital: Institution
) -> None:
    done = confirm(clerk, preview(clerk, send_cells(clerk, "beds", cells(hospital, 10))))
    waiting = send_cells(clerk, "beds", cells(hospital, 20))
    at = timezone.now()
    assert drop_old_files(before=at - timedelta(days=1), at=at) == 0
    assert drop_old_files(before=at + timedelta(days=1), at=at) == 2
    assert not ImportPiece.objects.exists()
    assert not ImportPage.objects.exists()
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.state, done.wrapped_key) == (ImportState.DONE, None)
    assert (waiting.state, waiting.wrapped_key) == (ImportState.CANCELLED, None)
    assert "已按保存期限" in desk.get(f"/imports/{done.pk}/").content.decode()
    assert desk.get(f"/imports/{done.pk}/result.xlsx").status_code == 404


def test_a_piece_of_a_file_read_anywhere_is_what_was_sent(
    clerk: User, hospital: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("institutions.imports.files.PIECE_BYTES", 7)
    batch = send_cells(clerk, "beds", cells(hospital, 10, 20, 30))
    assert ImportPiece.objects.filter(batch=batch).count() > 10
    match(clerk, batch)
    check_batch(batch.pk, day=TODAY, at=timezone.now)
    batch.refresh_from_db()
    assert batch.counts["NEW"] == 3


def test_two_places_read_in_turn_open_their_pieces_once(
    clerk: User, hospital: Institution, django_assert_num_queries: Any, monkeypatch: Any
) -> None:
    """As a large workbook is read: the sheet and its shared strings."""
    monkeypatch.setattr("institutions.imports.files.PIECE_BYTES", 7)
    batch = send_cells(clerk, "beds", cells(hospital, 10, 20, 30))
    with open_file(batch) as file:
        whole = file.read()
        with django_assert_num_queries(2):
            for _ in range(5):
                for start in (0, 70):
                    file.seek(start)
                    assert file.read(7) == whole[start : start + 7]


ROLES = (Role.CITY_HEALTH_CLERK, Role.CITY_CIVIL_AFFAIRS_CLERK, Role.INSTITUTION_REPORTER)


@pytest.mark.parametrize("role", ROLES)
def test_every_template_is_taken_back_as_a_sheet(role: Role, settings: Any) -> None:
    settings.DEMO = True
    user = open_user(role)
    desk = browser_of(user)
    registers = registers_for(actor_of(user))
    assert registers
    for register in registers:
        answer = desk.get(f"/imports/templates/{register.name}.xlsx")
        title, headings = sheet_of(answer)[:2]
        assert settings.DEMO_MARK in title[0]
        required = [cell.heading for cell in register.sheet.cells if cell.is_required]
        assert [one.rstrip("*") for one in headings if one.endswith("*")] == required
        data = {"register": register.name, "cells": "\t".join(headings) + "\n甲"}
        sent = desk.post("/imports/new/", data)
        page = desk.get(sent["Location"]).content.decode()
        assert "猜的" not in page


def test_a_template_has_text_columns_and_drop_downs(desk: Client) -> None:
    answer = desk.get("/imports/templates/licences.xlsx")
    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert 'formatCode="@"' in styles or 'numFmtId="49"' in styles
    assert "医疗机构执业许可证,诊所备案凭证,养老机构备案" in sheet
    assert desk.get("/imports/templates/occupancy.xlsx").status_code == 404
