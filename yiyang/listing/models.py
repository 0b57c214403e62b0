"""Filters of a list that somebody keeps under a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiyang.access.fields import FieldClass, classify
from yiyang.access.scope import Actor, Condition, Own, RowScope, ScopedQuerySet

LONGEST_NAME = 40
LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class Shared(RowScope):
    """Rows their owner shares with every account."""

    def condition(self, actor: Actor) -> Condition:
        return Q(is_shared=True)


class SavedFilter(models.Model):
    """The parameters of a list under a name; they are codes only, and say nothing of any person."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="saved_filters",
        verbose_name="保存人",
    )
    register = models.CharField("名单", max_length=30)
    name = models.CharField("名称", max_length=LONGEST_NAME)
    query = models.CharField("条件", max_length=LONGEST_QUERY, blank=True)
    is_shared = models.BooleanField("共享给同事", default=False)

    objects = ScopedQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Own("owner") | Shared()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "owner", "register", "name", "query", "is_shared")
    )

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "register", "name"],
                name="yiyang_savedfilter_once",
                violation_error_message="您在这份名单上已有同名的常用筛选，请换一个名称。",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="yiyang_savedfilter_named",
                violation_error_message="请填写名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
