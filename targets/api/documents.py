"""What other systems read of policies, targets, runs and figures."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from targets.models import (
    Edition,
    IndicatorDefinition,
    IndicatorRun,
    IndicatorSnapshot,
    PolicyDocument,
    Target,
)


class PolicyFields(serializers.ModelSerializer[Any]):
    """A policy document with its dates and validity."""

    region = serializers.CharField(
        source="region.code", help_text="适用区划的 12 位代码", read_only=True
    )
    superseded_by = serializers.CharField(
        source="superseded_by.slug", help_text="取代它的文件", allow_null=True, read_only=True
    )

    class Meta:
        model = PolicyDocument
        fields = (
            *("id", "slug", "number", "title", "issuer", "signed_on", "published_on", "status"),
            *("repealed_on", "status_seen_on", "last_due_on", "superseded_by", "region"),
            "confirmation",
        )


class TargetFields(serializers.ModelSerializer[Any]):
    """A target of a policy; thresholds are exact decimals as text."""

    policy = serializers.CharField(source="policy.slug", help_text="文件代号", read_only=True)
    policy_number = serializers.CharField(
        source="policy.number", help_text="发文字号", read_only=True
    )
    clause = serializers.CharField(source="clause.reference", help_text="条款", read_only=True)
    region = serializers.CharField(
        source="region.code", help_text="适用区划的 12 位代码，含下级", read_only=True
    )

    class Meta:
        model = Target
        fields = (
            *("id", "code", "policy", "policy_number", "clause", "position", "region"),
            *("indicator", "judged_reading", "due_on", "comparator", "threshold"),
            *("threshold_upper", "has_upper_failure", "confirmation", "wording", "note"),
        )


class DefinitionFields(serializers.ModelSerializer[Any]):
    """The text of an indicator reading as runs used it, with its digest."""

    text = serializers.JSONField(help_text="口径全文", read_only=True)

    class Meta:
        model = IndicatorDefinition
        fields = ("id", "digest", "indicator", "reading", "text")


class RunFields(serializers.ModelSerializer[Any]):
    """One finished measurement of every indicator for a day."""

    region = serializers.CharField(source="region.code", help_text="所量区划", read_only=True)

    class Meta:
        model = IndicatorRun
        fields = (
            *("id", "as_of", "region", "started_at", "finished_at", "seen_number"),
            *("catalogue_digest", "reason"),
        )


class EditionFields(serializers.ModelSerializer[Any]):
    """A run published for a period, with the fingerprint of all it holds."""

    run = serializers.IntegerField(source="run_id", help_text="量度批次", read_only=True)
    as_of = serializers.DateField(source="run.as_of", help_text="统计日", read_only=True)
    supersedes = serializers.UUIDField(
        source="supersedes.uid", help_text="取代的一版", allow_null=True, read_only=True
    )
    superseded_by = serializers.UUIDField(
        source="superseded_by.uid", help_text="取代它的一版", allow_null=True, read_only=True
    )
    published_on = serializers.DateField(source="decided_on", help_text="发布日期", read_only=True)

    class Meta:
        model = Edition
        fields = (
            *("id", "uid", "title", "first_day", "last_day", "number", "run", "as_of", "note"),
            *("fingerprint", "published_on", "supersedes", "superseded_by"),
        )


class JudgementFields(serializers.Serializer[Any]):
    """One target held against a figure."""

    target = serializers.CharField(help_text="目标代号")
    policy = serializers.CharField(help_text="发文字号")
    clause = serializers.CharField(help_text="条款")
    due_year = serializers.IntegerField(allow_null=True, help_text="到期年份")
    threshold = serializers.CharField(allow_null=True, help_text="目标值，精确小数")
    threshold_upper = serializers.CharField(allow_null=True, help_text="目标值上限")
    comparator = serializers.CharField(allow_null=True, help_text="比较方式")
    verdict = serializers.CharField(help_text="判定")
    reason = serializers.CharField(allow_null=True, help_text="不判定的原因")
    pace = serializers.CharField(allow_null=True, help_text="未到期的序时进度")
    historical = serializers.BooleanField(help_text="政策当日已失效")
    needed = serializers.IntegerField(allow_null=True, help_text="还差几个单位")


class ValueFields(serializers.ModelSerializer[Any]):
    """One figure of one region as a run measured it, with every target it is held against."""

    run = serializers.IntegerField(source="run_id", help_text="量度批次", read_only=True)
    as_of = serializers.DateField(source="run.as_of", help_text="统计日", read_only=True)
    region = serializers.CharField(source="region.code", help_text="区划代码", read_only=True)
    title = serializers.CharField(help_text="指标名称", read_only=True)
    reading_title = serializers.CharField(help_text="口径名称", read_only=True)
    definition = serializers.CharField(
        source="definition.digest", help_text="口径版本", read_only=True
    )
    excluded = serializers.IntegerField(
        allow_null=True, help_text="排除数；数人的指标不给", read_only=True
    )
    value = serializers.CharField(help_text="结果的写法，如 61.25% 或 12 家", read_only=True)
    judgements = JudgementFields(many=True, read_only=True)

    class Meta:
        model = IndicatorSnapshot
        fields = (
            *("id", "run", "as_of", "region", "indicator", "reading", "title", "reading_title"),
            *("definition", "numerator", "denominator", "excluded", "missing", "expected"),
            *("value", "judgements"),
        )


class SignupCountFields(serializers.ModelSerializer[Any]):
    """How many older people of one region are signed up: a count, never a person."""

    run = serializers.IntegerField(source="run_id", help_text="量度批次", read_only=True)
    as_of = serializers.DateField(source="run.as_of", help_text="统计日", read_only=True)
    region = serializers.CharField(source="region.code", help_text="区划代码", read_only=True)
    group = serializers.CharField(
        source="reading",
        help_text="人群：key_population、aged_65_plus、all_residents",
        read_only=True,
    )
    signed_up = serializers.IntegerField(
        source="numerator", allow_null=True, help_text="签约有效人数", read_only=True
    )
    people = serializers.IntegerField(
        source="denominator", allow_null=True, help_text="应签人数", read_only=True
    )

    class Meta:
        model = IndicatorSnapshot
        fields = ("id", "run", "as_of", "region", "group", "signed_up", "people")
