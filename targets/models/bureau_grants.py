"""Which bureau a liaison speaks for, and the row scope that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from targets.models.policies import Bureau
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, ByRegion, Condition, Holding, RowScope
from yiyang.facts import DatedFact, DatedQuerySet, no_overlap


class BureauGrant(DatedFact):
    """A bureau whose tasks an account may report on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bureau_grants")
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="grants")

    row_scope = Holding(Permission.MANAGE_ACCOUNTS)
    field_classes: ClassVar = classify(
        internal=("id", "user", "bureau", "starts_on", "ends_on", "voided_at", "void_reason")
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "部门授权"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "user",
                "bureau",
                name="targets_bureaugrant_once",
                message="该账号这段时间已有这个部门的授权。",
            ),
        ]


def heirs_on(day: date) -> Mapping[int, int]:
    """For each bureau succeeded by `day`, the one that answers for its tasks in the end."""
    rows = Bureau.objects.filter(succeeded_on__lte=day, successor__isnull=False)
    return heirs_among(dict(rows.values_list("pk", "successor_id")))


def heirs_among(successors: Mapping[int, int]) -> Mapping[int, int]:
    """For each bureau succeeded, the last of those that came after it."""
    return {pk: _last_of(pk, successors) for pk in successors}


def _last_of(pk: int, successors: Mapping[int, int]) -> int:
    met = {pk}
    while pk in successors and successors[pk] not in met:
        pk = successors[pk]
        met.add(pk)
    return pk


def bureaus_of(user_id: int | None, day: date) -> frozenset[int]:
    """The bureaus the account speaks for on `day`, those they have succeeded included."""
    granted = BureauGrant.objects.on(day).filter(user=user_id).values_list("bureau", flat=True)
    own = frozenset(granted) if user_id is not None else frozenset()
    if not own:
        return own
    return own | {pk for pk, heir in heirs_on(day).items() if heir in own}


@dataclass(frozen=True, slots=True)
class ByBureau(RowScope):
    """A liaison sees its own bureau's rows, city roles all, districts those of their regions."""

    bureaus: tuple[str, ...]
    regions: tuple[str, ...]

    def condition(self, actor: Actor) -> Condition:
        if actor.may(Permission.UPDATE_TASKS):
            own = bureaus_of(actor.user_id, actor.day)
            return _any(Q(**{f"{path}__in": own}) for path in self.bureaus) if own else False
        return _any(ByRegion(path).condition(actor) for path in self.regions)


def _any(conditions: Iterable[Condition]) -> Condition:
    found = list(conditions)
    if any(one is True for one in found):
        return True
    return reduce(or_, (one for one in found if isinstance(one, Q)), Q()) or False
