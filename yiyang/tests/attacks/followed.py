"""Tasks and what is followed up about them, for the scene of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from institutions.models import Region
from institutions.tests.factories import LONG_AGO
from targets.models import (
    Basis,
    BureauGrant,
    Frequency,
    PolicyDocument,
    ReportKind,
    Supervision,
    SupervisionEvent,
    SupervisionKind,
    SupervisionState,
    SupervisionVerb,
    TaskMilestone,
    TaskProgress,
    TaskReport,
    TaskRole,
    TaskState,
    Urgency,
)
from targets.tests.task_scene import make_bureau, make_task, part_of
from yiyang.access.models import User
from yiyang.access.roles import Role

SUPERVISION = "西原绿色通道督办"


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
        "board_task": task.pk,
        "part": part_of(task, own).pk,
        "claimed_part": claimed.pk,
        "milestone": milestone.pk,
        "task_bureau": other.pk,
        "bureau_grant": grant.pk,
        "liaison": liaison.pk,
    }


def supervision_keys(region: Region, accounts: Mapping[Role, User]) -> dict[str, Any]:
    """An order the district works on, and one only proposed."""
    clerk, reviewer = (
        accounts[role] for role in (Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER)
    )
    said: dict[str, Any] = {
        "title": SUPERVISION,
        "kind": SupervisionKind.ROUTINE,
        "urgency": Urgency.NORMAL,
        "basis": Basis.OTHER,
        "basis_text": "会议纪要",
        "content": "开通绿色通道",
        "frequency": Frequency.MONTH,
        "allowed_days": 20,
        "lead_region": region,
        "drafted_by": clerk,
        "drafted_on": date(2020, 1, 2),
    }
    draft = Supervision.objects.create(**said)
    order = Supervision.objects.create(
        **said,
        state=SupervisionState.WORKING,
        year=2020,
        serial=1,
        number="督〔2020〕1号",
        assigned_by=reviewer,
        assigned_on=date(2020, 1, 3),
        signed_by=accounts[Role.DISTRICT_HEALTH_CLERK],
        signed_on=date(2020, 1, 6),
    )
    SupervisionEvent.objects.create(
        supervision=order,
        verb=SupervisionVerb.ASSIGN,
        state=SupervisionState.ASSIGNED,
        text="请抓紧",
        taken_on=date(2020, 1, 3),
        author=reviewer,
    )
    return {"supervision": order.pk, "supervision_draft": draft.pk}
