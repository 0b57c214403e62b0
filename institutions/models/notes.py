"""Notes that staff leave on an institution."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from institutions.models.institutions import Institution
from institutions.models.services import INTERNAL_FIELDS, OF_INSTITUTION
from yiyang.access.fields import classify
from yiyang.facts import Fact, FactQuerySet


class Note(Fact):
    """What somebody found worth keeping about an institution, on a day; no persons' names."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="institution_notes"
    )
    written_on = models.DateField("日期")
    text = models.CharField("内容", max_length=500)

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        internal=("id", "institution", "author", "written_on", "text", *INTERNAL_FIELDS)
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "备注"
        ordering = ["-written_on", "-id"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(text=""),
                name="institutions_note_says_something",
                violation_error_message="请写明备注内容。",
            ),
        ]
