"""Scanned certificates and papers of an institution, kept and seen with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from institutions.models import Institution, InstitutionProfile, Status
from institutions.panels import Panel
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder
from yiyang.attachments.panel import TEMPLATE, attachments_panel

WRITERS = (Permission.EDIT_HEALTH, Permission.EDIT_ELDERLY, Permission.REPORT_OWN)


def may_add_files(actor: Actor) -> bool:
    """Whether the role may add files to institutions in its sight."""
    return any(actor.may(permission) for permission in WRITERS)


def over_by(day: date) -> Q:
    """Void, or closed by `day` and not opened again since."""
    closed = InstitutionProfile.objects.kept().filter(
        institution=OuterRef("pk"), status=Status.CLOSED, starts_on__lte=day, ends_on=None
    )
    return Q(voided_at__date__lte=day) | Q(Exists(closed))


INSTITUTION_FILES = Holder(
    name="institution",
    model=Institution,
    permission=Permission.VIEW_INSTITUTIONS,
    may_add=may_add_files,
    title=lambda institution: f"机构 {institution.code}",
    address=lambda institution: reverse("institution-detail", args=[institution.pk]),
    over_by=over_by,
)


def _panel(institution: Institution, _: date, actor: Actor) -> dict[str, Any] | None:
    return attachments_panel(INSTITUTION_FILES.name, institution.pk, actor)


ATTACHMENTS = Panel("attachments", TEMPLATE, _panel, is_aside=True)
