"""Whether the entries agree with each other, with the catalogue and with what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from institutions.models import Region
from targets.ingest.bureaus import Directory, check_bureaus
from targets.ingest.entries import Entries, PolicyEntry, TargetEntry, TaskEntry
from targets.ingest.faults import Fault, Faults, FilesRefused
from targets.ingest.tables import repeated
from targets.models import (
    Comparator,
    EntryState,
    PolicyDocument,
    Target,
    TaskMode,
    TaskRole,
    ValidityStatus,
)

Known = Mapping[tuple[str, str], str]
"""(indicator, reading) → unit, "ratio" or "count"."""

# Which parts a mode of responsibility needs, and which it may have besides.
PARTS: dict[str, tuple[set[str], set[str]]] = {
    TaskMode.LEAD_SUPPORT: ({TaskRole.LEAD}, {TaskRole.SUPPORT}),
    TaskMode.EACH: ({TaskRole.EACH}, set()),
    TaskMode.SOLE: ({TaskRole.SOLE}, set()),
    TaskMode.RESPONSIBLE_SUPPORT: ({TaskRole.SOLE, TaskRole.SUPPORT}, set()),
}


def check(entries: Entries, known: Known, portal_region: str) -> None:
    """Refuse the files with everything wrong in them, or return in silence."""
    regions = set(Region.objects.values_list("code", flat=True))
    if portal_region not in regions:
        what = f"门户所测的区划 {portal_region} 还没有登记，请先运行 manage.py load_regions。"
        raise FilesRefused([Fault("区划", what)])
    faults = Faults()
    check_bureaus(entries.bureaus, faults)
    directory = Directory(entries.bureaus)
    _check_codes(entries, faults)
    for policy in entries.policies:
        _check_policy(policy, regions, faults)
        _check_positions(policy, faults)
        _check_register(policy, faults)
        for target in policy.targets:
            with faults.gathered():
                _check_target(target, policy, known, regions)
        for task in policy.tasks:
            with faults.gathered():
                _check_task(task, directory, policy.signed_on)
    faults.refuse_if_any()


def _check_codes(entries: Entries, faults: Faults) -> None:
    policies = entries.policies
    codes = {
        "slug": [policy.slug for policy in policies],
        "number": [policy.number for policy in policies],
        "目标 code": [target.code for target in entries.targets],
    }
    for name, values in codes.items():
        for value in repeated(values):
            faults.add("政策文件", f"{name}“{value}”写了两次，请改成不同的。")


def _check_positions(policy: PolicyEntry, faults: Faults) -> None:
    for reference in repeated(clause.reference for clause in policy.clauses):
        faults.add(policy.where, f"条款“{reference}”写了两次，请合成一条。")
    for position in repeated(task.position for task in policy.tasks):
        what = f"任务的 position {position} 写了两次；位次不可重复，原序号请写在 printed_number。"
        faults.add(policy.where, what)


def _check_register(policy: PolicyEntry, faults: Faults) -> None:
    """What other policies already hold stays theirs."""
    policies = PolicyDocument.objects.exclude(entry_state=EntryState.DISCARDED)
    other = policies.filter(number=policy.number).exclude(slug=policy.slug).first()
    if other:
        what = f"发文字号“{policy.number}”已登记在 slug“{other.slug}”下，请改用它。"
        faults.add(policy.where, what)
    drafts = PolicyDocument.objects.exclude(entry_state=EntryState.PUBLISHED)
    if drafts.filter(slug=policy.slug).exists():
        what = f"slug“{policy.slug}”是页面上录入、尚未发布的政策，请另取一个。"
        faults.add(policy.where, what)
    taken = Target.objects.filter(code__in=[target.code for target in policy.targets])
    for target in taken.exclude(policy__slug=policy.slug).select_related("policy"):
        what = f"这个代号已属于“{target.policy.number}”，请另取一个。"
        faults.add(f"{policy.where} 目标 {target.code}", what)


def _check_policy(policy: PolicyEntry, regions: set[str], faults: Faults) -> None:
    if policy.region not in regions:
        faults.add(policy.where, _no_region(policy.region))
    if policy.published_on and policy.published_on < policy.signed_on:
        faults.add(policy.where, "公开日期早于成文日期，请核对 published_on 与 signed_on。")
    if policy.repealed_on and policy.repealed_on < policy.signed_on:
        faults.add(policy.where, "失效日期早于成文日期，请核对 repealed_on 与 signed_on。")
    in_force = policy.status == ValidityStatus.IN_FORCE
    if in_force and policy.repealed_on:
        faults.add(policy.where, "时效是有效却写了失效日期，请改 status 或删去 repealed_on。")
    if not in_force and not (policy.repealed_on or policy.last_due_on):
        what = "已不再有效，却既无失效日期又无到期目标，请写 repealed_on 或 last_due_on。"
        faults.add(policy.where, what)
    due = [target.due_on for target in policy.targets if target.due_on]
    if policy.last_due_on and policy.last_due_on < max(due, default=policy.last_due_on):
        faults.add(policy.where, "last_due_on 早于某项目标的到期日，请改正，或删去由目标推得。")


def _no_region(code: str) -> str:
    return f"没有登记区划“{code}”，请核对 12 位代码，或先运行 manage.py load_regions。"


def _check_target(
    target: TargetEntry, policy: PolicyEntry, known: Known, regions: set[str]
) -> None:
    if target.clause not in {clause.reference for clause in policy.clauses}:
        what = f"条款“{target.clause}”不在本文件的 [[clause]] 中，请改正或先补上这一条。"
        raise Fault(target.where, what)
    if target.region not in regions | {policy.region}:
        raise Fault(target.where, _no_region(target.region))
    if target.due_on and target.due_on < policy.signed_on:
        what = f"到期日 {target.due_on} 早于成文日期 {policy.signed_on}，请核对年份。"
        raise Fault(target.where, what)
    unit = _unit(target, known)
    _check_comparator(target)
    for number in target.numbers:
        _check_number(target, number, unit)
    _check_milestones(target, policy.signed_on)


def _unit(target: TargetEntry, known: Known) -> str:
    """The unit of the target's indicator, whose judged reading must exist where one is named."""
    readings = {
        reading: unit for (code, reading), unit in known.items() if code == target.indicator
    }
    if not readings:
        codes = "、".join(dict.fromkeys(code for code, _ in known))
        what = f"没有指标“{target.indicator}”，请改为已有的指标：{codes}。"
        raise Fault(target.where, what)
    if not target.judged_reading:
        return next(iter(readings.values()))
    if target.judged_reading not in readings:
        offered = "、".join(readings)
        what = f"指标 {target.indicator} 没有口径“{target.judged_reading}”，可用：{offered}；"
        raise Fault(target.where, f"{what}不由机器判定的请删去 judged_reading。")
    return readings[target.judged_reading]


