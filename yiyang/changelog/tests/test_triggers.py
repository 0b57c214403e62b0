"""Whatever way a row is written, the log has it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState

from yiyang.changelog.operations import TrackChanges
from yiyang.models import Change, ChangeEntry

TABLE = "changelog_ward"

Line = tuple[str, int, str | None, str | None]


def log() -> list[Line]:
    """Operation, record, name before, name after: one line an entry, in order."""
    entries = ChangeEntry.objects.filter(change__table_name=TABLE)
    return [
        (entry.change.operation, entry.row_id, _name(entry.before), _name(entry.after))
        for entry in entries.select_related("change").order_by("change_id", "ordinal")
    ]


def _name(side: dict[str, Any] | None) -> str | None:
    return side["name"] if side else None


def run(sql: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_create_save_and_delete_each_leave_an_entry(wards: Any) -> None:
    ward = wards.objects.create(name="一病区")
    key = ward.pk
    ward.name = "一病室"
    ward.save()
    ward.delete()
    assert log() == [
        ("INSERT", key, None, "一病区"),
        ("UPDATE", key, "一病区", "一病室"),
        ("DELETE", key, "一病室", None),
    ]


def test_bulk_writes_leave_one_entry_a_row(wards: Any) -> None:
    one, two = wards.objects.bulk_create([wards(name="一"), wards(name="二")])
    one.name, two.name = "壹", "贰"
    wards.objects.bulk_update([one, two], ["name"])
    wards.objects.filter(name="贰").update(name="两")
    assert log() == [
        ("INSERT", one.pk, None, "一"),
        ("INSERT", two.pk, None, "二"),
        ("UPDATE", one.pk, "一", "壹"),
        ("UPDATE", two.pk, "二", "贰"),
        ("UPDATE", two.pk, "贰", "两"),
    ]


def test_copy_is_one_change_with_an_entry_a_row(wards: Any) -> None:
    rows = io.StringIO("".join(f"{n}\t病区{n}\t\t0\n" for n in range(1001, 1004)))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {TABLE} (id, name, name_digest, beds) FROM STDIN", rows)
    change = Change.objects.get(table_name=TABLE)
    assert change.row_count == 3
    assert list(change.entries.order_by("ordinal").values_list("ordinal", "row_id")) == [
        (1, 1001),
        (2, 1002),
        (3, 1003),
    ]


def test_an_upsert_is_told_apart_into_new_and_changed_rows(wards: Any) -> None:
    old = wards.objects.create(name="一", beds=1)
    wards.objects.bulk_create(
        [wards(name="一", beds=2), wards(name="二", beds=5)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beds"],
    )
    new = wards.objects.get(name="二")
    assert sorted(log()[1:]) == [("INSERT", new.pk, None, "二"), ("UPDATE", old.pk, "一", "一")]
    entry = ChangeEntry.objects.get(change__operation="UPDATE", row_id=old.pk)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["beds"], entry.after["beds"]) == (1, 2)


def test_raw_sql_leaves_entries(wards: Any) -> None:
    run(f"INSERT INTO {TABLE} (id, name, name_digest, beds) VALUES (7, '七', '', 0)")
    run(f"UPDATE {TABLE} SET name = '柒' WHERE id = 7")
    run(f"DELETE FROM {TABLE}")
    assert log() == [
        ("INSERT", 7, None, "七"),
        ("UPDATE", 7, "七", "柒"),
        ("DELETE", 7, "柒", None),
    ]


def test_one_statement_with_two_writes_leaves_two_changes(wards: Any) -> None:
    old = wards.objects.create(name="旧")
    run(
        f"WITH gone AS (DELETE FROM {TABLE} WHERE id = %s RETURNING beds)"
        f" INSERT INTO {TABLE} (id, name, name_digest, beds) SELECT 8, '新', '', beds FROM gone",
        old.pk,
    )
    assert sorted(log()[1:]) == [("DELETE", old.pk, "旧", None), ("INSERT", 8, None, "新")]


def test_a_row_written_again_unchanged_leaves_no_history(wards: Any) -> None:
    wards.objects.create(name="一", beds=3)
    before = log()
    wards.objects.update(beds=3)
    wards.objects.get().save()
    wards.objects.bulk_create(
        [wards(name="一", beds=3)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beds"],
    )
    wards.objects.filter(name="无此病区").delete()
    assert log() == before


def test_only_the_rows_that_changed_are_counted(wards: Any) -> None:
    wards.objects.bulk_create([wards(name="一", beds=1), wards(name="二", beds=2)])
    wards.objects.update(beds=2)
    change = Change.objects.get(table_name=TABLE, operation="UPDATE")
    assert change.row_count == 1
    assert [entry.after["name"] for entry in change.entries.all() if entry.after] == ["一"]


def test_what_is_rolled_back_leaves_no_entry(wards: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        wards.objects.bulk_create([wards(name="一"), wards(name="一")], batch_size=1)
    assert log() == []


def test_an_excluded_column_never_reaches_the_log(wards: Any) -> None:
    ward = wards.objects.create(name="一", name_digest="机密一")
    wards.objects.update(name="二", name_digest="机密二")
    ward.delete()
    for entry in ChangeEntry.objects.filter(change__table_name=TABLE):
        for side in (entry.before, entry.after):
            assert side is None or set(side) == {"id", "name", "beds", "opened_on"}


def test_an_excluded_column_changed_alone_is_still_history(wards: Any) -> None:
    ward = wards.objects.create(name="一", name_digest="甲")
    wards.objects.update(name_digest="乙")
    assert log() == [("INSERT", ward.pk, None, "一"), ("UPDATE", ward.pk, "一", "一")]


@pytest.mark.parametrize("target", ["id + 1", "id"])
def test_a_primary_key_cannot_be_updated(wards: Any, target: str) -> None:
    ward = wards.objects.create(name="一")
    with pytest.raises(IntegrityError, match="主键不可修改"), transaction.atomic():
        run(f"UPDATE {TABLE} SET id = {target}")
    assert wards.objects.get().pk == ward.pk


def test_dates_are_logged_the_same_whatever_the_session_prefers(wards: Any) -> None:
    run("SET LOCAL datestyle = 'German'")
    run("SET LOCAL timezone = 'Asia/Shanghai'")
    wards.objects.create(name="一", opened_on="2017-02-09")
    entry = ChangeEntry.objects.get(change__table_name=TABLE)
    assert entry.after is not None
    assert entry.after["opened_on"] == "2017-02-09"


def test_every_excluded_column_still_exists_in_its_table(ward_table: Any, db: None) -> None:
    # A column renamed without tracking anew would silently start to reach the log.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, name FROM pg_trigger,"
            " string_to_table(encode(tgargs, 'escape'), '\\000') AS name"
            " WHERE tgname LIKE 'yiyang\\_log\\_%' AND name <> '' AND NOT EXISTS ("
            "   SELECT FROM pg_attribute"
            "   WHERE attrelid = tgrelid AND attname = name AND NOT attisdropped)"
        )
        assert cursor.fetchall() == []


def test_tracking_can_be_reversed_and_repeated(
    ward_table: Any, owner: Any, ward_state: ProjectState, db: None
) -> None:
    operation = TrackChanges("Ward", exclude=("name_digest",))
    with owner.schema_editor() as editor:
        operation.database_backwards("yiyang", editor, ward_state, ward_state)
        assert not _triggers(editor.connection)
        operation.database_forwards("yiyang", editor, ward_state, ward_state)
        assert len(_triggers(editor.connection)) == 4


def _triggers(wrapper: Any) -> list[tuple[str]]:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [TABLE])
        found: list[tuple[str]] = cursor.fetchall()
    return found


def test_excluding_an_unknown_field_is_refused(
    ward_table: Any, owner: Any, ward_state: ProjectState, db: None
) -> None:
    operation = TrackChanges("Ward", exclude=("name_digets",))
    with pytest.raises(KeyError, match="name_digets"), owner.schema_editor() as editor:
        operation.database_forwards("yiyang", editor, ward_state, ward_state)


SAMPLES = {
    "bigint": "9007199254740993",
    "boolean": "true",
    "bytea": "\\x00ff5c27",
    "character varying": "乌海 \\ \" '",
    "character varying[]": '{挂号,"取药 ,{}",NULL}',
    "date": "2016-02-29",
    "integer": "-1",
    "jsonb": '{"名": "乌\\"海", "数": [1, null, 0.50]}',
    "numeric": "0.800000",
    "smallint": "2020",
    "text": "多行\n文字",
    "timestamp with time zone": "2020-12-31 23:59:59.999999+08",
    "uuid": "5a0f7f2e-0000-4000-8000-0123456789ab",
}


def test_every_tracked_column_comes_back_from_the_log_as_it_went_in(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT format_type(atttypid, NULL) FROM pg_attribute JOIN pg_trigger"
            " ON tgrelid = attrelid AND tgname = 'yiyang_log_insert'"
            " WHERE attnum > 0 AND NOT attisdropped"
        )
        used = {name for (name,) in cursor.fetchall()}
        assert used <= set(SAMPLES), "新的列类型：先在 SAMPLES 里给一个样值，证明它进出日志不变。"
        columns = ", ".join(f'"{name}" {name}' for name in SAMPLES)
        cursor.execute(f"CREATE TEMPORARY TABLE sample ({columns})")
        places = ", ".join(["%s"] * len(SAMPLES))
        cursor.execute(f"INSERT INTO sample VALUES ({places})", list(SAMPLES.values()))
        cursor.execute(
            "SELECT sample *= jsonb_populate_record(NULL::sample, to_jsonb(sample)) FROM sample"
        )
        assert cursor.fetchone() == (True,)
