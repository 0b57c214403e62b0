"""The scanned paper of an agreement, kept and seen with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from contracts.agreements.dossier import FILES
from contracts.agreements.panels import AgreementPanel
from contracts.agreements.permission import may_edit_agreements
from contracts.models import PartnershipAgreement
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder
from yiyang.attachments.panel import TEMPLATE, attachments_panel


def over_by(day: date) -> Q:
    """Void, terminated or past its last valid day by `day`."""
    voided = Q(voided_at__date__lte=day)
    return voided | Q(terminated_on__lte=day) | Q(expires_on__lt=day)


AGREEMENT_FILES = Holder(
    name=FILES,
    model=PartnershipAgreement,
    permission=Permission.VIEW_AGREEMENTS,
    may_add=may_edit_agreements,
    title=lambda agreement: f"协议 {agreement.number}",
    address=lambda agreement: reverse("agreement-detail", args=[agreement.pk]),
    over_by=over_by,
)


def _panel(agreement: PartnershipAgreement, _: date, actor: Actor) -> dict[str, Any] | None:
    return attachments_panel(AGREEMENT_FILES.name, agreement.pk, actor)


ATTACHMENTS = AgreementPanel("attachments", TEMPLATE, _panel)
