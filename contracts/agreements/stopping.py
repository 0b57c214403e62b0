"""What becomes of an institution's agreements when it is suspended or closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q
from django.urls import reverse

from contracts.agreements.actions import end_with_party
from contracts.models import AgreementState, PartnershipAgreement
from contracts.models.agreements import AgreementQuerySet
from institutions.consequences import Affected, Consequence, StatusChange
from institutions.history import institution_names
from institutions.models import Institution
from yiyang.access.scope import Actor

STATES = dict(AgreementState.choices)


def standing_agreements(institution: Institution, on: date) -> AgreementQuerySet:
    """Agreements and drafts of either side that would still hold on the day or begin later."""
    lasting = Q(expires_on=None) | Q(expires_on__gte=on)
    unended = Q(terminated_on=None) | Q(terminated_on__gt=on)
    of_either = Q(medical=institution) | Q(elderly=institution)
    return PartnershipAgreement.objects.kept().filter(of_either, lasting, unended)


def _affected(institution: Institution, change: StatusChange) -> list[Affected]:
    standing = standing_agreements(institution, change.on).with_state(change.on)
    rows = list(standing.order_by("starts_on", "pk"))
    names = institution_names({pk for row in rows for pk in (row.medical_id, row.elderly_id)})
    return [
        Affected(
            key=str(row.pk),
            text=f"{row.number}：{names.get(row.medical_id, '')}—{names.get(row.elderly_id, '')}",
            address=reverse("agreement-detail", args=[row.pk]),
            state=f"{STATES[row.state]}，{row.expires_on or '长期'}",
            handling=f"{change.on} 起解约" if _has_begun(row, change.on) else "尚未生效，作废",
            is_optional=not change.is_final,
            is_proposed=change.is_final,
        )
        for row in rows
    ]


def _has_begun(agreement: PartnershipAgreement, on: date) -> bool:
    return agreement.signed_on is not None and agreement.starts_on < on


def _settle(
    by: Actor, institution: Institution, change: StatusChange, keys: Collection[str]
) -> None:
    name = institution_names([institution.pk]).get(institution.pk, institution.code)
    reason = f"{name}{change.status.label}：{change.reason}"
    for agreement in standing_agreements(institution, change.on).filter(pk__in=keys):
        end_with_party(by=by, agreement=agreement, on=change.on, reason=reason)


AGREEMENTS = Consequence("agreements", "名下的协议", _affected, _settle)
