"""Destroying a person takes along the stored import sheets they stand in, and no others."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from contracts.destruction import carry_out, confirm_destruction, plan_destruction
from contracts.held import Held, held_about
from contracts.models import Person
from contracts.tests.factories import make_known_person
from contracts.tests.persons import browser_of, events_after, last_event_id
from contracts.tests.test_import_signups import HEADER, id_number
from institutions.imports.dropping import CLEARED, NAME_CLEARED, NOT_IMPORTED, drop_sheet
from institutions.imports.files import FileGoneError, open_file
from institutions.imports.running import waited_for
from institutions.imports.searching import Sought
from institutions.models import ImportBatch, ImportPage, ImportPiece, ImportState
from institutions.tests.batches import BEDS_CELLS, preview, send, send_cells, workbook
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind

pytestmark = pytest.mark.django_db
DAY, DIED = date(2026, 3, 1), date(2010, 1, 1)
NUMBER, OTHER = id_number(1), id_number(2)
WHO: dict[str, Any] = {"name": "欧阳兰芝", "id_number": NUMBER, "phone": "15400000001"}
SOUGHT = Sought.of(id_numbers=[NUMBER], names=["欧阳兰芝"], phones=["15400000001"])


@pytest.fixture
def clerk() -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def dead() -> Person:
    return make_known_person(died_on=DIED, **WHO)


def sheet(*people: tuple[str, str, str]) -> str:
    """A sheet of sign-ups of these people: ID number, name, telephone."""
    rest = ("", "TD-1", "2025-03-01", "2026-02-28", "", "", "")
    return "\n".join("\t".join(cells) for cells in (HEADER, *(who + rest for who in people)))


def destroy() -> Any:
    plan = plan_destruction(by=open_user(Role.CITY_HEALTH_CLERK), as_of=DAY)
    confirm_destruction(by=open_user(Role.CITY_HEALTH_REVIEWER), plan=plan)
    return carry_out(plan=plan, as_of=DAY)


def kept() -> set[int]:
    return set(ImportBatch.objects.exclude(wrapped_key=None).values_list("pk", flat=True))


# 一行里写着什么，算不算写着此人。
LINES = [
    ((NUMBER, "", ""), True),
    ((f" {NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:]}", "某某", ""), True),
    ((NUMBER.translate({48 + n: 0xFF10 + n for n in range(10)}), "", ""), True),
    (("", f"证号{NUMBER}（本人）", ""), True),
    (("", "欧阳兰芝", ""), True),
    (("", " 欧 阳 兰 芝 ", ""), True),
    (("", "欧阳兰芝（户主）", ""), True),
    (("1.50399E+17", "欧阳兰芝", ""), True),
    ((NUMBER[:-1], "欧阳兰芝", ""), True),
    (("", "某某", "154-0000-0001"), True),
    (("", "某某", "+86 15400000001"), True),
    ((OTHER, "欧阳兰芝", ""), False),
    ((OTHER, "张三", "15400000001"), False),
    (("", "欧阳兰", ""), False),
    (("", "欧阳兰芝香", ""), False),
    (("", "", "154000000019"), False),
    (("", "", ""), False),
]


@pytest.mark.parametrize(("cells", "is_named"), LINES)
def test_whose_line_it_is(cells: tuple[str, ...], is_named: bool) -> None:
    assert SOUGHT.is_named_in(cells) is is_named
    assert "欧阳" not in repr(SOUGHT)


def test_every_sheet_that_names_them_is_gone_and_the_others_stay(dead: Person, clerk: User) -> None:
    named = [
        preview(
            clerk,
            send_cells(clerk, "signups", sheet((NUMBER, "欧阳兰芝", ""), (OTHER, "李桂兰", ""))),
        ),
        send_cells(clerk, "signups", sheet((OTHER, "李桂兰", ""), ("", "欧阳兰芝", ""))),
        send_cells(clerk, "beds", BEDS_CELLS.replace("T-999999", NUMBER)),
    ]
    others = [
        preview(clerk, send_cells(clerk, "signups", sheet((OTHER, "欧阳兰芝", "15400000001")))),
        send_cells(clerk, "beds", BEDS_CELLS.replace("T-999999", "欧阳兰芝")),
        send_cells(clerk, "beds", BEDS_CELLS),
    ]
    before = last_event_id()
    assert destroy().sheets == len(named)
    assert kept() == {batch.pk for batch in others}
    for batch in named:
        batch.refresh_from_db()
        assert (batch.state, batch.message) == (ImportState.CANCELLED, CLEARED + NOT_IMPORTED)
        with pytest.raises(FileGoneError):
            open_file(batch)
    gone = [batch.pk for batch in named]
    assert not ImportPiece.objects.filter(batch__in=gone).exists()
    assert not ImportPage.objects.filter(batch__in=gone).exists()
    subjects = [event.subject for event in events_after(before, EventKind.DESTROY)]
    assert subjects == [*(f"institutions_importbatch:{pk}" for pk in gone), f"person:{dead.uid}"]
    call_command("seal_audit")
    call_command("verify_audit")


def test_a_sheet_already_imported_keeps_its_result_and_loses_its_file(
    dead: Person, clerk: User
) -> None:
    batch = preview(clerk, send_cells(clerk, "signups", sheet((NUMBER, "欧阳兰芝", ""))))
    at = timezone.now()
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.DONE, confirmed_at=at)
    destroy()
    batch.refresh_from_db()
    assert (batch.state, batch.message) == (ImportState.DONE, CLEARED)
    desk = browser_of(clerk)
    assert CLEARED in desk.get(f"/imports/{batch.pk}/").content.decode()
    assert desk.get(f"/imports/{batch.pk}/result.xlsx").status_code in {302, 404, 410}


def test_a_number_in_a_sheet_no_import_reads_is_found(dead: Person, clerk: User) -> None:
    content = workbook([HEADER, (OTHER, "李桂兰", "", "", "TD-1", "2025-03-01", "2026-02-28")])
    buffer = io.BytesIO(content)
    with ZipFile(buffer, "a") as archive:
        archive.writestr("xl/comments1.xml", f"<t>原名册第 3 行 {NUMBER}</t>")
    batch = send(clerk, "signups", buffer.getvalue())
    assert destroy().sheets == 1
    assert batch.pk not in kept()


def test_a_file_name_that_names_them_is_cleared(dead: Person, clerk: User) -> None:
    content = workbook([HEADER, (OTHER, "李桂兰", "", "", "TD-1", "2025-03-01", "2026-02-28")])
    named = send(clerk, "signups", content, "欧阳兰芝 签约.xlsx")
    destroy()
    named.refresh_from_db()
    assert named.file_name == NAME_CLEARED


def test_a_sheet_that_cannot_be_read_to_its_end_goes_too(dead: Person, clerk: User) -> None:
    batch = send_cells(clerk, "signups", sheet((OTHER, "李桂兰", "")))
    ImportPiece.objects.filter(batch=batch).update(sealed=b"\x01\x01" + bytes(60))
    assert destroy().sheets == 1
    assert batch.pk not in kept()


def test_a_sheet_sent_while_persons_are_destroyed_is_found_before_the_plan_is_closed(
    dead: Person, clerk: User
) -> None:
    plan = plan_destruction(by=clerk, as_of=DAY)
    confirm_destruction(by=open_user(Role.CITY_HEALTH_REVIEWER), plan=plan)

    def send_meanwhile(_: int) -> None:
        send_cells(clerk, "signups", sheet((NUMBER, "欧阳兰芝", "")))

    result = carry_out(plan=plan, as_of=DAY, say=send_meanwhile)
    assert (result.persons, result.sheets, kept()) == (1, 1, set())


def test_the_persons_copy_lists_the_sheets_that_still_name_them(dead: Person, clerk: User) -> None:
    reviewer = open_user(Role.CITY_HEALTH_REVIEWER)
    by = known_actor(reviewer.pk, reviewer.role, DAY)
    send_cells(clerk, "signups", sheet((OTHER, "李桂兰", "")))
    assert "尚未清除的导入文件" not in titles(held_about(dead, by))
    batch = send_cells(clerk, "signups", sheet((NUMBER, "欧阳兰芝", "")))
    [section] = [one for one in held_about(dead, by).sections if one.title == "尚未清除的导入文件"]
    assert [row[0] for row in section.rows] == [batch.file_name]


def titles(held: Held) -> set[str]:
    return {section.title for section in held.sections}


def test_the_command_says_first_how_many_sheets_go(dead: Person, clerk: User) -> None:
    send_cells(clerk, "signups", sheet((NUMBER, "欧阳兰芝", "")))
    send_cells(clerk, "beds", BEDS_CELLS)
    output = StringIO()
    call_command("destroy_persons", stdout=output)
    assert "写有这些人的导入文件 1 份" in output.getvalue()
    assert len(kept()) == 2


def test_whoever_works_on_a_sheet_is_waited_for(
    transactional_db: None,
) -> None:
    """Held by a worker, the sheet stays until the worker lets go."""
    batch = send_cells(open_user(Role.CITY_HEALTH_CLERK), "signups", sheet((NUMBER, "", "")))

    def drop() -> None:
        drop_sheet(batch=ImportBatch.objects.get(pk=batch.pk), sought=SOUGHT)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with waited_for(batch.pk):
            dropping = pool.submit(drop)
            with pytest.raises(TimeoutError):
                dropping.result(timeout=0.3)
            assert kept() == {batch.pk}
        dropping.result(timeout=30)
    assert kept() == set()
