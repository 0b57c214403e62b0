"""Records to pick from by name, pinyin initials or code, within the actor's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from institutions.models import InstitutionProfile, Region, RegionPlacement
from institutions.models.institutions import ProfileQuerySet
from yiyang.access.scope import Actor

MOST_OFFERED = 20
LONGEST_SOUGHT = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One record to pick: the code a form takes, its name, and where or what it is."""

    code: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The first records found, and whether there are more than fit."""

    rows: tuple[Choice, ...]
    has_more: bool


def first_of(rows: Iterable[Choice]) -> Choices:
    """The first 20 of `rows`, which holds one more where there are more."""
    found = tuple(rows)
    return Choices(found[:MOST_OFFERED], len(found) > MOST_OFFERED)


def institutions_to_pick(actor: Actor, side: str = "") -> ProfileQuerySet:
    """Institutions in scope as they stand on the actor's day; `side` health, elderly or both."""
    profiles = InstitutionProfile.objects.visible_to(actor).on(actor.day)
    profiles = profiles.filter(institution__voided_at=None)
    if side == "health":
        return profiles.health_side()
    return profiles.elderly_service() if side == "elderly" else profiles


def find_institutions(actor: Actor, sought: str, side: str = "") -> Choices:
    """Institutions by part of their name, beginning of their initials, or a code."""
    profiles = institutions_to_pick(actor, side).filter(
        Q(name__icontains=sought)
        | Q(pinyin__istartswith=sought)
        | Q(institution__code__istartswith=sought)
        | Q(credit_code__iexact=sought)
    )
    rows = profiles.select_related("region", "institution").order_by("pinyin", "name", "pk")
    return first_of(institution_choice(row) for row in rows[: MOST_OFFERED + 1])


def institution_choice(profile: InstitutionProfile) -> Choice:
    kind = profile.get_elderly_kind_display() or profile.get_category_display()
    status = "" if profile.status == "OPERATING" else f"，{profile.get_status_display()}"
    return Choice(profile.institution.code, profile.name, f"{profile.region.name}，{kind}{status}")


def regions_to_pick(actor: Actor) -> QuerySet[Region]:
    """The regions granted to the actor with all below them on their day; or the whole city."""
    roots = list(actor.region_ids)
    if actor.whole_city:
        city = Region.objects.filter(code=settings.PORTAL_REGION)
        roots = list(city.values_list("pk", flat=True))
    below = RawSQL("SELECT institutions_subtree(%s::bigint[], %s::date)", (roots, actor.day))
    return Region.objects.visible_to(actor).filter(pk__in=below)


def find_regions(actor: Actor, sought: str) -> Choices:
    """Regions by part of their name or the beginning of their code, with what they lie in."""
    found = regions_to_pick(actor).filter(Q(name__icontains=sought) | Q(code__startswith=sought))
    rows = list(found.order_by("code")[: MOST_OFFERED + 1])
    placements = RegionPlacement.objects.on(actor.day).filter(region__in=rows)
    parents = {one.region_id: one.parent.name for one in placements.select_related("parent")}
    return first_of(Choice(row.code, row.name, region_note(row, parents)) for row in rows)


def region_note(region: Region, parents: dict[int, str]) -> str:
    parent = parents.get(region.pk)
    level = region.get_level_display()
    return f"{parent}，{level}" if parent else str(level)
