"""The agreements of an institution as a panel of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from contracts.agreements.dossier import GOOD_STATES
from contracts.agreements.permission import may_edit_agreements
from contracts.models import AgreementState, PartnershipAgreement, ServiceItem
from institutions.models import Institution, InstitutionProfile
from institutions.panels import Panel
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

AGREEMENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """An agreement seen from one of its parties."""

    agreement: PartnershipAgreement
    partner_id: int
    partner: str
    items: str
    state: str
    is_good: bool


def agreements_panel(institution: Institution, day: date, actor: Actor) -> dict[str, Any] | None:
    """The agreements of the institution, newest first, as they stand on `day`."""
    if not actor.may(Permission.VIEW_AGREEMENTS):
        return None
    agreements = list(
        PartnershipAgreement.objects.kept()
        .visible_to(actor)
        .with_state(day)
        .filter(Q(medical=institution) | Q(elderly=institution))
        .order_by("-starts_on", "-pk")[:AGREEMENTS_SHOWN]
    )
    partners = {partner_of(agreement, institution) for agreement in agreements}
    names = dict(
        InstitutionProfile.objects.on(day)
        .filter(institution__in=partners)
        .values_list("institution_id", "name")
    )
    return {
        "agreements": [_shown(one, institution, names, day) for one in agreements],
        "institution": institution,
        "side": _side_on(institution, day),
        "may_edit": may_edit_agreements(actor),
    }


def agreements_of(institution: Institution) -> QuerySet[PartnershipAgreement]:
    """Every agreement the institution is or was a party of, voided ones included."""
    return PartnershipAgreement.objects.filter(Q(medical=institution) | Q(elderly=institution))


def _side_on(institution: Institution, day: date) -> str:
    """Which party of a new agreement the institution would be."""
    profiles = InstitutionProfile.objects.on(day).filter(institution=institution)
    return "elderly" if profiles.elderly_service().exists() else "medical"


def partner_of(agreement: PartnershipAgreement, institution: Institution) -> int:
    """The key of the other party."""
    is_medical = agreement.medical_id == institution.pk
    return agreement.elderly_id if is_medical else agreement.medical_id


def _shown(
    agreement: PartnershipAgreement, institution: Institution, names: dict[int, str], day: date
) -> ShownAgreement:
    partner = partner_of(agreement, institution)
    items = "、".join(str(ServiceItem(item).label) for item in agreement.items)
    return ShownAgreement(
        agreement,
        partner,
        names.get(partner, f"#{partner}"),
        items,
        str(AgreementState(agreement.state).label),
        agreement.state in GOOD_STATES,
    )


AGREEMENTS = Panel("agreements", "contracts/agreement_panel.html", agreements_panel)
