"""What waits for the city's clerk and reviewer about policies, for the work list."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from targets.models import (
    EntryState,
    PolicyChange,
    PolicyDocument,
    RevisionState,
    TargetRevision,
)
from targets.policies.changes import title_of
from targets.policies.rights import may_review
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource


def to_publish(actor: Actor) -> QuerySet[PolicyDocument]:
    """Submitted policies that the actor neither entered nor submitted."""
    submitted = PolicyDocument.objects.visible_to(actor).filter(entry_state=EntryState.SUBMITTED)
    return submitted.exclude(entered_by=actor.user_id).exclude(submitted_by=actor.user_id)


def to_decide(actor: Actor) -> QuerySet[TargetRevision]:
    """Corrections that somebody else has proposed."""
    pending = TargetRevision.objects.visible_to(actor).filter(state=RevisionState.PENDING)
    return pending.exclude(proposed_by=actor.user_id)


def changes_to_decide(actor: Actor) -> QuerySet[PolicyChange]:
    """Changes of published policies that somebody else has proposed."""
    pending = PolicyChange.objects.visible_to(actor).filter(state=RevisionState.PENDING)
    return pending.exclude(proposed_by=actor.user_id)


def sent_back(actor: Actor) -> QuerySet[PolicyDocument]:
    """Drafts the reviewer has returned."""
    drafts = PolicyDocument.objects.visible_to(actor).filter(entry_state=EntryState.DRAFT)
    return drafts.exclude(entry_note="")


def _policy_items(rows: QuerySet[PolicyDocument], limit: int) -> list[WorkItem]:
    return [
        WorkItem(f"{policy.number}　{policy.title}", reverse("policy-detail", args=[policy.slug]))
        for policy in rows.order_by("pk")[:limit]
    ]


def publish_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    return _policy_items(to_publish(actor), limit)


def sent_back_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    return _policy_items(sent_back(actor), limit)


def decide_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The corrections by the target they are about."""
    rows = to_decide(actor).select_related("target").order_by("pk")[:limit]
    return [
        WorkItem(revision.target.wording, reverse("policy-revision", args=[revision.pk]))
        for revision in rows
    ]


def change_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = changes_to_decide(actor).select_related("policy").order_by("pk")[:limit]
    return [WorkItem(title_of(row), reverse("policy-change", args=[row.pk])) for row in rows]


POLICY_WORK = (
    WorkSource(
        id="policies-to-publish",
        title="待发布的政策",
        group=WorkGroup.CHECK,
        order=40,
        permission=Permission.REVIEW,
        suits=may_review,
        rows=lambda actor, day: to_publish(actor),
        items=publish_items,
        hint="看过它的表再发布；自己录入或提交的由别人发布，不列在这里。",
    ),
    WorkSource(
        id="target-revisions",
        title="待审核的目标更正",
        group=WorkGroup.CHECK,
        order=50,
        permission=Permission.REVIEW,
        suits=may_review,
        rows=lambda actor, day: to_decide(actor),
        items=decide_items,
        hint="改判定口径、目标值或到期日，批准后立即生效并印脚注；自己提出的不列在这里。",
    ),
    WorkSource(
        id="policy-changes",
        title="待审核的政策更正",
        group=WorkGroup.CHECK,
        order=55,
        permission=Permission.REVIEW,
        suits=may_review,
        rows=lambda actor, day: changes_to_decide(actor),
        items=change_items,
        hint="阶段目标、时效、任务的责任，批准后立即生效；自己提出的不列在这里。",
    ),
    WorkSource(
        id="policies-sent-back",
        title="退回修改的政策",
        group=WorkGroup.TASK,
        order=60,
        permission=Permission.MANAGE_POLICIES,
        rows=lambda actor, day: sent_back(actor),
        items=sent_back_items,
        hint="照退回的原因改好再提交。",
    ),
)
