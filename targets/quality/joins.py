"""What the checks' rows have in common: choices in words, and regions astray."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Case, CharField, Q, TextChoices, Value, When
from django.db.models.expressions import RawSQL

from institutions.models import SuccessionKind


def in_words(path: str, choices: type[TextChoices]) -> Case:
    """The choice stored at `path` by its Chinese label."""
    whens = [When(**{path: value}, then=Value(str(label))) for value, label in choices.choices]
    return Case(*whens, default=Value(""), output_field=CharField())


# 不在市域之内的、已拆分而未归入的区划一般没有几个：从它们出发按索引找记录，不必逐条核对。
ASTRAY = """
SELECT id FROM "institutions_region" EXCEPT SELECT institutions_subtree(
    ARRAY(SELECT id FROM "institutions_region" WHERE code = %s), %s::date)
UNION
SELECT predecessor_id FROM "institutions_regionsuccession"
WHERE voided_at IS NULL AND kind = %s AND took_place_on <= %s
"""


def astray(day: date) -> Q:
    """Rows whose region is off the city's tree on `day`, or split by then and not assigned."""
    given = (settings.PORTAL_REGION, day, SuccessionKind.SPLIT.value, day)
    return Q(region__in=RawSQL(ASTRAY, given))  # noqa: S611 上面的常量
