"""Bureaus and policies are brought into the register, the referred-to before the referring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from institutions.models import Region
from targets.ingest.bureaus import Directory
from targets.ingest.entries import BureauEntry, Entries, PolicyEntry
from targets.ingest.writing import ASIDE, Alignment, Key, Parking
from targets.models import (
    Bureau,
    BureauName,
    ChangeKind,
    Milestone,
    PolicyChange,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    RevisionState,
    Target,
    TaskBureau,
)

NAME_UNLISTED = "部门名录文件已改正，不再有这个名称"
POLICY_FIELDS = (
    *("number", "title", "issuer", "signed_on", "published_on", "status", "repealed_on"),
    *("status_seen_on", "last_due_on", "confirmation", "source_note"),
)
TARGET_FIELDS = (
    *("indicator", "judged_reading", "due_on", "comparator", "threshold", "threshold_upper"),
    *("has_upper_failure", "confirmation", "wording", "note"),
)
# 同一天只能有一个正式名称：改期的名称先退为别名，再各就各位。
UNOFFICIAL = Parking({"is_official": False}, ("is_official", "ends_on"))


def register(entries: Entries, alignment: Alignment, at: datetime) -> None:
    """Write the entries; `at` is when names no longer listed are voided."""
    directory = Directory(entries.bureaus)
    for level in _heirs_first(entries.bureaus):
        _register_bureaus(level, alignment)
    _register_names(entries.bureaus, alignment, at)
    for policy in entries.policies:
        _register_policy(policy, directory, alignment)


def _heirs_first(entries: Sequence[BureauEntry]) -> list[list[BureauEntry]]:
    """Bureaus in groups, a successor always in an earlier group."""
    by_code = {entry.code: entry for entry in entries}

    def depth(entry: BureauEntry) -> int:
        heir = by_code.get(entry.successor)
        return 1 + depth(heir) if heir else 0

    ordered = sorted(entries, key=depth)
    return [list(group) for _, group in groupby(ordered, key=depth)]


def _register_bureaus(entries: Sequence[BureauEntry], alignment: Alignment) -> None:
    heirs = _bureaus([entry.successor for entry in entries])
    wanted = {
        (entry.code,): Bureau(
            code=entry.code,
            successor=heirs.get(entry.successor),
            succeeded_on=entry.succeeded_on,
            note=entry.note,
        )
        for entry in entries
    }
    rows = Bureau.objects.filter(code__in=[entry.code for entry in entries])
    fields = ("successor", "succeeded_on", "note")
    alignment.align(rows, wanted, fields, key=lambda bureau: (bureau.code,))


def _bureaus(codes: Sequence[str]) -> dict[str, Bureau]:
    return {bureau.code: bureau for bureau in Bureau.objects.filter(code__in=codes)}


def _register_names(entries: Sequence[BureauEntry], alignment: Alignment, at: datetime) -> None:
    bureaus = _bureaus([entry.code for entry in entries])
    wanted = {
        (entry.code, name.name, name.starts_on): BureauName(
            bureau=bureaus[entry.code],
            name=name.name,
            is_official=name.is_official,
            starts_on=name.starts_on,
            ends_on=name.ends_on,
        )
        for entry in entries
        for name in entry.names
    }
    rows = BureauName.objects.kept().filter(bureau__in=bureaus.values()).select_related("bureau")
    alignment.void_unlisted(rows, wanted, _name_key, reason=NAME_UNLISTED, at=at)
    fields = ("is_official", "ends_on")
    alignment.align(rows.all(), wanted, fields, _name_key, park=UNOFFICIAL)


def _name_key(row: BureauName) -> tuple[str, str, date]:
    return (row.bureau.code, row.name, row.starts_on)


def _register_policy(policy: PolicyEntry, directory: Directory, alignment: Alignment) -> None:
    document = PolicyDocument(region=_region(policy.region), slug=policy.slug)
    for name in POLICY_FIELDS:
        setattr(document, name, getattr(policy, name))
    rows = PolicyDocument.objects.filter(slug=policy.slug)
    wanted = {(policy.slug,): document}
    registered = alignment.align(rows, wanted, ("region", *POLICY_FIELDS), lambda p: (p.slug,))
    document = registered[(policy.slug,)]
    clauses = _register_clauses(policy, document, alignment)
    targets = _register_targets(policy, document, clauses, alignment)
    _register_milestones(policy, targets, alignment)
    tasks = _register_tasks(policy, document, alignment)
    _register_parts(policy, tasks, directory, alignment)


def _region(code: str) -> Region:
    return Region.objects.get(code=code)


def _register_clauses(
    policy: PolicyEntry, document: PolicyDocument, alignment: Alignment
) -> dict[Key, PolicyClause]:
    wanted = {
        (entry.reference,): PolicyClause(
            policy=document, position=position, reference=entry.reference, topic=entry.topic
        )
        for position, entry in enumerate(policy.clauses, start=1)
    }
    rows = PolicyClause.objects.filter(policy=document)
    return alignment.align(rows, wanted, ("position", "topic"), _clause_key, park=ASIDE)


def _clause_key(clause: PolicyClause) -> Key:
    return (clause.reference,)


def _register_targets(
    policy: PolicyEntry,
    document: PolicyDocument,
    clauses: Mapping[Key, PolicyClause],
    alignment: Alignment,
) -> dict[Key, Target]:
    wanted: dict[Key, Target] = {}
    for position, entry in enumerate(policy.targets, start=1):
        target = Target(code=entry.code, policy=document, position=position)
        target.clause = clauses[(entry.clause,)]
        target.region = _region(entry.region)
        for name in TARGET_FIELDS:
            setattr(target, name, getattr(entry, name))
        wanted[(entry.code,)] = target
    rows = Target.objects.filter(policy=document)
    fields = ("position", "clause", "region", *TARGET_FIELDS)
    return alignment.align(rows, wanted, fields, _target_key, park=ASIDE)


def _target_key(target: Target) -> Key:
    return (target.code,)


def _register_milestones(
    policy: PolicyEntry, targets: Mapping[Key, Target], alignment: Alignment
) -> None:
    # 经两人更正过的阶段目标以更正为准：删去的节点不再照文件加回来。
    changes = PolicyChange.objects.filter(policy__slug=policy.slug, kind=ChangeKind.STEPS)
    applied = changes.filter(state=RevisionState.APPLIED)
    corrected = {code for change in applied for code in change.after}
    wanted = {
        (entry.code, step.due_on): Milestone(
            target=targets[(entry.code,)], due_on=step.due_on, threshold=step.threshold
        )
        for entry in policy.targets
        if alignment.overwrite or entry.code not in corrected
        for step in entry.milestones
    }
    rows = Milestone.objects.filter(target__in=targets.values()).select_related("target")
    alignment.align(rows, wanted, ("threshold",), lambda m: (m.target.code, m.due_on))


def _register_tasks(
    policy: PolicyEntry, document: PolicyDocument, alignment: Alignment
) -> dict[Key, PolicyTask]:
    fields = ("printed_number", "mode", "title", "is_open_ended")
    wanted: dict[Key, PolicyTask] = {}
    for entry in policy.tasks:
        task = PolicyTask(policy=document, position=entry.position)
        for name in fields:
            setattr(task, name, getattr(entry, name))
        wanted[(entry.position,)] = task
    rows = PolicyTask.objects.filter(policy=document)
    return alignment.align(rows, wanted, fields, lambda task: (task.position,))


def _register_parts(
    policy: PolicyEntry,
    tasks: Mapping[Key, PolicyTask],
    directory: Directory,
    alignment: Alignment,
) -> None:
    bureaus = {bureau.code: bureau for bureau in Bureau.objects.all()}
    changes = PolicyChange.objects.filter(policy__slug=policy.slug, kind=ChangeKind.TASK)
    corrected = set(changes.filter(state=RevisionState.APPLIED).values_list("subject", flat=True))
    wanted: dict[Key, TaskBureau] = {}
    for entry in policy.tasks:
        if str(entry.position) in corrected and not alignment.overwrite:
            continue
        for position, (role, name) in enumerate(entry.parts, start=1):
            code = min(directory.codes(name, policy.signed_on))
            wanted[(entry.position, code)] = TaskBureau(
                task=tasks[(entry.position,)],
                bureau=bureaus[code],
                role=role,
                position=position,
                printed_name=name,
            )
    rows = TaskBureau.objects.filter(task__in=tasks.values()).select_related("task", "bureau")
    fields = ("role", "position", "printed_name")
    alignment.align(rows, wanted, fields, lambda part: (part.task.position, part.bureau.code))
