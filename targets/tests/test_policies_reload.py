"""Loading again changes only what the files changed, and never what a person decided."""

from datetime import date
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import call_command

from targets.ingest import SHIPPED
from targets.models import Bureau, BureauName, Confirmation, PolicyTask, Target
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import recorded
from yiyang.changelog.models import Change, ChangeEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, loaded, to be edited by the test."""
    call_command("load_regions", stdout=StringIO())
    copy = copytree(SHIPPED, tmp_path / "policies")
    load(copy)
    return copy


def load(path: Path, *options: str) -> str:
    output = StringIO()
    call_command("load_policies", str(path), *options, stdout=output)
    return output.getvalue()


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, f"{old} 应恰好出现一次"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def last_change() -> int:
    return Change.objects.order_by("-id").values_list("id", flat=True)[0]


def log_since(change: int) -> list[tuple[str, str, int]]:
    rows = Change.objects.filter(id__gt=change).order_by("id")
    return [(c.table_name, c.operation, c.row_count) for c in rows]


def test_loading_twice_leaves_no_trace_in_the_log(folder: Path) -> None:
    before = last_change()
    assert load(folder) == "政策数据与文件一致，没有改动。\n"
    assert log_since(before) == []


def test_the_default_is_what_is_shipped(folder: Path) -> None:
    before = last_change()
    output = StringIO()
    call_command("load_policies", stdout=output)
    assert output.getvalue() == "政策数据与文件一致，没有改动。\n"
    assert log_since(before) == []


def test_what_was_loaded_is_logged_with_its_reason_and_no_person(folder: Path) -> None:
    changes = Change.objects.filter(table_name__startswith="targets_")
    assert {c.actor_id for c in changes} == {None}
    assert {c.reason for c in changes} == {"装载政策数据文件：policies"}
    assert changes.filter(operation="INSERT", table_name="targets_policytask").count() == 1


def test_a_changed_line_changes_one_row(folder: Path) -> None:
    before = last_change()
    edit(
        folder / "cn-nursing-beds-2025.toml",
        ("threshold = 0.55", "threshold = 0.6"),
    )
    assert "新增 0 行，改动 1 行" in load(folder)
    assert log_since(before) == [("targets_target", "UPDATE", 1)]
    entry = ChangeEntry.objects.get(change_id__gt=before)
    assert entry.before
    assert entry.after
    assert (entry.before["threshold"], entry.after["threshold"]) == (0.55, 0.6)


def test_one_file_may_be_loaded_alone(folder: Path) -> None:
    edit(folder / "wuhai-2017-9.toml", ("threshold = 0.65", "threshold = 0.66"))
    assert "改动 1 行" in load(folder / "wuhai-2017-9.toml")
    assert str(Target.objects.get(code="HM17").threshold) == "0.660000"


def test_two_targets_may_change_places(folder: Path) -> None:
    path = folder / "cn-family-doctor-2035.toml"
    head, first, second = path.read_text(encoding="utf-8").split("[[target]]")
    path.write_text(f"{head}[[target]]{second}\n[[target]]{first}", encoding="utf-8")
    load(folder)
    ordered = Target.objects.filter(policy__slug="cn-family-doctor-2035").order_by("position")
    assert [t.code for t in ordered] == ["CN-FD-2035-KEY", "CN-FD-2035-ALL"]


def test_a_target_gone_from_the_file_stays_and_is_named(folder: Path) -> None:
    path = folder / "cn-family-doctor-2035.toml"
    head, _, second = path.read_text(encoding="utf-8").split("[[target]]")
    path.write_text(f"{head}[[target]]{second}", encoding="utf-8")
    assert "保持原样：目标 CN-FD-2035-ALL" in load(folder)
    ordered = Target.objects.filter(policy__slug="cn-family-doctor-2035").order_by("position")
    assert [(t.position, t.code) for t in ordered] == [
        (1, "CN-FD-2035-KEY"),
        (2, "CN-FD-2035-ALL"),
    ]
    before = last_change()
    load(folder)
    assert log_since(before) == []


def test_a_mended_bureau_name_voids_the_wrong_one(folder: Path) -> None:
    edit(folder / "bureaus.toml", ("乌海市信息化工作办公室", "乌海市信息化办公室"))
    load(folder)
    names = BureauName.objects.filter(bureau__code="information_office", is_official=True)
    assert names.kept().get().name == "乌海市信息化办公室"
    assert names.exclude(voided_at=None).get().void_reason == "部门名录文件已改正，不再有这个名称"


def test_the_day_of_a_renaming_may_move(folder: Path) -> None:
    edit(
        folder / "bureaus.toml",
        (
            '{ name = "乌海市国土资源局", official = true, starts_on = 2017-01-01, ends_on = 2018',
            '{ name = "乌海市国土资源局", official = true, starts_on = 2017-01-01, ends_on = 2019',
        ),
        (
            '{ name = "乌海市自然资源局", official = true, starts_on = 2019',
            '{ name = "乌海市自然资源局", official = true, starts_on = 2020',
        ),
    )
    load(folder)
    bureau = Bureau.objects.get(code="natural_resources")
    official = bureau.names.on(date(2019, 6, 1)).get(is_official=True)
    assert official.name == "乌海市国土资源局"


def confirm(code: str) -> None:
    """A reviewer confirms a target and notes the source."""
    person = open_user(Role.CITY_HEALTH_REVIEWER)
    with recorded(by=person, reason="已核对原件"):
        Target.objects.filter(code=code).update(
            confirmation=Confirmation.CONFIRMED, note="已核对原件"
        )


def test_a_confirmation_given_by_a_person_outlives_the_next_load(folder: Path) -> None:
    confirm("CN-NURS-2025")
    before = last_change()
    assert "未照文件覆盖（要覆盖请加 --overwrite）：目标 CN-NURS-2025" in load(folder)
    assert log_since(before) == []
    assert Target.objects.get(code="CN-NURS-2025").confirmation == Confirmation.CONFIRMED


def test_overwrite_takes_the_file_back(folder: Path) -> None:
    confirm("CN-NURS-2025")
    assert "改动 1 行" in load(folder, "--overwrite")
    assert Target.objects.get(code="CN-NURS-2025").confirmation == Confirmation.UNCONFIRMED


def test_a_changed_task_title_changes_that_task(folder: Path) -> None:
    edit(folder / "wuhai-2017-9.tasks.toml", ('title = "用地保障"', 'title = "建设用地保障"'))
    assert "改动 1 行" in load(folder)
    assert PolicyTask.objects.get(title="建设用地保障").printed_number == 35
