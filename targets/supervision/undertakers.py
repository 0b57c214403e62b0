"""Who acts for the units an order is given to, the lead and those that assist."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.db.models.expressions import RawSQL

from institutions.models import Region
from targets.models import Supervision, SupervisionAssistant
from targets.models.bureau_grants import bureaus_of
from targets.supervision.states import Party
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor


def parties_of(actor: Actor, supervision: Supervision) -> frozenset[Party]:
    """Which parties to the order the actor belongs to."""
    parties = set()
    if actor.may(Permission.MANAGE_POLICIES):
        parties.add(Party.KEEPER)
    if actor.may(Permission.REVIEW) and actor.whole_city:
        parties.add(Party.CHECKER)
    if _undertakes(actor, supervision):
        parties.add(Party.UNDERTAKER)
    if assistant_of(actor, supervision) is not None:
        parties.add(Party.ASSISTANT)
    return frozenset(parties)


def undertaken_by(actor: Actor) -> Q | None:
    """The orders whose lead the actor acts for, as a condition; None where there are none."""
    return _of_own_units(actor, "lead_bureau", "lead_region")


def assistant_of(actor: Actor, supervision: Supervision) -> SupervisionAssistant | None:
    """The assisting unit the actor speaks for, the first named where there are several."""
    condition = _of_own_units(actor, "bureau", "region")
    if condition is None:
        return None
    kept = SupervisionAssistant.objects.kept().filter(supervision=supervision)
    return kept.filter(condition).order_by("pk").first()


def _of_own_units(actor: Actor, bureau: str, region: str) -> Q | None:
    """Rows whose bureau or region, at these paths, the actor acts for; None where there is none."""
    if actor.may(Permission.UPDATE_TASKS):
        own = bureaus_of(actor.user_id, actor.day)
        return Q(**{f"{bureau}__in": own}) if own else None
    if actor.may(Permission.EDIT_HEALTH) and not actor.whole_city and actor.region_ids:
        return Q(**{f"{region}__in": _regions_below(actor.region_ids, actor.day)})
    return None


def _undertakes(actor: Actor, supervision: Supervision) -> bool:
    condition = undertaken_by(actor)
    if condition is None:
        return False
    return Supervision.objects.filter(condition, pk=supervision.pk).exists()


def _regions_below(roots: tuple[int, ...], day: date) -> RawSQL:
    return RawSQL("SELECT institutions_subtree(%s::bigint[], %s::date)", (list(roots), day))


def districts(city: Region, day: date) -> list[tuple[int, str]]:
    """The districts an order may be given to, in code order."""
    below = Region.objects.filter(placements__in=city.children_placements.on(day))
    return list(below.order_by("code").values_list("pk", "name"))
