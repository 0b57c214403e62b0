"""Files become entries; what a file says of itself is checked here, nothing is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from targets.ingest.entries import (
    BureauEntry,
    ClauseEntry,
    Entries,
    MilestoneEntry,
    NameEntry,
    PolicyEntry,
    TargetEntry,
    TaskEntry,
)
from targets.ingest.faults import Fault, Faults
from targets.ingest.tables import Table, read_toml
from targets.models import (
    Bureau,
    BureauName,
    Milestone,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    Target,
    TaskRole,
)

TASKS_SUFFIX = ".tasks.toml"
ROLE_KEYS = {
    "lead": TaskRole.LEAD,
    "sole": TaskRole.SOLE,
    "each": TaskRole.EACH,
    "support": TaskRole.SUPPORT,
}


def files_under(paths: Sequence[Path]) -> list[Path]:
    """The files named, a folder standing for its TOML files; task files follow their policy."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        files += [f for f in inside if not (path.is_dir() and f.name.endswith(TASKS_SUFFIX))]
        if not inside:
            raise Fault(str(path), "这个文件夹里没有 .toml 文件，请核对路径。")
    return list({file.resolve(): file for file in files}.values())


def read_files(paths: Sequence[Path], region: str) -> Entries:
    """Everything the files say; `region` is where a policy applies that names none."""
    faults = Faults()
    bureaus: list[BureauEntry] = []
    policies: list[PolicyEntry] = []
    with faults.gathered():
        for path in files_under(paths):
            with faults.gathered():
                if path.name.endswith(TASKS_SUFFIX):
                    raise Fault(path.name, "这是任务表，请装载用 tasks_file 引用它的政策文件。")
                raw = read_toml(path)
                if "bureau" in raw:
                    bureaus += _bureaus(Table(raw, path.name, Bureau), faults)
                else:
                    policies.append(_policy(path, raw, region, faults))
    faults.refuse_if_any()
    return Entries(tuple(bureaus), tuple(policies))


def _bureaus(table: Table, faults: Faults) -> tuple[BureauEntry, ...]:
    table.allow_only("bureau")
    return faults.each(_bureau, table.tables("bureau", "部门", Bureau, "code"))


def _bureau(table: Table) -> BureauEntry:
    code = table.slug("code")
    table.allow_only("code", "successor", "succeeded_on", "note", "names")
    return BureauEntry(
        where=table.where,
        code=code,
        successor=table.slug("successor") if "successor" in table.raw else "",
        succeeded_on=table.day_or_none("succeeded_on"),
        note=table.text("note", ""),
        names=tuple(_name(row) for row in table.tables("names", "名称", BureauName)),
    )


def _name(table: Table) -> NameEntry:
    table.allow_only("name", "official", "starts_on", "ends_on")
    return NameEntry(
        name=table.text("name"),
        is_official=table.flag("official", default=False),
        starts_on=table.day("starts_on"),
        ends_on=table.day_or_none("ends_on"),
    )


POLICY_KEYS = (
    *("slug", "number", "title", "issuer", "signed_on", "published_on", "status", "repealed_on"),
    *("status_seen_on", "last_due_on", "region", "confirmation", "source_note"),
    *("tasks_file", "clause", "target", "task"),
)


def _policy(path: Path, raw: dict[str, Any], region: str, faults: Faults) -> PolicyEntry:
    table = Table(raw, path.name, PolicyDocument)
    table.allow_only(*POLICY_KEYS)
    region = table.text("region", region)
    confirmation = table.choice("confirmation")
    targets = faults.each(
        lambda row: _target(row, region, confirmation),
        table.tables("target", "目标", Target, "code"),
    )
    due = [target.due_on for target in targets if target.due_on]
    return PolicyEntry(
        where=table.where,
        slug=table.slug("slug"),
        number=table.text("number"),
        title=table.text("title"),
        issuer=table.text("issuer"),
        signed_on=table.day("signed_on"),
        published_on=table.day_or_none("published_on"),
        status=table.choice("status"),
        repealed_on=table.day_or_none("repealed_on"),
        status_seen_on=table.day("status_seen_on"),
        last_due_on=table.day_or_none("last_due_on") or max(due, default=None),
        region=region,
        confirmation=confirmation,
        source_note=table.text("source_note", ""),
        clauses=faults.each(_clause, table.tables("clause", "条款", PolicyClause, "reference")),
        targets=targets,
        tasks=_tasks(path, table, faults),
    )


def _clause(table: Table) -> ClauseEntry:
    reference = table.text("reference")
    table.allow_only("reference", "topic")
    return ClauseEntry(table.where, reference, table.text("topic"))


TARGET_KEYS = (
    *("code", "clause", "region", "indicator", "judged_reading", "due_on", "comparator"),
    *("threshold", "threshold_upper", "has_upper_failure", "confirmation", "wording", "note"),
    "milestone",
)


def _target(table: Table, region: str, confirmation: str) -> TargetEntry:
    code = table.slug("code")
    table.allow_only(*TARGET_KEYS)
    return TargetEntry(
        where=table.where,
        code=code,
        clause=table.text("clause"),
        region=table.text("region", region),
        indicator=table.text("indicator"),
        judged_reading=table.text("judged_reading", ""),
        due_on=table.day_or_none("due_on"),
        comparator=table.choice("comparator"),
        threshold=table.number_or_none("threshold"),
        threshold_upper=table.number_or_none("threshold_upper"),
        has_upper_failure=table.flag("has_upper_failure", default=True),
        confirmation=table.choice("confirmation", confirmation),
        wording=table.text("wording"),
        note=table.text("note", ""),
        milestones=tuple(_milestone(r) for r in table.tables("milestone", "节点", Milestone)),
    )


def _milestone(table: Table) -> MilestoneEntry:
    table.allow_only("due_on", "threshold")
    return MilestoneEntry(table.where, table.day("due_on"), table.number("threshold"))


def _tasks(path: Path, table: Table, faults: Faults) -> tuple[TaskEntry, ...]:
    """The tasks of a policy: in its own file, or in the one beside it that it names."""
    if "tasks_file" not in table.raw:
        return faults.each(_task, table.tables("task", "任务", PolicyTask))
    name = table.text("tasks_file")
    if "task" in table.raw or Path(name).name != name or not name.endswith(TASKS_SUFFIX):
        raise table.fault(f"“tasks_file”须是同一文件夹里的 *{TASKS_SUFFIX}，且不再另写 [[task]]。")
    beside = Table(read_toml(path.with_name(name)), name, PolicyTask)
    beside.allow_only("task")
    return faults.each(_task, beside.tables("task", "任务", PolicyTask))


def _task(table: Table) -> TaskEntry:
    table.allow_only("position", "printed_number", "mode", "title", "open_ended", *ROLE_KEYS)
    return TaskEntry(
        where=table.where,
        position=table.integer("position"),
        printed_number=table.integer("printed_number"),
        mode=table.choice("mode"),
        title=table.text("title"),
        is_open_ended=table.flag("open_ended", default=False),
        parts=tuple((role, name) for key, role in ROLE_KEYS.items() for name in table.texts(key)),
    )
