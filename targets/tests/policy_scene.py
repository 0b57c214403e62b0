"""A policy being entered and one waiting for its release, for tests of entering."""

from __future__ import annotations

from datetime import date
from typing import Any

from institutions.models import Region
from institutions.tests.factories import LONG_AGO
from targets.models import (
    Bureau,
    BureauName,
    ChangeKind,
    Comparator,
    Confirmation,
    EntryState,
    Milestone,
    PolicyChange,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    Target,
    TargetRevision,
    TaskBureau,
    TaskMode,
    TaskRole,
    ValidityStatus,
)
from targets.policies.actions_published import end_of
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

SIGNED_ON = date(2017, 3, 1)


def make_bureau(code: str, name: str) -> Bureau:
    """A bureau of one official name since long ago."""
    bureau = Bureau.objects.create(code=code)
    BureauName.objects.create(bureau=bureau, name=name, is_official=True, starts_on=LONG_AGO)
    return bureau


def make_draft(region: Region, clerk: User, **fields: Any) -> PolicyDocument:
    """A draft that a clerk has begun."""
    filled: dict[str, Any] = {
        "slug": "draft",
        "number": "测政发〔2017〕2号",
        "title": "草拟的意见",
        "issuer": "测试市人民政府",
        "signed_on": SIGNED_ON,
        "status": ValidityStatus.IN_FORCE,
        "status_seen_on": SIGNED_ON,
        "region": region,
        "confirmation": Confirmation.CONFIRMED,
        "entry_state": EntryState.DRAFT,
        "entered_by": clerk,
        **fields,
    }
    return PolicyDocument.objects.create(**filled)


def add_target(policy: PolicyDocument, code: str, **fields: Any) -> Target:
    """80% of GC17 by the end of 2017, under the policy's first clause."""
    clause, _ = PolicyClause.objects.get_or_create(
        policy=policy, position=1, defaults={"reference": "一", "topic": "目标"}
    )
    filled: dict[str, Any] = {
        "code": code,
        "policy": policy,
        "clause": clause,
        "position": policy.targets.count() + 1,
        "region": policy.region,
        "indicator": "GC17",
        "judged_reading": "standard",
        "due_on": date(2017, 12, 31),
        "comparator": Comparator.AT_LEAST,
        "threshold": "0.6",
        "confirmation": Confirmation.CONFIRMED,
        "wording": "六成医疗机构开设绿色通道",
        **fields,
    }
    return Target.objects.create(**filled)


def make_published(region: Region, clerk: User, **fields: Any) -> PolicyDocument:
    """A policy that a clerk entered and a reviewer published."""
    filled: dict[str, Any] = {
        "slug": "later",
        "number": "测政发〔2019〕1号",
        "title": "后来的意见",
        "entry_state": EntryState.PUBLISHED,
        "submitted_by": clerk,
        "released_by": open_user(Role.CITY_HEALTH_REVIEWER),
        "released_on": SIGNED_ON,
        **fields,
    }
    return make_draft(region, clerk, **filled)


def make_revision(target: Target, clerk: User, **fields: Any) -> TargetRevision:
    """A proposal that the target judge the other reading of GC17."""
    filled: dict[str, Any] = {
        "target": target,
        "reading_before": target.judged_reading,
        "reading_after": "with_clinics",
        "comparator_before": target.comparator,
        "comparator_after": target.comparator,
        "threshold_before": target.threshold,
        "threshold_after": target.threshold,
        "due_before": target.due_on,
        "due_after": target.due_on,
        "wording_before": target.wording,
        "wording_after": target.wording,
        "reason": "国家口径含诊所",
        "proposed_by": clerk,
        "proposed_on": SIGNED_ON,
        **fields,
    }
    return TargetRevision.objects.create(**filled)


def make_change(policy: PolicyDocument, clerk: User, **fields: Any) -> PolicyChange:
    """A proposal that the policy has been repealed."""
    filled: dict[str, Any] = {
        "policy": policy,
        "kind": ChangeKind.END,
        "before": end_of(policy),
        "after": {**end_of(policy), "status": "REPEALED", "from_day": "2020-01-01"},
        "reason": "新文件写明废止",
        "proposed_by": clerk,
        "proposed_on": SIGNED_ON,
        **fields,
    }
    return PolicyChange.objects.create(**filled)


def add_task(policy: PolicyDocument, bureau: Bureau, name: str) -> PolicyTask:
    """A task that one bureau answers for alone."""
    position = policy.tasks.count() + 1
    task = PolicyTask.objects.create(
        policy=policy,
        position=position,
        printed_number=position,
        mode=TaskMode.SOLE,
        title="单独负责的任务",
    )
    TaskBureau.objects.create(
        task=task, bureau=bureau, role=TaskRole.SOLE, position=1, printed_name=name
    )
    return task


def make_drafts(policy: PolicyDocument, clerk: User) -> dict[str, Any]:
    """What the addresses of entering are about: keys by name."""
    bureau, heir = make_bureau("bureau", "测试市民政局"), make_bureau("heir", "测试市老龄局")
    draft = make_draft(policy.region, clerk)
    target = add_target(draft, "draft-1")
    Milestone.objects.create(target=target, due_on=date(2017, 9, 30), threshold="0.5")
    submitted = make_draft(
        policy.region,
        clerk,
        slug="submitted",
        number="测政发〔2017〕3号",
        entry_state=EntryState.SUBMITTED,
        submitted_by=clerk,
    )
    add_target(submitted, "submitted-1")
    later = make_published(policy.region, clerk)
    add_target(later, "later-1")
    revision = make_revision(policy.targets.get(), clerk)
    change = make_change(later, clerk)
    return {
        "later_policy": later.pk,
        "revision": revision.pk,
        "policy_change": change.pk,
        "policy": policy.slug,
        "policy_draft": draft.slug,
        "policy_submitted": submitted.slug,
        "draft_clause": target.clause_id,
        "draft_target": target.code,
        "draft_task": add_task(draft, bureau, "测试市民政局").pk,
        "city_id": policy.region_id,
        "bureau": bureau.code,
        "heir_id": heir.pk,
    }
