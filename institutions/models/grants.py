"""Which regions and institutions an account or a token may see."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from institutions.models.institutions import Institution
from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Own, ScopedManager
from yiyang.api.models import ApiToken
from yiyang.facts import DatedFact, DatedQuerySet, no_overlap

FIELDS = ("id", "user", "starts_on", "ends_on", "voided_at", "void_reason")


class RegionGrant(DatedFact):
    """A region, with everything below it, given to an account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="region_grants")
    region = models.ForeignKey(Region, models.PROTECT, related_name="grants")

    row_scope = Holding(Permission.MANAGE_ACCOUNTS)
    field_classes: ClassVar = classify(internal=(*FIELDS, "region"))
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "区划授权"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "user",
                "region",
                name="institutions_regiongrant_once",
                message="该账号这段时间已有这个区划的授权。",
            ),
        ]


class InstitutionGrant(DatedFact):
    """An institution given to an account of its own staff."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="institution_grants"
    )
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="grants")

    row_scope = Holding(Permission.MANAGE_ACCOUNTS)
    field_classes: ClassVar = classify(internal=(*FIELDS, "institution"))
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "机构授权"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "user",
                "institution",
                name="institutions_institutiongrant_once",
                message="该账号这段时间已有这个机构的授权。",
            ),
        ]


class TokenRegion(models.Model):
    """A region, with everything below it, that an API token is narrowed to."""

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="regions", verbose_name="令牌")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")

    row_scope = Holding(Permission.MANAGE_ACCOUNTS) | Own("token__user")
    field_classes: ClassVar = classify(internal=("id", "token", "region"))
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "令牌区划"
        constraints = [
            models.UniqueConstraint(
                fields=["token", "region"],
                name="institutions_tokenregion_once",
                violation_error_message="令牌已有这个区划。",
            )
        ]
