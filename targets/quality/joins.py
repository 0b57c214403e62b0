"""Where a record stood on a day, joined to it for the checks."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Case, CharField, F, FilteredRelation, Q, TextChoices, Value, When
from django.db.models.expressions import RawSQL

from institutions.models import RegionSuccession, SuccessionKind
from yiyang.facts import holds_on


def profile_on(party: str, day: date) -> FilteredRelation:
    """The profile that the institution reached by `party` had on `day`."""
    prefix = f"{party}__profiles__"
    kept = Q(**{f"{prefix}voided_at": None})
    return FilteredRelation(f"{party}__profiles", condition=holds_on(day, prefix) & kept)


def residence_on(person: str, day: date | F) -> FilteredRelation:
    """Where the person reached by `person` (empty: the row itself) lived on `day`."""
    relation = f"{person}__residences" if person else "residences"
    starts = Q(**{f"{relation}__starts_on__lte": day, f"{relation}__voided_at": None})
    runs = Q(**{f"{relation}__ends_on": None}) | Q(**{f"{relation}__ends_on__gte": day})
    return FilteredRelation(relation, condition=starts & runs)


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
