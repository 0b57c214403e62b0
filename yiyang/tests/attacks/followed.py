"""Tasks and what is followed up about them, for the scene of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from institutions.tests.factories import LONG_AGO
from targets.models import (
    BureauGrant,
    PolicyDocument,
    ReportKind,
    TaskMilestone,
    TaskProgress,
    TaskReport,
    TaskRole,
    TaskState,
)
from targets.tests.task_scene import make_bureau, make_task, part_of
from yiyang.access.models import User
from yiyang.access.roles import Role


def task_keys(policy: PolicyDocument, accounts: Mapping[Role, User]) -> dict[str, Any]:
    """A task of two bureaus: the liaison's own, and one that waits to be confirmed."""
    own, other = make_bureau("民生局"), make_bureau("工程局")
    task = make_task(policy, (TaskRole.LEAD, own), (TaskRole.LEAD, other))
    liaison = accounts[Role.BUREAU_LIAISON]
    grant = BureauGrant.objects.create(user=liaison, bureau=own, starts_on=LONG_AGO)
    claimed = part_of(task, other)
    TaskProgress.objects.create(part=claimed, state=TaskState.CLAIMED, claimed_by=liaison)
    TaskReport.objects.create(
        part=claimed,
        kind=ReportKind.CLAIM,
        text="细则已印发",
        reported_on=date(2020, 1, 2),
        author=liaison,
    )
    milestone = TaskMilestone.objects.create(task=task, title="印发细则", due_on=date(2020, 6, 30))
    return {
        "task": task.pk,
        "part": part_of(task, own).pk,
        "claimed_part": claimed.pk,
        "milestone": milestone.pk,
        "task_bureau": other.pk,
        "bureau_grant": grant.pk,
        "liaison": liaison.pk,
    }
