"""The resources of this app: policies, targets, definitions, runs and what they measured."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from targets.api import documents, filters
from targets.api.values import documents_of
from targets.models import (
    Edition,
    IndicatorDefinition,
    IndicatorRun,
    IndicatorSnapshot,
    PolicyDocument,
    Target,
)
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import FeedKind, register_feed
from yiyang.api.resources import Resource, register_resources

SIGNUPS = "FD17"


def policies(actor: Actor, day: date) -> QuerySet[PolicyDocument]:
    return PolicyDocument.objects.published().visible_to(actor)


def targets(actor: Actor, day: date) -> QuerySet[Target]:
    return Target.objects.published().visible_to(actor)


def definitions(actor: Actor, day: date) -> QuerySet[IndicatorDefinition]:
    return IndicatorDefinition.objects.visible_to(actor)


def runs(actor: Actor, day: date) -> QuerySet[IndicatorRun]:
    """Finished runs of the whole city, of days up to the one asked about."""
    return IndicatorRun.objects.published().visible_to(actor).filter(as_of__lte=day)


def editions(actor: Actor, day: date) -> QuerySet[Edition]:
    """Published editions, also those a later one stands in for."""
    rows = Edition.objects.published().visible_to(actor).filter(decided_on__lte=day)
    return rows.select_related("run", "supersedes", "superseded_by")


def values(actor: Actor, day: date) -> QuerySet[IndicatorSnapshot]:
    """Every figure in scope; small counts of people are left out (rules.md 26)."""
    rows = IndicatorSnapshot.objects.visible_to(actor).filter(run__is_preview=False)
    return rows.select_related("run", "region", "definition")


def signup_counts(actor: Actor, day: date) -> QuerySet[IndicatorSnapshot]:
    return values(actor, day).filter(indicator=SIGNUPS)


def _resource(**named: Any) -> Resource:
    return Resource(permission=Permission.VIEW_TARGETS, **named)


D, F = documents, filters
RESOURCES = (
    _resource(
        code="policies",
        title="政策文件",
        serializer=D.PolicyFields,
        rows=policies,
        filterset=F.PolicyFilter,
        lookup="slug",
        lookup_name="slug",
        note="已发布的政策文件，两个日期与时效照来源。",
    ),
    _resource(
        code="targets",
        title="目标",
        serializer=D.TargetFields,
        rows=targets,
        filterset=F.TargetFilter,
        lookup="code",
        lookup_name="code",
        note="目标值为精确小数：比例 0.8，数目 5。",
    ),
    _resource(
        code="indicators",
        title="指标口径",
        serializer=D.DefinitionFields,
        rows=definitions,
        filterset=F.DefinitionFilter,
        lookup="digest",
        lookup_name="digest",
        note="量度用过的每一版口径全文；口径一改便是新的一版。",
    ),
    _resource(
        code="runs",
        title="量度批次",
        serializer=D.RunFields,
        rows=runs,
        filterset=F.RunFilter,
        note="完成的全市量度；seen_number 是它所见的变更编号。",
    ),
    _resource(
        code="editions",
        title="定版",
        serializer=D.EditionFields,
        rows=editions,
        filterset=F.EditionFilter,
        lookup="uid",
        lookup_name="uid",
        note="公布过的批次，带指纹；数用 run 到 values 里取。被取代的也在。",
    ),
    _resource(
        code="values",
        title="指标结果",
        serializer=D.ValueFields,
        rows=values,
        filterset=F.ValueFilter,
        documents=documents_of,
        note="缺省为统计日或之前最近一次量度；人数太少的结果不给。",
    ),
    _resource(
        code="signup-counts",
        title="家庭医生签约人数",
        serializer=D.SignupCountFields,
        rows=signup_counts,
        filterset=F.ValueFilter,
        note="各区划的签约人数合计，人数太少的不给，也不给任何个人。",
    ),
)
# 指标口径与量度批次不进变更日志，不在其列：一次量度写定便不再改，按 id 往后读即可。
KINDS = (
    FeedKind(RESOURCES[0], within={"targets_policydocument": "superseded_by"}),
    FeedKind(
        RESOURCES[1],
        within={"targets_policydocument": "policy", "targets_policyclause": "clause"},
    ),
)


def join_api() -> None:
    """Put this app's resources into the API, and its records into the feed."""
    register_resources(RESOURCES)
    register_feed(KINDS)
