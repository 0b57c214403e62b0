"""Notes of having contacted the institutions that could close a gap."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from institutions.models import Institution
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion
from yiyang.facts import Fact, FactQuerySet


class ContactNote(Fact):
    """已联系: who called which institution about which indicator, and what came of it."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="contact_notes")
    indicator = models.CharField("指标", max_length=20)
    contacted_on = models.DateField("联系日期")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="contact_notes"
    )
    text = models.CharField("情况", max_length=300)

    row_scope = ByRegion(
        "institution__profiles__region", dated="institution__profiles"
    ) | ByInstitution("institution")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "institution", "indicator", "contacted_on", "author", "text"),
            *("voided_at", "void_reason"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "联系记录"
        ordering = ["-contacted_on", "-id"]
