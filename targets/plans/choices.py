"""What a step's author may pick from: records within the row scope, narrowed by a typed name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.models import PartnershipAgreement
from institutions.models import (
    GreenChannel,
    InstitutionProfile,
    Licence,
    Region,
    RegionPlacement,
)
from institutions.models.institutions import ProfileQuerySet
from targets.indicators.catalogue import readings_of
from targets.models import Comparator, StepKind, Target
from targets.presenters import threshold_text
from yiyang.access.scope import Actor

MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """Records to pick from, and whether there are more than fit."""

    choices: tuple[tuple[int, str], ...]
    has_more: bool


def plan_regions(actor: Actor) -> QuerySet[Region]:
    """The regions an actor may plan for: those granted (or the whole city) and their children."""
    granted = Q(pk__in=actor.region_ids)
    if actor.whole_city:
        granted = Q(code=settings.PORTAL_REGION)
    roots = Region.objects.filter(granted).values("pk")
    below = RegionPlacement.objects.on(actor.day).filter(parent__in=roots).values("region")
    return Region.objects.filter(Q(pk__in=roots) | Q(pk__in=below)).order_by("code")


def offer_subjects(kind: StepKind, actor: Actor, day: date, sought: str) -> Offer:
    """The records a step of `kind` can be about."""
    return OFFERS[kind](actor, day, sought.strip())


def offer_partners(actor: Actor, day: date, sought: str) -> Offer:
    """The elderly-service providers a new agreement can be made with."""
    return _elderly(actor, day, sought.strip())


def _health(actor: Actor, day: date, sought: str) -> Offer:
    return _institutions(_standing(actor, day, sought).health_side())


def _elderly(actor: Actor, day: date, sought: str) -> Offer:
    return _institutions(_standing(actor, day, sought).elderly_service())


def _without_channel(actor: Actor, day: date, sought: str) -> Offer:
    full = GreenChannel.objects.on(day).full().values("institution")
    return _institutions(_standing(actor, day, sought).health_side().exclude(institution__in=full))


def _drafts(actor: Actor, day: date, sought: str) -> Offer:
    drafts = PartnershipAgreement.objects.kept().visible_to(actor).filter(signed_on=None)
    if sought:
        named = _named(sought, day).values("institution")
        drafts = drafts.filter(
            Q(number__icontains=sought) | Q(medical__in=named) | Q(elderly__in=named)
        )
    rows = list(drafts.order_by("number")[: MOST_OFFERED + 1])
    names = names_of({pk for row in rows for pk in (row.medical_id, row.elderly_id)}, day)
    return _offer(
        (row.pk, f"{row.number}：{names[row.medical_id]}—{names[row.elderly_id]}") for row in rows
    )


def _expired(actor: Actor, day: date, sought: str) -> Offer:
    """The last certificate of its kind, no longer valid on the day."""
    later = Licence.objects.kept().filter(
        institution=OuterRef("institution"),
        kind=OuterRef("kind"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=day,
    )
    expired = (
        Licence.objects.kept().visible_to(actor).filter(ends_on__lt=day).exclude(Exists(later))
    )
    if sought:
        named = _named(sought, day).values("institution")
        expired = expired.filter(Q(number__icontains=sought) | Q(institution__in=named))
    rows = list(expired.order_by("-ends_on", "pk")[: MOST_OFFERED + 1])
    names = names_of({row.institution_id for row in rows}, day)
    return _offer((row.pk, f"{names[row.institution_id]}：{_licence_words(row)}") for row in rows)


def _licence_words(licence: Licence) -> str:
    return f"{licence.get_kind_display()} {licence.number}，{licence.ends_on} 到期"


def _targets(_actor: Actor, _day: date, sought: str) -> Offer:
    targets = (
        Target.objects.published().exclude(comparator=Comparator.NONE).select_related("policy")
    )
    if sought:
        targets = targets.filter(Q(wording__icontains=sought) | Q(code__icontains=sought))
    rows = targets.order_by("policy__signed_on", "policy_id", "position")[: MOST_OFFERED + 1]
    return _offer((row.pk, target_label(row)) for row in rows)


def target_label(target: Target) -> str:
    """The target's wording with its threshold as the register holds it."""
    threshold = threshold_text(target, readings_of(target.indicator)[0])
    return f"{target.wording}（{threshold}，{target.policy.number}）"


def names_of(institution_ids: Iterable[int], day: date) -> dict[int, str]:
    """Institutions' names on the day, else the last they had; one query."""
    profiles = InstitutionProfile.objects.kept().filter(institution__in=set(institution_ids))
    names: dict[int, str] = {}
    for profile in profiles.order_by("starts_on"):
        if profile.starts_on <= day or profile.institution_id not in names:
            names[profile.institution_id] = profile.name
    return names


def _standing(actor: Actor, day: date, sought: str) -> ProfileQuerySet:
    rows = InstitutionProfile.objects.visible_to(actor).on(day).select_related("region")
    return rows.filter(_is_named(sought)) if sought else rows


def _named(sought: str, day: date) -> ProfileQuerySet:
    return InstitutionProfile.objects.on(day).filter(_is_named(sought))


def _is_named(sought: str) -> Q:
    return Q(name__icontains=sought) | Q(pinyin__istartswith=sought)


def _institutions(profiles: QuerySet[InstitutionProfile]) -> Offer:
    rows = profiles.order_by("pinyin", "name", "pk")[: MOST_OFFERED + 1]
    return _offer((row.institution_id, f"{row.name}（{row.region.name}）") for row in rows)


def _offer(rows: Iterable[tuple[int, str]]) -> Offer:
    found = tuple(rows)
    return Offer(found[:MOST_OFFERED], len(found) > MOST_OFFERED)


OFFERS: dict[StepKind, Callable[[Actor, date, str], Offer]] = {
    StepKind.SIGN_AGREEMENT: _drafts,
    StepKind.NEW_AGREEMENT: _health,
    StepKind.OPEN_CHANNEL: _without_channel,
    StepKind.ADD_BEDS: _elderly,
    StepKind.CONVERT_BEDS: _elderly,
    StepKind.RENEW_LICENCE: _expired,
    StepKind.CHANGE_TARGET: _targets,
}
