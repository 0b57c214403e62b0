"""Institutions, certificates, agreements and teams whose register entries cannot stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from contracts.models import DoctorTeam, PartnershipAgreement, TeamArea
from institutions.models import (
    ElderlyKind,
    GreenChannel,
    InstitutionProfile,
    Licence,
    LicenceKind,
    Status,
)
from institutions.models.institutions import ELDERLY_CERTIFICATES, MEDICAL_CERTIFICATES
from targets.indicators.base import flag
from targets.indicators.institution_subjects import AGREEMENTS, profile_on
from targets.quality.joins import astray, in_words


def unsound_agreements(day: date) -> QuerySet[Any]:
    """Agreements in force whose party is not operating or lacks a valid certificate."""
    unsound = (
        Q(medical_is_open=False)
        | Q(elderly_is_open=False)
        | Q(medical_is_certified=False)
        | Q(elderly_is_expired=True)
    )
    return AGREEMENTS.rows(day).filter(Q(is_in_force=True) & unsound)


def agreements_without_items(day: date) -> QuerySet[Any]:
    """Agreements in force that name no service item."""
    return _agreements(day, PartnershipAgreement.objects.in_force(day)).filter(items=[])


def old_drafts(day: date) -> QuerySet[Any]:
    """Agreements still unsigned more than the set days after the day they were to begin."""
    oldest = day - timedelta(days=settings.QUALITY_DRAFT_DAYS)
    unsigned = Q(signed_on=None) | Q(signed_on__gt=day)
    given_up = Q(terminated_on__isnull=False, terminated_on__lte=day)
    drafts = PartnershipAgreement.objects.kept().filter(unsigned, starts_on__lt=oldest)
    return _agreements(day, drafts).exclude(given_up)


def _agreements(day: date, chosen: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = chosen.annotate(
        medical_profile=profile_on("medical", day), elderly_profile=profile_on("elderly", day)
    )
    return found


def expired_licences(day: date) -> QuerySet[Any]:
    """The last certificate of each kind of an operating institution, when it has run out."""
    return _licences(day, Licence.objects.started_by(day).filter(ends_on__lt=day)).filter(
        _has_lapsed(day, MEDICAL_CERTIFICATES) | _has_lapsed(day, ELDERLY_CERTIFICATES),
        profile__status=Status.OPERATING,
    )


def _has_lapsed(day: date, kinds: tuple[LicenceKind, ...]) -> Q:
    """Of these kinds, and none of them valid on `day` or run out later."""
    others = Licence.objects.started_by(day).filter(
        kind__in=kinds, institution=OuterRef("institution")
    )
    better = others.filter(
        Q(ends_on=None)
        | Q(ends_on__gt=OuterRef("ends_on"))
        | Q(ends_on=OuterRef("ends_on"), id__gt=OuterRef("id"))
    )
    return Q(kind__in=kinds) & ~Q(Exists(better))


def licences_sharing_number(day: date) -> QuerySet[Any]:
    """Valid certificates whose number another institution holds too."""
    twins = (
        Licence.objects.on(day)
        .filter(kind=OuterRef("kind"), number=OuterRef("number"))
        .exclude(institution=OuterRef("institution"))
    )
    return _licences(day, Licence.objects.on(day)).filter(Exists(twins))


def licences_sharing_credit_code(day: date) -> QuerySet[Any]:
    """Valid certificates of one kind held by several institutions with one credit code."""
    coded = _licences(day, Licence.objects.on(day)).filter(profile__credit_code__gt="")
    twins = coded.filter(
        kind=OuterRef("kind"), profile__credit_code=OuterRef("profile__credit_code")
    ).exclude(institution=OuterRef("institution"))
    return coded.filter(Exists(twins))


def _licences(day: date, chosen: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = chosen.annotate(
        profile=profile_on("institution", day), kind_in_words=in_words("kind", LicenceKind)
    )
    return found


# GB 32100—2015：第 i 位的权是 3 的 i 次方除以 31 的余数，字母表不含 I、O、S、V、Z。
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MODULUS = len(ALPHABET)
CHECKED_DIGITS = 17
FORM = r"^[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}$"


def wrong_credit_codes(day: date) -> QuerySet[Any]:
    """Profiles whose credit code is not 18 characters of the alphabet or fails its check digit."""
    weighted = sum((_place(i) * pow(3, i, MODULUS) for i in range(CHECKED_DIGITS)), start=Value(0))
    return (
        InstitutionProfile.objects.on(day)
        .exclude(credit_code="")
        .annotate(
            check_place=_place(CHECKED_DIGITS),
            due_place=(MODULUS - weighted % MODULUS) % MODULUS,
            status_in_words=in_words("status", Status),
        )
        .filter(~Q(credit_code__regex=FORM) | ~Q(check_place=F("due_place")))
    )


def _place(index: int) -> Any:
    return StrIndex(Value(ALPHABET), Substr("credit_code", index + 1, 1)) - 1


def channels_not_operating(day: date) -> QuerySet[Any]:
    """Green channels open on `day` at institutions that are not operating."""
    return (
        GreenChannel.objects.on(day)
        .annotate(
            profile=profile_on("institution", day),
            is_open=flag(Q(profile__status=Status.OPERATING)),
            status_in_words=in_words("profile__status", Status),
        )
        .filter(is_open=False)
    )


def teams_without_area(day: date) -> QuerySet[Any]:
    """Doctor teams that no community is assigned to."""
    areas = TeamArea.objects.on(day).filter(team=OuterRef("pk"))
    return (
        DoctorTeam.objects.on(day)
        .annotate(profile=profile_on("institution", day))
        .filter(~Exists(areas))
    )


def institutions_outside_the_tree(day: date) -> QuerySet[Any]:
    """Profiles of institutions not closed, in a region that is not in the city's tree."""
    return (
        InstitutionProfile.objects.on(day)
        .exclude(status=Status.CLOSED)
        .annotate(
            status_in_words=in_words("status", Status),
            elderly_kind_in_words=in_words("elderly_kind", ElderlyKind),
        )
        .filter(astray(day))
    )


def team_areas_outside_the_tree(day: date) -> QuerySet[Any]:
    """Teams assigned to a community that is not in the city's tree."""
    return TeamArea.objects.on(day).filter(astray(day))
