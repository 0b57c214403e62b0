"""The resources of this app that other systems read: agreements, never persons."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracts.lists.agreements import AGREEMENTS
from contracts.models import PartnershipAgreement
from contracts.models.agreements import AgreementState
from yiyang.access.roles import Permission
from yiyang.api.feed_kinds import FeedKind, register_feed
from yiyang.api.resources import Resource, register_resources


class AgreementDocument(serializers.ModelSerializer[Any]):
    """A partnership agreement with its state on the day asked about."""

    medical = serializers.CharField(
        source="medical.code", help_text="医疗方的机构编码", read_only=True
    )
    elderly = serializers.CharField(
        source="elderly.code", help_text="养老方的机构编码", read_only=True
    )
    renewal_of = serializers.CharField(
        source="renewal_of.number", help_text="续签自哪份协议", allow_null=True, read_only=True
    )
    state = serializers.ChoiceField(
        choices=AgreementState.choices, help_text="在统计日的状态", read_only=True
    )

    class Meta:
        model = PartnershipAgreement
        fields = (
            *("id", "uid", "number", "medical", "elderly", "mode", "items", "state"),
            *("medical_signed_on", "elderly_signed_on", "signed_on", "starts_on", "expires_on"),
            *("terminated_on", "renewal_of"),
        )


RESOURCES = (
    Resource(
        code="agreements",
        title="医养签约协议",
        serializer=AgreementDocument,
        rows=AGREEMENTS.rows,
        filterset=AGREEMENTS.filterset,
        permission=Permission.VIEW_AGREEMENTS,
        lookup="number",
        lookup_name="number",
        note="任一方在令牌的区划内即可读；作废的只在 state=VOIDED 时列出。",
    ),
)
KINDS = (
    FeedKind(
        RESOURCES[0],
        seats=("medical", "elderly"),
        within={"contracts_partnershipagreement": "renewal_of"},
        by_day=("state",),
        narrowed=lambda rows: rows.filter(voided_at=None),
    ),
)


def join_api() -> None:
    """Put this app's resources into the API, and its records into the feed."""
    register_resources(RESOURCES)
    register_feed(KINDS)