def _check_comparator(target: TargetEntry) -> None:
    """The numbers a comparator needs, and no others."""
    stated = (target.threshold is not None, target.threshold_upper is not None)
    if target.comparator == Comparator.NONE:
        if any(stated) or target.milestones:
            raise Fault(
                target.where, "比较方式是 none（无数字），请删去目标值和阶段目标，或改比较方式。"
            )
    elif target.comparator == Comparator.RANGE:
        if stated != (True, True):
            raise Fault(
                target.where, "比较方式是 range（介于），须同时写 threshold 与 threshold_upper。"
            )
    elif stated != (True, False):
        what = f"比较方式是 {target.comparator}，须写 threshold，且不写 threshold_upper。"
        raise Fault(target.where, what)
    if target.comparator == Comparator.AT_LEAST and target.threshold == 0:
        raise Fault(target.where, "“不低于 0”怎样都达标，请核对目标值。")
    lower, upper = target.threshold, target.threshold_upper
    if lower is not None and upper is not None and upper < lower:
        raise Fault(target.where, f"上限 {upper} 小于下限 {lower}，请对调或改正。")


def _check_number(target: TargetEntry, number: Decimal, unit: str) -> None:
    if unit == "ratio" and not 0 <= number <= 1:
        what = f"{target.indicator} 是比率，目标值 {number} 不在 0 到 1 之间；80% 请写 0.8。"
        raise Fault(target.where, what)
    if unit == "count" and (number < 0 or number != number.to_integral_value()):
        what = f"{target.indicator} 是个数，目标值 {number} 须是不小于 0 的整数。"
        raise Fault(target.where, what)


def _check_milestones(target: TargetEntry, signed_on: date) -> None:
    days = [milestone.due_on for milestone in target.milestones]
    for day in repeated(days):
        raise Fault(target.where, f"阶段目标 {day} 写了两次，请删去一个。")
    if not days:
        return
    if target.due_on is None or max(days) > target.due_on or min(days) < signed_on:
        raise Fault(target.where, "阶段目标的日期须在成文日期与到期日之间，请核对 due_on。")


def _check_task(task: TaskEntry, directory: Directory, day: date) -> None:
    needed, allowed = PARTS[task.mode]
    roles = {role for role, _ in task.parts}
    if not needed <= roles <= needed | allowed:
        what = f"责任形式 {task.mode} 与所列部门不符，请核对 lead、support、each、sole 各项。"
        raise Fault(task.where, what)
    codes = [_bureau_code(task, name, directory, day) for _, name in task.parts]
    for code in repeated(codes):
        raise Fault(task.where, f"部门 {code} 在这项任务里写了两次，请删去一处。")


def _bureau_code(task: TaskEntry, name: str, directory: Directory, day: date) -> str:
    codes = directory.codes(name, day)
    if not codes:
        what = f"{day} 那天没有部门叫“{name}”，请改正，或在部门名录里补上这个名称与起止日期。"
        raise Fault(task.where, what)
    return min(codes)
