"""What the checks' rows have in common: choices in words, and regions astray."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Case, CharField, Q, TextChoices, Value, When
from django.db.models.expressions import RawSQL

from institutions.models import RegionSuccession, SuccessionKind


def in_words(path: str, choices: type[TextChoices]) -> Case:
    """The choice stored at `path` by its Chinese label."""
    whens = [When(**{path: value}, then=Value(str(label))) for value, label in choices.choices]
    return Case(*whens, default=Value(""), output_field=CharField())


def regions_of_the_city(code: str, day: date) -> RawSQL:
    """The regions under the city with `code` on `day`, itself included."""
    return RawSQL(
        "SELECT institutions_subtree("
        'ARRAY(SELECT id FROM "institutions_region" WHERE code = %s), %s::date)',
        (code, day),
    )


def astray(day: date) -> Q:
    """Rows whose region is off the city's tree on `day`, or split by then and not assigned."""
    split = RegionSuccession.objects.kept().filter(
        kind=SuccessionKind.SPLIT, took_place_on__lte=day
    )
    return ~Q(region__in=regions_of_the_city(settings.PORTAL_REGION, day)) | Q(
        region__in=split.values("predecessor")
    )
